//! One bit for each lane and thing that it is or is not: a filter is an AND of words, a count is a popcount.
//!
//! Languages and sectors get a slice each as they are met; those that are counted stand side by side.

use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU64, Ordering};

use crate::huge;

use super::traits::{Aim, GAPS, HORIZONS, LanguageSet, Traits};

/// A slice of one cache line.
#[repr(align(64))]
#[derive(Default)]
pub(crate) struct Line(pub(crate) [AtomicU64; LINE]);

/// Words in a line.
pub(crate) const LINE: usize = 8;
/// Slices that are kept free for languages and sectors that come later, at least.
const SPARE: usize = 1;
/// A number without a slice.
const NONE: u8 = u8::MAX;
/// A meaning is a sector.
const SECTOR: u16 = 1 << 8;

/// A thing that a lane is or is not. The numbers are places in a block's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slice {
    /// Searches of that aim look at it.
    For(Aim),
    /// It has a position.
    Placed,
    /// The person has an earlier place.
    Later,
    /// A horizon is less than the n-th of [`HORIZONS`].
    Horizon(usize),
    /// Bit n of [`Traits::odd_lengths`].
    Odd(usize),
    /// Says that they see patients at a distance.
    Telehealth,
    /// Takes new patients.
    New,
}

const AIM_AT: usize = 2;
const HORIZON_AT: usize = AIM_AT + Aim::COUNT;
const ODD_AT: usize = HORIZON_AT + HORIZONS.len();
/// Where the words begin that are counted.
const COUNTED_AT: usize = (ODD_AT + GAPS + 1).div_ceil(LINE) * LINE;
const FREE_AT: usize = COUNTED_AT + 2;

impl Slice {
    /// Its place in a block's words.
    pub(crate) fn at(self) -> usize {
        match self {
            Self::Placed => 0,
            Self::Later => 1,
            Self::For(aim) => AIM_AT + aim.number(),
            Self::Horizon(n) => HORIZON_AT + n,
            Self::Odd(n) => ODD_AT + n,
            Self::Telehealth => COUNTED_AT + Slices::TELEHEALTH,
            Self::New => COUNTED_AT + Slices::NEW,
        }
    }
}

/// The slices of all blocks.
pub(crate) struct Slices {
    lines: Vec<Line>,
    /// Lines of a block.
    stride: usize,
    /// The place of each language's slice.
    languages: Vec<AtomicU8>,
    /// The place of each sector's slice.
    sectors: Vec<AtomicU8>,
    /// What the places from [`FREE_AT`] on stand for: a language's number, or a sector's with [`SECTOR`].
    meanings: Vec<AtomicU16>,
    /// The next place that is nobody's.
    free: AtomicU8,
}

impl Slices {
    /// Slices for so many blocks, with a place for everything that these lanes are.
    pub(crate) fn new(blocks: usize, lanes: &[Traits]) -> Self {
        let mut languages = LanguageSet::default();
        let mut sectors = LanguageSet::default();
        for lane in lanes {
            languages = languages.union(lane.languages);
            sectors = sectors.union(lane.sector.into_iter().collect());
        }
        let known = languages.iter().count() + sectors.iter().count();
        let words = (FREE_AT + known + SPARE).min(usize::from(NONE)).div_ceil(LINE) * LINE;
        let numbers = || (0..256).map(|_| AtomicU8::new(NONE)).collect();
        let slices = Self {
            lines: huge::filled(blocks * words / LINE, Line::default),
            stride: words / LINE,
            languages: numbers(),
            sectors: numbers(),
            meanings: (FREE_AT..words).map(|_| AtomicU16::new(0)).collect(),
            free: AtomicU8::new(FREE_AT as u8),
        };
        for sector in sectors.iter() {
            slices.admit(&slices.sectors, sector, SECTOR);
        }
        for language in languages.iter() {
            slices.admit(&slices.languages, language, 0);
        }
        slices
    }

    /// The place of a number's slice, a new one if need be and possible.
    fn admit(&self, places: &[AtomicU8], number: u8, kind: u16) -> Option<usize> {
        let place = &places[usize::from(number)];
        if place.load(Ordering::Relaxed) == NONE {
            let free = self.free.load(Ordering::Relaxed);
            if usize::from(free) >= self.words() || free == NONE {
                return None;
            }
            self.meanings
                .get(usize::from(free) - FREE_AT)?
                .store(u16::from(number) | kind, Ordering::Relaxed);
            self.free.store(free + 1, Ordering::Release);
            place.store(free, Ordering::Release);
        }
        Some(usize::from(place.load(Ordering::Relaxed)))
    }

    /// Makes room for what a lane speaks and charges; `false` if there is none.
    pub(crate) fn admits(&self, traits: &Traits) -> bool {
        traits.languages.iter().all(|language| self.admit(&self.languages, language, 0).is_some())
            && traits.sector.is_none_or(|sector| self.admit(&self.sectors, sector, SECTOR).is_some())
    }

