//! From a record to what its lane knows of time: first starts, and parts of days with something free.
//!
//! Invariant: a day that is over by the place's clock has nothing free in it, so that 64 days can share 64 bits (see
//! `midnight`).

use std::ops::{ControlFlow, Range};

use crate::clock::Clock;
use crate::hot::{BAND_EDGES, BANDS, COLUMNS, Times};
use crate::moment::{Moment, Span};

use super::{Columns, Planner, Record, Run, Stretch};

/// What is free in parts of one day: for each column, one bit for each part.
pub(crate) type Cells = [u8; COLUMNS];

impl Record<'_> {
    /// All that the lane knows of time.
    pub(crate) fn times(&self, columns: &Columns, clock: &mut Clock<'_>, now: Moment) -> Times {
        let today = clock.day_start(now);
        let mut by_type = [[0_u64; BANDS]; 64];
        let shifts = (0..self.shift_count()).map(|number| self.shift(number));
        self.each_part(columns, shifts, today, clock, |visit_type, day, bands| {
            let Some(masks) = by_type.get_mut(visit_type) else { return };
            for (band, mask) in masks.iter_mut().enumerate() {
                *mask |= u64::from(bands >> band & 1) << day.rem_euclid(64);
            }
        });
        let mut days = [[0; BANDS]; COLUMNS];
        for (column, days) in columns.iter().zip(&mut days) {
            let masks = column.and_then(|visit_type| by_type.get(visit_type));
            *days = masks.copied().unwrap_or_default();
        }
        let (first, check_at) = self.firsts(columns, now);
        Times { first, days, check_at }
    }

    /// What is free on each of the days in `days`, which must not be over, given moments between which they lie.
    pub(crate) fn cells(
        &self,
        columns: &Columns,
        clock: &mut Clock<'_>,
        today: Moment,
        days: Range<i32>,
        within: Span,
        mut each: impl FnMut(i32, &Cells),
    ) {
        let (from, until) = (within.start.seconds().into(), within.end.seconds().into());
        let shifts = self.shifts_between(from, until);
        let mut few = [[0_u8; COLUMNS]; 4];
        let mut many = Vec::new();
        let by_day = match few.get_mut(..days.len()) {
            Some(few) => few,
            None => {
                many.resize(days.len(), [0_u8; COLUMNS]);
                many.as_mut_slice()
            }
        };
        self.each_part(columns, shifts, today, clock, |visit_type, day, bands| {
            let index = usize::try_from(day - days.start).ok();
            if let Some(cells) = index.and_then(|index| by_day.get_mut(index)) {
                for (column, cell) in columns.iter().zip(cells) {
                    if *column == Some(visit_type) {
                        *cell |= bands;
                    }
                }
            }
        });
        days.zip(by_day.iter()).for_each(|(day, cells)| each(day, cells));
    }

    /// The first start that is offered at `now` for each column, and when that may stop being right.
    pub(crate) fn firsts(&self, columns: &Columns, now: Moment) -> ([Moment; COLUMNS], Moment) {
        let mut first = [Moment::NEVER; COLUMNS];
        let mut check_at = Moment::NEVER;
        let mut known = None;
        for (column, first) in columns.iter().zip(&mut first) {
            let Some(visit_type) = *column else { continue };
            let (start, check) = match known {
                Some((number, start, check)) if number == visit_type => (start, check),
                _ => self.first_of(visit_type, now),
            };
            known = Some((visit_type, start, check));
            *first = start;
            check_at = check_at.min(check);
        }
        (first, check_at)
    }

    fn first_of(&self, visit_type: usize, now: Moment) -> (Moment, Moment) {
        let kind = self.visit_type(visit_type);
        let offered = kind.bookable(now);
        if let Some(start) = self.first_start(visit_type, offered) {
            return (start, start.minus(kind.min_notice_minutes.saturating_mul(60)).plus(1));
        }
        let beyond = Span::new(offered.end.max(offered.start), Moment::NEVER);
        let entering = self.first_start(visit_type, beyond);
        let horizon = u32::from(kind.max_horizon_days) * 86_400;
        (Moment::NEVER, entering.map_or(Moment::NEVER, |start| start.minus(horizon).plus(1)))
    }

    /// Visit type, local day and parts of it (as bits) for everything that is free from `today` on; the same may come
    /// in several pieces.
    fn each_part(
        &self,
        columns: &Columns,
        shifts: impl Iterator<Item = Stretch>,
        today: Moment,
        clock: &mut Clock<'_>,
        mut each: impl FnMut(usize, i32, u8),
    ) {
        let wanted: u64 = columns.iter().flatten().fold(0, |mask, number| mask | 1 << number);
        let mut planner = Planner::default();
        for shift in shifts {
            let anchor = Moment::from_seconds(shift.anchor);
            let (day, time) = clock.local(anchor);
            let end = time + (shift.end() - shift.anchor);
            let in_one_day = end <= 86_400 && clock.steady_until(Moment::from_seconds(shift.end()));
            for run in planner.runs(self, &shift).filter(|run| wanted >> run.visit_type & 1 != 0) {
                if !in_one_day {
                    self.parts_by_start(&run, today, clock, &mut each);
                } else if anchor >= today {
                    each(usize::from(run.visit_type), day, self.bands(&run, &shift, time, end));
                }
            }
        }
    }

    /// The parts of the day in which a shift that lies inside one day, from wall time `time` until `end`, is free.
    fn bands(&self, run: &Run, shift: &Stretch, time: u32, end: u32) -> u8 {
        let (first, last) = (band(time), band(end - 1));
        let midnight = i64::from(shift.anchor) - i64::from(time);
        let (mut bands, mut from) = (0, 0);
        for band in first..=last {
            let until = match band == last {
                true => run.count,
                false => run.first_from(midnight + i64::from(BAND_EDGES[band + 1])),
            };
            bands |= u8::from(self.any_free(run, from, until)) << band;
            from = until;
        }
        bands
    }

    fn parts_by_start(
        &self,
        run: &Run,
        today: Moment,
        clock: &mut Clock<'_>,
        each: &mut impl FnMut(usize, i32, u8),
    ) {
        let first = run.first_from(i64::from(today.seconds()));
        let _ = self.each_free(run, first, run.count, |number| {
            let (day, time) = clock.local(run.start(number));
            each(usize::from(run.visit_type), day, 1 << band(time));
            ControlFlow::Continue(())
        });
    }
}

/// Which part of the day a time of day is in.
pub(crate) fn band(time: u32) -> usize {
    BAND_EDGES.iter().skip(1).take(BANDS - 1).filter(|edge| time >= **edge).count()
}
