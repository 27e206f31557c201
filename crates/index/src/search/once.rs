//! Counts somebody with several places once, and shows them once: at the lane that ranks best.
//!
//! Counting needs no order: of somebody's lanes that match, the one of the earliest place counts. Ranking asks only for
//! those who come near the best.

use std::sync::atomic::Ordering;

use crate::hot::{LANES, Slice};
use crate::moment::Moment;

use super::calendar::Calendar;
use super::plan::Column;
use super::{Lanes, Search, seats};

/// What is known of people with several matching lanes; buffers to use again.
#[derive(Debug, Default)]
pub(crate) struct Once {
    /// The lanes that match, of every block; only while there are people with several.
    by_block: Vec<u64>,
    /// Those of them whose person has another one.
    shared: Vec<u64>,
    /// The blocks that are not nought there.
    filled: Vec<u32>,
    /// Whether there are lanes that match but do not count.
    any_dropped: bool,
    /// Those of them that are free before the ones that count.
    pub(crate) sooner: Vec<Sooner>,
}

/// A lane that does not count because the same person's at an earlier place does, though it is free before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sooner {
    /// Which one.
    pub(crate) lane: u32,
    /// Its first start.
    pub(crate) first: Moment,
    /// The first start of those at earlier places.
    pub(crate) earlier: Moment,
}

impl Once {
    fn clear(&mut self) {
        for block in self.filled.drain(..) {
            self.by_block[block as usize] = 0;
            self.shared[block as usize] = 0;
        }
        self.any_dropped = false;
        self.sooner.clear();
    }

    fn share(&mut self, lane: u32) {
        self.shared[lane as usize / LANES] |= 1 << (lane as usize % LANES);
    }

    /// Lanes of a block of whose person another lane matches.
    #[inline]
    pub(super) fn shared(&self, block: u32) -> u64 {
        if self.any_dropped { self.shared[block as usize] } else { 0 }
    }

    /// Whether another lane of the same person matches.
    #[inline]
    pub(super) fn is_shared(&self, lane: u32) -> bool {
        self.shared(lane / LANES as u32) >> (lane % LANES as u32) & 1 == 1
    }

    /// Whether a lane matches, while there are people with several.
    #[inline]
    fn matches(&self, lane: u32) -> bool {
        self.by_block[lane as usize / LANES] >> (lane as usize % LANES) & 1 == 1
    }
}

impl Search<'_> {
    /// Leaves in `counted` one lane of everybody.
    pub(super) fn count_once(&self, lanes: &mut Lanes, calendars: &[Calendar], once: &mut Once) {
        let hot = &self.core.hot;
        once.clear();
        lanes.counted.clone_from(&lanes.masks);
        if !lanes.met.later {
            return;
        }
        once.by_block.resize(hot.blocks(), 0);
        once.shared.resize(hot.blocks(), 0);
        for (found, mask) in lanes.found.iter().zip(&lanes.masks).filter(|(_, mask)| **mask != 0) {
            once.by_block[found.block as usize] |= mask;
            once.filled.push(found.block);
        }
        let mut counted = std::mem::take(&mut lanes.counted);
        match self.plan.column {
            // Days are only counted where first starts are.
            _ if self.plan.by_day => self.drop_later(lanes, &mut counted, once, |_| Moment::NEVER),
            Column::Of(column) if lanes.judged.is_empty() => {
                self.drop_later(lanes, &mut counted, once, |lane| hot.first(column, lane));
            }
            _ => self.drop_later(lanes, &mut counted, once, |lane| self.first(lanes, lane, calendars)),
        }
        lanes.counted = counted;
    }

    /// Lanes of a block whose person has an earlier place.
    #[inline]
    fn later(&self, block: u32) -> u64 {
        self.core.hot.slices.word(block as usize, Slice::Later).load(Ordering::Relaxed)
    }

    /// Takes the lanes out that do not count because one at an earlier place does.
    #[inline]
    fn drop_later(&self, lanes: &Lanes, counted: &mut [u64], once: &mut Once, first: impl Fn(u32) -> Moment) {
        for ((found, mask), counted) in lanes.found.iter().zip(&lanes.masks).zip(counted) {
            for seat in seats(mask & self.later(found.block)) {
                let lane = found.block * LANES as u32 + seat;
                let (mut any, mut before) = (false, Moment::NEVER);
                for other in self.core.hot.earlier(lane) {
                    if once.matches(other) {
                        (any, before) = (true, before.min(first(other)));
                        once.share(other);
                    }
                }
                if any {
                    once.share(lane);
                    once.any_dropped = true;
                    *counted &= !(1 << seat);
                    // Whether it is sooner cannot be foreseen, so there is no branch: one that is not is written over.
                    let (first, kept) = (first(lane), once.sooner.len());
                    once.sooner.push(Sooner { lane, first, earlier: before });
                    once.sooner.truncate(kept + usize::from(first < before));
                }
            }
        }
    }

    /// Whether another lane of the same person matches and ranks better.
    #[inline]
    pub(super) fn is_outranked(
        &self,
        lanes: &Lanes,
        calendars: &[Calendar],
        once: &Once,
        lane: u32,
        score: u32,
    ) -> bool {
        if !once.is_shared(lane) {
            return false;
        }
        let rank = |other: u32| self.score(other, self.first(lanes, other, calendars));
        let (earlier, later) = (self.core.hot.earlier(lane), self.core.hot.later(lane));
        earlier.filter(|other| once.matches(*other)).any(|other| rank(other) <= score)
            || later.filter(|other| once.matches(*other)).any(|other| rank(other) < score)
    }

    /// The first start of a lane that matches.
    fn first(&self, lanes: &Lanes, lane: u32, calendars: &[Calendar]) -> Moment {
        let known = self.known(lanes, lane);
        match self.plan.column {
            Column::Of(_) if !self.plan.by_day && known.column.is_some() => known.from,
            _ => self.first_start(&known, calendars).unwrap_or(Moment::NEVER),
        }
    }
}

impl Lanes {
    /// Whether the first start of a lane is what its record said; few are.
    pub(super) fn is_judged(&self, lane: u32) -> bool {
        !self.judged.is_empty() && self.judged.binary_search_by_key(&lane, |judged| judged.lane).is_ok()
    }
}
