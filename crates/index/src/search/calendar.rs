//! Days and hours by a place's clock, as ranges of moments: what a search with days, hours or a later window asks for.
//!
//! Invariant: a moment is allowed if and only if it lies in one of the ranges, and, where a change of clocks makes a range
//! wider than what is meant (`exact` is false), its local time is as well.

use crate::hot::{BAND_EDGES, BANDS, lines_of};
use crate::moment::{Moment, Span, Zone};
use crate::query::{Hours, Weekdays};
use crate::scan::Cell;

const DAY: i64 = 86_400;

/// What is asked for in one zone.
#[derive(Debug, Default)]
pub(crate) struct Calendar {
    /// In order; they may only overlap where `exact` is false.
    pub(crate) cells: Vec<Cell>,
    /// Whether cells say everything.
    pub(crate) exact: bool,
    /// Which lines of memory of a column's days they look at, as [`lines_of`](crate::hot::lines_of) counts them.
    pub(crate) lines: u32,
}

impl Calendar {
    /// The days and hours in a window.
    pub(crate) fn fill(&mut self, zone: &Zone, window: Span, days: Weekdays, hours: Option<Hours>) {
        self.cells.clear();
        (self.exact, self.lines) = (true, 0);
        if window.is_empty() {
            return;
        }
        // A day on either side: a clock that is put back at midnight shows an earlier day again.
        let (first, last) = (zone.local(window.start).0 - 1, zone.local(window.end.minus(1)).0 + 1);
        let ranges = ranges(hours);
        for day in (first..=last).filter(|day| allows(days, *day)) {
            for (bands, from, until, full) in ranges.iter().flatten() {
                self.add(zone, window, day, *bands, (*from, *until), *full);
            }
        }
    }

    fn add(&mut self, zone: &Zone, window: Span, day: i32, bands: u8, (from, until): (u32, u32), full: bool) {
        let midnight = i64::from(day) * DAY;
        let Some((range, exact)) = moments(zone, midnight + i64::from(from), midnight + i64::from(until))
        else {
            return;
        };
        let cut = Span::new(range.start.max(window.start), range.end.min(window.end));
        if cut.is_empty() {
            return;
        }
        self.exact &= exact;
        let day = day.rem_euclid(64) as u8;
        self.lines |= lines_of(day, bands);
        self.cells.push(Cell {
            day,
            bands,
            from: cut.start.seconds(),
            until: cut.end.seconds(),
            whole: exact,
            full: full && exact && cut == range,
        });
    }
}

/// Whether a day, counted since 1970-01-01, is one of those.
fn allows(days: Weekdays, day: i32) -> bool {
    // That was a Thursday.
    days.0 >> (day + 3).rem_euclid(7) & 1 == 1
}

/// Whether a moment is meant by days and hours.
pub(crate) fn is_meant(zone: &Zone, at: Moment, days: Weekdays, hours: Option<Hours>) -> bool {
    let (day, second) = zone.local(at);
    allows(days, day) && hours.is_none_or(|hours| hours.from <= second && second < hours.until)
}

/// A day's hours in at most so many ranges: bands that are asked for as a whole together, the others one by one.
type Ranges = [Option<(u8, u32, u32, bool)>; BANDS];

fn ranges(hours: Option<Hours>) -> Ranges {
    let hours = hours.unwrap_or(Hours { from: 0, until: BAND_EDGES[BANDS] });
    let mut ranges: Ranges = [None; BANDS];
    let mut next = 0;
    for band in 0..BANDS {
        let (low, high) = (BAND_EDGES[band], BAND_EDGES[band + 1]);
        let (from, until) = (hours.from.max(low), hours.until.min(high));
        if from >= until {
            continue;
        }
        let full = (from, until) == (low, high);
        match ranges[..next].last_mut() {
            Some(Some((bands, _, end, true))) if full => {
                *bands |= 1 << band;
                *end = until;
            }
            _ => {
                ranges[next] = Some((1 << band, from, until, full));
                next += 1;
            }
        }
    }
    ranges
}

