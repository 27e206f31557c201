//! Large memory in large pages: a search reads a few words each in many places, and looking up small pages would cost as
//! much as the reading.
//!
//! It is only advice to the system; nothing else changes if it is not taken.
#![allow(unsafe_code)]

mod chunk;

pub(crate) use chunk::Chunk;

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
    use super::filled;

    #[test]
    fn memory_is_filled_however_much_it_is() {
        for count in [0, 10, 3 << 20] {
            let vector = filled(count, || 7_u64);
            assert!(vector.len() == count && vector.iter().all(|number| *number == 7));
        }
    }
}
