//! The same with vectors of 256 bits, eight lanes at a time, for the many machines that have no wider ones.
//!
//! What is unsafe here is so for the reasons that [`wide`](super::wide) gives.
#![allow(unsafe_code)]

use std::arch::asm;
use std::arch::x86_64::*;
use std::ops::Range;
use std::sync::atomic::AtomicU32;

use super::filter::{Filter, Met};
use super::{Candidates, Cell, Disc, Found, METRES_PER_SECOND, Scoring, portable};
use crate::hilbert::EARTH_METRES;
use crate::hot::{Boxes, Hot, LANES, OUTER, Words};
use crate::select::pack;

/// Words in a vector.
const EIGHT: usize = 8;

/// The machine has what these functions use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Able(());

impl Able {
    pub(super) fn detect() -> Option<Self> {
        let has = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt");
        has.then_some(Self(()))
    }
}

/// Functions for such a machine: each stands inside a safe one that takes the proof.
macro_rules! narrow {
    ($(fn $name:ident($($argument:ident: $kind:ty),* $(,)?) $(-> $answer:ty)? $body:block)*) => {$(
        pub(super) fn $name(_: Able, $($argument: $kind),*) $(-> $answer)? {
            #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
            fn inner($($argument: $kind),*) $(-> $answer)? $body
            // SAFETY: whoever has an `Able` has asked the machine for these features.
            unsafe { inner($($argument),*) }
        }
    )*};
}

/// Eight words of 32 bits.
#[inline]
#[target_feature(enable = "avx2")]
fn load(words: &[AtomicU32; EIGHT]) -> __m256i {
    let loaded: __m256i;
    // SAFETY: the reference is good for reading 32 bytes, and that is all the instruction does.
    unsafe {
        asm!("vmovdqu {0}, [{1}]", out(ymm_reg) loaded, in(reg) words.as_ptr(),
            options(nostack, preserves_flags, readonly));
    }
    loaded
}

/// A block's words in eight vectors.
#[inline]
#[target_feature(enable = "avx2")]
fn load_block(words: &Words) -> [__m256i; EIGHT] {
    let mut loaded = [_mm256_setzero_si256(); EIGHT];
    for (to, from) in loaded.iter_mut().zip(words.0.as_chunks::<EIGHT>().0) {
        *to = load(from);
    }
    loaded
}

/// The sign of each word, where it is all bits or none.
#[inline]
#[target_feature(enable = "avx2")]
fn signs(vector: __m256i) -> u64 {
    _mm256_movemask_ps(_mm256_castsi256_ps(vector)) as u64
}

#[inline]
#[target_feature(enable = "avx2")]
fn firsts_before(first: &[__m256i; EIGHT], bound: u32) -> u64 {
    // There is only a comparison of numbers with a sign.
    let sign = _mm256_set1_epi32(i32::MIN);
    let bound = _mm256_xor_si256(_mm256_set1_epi32(bound.cast_signed()), sign);
    let mut before = 0;
    for (eighth, first) in first.iter().enumerate() {
        before |= signs(_mm256_cmpgt_epi32(bound, _mm256_xor_si256(*first, sign))) << (EIGHT * eighth);
    }
    before
}

#[inline]
#[target_feature(enable = "avx2")]
fn sum_of_squares([x, y, z]: [__m256; 3]) -> __m256 {
    _mm256_add_ps(_mm256_add_ps(_mm256_mul_ps(x, x), _mm256_mul_ps(y, y)), _mm256_mul_ps(z, z))
}

/// The squared distances of eight lanes of a block from a point.
#[inline]
#[target_feature(enable = "avx2")]
fn squares(axes: &[Words; 3], eighth: usize, point: [f32; 3]) -> __m256 {
    let mut ways = [_mm256_setzero_ps(); 3];
    for axis in 0..3 {
        let at = _mm256_castsi256_ps(load(&axes[axis].0.as_chunks::<EIGHT>().0[eighth]));
        ways[axis] = _mm256_sub_ps(at, _mm256_set1_ps(point[axis]));
    }
    sum_of_squares(ways)
}

/// Which of a block's lanes lie in a circle.
#[inline]
#[target_feature(enable = "avx2")]
fn lanes_in(hot: &Hot, block: usize, disc: &Disc) -> u64 {
    let edge = _mm256_set1_ps(disc.edge);
    let mut inside = 0;
    for eighth in 0..EIGHT {
        let near = _mm256_cmp_ps::<_CMP_LE_OQ>(squares(&hot.axes[block], eighth, disc.point), edge);
        inside |= signs(_mm256_castps_si256(near)) << (EIGHT * eighth);
    }
    inside
}