    /// Where the words begin that are counted.
    pub(crate) const COUNTED: usize = COUNTED_AT;
    /// The place of that slice among the counted.
    pub(crate) const TELEHEALTH: usize = 0;
    /// Likewise.
    pub(crate) const NEW: usize = 1;

    /// Counted words of a block.
    pub(crate) fn counted_words(&self) -> usize {
        self.words() - COUNTED_AT
    }

    /// Words of a block.
    pub(crate) fn words(&self) -> usize {
        self.stride * LINE
    }

    /// A block's word at a place.
    #[inline]
    pub(crate) fn at(&self, block: usize, place: usize) -> &AtomicU64 {
        &self.lines[block * self.stride + place / LINE].0[place % LINE]
    }

    /// A block's word for something.
    #[inline]
    pub(crate) fn word(&self, block: usize, slice: Slice) -> &AtomicU64 {
        self.at(block, slice.at())
    }

    /// All lines of a block.
    #[inline]
    pub(crate) fn lines_of(&self, block: usize) -> &[Line] {
        &self.lines[block * self.stride..(block + 1) * self.stride]
    }

    /// The lines of a block that are counted.
    #[inline]
    pub(crate) fn counted(&self, block: usize) -> &[Line] {
        &self.lines[block * self.stride + COUNTED_AT / LINE..(block + 1) * self.stride]
    }

    /// Where somebody's languages stand; `None` for one that nobody speaks.
    pub(crate) fn language(&self, language: u8) -> Option<usize> {
        place(&self.languages, language)
    }

    /// Where a sector stands; `None` for one that nobody is in.
    pub(crate) fn sector(&self, sector: u8) -> Option<usize> {
        place(&self.sectors, sector)
    }

    /// Every language with a slice and its place.
    pub(crate) fn languages(&self) -> impl Iterator<Item = (u8, usize)> + '_ {
        self.named(0)
    }

    /// Every sector with a slice and its place.
    pub(crate) fn sectors(&self) -> impl Iterator<Item = (u8, usize)> + '_ {
        self.named(SECTOR)
    }

    /// What stands for numbers of one kind.
    fn named(&self, kind: u16) -> impl Iterator<Item = (u8, usize)> + '_ {
        let taken = usize::from(self.free.load(Ordering::Acquire)) - FREE_AT;
        let meanings = self.meanings.iter().take(taken).map(|meaning| meaning.load(Ordering::Relaxed));
        let of_kind = meanings.zip(FREE_AT..).filter(move |(meaning, _)| meaning & SECTOR == kind);
        of_kind.map(|(meaning, place)| (meaning as u8, place))
    }

    /// Sets or clears a lane's bit at a place.
    fn set(&self, block: usize, seat: usize, place: usize, on: bool) {
        let word = self.at(block, place);
        let (old, bit) = (word.load(Ordering::Relaxed), 1 << seat);
        let new = if on { old | bit } else { old & !bit };
        if new != old {
            word.store(new, Ordering::Release);
        }
    }

    /// Sets which aims of searches look at a lane.
    pub(crate) fn set_aims(&self, block: usize, seat: usize, aims: u8) {
        for aim in Aim::every() {
            self.set(block, seat, Slice::For(aim).at(), aims >> aim.number() & 1 == 1);
        }
    }

    /// Sets all of a lane's bits but those that make searches look at it.
    pub(crate) fn set_traits(&self, block: usize, seat: usize, traits: &Traits) {
        let put = |slice: Slice, on| self.set(block, seat, slice.at(), on);
        put(Slice::Placed, traits.position.is_some());
        put(Slice::Later, traits.place_no > 0);
        put(Slice::Telehealth, traits.telehealth);
        put(Slice::New, traits.new_patients);
        for (n, days) in HORIZONS.into_iter().enumerate() {
            put(Slice::Horizon(n), traits.shortest_horizon_days < days);
        }
        for gap in 0..=GAPS {
            put(Slice::Odd(gap), traits.odd_lengths >> gap & 1 == 1);
        }
        for (sector, place) in self.sectors() {
            self.set(block, seat, place, traits.sector == Some(sector));
        }
        for (language, place) in self.languages() {
            self.set(block, seat, place, traits.languages.contains(language));
        }
    }

    /// The memory held.
    pub(crate) fn bytes(&self) -> usize {
        self.lines.capacity() * size_of::<Line>() + self.languages.len() + self.sectors.len()
    }
}

fn place(places: &[AtomicU8], number: u8) -> Option<usize> {
    let place = places[usize::from(number)].load(Ordering::Acquire);
    (place != NONE).then_some(usize::from(place))
}
