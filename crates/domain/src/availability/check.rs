//! Whether one start is offered: the answer that a booking needs, claims aside.

use jiff::{SignedDuration, Timestamp};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{LocationId, VisitTypeId};

use super::expand::{Shift, Source};
use super::model::{Schedule, VisitType, minutes};
use super::open::{Sieve, away, closures, grounds};
use super::wall;

/// A start that is offered, if the timeline agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer<'a> {
    /// Where the visit happens.
    pub location: LocationId,
    /// The visit.
    pub range: TimeRange,
    /// What it takes of the practitioner's time: the visit and its buffers.
    pub blocked: TimeRange,
    /// What it is, with its policy.
    pub visit_type: &'a VisitType,
}

/// Why a start is not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOffered {
    /// The practitioner has no such visit type.
    #[error("the practitioner has no such visit type")]
    UnknownVisitType,
    /// The practitioner or the visit type cannot be booked any more.
    #[error("the practitioner or the visit type cannot be booked any more")]
    Inactive,
    /// No opening has room for the visit.
    #[error("no opening has room for the visit")]
    NoOpening,
    /// The opening has slots at other starts.
    #[error("no slot of the opening starts at this time")]
    NotOnGrid,
    /// The practice has closed the time.
    #[error("the practice is closed at this time")]
    Closed,
    /// The opening does not hold on public holidays.
    #[error("the opening does not hold on public holidays")]
    Holiday,
    /// The practitioner is away.
    #[error("the practitioner is away at this time")]
    TimeOff,
    /// The visit begins too soon to be booked.
    #[error("the visit begins too soon to be booked")]
    TooSoon {
        /// The first start that the notice allows, grace aside.
        earliest: Timestamp,
    },
    /// The visit lies too far ahead to be booked.
    #[error("the visit lies too far ahead to be booked")]
    TooFar {
        /// The first start that is too far.
        latest: Timestamp,
    },
}

/// Judges one start at `now` by everything but the claims, which the database judges.
///
/// `grace` is how much later than the notice allows a booking may still be made; zero for a booking that begins now.
pub fn check(
    schedule: &Schedule,
    visit_type: VisitTypeId,
    start: Timestamp,
    now: Timestamp,
    grace: SignedDuration,
) -> Result<Offer<'_>, NotOffered> {
    let visit_type = schedule.visit_type(visit_type).ok_or(NotOffered::UnknownVisitType)?;
    if !schedule.active || !visit_type.active {
        return Err(NotOffered::Inactive);
    }
    let (Some(range), Some(blocked)) = (visit_type.range_at(start), visit_type.blocked_at(start)) else {
        return Err(NotOffered::NoOpening);
    };
    let location = match place(schedule, visit_type, range, Sieve::ALL, true) {
        Some(place) => place.location.id,
        None => return Err(Findings::of(schedule, visit_type, range).refusal()),
    };
    let (earliest, latest) = bounds(visit_type, now);
    if start < earliest.checked_sub(grace).unwrap_or(earliest) {
        return Err(NotOffered::TooSoon { earliest });
    }
    if start >= latest {
        return Err(NotOffered::TooFar { latest });
    }
    Ok(Offer { location, range, blocked, visit_type })
}

/// Judges one start as the practice's own desk may use it: inside what is open and on no grid, with neither notice nor
/// horizon, which are rules for patients.
pub fn check_at_desk(
    schedule: &Schedule,
    visit_type: VisitTypeId,
    start: Timestamp,
) -> Result<Offer<'_>, NotOffered> {
    let visit_type = schedule.visit_type(visit_type).ok_or(NotOffered::UnknownVisitType)?;
    if !schedule.active || !visit_type.active {
        return Err(NotOffered::Inactive);
    }
    let (Some(range), Some(blocked)) = (visit_type.range_at(start), visit_type.blocked_at(start)) else {
        return Err(NotOffered::NoOpening);
    };
    match place(schedule, visit_type, range, Sieve::ALL, false) {
        Some(shift) => Ok(Offer { location: shift.location.id, range, blocked, visit_type }),
        // The grid does not bind the desk.
        None => Err(Findings { grid: true, ..Findings::of(schedule, visit_type, range) }.refusal()),
    }
}

