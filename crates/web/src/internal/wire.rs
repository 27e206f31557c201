//! Requests and answers as they go between processes. Structs of their own, so that a change of a domain type is no change
//! of what another release understands.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::civil::{Time, Weekday};
use jiff::{SignedDuration, Timestamp};
use rendez_domain::search::{
    Ahead, Alternatives, Facet, Facets, Found, Notice, SearchRequest, SearchResults, Source,
};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{LocationId, PractitionerId, VisitTypeId};
use serde::{Deserialize, Serialize};

use crate::api::search::cursor;

/// The end of the day, which is no time of day.
const DAY_SECONDS: u32 = 86_400;

/// A request.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    specialty: Option<String>,
    q: Option<String>,
    near: Option<(f64, f64)>,
    radius_km: Option<f64>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    visit_minutes: Option<u32>,
    language: Option<String>,
    telehealth: Option<bool>,
    new_patients: Option<bool>,
    sector: Option<String>,
    /// Counted from Monday, which is 0.
    days: Vec<i8>,
    /// Seconds since midnight.
    hours: Option<(u32, u32)>,
    limit: u8,
    after: Option<String>,
    /// Days side by side, and starts of each. A node of an older release leaves them out.
    #[serde(default)]
    ahead: Option<(u8, u8)>,
}

impl From<&SearchRequest> for Asked {
    fn from(request: &SearchRequest) -> Self {
        Self {
            specialty: request.specialty.clone(),
            q: request.q.clone(),
            near: request.near,
            radius_km: request.radius_km,
            from: request.from,
            to: request.to,
            visit_minutes: request.visit_minutes,
            language: request.language.clone(),
            telehealth: request.telehealth,
            new_patients: request.new_patients,
            sector: request.sector.clone(),
            days: request.days.iter().map(|day| day.to_monday_zero_offset()).collect(),
            hours: request.hours.map(|(from, until)| (seconds(from), seconds(until))),
            limit: request.limit,
            after: request.after.as_ref().map(cursor::write),
            ahead: request.ahead.map(|ahead| (ahead.days, ahead.starts)),
        }
    }
}

impl Asked {
    /// The request; `None` if it makes no sense.
    pub(super) fn request(self) -> Option<SearchRequest> {
        let days: Option<Vec<Weekday>> =
            self.days.iter().map(|day| Weekday::from_monday_zero_offset(*day).ok()).collect();
        let after = match self.after {
            Some(text) => Some(cursor::parse(&text)?),
            None => None,
        };
        let hours = match self.hours {
            Some((from, until)) => Some((time(from)?, time(until)?)),
            None => None,
        };
        Some(SearchRequest {
            specialty: self.specialty,
            q: self.q,
            near: self.near,
            radius_km: self.radius_km,
            from: self.from,
            to: self.to,
            visit_minutes: self.visit_minutes,
            language: self.language,
            telehealth: self.telehealth,
            new_patients: self.new_patients,
            sector: self.sector,
            days: days?,
            hours,
            limit: self.limit,
            after,
            ahead: self.ahead.map(|(days, starts)| Ahead { days, starts }),
        })
    }
}

fn seconds(time: Time) -> u32 {
    match time {
        Time::MAX => DAY_SECONDS,
        time => u32::try_from(time.duration_since(Time::midnight()).as_secs()).unwrap_or(0),
    }
}

fn time(seconds: u32) -> Option<Time> {
    match seconds {
        DAY_SECONDS => Some(Time::MAX),
        seconds => Time::midnight().checked_add(SignedDuration::from_secs(seconds.into())).ok(),
    }
}