/// The moments when a zone's clocks show something from one wall time (in seconds since 1970-01-01) until another, and
/// whether they show nothing else then. `None` if they never show it.
fn moments(zone: &Zone, from: i64, until: i64) -> Option<(Span, bool)> {
    let mut found: Option<(Span, bool)> = None;
    for (number, (start, offset)) in zone.offsets.iter().enumerate() {
        let end = zone.offsets.get(number + 1).map_or(Moment::NEVER, |(next, _)| *next);
        let (shift, begin) = (i64::from(*offset), start.unix());
        // What clocks show from here to the next change.
        let (shown, gone) = (begin + shift, if end == Moment::NEVER { i64::MAX } else { end.unix() + shift });
        let shown = if *start == Moment::MIN { i64::MIN } else { shown };
        if until <= shown || gone <= from {
            continue;
        }
        let span = Span::new(
            Moment::from_unix(from.max(shown).saturating_sub(shift)),
            Moment::from_unix(until.min(gone).saturating_sub(shift)),
        );
        let all = shown <= from && until <= gone;
        found = Some(match found {
            None => (span, all),
            Some((other, _)) => (Span::new(other.start.min(span.start), other.end.max(span.end)), false),
        });
    }
    found.filter(|(span, _)| !span.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: i64) -> Moment {
        Moment::from_unix(text)
    }

    fn paris() -> Zone {
        let summer = at(1_774_746_000); // 2026-03-29T01:00:00Z
        let winter = at(1_792_890_000); // 2026-10-25T01:00:00Z
        Zone {
            name: "Europe/Paris".into(),
            offsets: vec![(Moment::MIN, 3600), (summer, 7200), (winter, 3600)],
        }
    }

    #[test]
    fn evenings_are_full_cells() {
        let monday = at(1_780_264_800); // 2026-06-01T00:00 in Paris
        let window = Span::new(monday, monday.plus(2 * 86_400));
        let mut calendar = Calendar::default();
        calendar.fill(&paris(), window, Weekdays::ALL, Some(Hours { from: 64_800, until: 86_400 }));
        let evening =
            |day: u32| (monday.seconds() + day * 86_400 + 64_800, monday.seconds() + (day + 1) * 86_400);
        let cells: Vec<_> = calendar.cells.iter().map(|cell| (cell.from, cell.until)).collect();
        assert_eq!(cells, [evening(0), evening(1)]);
        assert!(calendar.exact && calendar.cells.iter().all(|cell| cell.full && cell.bands == 0b100));
    }

    #[test]
    fn a_window_that_cuts_a_day_leaves_it_partly_free() {
        let monday = at(1_780_264_800);
        let window = Span::new(monday.plus(3600), monday.plus(86_400));
        let mut calendar = Calendar::default();
        calendar.fill(&paris(), window, Weekdays(0b1), None);
        assert_eq!(calendar.cells.len(), 1);
        let cell = calendar.cells[0];
        assert!(cell.whole && !cell.full && cell.bands == 0b111 && cell.from == window.start.seconds());
    }

    proptest! {
        #[test]
        fn cells_hold_exactly_what_is_meant(
            zone in prop::sample::select(vec![paris(), Zone::utc(),
                Zone { name: "put back at midnight".into(), offsets: vec![(Moment::MIN, 7200), (at(1_774_744_200), 1800)] },
                Zone { name: "put forward at midnight".into(), offsets: vec![(Moment::MIN, -12_600), (at(1_774_753_200), -9_000)] }]),
            start in 1_774_500_000_i64..1_775_000_000, length in 0_i64..800_000,
            days in 0_u8..128, from in 0_u32..86_400, long in 0_u32..86_400, any_hours in any::<bool>(),
        ) {
            let hours = (!any_hours).then_some(Hours { from, until: (from + long).min(86_400) });
            let (window, days) = (Span::new(at(start), at(start + length)), Weekdays(days));
            let mut calendar = Calendar::default();
            calendar.fill(&zone, window, days, hours);
            for second in (start - 90_000..start + length + 90_000).step_by(601) {
                let moment = at(second);
                let inside = window.start <= moment && moment < window.end;
                let meant = inside && is_meant(&zone, moment, days, hours);
                let seconds = moment.seconds();
                let cells: Vec<_> =
                    calendar.cells.iter().filter(|cell| (cell.from..cell.until).contains(&seconds)).collect();
                prop_assert!(!meant || !cells.is_empty(), "{second} is meant but in no cell");
                let day = zone.local(moment).0.rem_euclid(64) as u8;
                prop_assert!(!meant || cells.iter().any(|cell| cell.day == day));
                if cells.iter().any(|cell| cell.whole) {
                    prop_assert!(meant, "{second} is in a whole cell but not meant");
                }
                if calendar.exact {
                    prop_assert_eq!(meant, cells.len() == 1);
                    prop_assert!(cells.len() <= 1);
                }
            }
            if calendar.exact {
                prop_assert!(calendar.cells.windows(2).all(|pair| pair[0].until <= pair[1].from));
            }
        }
    }
}
