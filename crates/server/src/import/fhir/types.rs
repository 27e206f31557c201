//! Data types that several resources share: HL7 FHIR R4, sections 2.24 (Datatypes) and 2.3 (References).

use jiff::civil::Date;
use rendez_domain::directory::bulk::Moment;
use serde::Deserialize;

use crate::import::clerk::Clerk;
use crate::import::taken::Bad;

pub(super) const RPPS: [&str; 3] =
    ["http://rpps.fr", "https://rpps.esante.gouv.fr", "urn:oid:1.2.250.1.71.4.2.1"];
pub(super) const NPI: [&str; 2] = ["http://hl7.org/fhir/sid/us-npi", "urn:oid:2.16.840.1.113883.4.6"];

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Reference {
    pub(super) reference: Option<String>,
    pub(super) display: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Coding {
    pub(super) code: Option<String>,
    pub(super) display: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct CodeableConcept {
    pub(super) coding: Vec<Coding>,
    pub(super) text: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct ContactPoint {
    pub(super) system: Option<String>,
    pub(super) value: Option<String>,
    #[serde(rename = "use")]
    pub(super) usage: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Period {
    pub(super) start: Option<String>,
    pub(super) end: Option<String>,
}

impl Reference {
    /// What is referred to, as `Type/id`: a reference may be relative, or the address of a server in front of it.
    pub(super) fn target(&self, kind: &str) -> Option<String> {
        let reference = self.reference.as_deref()?;
        let reference = reference.split("/_history").next().unwrap_or(reference);
        let mut parts = reference.rsplit('/');
        let (id, named) = (parts.next()?, parts.next()?);
        (named == kind && checked_id(id).is_ok()).then(|| format!("{kind}/{id}"))
    }
}

impl CodeableConcept {
    pub(super) fn codes(&self) -> Vec<&str> {
        self.coding.iter().filter_map(|coding| coding.code.as_deref()).collect()
    }

    pub(super) fn texts(&self) -> Vec<&str> {
        let displays = self.coding.iter().filter_map(|coding| coding.display.as_deref());
        self.text.as_deref().into_iter().chain(displays).collect()
    }
}

impl Period {
    /// The days on which it begins and ends.
    pub(super) fn days(&self, field: &str) -> Result<(Option<Date>, Option<Date>), Bad> {
        Ok((
            self.start.as_deref().map(|text| first_day(field, text)).transpose()?,
            self.end.as_deref().map(|text| last_day(field, text)).transpose()?,
        ))
    }

    /// Its range, half-open: a day as an end is inside. Days are those of the wall clock, wherever that is; times say of
    /// which zone they are.
    pub(super) fn range(&self, field: &str) -> Result<Option<(Moment, Moment)>, Bad> {
        let (Some(start), Some(end)) = (self.start.as_deref(), self.end.as_deref()) else { return Ok(None) };
        let starts = match moment(start) {
            Some(start) => Some(start),
            None => Some(Moment::Wall(first_day(field, start)?.at(0, 0, 0, 0))),
        };
        let ends = match moment(end) {
            Some(end) => Some(end),
            None => last_day(field, end)?.tomorrow().ok().map(|next| Moment::Wall(next.at(0, 0, 0, 0))),
        };
        let wrong = || Bad::new(field, "the period does not end after it starts");
        let (starts, ends) = starts.zip(ends).ok_or_else(wrong)?;
        // Of a day and an instant only the place's zone can tell.
        let is_empty = matches!((starts, ends), (Moment::Wall(starts), Moment::Wall(ends)) if starts >= ends)
            || matches!((starts, ends), (Moment::Instant(starts), Moment::Instant(ends)) if starts >= ends);
        if is_empty { Err(wrong()) } else { Ok(Some((starts, ends))) }
    }
}

/// A resource's id, which FHIR limits to 64 letters, digits, hyphens and points.
pub(super) fn checked_id(id: &str) -> Result<&str, Bad> {
    let sound = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    match (1..=64).contains(&id.len()) && id.bytes().all(sound) {
        true => Ok(id),
        false => Err(Bad::new("id", "it is missing, or no id of FHIR")),
    }
}

/// The first phone number and the first e-mail address, those for work before others.
pub(super) fn reach(telecom: &[ContactPoint], clerk: &mut Clerk) -> (Option<String>, Option<String>) {
    let mut of = |system: &str, read: fn(&mut Clerk, &str) -> Option<String>| {
        let mut known: Vec<&ContactPoint> =
            telecom.iter().filter(|one| one.system.as_deref() == Some(system)).collect();
        known.sort_by_key(|one| match one.usage.as_deref() {
            Some("work") => 0,
            None => 1,
            Some("home" | "temp" | "old") => 3,
            Some(_) => 2,
        });
        let values = known.iter().filter_map(|one| one.value.as_deref());
        values.filter_map(|value| read(clerk, value)).next()
    };
    (of("phone", Clerk::phone), of("email", Clerk::email))
}

/// FHIR lets people write a year or a month only: the first day of it.
fn first_day(field: &str, text: &str) -> Result<Date, Bad> {
    let day = match text.len() {
        4 => format!("{text}-01-01").parse().ok(),
        7 => format!("{text}-01").parse().ok(),
        _ => text.get(..10).and_then(|day| day.parse().ok()),
    };
    day.ok_or_else(|| Bad::new(field, "it is no day"))
}

/// The last day of a year, a month, or the day itself.
fn last_day(field: &str, text: &str) -> Result<Date, Bad> {
    let first = first_day(field, text)?;
    Ok(match text.len() {
        4 => first.last_of_year(),
        7 => first.last_of_month(),
        _ => first,
    })
}

/// A date with a time. FHIR demands an offset from UTC beside it; without one it is taken for the place's time.
fn moment(text: &str) -> Option<Moment> {
    let parsed = || {
        let instant = text.parse().ok().map(Moment::Instant);
        instant.or_else(|| text.get(..19)?.parse().ok().map(Moment::Wall))
    };
    text.contains('T').then(parsed).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_relative_absolute_or_to_a_version() {
        let target = |reference: &str| {
            Reference { reference: Some(reference.into()), display: None }.target("Practitioner")
        };
        for written in
            ["Practitioner/7", "https://fhir.example/r4/Practitioner/7", "Practitioner/7/_history/2"]
        {
            assert_eq!(target(written).as_deref(), Some("Practitioner/7"), "{written}");
        }
        for other in ["PractitionerRole/7", "urn:uuid:7", "#contained", "Practitioner/"] {
            assert_eq!(target(other), None, "{other}");
        }
    }

    #[test]
    fn a_day_as_an_end_is_inside() {
        let period = |start: &str, end: &str| Period { start: Some(start.into()), end: Some(end.into()) };
        let wall = |text: &str| Moment::Wall(text.parse().expect("a wall clock"));
        let instant = |text: &str| Moment::Instant(text.parse().expect("an instant"));
        let (_, end) = period("2026-12-24", "2026-12-26").range("x").expect("read").expect("whole");
        assert_eq!(end, wall("2026-12-27T00:00:00"));
        let (start, _) =
            period("2026-12-24T12:00:00+01:00", "2026-12-26").range("x").expect("read").expect("whole");
        assert_eq!(start, instant("2026-12-24T11:00:00Z"));
        let (start, _) =
            period("2026-12-24T12:00:00", "2026-12-26").range("x").expect("read").expect("whole");
        assert_eq!(start, wall("2026-12-24T12:00:00"));
        assert!(period("2026-12-24T12:00:00Z", "2026-12-24T13:00:00+01:00").range("x").is_err());
        assert!(period("2026-12-26", "2026-12-20").range("x").is_err());
        let (start, end) = period("2026", "2028-02").days("x").expect("read");
        assert_eq!([start, end].map(|day| day.expect("said").to_string()), ["2026-01-01", "2028-02-29"]);
    }
}
