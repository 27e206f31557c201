//! What a search scans: a practitioner's place is a lane, 64 lanes are a block, and each thing known of a block's lanes
//! stands side by side. Blocks are sorted by specialty and along the Hilbert curve, so a search near a point reads a few
//! runs of memory.
//!
//! Invariant: a lane belongs to one person, specialty and position for as long as this arrangement lives; all else of it
//! may change under a reader, word by word. Writers come one at a time. It does not know what a record holds.

mod build;
mod slices;
mod traits;
mod write;

use std::ops::Range;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering};

use crate::hilbert;
use crate::huge;
use crate::moment::{Moment, ZoneNo};
use crate::profile::SpecialtyNo;
use crate::scan::{Cell, Disc};

pub(crate) use slices::{LINE, Slice, Slices};
pub(crate) use traits::{
    Aim, BAND_EDGES, BANDS, BRIEF_MINUTES, COLUMNS, HORIZONS, LanguageSet, THRESHOLDS, Times, Traits,
    odd_lengths,
};

/// Lanes in a block.
pub(crate) const LANES: usize = 64;
/// Blocks under one outer box.
pub(crate) const OUTER: usize = 16;

/// One 32-bit word for each lane of a block; a float is kept as its bits.
#[repr(align(64))]
pub(crate) struct Words(pub(crate) [AtomicU32; LANES]);

impl Words {
    /// Asks memory for all of them.
    #[inline]
    pub(crate) fn fetch(&self) {
        self.0.iter().step_by(OUTER).for_each(huge::fetch);
    }
}

/// The free days of a block: bit (lane) of a word says whether the lane is free that day in that band.
#[repr(align(64))]
pub(crate) struct Days(pub(crate) [[[AtomicU64; 64]; BANDS]; COLUMNS]);

/// Whose the lanes of a block are, and where more is known of each.
struct Known {
    people: Words,
    records: Words,
}

/// Bounds of sixteen blocks, or of sixteen times sixteen, axis by axis.
#[repr(align(64))]
pub(crate) struct Boxes {
    /// Bits of the least coordinate in each; infinity where nobody is.
    pub(crate) low: [[AtomicU32; OUTER]; 3],
    /// Bits of the greatest.
    pub(crate) high: [[AtomicU32; OUTER]; 3],
}

/// All lanes of an arrangement.
pub(crate) struct Hot {
    /// The blocks of each specialty as sorted; the last is of those without one.
    ranges: Vec<Range<u32>>,
    /// Whose a block is: of the specialty, or of those without one, or nobody's yet.
    owners: Vec<AtomicU32>,
    /// The first block that was nobody's when this was built.
    spare_from: u32,
    /// How many of those were given away since, in order.
    spares_given: AtomicU32,
    /// How many lanes of each block were ever given away, in order.
    given: Vec<AtomicU32>,
    /// Lanes that were given away and taken back.
    retired: AtomicU32,
    /// What is looked at together stands together: each page of memory that a search comes to costs it a look-up.
    pub(crate) axes: Vec<[Words; 3]>,
    pub(crate) first: [Vec<Words>; COLUMNS],
    pub(crate) days: Vec<Days>,
    pub(crate) slices: Slices,
    pub(crate) boxes: Vec<Boxes>,
    pub(crate) outer: Vec<Boxes>,
    /// Whose each lane is, and where more is known of it.
    known: Vec<Known>,
    check_at: Vec<Words>,
    zones: Vec<[AtomicU8; LANES]>,
    /// The zone of all that a block ever held, or [`MIXED`].
    zone_of_all: Vec<AtomicU16>,
    /// Searches with which aims look at a lane; nought until it is active, and when it is no more.
    aims: Vec<[AtomicU8; LANES]>,
    /// For each lane the one for the same aims at the person's place before.
    earlier: Vec<Words>,
    /// For each lane the one for the same aims at the person's place after.
    later: Vec<Words>,
    /// For each lane another one for other aims at the same place.
    next_aims: Vec<Words>,
}

/// The lines of memory that know of a day in such bands, as bits: those of the first band first.
pub(crate) fn lines_of(day: u8, bands: u8) -> u32 {
    const IN_BAND: usize = 64 / LINE;
    let line = usize::from(day % 64) / LINE;
    (0..BANDS)
        .filter(|band| bands >> band & 1 == 1)
        .fold(0, |lines, band| lines | 1 << (band * IN_BAND + line))
}

/// No lane.
const NO_LANE: u32 = u32::MAX;
/// In a link: nothing follows.
const LAST: u32 = 1 << 31;

/// No zone yet.
const NO_ZONE: u16 = u16::MAX;
/// A block's lanes have more zones than one.
const MIXED: u16 = u16::MAX - 1;

