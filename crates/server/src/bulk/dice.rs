//! Chance that follows from a seed: the same seed always makes the same world.

use rendez_vocab::Entropy;
use rendez_vocab::entropy::SeededEntropy;

/// A source of choices.
pub(crate) struct Dice(SeededEntropy);

impl Dice {
    /// Dice whose throws follow from the seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(SeededEntropy::new(seed))
    }

    /// For making ids.
    pub(crate) fn entropy(&self) -> &dyn Entropy {
        &self.0
    }

    /// A number below `count`; 0 when there is none.
    pub(crate) fn below(&self, count: usize) -> usize {
        let count = u64::try_from(count).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.0.next_u64() % count).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high.saturating_sub(low)).unwrap_or(0) + 1;
        low + i64::try_from(self.0.next_u64() % span).unwrap_or(0)
    }

    /// A number in `[0, 1)`.
    pub(crate) fn unit(&self) -> f64 {
        // 53 bits are what a float can tell apart.
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Yes in so many of a hundred cases.
    pub(crate) fn chance(&self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list that is not empty.
    pub(crate) fn pick<'a, T>(&self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// Mixes a list.
    pub(crate) fn shuffle<T>(&self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }
}

/// Draws with unequal chances.
pub(crate) struct Weights {
    sums: Vec<u64>,
}

impl Weights {
    /// The chances, in the order in which [`Weights::draw`] counts them.
    pub(crate) fn new(weights: impl Iterator<Item = u64>) -> Self {
        let sums = weights.scan(0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Self { sums: sums.collect() }
    }

    /// The index of one of the weights.
    pub(crate) fn draw(&self, dice: &Dice) -> usize {
        let total = self.sums.last().copied().unwrap_or(0);
        let thrown = u64::try_from(dice.below(usize::try_from(total).unwrap_or(usize::MAX))).unwrap_or(0);
        self.sums.partition_point(|sum| *sum <= thrown).min(self.sums.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_follow_the_weights() {
        let dice = Dice::new(1);
        let weights = Weights::new([0, 1, 9].into_iter());
        let mut drawn = [0; 3];
        for _ in 0..1000 {
            drawn[weights.draw(&dice)] += 1;
        }
        assert_eq!(drawn[0], 0);
        assert!((50..200).contains(&drawn[1]), "{drawn:?}");
    }

    #[test]
    fn bounds_are_inside() {
        let dice = Dice::new(2);
        let thrown: Vec<i64> = (0..200).map(|_| dice.between(-1, 1)).collect();
        assert!(thrown.iter().all(|number| (-1..=1).contains(number)));
        assert!(thrown.contains(&-1) && thrown.contains(&1));
        assert!((0..200).all(|_| (0.0..1.0).contains(&dice.unit())));
    }
}
