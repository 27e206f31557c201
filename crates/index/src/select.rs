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
    pub(crate) fn push(&mut self, score: u32, lane: u32) {
        self.kept.push(pack(score, lane));
    }

    /// Whether it is time to [`Select::clear_out`].
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.kept.len() >= self.wanted * ROOM
    }

    /// Throws away what cannot be among the best. `tie` orders lanes of equal scores; it is only asked when there are many.
    pub(crate) fn clear_out<K: Ord>(&mut self, tie: impl Fn(u32) -> K) {
        if self.kept.len() <= self.wanted {
            return;
        }
        let (_, last, _) = self.kept.select_nth_unstable(self.wanted - 1);
        self.cut = unpack(*last).0;
        let cut = self.cut;
        self.kept.retain(|candidate| unpack(*candidate).0 <= cut);
        if self.kept.len() > self.wanted * ROOM / 2 {
            self.order(tie);
            self.kept.truncate(self.wanted);
        }
    }

    fn order<K: Ord>(&mut self, tie: impl Fn(u32) -> K) {
        self.kept.sort_unstable();
        // Only runs of equal scores need the order of ties.
        for run in self.kept.chunk_by_mut(|a, b| unpack(*a).0 == unpack(*b).0).filter(|run| run.len() > 1) {
            run.sort_by_cached_key(|candidate| tie(unpack(*candidate).1));
        }
    }

    /// The best, in order.
    pub(crate) fn finish<K: Ord>(&mut self, tie: impl Fn(u32) -> K) -> &[u64] {
        self.clear_out(&tie);
        self.order(tie);
        self.kept.truncate(self.wanted);
        &self.kept
    }

    /// The best, as they were when finished.
    pub(crate) fn best(&self) -> &[u64] {
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
                    select.push(*score, *lane);
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
