//! What is asked and what is answered.

use rendez_vocab::ids::{LocationId, PractitionerId, VisitTypeId};

use crate::moment::{Moment, Span};
use crate::profile::{LanguageNo, SectorNo, SpecialtyNo};
use crate::text::Matches;

/// A search. Of each practitioner the first visit type that suits is looked at: long enough, at a distance or not as
/// asked (somebody who says so without having such a visit type offers any), open to new patients if asked for.
#[derive(Debug, Clone)]
pub struct Query<'a> {
    /// Only this one.
    pub specialty: Option<SpecialtyNo>,
    /// Only who is meant by what was typed.
    pub typed: Option<Typed<'a>>,
    /// Only around here.
    pub near: Option<Circle>,
    /// Only with a start in here; what lies before the index's present is cut off.
    pub window: Span,
    /// Visits at least so long.
    pub visit_minutes: Option<u16>,
    /// Who understands it.
    pub language: Option<LanguageNo>,
    /// `true`: visits at a distance, of those who offer them; `false`: visits on the spot.
    pub telehealth: Option<bool>,
    /// `true`: who takes new patients, and a visit type that they may book; `false`: who takes none.
    pub new_patients: Option<bool>,
    /// Who charges so.
    pub sector: Option<SectorNo>,
    /// Only starts on these days by the place's clock.
    pub days: Weekdays,
    /// Only starts between these times of day by the place's clock.
    pub hours: Option<Hours>,
    /// At most so many hits.
    pub limit: u8,
    /// Only what comes after this in the order.
    pub after: Option<Cursor>,
    /// Whether total and facets are wanted; otherwise they are nought.
    pub counted: bool,
}

impl Query<'_> {
    /// Anybody with a start in the window.
    pub fn in_window(window: Span) -> Self {
        Self {
            specialty: None,
            typed: None,
            near: None,
            window,
            visit_minutes: None,
            language: None,
            telehealth: None,
            new_patients: None,
            sector: None,
            days: Weekdays::ALL,
            hours: None,
            limit: 20,
            after: None,
            counted: true,
        }
    }

    /// Whether it asks for more than a start before a certain moment: such a search looks at days.
    pub fn is_by_day(&self, now: Moment) -> bool {
        self.window.start > now || self.days.0 & Weekdays::ALL.0 != Weekdays::ALL.0 || self.hours.is_some()
    }
}

/// What was typed, understood: any of these specialties, or any of these people.
#[derive(Debug, Clone)]
pub struct Typed<'a> {
    /// The specialties that it may mean.
    pub specialties: Vec<SpecialtyNo>,
    /// The people whose name it may be. They rank by slips first; a specialty that is meant counts as none.
    pub people: &'a Matches,
}

/// Around a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Circle {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// In a straight line.
    pub radius_km: f64,
}

/// Days of the week: bit 0 is Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekdays(pub u8);

impl Weekdays {
    /// Every day.
    pub const ALL: Self = Self(0x7f);
}

/// Times of day, in seconds since midnight by the wall clock; half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// The first.
    pub from: u32,
    /// The first after; 86,400 for the end of the day.
    pub until: u32,
}

/// A place in the order of hits: it stays good whatever is booked between two pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// From when days are counted, for every page the same.
    pub reference: Moment,
    /// The last hit's score.
    pub score: u32,
    /// The last hit's practitioner.
    pub practitioner: PractitionerId,
}

/// One result: a practitioner at the place that ranks best.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Who.
    pub practitioner: PractitionerId,
    /// Who, as the reader that answered counts people: for [`Reader::card`](crate::Reader::card).
    pub person: u32,
    /// Where.
    pub location: LocationId,
    /// How far in a straight line, if a circle was asked for.
    pub metres: Option<u32>,
    /// Which visit type.
    pub visit_type: VisitTypeId,
    /// How long it lasts.
    pub duration_minutes: u16,
    /// The next starts, in order, at least one.
    pub starts: Starts,
    /// Smaller is better: metres, and 1,500 for each day until the first start, rounded down each; with
    /// 2^28 for each slip in the name. Ties are broken by the practitioner's id.
    pub score: u32,
}

/// The next starts of a hit: up to [`Starts::MOST`], without memory of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Starts {
    starts: [Moment; Self::MOST],
    count: u8,
}

impl Starts {
    /// So many are shown of each.
    pub const MOST: usize = 3;

    /// Adds one, if there is room; whether there is room for another.
    pub(crate) fn add(&mut self, start: Moment) -> bool {
        if let Some(place) = self.starts.get_mut(usize::from(self.count)) {
            *place = start;
            self.count += 1;
        }
        usize::from(self.count) < Self::MOST
    }
}

impl Default for Starts {
    fn default() -> Self {
        Self { starts: [Moment::MIN; Self::MOST], count: 0 }
    }
}

impl std::ops::Deref for Starts {
    type Target = [Moment];

    fn deref(&self) -> &[Moment] {
        self.starts.get(..usize::from(self.count)).unwrap_or(&[])
    }
}

/// Those that there is room for.
impl FromIterator<Moment> for Starts {
    fn from_iter<I: IntoIterator<Item = Moment>>(starts: I) -> Self {
        let mut kept = Self::default();
        starts.into_iter().take(Self::MOST).for_each(|start| {
            kept.add(start);
        });
        kept
    }
}

/// Counts over all matches. Languages and sectors are each counted as if none had been asked for, so that another can be
/// chosen; the others are counted among the matches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// Those with at least one, most first, then by number.
    pub specialties: Vec<(SpecialtyNo, u32)>,
    /// Likewise.
    pub languages: Vec<(LanguageNo, u32)>,
    /// Likewise.
    pub sectors: Vec<(SectorNo, u32)>,
    /// Who says that they see patients at a distance.
    pub telehealth: u32,
    /// Who takes new patients.
    pub new_patients: u32,
    /// Of all matches, who has a start within 1, 3, 7 and 14 days (of 24 hours) of the window's start; only counted for windows
    /// that begin now, without days and hours.
    pub free_within_days: Option<[u32; 4]>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// In order.
    pub hits: Vec<Hit>,
    /// How many practitioners match, on all pages.
    pub total: u32,
    /// Counts over those.
    pub facets: Facets,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}
