//! `Schedule`: what somebody offers, and between which days.

use rendez_domain::directory::bulk::{IfUnknown, Said, VisitTypeSaid};
use serde::Deserialize;

use super::types::{self, CodeableConcept, Period, Reference};
use crate::import::clerk::{self, Clerk};
use crate::import::taken::{AboutPractitioner, Bad, Taken};

const NAME_AT_MOST: usize = 200;

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Schedule {
    id: String,
    active: Option<bool>,
    service_type: Vec<CodeableConcept>,
    actor: Vec<Reference>,
    planning_horizon: Option<Period>,
}

pub(super) fn take(resource: Schedule, clerk: &mut Clerk) -> Result<Taken, Bad> {
    types::checked_id(&resource.id)?;
    if resource.active == Some(false) {
        return Ok(Taken::Skipped("a schedule that is no longer used".into()));
    }
    let whose = |kind: &str| resource.actor.iter().find_map(|actor| actor.target(kind));
    let (person, via) = (whose("Practitioner"), whose("PractitionerRole"));
    if person.is_none() && via.is_none() {
        return Ok(Taken::Skipped("a schedule of something other than a practitioner".into()));
    }
    let names = resource.service_type.iter().filter_map(|service| {
        let name = service.texts().into_iter().map(str::trim).find(|text| !text.is_empty())?;
        Some(clerk::shortened(name, NAME_AT_MOST).to_owned())
    });
    let visit_types: Vec<VisitTypeSaid> =
        names.map(|name| VisitTypeSaid { name, minutes: None, telehealth: false }).collect();
    if !visit_types.is_empty() {
        clerk.notice("the length of a visit is not said: the usual one");
    }
    // One without a horizon has no bounds, whatever another schedule has.
    let horizon = match &resource.planning_horizon {
        Some(period) => period.days("planningHorizon")?,
        None => (None, None),
    };
    let said = Said {
        if_unknown: IfUnknown::Bad,
        horizon: Some(horizon),
        visit_types: (!visit_types.is_empty()).then_some(visit_types),
        ..Said::default()
    };
    let via = if person.is_some() { None } else { via };
    let person = person.unwrap_or_default();
    Ok(Taken::practitioner(AboutPractitioner { person, said, via, ..AboutPractitioner::default() }))
}
