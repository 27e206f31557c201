//! How often a second node may be asked: seldom, so that nodes that are slow because they are busy do not get twice the work.

use std::sync::atomic::{AtomicU32, Ordering};

/// What one second question costs; each first one brings one.
const PRICE: u32 = 10;
/// What can be saved.
const MOST: u32 = 100;

/// One second question for ten first ones, and ten saved up.
#[derive(Debug)]
pub(super) struct Budget {
    tokens: AtomicU32,
}

impl Budget {
    /// With everything that can be saved.
    pub(super) fn full() -> Self {
        Self { tokens: AtomicU32::new(MOST) }
    }

    /// A first question was asked.
    pub(super) fn earn(&self) {
        let more = |tokens: u32| (tokens < MOST).then_some(tokens + 1);
        // Full is as good as more.
        let _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    /// Whether a second one may be asked now.
    pub(super) fn spend(&self) -> bool {
        let less = |tokens: u32| tokens.checked_sub(PRICE);
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_the_questions_may_be_asked_twice() {
        let budget = Budget::full();
        let asked_twice = (0..1_000)
            .filter(|_| {
                budget.earn();
                budget.spend()
            })
            .count();
        assert!((100..=110).contains(&asked_twice), "{asked_twice}");
        for _ in 0..1_000 {
            budget.earn();
        }
        assert_eq!((0..1_000).filter(|_| budget.spend()).count(), 10, "no more than ten are saved up");
    }
}
