//! The best few of many: candidates are gathered, and now and then all but the best are thrown away.
//!
//! Invariant: whatever order they come in, at the end the best `wanted` by (score, order of ties) are there. It does not
//! know what scores mean.

/// Candidates kept before the first clearing out, for each that is wanted.
const ROOM: usize = 6;

/// The best candidates so far; a buffer to use again.
#[derive(Debug, Default)]
pub(crate) struct Select {
    /// The score in the upper half, the lane in the lower.
    kept: Vec<u64>,
    /// The scores by themselves, for a moment.
    scores: Vec<u32>,
    wanted: usize,
    cut: u32,
}

/// Score and lane of a candidate.
pub(crate) fn unpack(candidate: u64) -> (u32, u32) {
    ((candidate >> 32) as u32, candidate as u32)
}

/// A candidate.
pub(crate) fn pack(score: u32, lane: u32) -> u64 {
    u64::from(score) << 32 | u64::from(lane)
}

impl Select {
    /// Begins anew; `wanted` is at least 1.
    pub(crate) fn begin(&mut self, wanted: usize) {
        self.kept.clear();
        self.wanted = wanted;
        self.cut = u32::MAX;
    }

    /// No candidate with a higher score can be among the best.
    #[inline]
    pub(crate) fn cut(&self) -> u32 {
        self.cut
    }

    /// Adds one that is not above the cut.
    #[inline]
    pub(crate) fn push(&mut self, candidate: u64) {
        self.kept.push(candidate);
    }

    /// Adds some that are not above the cut.
    #[inline]
    pub(crate) fn extend(&mut self, candidates: &[u64]) {
        self.kept.extend_from_slice(candidates);
    }

    /// Whether it is time to [`Select::clear_out`].
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.kept.len() >= self.wanted * ROOM
    }

    /// Takes one out, if it is there.
    pub(crate) fn remove(&mut self, candidate: u64) {
        if let Some(at) = self.kept.iter().position(|kept| *kept == candidate) {
            self.kept.swap_remove(at);
        }
    }

    /// Throws away what cannot be among the best. `tie` orders lanes of equal scores; it is only asked when there are many.
    pub(crate) fn clear_out<K: Ord>(&mut self, tie: impl Fn(u32) -> K) {
        if self.kept.len() <= self.wanted {
            return;
        }
        self.cut = self.cut.min(self.enough());
        let mut kept = 0;
        // Without a branch, because none could be foreseen.
        for at in 0..self.kept.len() {
            let candidate = self.kept[at];
            self.kept[kept] = candidate;
            kept += usize::from(unpack(candidate).0 <= self.cut);
        }
        self.kept.truncate(kept);
        if kept > self.wanted * ROOM / 2 {
            self.order(tie);
            self.kept.truncate(self.wanted);
        }
    }

    /// A score that as many as are wanted do not exceed, and mostly not many more: halving the range of scores until a few
    /// too many are left takes fewer steps than finding the very last.
    fn enough(&mut self) -> u32 {
        self.scores.clear();
        self.scores.extend(self.kept.iter().map(|candidate| unpack(*candidate).0));
        let (mut low, mut high) =
            self.scores.iter().fold((u32::MAX, 0), |(low, high), score| (low.min(*score), high.max(*score)));
        while low < high {
            let middle = low + (high - low) / 2;
            let count = self.scores.iter().map(|score| u32::from(*score <= middle)).sum::<u32>() as usize;
            if count < self.wanted {
                low = middle + 1;
            } else {
                high = middle;
                if count <= self.wanted + self.wanted / 4 {
                    break;
                }
            }
        }
        high
    }

    fn order<K: Ord>(&mut self, tie: impl Fn(u32) -> K) {
        self.kept.sort_unstable();
        // Only runs of equal scores need the order of ties.
        for run in self.kept.chunk_by_mut(|a, b| unpack(*a).0 == unpack(*b).0).filter(|run| run.len() > 1) {
            run.sort_unstable_by_key(|candidate| tie(unpack(*candidate).1));
        }
    }

    /// The best, in order.
    pub(crate) fn finish<K: Ord>(&mut self, tie: impl Fn(u32) -> K) -> &[u64] {
        self.clear_out(&tie);
        self.order(tie);
        self.kept.truncate(self.wanted);
        &self.kept
    }

    /// The candidates; when finished, the best in order.
    pub(crate) fn kept(&self) -> &[u64] {
        &self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_best_stay_whatever_the_order(
            scores in prop::collection::vec(0_u32..40, 0..600), wanted in 1_usize..30,
        ) {
            // Ties go to the lane with the larger number.
            let mut all: Vec<(u32, u32)> = scores.iter().zip(0..).map(|(score, lane)| (*score, lane)).collect();
            let mut select = Select::default();
            select.begin(wanted);
            for (score, lane) in &all {
                if *score <= select.cut() {
                    select.push(pack(*score, *lane));
                }
                if select.is_full() {
                    select.clear_out(|lane| u32::MAX - lane);
                }
            }
            all.sort_by_key(|(score, lane)| (*score, u32::MAX - lane));
            all.truncate(wanted);
            let best: Vec<_> = select.finish(|lane| u32::MAX - lane).iter().map(|c| unpack(*c)).collect();
            prop_assert_eq!(best, all);
        }
    }
}