/// The first start that the notice allows at `now`, and the first that lies beyond the horizon.
pub(super) fn bounds(visit_type: &VisitType, now: Timestamp) -> (Timestamp, Timestamp) {
    let horizon = SignedDuration::from_hours(24 * i64::from(visit_type.max_horizon_days));
    (
        now.checked_add(minutes(visit_type.min_notice_minutes)).unwrap_or(Timestamp::MAX),
        now.checked_add(horizon).unwrap_or(Timestamp::MAX),
    )
}

/// What each rule about openings says to one visit.
///
/// The rules are added one after the other, and each is judged among the openings that the rules before it left; one
/// that leaves none fails and is set aside for the next. So all pass exactly when one opening passes all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Findings {
    /// The visit lies inside what was opened.
    pub opening: bool,
    /// It starts on the grid of such an opening.
    pub grid: bool,
    /// No closure stands in the way.
    pub closure: bool,
    /// No public holiday does.
    pub holiday: bool,
    /// No time off does.
    pub time_off: bool,
    /// What opened the time, as far as something did: a start of the grid rather than another.
    pub source: Option<Source>,
}

impl Findings {
    /// Judges a visit by each rule, without a short cut.
    pub(super) fn of(schedule: &Schedule, visit_type: &VisitType, visit: TimeRange) -> Self {
        let judge = |sieve, grid| place(schedule, visit_type, visit, sieve, grid);
        let opened = judge(Sieve::NONE, false);
        let on_grid = judge(Sieve::NONE, true);
        let grid = on_grid.is_some();
        let (closure, holiday) = if opened.is_some() {
            let closure = judge(Sieve { closures: true, ..Sieve::NONE }, grid).is_some();
            let sieve = Sieve { closures: closure, holidays: true, time_off: false };
            (closure, judge(sieve, grid).is_some())
        } else {
            unopened(schedule, visit)
        };
        let time_off = away(schedule, visit).is_empty();
        let source = on_grid.or(opened).map(|shift| shift.source);
        Self { opening: opened.is_some(), grid, closure, holiday, time_off, source }
    }

    /// The first rule that fails, as a refusal.
    fn refusal(self) -> NotOffered {
        match self {
            Self { opening: false, .. } => NotOffered::NoOpening,
            Self { grid: false, .. } => NotOffered::NotOnGrid,
            Self { closure: false, .. } => NotOffered::Closed,
            Self { holiday: false, .. } => NotOffered::Holiday,
            _ => NotOffered::TimeOff,
        }
    }
}

/// Whether closures and public holidays would let a visit pass that no opening covers: judged at the default location.
fn unopened(schedule: &Schedule, visit: TimeRange) -> (bool, bool) {
    let Some(location) = schedule.location(schedule.default_location) else { return (true, true) };
    let date = wall::date(&location.time_zone, visit.start());
    let works = schedule.works_public_holidays || !schedule.holidays.contains(date);
    (closures(schedule, location, visit).is_empty(), works)
}

/// The opening that offers a visit: of several one-off before weekly, then the earlier rule.
fn place<'a>(
    schedule: &'a Schedule,
    visit_type: &VisitType,
    visit: TimeRange,
    sieve: Sieve,
    grid: bool,
) -> Option<Shift<'a>> {
    grounds(schedule, Some(visit_type.id), visit, sieve)
        .into_iter()
        .filter(|ground| ground.open().iter().any(|range| range.contains(visit)))
        .flat_map(|ground| ground.shifts)
        .filter(|shift| shift.range.contains_instant(visit.start()))
        .filter(|shift| !grid || is_on_grid(shift, visit_type, visit.start()))
        .min_by_key(|shift| shift.source)
}

fn is_on_grid(shift: &Shift<'_>, visit_type: &VisitType, start: Timestamp) -> bool {
    let since = start.duration_since(shift.anchor());
    since.subsec_nanos() == 0 && since.as_secs() >= 0 && since.as_secs() % visit_type.step().as_secs() == 0
}
