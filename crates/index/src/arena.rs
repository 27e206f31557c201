//! Memory for records: chunks of atomic words to which records are appended.
//!
//! Invariants: a record lies in one chunk and never moves; its first word holds how many words it has. A record that is
//! no longer used is garbage until a rebuild copies the others. It does not know what the other words mean.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::appendix::Appendix;
use crate::huge::{self, Chunk};

/// Words of a chunk are counted in so many bits of a record's number, chunks in the rest.
pub(crate) const OFFSET_BITS: u32 = 20;
/// The longest usual chunk: 8 MB.
pub(crate) const CHUNK: usize = 1 << OFFSET_BITS;
/// The first chunk: small, so that a small index stays small.
const FIRST_CHUNK: usize = 1 << 13;
/// No record.
pub(crate) const NO_RECORD: u32 = u32::MAX;

/// The chunks.
#[derive(Default)]
pub(crate) struct Arena {
    chunks: Appendix<Chunk>,
    /// How much of the last chunk is in use.
    used: AtomicUsize,
    garbage: AtomicUsize,
}

impl Arena {
    /// The words of a record; nothing for a number that is none.
    #[inline]
    pub(crate) fn words(&self, record: u32) -> &[AtomicU64] {
        let rest = self.rest(record);
        let capacity = rest.first().map_or(0, capacity);
        rest.get(..capacity).unwrap_or(&[])
    }

    /// Fetches the beginning of a record into the cache.
    #[inline]
    pub(crate) fn fetch(&self, record: u32) {
        // The head and the first visit types; a line of memory holds eight words.
        self.rest(record).iter().step_by(8).take(3).for_each(huge::fetch);
    }

    fn rest(&self, record: u32) -> &[AtomicU64] {
        let chunk = self.chunks.get((record >> OFFSET_BITS) as usize).map_or(&[][..], |chunk| chunk);
        chunk.get(record as usize & (CHUNK - 1)..).unwrap_or(&[])
    }

    /// Appends a record with some room to grow. Two at the same time are for the caller to prevent.
    pub(crate) fn append(&self, words: &[AtomicU64]) -> u32 {
        self.append_into(words, roomy(words.len()))
    }

    fn append_into(&self, words: &[AtomicU64], capacity: usize) -> u32 {
        let (record, place) = self.reserve(capacity);
        for (to, from) in place.iter().zip(words).skip(1) {
            to.store(from.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        if let Some(head) = place.first() {
            head.store(capacity as u64, Ordering::Release);
        }
        record
    }

    fn reserve(&self, capacity: usize) -> (u32, &[AtomicU64]) {
        let used = self.used.load(Ordering::Relaxed);
        let last = self.chunks.len().checked_sub(1);
        let length = last.and_then(|last| self.chunks.get(last)).map_or(0, |chunk| chunk.len());
        let (chunk, offset) = match last {
            Some(last) if used + capacity <= length => (last, used),
            _ => {
                let next = (length * 2).clamp(FIRST_CHUNK, CHUNK).max(capacity);
                (self.chunks.push(Chunk::zeroed(next)), 0)
            }
        };
        self.used.store(offset + capacity, Ordering::Relaxed);
        let record = ((chunk as u32) << OFFSET_BITS) | offset as u32;
        (record, self.rest(record).get(..capacity).unwrap_or(&[]))
    }

    /// How many chunks there are.
    pub(crate) fn chunks(&self) -> usize {
        self.chunks.len()
    }

    /// Adds a chunk with records in so many of its words. Two at the same time are for the caller to prevent.
    pub(crate) fn add_chunk(&self, chunk: Chunk, used: usize) {
        self.used.store(used, Ordering::Relaxed);
        self.chunks.push(chunk);
    }

    /// Notes that a record is used no longer.
    pub(crate) fn drop_record(&self, record: u32) {
        self.garbage.fetch_add(self.words(record).len(), Ordering::Relaxed);
    }

    /// Bytes that are used no longer.
    pub(crate) fn garbage_bytes(&self) -> usize {
        self.garbage.load(Ordering::Relaxed) * 8
    }

    /// Memory that is held.
    pub(crate) fn bytes(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.len() * 8).sum::<usize>() + self.chunks.bytes()
    }
}

/// How many words a record has room for, by its first word.
pub(crate) fn capacity(head: &AtomicU64) -> usize {
    (head.load(Ordering::Acquire) & 0xffff_ffff) as usize
}

/// A little more than is needed, in whole cache lines: tomorrow's record of the same practitioner mostly fits.
pub(crate) fn roomy(words: usize) -> usize {
    (words + words / 32).next_multiple_of(8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(words: usize, fill: u64) -> Vec<AtomicU64> {
        (0..words).map(|word| AtomicU64::new(if word == 0 { words as u64 } else { fill })).collect()
    }

    #[test]
    fn records_of_all_sizes_come_back_whole() {
        let arena = Arena::default();
        let sizes = [3_usize, 150, 9_000, 1_200_000, 40, 1 << 20, 7];
        let numbers: Vec<u32> =
            sizes.iter().enumerate().map(|(n, size)| arena.append(&record(*size, n as u64 + 1))).collect();
        for (n, (size, number)) in sizes.iter().zip(&numbers).enumerate() {
            let words = arena.words(*number);
            assert!(words.len() >= *size && words.len() <= roomy(*size));
            assert!(words[1..*size].iter().all(|word| word.load(Ordering::Relaxed) == n as u64 + 1));
        }
        assert!(arena.words(NO_RECORD).is_empty());
        arena.drop_record(numbers[0]);
        assert_eq!(arena.garbage_bytes(), 64);
    }

    #[test]
    fn a_small_arena_is_small() {
        let arena = Arena::default();
        arena.append(&record(100, 1));
        assert!(arena.bytes() < 100_000);
    }
}
