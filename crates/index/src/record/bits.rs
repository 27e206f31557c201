//! The bits of a record: which starts are free, which closed.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use super::{CLOSED, Record, Run};

/// `length` ones, at most 64.
#[inline]
pub(super) fn ones(length: u32) -> u64 {
    if length == 0 { 0 } else { u64::MAX >> (64 - length.min(64)) }
}

impl Record<'_> {
    /// Up to 64 bits of a table.
    #[inline]
    fn bits(&self, table: usize, at: usize, length: u32) -> u64 {
        let (word, shift) = (table + at / 64, (at % 64) as u32);
        // The next word is read even if it is not needed: whether it is cannot be foretold.
        let bits = self.word(word) >> shift | self.word(word + 1) << 1 << (63 - shift);
        bits & ones(length)
    }

    /// Which of the starts from `first` on, at most 64, are free.
    #[inline]
    pub(crate) fn free(&self, run: &Run, first: u32, length: u32) -> u64 {
        self.bits(self.free_at, run.at as usize + first as usize, length)
    }

    /// Whether any start is closed.
    pub(crate) fn has_closed(&self) -> bool {
        self.flags & CLOSED != 0
    }

    /// Which of the starts from `first` on, at most 64, are closed.
    pub(crate) fn closed(&self, run: &Run, first: u32, length: u32) -> u64 {
        if !self.has_closed() {
            return 0;
        }
        self.bits(self.free_at + self.bits.div_ceil(64), run.at as usize + first as usize, length)
    }

    /// Says which of up to 64 starts from `first` on are free. For the one writer.
    pub(super) fn set_free(&self, run: &Run, first: u32, length: u32, free: u64) {
        let at = run.at as usize + first as usize;
        let (word, shift) = (self.free_at + at / 64, (at % 64) as u32);
        let store = |word: usize, mask: u64, bits: u64| {
            if let Some(word) = self.words.get(word) {
                let old = word.load(Ordering::Relaxed);
                word.store(old & !mask | bits & mask, Ordering::Release);
            }
        };
        store(word, ones(length) << shift, free << shift);
        if shift + length > 64 {
            store(word + 1, ones(length) >> (64 - shift), free >> (64 - shift));
        }
    }

    /// The numbers of the free starts in `first..last` of a run.
    #[inline]
    pub(super) fn each_free(
        &self,
        run: &Run,
        first: u32,
        last: u32,
        mut each: impl FnMut(u32) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut at = first;
        while at < last {
            let length = (last - at).min(64);
            let mut bits = self.free(run, at, length);
            while bits != 0 {
                each(at + bits.trailing_zeros())?;
                bits &= bits - 1;
            }
            at += length;
        }
        ControlFlow::Continue(())
    }

    /// Whether any start in `first..last` of a run is free.
    #[inline]
    pub(super) fn any_free(&self, run: &Run, first: u32, last: u32) -> bool {
        let mut at = first;
        while at < last {
            let length = (last - at).min(64);
            if self.free(run, at, length) != 0 {
                return true;
            }
            at += length;
        }
        false
    }
}
