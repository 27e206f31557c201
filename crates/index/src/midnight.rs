//! Days end: the days of a lane share 64 bits, so what was free on a day that is over must be forgotten at its end.
//!
//! Invariant: what lanes say of days is of the present local day and the 63 after it. No record knows of a later one.

use std::ops::Range;
use std::sync::atomic::Ordering;

use crate::clock::{Clock, offsets};
use crate::core::Core;
use crate::hot::LANES;
use crate::moment::Moment;

const RING_DAYS: i32 = 64;

/// Forgets the days that have ended between two moments by the clock of each lane.
pub(crate) fn pass(core: &Core, before: Moment, now: Moment) {
    let zones = core.settings.zones.len();
    // The last one is for lanes whose zone is not in the list: UTC.
    for zone in 0..=zones {
        let mut clock = Clock::new(offsets(&core.settings.zones, zone.min(usize::from(u8::MAX)) as u8));
        let (old, new) = (clock.local(before).0, clock.local(now).0);
        if old == new {
            continue;
        }
        for block in 0..core.hot.blocks() {
            let lanes = lanes_of(core, block, zone, zones);
            if new > old {
                forget(core, block, lanes, old..new.min(old + RING_DAYS));
            } else {
                recall(core, block, lanes);
            }
        }
    }
}

/// The lanes of a block with a zone.
fn lanes_of(core: &Core, block: usize, zone: usize, zones: usize) -> u64 {
    core.hot.zones(block as u32).iter().enumerate().fold(0, |lanes, (seat, of_lane)| {
        let same = usize::from(of_lane.load(Ordering::Relaxed)).min(zones) == zone;
        lanes | u64::from(same) << seat
    })
}

fn forget(core: &Core, block: usize, lanes: u64, days: Range<i32>) {
    if lanes == 0 {
        return;
    }
    for words in core.hot.days[block].0.iter().flatten() {
        for day in days.clone() {
            let word = &words[day.rem_euclid(RING_DAYS) as usize];
            let old = word.load(Ordering::Relaxed);
            if old & lanes != 0 {
                word.store(old & !lanes, Ordering::Release);
            }
        }
    }
}

/// A clock went back over midnight: a day that was forgotten is there again.
fn recall(core: &Core, block: usize, lanes: u64) {
    for seat in (0..LANES).filter(|seat| lanes >> seat & 1 == 1) {
        let lane = (block * LANES + seat) as u32;
        if core.hot.is_active(lane) {
            let record = core.record(lane);
            let mut clock = core.clock(record.zone());
            let times = core.times(lane, &record, &mut clock);
            core.hot.set_times(lane, &times);
        }
    }
}
