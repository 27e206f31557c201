//! Ranges of instants. Wall-clock times and zones are jiff's (`civil::Time`, `TimeZone`): three kinds of time, three types.

use jiff::{SignedDuration, Timestamp};

/// A half-open range of instants `[start, end)` that is never empty and never reversed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimeRange {
    start: Timestamp,
    end: Timestamp,
}

/// The range would be empty or reversed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the end must come after the start")]
pub struct EmptyRange;

impl TimeRange {
    /// A range, or the reason why not.
    pub fn new(start: Timestamp, end: Timestamp) -> Result<Self, EmptyRange> {
        if start < end { Ok(Self { start, end }) } else { Err(EmptyRange) }
    }

    /// The first instant inside.
    pub const fn start(self) -> Timestamp {
        self.start
    }

    /// The first instant after.
    pub const fn end(self) -> Timestamp {
        self.end
    }

    /// How long it lasts.
    pub fn duration(self) -> SignedDuration {
        self.end.duration_since(self.start)
    }

    /// Whether the two have an instant in common. Ranges that only touch do not overlap.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether all of `other` lies inside.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the instant lies inside.
    pub fn contains_instant(self, instant: Timestamp) -> bool {
        self.start <= instant && instant < self.end
    }

    /// What the two have in common.
    pub fn intersection(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end)).ok()
    }

    /// What is left of this range without `taken`, in order. `taken` may be unsorted and may overlap itself.
    pub fn minus(self, taken: &[Self]) -> Vec<Self> {
        let mut taken: Vec<Self> = taken.iter().copied().filter(|other| other.overlaps(self)).collect();
        taken.sort_unstable();
        let mut free = Vec::with_capacity(taken.len() + 1);
        let mut from = self.start;
        for other in taken {
            if let Ok(gap) = Self::new(from, other.start) {
                free.push(gap);
            }
            from = from.max(other.end);
        }
        if let Ok(rest) = Self::new(from, self.end) {
            free.push(rest);
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: i64, end: i64) -> TimeRange {
        let at = |second| Timestamp::from_second(second).expect("a small number");
        TimeRange::new(at(start), at(end)).expect("a literal range")
    }

    #[test]
    fn touching_ranges_do_not_overlap() {
        assert!(!range(0, 10).overlaps(range(10, 20)));
        assert!(range(0, 11).overlaps(range(10, 20)));
    }

    #[test]
    fn minus_leaves_the_gaps() {
        assert_eq!(
            range(0, 100).minus(&[range(50, 60), range(-5, 10), range(55, 70), range(90, 200)]),
            [range(10, 50), range(70, 90)]
        );
        assert_eq!(range(0, 10).minus(&[]), [range(0, 10)]);
        assert_eq!(range(0, 10).minus(&[range(-1, 11)]), []);
    }
}
