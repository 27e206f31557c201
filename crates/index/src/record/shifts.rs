//! The shifts of a record, and the starts that each visit type has in them.

use crate::moment::Moment;

use super::bits::ones;
use super::{CLASS_WORDS, HEAD, Record, TYPE_WORDS, WIDE};
use crate::huge;

/// So far ahead shifts usually go.
const USUAL_SECONDS: i64 = 62 * 86_400;

/// A shift of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// The first start of every grid, in the index's seconds.
    pub(crate) anchor: u32,
    /// Its length in seconds.
    pub(crate) span: u32,
    /// What it admits, and whether visits may end after it, by number.
    class: u32,
    /// Where its bits begin.
    base: u32,
}

impl Stretch {
    /// No start is at or after this.
    pub(crate) fn end(&self) -> u32 {
        self.anchor.saturating_add(self.span.max(1))
    }
}

/// How the starts of a visit type lie and what a visit takes, in seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    pub(super) step: u32,
    pub(super) duration: u32,
    pub(super) before: u32,
    pub(super) behind: u32,
}

impl Grid {
    /// [`Shift::starts`](crate::Shift::starts) in seconds.
    #[inline]
    pub(super) fn starts(&self, span: u32, runs_on: bool) -> u32 {
        if runs_on {
            span.div_ceil(self.step)
        } else if span >= self.duration {
            (span - self.duration) / self.step + 1
        } else {
            0
        }
    }
}

/// The starts of one visit type in one shift.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    /// The first start.
    pub(crate) anchor: u32,
    /// From one start to the next.
    pub(crate) step: u32,
    /// How many.
    pub(crate) count: u32,
    pub(super) before: u32,
    pub(super) behind: u32,
    /// Where its bits begin.
    pub(super) at: u32,
    /// Which visit type.
    pub(crate) visit_type: u8,
}

impl Run {
    /// A start.
    #[inline]
    pub(crate) fn start(&self, number: u32) -> Moment {
        Moment::from_seconds(self.anchor.saturating_add(number.saturating_mul(self.step)))
    }

    /// The number of the first start that is not before a second; at most the count.
    #[inline]
    pub(crate) fn first_from(&self, second: i64) -> u32 {
        let ahead = second - i64::from(self.anchor);
        if ahead <= 0 {
            return 0;
        }
        match u32::try_from(ahead) {
            Ok(ahead) => ahead.div_ceil(self.step.max(1)).min(self.count),
            Err(_) => self.count,
        }
    }
}

impl<'a> Record<'a> {
    #[inline]
    pub(super) fn grid(&self, number: usize) -> Grid {
        let lengths = self.word(HEAD + number * TYPE_WORDS + 2);
        let minutes = |shift: u32| (lengths >> shift & 0xffff) as u32;
        let (duration, before, after) = (minutes(0), minutes(16), minutes(32));
        Grid {
            step: (duration + before + after).max(1) * 60,
            duration: duration * 60,
            before: before * 60,
            behind: (duration + after) * 60,
        }
    }

    /// The length of the longest shift in seconds.
    fn longest(&self) -> u32 {
        (self.word(4) >> 32) as u32
    }

    /// How many shifts there are; no more than there are words.
    #[inline]
    pub(crate) fn shift_count(&self) -> usize {
        self.shifts
    }

    #[inline]
    pub(super) fn anchor(&self, shift: usize) -> u32 {
        let ahead = if self.flags & WIDE != 0 {
            self.word(self.shifts_at + 2 * shift) as u32
        } else {
            self.word(self.shifts_at + shift) as u32 & 0x00ff_ffff
        };
        self.epoch.saturating_add(ahead)
    }

    /// One of the shifts, which are in order of anchor.
    #[inline]
    pub(crate) fn shift(&self, number: usize) -> Stretch {
        let (ahead, minutes, base, class) = if self.flags & WIDE != 0 {
            let at = self.shifts_at + 2 * number;
            let (first, second) = (self.word(at), self.word(at + 1));
            (first as u32, first >> 32 & 0xffff, second & 0xffff_ffff, second >> 32)
        } else {
            let word = self.word(self.shifts_at + number);
            (word as u32 & 0x00ff_ffff, word >> 24 & 0xffff, word >> 40 & 0xffff, word >> 56)
        };
        Stretch {
            anchor: self.epoch.saturating_add(ahead),
            span: minutes as u32 * 60,
            class: class as u32,
            base: base as u32,
        }
    }

    /// Which visit types a shift admits, and whether they may end after it.
    #[inline]
    pub(crate) fn class(&self, shift: &Stretch) -> (u64, bool) {
        let at = self.classes_at + shift.class as usize * CLASS_WORDS;
        (self.word(at) & ones(self.types as u32), self.word(at + 1) & 1 != 0)
    }

