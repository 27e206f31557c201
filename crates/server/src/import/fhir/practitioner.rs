//! `Practitioner`: who somebody is.

use rendez_domain::directory::bulk::{IfUnknown, Said};
use serde::Deserialize;

use super::types::{self, CodeableConcept, ContactPoint};
use crate::import::clerk::{self, Clerk};
use crate::import::numbers;
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
    /// A part that has only extensions is null.
    given: Vec<Option<String>>,
}

pub(super) fn take(resource: Practitioner, clerk: &mut Clerk) -> Result<Taken, Bad> {
    let id = types::checked_id(&resource.id)?;
    let person = format!("Practitioner/{id}");
    if resource.active == Some(false) && resource.name.is_empty() {
        let said = Said {
            if_unknown: IfUnknown::Skip("somebody without a name who no longer practises".into()),
            active: Some(false),
            ..Said::default()
        };
        return Ok(Taken::practitioner(AboutPractitioner { person, said, ..AboutPractitioner::default() }));
    }
    let (given, family) = names(&resource.name)?;
    let (phone, email) = types::reach(&resource.telecom, clerk);
    let mut languages: Vec<String> = Vec::new();
    for concept in &resource.communication {
        let known = concept.codes().first().and_then(|code| clerk.language(code));
        languages.extend(known.filter(|code| !languages.contains(code)));
    }
    let said = Said {
        also: known_numbers(&resource.identifier, clerk),
        given_name: Some(given),
        family_name: Some(family),
        languages: Some(languages),
        phone: Some(phone),
        email: Some(email),
        active: Some(resource.active.unwrap_or(true)),
        ..Said::default()
    };
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
    let (mut given, mut family) = (
        best.given.iter().flatten().cloned().collect::<Vec<_>>().join(" "),
        best.family.clone().unwrap_or_default(),
    );
    if let (true, Some((first, last))) =
        (family.is_empty(), best.text.as_deref().and_then(|text| text.trim().rsplit_once(' ')))
    {
        (given, family) = (first.to_owned(), last.to_owned());
    }
    Ok((clerk::person_name("name.given", &given)?, clerk::person_name("name.family", &family)?))
}

/// Numbers of registers that we import too, so that both sources mean the same person: one of each register.
fn known_numbers(identifiers: &[Identifier], clerk: &mut Clerk) -> Vec<(String, String)> {
    let mut numbers: Vec<(String, String)> = Vec::new();
    for identifier in identifiers {
        let (Some(system), Some(value)) = (identifier.system.as_deref(), identifier.value.as_deref()) else {
            continue;
        };
        let (code, number) = if types::RPPS.contains(&system) {
            ("rpps", numbers::rpps(value))
        } else if types::NPI.contains(&system) {
            ("npi", numbers::npi(value))
        } else {
            continue;
        };
        let Some(number) = clerk.or_left_out(value, number, "number with a wrong check digit") else {
            continue;
        };
        match numbers.iter().find(|(known, _)| known == code) {
            None => numbers.push((code.to_owned(), number)),
            Some((_, first)) if *first == number => {}
            Some(_) => clerk.notice("a second number of the same register"),
        }
    }
    numbers
}
