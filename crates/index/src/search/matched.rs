//! Which lanes match: by slices, by distance, by time, and by their records where those cannot tell.

use std::sync::atomic::Ordering;

use crate::hot::LANES;
use crate::scan::{Choice, Found};

use super::calendar::Calendar;
use super::plan::Column;
use super::times::Known;
use super::{Judged, Lanes, Search, seats};

/// Blocks whose days are asked for ahead.
const AHEAD: usize = 6;

impl Search<'_> {
    /// Leaves the lanes that match, but for language and sector where only one more count needs them.
    pub(super) fn match_lanes(&self, lanes: &mut Lanes, calendars: &[Calendar]) {
        let (hot, filter) = (&self.core.hot, &self.plan.filter);
        lanes.met = self.way.matches(hot, filter, &lanes.found, &mut lanes.masks, &mut lanes.spare);
        lanes.forget_empty();
        match self.plan.column {
            Column::Beyond => lanes.masks.fill(0),
            Column::Of(column) if self.plan.by_day => self.match_days(lanes, calendars, column),
            Column::Of(_) => {}
        }
        self.match_names(lanes);
        self.judge(lanes, calendars);
    }

    fn match_days(&self, lanes: &mut Lanes, calendars: &[Calendar], column: usize) {
        let lines = calendars.iter().fold(0, |lines, calendar| lines | calendar.lines);
        let fetch = |found: &Found| self.core.hot.fetch_days(found.block, column, lines);
        lanes.found.iter().take(AHEAD).for_each(fetch);
        for (at, ((found, mask), doubtful)) in
            lanes.found.iter().zip(&mut lanes.masks).zip(&mut lanes.spare).enumerate()
        {
            lanes.found.get(at + AHEAD).into_iter().for_each(fetch);
            let mut left = *mask;
            *mask = 0;
            while left != 0 {
                let (zone, same) = self.same_zone(found.block, left);
                if let Some(calendar) = calendars.get(zone) {
                    let cells = &calendar.cells;
                    let (sure, maybe) = self.way.in_cells(&self.core.hot, column, cells, found.block, same);
                    *mask |= sure;
                    *doubtful |= maybe;
                    lanes.met.doubtful |= maybe != 0;
                }
                left &= !same;
            }
        }
    }

    /// The zone of the first lane of a mask, and all of the mask's lanes in it.
    pub(super) fn same_zone(&self, block: u32, mask: u64) -> (usize, u64) {
        if let Some(zone) = self.core.hot.only_zone(block) {
            return (usize::from(zone), mask);
        }
        let zones = self.core.hot.zones(block);
        let zone = zones[mask.trailing_zeros() as usize].load(Ordering::Relaxed);
        let same = (0..LANES)
            .fold(0, |same, seat| same | u64::from(zones[seat].load(Ordering::Relaxed) == zone) << seat);
        (usize::from(zone), mask & same | mask & mask.wrapping_neg())
    }

    /// Asks the records of the lanes in the spare masks, and puts those that match back.
    fn judge(&self, lanes: &mut Lanes, calendars: &[Calendar]) {
        lanes.judged.clear();
        lanes.judged_masks.clear();
        if !lanes.met.doubtful {
            lanes.judged_masks.resize(lanes.found.len(), 0);
            return;
        }
        for (at, (found, mask)) in lanes.found.iter().zip(&mut lanes.masks).enumerate() {
            let mut judged = 0;
            for seat in seats(lanes.spare[at]) {
                let lane = found.block * LANES as u32 + seat;
                if let Some(first) = self.first_start(&Known::nothing(lane), calendars) {
                    lanes.judged.push(Judged { at: at as u32, lane, first });
                    judged |= 1 << seat;
                }
            }
            *mask |= judged;
            lanes.judged_masks.push(judged);
        }
        lanes.judged.sort_unstable_by_key(|judged| judged.lane);
    }

    /// Leaves the lanes that have the language and the sector.
    pub(super) fn only_asked(&self, lanes: &mut Lanes) {
        let (slices, filter) = (&self.core.hot.slices, &self.plan.filter);
        if (filter.language, filter.sector) == (Choice::Any, Choice::Any) {
            return;
        }
        for (found, mask) in lanes.found.iter().zip(&mut lanes.masks) {
            let word = |place: usize| slices.at(found.block as usize, place).load(Ordering::Relaxed);
            *mask &= filter.language.of(word) & filter.sector.of(word);
        }
    }
}

impl Lanes {
    /// Blocks of which nobody is left are looked at no more.
    fn forget_empty(&mut self) {
        let mut kept = 0;
        for at in 0..self.found.len() {
            if self.masks[at] | self.spare[at] != 0 {
                self.found[kept] = self.found[at];
                self.masks[kept] = self.masks[at];
                self.spare[kept] = self.spare[at];
                kept += 1;
            }
        }
        self.found.truncate(kept);
        self.masks.truncate(kept);
        self.spare.truncate(kept);
    }
}
