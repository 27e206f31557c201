//! What a search asks of every lane: bits that are set or not, a place in a circle, a first start before a bound.

use std::sync::atomic::Ordering;

use crate::hot::{Hot, LINE, Slice, Slices, Words};
use crate::huge;

use super::{Disc, Found};

/// Blocks that are asked for ahead: enough to fill the time until memory answers.
const AHEAD: usize = 6;

/// Square of some five kilometres: the best are seldom further away.
const NEAR: f32 = 6e-7;

/// A language or sector that may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    Any,
    /// The place of its slice.
    At(usize),
    /// Nobody is that.
    Nobody,
}

impl Choice {
    /// The lanes of a block that are what was chosen.
    #[inline]
    pub(crate) fn of(self, word: impl Fn(usize) -> u64) -> u64 {
        match self {
            Self::Any => u64::MAX,
            Self::At(place) => word(place),
            Self::Nobody => 0,
        }
    }
}

/// A few places of slices.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Slots {
    places: [u8; 4],
    count: u8,
}

impl Slots {
    /// Adds one; there is room for four.
    pub(crate) fn add(&mut self, slice: Slice) {
        self.places[usize::from(self.count)] = slice.at() as u8;
        self.count += 1;
    }

    #[inline]
    fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.places.iter().take(usize::from(self.count)).map(|place| usize::from(*place))
    }
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filter {
    /// What a lane must be.
    pub(crate) with: Slots,
    /// What it must not be.
    pub(crate) without: Slots,
    /// Lanes that are one of these are decided by their records: the first start may speak of another visit type.
    pub(crate) doubtful: Slots,
    pub(crate) language: Choice,
    pub(crate) sector: Choice,
    /// Where it must be.
    pub(crate) disc: Option<Disc>,
    /// The column of first starts, and what they must be before.
    pub(crate) before: Option<(usize, u32)>,
}

/// What a scan has met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Met {
    /// Whether there are lanes that their records decide.
    pub(crate) doubtful: bool,
    /// Whether there are people with an earlier place.
    pub(crate) later: bool,
}

/// What the slices say of a block.
#[derive(Clone, Copy)]
struct Sliced {
    mask: u64,
    doubtful: u64,
    later: u64,
}

impl Filter {
    /// Lanes that pass by their bits. Of language and sector one suffices if both are asked for: each is counted as if it
    /// had not been.
    #[inline]
    fn by_slices(&self, hot: &Hot, block: usize) -> Sliced {
        let word = |place: usize| hot.slices.at(block, place).load(Ordering::Acquire);
        let with = self.with.iter().fold(u64::MAX, |mask, place| mask & word(place));
        let mask = self.without.iter().fold(with, |mask, place| mask & !word(place));
        let chosen = match (self.language, self.sector) {
            (Choice::Any, _) | (_, Choice::Any) => u64::MAX,
            (language, sector) => language.of(word) | sector.of(word),
        };
        let doubtful = self.doubtful.iter().fold(0, |doubtful, place| doubtful | word(place));
        Sliced { mask: mask & chosen, doubtful, later: word(Slice::Later.at()) }
    }

    /// Leaves in each mask the lanes that pass; those that only their records can decide are in `doubtful` instead. The
    /// two functions look at a block in one way or another.
    // Always inlined: in the wide way it is compiled with what that may use.
    #[inline(always)]
    pub(super) fn run(
        &self,
        hot: &Hot,
        found: &[Found],
        masks: &mut [u64],
        doubtful: &mut Vec<u64>,
        in_disc: impl Fn(usize, &Disc) -> u64,
        before: impl Fn(&Words, u32) -> u64,
    ) -> Met {
        doubtful.clear();
        let lines = self.lines(hot);
        found.iter().take(AHEAD).for_each(|found| self.fetch(hot, found, lines));
        let (mut any_doubtful, mut any_later) = (0, 0);
        for (at, (Found { block, inside, .. }, mask)) in found.iter().zip(masks).enumerate() {
            found.get(at + AHEAD).into_iter().for_each(|found| self.fetch(hot, found, lines));
            let block = *block as usize;
            let sliced = self.by_slices(hot, block);
            let mut left = *mask & sliced.mask;
            if let (Some(disc), false, true) = (&self.disc, inside, left != 0) {
                left &= in_disc(block, disc);
            }
            let unsure = left & sliced.doubtful;
            left &= !sliced.doubtful;
            if let (Some((column, bound)), true) = (self.before, left != 0) {
                left &= before(&hot.first[column][block], bound);
            }
            any_doubtful |= unsure;
            any_later |= (left | unsure) & sliced.later;
            hot.fetch_earlier(block as u32, left & sliced.later);
            doubtful.push(unsure);
            *mask = left;
        }
        Met { doubtful: any_doubtful != 0, later: any_later != 0 }
    }

    /// The lines of a block's slices that this search will look at, as bits: here, and to count.
    fn lines(&self, hot: &Hot) -> u32 {
        let line = |place: usize| 1_u32 << (place / LINE);
        let chosen = [self.language, self.sector].into_iter().map(|choice| match choice {
            Choice::At(place) => line(place),
            Choice::Any | Choice::Nobody => 0,
        });
        let slots = [&self.with, &self.without, &self.doubtful].into_iter().flat_map(Slots::iter);
        let counted = Slices::COUNTED..Slices::COUNTED + hot.slices.counted_words();
        let counted = counted.step_by(LINE).map(line);
        slots.map(line).chain(chosen).chain(counted).fold(line(Slice::Later.at()), |lines, line| lines | line)
    }

    #[inline]
    fn fetch(&self, hot: &Hot, found: &Found, lines: u32) {
        let block = found.block as usize;
        for (number, line) in hot.slices.lines_of(block).iter().enumerate() {
            if lines >> number & 1 == 1 {
                huge::fetch(line);
            }
        }
        // Where the circle does not cut through them, positions are only looked at to score those who are near.
        if self.disc.is_some() && (!found.inside || found.nearest < NEAR) {
            hot.axes[block].iter().for_each(Words::fetch);
        }
        if let Some((column, _)) = self.before {
            hot.first[column][block].fetch();
        }
    }
}
