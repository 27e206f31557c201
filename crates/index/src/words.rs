//! What is said of a person in words: languages, names, and what the caller wants back; and the pages that hold them.
//!
//! Invariant: words that were stored stay where they are and never change, so a reader may hold them.

use std::sync::atomic::{AtomicUsize, Ordering};

use rendez_vocab::ids::PractitionerId;

use crate::appendix::Appendix;
use crate::hot::LanguageSet;
use crate::profile::{LanguageNo, Profile, SectorNo, SpecialtyNo};

/// Words that are kept together while many are added.
const PAGE: usize = 256 * 1024;

/// What is said of a person but for their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    /// What.
    pub(crate) specialty: Option<SpecialtyNo>,
    /// How they charge.
    pub(crate) sector: Option<SectorNo>,
    /// Whether they say that they see patients at a distance.
    pub(crate) telehealth: bool,
    /// Whether somebody new may book.
    pub(crate) new_patients: bool,
}

/// What a row is made of.
pub(crate) struct Facts {
    /// Who.
    pub(crate) practitioner: PractitionerId,
    /// What is said of them.
    pub(crate) kind: Kind,
    /// The digest of the profile.
    pub(crate) content: u64,
    /// Languages, names and card.
    pub(crate) words: Box<[u8]>,
}

impl Facts {
    /// Of a profile with its digest.
    pub(crate) fn of(profile: &Profile, content: u64) -> Self {
        let kind = Kind {
            specialty: profile.specialty,
            sector: profile.sector,
            telehealth: profile.telehealth,
            new_patients: profile.accepts_new_patients,
        };
        let languages: LanguageSet = profile.languages.iter().copied().collect();
        let languages: Vec<LanguageNo> = languages.iter().collect();
        let names = profile.names.as_bytes();
        let length = 10 + languages.len() + names.len() + profile.card.len();
        let mut words = Vec::with_capacity(length);
        words.extend_from_slice(&(length as u32).to_le_bytes());
        words.extend_from_slice(&(names.len() as u32).to_le_bytes());
        words.extend_from_slice(&(languages.len() as u16).to_le_bytes());
        words.extend_from_slice(&languages);
        words.extend_from_slice(names);
        words.extend_from_slice(&profile.card);
        Self { practitioner: profile.practitioner, kind, content, words: words.into() }
    }

    /// Languages, names and card.
    pub(crate) fn words(&self) -> Words<'_> {
        Words::read(&self.words).unwrap_or_default()
    }
}

/// The words of a person.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Words<'a> {
    /// Who is understood.
    pub(crate) languages: &'a [LanguageNo],
    /// What they are called.
    pub(crate) names: &'a str,
    /// What the caller wants back.
    pub(crate) card: &'a [u8],
    /// All of it as it is stored.
    pub(crate) stored: &'a [u8],
}

impl<'a> Words<'a> {
    /// Reads what [`Facts::of`] wrote, with whatever follows it.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let number = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
        let stored = bytes.get(..number(0)? as usize)?;
        let languages = u16::from_le_bytes(stored.get(8..10)?.try_into().ok()?);
        let (languages, rest) = stored.get(10..)?.split_at_checked(usize::from(languages))?;
        let (names, card) = rest.split_at_checked(number(4)? as usize)?;
        Some(Self { languages, names: std::str::from_utf8(names).ok()?, card, stored })
    }
}

/// A page that many words are added to before anybody reads them.
#[derive(Default)]
pub(crate) struct OpenPage {
    words: Vec<u8>,
}

impl OpenPage {
    /// Adds words, and says where they will be; [`OpenPage::close`] puts them there.
    pub(crate) fn add(&mut self, pages: &Pages, words: &[u8]) -> u64 {
        if self.words.len() + words.len() > PAGE {
            self.close(pages);
        }
        if self.words.capacity() == 0 {
            self.words.reserve_exact(PAGE.max(words.len()));
        }
        let at = (pages.pages.len() as u64) << 32 | self.words.len() as u64;
        self.words.extend_from_slice(words);
        at
    }

    /// Puts the page to the others.
    pub(crate) fn close(&mut self, pages: &Pages) {
        if !self.words.is_empty() {
            pages.pages.push(std::mem::take(&mut self.words).into());
        }
    }
}

/// Words, many on one page.
#[derive(Default)]
pub(crate) struct Pages {
    pages: Appendix<Box<[u8]>>,
    garbage: AtomicUsize,
}

impl Pages {
    /// Stores words on a page of their own while others read.
    pub(crate) fn append(&self, words: &[u8]) -> u64 {
        self.add(words.into())
    }

    /// Adds a page, and says where its first words are.
    pub(crate) fn add(&self, page: Box<[u8]>) -> u64 {
        (self.pages.push(page) as u64) << 32
    }

    /// Notes that words are used no longer.
    pub(crate) fn drop_words(&self, at: u64) {
        self.garbage.fetch_add(self.get(at).stored.len(), Ordering::Relaxed);
    }

    /// Bytes that are used no longer.
    pub(crate) fn garbage_bytes(&self) -> usize {
        self.garbage.load(Ordering::Relaxed)
    }

    /// The words at a place.
    #[inline]
    pub(crate) fn get(&self, at: u64) -> Words<'_> {
        let page = self.pages.get((at >> 32) as usize).map_or(&[][..], |page| page);
        page.get(at as u32 as usize..).and_then(Words::read).unwrap_or_default()
    }

    /// Memory that is held.
    pub(crate) fn bytes(&self) -> usize {
        self.pages.iter().map(|page| page.len()).sum::<usize>() + self.pages.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(names: &str, card: Vec<u8>) -> Facts {
        let mut profile = crate::worlds::everyday(1, 1);
        (profile.names, profile.card) = (names.into(), card);
        Facts::of(&profile, 7)
    }

    #[test]
    fn words_are_read_where_they_were_stored() {
        let (pages, mut open) = (Pages::default(), OpenPage::default());
        let cards = [0, 100, 300_000, 70];
        let stored: Vec<Facts> =
            cards.into_iter().map(|length| facts("anna le gall", vec![9; length])).collect();
        let places: Vec<u64> = stored.iter().map(|facts| open.add(&pages, &facts.words)).collect();
        open.close(&pages);
        let late = pages.append(&facts("bob", vec![1]).words);
        for (place, length) in places.into_iter().zip(cards) {
            let words = pages.get(place);
            assert_eq!(
                (words.languages, words.names, words.card),
                (&[1][..], "anna le gall", &vec![9; length][..])
            );
        }
        assert_eq!(pages.get(late).names, "bob");
        assert_eq!(pages.get(u64::MAX).card, &[]);
    }

    #[test]
    fn what_is_no_words_is_not_read() {
        let whole = facts("anna", vec![1, 2, 3]).words;
        assert!((0..whole.len()).all(|length| Words::read(&whole[..length]).is_none()));
        assert!(Words::read(&[255; 40]).is_none());
    }
}
