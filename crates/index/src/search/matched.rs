//! Which lanes match: by slices, by distance, by time, and by their records where those cannot tell.

use std::sync::atomic::Ordering;

use crate::hot::LANES;

use super::calendar::Calendar;
use super::plan::{Choice, Column};
use super::{Judged, Lanes, Search, seats};

impl Search<'_> {
    /// Leaves the lanes that match, but for language and sector where only one more count needs them.
    pub(super) fn match_lanes(&self, lanes: &mut Lanes, calendars: &[Calendar]) {
        self.filter(lanes);
        if let Some(disc) = &self.plan.disc {
            self.way.in_disc(&self.core.hot, disc, &lanes.found, &mut lanes.masks);
        }
        self.part_doubtful(lanes);
        match self.plan.column {
            Column::Beyond => lanes.masks.fill(0),
            Column::Of(column) if self.plan.by_day => self.match_days(lanes, calendars, column),
            Column::Of(column) => {
                let bound = self.plan.window.end.seconds();
                self.way.before(&self.core.hot, column, bound, &lanes.found, &mut lanes.masks);
            }
        }
        self.match_names(lanes);
        self.judge(lanes, calendars);
    }

    fn filter(&self, lanes: &mut Lanes) {
        let (slices, plan) = (&self.core.hot.slices, &self.plan);
        for (found, mask) in lanes.found.iter().zip(&mut lanes.masks) {
            let word = |place: usize| slices.at(found.block as usize, place).load(Ordering::Acquire);
            for place in plan.with.iter() {
                *mask &= word(place);
            }
            for place in plan.without.iter() {
                *mask &= !word(place);
            }
            *mask &= match (plan.language, plan.sector) {
                (Choice::Any, _) | (_, Choice::Any) => u64::MAX,
                (language, sector) => chosen(language, word) | chosen(sector, word),
            };
        }
    }

    /// Moves the lanes that only their records can decide from the masks to the spare ones.
    fn part_doubtful(&self, lanes: &mut Lanes) {
        let slices = &self.core.hot.slices;
        lanes.spare.clear();
        for (found, mask) in lanes.found.iter().zip(&mut lanes.masks) {
            let doubtful = self.plan.doubtful.iter().fold(0, |doubtful, place| {
                doubtful | slices.at(found.block as usize, place).load(Ordering::Relaxed)
            });
            lanes.spare.push(*mask & doubtful);
            *mask &= !doubtful;
        }
    }

    fn match_days(&self, lanes: &mut Lanes, calendars: &[Calendar], column: usize) {
        for ((found, mask), doubtful) in lanes.found.iter().zip(&mut lanes.masks).zip(&mut lanes.spare) {
            let mut left = *mask;
            *mask = 0;
            while left != 0 {
                let (zone, same) = self.same_zone(found.block, left);
                if let Some(calendar) = calendars.get(zone) {
                    let cells = &calendar.cells;
                    let (sure, maybe) = self.way.in_cells(&self.core.hot, column, cells, found.block, same);
                    *mask |= sure;
                    *doubtful |= maybe;
                }
                left &= !same;
            }
        }
    }

    /// The zone of the first lane of a mask, and all of the mask's lanes in it.
    fn same_zone(&self, block: u32, mask: u64) -> (usize, u64) {
        if self.core.settings.zones.len() == 1 {
            return (0, mask);
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
        for (at, (found, mask)) in lanes.found.iter().zip(&mut lanes.masks).enumerate() {
            let mut judged = 0;
            for seat in seats(lanes.spare[at]) {
                let lane = found.block * LANES as u32 + seat;
                if let Some(first) = self.first_start(lane, calendars) {
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
        let (slices, plan) = (&self.core.hot.slices, &self.plan);
        if (plan.language, plan.sector) == (Choice::Any, Choice::Any) {
            return;
        }
        for (found, mask) in lanes.found.iter().zip(&mut lanes.masks) {
            let word = |place: usize| slices.at(found.block as usize, place).load(Ordering::Relaxed);
            *mask &= chosen(plan.language, word) & chosen(plan.sector, word);
        }
    }
}

/// The lanes of a block that are what was chosen.
pub(crate) fn chosen(choice: Choice, word: impl Fn(usize) -> u64) -> u64 {
    match choice {
        Choice::Any => u64::MAX,
        Choice::At(place) => word(place),
        Choice::Nobody => 0,
    }
}