/// An answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answered {
    results: Vec<Person>,
    total: u32,
    facets: Counts,
    next: Option<String>,
    /// From when until when was looked.
    window: (Timestamp, Timestamp),
    as_of: Timestamp,
    notice: Option<String>,
    alternatives: Option<[Vec<Person>; 3]>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Person {
    practitioner: PractitionerId,
    profile: String,
    location: LocationId,
    visit_type: VisitTypeId,
    duration_minutes: u32,
    metres: Option<u32>,
    /// Unix seconds.
    starts: Vec<i64>,
    /// The same of the days side by side.
    #[serde(default)]
    ahead: Vec<i64>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Counts {
    specialties: Vec<(String, u32)>,
    languages: Vec<(String, u32)>,
    sectors: Vec<(String, u32)>,
    telehealth: u32,
    new_patients: u32,
    free_within_days: Option<[u32; 4]>,
}

impl From<&SearchResults> for Answered {
    fn from(results: &SearchResults) -> Self {
        let people = |found: &[Found]| found.iter().map(Person::from).collect::<Vec<_>>();
        let counts = |facets: &[Facet]| {
            facets.iter().map(|facet| (facet.value.to_string(), facet.count)).collect::<Vec<_>>()
        };
        let facets = &results.facets;
        Self {
            results: people(&results.results),
            total: results.total,
            facets: Counts {
                specialties: counts(&facets.specialties),
                languages: counts(&facets.languages),
                sectors: counts(&facets.sectors),
                telehealth: facets.telehealth,
                new_patients: facets.new_patients,
                free_within_days: facets.free_within_days,
            },
            next: results.next.as_ref().map(cursor::write),
            window: (results.window.start(), results.window.end()),
            as_of: results.as_of,
            notice: results.notice.map(|notice| notice.as_str().to_owned()),
            alternatives: results
                .alternatives
                .as_ref()
                .map(|found| [people(&found.later), people(&found.farther), people(&found.telehealth)]),
        }
    }
}

impl Answered {
    /// The answer; `None` if it makes no sense.
    pub(super) fn results(self) -> Option<SearchResults> {
        let people = |people: Vec<Person>| people.into_iter().map(Person::found).collect::<Option<Vec<_>>>();
        let facets = |counts: Vec<(String, u32)>| -> Vec<Facet> {
            counts.into_iter().map(|(value, count)| Facet { value: value.into(), count }).collect()
        };
        let next = match self.next {
            Some(text) => Some(cursor::parse(&text)?),
            None => None,
        };
        let alternatives = match self.alternatives {
            Some([later, farther, telehealth]) => Some(Alternatives {
                later: people(later)?,
                farther: people(farther)?,
                telehealth: people(telehealth)?,
                // Whoever asks reads these in the database.
                without_times: Vec::new(),
            }),
            None => None,
        };
        Some(SearchResults {
            results: people(self.results)?,
            total: self.total,
            facets: Facets {
                specialties: facets(self.facets.specialties),
                languages: facets(self.facets.languages),
                sectors: facets(self.facets.sectors),
                telehealth: self.facets.telehealth,
                new_patients: self.facets.new_patients,
                free_within_days: self.facets.free_within_days,
            },
            next,
            window: TimeRange::new(self.window.0, self.window.1).ok()?,
            as_of: self.as_of,
            source: Source::Node,
            notice: self.notice.as_deref().and_then(Notice::named),
            alternatives,
        })
    }
}

impl From<&Found> for Person {
    fn from(found: &Found) -> Self {
        Self {
            practitioner: found.practitioner,
            profile: STANDARD_NO_PAD.encode(&found.profile),
            location: found.location,
            visit_type: found.visit_type,
            duration_minutes: found.duration_minutes,
            metres: found.metres,
            starts: found.starts.iter().map(|start| start.as_second()).collect(),
            ahead: found.ahead.iter().map(|start| start.as_second()).collect(),
        }
    }
}

impl Person {
    fn found(self) -> Option<Found> {
        let found = Found {
            practitioner: self.practitioner,
            profile: STANDARD_NO_PAD.decode(self.profile).ok()?.into(),
            location: self.location,
            visit_type: self.visit_type,
            duration_minutes: self.duration_minutes,
            metres: self.metres,
            starts: instants(self.starts)?,
            ahead: instants(self.ahead)?,
        };
        // A node of another release may write profiles in another form.
        found.card().is_some().then_some(found)
    }
}

fn instants(seconds: Vec<i64>) -> Option<Vec<Timestamp>> {
    seconds.into_iter().map(|second| Timestamp::from_second(second).ok()).collect()
}

#[cfg(test)]
mod tests {
    use rendez_domain::search::Cursor;
    use rendez_domain::search::card::{self, CardSource};
    use rendez_vocab::ids::OrganizationId;
    use uuid::Uuid;

    use super::*;

    fn through<T: Serialize + for<'de> Deserialize<'de>>(value: &T) -> T {
        serde_json::from_slice(&serde_json::to_vec(value).expect("JSON")).expect("its own JSON")
    }

    #[test]
    fn a_request_arrives_as_it_was_sent() {
        let practitioner = PractitionerId::from_uuid(Uuid::from_u128(77));
        let request = SearchRequest {
            q: Some("léa".into()),
            near: Some((48.1, -1.6)),
            from: Some(Timestamp::new(1_795_000_000, 5_000_000).expect("near")),
            telehealth: Some(false),
            days: vec![Weekday::Monday, Weekday::Sunday],
            hours: Some((Time::constant(18, 0, 0, 0), Time::MAX)),
            limit: 20,
            ahead: Some(Ahead { days: 5, starts: 4 }),
            after: Some(Cursor::Ranked { reference: 1_795_000_000, score: 7, practitioner }),
            ..SearchRequest::default()
        };
        assert_eq!(through(&Asked::from(&request)).request(), Some(request));
        let empty = SearchRequest::default();
        assert_eq!(through(&Asked::from(&empty)).request(), Some(empty));
    }

    #[test]
    fn an_answer_arrives_as_it_was_sent() {
        let source = CardSource {
            organization: OrganizationId::from_uuid(Uuid::from_u128(1)),
            given_name: "Léa",
            family_name: "Martin",
            specialty: None,
            sector: None,
            phone: None,
            accepts_new_patients: true,
            telehealth: false,
            languages: vec!["fr"],
            locations: Vec::new(),
            visit_types: Vec::new(),
        };
        let found = Found {
            practitioner: PractitionerId::from_uuid(Uuid::from_u128(2)),
            profile: card::encode(&source).into(),
            location: LocationId::from_uuid(Uuid::from_u128(3)),
            visit_type: VisitTypeId::from_uuid(Uuid::from_u128(4)),
            duration_minutes: 15,
            metres: Some(1_200),
            starts: vec![Timestamp::from_second(1_795_000_000).expect("near")],
            ahead: vec![Timestamp::from_second(1_795_000_900).expect("near")],
        };
        let facets = Facets {
            languages: vec![Facet { value: "fr".into(), count: 3 }],
            free_within_days: Some([1, 2, 3, 4]),
            ..Facets::default()
        };
        let results = SearchResults {
            results: vec![found.clone()],
            total: 9,
            facets,
            next: Some(Cursor::Ranked { reference: 5, score: 6, practitioner: found.practitioner }),
            window: TimeRange::new(Timestamp::UNIX_EPOCH, Timestamp::MAX).expect("a window"),
            as_of: Timestamp::from_second(1_795_000_000).expect("near"),
            source: Source::Node,
            notice: Some(Notice::Stale),
            alternatives: Some(Alternatives { later: vec![found], ..Alternatives::default() }),
        };
        assert_eq!(through(&Answered::from(&results)).results(), Some(results));
    }
}
