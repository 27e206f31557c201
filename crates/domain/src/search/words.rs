//! Which specialties and towns somebody may mean by what they typed: names and lay words in every language of the region,
//! prefixes, and one or two slips of the finger.
//!
//! Each region's words are arranged when they are first needed, which takes a moment for its towns; [`prepare`] does it
//! beforehand.

use std::collections::HashMap;
use std::sync::LazyLock;

use rendez_index::text::{Terms, TermsBuilder};
use rendez_vocab::RegionCode;

use crate::regions::{Pack, Place, Specialty, packs};

/// The words of each region, for places in a list of the pack.
type Words = LazyLock<HashMap<RegionCode, Terms<u32>>>;

static SPECIALTIES: Words = LazyLock::new(|| each(specialty_words));
static PLACES: Words = LazyLock::new(|| each(place_words));

fn each(words: fn(&Pack, &mut TermsBuilder<u32>)) -> HashMap<RegionCode, Terms<u32>> {
    packs()
        .iter()
        .map(|pack| {
            let mut builder = TermsBuilder::default();
            words(pack, &mut builder);
            (pack.region(), builder.finish())
        })
        .collect()
}

fn specialty_words(pack: &Pack, words: &mut TermsBuilder<u32>) {
    for (number, specialty) in (0..).zip(pack.specialties()) {
        for locale in pack.locales() {
            let synonyms = specialty.synonyms(locale).iter().map(String::as_str);
            for text in synonyms.chain([specialty.name(locale)]) {
                words.add(number, text, specialty.weight);
            }
        }
    }
}

fn place_words(pack: &Pack, words: &mut TermsBuilder<u32>) {
    for (number, place) in (0..).zip(pack.places()) {
        words.add(number, &place.name, place.population);
        if place.search_key.contains("saint") {
            let short = place.search_key.replace("sainte ", "ste ").replace("saint ", "st ");
            words.add(number, &short, place.population);
        }
        for code in std::iter::once(&place.postal_code).chain(&place.further_postal_codes) {
            // Nobody means the whole of a town with the code of one of its parts.
            let weight = if place.part_of.is_some() { u32::MAX } else { place.population };
            words.add(number, code, weight);
        }
    }
}

/// Arranges the words, so that the first who types does not wait for it.
pub fn prepare() {
    LazyLock::force(&SPECIALTIES);
    LazyLock::force(&PLACES);
}

/// What typed words mean among the specialties.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Meant {
    /// The likeliest first.
    pub(super) specialties: Vec<&'static Specialty>,
    /// How many slips must be forgiven for each of them.
    pub(super) slips: u8,
}

/// The specialties of which a name or lay word has a word for each word typed: without a slip if there is one, else with as
/// few as possible.
pub(super) fn meant(pack: &'static Pack, typed: &str) -> Meant {
    let Some(terms) = SPECIALTIES.get(&pack.region()) else { return Meant::default() };
    let found = terms.complete(typed, pack.specialties().len());
    let slips = found.iter().map(|completion| completion.slips).min().unwrap_or(0);
    let best = found.iter().filter(|completion| completion.slips == slips);
    let specialties = best.filter_map(|completion| pack.specialties().get(at(completion.term))).collect();
    Meant { specialties, slips }
}

/// The specialties that somebody may mean by what they typed, the likeliest first.
pub fn specialties_like(pack: &'static Pack, typed: &str) -> Vec<&'static Specialty> {
    meant(pack, typed).specialties
}

/// The towns that somebody may mean by a name or postal code that they began to type, the likeliest first, at most `limit`.
pub fn complete_place(pack: &'static Pack, typed: &str, limit: usize) -> Vec<&'static Place> {
    let Some(terms) = PLACES.get(&pack.region()) else { return Vec::new() };
    let found = terms.complete(typed, limit);
    found.iter().filter_map(|completion| pack.places().get(at(completion.term))).collect()
}

fn at(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn france() -> &'static Pack {
        crate::regions::pack("fr".parse().expect("a region")).expect("the French pack")
    }

    fn codes(typed: &str) -> Vec<&'static str> {
        specialties_like(france(), typed).iter().map(|known| known.code.as_str()).collect()
    }

    #[test]
    fn specialties_are_known_by_their_names_and_by_lay_words_in_every_language() {
        for (typed, code) in [
            ("dermatologue", "dermatology"),
            ("dermato", "dermatology"),
            ("skin doctor", "dermatology"),
            ("Cardiologist", "cardiology"),
            ("cardioloque", "cardiology"),
            ("dermatlogue", "dermatology"),
            ("dentsite", "dentistry"),
        ] {
            assert!(codes(typed).contains(&code), "{typed}: {:?}", codes(typed));
        }
        assert!(codes("zzyzx").is_empty() && codes("").is_empty() && codes("%").is_empty());
        assert_eq!(meant(france(), "cardioloque").slips, 1);
        assert_eq!(meant(france(), "cardiologue").slips, 0);
    }

    #[test]
    fn towns_are_completed_from_their_names_and_codes_with_slips() {
        let names = |typed: &str| -> Vec<&str> {
            complete_place(france(), typed, 8).iter().map(|place| place.name.as_str()).collect()
        };
        for (typed, town) in [
            ("ren", "Rennes"),
            ("rennes", "Rennes"),
            ("35000", "Rennes"),
            ("saint mal", "Saint-Malo"),
            ("St-Malo", "Saint-Malo"),
            ("fouger", "Fougères"),
            ("marsielle", "Marseille"),
        ] {
            assert_eq!(names(typed).first(), Some(&town), "{typed}");
        }
        assert!(names("Renes").contains(&"Rennes"), "behind Renescure, which begins so");
        assert!(complete_place(france(), "75011", 1)[0].part_of.is_some(), "a part of Paris");
        assert_eq!(complete_place(france(), "xyzzyville", 3), Vec::<&Place>::new());
        assert_eq!(complete_place(france(), "s", 3).len(), 3);
    }
}
