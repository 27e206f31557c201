//! What is asked and what is answered.

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use rendez_platform::fault::Fault;
use rendez_vocab::ids::PractitionerId;

use crate::availability::Slot;
use crate::directory::Practitioner;

/// What somebody is looking for. Everything may be left out.
#[derive(Debug, Clone, Default)]
pub struct SearchRequest {
    /// A specialty's code.
    pub specialty: Option<String>,
    /// Name or specialty as typed.
    pub q: Option<String>,
    /// Where: latitude and longitude in degrees.
    pub near: Option<(f64, f64)>,
    /// How far around, in kilometres.
    pub radius_km: Option<f64>,
    /// Free at or after; the database's present when left out.
    pub from: Option<Timestamp>,
    /// Free before; four weeks after `from` when left out, and never more than 62 days after it.
    pub to: Option<Timestamp>,
    /// Visits at least so long.
    pub visit_minutes: Option<u32>,
    /// Who speaks it: ISO 639-1.
    pub language: Option<String>,
    /// At a distance, or (false) on the spot.
    pub telehealth: Option<bool>,
    /// Who takes (or, false, does not take) new patients.
    pub new_patients: Option<bool>,
    /// Only on these days of the week, by the location's clock; empty for all.
    pub days: Vec<Weekday>,
    /// Only starts between these times of day, by the location's clock.
    pub hours: Option<(Time, Time)>,
    /// At most so many results, 1 to 100.
    pub limit: u8,
    /// After this place in the order.
    pub after: Option<Cursor>,
}

/// A place in the order of results.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cursor {
    /// Distance of the last one in metres; 0 without a place.
    pub metres: i64,
    /// The last one.
    pub practitioner: PractitionerId,
}

/// One result.
#[derive(Debug, Clone)]
pub struct Found {
    /// Who.
    pub practitioner: Practitioner,
    /// How far, if a place was asked for.
    pub distance_km: Option<f64>,
    /// The next free ones, at most three.
    pub next_slots: Vec<Slot>,
}

/// How many of all matches have a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// The value.
    pub value: String,
    /// How many.
    pub count: i64,
}

/// Counts over all matches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// By specialty, most first, at most 20.
    pub specialties: Vec<Facet>,
    /// By language, most first, at most 20.
    pub languages: Vec<Facet>,
    /// How many offer visits at a distance.
    pub telehealth: i64,
    /// How many take new patients.
    pub new_patients: i64,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct SearchResults {
    /// Nearest first (in the order of their entry without a place), and only those with a free slot.
    pub results: Vec<Found>,
    /// How many practitioners match, free or not.
    pub total: i64,
    /// Counts over those.
    pub facets: Facets,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
    /// By the database's clock.
    pub as_of: Timestamp,
}

/// Why search refuses.
#[derive(Debug, thiserror::Error)]
pub enum SearchRefusal {
    /// No such specialty in this region.
    #[error("no such specialty")]
    UnknownSpecialty,
    /// The window ends before it begins.
    #[error("the end must come after the start")]
    EmptyWindow,
    /// Our side broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<tokio_postgres::Error> for SearchRefusal {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Fault(error.into())
    }
}
