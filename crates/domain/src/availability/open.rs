//! What is open: the shifts of a location minus what closes them.
//!
//! Closures and public holidays take from weekly shifts only, time off takes from everything.

use rendez_vocab::TimeRange;
use rendez_vocab::ids::{LocationId, VisitTypeId};

use super::expand::{Shift, Source, dates, shifts};
use super::model::{Schedule, ScheduleLocation};
use super::wall;

/// A range that is open, with what opened it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenRange {
    /// When.
    pub range: TimeRange,
    /// What opened it.
    pub source: Source,
    /// Where.
    pub location: LocationId,
}

/// What is open inside `window` for any visit type, in order of start: closures, holidays and time off are already
/// taken away, claims are not. A shift with a closure in its middle gives two ranges; two openings that overlap give
/// both.
pub fn opening_ranges(schedule: &Schedule, window: TimeRange) -> Vec<OpenRange> {
    let mut found = Vec::new();
    for ground in grounds(schedule, None, window, Sieve::ALL) {
        for (shift, pieces) in ground.pieces() {
            let inside = pieces.iter().filter_map(|piece| piece.intersection(window));
            found.extend(inside.map(|range| OpenRange {
                range,
                source: shift.source,
                location: ground.location.id,
            }));
        }
    }
    found.sort_unstable();
    found
}

/// Which rules take away from the openings; `explain` adds them one by one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sieve {
    /// Closures.
    pub closures: bool,
    /// Public holidays.
    pub holidays: bool,
    /// Time off.
    pub time_off: bool,
}

impl Sieve {
    /// As patients are offered it.
    pub(super) const ALL: Self = Self { closures: true, holidays: true, time_off: true };
    /// The openings as they were published.
    pub(super) const NONE: Self = Self { closures: false, holidays: false, time_off: false };
}

/// One location over a span of time.
pub(super) struct Ground<'a> {
    /// Which one.
    pub location: &'a ScheduleLocation,
    /// Its shifts, whole, also where they are closed: the grid hangs on their starts.
    pub shifts: Vec<Shift<'a>>,
    closures: Vec<TimeRange>,
    away: Vec<TimeRange>,
}

impl Ground<'_> {
    /// Each shift with what is left of it.
    fn pieces(&self) -> impl Iterator<Item = (&Shift<'_>, Vec<TimeRange>)> {
        self.shifts.iter().map(|shift| {
            let closed = match shift.source {
                Source::Opening(_) => &[],
                Source::Rule(_) => self.closures.as_slice(),
            };
            let open = shift.range.minus(closed);
            if self.away.is_empty() {
                return (shift, open);
            }
            (shift, open.into_iter().flat_map(|piece| piece.minus(&self.away)).collect())
        })
    }

    /// When anything is open here: in order, neither overlapping nor touching. A visit must lie inside one of these.
    pub(super) fn open(&self) -> Vec<TimeRange> {
        let mut pieces: Vec<TimeRange> = self.pieces().flat_map(|(_, pieces)| pieces).collect();
        pieces.sort_unstable();
        let mut merged: Vec<TimeRange> = Vec::with_capacity(pieces.len());
        for piece in pieces {
            match merged.last_mut() {
                Some(last) if piece.start() <= last.end() => {
                    *last = TimeRange::new(last.start(), last.end().max(piece.end())).unwrap_or(*last);
                }
                _ => merged.push(piece),
            }
        }
        merged
    }
}

/// The locations that have a shift in common with `span`, of one visit type or of all.
pub(super) fn grounds(
    schedule: &Schedule,
    visit_type: Option<VisitTypeId>,
    span: TimeRange,
    sieve: Sieve,
) -> Vec<Ground<'_>> {
    let mut grounds: Vec<Ground<'_>> = Vec::new();
    for shift in shifts(schedule, visit_type, span) {
        if sieve.holidays && shift.on_holiday {
            continue;
        }
        match grounds.iter_mut().find(|ground| ground.location.id == shift.location.id) {
            Some(ground) => ground.shifts.push(shift),
            None => grounds.push(Ground {
                location: shift.location,
                shifts: vec![shift],
                closures: if sieve.closures { closures(schedule, shift.location, span) } else { Vec::new() },
                away: if sieve.time_off { away(schedule, span) } else { Vec::new() },
            }),
        }
    }
    grounds
}

/// The closures that overlap `span` by the clock of the location.
pub(super) fn closures(schedule: &Schedule, location: &ScheduleLocation, span: TimeRange) -> Vec<TimeRange> {
    let (first, last) = dates(location, span);
    schedule
        .closures
        .iter()
        .filter(|closure| closure.ends.date() >= first && closure.starts.date() <= last)
        .filter_map(|closure| wall::range(&location.time_zone, closure.starts, closure.ends))
        .filter(|range| range.overlaps(span))
        .collect()
}

/// The time off that overlaps `span`.
pub(super) fn away(schedule: &Schedule, span: TimeRange) -> Vec<TimeRange> {
    schedule.time_off.iter().map(|off| off.range).filter(|range| range.overlaps(span)).collect()
}