/// The owner of a block that nobody has.
const NOBODY: u32 = u32::MAX;

/// The block of a lane, and its place in it.
#[inline]
fn seat(lane: u32) -> (usize, usize) {
    (lane as usize / LANES, lane as usize % LANES)
}

/// Where a chain of lanes leads; it never comes back.
#[inline]
fn chain(next: &[Words], lane: u32) -> impl Iterator<Item = u32> + '_ {
    let link = |lane: u32| {
        let (block, seat) = seat(lane);
        Some(next[block].0[seat].load(Ordering::Acquire)).filter(|link| *link != NO_LANE)
    };
    let mut ahead = link(lane);
    std::iter::from_fn(move || {
        let here = ahead?;
        // To find that nothing follows would be one more word far off in memory.
        ahead = if here & LAST == 0 { link(here) } else { None };
        Some(here & !LAST)
    })
}

impl Hot {
    /// How many blocks there are, with those that are nobody's.
    pub(crate) fn blocks(&self) -> usize {
        self.owners.len()
    }

    /// How many places have lanes that searches find. Each has one for searches that aim at nothing in particular.
    pub(crate) fn places(&self) -> usize {
        let anything = |block| self.slices.word(block, Slice::For(Aim::ANYTHING)).load(Ordering::Relaxed);
        (0..self.blocks()).map(|block| anything(block).count_ones() as usize).sum()
    }

    /// How many lanes were given away and taken back: room that a new arrangement would win.
    pub(crate) fn retired(&self) -> usize {
        self.retired.load(Ordering::Relaxed) as usize
    }

    /// The memory held.
    pub(crate) fn bytes(&self) -> usize {
        let of_block = size_of::<Words>() * (3 + COLUMNS + 6) + size_of::<Days>() + LANES * 2 + 10;
        self.blocks() * of_block
            + self.slices.bytes()
            + (self.boxes.capacity() + self.outer.capacity()) * size_of::<Boxes>()
            + self.ranges.capacity() * size_of::<Range<u32>>()
    }

    /// The blocks of a specialty, or all that are somebody's, as runs of block numbers: the second holds blocks that were
    /// given to some specialty later, and [`Hot::owns`] says to which.
    pub(crate) fn runs(&self, specialty: Option<SpecialtyNo>) -> [Range<u32>; 2] {
        let later = self.spare_from..self.spare_from + self.spares_given.load(Ordering::Acquire);
        match specialty {
            None => [0..self.spare_from, later],
            // A specialty beyond the list has no blocks; the last entry is of those without one.
            Some(number) if usize::from(number) + 1 < self.ranges.len() => {
                [self.ranges[usize::from(number)].clone(), later]
            }
            Some(_) => [0..0, 0..0],
        }
    }

    /// Whether a block is the specialty's.
    pub(crate) fn owns(&self, specialty: SpecialtyNo, block: u32) -> bool {
        self.owners[block as usize].load(Ordering::Acquire) == u32::from(specialty)
    }

    /// The specialty of a block.
    pub(crate) fn specialty(&self, block: u32) -> Option<SpecialtyNo> {
        let owner = self.owners[block as usize].load(Ordering::Acquire);
        if owner as usize + 1 < self.ranges.len() { SpecialtyNo::try_from(owner).ok() } else { None }
    }

    /// How many specialties there are.
    pub(crate) fn specialties(&self) -> usize {
        self.ranges.len() - 1
    }

    /// Whose lane it is.
    #[inline]
    pub(crate) fn person(&self, lane: u32) -> u32 {
        let (block, seat) = seat(lane);
        self.known[block].people.0[seat].load(Ordering::Relaxed)
    }

    /// Where more is known of it.
    #[inline]
    pub(crate) fn record(&self, lane: u32) -> u32 {
        let (block, seat) = seat(lane);
        self.known[block].records.0[seat].load(Ordering::Acquire)
    }

    /// Its clock.
    #[inline]
    pub(crate) fn zone(&self, lane: u32) -> ZoneNo {
        let (block, seat) = seat(lane);
        self.zones[block][seat].load(Ordering::Relaxed)
    }

    /// Whether searches find it.
    pub(crate) fn is_active(&self, lane: u32) -> bool {
        self.aims(lane) != 0
    }

    /// Searches with which aims look at it.
    pub(crate) fn aims(&self, lane: u32) -> u8 {
        let (block, seat) = seat(lane);
        self.aims[block][seat].load(Ordering::Acquire)
    }

