//! What the index is told of a practitioner: who, where, which visits, and when their starts may be.

use rendez_vocab::ids::{LocationId, PractitionerId, VisitTypeId};

use crate::moment::{Moment, Span, ZoneNo};

/// The number of a specialty in the caller's list.
pub type SpecialtyNo = u16;
/// The number of a language in the caller's list.
pub type LanguageNo = u8;
/// The number of a sector (how a practitioner charges) in the caller's list.
pub type SectorNo = u8;

/// A practitioner with everything that is searched by, but for what is free.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Who.
    pub practitioner: PractitionerId,
    /// What; somebody without one is found only by searches for any specialty.
    pub specialty: Option<SpecialtyNo>,
    /// Who is understood.
    pub languages: Vec<LanguageNo>,
    /// How they charge.
    pub sector: Option<SectorNo>,
    /// Whether somebody new may book.
    pub accepts_new_patients: bool,
    /// Whether they say that they see patients at a distance.
    pub telehealth: bool,
    /// Names as [`crate::text::fold`] makes them, with blanks between.
    pub names: String,
    /// What the caller wants back with a result; opaque.
    pub card: Vec<u8>,
    /// What can be booked, active ones only, in the order in which patients see it; at most 64.
    pub visit_types: Vec<VisitType>,
    /// Where; one lane of the index for each. Nobody without a place is found.
    pub places: Vec<Place>,
}

/// What can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitType {
    /// Which one.
    pub id: VisitTypeId,
    /// How long the visit lasts; at least 1.
    pub duration_minutes: u16,
    /// Kept free before it.
    pub buffer_before_minutes: u16,
    /// Kept free after it.
    pub buffer_after_minutes: u16,
    /// How long before its start it can last be booked.
    pub min_notice_minutes: u32,
    /// How far ahead it can be booked, in days of 24 hours.
    pub max_horizon_days: u16,
    /// Whether it happens at a distance.
    pub telehealth: bool,
    /// Whether only patients who have been here may book it.
    pub known_only: bool,
}

impl VisitType {
    /// From one start of a grid to the next, in seconds; never 0.
    pub fn step(&self) -> u32 {
        let minutes = u32::from(self.buffer_before_minutes)
            + u32::from(self.duration_minutes)
            + u32::from(self.buffer_after_minutes);
        minutes.max(1) * 60
    }

    /// What the visit that begins at `start` takes of the practitioner's time.
    pub fn blocked(&self, start: Moment) -> Span {
        let behind = u32::from(self.duration_minutes) + u32::from(self.buffer_after_minutes);
        Span::new(start.minus(u32::from(self.buffer_before_minutes) * 60), start.plus(behind * 60))
    }

    /// From when until when (half-open) starts are offered to somebody who asks at `now`.
    pub fn bookable(&self, now: Moment) -> Span {
        let horizon = u32::from(self.max_horizon_days) * 86_400;
        Span::new(now.plus(self.min_notice_minutes.saturating_mul(60)), now.plus(horizon))
    }
}

/// A place where the practitioner sees patients.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Which one.
    pub id: LocationId,
    /// Latitude and longitude in degrees; without it the place is found only by searches without a circle.
    pub position: Option<(f64, f64)>,
    /// Its clock.
    pub zone: ZoneNo,
    /// What is open here, in order of anchor.
    pub shifts: Vec<Shift>,
    /// Starts on a shift's grid that are not offered all the same (closed, away, taken by an earlier shift): visit type by
    /// its place in [`Profile::visit_types`], and start. Sorted.
    pub closed: Vec<(u8, Moment)>,
}

/// A range with a grid of starts: `anchor`, `anchor + step` and so on, for each visit type that it admits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// The first start of every grid.
    pub anchor: Moment,
    /// Its length, rounded up to whole minutes. Without `runs_on` visits lie wholly inside it; with it every start
    /// inside counts, wherever the visit ends.
    pub span_minutes: u16,
    /// Whether visits may end after it.
    pub runs_on: bool,
    /// Bit n: admits visit type n.
    pub visit_types: u64,
}

impl Shift {
    /// How many starts its grid has for a visit type that it admits.
    pub fn starts(&self, visit_type: &VisitType) -> u32 {
        let (span, step) = (u32::from(self.span_minutes) * 60, visit_type.step());
        let duration = u32::from(visit_type.duration_minutes) * 60;
        match (self.runs_on, span >= duration) {
            (true, _) => span.div_ceil(step),
            (false, true) => (span - duration) / step + 1,
            (false, false) => 0,
        }
    }
}

/// A start on a grid, when the index asks whether it is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// Which visit type, by its place in [`Profile::visit_types`].
    pub visit_type: u8,
    /// Which place, by its place in [`Profile::places`].
    pub place: u8,
    /// When it begins.
    pub start: Moment,
    /// What it takes of the practitioner's time.
    pub blocked: Span,
}
