//! Up to which instant an index shows every change.
//!
//! A reading of the log that began at `R` saw which transactions were then running. Whatever was committed before `R` belongs to
//! others, and a follower that has read past all transactions that had begun by then has read those too. So the index is
//! as of `R` as soon as its position has passed the one that the reading named.

use std::collections::VecDeque;

use jiff::Timestamp;
use rendez_platform::change_log::ChangeCursor;
use tokio::time::Instant;

/// Readings that wait for a slow transaction at most; beyond that every other one is forgotten.
const WAITING: usize = 128;

/// An instant, and when the reading that told it began by this process's count.
pub(super) type AsOf = (Timestamp, Instant);

/// Readings whose instant is not reached yet.
#[derive(Debug, Default)]
pub(super) struct Freshness {
    waiting: VecDeque<(AsOf, ChangeCursor)>,
}

impl Freshness {
    /// Notes a reading: what was committed before `at` has been read by whoever has read to `until`.
    pub(super) fn read(&mut self, at: AsOf, until: ChangeCursor) {
        if self.waiting.len() >= WAITING {
            let mut number = 0;
            self.waiting.retain(|_| {
                number += 1;
                number % 2 == 1
            });
        }
        self.waiting.push_back((at, until));
    }

    /// The latest instant before which nothing is missing for whoever has read to `position`, if it is a new one.
    pub(super) fn reached(&mut self, position: ChangeCursor) -> Option<AsOf> {
        let mut reached = None;
        while let Some((at, until)) = self.waiting.front().copied()
            && until <= position
        {
            self.waiting.pop_front();
            reached = Some(at);
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("an instant")
    }

    fn past(xid: u64) -> ChangeCursor {
        ChangeCursor { xid, seq: i64::MAX }
    }

    #[test]
    fn a_reading_counts_once_everything_that_ran_then_has_been_read() {
        let (mut freshness, began) = (Freshness::default(), Instant::now());
        freshness.read((at(10), began), past(100));
        assert_eq!(freshness.reached(past(97)), None, "98 to 100 were running and may have committed since");
        freshness.read((at(11), began), past(104));
        assert_eq!(freshness.reached(past(101)), Some((at(10), began)));
        assert_eq!(freshness.reached(past(101)), None, "nothing new");
        freshness.read((at(12), began), past(104));
        assert_eq!(freshness.reached(past(104)), Some((at(12), began)), "the latest of several");
    }

    #[test]
    fn a_transaction_that_runs_for_hours_costs_no_memory() {
        let (mut freshness, began) = (Freshness::default(), Instant::now());
        for second in 0..100_000 {
            freshness.read((at(second), began), past(1_000 + second as u64));
        }
        assert!(freshness.waiting.len() <= WAITING + 1);
        assert_eq!(freshness.reached(past(1_000)), Some((at(0), began)), "the oldest is kept");
        assert_eq!(freshness.reached(past(200_000)), Some((at(99_999), began)), "and so is the latest");
    }
}
