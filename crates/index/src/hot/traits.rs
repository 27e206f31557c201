//! What a lane says of a practitioner at one place, in the form in which it is handed over.

use crate::moment::{Moment, ZoneNo};
use crate::profile::{LanguageNo, SectorNo, SpecialtyNo};

/// How many columns of first starts there are.
pub(crate) const COLUMNS: usize = 6;
/// Minutes; column c speaks of the first visit type that lasts so long.
pub(crate) const THRESHOLDS: [u16; COLUMNS] = [0, 15, 20, 30, 45, 60];
/// Parts of the day by the local clock: before 12:00, before 18:00, after.
pub(crate) const BANDS: usize = 3;
/// When each part of the day begins, and when the last one ends, in seconds since midnight.
pub(crate) const BAND_EDGES: [u32; BANDS + 1] = [0, 43_200, 64_800, 86_400];
/// Days: a lane whose shortest horizon is less is looked up in its record when a search reaches so far.
pub(crate) const HORIZONS: [u16; 4] = [14, 30, 60, 66];

/// Lengths that lie strictly between two thresholds, or above the last: one bit for each gap.
pub(crate) const GAPS: usize = COLUMNS;
/// Asked for no more than this, everybody offers column 0, but those with shorter visits.
pub(crate) const BRIEF_MINUTES: u16 = 10;

/// For [`Traits::odd_lengths`]: bit g for a length inside gap g (above threshold g, below the next), and one more bit for
/// a length below [`BRIEF_MINUTES`].
pub(crate) fn odd_lengths(minutes: impl IntoIterator<Item = u16>) -> u8 {
    minutes.into_iter().fold(0, |bits, length| {
        let gap = THRESHOLDS
            .iter()
            .rposition(|threshold| *threshold < length)
            .filter(|_| !THRESHOLDS.contains(&length));
        bits | gap.map_or(0, |gap| 1 << gap) | u8::from(length < BRIEF_MINUTES) << GAPS
    })
}

/// What a search wants of a visit type besides its length, as a number below [`Aim::COUNT`]: the choice of the visit type
/// that is looked at depends on it. A place has one lane for all aims that choose alike; most have only one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Aim(u8);

impl Aim {
    /// How many there are.
    pub(crate) const COUNT: usize = 6;
    /// For lanes that all searches look at.
    pub(crate) const ALL: u8 = (1 << Self::COUNT) - 1;

    /// Nothing in particular.
    pub(crate) const ANYTHING: Self = Self(0);

    /// The aim of a search.
    pub(crate) fn of(telehealth: Option<bool>, new_patients: Option<bool>) -> Self {
        let distance = match telehealth {
            None => 0,
            Some(true) => 1,
            Some(false) => 2,
        };
        Self(distance * 2 + u8::from(new_patients == Some(true)))
    }

    /// Every aim.
    pub(crate) fn every() -> impl Iterator<Item = Self> {
        (0..Self::COUNT as u8).map(Self)
    }

    /// The first of those in a set of bits.
    pub(crate) fn first_of(aims: u8) -> Self {
        Self((aims.trailing_zeros() as u8).min(Self::COUNT as u8 - 1))
    }

    /// Its number.
    pub(crate) fn number(self) -> usize {
        usize::from(self.0)
    }

    /// Whether visits at a distance are wanted, or refused.
    pub(crate) fn telehealth(self) -> Option<bool> {
        match self.0 / 2 {
            0 => None,
            distance => Some(distance == 1),
        }
    }

    /// Whether somebody new must be able to book.
    pub(crate) fn new_patients(self) -> Option<bool> {
        (self.0 % 2 == 1).then_some(true)
    }
}

/// A set of languages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LanguageSet([u64; 4]);

impl LanguageSet {
    /// Whether it is in the set.
    pub(crate) fn contains(&self, language: LanguageNo) -> bool {
        self.0[usize::from(language / 64)] >> (language % 64) & 1 == 1
    }

    /// What is in either.
    pub(crate) fn union(mut self, other: Self) -> Self {
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
        self
    }

    /// Those in the set, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = LanguageNo> + '_ {
        (0..=LanguageNo::MAX).filter(|language| self.contains(*language))
    }
}

impl FromIterator<LanguageNo> for LanguageSet {
    fn from_iter<T: IntoIterator<Item = LanguageNo>>(languages: T) -> Self {
        let mut set = Self::default();
        for language in languages {
            set.0[usize::from(language / 64)] |= 1 << (language % 64);
        }
        set
    }
}

/// What a lane is filtered by, all but time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Traits {
    /// Whose lane it is.
    pub(crate) person: u32,
    /// Where more is known.
    pub(crate) record: u32,
    /// On the unit sphere ([`crate::hilbert::unit`]).
    pub(crate) position: Option<[f32; 3]>,
    /// What.
    pub(crate) specialty: Option<SpecialtyNo>,
    /// Who is understood.
    pub(crate) languages: LanguageSet,
    /// How they charge.
    pub(crate) sector: Option<SectorNo>,
    /// Whether they say that they see patients at a distance.
    pub(crate) telehealth: bool,
    /// Whether somebody new may book.
    pub(crate) new_patients: bool,
    /// The place's clock.
    pub(crate) zone: ZoneNo,
    /// Lengths that are on no threshold, by [`odd_lengths`].
    pub(crate) odd_lengths: u8,
    /// Bit n: searches with [`Aim`] n look at this lane, since its columns speak of the visit types that they mean.
    pub(crate) aims: u8,
    /// Which of the person's places it is.
    pub(crate) place_no: u8,
    /// The shortest horizon of a visit type.
    pub(crate) shortest_horizon_days: u16,
}

/// When a lane is free, as far as is known without its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Times {
    /// The first start that is offered at present, for each column.
    pub(crate) first: [Moment; COLUMNS],
    /// Bit (local day mod 64): something is free on that day in that band, whatever notice and horizon say.
    pub(crate) days: [[u64; BANDS]; COLUMNS],
    /// When `first` stops being right.
    pub(crate) check_at: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_between_thresholds_are_odd() {
        assert_eq!(odd_lengths([15, 20, 30, 45, 60]), 0);
        assert_eq!(odd_lengths([10]), 0b000_0001);
        assert_eq!(odd_lengths([25, 90]), 0b010_0100);
        assert_eq!(odd_lengths([5]), 0b100_0001);
    }

    #[test]
    fn kinds_say_what_they_were_made_of() {
        for telehealth in [None, Some(true), Some(false)] {
            for new_patients in [None, Some(true)] {
                let aim = Aim::of(telehealth, new_patients);
                assert_eq!((aim.telehealth(), aim.new_patients()), (telehealth, new_patients));
            }
        }
        assert_eq!(Aim::every().count(), Aim::COUNT);
        assert_eq!(Aim::first_of(0b110100).number(), 2);
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set: LanguageSet = [0, 63, 64, 255].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 63, 64, 255]);
        assert!(!set.contains(1));
    }
}