/// The least and the greatest squared distance of sixteen boxes from a point.
#[inline]
#[target_feature(enable = "avx2")]
fn distances(boxes: &Boxes, point: [f32; 3]) -> ([f32; OUTER], [f32; OUTER]) {
    let (mut least, mut greatest) = ([0.0; OUTER], [0.0; OUTER]);
    for half in 0..OUTER / EIGHT {
        let (mut gap, mut reach) = ([_mm256_setzero_ps(); 3], [_mm256_setzero_ps(); 3]);
        for axis in 0..3 {
            let bound = |bounds: &[AtomicU32; OUTER]| load(&bounds.as_chunks::<EIGHT>().0[half]);
            let at = _mm256_set1_ps(point[axis]);
            let below = _mm256_sub_ps(_mm256_castsi256_ps(bound(&boxes.low[axis])), at);
            let above = _mm256_sub_ps(at, _mm256_castsi256_ps(bound(&boxes.high[axis])));
            gap[axis] = _mm256_max_ps(_mm256_max_ps(below, above), _mm256_setzero_ps());
            reach[axis] = _mm256_min_ps(below, above);
        }
        let places = [&mut least, &mut greatest].map(|place| &mut place.as_chunks_mut::<EIGHT>().0[half]);
        for (place, ways) in places.into_iter().zip([gap, reach]) {
            // SAFETY: the array has room for eight floats.
            unsafe { _mm256_storeu_ps(place.as_mut_ptr(), sum_of_squares(ways)) };
        }
    }
    (least, greatest)
}

/// Numbers without a sign as floats. Both halves are exact, so only their sum is rounded, as the number would be.
#[inline]
#[target_feature(enable = "avx2")]
fn floats(numbers: __m256i) -> __m256 {
    let upper = _mm256_cvtepi32_ps(_mm256_srli_epi32::<16>(numbers));
    let lower = _mm256_cvtepi32_ps(_mm256_and_si256(numbers, _mm256_set1_epi32(0xffff)));
    _mm256_add_ps(_mm256_mul_ps(upper, _mm256_set1_ps(65_536.0)), lower)
}

narrow! {
    fn near_blocks(hot: &Hot, disc: &Disc, run: Range<u32>, found: &mut Vec<Found>) {
        portable::near_blocks_by(|boxes, point| distances(boxes, point), hot, disc, run, found);
    }

    fn matches(hot: &Hot, filter: &Filter, found: &[Found], masks: &mut [u64], doubtful: &mut Vec<u64>) -> Met {
        let before = |words: &Words, bound| firsts_before(&load_block(words), bound);
        filter.run(hot, found, masks, doubtful, |block, disc| lanes_in(hot, block, disc), before)
    }

    fn count_before(hot: &Hot, column: usize, bounds: &[u32], found: &[Found], masks: &[u64]) -> [u32; 4] {
        let mut counts = [0; 4];
        for (found, mask) in found.iter().zip(masks) {
            if *mask != 0 {
                let first = load_block(&hot.first[column][found.block as usize]);
                for (count, bound) in counts.iter_mut().zip(bounds) {
                    *count += (firsts_before(&first, *bound) & mask).count_ones();
                }
            }
        }
        counts
    }

    fn count(hot: &Hot, found: &[Found], masks: &[u64], sums: &mut [u32]) {
        portable::count(hot, found, masks, sums);
    }

    fn in_cells(hot: &Hot, column: usize, cells: &[Cell], block: u32, mask: u64) -> (u64, u64) {
        let first = load_block(&hot.first[column][block as usize]);
        Cell::decide(cells, &hot.days[block as usize].0[column], mask, |bound| firsts_before(&first, bound))
    }

    fn of_people(hot: &Hot, bits: &[u32], block: u32, mask: u64) -> u64 {
        portable::of_people(hot, bits, block, mask)
    }

    fn candidates(hot: &Hot, scoring: &Scoring, block: u32, mask: u64, candidates: &mut Candidates) -> u64 {
        let reference = _mm256_set1_epi32(scoring.reference.cast_signed());
        let (weight, earth) = (_mm256_set1_ps(METRES_PER_SECOND), _mm256_set1_ps(EARTH_METRES));
        let floor = _mm256_set1_epi32(scoring.floor.cast_signed());
        let cut = _mm256_set1_epi32(scoring.cut.cast_signed());
        let firsts = hot.first[scoring.column][block as usize].0.as_chunks::<EIGHT>().0;
        let (mut all, mut count) = (0, 0);
        for (eighth, first) in firsts.iter().enumerate() {
            let open = mask >> (EIGHT * eighth) & 0xff;
            if open == 0 {
                continue;
            }
            let waiting = floats(_mm256_sub_epi32(_mm256_max_epu32(load(first), reference), reference));
            let mut score = _mm256_cvttps_epi32(_mm256_mul_ps(waiting, weight));
            if let Some(point) = scoring.point {
                let root = _mm256_sqrt_ps(squares(&hot.axes[block as usize], eighth, point));
                score = _mm256_add_epi32(score, _mm256_cvttps_epi32(_mm256_mul_ps(root, earth)));
            }
            let not_above = _mm256_cmpeq_epi32(_mm256_min_epu32(score, cut), score);
            let not_below = _mm256_cmpeq_epi32(_mm256_max_epu32(score, floor), score);
            let mut wanted = signs(_mm256_and_si256(not_above, not_below)) & open;
            all |= wanted << (EIGHT * eighth);
            let mut scores = [0; EIGHT];
            // SAFETY: the array has room for eight words.
            unsafe { _mm256_storeu_si256(scores.as_mut_ptr().cast(), score) };
            while wanted != 0 {
                let seat = wanted.trailing_zeros() as usize;
                wanted &= wanted - 1;
                candidates[count] = pack(scores[seat], block * LANES as u32 + (EIGHT * eighth + seat) as u32);
                count += 1;
            }
        }
        all
    }
}
