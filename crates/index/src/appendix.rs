//! A list that only grows: one writer adds at its end while readers hold what is in it.
//!
//! Invariant: what was added never moves and never changes. It does not know what it holds.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::huge;

/// The first segment's length; each further one doubles the whole.
const FIRST: usize = 32;
const SEGMENTS: usize = 32;

type Segment<T> = OnceLock<Box<[OnceLock<T>]>>;

/// The list.
pub(crate) struct Appendix<T> {
    segments: [Segment<T>; SEGMENTS],
    len: AtomicUsize,
}

impl<T> Default for Appendix<T> {
    fn default() -> Self {
        Self { segments: [const { OnceLock::new() }; SEGMENTS], len: AtomicUsize::new(0) }
    }
}

impl<T> Appendix<T> {
    /// How many are in it.
    pub(crate) fn len(&self) -> usize {
        self.len.load(Ordering::Acquire)
    }

    /// One of them.
    pub(crate) fn get(&self, index: usize) -> Option<&T> {
        let (segment, offset) = locate(index);
        self.segments.get(segment)?.get()?.get(offset)?.get()
    }

    /// Asks memory for one of them.
    pub(crate) fn fetch(&self, index: usize) {
        let (segment, offset) = locate(index);
        let slot = self.segments.get(segment).and_then(OnceLock::get).and_then(|slots| slots.get(offset));
        slot.into_iter().for_each(huge::fetch);
    }

    /// Adds one and says at which index it is. Two at the same time are for the caller to prevent.
    pub(crate) fn push(&self, value: T) -> usize {
        let index = self.len.load(Ordering::Relaxed);
        let (segment, offset) = locate(index);
        if let Some(segment) = self.segments.get(segment) {
            let slots = segment.get_or_init(|| (0..length(index)).map(|_| OnceLock::new()).collect());
            if let Some(slot) = slots.get(offset) {
                let _ = slot.set(value);
            }
        }
        self.len.store(index + 1, Ordering::Release);
        index
    }

    /// All of them in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// Memory of the list itself.
    pub(crate) fn bytes(&self) -> usize {
        let slots: usize = self.segments.iter().filter_map(OnceLock::get).map(|slots| slots.len()).sum();
        slots * size_of::<OnceLock<T>>()
    }
}

/// In which segment an index is, and where in it.
fn locate(index: usize) -> (usize, usize) {
    let block = index / FIRST;
    if block == 0 {
        return (0, index);
    }
    let segment = block.ilog2() as usize + 1;
    (segment, index - (FIRST << (segment - 1)))
}

/// The length of the segment that an index is in.
fn length(index: usize) -> usize {
    match locate(index).0 {
        0 => FIRST,
        segment => FIRST << (segment - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_found_where_it_was_put() {
        let list = Appendix::default();
        for number in 0..5_000_usize {
            assert_eq!(list.push(number * 3), number);
        }
        assert_eq!(list.len(), 5_000);
        assert!((0..5_000).all(|number| list.get(number) == Some(&(number * 3))));
        assert_eq!(list.get(5_000), None);
        assert_eq!(list.iter().count(), 5_000);
    }

    #[test]
    fn a_reader_sees_whole_values_while_a_writer_adds() {
        let list = Appendix::default();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for number in 0..20_000_usize {
                    list.push(Box::new(number));
                }
            });
            scope.spawn(|| {
                while list.len() < 20_000 {
                    let last = list.len().saturating_sub(1);
                    assert!(list.get(last).is_none_or(|value| **value == last));
                }
            });
        });
    }
}
