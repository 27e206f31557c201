//! The same with vectors of 512 bits: sixteen lanes at a time.
//!
//! Here and in [`narrow`](super::narrow) two things need unsafe code: words that a writer may change are loaded by an instruction
//! that the compiler knows nothing of, because a plain vector load beside an atomic store would be a data race in the
//! language's eyes (the machine's aligned 32- and 64-bit words do not tear); and functions for a certain kind of
//! machine are called, which [`Able`] proves to be there.
#![allow(unsafe_code)]

use std::arch::asm;
use std::arch::x86_64::*;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, AtomicU64};

use super::filter::{Filter, Met};
use super::{Candidates, Cell, Disc, Found, METRES_PER_SECOND, Scoring};
use crate::hilbert::EARTH_METRES;
use crate::hot::{Boxes, Hot, LANES, LINE, OUTER, Words};

/// Proof that the machine has what the functions below need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Able(());

impl Able {
    pub(super) fn detect() -> Option<Self> {
        let has = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vpopcntdq")
            && is_x86_feature_detected!("popcnt");
        has.then_some(Self(()))
    }
}

/// Functions for such a machine: each stands inside a safe one that takes the proof.
macro_rules! wide {
    ($($(#[$doc:meta])* fn $name:ident($($argument:ident: $kind:ty),* $(,)?) $(-> $answer:ty)? $body:block)*) => {$(
        $(#[$doc])*
        pub(super) fn $name(_: Able, $($argument: $kind),*) $(-> $answer)? {
            #[target_feature(enable = "avx512f,avx512dq,avx512vpopcntdq,popcnt")]
            fn inner($($argument: $kind),*) $(-> $answer)? $body
            // SAFETY: whoever has an `Able` has asked the machine for these features.
            unsafe { inner($($argument),*) }
        }
    )*};
}

/// Sixteen words of 32 bits.
#[inline]
#[target_feature(enable = "avx512f")]
fn load(words: &[AtomicU32; OUTER]) -> __m512i {
    let loaded: __m512i;
    // SAFETY: the reference is good for reading 64 bytes, and that is all the instruction does.
    unsafe {
        asm!("vmovdqu32 {0}, [{1}]", out(zmm_reg) loaded, in(reg) words.as_ptr(),
            options(nostack, preserves_flags, readonly));
    }
    loaded
}

/// Eight words of 64 bits.
#[inline]
#[target_feature(enable = "avx512f")]
fn load_line(words: &[AtomicU64; LINE]) -> __m512i {
    let loaded: __m512i;
    // SAFETY: the reference is good for reading 64 bytes, and that is all the instruction does.
    unsafe {
        asm!("vmovdqu64 {0}, [{1}]", out(zmm_reg) loaded, in(reg) words.as_ptr(),
            options(nostack, preserves_flags, readonly));
    }
    loaded
}

/// A block's words in four vectors.
#[inline]
#[target_feature(enable = "avx512f")]
fn load_block(words: &Words) -> [__m512i; 4] {
    let (quarters, _) = words.0.as_chunks::<OUTER>();
    [load(&quarters[0]), load(&quarters[1]), load(&quarters[2]), load(&quarters[3])]
}

/// Sixteen bits of each quarter, put together.
#[inline(always)]
fn join(quarters: [__mmask16; 4]) -> u64 {
    u64::from(quarters[0])
        | u64::from(quarters[1]) << 16
        | u64::from(quarters[2]) << 32
        | u64::from(quarters[3]) << 48
}

// No closures in what follows: one that is handed to a function of the library is compiled apart, and called for each vector.

#[inline]
#[target_feature(enable = "avx512f")]
fn firsts_before(first: [__m512i; 4], bound: u32) -> u64 {
    let bound = _mm512_set1_epi32(bound.cast_signed());
    let mut before = [0; 4];
    for quarter in 0..4 {
        before[quarter] = _mm512_cmplt_epu32_mask(first[quarter], bound);
    }
    join(before)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn sum_of_squares([x, y, z]: [__m512; 3]) -> __m512 {
    _mm512_add_ps(_mm512_add_ps(_mm512_mul_ps(x, x), _mm512_mul_ps(y, y)), _mm512_mul_ps(z, z))
}

/// The squared distances of a block's lanes from a point.
#[inline]
#[target_feature(enable = "avx512f")]
fn squares(hot: &Hot, block: usize, point: [f32; 3]) -> [__m512; 4] {
    let mut axes = [[_mm512_setzero_si512(); 4]; 3];
    for (words, axis) in axes.iter_mut().zip(&hot.axes[block]) {
        *words = load_block(axis);
    }
    let mut squares = [_mm512_setzero_ps(); 4];
    for quarter in 0..4 {
        let mut ways = [_mm512_setzero_ps(); 3];
        for axis in 0..3 {
            ways[axis] = _mm512_sub_ps(_mm512_castsi512_ps(axes[axis][quarter]), _mm512_set1_ps(point[axis]));
        }
        squares[quarter] = sum_of_squares(ways);
    }
    squares
}

/// Which of a block's lanes lie in a circle.
#[inline]
#[target_feature(enable = "avx512f")]
fn lanes_in(hot: &Hot, block: usize, disc: &Disc) -> u64 {
    let (squares, edge) = (squares(hot, block, disc.point), _mm512_set1_ps(disc.edge));
    let mut inside = [0; 4];
    for quarter in 0..4 {
        inside[quarter] = _mm512_cmp_ps_mask::<_CMP_LE_OQ>(squares[quarter], edge);
    }
    join(inside)
}

/// Eight of sixteen scores and lanes, put together as [`pack`](crate::select::pack) does.
#[inline]
#[target_feature(enable = "avx512f")]
fn pairs<const HALF: i32>(scores: __m512i, lanes: __m512i) -> __m512i {
    let score = _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64::<HALF>(scores));
    let lane = _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64::<HALF>(lanes));
    _mm512_or_si512(_mm512_slli_epi64::<32>(score), lane)
}

/// The least and the greatest squared distance of sixteen boxes from a point.
#[inline]
#[target_feature(enable = "avx512f")]
fn distances(boxes: &Boxes, point: [f32; 3]) -> (__m512, __m512) {
    let (mut gap, mut reach) = ([_mm512_setzero_ps(); 3], [_mm512_setzero_ps(); 3]);
    for axis in 0..3 {
        let at = _mm512_set1_ps(point[axis]);
        let below = _mm512_sub_ps(_mm512_castsi512_ps(load(&boxes.low[axis])), at);
        let above = _mm512_sub_ps(at, _mm512_castsi512_ps(load(&boxes.high[axis])));
        gap[axis] = _mm512_max_ps(_mm512_max_ps(below, above), _mm512_setzero_ps());
        reach[axis] = _mm512_min_ps(below, above);
    }
    (sum_of_squares(gap), sum_of_squares(reach))
}

wide! {
    fn near_blocks(hot: &Hot, disc: &Disc, run: Range<u32>, found: &mut Vec<Found>) {
        let edge = _mm512_set1_ps(disc.edge);
        let wide = (OUTER * OUTER) as u32;
        for outer in run.start / wide..run.end.div_ceil(wide) {
            let (least, _) = distances(&hot.outer[outer as usize], disc.point);
            let mut middles = _mm512_cmp_ps_mask::<_CMP_LE_OQ>(least, edge);
            while middles != 0 {
                let middle = outer * OUTER as u32 + middles.trailing_zeros();
                middles &= middles - 1;
                let Some(boxes) = hot.boxes.get(middle as usize) else { break };
                let (least, greatest) = distances(boxes, disc.point);
                let mut near = _mm512_cmp_ps_mask::<_CMP_LE_OQ>(least, edge);
                let inside = _mm512_cmp_ps_mask::<_CMP_LE_OQ>(greatest, edge);
                let mut nearest = [0.0_f32; OUTER];
                // SAFETY: the array has room for sixteen floats.
                unsafe { _mm512_storeu_ps(nearest.as_mut_ptr(), least) };
                while near != 0 {
                    let at = near.trailing_zeros();
                    near &= near - 1;
                    let block = middle * OUTER as u32 + at;
                    if run.contains(&block) {
                        found.push(Found { block, nearest: nearest[at as usize], inside: inside >> at & 1 == 1 });
                    }
                }
            }
        }
    }

    fn matches(hot: &Hot, filter: &Filter, found: &[Found], masks: &mut [u64], doubtful: &mut Vec<u64>) -> Met {
        let before = |words: &Words, bound| firsts_before(load_block(words), bound);
        filter.run(hot, found, masks, doubtful, |block, disc| lanes_in(hot, block, disc), before)
    }

    fn count_before(hot: &Hot, column: usize, bounds: &[u32], found: &[Found], masks: &[u64]) -> [u32; 4] {
        let words = &hot.first[column];
        let mut totals = [_mm512_setzero_si512(); 4];
        for (found, mask) in found.iter().zip(masks) {
            if *mask != 0 {
                let first = load_block(&words[found.block as usize]);
                for (total, bound) in totals.iter_mut().zip(bounds) {
                    let bound = _mm512_set1_epi32(bound.cast_signed());
                    for (quarter, first) in first.into_iter().enumerate() {
                        let mask = (mask >> (16 * quarter)) as __mmask16;
                        let before = _mm512_mask_cmplt_epu32_mask(mask, first, bound);
                        *total = _mm512_mask_sub_epi32(*total, before, *total, _mm512_set1_epi32(-1));
                    }
                }
            }
        }
        totals.map(|total| _mm512_reduce_add_epi32(total).cast_unsigned())
    }

    fn count(hot: &Hot, found: &[Found], masks: &[u64], sums: &mut [u32]) {
        // Four lines at a time stay in registers.
        for (from, sums) in sums.chunks_mut(4 * LINE).enumerate() {
            let mut totals = [_mm512_setzero_si512(); 4];
            for (found, mask) in found.iter().zip(masks) {
                if *mask != 0 {
                    let mask = _mm512_set1_epi64(mask.cast_signed());
                    let lines = hot.slices.counted(found.block as usize).iter().skip(from * 4);
                    for (total, line) in totals.iter_mut().zip(lines) {
                        let both = _mm512_and_si512(load_line(&line.0), mask);
                        *total = _mm512_add_epi64(*total, _mm512_popcnt_epi64(both));
                    }
                }
            }
            for (sums, total) in sums.chunks_mut(LINE).zip(totals) {
                let mut counts = [0_u64; LINE];
                // SAFETY: the array has room for eight words.
                unsafe { _mm512_storeu_epi64(counts.as_mut_ptr().cast(), total) };
                for (sum, count) in sums.iter_mut().zip(counts) {
                    *sum += count as u32;
                }
            }
        }
    }

    fn in_cells(hot: &Hot, column: usize, cells: &[Cell], block: u32, mask: u64) -> (u64, u64) {
        let first = load_block(&hot.first[column][block as usize]);
        let days = &hot.days[block as usize].0[column];
        Cell::decide(cells, days, mask, |bound| firsts_before(first, bound))
    }

    fn of_people(hot: &Hot, bits: &[u32], block: u32, mask: u64) -> u64 {
        let people = load_block(hot.people(block));
        let (within, one) = (_mm512_set1_epi32(bits.len() as i32), _mm512_set1_epi32(1));
        let mut there = [0; 4];
        for quarter in 0..4 {
            let number = _mm512_srli_epi32::<5>(people[quarter]);
            let known = (mask >> (16 * quarter)) as __mmask16 & _mm512_cmplt_epu32_mask(number, within);
            // SAFETY: only words with numbers within the slice are read; there are fewer than the sign leaves room for.
            let words = unsafe {
                _mm512_mask_i32gather_epi32::<4>(_mm512_setzero_si512(), known, number, bits.as_ptr().cast())
            };
            let bit = _mm512_sllv_epi32(one, _mm512_and_si512(people[quarter], _mm512_set1_epi32(31)));
            there[quarter] = _mm512_test_epi32_mask(words, bit);
        }
        join(there)
    }

    fn candidates(
        hot: &Hot,
        scoring: &Scoring,
        block: u32,
        mask: u64,
        candidates: &mut Candidates,
    ) -> u64 {
        let reference = _mm512_set1_epi32(scoring.reference.cast_signed());
        let weight = _mm512_set1_ps(METRES_PER_SECOND);
        let first = load_block(&hot.first[scoring.column][block as usize]);
        let squares = match scoring.point {
            Some(point) => squares(hot, block as usize, point),
            None => [_mm512_setzero_ps(); 4],
        };
        let earth = _mm512_set1_ps(EARTH_METRES);
        let (floor, cut) =
            (_mm512_set1_epi32(scoring.floor.cast_signed()), _mm512_set1_epi32(scoring.cut.cast_signed()));
        let seats = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        let (mut all, mut count) = ([0; 4], 0);
        for quarter in 0..4 {
            let open = (mask >> (16 * quarter)) as __mmask16;
            if open == 0 {
                continue;
            }
            let waiting =
                _mm512_cvtepu32_ps(_mm512_sub_epi32(_mm512_max_epu32(first[quarter], reference), reference));
            let metres = _mm512_cvttps_epu32(_mm512_mul_ps(earth, _mm512_sqrt_ps(squares[quarter])));
            let score = _mm512_add_epi32(_mm512_cvttps_epu32(_mm512_mul_ps(waiting, weight)), metres);
            let wanted = _mm512_mask_cmple_epu32_mask(open, score, cut);
            let wanted = _mm512_mask_cmpge_epu32_mask(wanted, score, floor);
            let from = block * LANES as u32 + 16 * quarter as u32;
            let lanes = _mm512_add_epi32(_mm512_set1_epi32(from.cast_signed()), seats);
            let score = _mm512_maskz_compress_epi32(wanted, score);
            let lanes = _mm512_maskz_compress_epi32(wanted, lanes);
            let half = [pairs::<0>(score, lanes), pairs::<1>(score, lanes)];
            for (half, to) in half.into_iter().zip(candidates[count..].chunks_exact_mut(LINE)) {
                // SAFETY: the chunk has room for eight words.
                unsafe { _mm512_storeu_epi64(to.as_mut_ptr().cast(), half) };
            }
            all[quarter] = wanted;
            count += wanted.count_ones() as usize;
        }
        join(all)
    }
}
