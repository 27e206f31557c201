//! The next three offered starts of a visit type, kept beside it so that a search that shows somebody need not look for them.
//!
//! Invariant: one word says all three, so a reader sees none of another moment. They are those that follow a first start;
//! whoever knows a later first start must look for themselves.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use crate::hot::COLUMNS;
use crate::moment::{Moment, Span};

use super::{Columns, HEAD, Record, TYPE_WORDS};

/// Starts that are kept.
const KEPT: usize = 3;

/// Nothing is kept.
const NOTHING: u64 = 0;

impl Record<'_> {
    /// The first three starts that are offered, if they are kept.
    #[inline]
    pub(crate) fn upcoming(&self, visit_type: usize) -> Option<[Moment; KEPT]> {
        let word = self.word(upcoming_at(visit_type));
        let first = Moment::from_seconds((word >> 32) as u32);
        let after = |minutes: u64| first.plus((minutes & 0xffff) as u32 * 60);
        (word != NOTHING).then(|| [first, after(word >> 16), after(word)])
    }

    /// Keeps what is offered at `now` of the visit types that columns speak of, whose first starts are these. For the one
    /// writer, and for a record where it stays.
    pub(crate) fn keep_upcoming(&self, columns: &Columns, first: &[Moment; COLUMNS], now: Moment) {
        let mut done = None;
        for (visit_type, first) in columns.iter().zip(first) {
            if let Some(visit_type) = visit_type.filter(|_| *visit_type != done) {
                let word = self.upcoming_from(visit_type, *first, now);
                self.words
                    .get(upcoming_at(visit_type))
                    .into_iter()
                    .for_each(|at| at.store(word, Ordering::Release));
            }
            done = *visit_type;
        }
    }

    /// Whether a change at or after a moment leaves what is kept as it is.
    pub(crate) fn is_upcoming_before(&self, columns: &Columns, moment: Moment) -> bool {
        columns.iter().flatten().all(|number| self.upcoming(*number).is_some_and(|[.., last]| last < moment))
    }

    fn upcoming_from(&self, visit_type: usize, first: Moment, now: Moment) -> u64 {
        if first == Moment::NEVER {
            return NOTHING;
        }
        let offered = self.bookable(visit_type, now);
        let (mut word, mut count) = (u64::from(first.seconds()), 0);
        self.starts(visit_type, Span::new(first, offered.end), |start| {
            let minutes = u64::from(start.seconds() - first.seconds()) / 60;
            if minutes > 0xffff || start != first.plus(minutes as u32 * 60) {
                // Too far off for its bits: whoever asks looks for it.
                return ControlFlow::Break(());
            }
            if count > 0 {
                word = word << 16 | minutes;
            }
            count += 1;
            if count < KEPT { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        if count == KEPT { word } else { NOTHING }
    }
}

fn upcoming_at(visit_type: usize) -> usize {
    HEAD + visit_type * TYPE_WORDS + 4
}
