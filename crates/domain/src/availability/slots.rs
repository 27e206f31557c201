//! The listing of slots, in order and only as far as the caller reads.

use jiff::{SignedDuration, Timestamp};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{LocationId, VisitTypeId};

use super::check::bounds;
use super::expand::{Shift, Source};
use super::model::{Opening, Schedule, VisitType};
use super::open::{Sieve, away, grounds};

/// How many days are expanded at a time when nothing says how many slots are wanted.
const DAYS_AT_A_TIME: i64 = 32;

/// A visit that can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// When the visit begins; whole seconds.
    pub start: Timestamp,
    /// When the visit ends, without the buffer behind it.
    pub end: Timestamp,
    /// Where it happens.
    pub location: LocationId,
    /// What it is.
    pub visit_type: VisitTypeId,
}

/// What can be booked at `now` with a start inside `window`, in order of start, each start once.
///
/// `claims` are the live claims of the practitioner's calendar, sorted by start; they may overlap one another. Those
/// inside [`VisitType::reach`] of the window are needed, others do no harm. With a `limit` only the days up to the last
/// slot wanted are computed. A visit type that the practitioner does not have, or that is not active, has no slots.
pub fn slots(
    schedule: &Schedule,
    visit_type: VisitTypeId,
    window: TimeRange,
    now: Timestamp,
    claims: &[TimeRange],
    limit: Option<usize>,
) -> Vec<Slot> {
    let mut found = Vec::new();
    let Some(visit_type) = schedule.visit_type(visit_type) else { return found };
    if !schedule.active || !visit_type.active {
        return found;
    }
    let limit = limit.unwrap_or(usize::MAX);
    let mut days = if limit == usize::MAX { DAYS_AT_A_TIME } else { 1 };
    let mut timeline = Timeline { claims, busy_until: Timestamp::MIN };
    let (earliest, latest) = bounds(visit_type, now);
    let mut from = window.start().max(earliest);
    let until = window.end().min(latest);
    while found.len() < limit
        && let Ok(rest) = TimeRange::new(from, until)
    {
        let chunk = first_days(rest, days);
        for (start, _, location) in starts(schedule, visit_type, chunk) {
            if found.len() == limit {
                break;
            }
            if let (Some(visit), Some(blocked)) = (visit_type.range_at(start), visit_type.blocked_at(start))
                && timeline.is_free(blocked)
            {
                found.push(Slot { start, end: visit.end(), location, visit_type: visit_type.id });
            }
        }
        from = chunk.end();
        days = (days * 2).min(DAYS_AT_A_TIME);
    }
    found
}

/// Every slot that lies inside one opening, of each active visit type that it admits, whatever notice, horizon and
/// claims say; time off is taken away. In order of start, then in the order of the visit types. The opening need not
/// be in the schedule yet.
pub fn slots_of_opening(schedule: &Schedule, opening: &Opening) -> Vec<Slot> {
    let mut found = Vec::new();
    let Some(location) = schedule.location(opening.location) else { return found };
    let source = Source::Opening(opening.id);
    let shift = Shift { range: opening.range, location, source, on_holiday: false };
    let open = opening.range.minus(&away(schedule, opening.range));
    for visit_type in schedule.visit_types.iter().filter(|visit_type| visit_type.active) {
        if !opening.visit_types.is_empty() && !opening.visit_types.contains(&visit_type.id) {
            continue;
        }
        found.extend(inside(&shift, &open, visit_type, opening.range).map(|visit| Slot {
            start: visit.start(),
            end: visit.end(),
            location: location.id,
            visit_type: visit_type.id,
        }));
    }
    found.sort_by_key(|slot| slot.start);
    found
}

/// What is offered with a start inside `chunk`, claims aside: in order, each start once, at the place that wins it.
fn starts(
    schedule: &Schedule,
    visit_type: &VisitType,
    chunk: TimeRange,
) -> Vec<(Timestamp, Source, LocationId)> {
    let end = chunk.end().checked_add(visit_type.duration()).unwrap_or(Timestamp::MAX);
    let span = TimeRange::new(chunk.start(), end).unwrap_or(chunk);
    let mut found = Vec::new();
    for ground in grounds(schedule, Some(visit_type.id), span, Sieve::ALL) {
        let open = ground.open();
        for shift in &ground.shifts {
            let visits = inside(shift, &open, visit_type, chunk);
            found.extend(visits.map(|visit| (visit.start(), shift.source, ground.location.id)));
        }
    }
    found.sort_unstable();
    found.dedup_by_key(|(start, ..)| *start);
    found
}

/// The visits on the grid of a shift that start inside the shift and inside `chunk` and lie wholly inside one of the
/// ranges of `open`, which are sorted and apart from each other.
fn inside(
    shift: &Shift<'_>,
    open: &[TimeRange],
    visit_type: &VisitType,
    chunk: TimeRange,
) -> impl Iterator<Item = TimeRange> {
    let step = visit_type.step();
    let first = first_on_grid(shift.anchor(), step, chunk.start());
    let until = shift.range.end().min(chunk.end());
    let mut open = &open[open.partition_point(|range| first.is_none_or(|first| range.end() <= first))..];
    std::iter::successors(first, move |start| start.checked_add(step).ok())
        .take_while(move |start| *start < until)
        .filter_map(|start| visit_type.range_at(start))
        .filter(move |visit| {
            while let Some((first, rest)) = open.split_first()
                && first.end() <= visit.start()
            {
                open = rest;
            }
            open.first().is_some_and(|range| range.contains(*visit))
        })
}

/// The first start of the grid at or after `from`.
fn first_on_grid(anchor: Timestamp, step: SignedDuration, from: Timestamp) -> Option<Timestamp> {
    if from <= anchor {
        return Some(anchor);
    }
    let behind = from.duration_since(anchor);
    let whole = behind.as_secs() + i64::from(behind.subsec_nanos() > 0);
    let steps = whole.div_euclid(step.as_secs()) + i64::from(whole.rem_euclid(step.as_secs()) > 0);
    anchor.checked_add(SignedDuration::from_secs(steps.checked_mul(step.as_secs())?)).ok()
}

/// At most so many days of 24 hours from the start of a range.
fn first_days(range: TimeRange, days: i64) -> TimeRange {
    let end = range.start().checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX);
    TimeRange::new(range.start(), end.min(range.end())).unwrap_or(range)
}

/// The claims, read once beside ascending questions.
struct Timeline<'a> {
    /// Those that no question has reached yet.
    claims: &'a [TimeRange],
    /// The latest end of those that one has.
    busy_until: Timestamp,
}

impl Timeline<'_> {
    /// Whether no claim overlaps `blocked`. Each question's range starts and ends no earlier than the one before.
    fn is_free(&mut self, blocked: TimeRange) -> bool {
        while let Some((claim, rest)) = self.claims.split_first()
            && claim.start() < blocked.end()
        {
            self.busy_until = self.busy_until.max(claim.end());
            self.claims = rest;
        }
        self.busy_until <= blocked.start()
    }
}
