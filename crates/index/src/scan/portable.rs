//! Scanning on any machine: words are loaded one by one into arrays, the loops over those are plain enough for the
//! compiler to make vectors of them.
//!
//! All of it is always inlined: what [`narrow`](super::narrow) takes from here is compiled again for better machines.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};

use super::filter::{Filter, Met};
use super::{Candidates, Cell, Disc, Found, Scoring, waiting};
use crate::hilbert;
use crate::hot::{Boxes, Hot, LANES, OUTER, Words};
use crate::select::pack;

#[inline(always)]
fn load<const N: usize>(words: &[AtomicU32; N]) -> [u32; N] {
    let mut loaded = [0; N];
    for (to, from) in loaded.iter_mut().zip(words) {
        *to = from.load(Ordering::Relaxed);
    }
    loaded
}

/// One bit for each lane that passes; in halves, because that is as wide as the lanes are.
#[inline(always)]
fn bits(passes: impl Fn(usize) -> bool) -> u64 {
    let half = |from: usize| (0..32).fold(0_u32, |bits, at| bits | u32::from(passes(from + at)) << at);
    u64::from(half(0)) | u64::from(half(32)) << 32
}

#[inline(always)]
fn firsts_before(words: &Words, bound: u32) -> u64 {
    let first = load(&words.0);
    bits(|lane| first[lane] < bound)
}

#[inline(always)]
fn squares(hot: &Hot, block: usize, point: [f32; 3]) -> [f32; LANES] {
    let [x, y, z] = [0, 1, 2].map(|axis: usize| load(&hot.axes[block][axis].0));
    let mut squares = [0.0; LANES];
    for lane in 0..LANES {
        let at = [f32::from_bits(x[lane]), f32::from_bits(y[lane]), f32::from_bits(z[lane])];
        squares[lane] = hilbert::square(at, point);
    }
    squares
}

/// The least and the greatest squared distance of sixteen boxes from a point.
#[inline(always)]
fn distances(boxes: &Boxes, point: [f32; 3]) -> ([f32; OUTER], [f32; OUTER]) {
    let (mut least, mut greatest) = ([0.0; OUTER], [0.0; OUTER]);
    let low = [0, 1, 2].map(|axis: usize| load(&boxes.low[axis]).map(f32::from_bits));
    let high = [0, 1, 2].map(|axis: usize| load(&boxes.high[axis]).map(f32::from_bits));
    for at in 0..OUTER {
        let (mut gap, mut reach) = ([0.0_f32; 3], [0.0_f32; 3]);
        for axis in 0..3 {
            let (below, above) = (low[axis][at] - point[axis], point[axis] - high[axis][at]);
            let outside = if below > above { below } else { above };
            gap[axis] = if outside > 0.0 { outside } else { 0.0 };
            // The far side is where the nearer bound is furthest behind.
            reach[axis] = if below < above { below } else { above };
        }
        least[at] = (gap[0] * gap[0] + gap[1] * gap[1]) + gap[2] * gap[2];
        greatest[at] = (reach[0] * reach[0] + reach[1] * reach[1]) + reach[2] * reach[2];
    }
    (least, greatest)
}

#[inline(always)]
pub(super) fn near_blocks(hot: &Hot, disc: &Disc, run: Range<u32>, found: &mut Vec<Found>) {
    near_blocks_by(distances, hot, disc, run, found);
}

