//! Taking time and asking anew what is free: only the starts whose visits touch a range are looked at.

use std::ops::Range;

use crate::moment::{Moment, Span};
use crate::profile::Visit;

use super::{Record, Run};

/// Which starts a change has touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Touched {
    /// The first one.
    pub(crate) from: Moment,
    /// The last one.
    pub(crate) to: Moment,
}

impl Touched {
    fn add(touched: &mut Option<Self>, from: Moment, to: Moment) {
        *touched = Some(match *touched {
            Some(old) => Self { from: old.from.min(from), to: old.to.max(to) },
            None => Self { from, to },
        });
    }
}

impl Record<'_> {
    /// Makes every start whose visit touches the range not free. For the one writer.
    pub(crate) fn take(&self, range: Span) -> Option<Touched> {
        let mut touched = None;
        self.each_touching(range, |run, numbers| {
            in_pieces(numbers, |first, length| {
                let free = self.free(run, first, length);
                if free != 0 {
                    self.set_free(run, first, length, 0);
                    let (low, high) = (free.trailing_zeros(), 63 - free.leading_zeros());
                    Touched::add(&mut touched, run.start(first + low), run.start(first + high));
                }
            });
        });
        touched
    }

    /// Asks anew for every start from `today` on that is not closed and whose visit touches the range. For the one writer.
    pub(crate) fn refresh(
        &self,
        range: Span,
        today: Moment,
        mut free: impl FnMut(&Visit) -> bool,
    ) -> Option<Touched> {
        let place = self.place_no();
        let mut touched = None;
        self.each_touching(range, |run, numbers| {
            let numbers = numbers.start.max(run.first_from(i64::from(today.seconds())))..numbers.end;
            in_pieces(numbers, |first, length| {
                let (old, closed) = (self.free(run, first, length), self.closed(run, first, length));
                let mut new = 0;
                for number in (0..length).filter(|number| closed >> number & 1 == 0) {
                    new |= u64::from(free(&run.visit(place, first + number))) << number;
                }
                let differ = old ^ new;
                if differ != 0 {
                    self.set_free(run, first, length, new);
                    let (low, high) = (differ.trailing_zeros(), 63 - differ.leading_zeros());
                    Touched::add(&mut touched, run.start(first + low), run.start(first + high));
                }
            });
        });
        touched
    }

    /// No visit touches a range whose start is before this or after.
    pub(crate) fn reach(&self, range: Span) -> Span {
        let grids = (0..self.visit_types()).map(|number| self.grid(number));
        let (before, behind) =
            grids.fold((0, 0), |(before, behind), grid| (grid.before.max(before), grid.behind.max(behind)));
        Span::new(range.start.minus(behind), range.end.plus(before))
    }

    /// The starts whose visits touch a range, run by run.
    fn each_touching(&self, range: Span, mut each: impl FnMut(&Run, Range<u32>)) {
        let reach = self.reach(range);
        for shift in self.shifts_between(reach.start.seconds().into(), i64::from(reach.end.seconds()) + 1) {
            for run in self.runs(&shift) {
                let (first, last) = run.touching(range);
                if first < last {
                    each(&run, first..last);
                }
            }
        }
    }
}

impl Run {
    /// The number of the first start whose visit touches a range, and of the first after those that do.
    #[inline]
    pub(super) fn touching(&self, range: Span) -> (u32, u32) {
        let (start, end) = (i64::from(range.start.seconds()), i64::from(range.end.seconds()));
        let first = self.first_from(start - i64::from(self.behind) + 1);
        (first, self.first_from(end + i64::from(self.before)))
    }

    /// The visit at one of the starts.
    pub(crate) fn visit(&self, place: u8, number: u32) -> Visit {
        let start = self.start(number);
        let blocked = Span::new(start.minus(self.before), start.plus(self.behind));
        Visit { visit_type: self.visit_type, place, start, blocked }
    }
}

/// A range in pieces of at most 64: first, and how many.
fn in_pieces(numbers: Range<u32>, mut each: impl FnMut(u32, u32)) {
    let mut at = numbers.start;
    while at < numbers.end {
        let length = (numbers.end - at).min(64);
        each(at, length);
        at += length;
    }
}
