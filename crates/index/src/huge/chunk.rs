//! Words in whole large pages.

use std::ops::Deref;
#[cfg(target_os = "linux")]
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

/// A large page, in bytes.
#[cfg(target_os = "linux")]
const PAGE: usize = 2 << 20;

/// Words that are nought at first, in whole large pages if they are many: with pages of the usual size at either end, a
/// quarter of 8 MB would have none. What nobody has written takes no room.
pub(crate) enum Chunk {
    /// Few.
    Few(Box<[AtomicU64]>),
    /// Many.
    #[cfg(target_os = "linux")]
    Many(Mapped),
}

impl Chunk {
    /// So many.
    pub(crate) fn zeroed(words: usize) -> Self {
        #[cfg(target_os = "linux")]
        if words >= PAGE / size_of::<AtomicU64>()
            && let Some(mapped) = Mapped::new(words)
        {
            return Self::Many(mapped);
        }
        Self::Few((0..words).map(|_| AtomicU64::new(0)).collect())
    }
}

impl Deref for Chunk {
    type Target = [AtomicU64];

    #[inline]
    fn deref(&self) -> &[AtomicU64] {
        match self {
            Self::Few(words) => words,
            #[cfg(target_os = "linux")]
            Self::Many(mapped) => mapped.words(),
        }
    }
}

/// Memory straight from the system: an allocator would write to what it has used before, and so to what lies before the
/// first whole page.
#[cfg(target_os = "linux")]
pub(crate) struct Mapped {
    start: NonNull<libc::c_void>,
    bytes: usize,
    words: NonNull<[AtomicU64]>,
}

// SAFETY: it is its owner's alone, and of it only shared words are handed out that any thread may change.
#[cfg(target_os = "linux")]
unsafe impl Send for Mapped {}
// SAFETY: likewise.
#[cfg(target_os = "linux")]
unsafe impl Sync for Mapped {}

#[cfg(target_os = "linux")]
impl Mapped {
    /// So many words from the beginning of a large page on; none if the system has no memory.
    fn new(words: usize) -> Option<Self> {
        let bytes = words.checked_mul(size_of::<AtomicU64>())?.checked_add(PAGE)?;
        let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        // SAFETY: a fresh mapping touches nothing that is there.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), bytes, access, kind, -1, 0) };
        let start = NonNull::new(start).filter(|start| start.as_ptr() != libc::MAP_FAILED)?;
        let skipped = start.align_offset(PAGE).min(PAGE);
        // SAFETY: so far and so many words beyond are within the mapping, by its size.
        let first = unsafe { start.byte_add(skipped) }.cast::<AtomicU64>();
        // SAFETY: only advice, on whole pages of the mapping.
        unsafe { libc::madvise(first.as_ptr().cast(), bytes - PAGE, libc::MADV_HUGEPAGE) };
        Some(Self { start, bytes, words: NonNull::slice_from_raw_parts(first, words) })
    }

    #[inline]
    fn words(&self) -> &[AtomicU64] {
        // SAFETY: they lie in the mapping, which lives as long as this, and the system makes them nought at first.
        unsafe { self.words.as_ref() }
    }
}

#[cfg(target_os = "linux")]
impl Drop for Mapped {
    fn drop(&mut self) {
        // SAFETY: the whole of what was mapped, of which nothing is borrowed any more.
        unsafe { libc::munmap(self.start.as_ptr(), self.bytes) };
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::sync::atomic::Ordering;

    use super::*;

    #[test]
    fn chunks_are_nought_and_large_ones_begin_with_a_page() {
        for words in [0, 10, PAGE / 8 - 1, PAGE / 8, 1 << 20] {
            let chunk = Chunk::zeroed(words);
            assert!(chunk.len() == words && chunk.iter().all(|word| word.load(Ordering::Relaxed) == 0));
            assert!(words * 8 < PAGE || chunk.as_ptr().addr().is_multiple_of(PAGE));
        }
    }
}
