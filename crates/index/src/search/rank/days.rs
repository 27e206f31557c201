//! Ranking for searches by day: only the day of a first start is known, and so the least that a score can be, until records
//! have settled as many as can still be among the best.

use crate::hot::LANES;
use crate::moment::Moment;
use crate::select::{pack, unpack};

use super::super::seats;
use super::super::times::Known;
use super::Ranking;

/// Rough candidates that are gathered before records are asked.
const ROUGH: usize = 256;
/// Records that are asked for at once.
const AT_ONCE: usize = 8;

impl Ranking<'_> {
    /// Gathers lanes by the least that their score can be.
    pub(super) fn rough_scores(&mut self, block: u32, mask: u64, column: usize, rough: &mut Vec<u64>) {
        let (search, hot) = (self.search, &self.search.core.hot);
        let days = &hot.days[block as usize].0[column];
        let mut left = mask;
        while left != 0 {
            let (zone, same) = search.same_zone(block, left);
            left &= !same;
            let Some(calendar) = self.calendars.get(zone) else { continue };
            let mut open = same;
            for cell in &calendar.cells {
                for seat in seats(cell.free(days) & open) {
                    let lane = block * LANES as u32 + seat;
                    let first = hot.first(column, lane).seconds();
                    if first < cell.until {
                        open &= !(1 << seat);
                        let least = search.score(lane, Moment::from_seconds(first.max(cell.from)));
                        if least <= self.select.cut() {
                            rough.push(pack(least, lane));
                        }
                    }
                }
                if open == 0 {
                    break;
                }
            }
        }
        if rough.len() >= ROUGH {
            self.settle(column, rough, usize::from(search.plan.query.limit) + 1);
        }
    }

    /// Asks the records of at most so many of the most hopeful, and drops those without hope.
    pub(super) fn settle(&mut self, column: usize, rough: &mut Vec<u64>, most: usize) {
        rough.sort_unstable();
        let (core, window) = (self.search.core, self.search.plan.window);
        let mut done = 0;
        for group in rough[..most.min(rough.len())].chunks(AT_ONCE) {
            let hopeful = group.partition_point(|candidate| unpack(*candidate).0 <= self.select.cut());
            let lanes = group[..hopeful].iter().map(|candidate| unpack(*candidate).1);
            let known = |lane| Known::by_column(&core.hot, column, lane);
            lanes.clone().for_each(|lane| core.arena.fetch(core.hot.record(lane)));
            lanes.for_each(|lane| core.record(lane).fetch(known(lane).from.max(window.start).seconds()));
            for candidate in &group[..hopeful] {
                let (least, lane) = unpack(*candidate);
                if least > self.select.cut() {
                    break;
                }
                done += 1;
                let starts = self.search.next_starts(&known(lane), self.calendars);
                if let Some(first) = starts.first() {
                    self.offer(self.search.score(lane, *first), lane);
                    self.settled.push((lane, starts));
                    self.clear_out();
                }
            }
        }
        rough.drain(..done);
        let cut = self.select.cut();
        rough.truncate(rough.partition_point(|candidate| unpack(*candidate).0 <= cut));
    }
}
