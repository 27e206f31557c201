//! Makes an arrangement: sorts lanes into blocks and leaves room for those that come later.

use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering};

use super::{
    BANDS, Boxes, COLUMNS, Days, Hot, Known, LANES, NO_LANE, NO_ZONE, NOBODY, OUTER, Slices, Traits, Words,
};
use crate::moment::Moment;
use crate::{hilbert, huge};

/// Blocks that are kept free at least.
const SPARE_BLOCKS: usize = 64;

fn words(blocks: usize, value: u32) -> Vec<Words> {
    huge::filled(blocks, || block_of(value))
}

fn block_of(value: u32) -> Words {
    Words([(); LANES].map(|()| AtomicU32::new(value)))
}

fn boxes(count: usize) -> Vec<Boxes> {
    let bounds = |value: f32| [(); 3].map(|()| [(); OUTER].map(|()| AtomicU32::new(value.to_bits())));
    (0..count).map(|_| Boxes { low: bounds(f32::INFINITY), high: bounds(f32::NEG_INFINITY) }).collect()
}

impl Hot {
    /// An arrangement of these lanes, all active and free never until their times are set, and the lane that each got.
    pub(crate) fn build(specialties: u16, lanes: &[Traits]) -> (Self, Vec<u32>) {
        let groups = usize::from(specialties) + 1;
        let group = |traits: &Traits| {
            traits.specialty.map_or(groups - 1, |number| usize::from(number).min(groups - 1))
        };
        let mut order: Vec<(u32, u32, u32)> = lanes
            .iter()
            .zip(0..)
            .map(|(traits, number)| {
                (group(traits) as u32, traits.position.map_or(u32::MAX, hilbert::along), number)
            })
            .collect();
        order.sort_unstable();

        let mut sizes = vec![0_usize; groups];
        for (group, _, _) in &order {
            sizes[*group as usize] += 1;
        }
        let mut ranges = Vec::with_capacity(groups);
        let mut from = 0_u32;
        for size in &sizes {
            let until = from + size.div_ceil(LANES) as u32;
            ranges.push(from..until);
            from = until;
        }
        let blocks = from as usize + SPARE_BLOCKS.max(from as usize / 10);
        let bytes = || (0..blocks).map(|_| [const { AtomicU8::new(0) }; LANES]).collect();
        let hot = Self {
            owners: (0..blocks).map(|_| AtomicU32::new(NOBODY)).collect(),
            spare_from: from,
            spares_given: AtomicU32::new(0),
            given: (0..blocks).map(|_| AtomicU32::new(0)).collect(),
            retired: AtomicU32::new(0),
            axes: huge::filled(blocks, || [(); 3].map(|()| block_of(f32::NAN.to_bits()))),
            first: [(); COLUMNS].map(|()| words(blocks, Moment::NEVER.seconds())),
            days: huge::filled(blocks, || {
                Days([const { [const { [const { AtomicU64::new(0) }; 64] }; BANDS] }; COLUMNS])
            }),
            slices: Slices::new(blocks, lanes),
            boxes: boxes(blocks.div_ceil(OUTER)),
            outer: boxes(blocks.div_ceil(OUTER * OUTER)),
            known: huge::filled(blocks, || Known { people: block_of(0), records: block_of(0) }),
            check_at: words(blocks, Moment::NEVER.seconds()),
            zones: bytes(),
            zone_of_all: (0..blocks).map(|_| AtomicU16::new(NO_ZONE)).collect(),
            aims: bytes(),
            earlier: words(blocks, NO_LANE),
            later: words(blocks, NO_LANE),
            next_aims: words(blocks, NO_LANE),
            ranges,
        };

        let mut seats: Vec<u32> = hot.ranges.iter().map(|range| range.start * LANES as u32).collect();
        let mut given = vec![0_u32; lanes.len()];
        for (group, range) in hot.ranges.iter().enumerate() {
            for block in range.clone() {
                hot.owners[block as usize].store(group as u32, Ordering::Relaxed);
            }
        }
        for (group, _, number) in order {
            let lane = seats[group as usize];
            seats[group as usize] += 1;
            given[number as usize] = lane;
            hot.given[lane as usize / LANES].fetch_add(1, Ordering::Relaxed);
            hot.settle(lane, &lanes[number as usize]);
            hot.activate(lane, lanes[number as usize].aims);
        }
        (hot, given)
    }
}