    /// Of so many things that are spread evenly over the days ahead, the number of those before a second.
    fn guess(&self, second: i64, things: usize) -> usize {
        let ahead = (second - i64::from(self.epoch)).clamp(0, USUAL_SECONDS) as usize;
        ahead * things / USUAL_SECONDS as usize
    }

    /// Fetches into the cache what a look at the starts from a second on will probably read.
    #[inline]
    pub(crate) fn fetch(&self, second: u32) {
        let width = if self.flags & WIDE != 0 { 2 } else { 1 };
        let shift = self.shifts_at + self.guess(second.into(), self.shifts) * width;
        let bits = self.free_at + self.guess(second.into(), self.bits / 64);
        for word in [shift.saturating_sub(3), shift + 3, bits.saturating_sub(3), bits + 4] {
            self.words.get(word).into_iter().for_each(huge::fetch);
        }
    }

    /// The first shift whose anchor is not before a second.
    fn first_shift_from(&self, second: i64) -> usize {
        // Near the guess, and far from it lies memory that nobody has fetched.
        let guess = self.guess(second, self.shifts);
        let (mut low, mut high, mut stride) = (guess, guess, 2);
        while low > 0 && i64::from(self.anchor(low - 1)) >= second {
            (low, high) = (low.saturating_sub(stride), low - 1);
            stride *= 2;
        }
        if low == guess {
            while high < self.shifts && i64::from(self.anchor(high)) < second {
                (low, high) = (high + 1, self.shifts.min(high + stride));
                stride *= 2;
            }
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if i64::from(self.anchor(middle)) < second { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// The first shift that may have a start at or after a second.
    pub(super) fn first_shift_reaching(&self, second: i64) -> usize {
        self.first_shift_from(second - i64::from(self.longest().max(60)))
    }

    /// The shifts that may have a start in `from..until`, in seconds.
    pub(super) fn shifts_between(&self, from: i64, until: i64) -> impl Iterator<Item = Stretch> {
        let shifts = (self.first_shift_reaching(from)..self.shifts).map(|number| self.shift(number));
        shifts.take_while(move |shift| i64::from(shift.anchor) < until)
    }

    /// The starts of each visit type in a shift.
    #[inline]
    pub(crate) fn runs(&self, shift: &Stretch) -> Runs<'a> {
        let (mask, runs_on) = self.class(shift);
        Runs { record: *self, shift: *shift, runs_on, left: mask, at: shift.base }
    }

    /// The starts of one visit type in a shift.
    #[inline]
    pub(super) fn run(&self, shift: &Stretch, visit_type: usize) -> Option<Run> {
        let runs = self.runs(shift);
        if visit_type >= 64 || runs.left >> visit_type & 1 == 0 {
            return None;
        }
        runs.into_iter().find(|run| usize::from(run.visit_type) == visit_type)
    }
}

/// The runs of a shift, one visit type after another.
pub(crate) struct Runs<'a> {
    record: Record<'a>,
    shift: Stretch,
    runs_on: bool,
    left: u64,
    at: u32,
}

impl Iterator for Runs<'_> {
    type Item = Run;

    #[inline]
    fn next(&mut self) -> Option<Run> {
        if self.left == 0 {
            return None;
        }
        let visit_type = self.left.trailing_zeros();
        self.left &= self.left - 1;
        let grid = self.record.grid(visit_type as usize);
        let count = grid.starts(self.shift.span, self.runs_on);
        let at = self.at;
        self.at = at.wrapping_add(count);
        Some(Run {
            anchor: self.shift.anchor,
            step: grid.step,
            count,
            before: grid.before,
            behind: grid.behind,
            at,
            visit_type: visit_type as u8,
        })
    }
}

/// The runs of many shifts of one record: those of equal shifts are worked out once.
#[derive(Default)]
pub(crate) struct Planner {
    plans: [Plan; 2],
    last: usize,
}

#[derive(Default)]
struct Plan {
    /// Class and length; nothing planned yet.
    of: Option<(u32, u32)>,
    runs: Vec<Run>,
}

impl Planner {
    /// What [`Record::runs`] gives.
    #[inline]
    pub(crate) fn runs(&mut self, record: &Record<'_>, shift: &Stretch) -> impl Iterator<Item = Run> + '_ {
        let of = Some((shift.class, shift.span));
        if self.plans[self.last].of != of {
            self.last = 1 - self.last;
            if self.plans[self.last].of != of {
                let plan = &mut self.plans[self.last];
                plan.of = of;
                plan.runs.clear();
                plan.runs.extend(record.runs(&Stretch { base: 0, ..*shift }));
            }
        }
        let (anchor, base) = (shift.anchor, shift.base);
        self.plans[self.last].runs.iter().map(move |run| Run {
            anchor,
            at: base.wrapping_add(run.at),
            ..*run
        })
    }
}
