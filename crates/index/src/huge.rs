//! Large memory in large pages: a search reads a few words each in many places, and looking up small pages would cost as
//! much as the reading.
//!
//! It is only advice to the system; nothing else changes if it is not taken.
#![allow(unsafe_code)]

use std::ops::{Deref, Range};
use std::sync::atomic::AtomicU64;

/// Less than this is left as it is. What is a little more lies beside other memory that is advised, and shares pages.
const LARGE: usize = 512 << 10;

/// Room for so many of something, in large pages if that is much.
pub(crate) fn reserved<T>(count: usize) -> Vec<T> {
    let mut vector = Vec::with_capacity(count);
    advise(vector.spare_capacity_mut());
    vector
}

/// So many of something, in large pages if that is much.
pub(crate) fn filled<T>(count: usize, make: impl FnMut() -> T) -> Vec<T> {
    let mut vector = reserved(count);
    vector.extend(std::iter::repeat_with(make).take(count));
    vector
}

/// A large page, in bytes.
const PAGE: usize = 2 << 20;

/// Words that are nought at first, in whole large pages if they are many: with pages of the usual size at either end, a
/// quarter of 8 MB would have none. Memory that nobody has written takes no room.
pub(crate) struct Chunk {
    memory: Box<[AtomicU64]>,
    words: Range<usize>,
}

impl Chunk {
    /// So many.
    pub(crate) fn zeroed(words: usize) -> Self {
        const IN_PAGE: usize = PAGE / size_of::<AtomicU64>();
        let spare = if words < IN_PAGE { 0 } else { IN_PAGE };
        // SAFETY: words all of whose bits are nought are words.
        let mut memory: Box<[AtomicU64]> = unsafe { Box::new_zeroed_slice(words + spare).assume_init() };
        let from = if spare == 0 { 0 } else { memory.as_ptr().align_offset(PAGE).min(spare) };
        let words = from..from + words;
        advise(memory.get_mut(words.clone()).unwrap_or_default());
        Self { memory, words }
    }
}

impl Deref for Chunk {
    type Target = [AtomicU64];

    #[inline]
    fn deref(&self) -> &[AtomicU64] {
        self.memory.get(self.words.clone()).unwrap_or(&[])
    }
}

#[cfg(target_os = "linux")]
fn advise<T>(memory: &mut [T]) {
    const PAGE: usize = 4096;
    let (start, bytes) = (memory.as_mut_ptr() as usize, size_of_val(memory));
    // Up to the ends of its pages, so that nothing lies between it and its neighbours.
    let (from, until) = (start / PAGE * PAGE, (start + bytes).next_multiple_of(PAGE));
    if bytes >= LARGE {
        // SAFETY: memory that is borrowed here lies on each of the pages, so they are there, and the advice changes no byte
        // of them, whosever it is. An error means that the system has no such pages, which is as good.
        unsafe { libc::madvise(from as *mut libc::c_void, until - from, libc::MADV_HUGEPAGE) };
    }
}

#[cfg(not(target_os = "linux"))]
fn advise<T>(_memory: &mut [T]) {}

/// Asks for a line of memory that will soon be read, without waiting for it.
#[inline]
pub(crate) fn fetch<T>(_place: &T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: it is only advice too: nothing is read or written, whatever the address is.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(
            std::ptr::from_ref(_place).cast(),
        );
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use super::{Chunk, PAGE, filled};

    #[test]
    fn chunks_are_nought_and_large_ones_begin_with_a_page() {
        for words in [0, 10, PAGE / 8 - 1, PAGE / 8, 1 << 20] {
            let chunk = Chunk::zeroed(words);
            assert!(chunk.len() == words && chunk.iter().all(|word| word.load(Ordering::Relaxed) == 0));
            assert!(words * 8 < PAGE || chunk.as_ptr().addr().is_multiple_of(PAGE));
        }
    }

    #[test]
    fn memory_is_filled_however_much_it_is() {
        for count in [0, 10, 3 << 20] {
            let vector = filled(count, || 7_u64);
            assert!(vector.len() == count && vector.iter().all(|number| *number == 7));
        }
    }
}
