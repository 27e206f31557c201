//! `PractitionerRole`: where somebody works, as what, and when.

use jiff::civil::{Date, Time};
use rendez_domain::directory::bulk::{Closed, IfUnknown, Open, Said};
use serde::Deserialize;

use super::types::{self, CodeableConcept, ContactPoint, Period, Reference};
use crate::import::clerk::{self, Clerk};
use crate::import::hours;
use crate::import::taken::{AboutPractitioner, Bad, Taken};

const REASON_AT_MOST: usize = 200;

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Role {
    id: String,
    active: Option<bool>,
    period: Option<Period>,
    practitioner: Option<Reference>,
    specialty: Vec<CodeableConcept>,
    location: Vec<Reference>,
    telecom: Vec<ContactPoint>,
    available_time: Vec<AvailableTime>,
    not_available: Vec<NotAvailable>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct AvailableTime {
    days_of_week: Vec<String>,
    all_day: bool,
    available_start_time: Option<String>,
    available_end_time: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct NotAvailable {
    description: Option<String>,
    during: Option<Period>,
}

pub(super) fn take(resource: Role, clerk: &mut Clerk) -> Result<Taken, Bad> {
    let id = types::checked_id(&resource.id)?;
    let person = resource.practitioner.as_ref().and_then(|whose| whose.target("Practitioner"));
    let person = person.ok_or_else(|| Bad::new("practitioner", "it refers to no practitioner"))?;
    let places: Vec<String> = resource.location.iter().filter_map(|place| place.target("Location")).collect();
    if places.len() < resource.location.len() {
        return Err(Bad::new("location", "it refers to something that is no location"));
    }
    let said = if resource.active == Some(false) {
        // What ended says that there is nothing more of it.
        Said {
            if_unknown: IfUnknown::Bad,
            places: Some(Vec::new()),
            hours: Some(Vec::new()),
            closures: Some(Vec::new()),
            ..Said::default()
        }
    } else {
        let (phone, email) = types::reach(&resource.telecom, clerk);
        Said {
            if_unknown: IfUnknown::Bad,
            specialty: specialty(&resource.specialty, clerk),
            phone: phone.map(Some),
            email: email.map(Some),
            hours: Some(opened(&resource, places.first(), clerk)?),
            closures: Some(closed(&resource.not_available)?),
            places: Some(places),
            ..Said::default()
        }
    };
    let own = Some(format!("PractitionerRole/{id}"));
    Ok(Taken::practitioner(AboutPractitioner { person, said, own, ..AboutPractitioner::default() }))
}

fn specialty(concepts: &[CodeableConcept], clerk: &mut Clerk) -> Option<Option<String>> {
    let codes: Vec<&str> = concepts.iter().flat_map(CodeableConcept::codes).collect();
    let texts: Vec<&str> = concepts.iter().flat_map(CodeableConcept::texts).collect();
    (!concepts.is_empty()).then(|| clerk.coded(&codes, &texts))
}

fn opened(resource: &Role, place: Option<&String>, clerk: &mut Clerk) -> Result<Vec<Open>, Bad> {
    let (from, until): (Option<Date>, Option<Date>) = match &resource.period {
        Some(period) => period.days("period")?,
        None => (None, None),
    };
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        return Err(Bad::new("period", "the period does not end after it starts"));
    }
    let mut hours = Vec::new();
    for available in &resource.available_time {
        let (starts, ends) =
            match (available.all_day, &available.available_start_time, &available.available_end_time) {
                (true, _, _) => (Time::midnight(), Time::midnight()),
                (false, Some(starts), Some(ends)) => (time(starts)?, time(ends)?),
                // That somebody is there on Mondays does not say when.
                (false, None, None) => {
                    clerk.notice("days without times of day");
                    continue;
                }
                _ => return Err(Bad::new("availableTime", "it has no start or no end")),
            };
        if starts == ends && !available.all_day {
            return Err(Bad::new("availableTime", "it ends when it starts"));
        }
        let days: Vec<i16> = match available.days_of_week.is_empty() {
            // Without days it is every day (FHIR R4, PractitionerRole.availableTime).
            true => (1..=7).collect(),
            false => available
                .days_of_week
                .iter()
                .map(|day| hours::weekday(day))
                .collect::<Result<_, _>>()
                .map_err(|wrong| Bad::new("availableTime.daysOfWeek", wrong))?,
        };
        hours.extend(days.into_iter().map(|weekday| Open {
            place: place.cloned(),
            weekday,
            starts,
            ends,
            valid_from: from,
            valid_until: until,
        }));
    }
    Ok(hours)
}

fn closed(absences: &[NotAvailable]) -> Result<Vec<Closed>, Bad> {
    let mut closures = Vec::new();
    for absence in absences {
        let during = absence.during.as_ref().map(|during| during.range("notAvailable.during")).transpose()?;
        // One without an end is not known to be one.
        let Some((starts, ends)) = during.flatten() else { continue };
        let reason =
            absence.description.as_deref().map(|text| clerk::shortened(text, REASON_AT_MOST).to_owned());
        closures.push(Closed { starts, ends, reason });
    }
    Ok(closures)
}

fn time(text: &str) -> Result<Time, Bad> {
    if text.starts_with("24:00") {
        return Ok(Time::midnight());
    }
    text.parse().map_err(|_| Bad::new("availableTime", "it is no time of day"))
}