/// The same with another way to tell the distances of sixteen boxes.
#[inline(always)]
pub(super) fn near_blocks_by(
    distances: impl Fn(&Boxes, [f32; 3]) -> ([f32; OUTER], [f32; OUTER]),
    hot: &Hot,
    disc: &Disc,
    run: Range<u32>,
    found: &mut Vec<Found>,
) {
    let wide = (OUTER * OUTER) as u32;
    for outer in run.start / wide..run.end.div_ceil(wide) {
        let (least, _) = distances(&hot.outer[outer as usize], disc.point);
        for (middle, _) in least.iter().enumerate().filter(|(_, least)| **least <= disc.edge) {
            let middle = outer * OUTER as u32 + middle as u32;
            let Some(boxes) = hot.boxes.get(middle as usize) else { break };
            let (least, greatest) = distances(boxes, disc.point);
            for at in 0..OUTER {
                let block = middle * OUTER as u32 + at as u32;
                if least[at] <= disc.edge && run.contains(&block) {
                    found.push(Found { block, nearest: least[at], inside: greatest[at] <= disc.edge });
                }
            }
        }
    }
}

#[inline(always)]
pub(super) fn matches(
    hot: &Hot,
    filter: &Filter,
    found: &[Found],
    masks: &mut [u64],
    doubtful: &mut Vec<u64>,
) -> Met {
    let in_disc = |block, disc: &Disc| {
        let squares = squares(hot, block, disc.point);
        bits(|lane| squares[lane] <= disc.edge)
    };
    filter.run(hot, found, masks, doubtful, in_disc, firsts_before)
}

#[inline(always)]
pub(super) fn count_before(
    hot: &Hot,
    column: usize,
    bounds: &[u32],
    found: &[Found],
    masks: &[u64],
) -> [u32; 4] {
    let mut counts = [0; 4];
    for (found, mask) in found.iter().zip(masks).filter(|(_, mask)| **mask != 0) {
        let first = load(&hot.first[column][found.block as usize].0);
        for (count, bound) in counts.iter_mut().zip(bounds) {
            *count += (bits(|lane| first[lane] < *bound) & mask).count_ones();
        }
    }
    counts
}

#[inline(always)]
pub(super) fn count(hot: &Hot, found: &[Found], masks: &[u64], sums: &mut [u32]) {
    for (found, mask) in found.iter().zip(masks).filter(|(_, mask)| **mask != 0) {
        let slices = hot.slices.counted(found.block as usize).iter().flat_map(|line| &line.0);
        for (sum, slice) in sums.iter_mut().zip(slices) {
            *sum += (slice.load(Ordering::Relaxed) & mask).count_ones();
        }
    }
}

#[inline(always)]
pub(super) fn in_cells(hot: &Hot, column: usize, cells: &[Cell], block: u32, mask: u64) -> (u64, u64) {
    let first = load(&hot.first[column][block as usize].0);
    let days = &hot.days[block as usize].0[column];
    Cell::decide(cells, days, mask, |bound| bits(|lane| first[lane] < bound))
}

#[inline(always)]
pub(super) fn of_people(hot: &Hot, bits: &[u32], block: u32, mask: u64) -> u64 {
    let people = load(&hot.people(block).0);
    let is_there =
        |person: u32| bits.get(person as usize / 32).is_some_and(|word| word >> (person % 32) & 1 == 1);
    mask & self::bits(|lane| mask >> lane & 1 == 1 && is_there(people[lane]))
}

#[inline(always)]
pub(super) fn candidates(
    hot: &Hot,
    scoring: &Scoring,
    block: u32,
    mask: u64,
    candidates: &mut Candidates,
) -> u64 {
    let first = load(&hot.first[scoring.column][block as usize].0);
    let mut scores = [0; LANES];
    for (score, first) in scores.iter_mut().zip(first) {
        *score = waiting(first, scoring.reference);
    }
    if let Some(point) = scoring.point {
        let squares = squares(hot, block as usize, point);
        for (score, square) in scores.iter_mut().zip(squares) {
            *score += hilbert::metres(square) as u32;
        }
    }
    let wanted = mask & bits(|lane| scoring.floor <= scores[lane] && scores[lane] <= scoring.cut);
    let mut left = wanted;
    for candidate in candidates.iter_mut().take(wanted.count_ones() as usize) {
        let seat = left.trailing_zeros();
        *candidate = pack(scores[seat as usize], block * LANES as u32 + seat);
        left &= left - 1;
    }
    wanted
}
