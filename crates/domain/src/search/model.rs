//! What is asked and what is answered.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use rendez_platform::fault::Fault;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{LocationId, PractitionerId, VisitTypeId};

use super::card::Card;

/// What somebody is looking for. Everything may be left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchRequest {
    /// A specialty's code.
    pub specialty: Option<String>,
    /// Name or specialty as typed.
    pub q: Option<String>,
    /// Where: latitude and longitude in degrees.
    pub near: Option<(f64, f64)>,
    /// How far around, in kilometres; 30 when left out.
    pub radius_km: Option<f64>,
    /// Free at or after; the present when left out.
    pub from: Option<Timestamp>,
    /// Free before; four weeks after `from` when left out, and never more than 62 days after it.
    pub to: Option<Timestamp>,
    /// Visits at least so long.
    pub visit_minutes: Option<u32>,
    /// Who speaks it: ISO 639.
    pub language: Option<String>,
    /// At a distance, or (false) on the spot.
    pub telehealth: Option<bool>,
    /// Who takes (or, false, does not take) new patients.
    pub new_patients: Option<bool>,
    /// Who charges so: a sector's code.
    pub sector: Option<String>,
    /// Only on these days of the week, by the location's clock; empty for all.
    pub days: Vec<Weekday>,
    /// Only starts between these times of day, by the location's clock; [`Time::MAX`] is the end of the day.
    pub hours: Option<(Time, Time)>,
    /// At most so many results, 1 to 100.
    pub limit: u8,
    /// After this place in the order.
    pub after: Option<Cursor>,
    /// Which coming days are shown side by side, if they are.
    pub ahead: Option<Ahead>,
}

/// Days side by side, from the window's first on, by the clock of each place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ahead {
    /// How many days, at most [`Ahead::MOST_DAYS`].
    pub days: u8,
    /// How many starts of each day at most.
    pub starts: u8,
}

impl Ahead {
    /// More days are not shown side by side.
    pub const MOST_DAYS: u8 = 14;
}

/// A place in an order of results. Each order has its own, because one means nothing in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor {
    /// In the index's order.
    Ranked {
        /// From when days are counted, for every page the same: Unix seconds.
        reference: i64,
        /// The last one's score.
        score: u32,
        /// The last one.
        practitioner: PractitionerId,
    },
    /// In the database's order.
    Nearest {
        /// Distance of the last one in metres; 0 without a place.
        metres: i64,
        /// The last one.
        practitioner: PractitionerId,
    },
}

/// One result: a practitioner at the place that ranks best.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Who.
    pub practitioner: PractitionerId,
    /// Their public profile, as [`Found::card`] reads it.
    pub profile: Box<[u8]>,
    /// Where the offered times are.
    pub location: LocationId,
    /// Which visit type they are for.
    pub visit_type: VisitTypeId,
    /// How long it lasts.
    pub duration_minutes: u32,
    /// How far in a straight line, if a place was asked for.
    pub metres: Option<u32>,
    /// The next free starts in order, at most three.
    pub starts: Vec<Timestamp>,
    /// The free starts of the days that were asked for side by side, in order; from the database only those of `starts`.
    pub ahead: Vec<Timestamp>,
}

impl Found {
    /// The public profile.
    pub fn card(&self) -> Option<Card<'_>> {
        Card::read(&self.profile)
    }
}

/// Somebody who matches but for the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Who.
    pub practitioner: PractitionerId,
    /// Their public profile, as [`Known::card`] reads it.
    pub profile: Box<[u8]>,
    /// Where: the nearest place, or the first.
    pub location: Option<LocationId>,
    /// How far in a straight line, if a place was asked for.
    pub metres: Option<u32>,
}

impl Known {
    /// The public profile.
    pub fn card(&self) -> Option<Card<'_>> {
        Card::read(&self.profile)
    }
}

/// How many of all matches have a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// The value.
    pub value: Cow<'static, str>,
    /// How many.
    pub count: u32,
}

/// Counts over all matches. Languages and sectors are counted as if none had been asked for, so that another can be chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// By specialty, most first, at most 20.
    pub specialties: Vec<Facet>,
    /// By language, most first, at most 20.
    pub languages: Vec<Facet>,
    /// By sector, most first, at most 20.
    pub sectors: Vec<Facet>,
    /// How many offer visits at a distance.
    pub telehealth: u32,
    /// How many take new patients.
    pub new_patients: u32,
    /// How many have a free time within 1, 3, 7 and 14 days; only for windows that begin now.
    pub free_within_days: Option<[u32; 4]>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchResults {
    /// Best first, and only those with a free slot.
    pub results: Vec<Found>,
    /// How many practitioners match and have a free time in the window; from the database: how many match, free or not.
    pub total: u32,
    /// Counts over those.
    pub facets: Facets,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
    /// From when until when was looked.
    pub window: TimeRange,
    /// Every change that was committed before this instant is seen, by the database's clock.
    pub as_of: Timestamp,
    /// Who answered.
    pub source: Source,
    /// What whoever reads the answer should know.
    pub notice: Option<Notice>,
    /// What comes close, when a first page has nothing.
    pub alternatives: Option<Alternatives>,
}

/// Who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// This process's index.
    Index,
    /// Another process's index.
    Node,
    /// The database.
    Database,
}

impl Source {
    /// The name in figures.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Node => "node",
            Self::Database => "database",
        }
    }
}

/// What whoever reads an answer should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The index is away. The results are right, but ordered by distance alone, and the counts do not look at what is free.
    Approximate,
    /// As approximate, and some were not looked at, because it would have taken too long.
    Incomplete,
    /// The index has not heard of changes for a while: `as_of` says since when.
    Stale,
    /// The end that was asked for lies further ahead than the index reaches: `window` says where it stopped.
    Shortened,
}

impl Notice {
    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approximate => "approximate",
            Self::Incomplete => "incomplete",
            Self::Stale => "stale",
            Self::Shortened => "shortened",
        }
    }

    /// The notice with a name.
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Approximate, Self::Incomplete, Self::Stale, Self::Shortened];
        all.into_iter().find(|notice| notice.as_str() == name)
    }
}

/// What comes close to a search that found nothing, a few of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alternatives {
    /// The same, as late as the index reaches.
    pub later: Vec<Found>,
    /// The same, farther away.
    pub farther: Vec<Found>,
    /// At a distance, from anywhere.
    pub telehealth: Vec<Found>,
    /// Who matches but has no free time that can be booked, for patients to call.
    pub without_times: Vec<Known>,
}

impl Alternatives {
    /// Whether there is not even an alternative.
    pub fn is_empty(&self) -> bool {
        self.are_without_times() && self.without_times.is_empty()
    }

    /// Whether nothing of it can be booked.
    pub fn are_without_times(&self) -> bool {
        self.later.is_empty() && self.farther.is_empty() && self.telehealth.is_empty()
    }
}

/// Why search refuses.
#[derive(Debug, thiserror::Error)]
pub enum SearchRefusal {
    /// No such specialty in this region.
    #[error("no such specialty")]
    UnknownSpecialty,
    /// No such sector in this region.
    #[error("no such sector")]
    UnknownSector,
    /// The window ends before it begins.
    #[error("the end must come after the start")]
    EmptyWindow,
    /// The window is wider than is looked at once.
    #[error("the window is wider than 62 days")]
    WideWindow,
    /// Our side broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<tokio_postgres::Error> for SearchRefusal {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Fault(error.into())
    }
}
