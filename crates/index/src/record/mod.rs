//! A record: one place of a practitioner in a few hundred atomic words: visit types, shifts, and a bit for each start.
//!
//! Layout: head ([`HEAD`] words), visit types (5 words each), classes of shifts (2), shifts (1, or 2 in a wide record),
//! free bits, closed bits (if any start is closed). Of each shift, for each visit type that it admits, in order, there is
//! one bit for each start of the grid.
//!
//! Invariants: every read is of one atomic word and none can fail, whatever the words are: a record that is being
//! overwritten gives nonsense, not panics, and [`Record::version`] tells. It does not know notice, horizon or the present.

mod bits;
pub(crate) mod change;
mod drawer;
pub(crate) mod pack;
pub(crate) mod read;
mod shifts;
#[cfg(test)]
mod tests;
pub(crate) mod times;
mod upcoming;

use std::sync::atomic::{AtomicU64, Ordering};

use rendez_vocab::ids::{LocationId, PractitionerId, VisitTypeId};
use uuid::Uuid;

use crate::hot::{Aim, COLUMNS, THRESHOLDS};
use crate::moment::ZoneNo;
use crate::profile::VisitType;

pub(crate) use read::Wish;
pub(crate) use shifts::{Planner, Run, Stretch};

/// Words of the head.
const HEAD: usize = 11;
const TYPE_WORDS: usize = 5;
const CLASS_WORDS: usize = 2;

/// The profile says that it sees patients at a distance.
const TELEHEALTH: u64 = 1;
/// Shifts take two words.
const WIDE: u64 = 2;
/// There are closed bits.
const CLOSED: u64 = 4;
/// Some shifts overlap.
const OVERLAPS: u64 = 8;
/// It has a position.
const POSITION: u64 = 16;

/// No visit type.
const NO_TYPE: u8 = u8::MAX;

/// The visit type that each column speaks of; no column speaks of one that is too short.
pub(crate) type Columns = [Option<usize>; COLUMNS];

/// A record to read, and for the one writer to change.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a> {
    words: &'a [AtomicU64],
    flags: u64,
    epoch: u32,
    types: usize,
    shifts: usize,
    classes_at: usize,
    shifts_at: usize,
    free_at: usize,
    bits: usize,
}

impl<'a> Record<'a> {
    /// The record in these words.
    #[inline]
    pub(crate) fn new(words: &'a [AtomicU64]) -> Self {
        let word = |at: usize| words.get(at).map_or(0, |word| word.load(Ordering::Relaxed));
        let counts = word(3);
        let flags = counts >> 56;
        let types = (counts >> 48 & 0xff).min(64) as usize;
        let shifts = (counts & 0xffff_ffff) as usize;
        let classes_at = HEAD + types * TYPE_WORDS;
        let shifts_at = classes_at + (counts >> 32 & 0xffff) as usize * CLASS_WORDS;
        Self {
            words,
            flags,
            epoch: word(1) as u32,
            types,
            shifts: shifts.min(words.len()),
            classes_at,
            shifts_at,
            free_at: shifts_at + shifts * if flags & WIDE != 0 { 2 } else { 1 },
            bits: (word(4) & 0xffff_ffff) as usize,
        }
    }

    #[inline]
    fn word(&self, at: usize) -> u64 {
        self.words.get(at).map_or(0, |word| word.load(Ordering::Relaxed))
    }

    /// All of its words, with those that are spare.
    pub(crate) fn words(&self) -> &'a [AtomicU64] {
        self.words
    }

    /// Those in use.
    pub(crate) fn used(&self) -> &'a [AtomicU64] {
        self.words.get(..self.len()).unwrap_or(self.words)
    }

    /// How many words are in use.
    pub(crate) fn len(&self) -> usize {
        let bit_words = self.bits.div_ceil(64);
        self.free_at + bit_words + if self.flags & CLOSED != 0 { bit_words } else { 0 }
    }

    /// Which of the practitioner's places it is.
    pub(crate) fn place_no(&self) -> u8 {
        self.word(2) as u8
    }

    /// Its clock.
    #[inline]
    pub(crate) fn zone(&self) -> ZoneNo {
        (self.word(2) >> 8) as u8
    }

    /// The visit type that searches look at which aim at nothing in particular.
    #[inline]
    pub(crate) fn column(&self, column: usize) -> Option<usize> {
        let number = (self.word(2) >> (16 + 8 * column)) as u8;
        (number != NO_TYPE).then_some(usize::from(number % 64))
    }

    /// For each column the visit type that searches with such an aim look at.
    pub(crate) fn columns(&self, aim: Aim) -> Columns {
        std::array::from_fn(|column| {
            if aim == Aim::ANYTHING {
                return self.column(column);
            }
            self.choose(&Wish {
                visit_minutes: Some(THRESHOLDS[column]),
                telehealth: aim.telehealth(),
                new_patients: aim.new_patients(),
            })
        })
    }

    /// Whose it is: here too, so that a hit need not look at one more place in memory.
    #[inline]
    pub(crate) fn practitioner(&self) -> PractitionerId {
        PractitionerId::from_uuid(Uuid::from_u64_pair(self.word(9), self.word(10)))
    }

    /// Which place it is.
    pub(crate) fn location(&self) -> LocationId {
        LocationId::from_uuid(Uuid::from_u64_pair(self.word(5), self.word(6)))
    }

    /// Where it is, on the unit sphere.
    pub(crate) fn position(&self) -> Option<[f32; 3]> {
        let (xy, z) = (self.word(7), self.word(8));
        let whole = [xy as u32, (xy >> 32) as u32, z as u32].map(f32::from_bits);
        (self.flags & POSITION != 0).then_some(whole)
    }

    /// Whether the practitioner says that they see patients at a distance.
    pub(crate) fn telehealth(&self) -> bool {
        self.flags & TELEHEALTH != 0
    }

    /// How many visit types there are.
    #[inline]
    pub(crate) fn visit_types(&self) -> usize {
        self.types
    }

    /// One of them.
    pub(crate) fn visit_type(&self, number: usize) -> VisitType {
        let at = HEAD + number * TYPE_WORDS;
        let (lengths, rules) = (self.word(at + 2), self.word(at + 3));
        VisitType {
            id: VisitTypeId::from_uuid(Uuid::from_u64_pair(self.word(at), self.word(at + 1))),
            duration_minutes: lengths as u16,
            buffer_before_minutes: (lengths >> 16) as u16,
            buffer_after_minutes: (lengths >> 32) as u16,
            max_horizon_days: (lengths >> 48) as u16,
            min_notice_minutes: rules as u32,
            telehealth: rules >> 32 & 1 != 0,
            known_only: rules >> 33 & 1 != 0,
        }
    }

    /// An even number that changes whenever the record is overwritten; odd while it is.
    #[inline]
    pub(crate) fn version(&self) -> u32 {
        (self.words.first().map_or(0, |word| word.load(Ordering::Acquire)) >> 32) as u32
    }

    /// Overwrites it with another one, which must fit. For the one writer.
    pub(crate) fn overwrite(&self, other: &Record<'_>) {
        let Some(head) = self.words.first() else { return };
        let old = head.load(Ordering::Relaxed);
        let next = |version: u64| (version & 0xffff_ffff) << 32 | (old & 0xffff_ffff);
        head.store(next((old >> 32) + 1), Ordering::Relaxed);
        std::sync::atomic::fence(Ordering::Release);
        for (to, from) in self.words.iter().zip(other.words.iter().take(other.len())).skip(1) {
            to.store(from.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        head.store(next((old >> 32) + 2), Ordering::Release);
    }
}
