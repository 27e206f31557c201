//! The schedule of one practitioner, as the computation reads it.
//!
//! Plain data: whoever reads the database fills it, nothing here knows where it came from. All lengths are whole
//! minutes or days of elapsed time; wall-clock values are `civil`, instants are `Timestamp` or [`TimeRange`].

use std::sync::Arc;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{LocationId, OpeningId, OrganizationId, PractitionerId, TimeOffId, VisitTypeId};

/// Everything that decides which slots a practitioner offers, but for the claims on the timeline.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Whose schedule it is.
    pub practitioner: PractitionerId,
    /// The practitioner's exclusive calendar on the timeline.
    pub calendar: i64,
    /// Where the practitioner belongs.
    pub organization: OrganizationId,
    /// Rises with every change of what may be booked; a booking compares it in its own statement.
    pub version: i64,
    /// Nothing is offered of a practitioner who is not active.
    pub active: bool,
    /// Whether somebody who has never been here may book.
    pub accepts_new_patients: bool,
    /// Whether the weekly rules hold on public holidays too.
    pub works_public_holidays: bool,
    /// Where visits happen when an opening does not say.
    pub default_location: LocationId,
    /// Every location that a rule or an opening names. One that is missing here opens nothing.
    pub locations: Vec<ScheduleLocation>,
    /// What may be booked, in the order in which patients see it.
    pub visit_types: Vec<VisitType>,
    /// The weekly rules. Of two that offer the same start the earlier in this list wins.
    pub rules: Vec<OpeningRule>,
    /// When the weekly rules do not hold.
    pub closures: Vec<Closure>,
    /// One-off openings, in any order. They come before the weekly rules.
    pub openings: Vec<Opening>,
    /// When the practitioner is away, in any order.
    pub time_off: Vec<TimeOff>,
    /// The public holidays of the region.
    pub holidays: Arc<HolidayCalendar>,
}

impl Schedule {
    /// The visit type with this id, active or not.
    pub fn visit_type(&self, id: VisitTypeId) -> Option<&VisitType> {
        self.visit_types.iter().find(|visit_type| visit_type.id == id)
    }

    /// The location with this id.
    pub fn location(&self, id: LocationId) -> Option<&ScheduleLocation> {
        self.locations.iter().find(|location| location.id == id)
    }

    /// Whether a patient may book this visit type at all: `known` says that they have been here before.
    pub fn admits(&self, visit_type: &VisitType, known: bool) -> bool {
        match visit_type.who_may_book {
            WhoMayBook::Anyone => known || self.accepts_new_patients,
            WhoMayBook::New => !known && self.accepts_new_patients,
            WhoMayBook::Known => known,
        }
    }
}

/// A place where visits happen, with its clock.
#[derive(Debug, Clone)]
pub struct ScheduleLocation {
    /// Which place.
    pub id: LocationId,
    /// The IANA name of its zone, as answers show it.
    pub time_zone_name: String,
    /// The zone itself.
    pub time_zone: TimeZone,
    /// Whose place it is.
    pub organization: OrganizationId,
}

/// What a patient may book, with its policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitType {
    /// Which visit type.
    pub id: VisitTypeId,
    /// What patients read.
    pub name: String,
    /// How long the visit lasts; at least 1.
    pub duration_minutes: u32,
    /// Time kept free before the visit.
    pub buffer_before_minutes: u32,
    /// Time kept free after the visit.
    pub buffer_after_minutes: u32,
    /// How long before its start a visit can last be booked.
    pub min_notice_minutes: u32,
    /// How far ahead it can be booked, in days of 24 hours.
    pub max_horizon_days: u32,
    /// How long a hold lasts.
    pub hold_minutes: u32,
    /// Whether the visit happens at a distance.
    pub telehealth: bool,
    /// Which patients may book it.
    pub who_may_book: WhoMayBook,
    /// The kind of room or device that the visit needs.
    pub room_kind: Option<String>,
    /// Nothing is offered of a visit type that is not active.
    pub active: bool,
}

impl VisitType {
    /// How long the visit itself lasts.
    pub fn duration(&self) -> SignedDuration {
        minutes(self.duration_minutes)
    }

