//! Local time by the zones' lists, made quick for questions that follow one another.

use crate::moment::{Moment, Span, Zone, ZoneNo};

const DAY: i64 = 86_400;

/// The offsets of a zone by its number; UTC for a number that has none.
pub(crate) fn offsets(zones: &[Zone], zone: ZoneNo) -> &[(Moment, i32)] {
    zones.get(usize::from(zone)).map_or(&[], |zone| &zone.offsets)
}

/// A zone's clock. It remembers the stretch of constant offset that it was last asked about.
pub(crate) struct Clock<'z> {
    offsets: &'z [(Moment, i32)],
    from: i64,
    until: i64,
    offset: i64,
}

impl<'z> Clock<'z> {
    /// The clock of a zone.
    pub(crate) fn new(offsets: &'z [(Moment, i32)]) -> Self {
        Self { offsets, from: 0, until: 0, offset: 0 }
    }

    fn seek(&mut self, at: Moment) {
        let seconds = i64::from(at.seconds());
        if self.from <= seconds && seconds < self.until {
            return;
        }
        let after = self.offsets.partition_point(|(from, _)| *from <= at);
        let stretch = after.checked_sub(1).and_then(|last| self.offsets.get(last));
        self.from = stretch.map_or(0, |(from, _)| i64::from(from.seconds()));
        self.until = self.offsets.get(after).map_or(i64::MAX, |(from, _)| i64::from(from.seconds()));
        self.offset = stretch.map_or(0, |(_, offset)| i64::from(*offset));
    }

    /// The local date in days since 1970-01-01 and the seconds since its midnight by the wall clock.
    #[inline]
    pub(crate) fn local(&mut self, at: Moment) -> (i32, u32) {
        self.seek(at);
        let wall = at.unix() + self.offset;
        (wall.div_euclid(DAY) as i32, wall.rem_euclid(DAY) as u32)
    }

    /// Whether the offset stays the same until `end` from the moment last asked about.
    #[inline]
    pub(crate) fn steady_until(&self, end: Moment) -> bool {
        i64::from(end.seconds()) <= self.until
    }

    /// Moments between which lie the whole local days of `from` and `to`, and perhaps some more.
    pub(crate) fn around(&mut self, from: Moment, to: Moment) -> Span {
        const ENOUGH_SECONDS: u32 = 75 * 3600;
        let (_, time) = self.local(from);
        let span = Span::new(from.minus(time), to.plus(DAY as u32));
        if self.from <= i64::from(span.start.seconds()) && self.steady_until(span.end) {
            return span;
        }
        Span::new(from.minus(ENOUGH_SECONDS), to.plus(ENOUGH_SECONDS))
    }

    /// The first moment of the local day that `at` is in.
    pub(crate) fn day_start(&mut self, at: Moment) -> Moment {
        let mut at = at;
        let (day, mut time) = self.local(at);
        loop {
            let midnight = i64::from(at.seconds()) - i64::from(time);
            if midnight >= self.from || self.from == 0 {
                return at.minus(time);
            }
            let change = Moment::from_seconds(self.from as u32);
            let before = change.minus(1);
            let (day_before, time_before) = self.local(before);
            if day_before != day {
                return change;
            }
            (at, time) = (before, time_before);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_says_what_the_zone_says(
            changes in proptest::collection::vec((0_u32..400_000_000, -50_000_i32..50_000), 0..6),
            questions in proptest::collection::vec(0_u32..400_000_000, 1..40),
        ) {
            let mut offsets: Vec<_> = changes.into_iter().map(|(at, by)| (Moment::from_seconds(at), by)).collect();
            offsets.sort_unstable();
            offsets.insert(0, (Moment::MIN, 3600));
            let zone = Zone { name: "test".into(), offsets };
            let mut clock = Clock::new(&zone.offsets);
            for at in questions.into_iter().map(Moment::from_seconds) {
                prop_assert_eq!(clock.local(at), zone.local(at));
            }
        }

        #[test]
        fn a_day_starts_where_the_date_changes(
            change in 1_000_000_u32..1_400_000, before in -40_000_i32..40_000, shift in -7_200_i32..7_200,
            at in 1_000_000_u32..1_500_000,
        ) {
            let offsets = [(Moment::MIN, before), (Moment::from_seconds(change), before + shift)];
            let mut clock = Clock::new(&offsets);
            let at = Moment::from_seconds(at);
            let start = clock.day_start(at);
            prop_assert!(start <= at);
            prop_assert_eq!(clock.local(start).0, clock.local(at).0);
            prop_assert_ne!(clock.local(start.minus(1)).0, clock.local(at).0);
        }
    }
}
