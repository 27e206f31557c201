//! `Practitioner`: who somebody is.

use rendez_domain::directory::bulk::Said;
use serde::Deserialize;

use super::types::{self, CodeableConcept, ContactPoint};
use crate::import::clerk::{self, Clerk};
use crate::import::taken::{AboutPractitioner, Bad, Taken};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Practitioner {
    id: String,
    active: Option<bool>,
    identifier: Vec<Identifier>,
    name: Vec<HumanName>,
    telecom: Vec<ContactPoint>,
    communication: Vec<CodeableConcept>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Identifier {
    system: Option<String>,
    value: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct HumanName {
    #[serde(rename = "use")]
    usage: Option<String>,
    text: Option<String>,
    family: Option<String>,
    given: Vec<String>,
}

pub(super) fn take(resource: Practitioner, clerk: &mut Clerk) -> Result<Taken, Bad> {
    let id = types::checked_id(&resource.id)?;
    let (given, family) = names(&resource.name)?;
    let (phone, email) = types::reach(&resource.telecom, clerk);
    let mut languages: Vec<String> = Vec::new();
    for concept in &resource.communication {
        let known = concept.codes().first().and_then(|code| clerk.language(code));
        languages.extend(known.filter(|code| !languages.contains(code)));
    }
    let said = Said {
        also: resource.identifier.iter().filter_map(|one| known_number(one, clerk)).collect(),
        given_name: Some(given),
        family_name: Some(family),
        languages: Some(languages),
        phone: Some(phone),
        email: Some(email),
        active: Some(resource.active.unwrap_or(true)),
        ..Said::default()
    };
    let person = format!("Practitioner/{id}");
    Ok(Taken::practitioner(AboutPractitioner { person, said, ..AboutPractitioner::default() }))
}

/// The official name before others, one that is no longer used last.
fn names(names: &[HumanName]) -> Result<(String, String), Bad> {
    let best = names.iter().min_by_key(|name| match name.usage.as_deref() {
        Some("official") => 0,
        Some("usual") => 1,
        Some("old" | "maiden") => 3,
        _ => 2,
    });
    let best = best.ok_or_else(|| Bad::new("name", "it is missing"))?;
    let (mut given, mut family) = (best.given.join(" "), best.family.clone().unwrap_or_default());
    if let (true, Some((first, last))) =
        (family.is_empty(), best.text.as_deref().and_then(|text| text.trim().rsplit_once(' ')))
    {
        (given, family) = (first.to_owned(), last.to_owned());
    }
    Ok((clerk::person_name("name.given", &given)?, clerk::person_name("name.family", &family)?))
}

/// A number of a register that we import too, so that both sources mean the same person.
fn known_number(identifier: &Identifier, clerk: &mut Clerk) -> Option<(String, String)> {
    let (system, value) = (identifier.system.as_deref()?, identifier.value.as_deref()?.trim());
    let code = if types::RPPS.contains(&system) {
        "rpps"
    } else if types::NPI.contains(&system) {
        "npi"
    } else {
        return None;
    };
    let sound = clerk.identifier(code).is_none_or(|form| form.is_valid(value)) && value.len() <= 20;
    clerk.or_left_out(
        value,
        sound.then(|| (code.to_owned(), value.to_owned())),
        "number with a wrong check digit",
    )
}