    /// The lanes for the same aims at the person's earlier places, the nearest in order first.
    #[inline]
    pub(crate) fn earlier(&self, lane: u32) -> impl Iterator<Item = u32> + '_ {
        chain(&self.earlier, lane)
    }

    /// Asks memory for where the chains of such lanes of a block to earlier places begin.
    #[inline]
    pub(crate) fn fetch_earlier(&self, block: u32, mask: u64) {
        if mask != 0 {
            // Those between are seldom in yet another line.
            for seat in [mask.trailing_zeros(), 63 - mask.leading_zeros()] {
                huge::fetch(&self.earlier[block as usize].0[seat as usize]);
            }
        }
    }

    /// Whether a lane is in a circle.
    #[inline]
    pub(crate) fn is_in(&self, lane: u32, disc: Disc) -> bool {
        hilbert::square(self.position(lane), disc.point) <= disc.edge
    }

    /// Asks memory for where a lane is.
    #[inline]
    pub(crate) fn fetch_position(&self, lane: u32) {
        let (block, seat) = seat(lane);
        self.axes[block].iter().for_each(|axis| huge::fetch(&axis.0[seat]));
    }

    /// Asks memory for which lane is the next at the same place.
    #[inline]
    pub(crate) fn fetch_next_aims(&self, lane: u32) {
        let (block, seat) = seat(lane);
        huge::fetch(&self.next_aims[block].0[seat]);
    }

    /// Whose the lanes of a block are.
    #[inline]
    pub(crate) fn people(&self, block: u32) -> &Words {
        &self.known[block as usize].people
    }

    /// Asks memory for whose the lane is and where more is known of it.
    #[inline]
    pub(crate) fn fetch_owner(&self, lane: u32) {
        let (block, seat) = seat(lane);
        huge::fetch(&self.known[block].people.0[seat]);
        huge::fetch(&self.known[block].records.0[seat]);
    }

    /// Those at later places.
    #[inline]
    pub(crate) fn later(&self, lane: u32) -> impl Iterator<Item = u32> + '_ {
        chain(&self.later, lane)
    }

    /// The lane and those for other aims at the same place, from the main one on.
    pub(crate) fn at_place(&self, main: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::once(main).chain(chain(&self.next_aims, main))
    }

    /// Where it is; no number if nowhere.
    #[inline]
    pub(crate) fn position(&self, lane: u32) -> [f32; 3] {
        let (block, seat) = seat(lane);
        [0, 1, 2].map(|axis: usize| f32::from_bits(self.axes[block][axis].0[seat].load(Ordering::Relaxed)))
    }

    /// Its first offered start, as a column has it.
    #[inline]
    pub(crate) fn first(&self, column: usize, lane: u32) -> Moment {
        let (block, seat) = seat(lane);
        Moment::from_seconds(self.first[column][block].0[seat].load(Ordering::Relaxed))
    }

    /// The earliest that a column's first start in a cell can be, if one can be there.
    pub(crate) fn earliest(&self, column: usize, lane: u32, cell: &Cell) -> Option<u32> {
        let (block, seat) = seat(lane);
        let first = self.first(column, lane).seconds();
        let free = cell.free(&self.days[block].0[column]) >> seat & 1 == 1;
        (free && first < cell.until).then(|| first.max(cell.from))
    }

    /// Asks memory for such lines of what a column knows of a block's days.
    #[inline]
    pub(crate) fn fetch_days(&self, block: u32, column: usize, lines: u32) {
        let days = self.days[block as usize].0[column].as_flattened();
        let mut left = lines;
        while left != 0 {
            days.get(left.trailing_zeros() as usize * LINE).into_iter().for_each(huge::fetch);
            left &= left - 1;
        }
    }

    /// The zones of a block's lanes.
    pub(crate) fn zones(&self, block: u32) -> &[AtomicU8; LANES] {
        &self.zones[block as usize]
    }

    /// The zone of all lanes of a block, if it is only one.
    #[inline]
    pub(crate) fn only_zone(&self, block: u32) -> Option<ZoneNo> {
        ZoneNo::try_from(self.zone_of_all[block as usize].load(Ordering::Acquire)).ok()
    }

    /// Calls with every active lane whose first starts are to be looked at again.
    pub(crate) fn due(&self, now: Moment, mut each: impl FnMut(u32)) {
        for (block, words) in self.check_at.iter().enumerate() {
            let due = (0..LANES).fold(0_u64, |due, seat| {
                due | u64::from(words.0[seat].load(Ordering::Relaxed) <= now.seconds()) << seat
            });
            let mut due = due;
            while due != 0 {
                let lane = (block * LANES) as u32 + due.trailing_zeros();
                if self.is_active(lane) {
                    each(lane);
                }
                due &= due - 1;
            }
        }
    }
}
