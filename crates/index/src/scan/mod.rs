//! The parts of a search that look at many lanes: which blocks are near, which lanes are in the circle and free in time,
//! how they score, how many there are of what.
//!
//! Each part is written for any machine, and for vectors of 256 and of 512 bits where that is faster; all give the same
//! bits, and a search may go any way. Invariant: no part reads a lane outside the blocks that it is given.

mod filter;
#[cfg(target_arch = "x86_64")]
mod narrow;
mod portable;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod wide;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::hot::{BANDS, Hot, LANES, OUTER};

pub(crate) use filter::{Choice, Filter, Met, Slots};

/// Which way to scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// On any machine.
    Portable,
    /// With vectors of 256 bits; only made where the machine has them.
    #[cfg(target_arch = "x86_64")]
    Narrow(narrow::Able),
    /// With vectors of 512 bits; likewise.
    #[cfg(target_arch = "x86_64")]
    Wide(wide::Able),
}

/// A circle on the unit sphere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Disc {
    /// Its middle.
    pub(crate) point: [f32; 3],
    /// The largest squared distance inside.
    pub(crate) edge: f32,
}

/// A block that a search looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Found {
    /// Which one.
    pub(crate) block: u32,
    /// No lane of it is nearer to the middle, squared.
    pub(crate) nearest: f32,
    /// Whether all of it lies in the circle.
    pub(crate) inside: bool,
}

/// How the lanes of a block are scored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scoring {
    /// From where metres are counted, if they are.
    pub(crate) point: Option<[f32; 3]>,
    /// The column of first starts.
    pub(crate) column: usize,
    /// From when days are counted.
    pub(crate) reference: u32,
    /// Lower scores are not wanted.
    pub(crate) floor: u32,
    /// Higher scores are not wanted.
    pub(crate) cut: u32,
}

/// Room for the candidates of one block, as [`pack`](crate::select::pack) makes them; the rest is for vectors that are
/// not full.
pub(crate) type Candidates = [u64; LANES + OUTER];

/// What a second of waiting weighs, in metres.
const METRES_PER_SECOND: f32 = 1_500.0 / 86_400.0;

/// What waiting until a start weighs.
#[inline]
pub(crate) fn waiting(start: u32, reference: u32) -> u32 {
    (start.saturating_sub(reference) as f32 * METRES_PER_SECOND) as u32
}

/// Part of a day: a search with days, hours or a later window is a list of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The day's bit.
    pub(crate) day: u8,
    /// The bands that it touches, as bits.
    pub(crate) bands: u8,
    /// Its first moment that is asked for.
    pub(crate) from: u32,
    /// The first after.
    pub(crate) until: u32,
    /// Whether everything between the two is asked for.
    pub(crate) whole: bool,
    /// Whether besides nothing else of its bands is left out: a free band then means a start that is asked for.
    pub(crate) full: bool,
}

impl Cell {
    /// The lanes of a block with something free then, of its days by band and day.
    #[inline]
    pub(crate) fn free(&self, days: &[[AtomicU64; 64]; BANDS]) -> u64 {
        let mut free = 0;
        for (band, days) in days.iter().enumerate() {
            // Nearly always the same bands for all cells, and others lie elsewhere in memory.
            if self.bands >> band & 1 == 1 {
                free |= days[usize::from(self.day % 64)].load(Ordering::Relaxed);
            }
        }
        free
    }

    /// Those lanes of a mask that certainly, and those that perhaps, have a start in the cells; `before` tells whose first
    /// start is before a moment.
    // Always inlined, as `Filter::run` is.
    #[inline(always)]
    fn decide(
        cells: &[Self],
        days: &[[AtomicU64; 64]; BANDS],
        mask: u64,
        before: impl Fn(u32) -> u64,
    ) -> (u64, u64) {
        let (mut sure, mut maybe) = (0, 0);
        for cell in cells {
            // A start in the cell is offered if none before it is: the first offered one comes at its latest.
            let free = cell.free(days) & mask & !sure;
            if free == 0 {
                continue;
            }
            let free = free & before(cell.until);
            if cell.full {
                sure |= free;
            } else {
                maybe |= free;
                if cell.whole {
                    sure |= free & !before(cell.from);
                }
            }
            if sure == mask {
                break;
            }
        }
        (sure, maybe & !sure)
    }
}

/// Calls the same function of one module or the other.
macro_rules! either {
    ($way:expr, $name:ident($($argument:expr),*)) => {
        match $way {
            Way::Portable => portable::$name($($argument),*),
            #[cfg(target_arch = "x86_64")]
            Way::Narrow(able) => narrow::$name(able, $($argument),*),
            #[cfg(target_arch = "x86_64")]
            Way::Wide(able) => wide::$name(able, $($argument),*),
        }
    };
}

impl Way {
    /// The fastest that the machine has.
    pub(crate) fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(able) = wide::Able::detect() {
            return Self::Wide(able);
        }
        Self::without_wide()
    }

    /// The fastest that the machine has but for the widest vectors.
    pub(crate) fn without_wide() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(able) = narrow::Able::detect() {
            return Self::Narrow(able);
        }
        Self::Portable
    }

    /// Adds those blocks of a run that the disc may touch, in order.
    pub(crate) fn near_blocks(self, hot: &Hot, disc: &Disc, run: Range<u32>, found: &mut Vec<Found>) {
        if !run.is_empty() {
            either!(self, near_blocks(hot, disc, run, found));
        }
    }

    /// Leaves in each mask the lanes that pass the filter, and in `doubtful` those that their records decide.
    pub(crate) fn matches(
        self,
        hot: &Hot,
        filter: &Filter,
        found: &[Found],
        masks: &mut [u64],
        doubtful: &mut Vec<u64>,
    ) -> Met {
        either!(self, matches(hot, filter, found, masks, doubtful))
    }

    /// How many lanes of the masks have their first start before each of the bounds, of which there are at most four.
    pub(crate) fn count_before(
        self,
        hot: &Hot,
        column: usize,
        bounds: &[u32],
        found: &[Found],
        masks: &[u64],
    ) -> [u32; 4] {
        either!(self, count_before(hot, column, bounds, found, masks))
    }

    /// Adds up, for each counted slice, the lanes of the masks that are in it.
    pub(crate) fn count(self, hot: &Hot, found: &[Found], masks: &[u64], sums: &mut [u32]) {
        either!(self, count(hot, found, masks, sums));
    }

    /// Those lanes of a mask that certainly, and those that perhaps, have a start in the cells.
    pub(crate) fn in_cells(
        self,
        hot: &Hot,
        column: usize,
        cells: &[Cell],
        block: u32,
        mask: u64,
    ) -> (u64, u64) {
        either!(self, in_cells(hot, column, cells, block, mask))
    }

    /// Those lanes of a mask whose people's bits are set.
    pub(crate) fn of_people(self, hot: &Hot, bits: &[u32], block: u32, mask: u64) -> u64 {
        either!(self, of_people(hot, bits, block, mask))
    }

    /// Writes those lanes of a mask, with their scores, that have one that is wanted; which they are.
    pub(crate) fn candidates(
        self,
        hot: &Hot,
        scoring: &Scoring,
        block: u32,
        mask: u64,
        candidates: &mut Candidates,
    ) -> u64 {
        either!(self, candidates(hot, scoring, block, mask, candidates))
    }
}