    /// From one start of the grid to the next: buffer, visit, buffer; never zero.
    pub fn step(&self) -> SignedDuration {
        (minutes(self.buffer_before_minutes) + self.duration() + minutes(self.buffer_after_minutes))
            .max(minutes(1))
    }

    /// The visit that begins at `start`. `None` for a visit without length or beyond the end of all time.
    pub fn range_at(&self, start: Timestamp) -> Option<TimeRange> {
        TimeRange::new(start, start.checked_add(self.duration()).ok()?).ok()
    }

    /// What the visit that begins at `start` takes of the practitioner's time: its range and both buffers.
    pub fn blocked_at(&self, start: Timestamp) -> Option<TimeRange> {
        let from = start.checked_sub(minutes(self.buffer_before_minutes)).ok()?;
        let until = start.checked_add(self.duration() + minutes(self.buffer_after_minutes)).ok()?;
        TimeRange::new(from, until).ok()
    }

    /// Where the claims lie that can stand in the way of a start inside `window`.
    pub fn reach(&self, window: TimeRange) -> TimeRange {
        let from = window.start().checked_sub(minutes(self.buffer_before_minutes)).unwrap_or(Timestamp::MIN);
        let until = window
            .end()
            .checked_add(self.duration() + minutes(self.buffer_after_minutes))
            .unwrap_or(Timestamp::MAX);
        TimeRange::new(from, until).unwrap_or(window)
    }
}

/// Which patients may book a visit type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhoMayBook {
    /// Everybody.
    Anyone,
    /// Patients who have never been here.
    New,
    /// Patients who have been here.
    Known,
}

impl WhoMayBook {
    /// The name in the database and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::New => "new",
            Self::Known => "known",
        }
    }

    /// The value with this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Anyone, Self::New, Self::Known].into_iter().find(|value| value.as_str() == name)
    }
}

/// A weekly opening, in the wall clock of its location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningRule {
    /// Where.
    pub location: LocationId,
    /// The day on which it starts.
    pub weekday: Weekday,
    /// When it starts.
    pub starts: Time,
    /// When it ends; at or before `starts` it is on the next day, so equal times make a whole day.
    pub ends: Time,
    /// For which visit types; empty for all.
    pub visit_types: Vec<VisitTypeId>,
    /// The first day on which it can start.
    pub valid_from: Option<Date>,
    /// The last day on which it can start.
    pub valid_until: Option<Date>,
    /// Every how many weeks, counted from the ISO week of `valid_from`; 0 and 1 are every week, as is a rule
    /// without `valid_from`.
    pub every_weeks: u8,
}

/// When the weekly rules do not hold: `[starts, ends)` by the wall clock of each location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closure {
    /// The first wall-clock time inside.
    pub starts: DateTime,
    /// The first wall-clock time after.
    pub ends: DateTime,
}

/// A one-off range when visits may happen. Closures and public holidays do not touch it: somebody opened it on
/// purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Which one.
    pub id: OpeningId,
    /// Where.
    pub location: LocationId,
    /// When.
    pub range: TimeRange,
    /// For which visit types; empty for all.
    pub visit_types: Vec<VisitTypeId>,
}

/// A range when the practitioner is away, whatever is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOff {
    /// Which one.
    pub id: TimeOffId,
    /// When.
    pub range: TimeRange,
}

/// The public holidays of a region, as far as its pack knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HolidayCalendar(Vec<Date>);

impl HolidayCalendar {
    /// Whether the date is a public holiday.
    pub fn contains(&self, date: Date) -> bool {
        self.0.binary_search(&date).is_ok()
    }
}

/// From dates in any order, repeated or not.
impl FromIterator<Date> for HolidayCalendar {
    fn from_iter<I: IntoIterator<Item = Date>>(dates: I) -> Self {
        let mut dates: Vec<Date> = dates.into_iter().collect();
        dates.sort_unstable();
        dates.dedup();
        Self(dates)
    }
}

/// Whole minutes of elapsed time.
pub(super) fn minutes(count: u32) -> SignedDuration {
    SignedDuration::from_secs(i64::from(count) * 60)
}
