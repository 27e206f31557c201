//! Which specialties and towns somebody may mean by what they typed: names and lay words in every language of the region,
//! prefixes, and one or two slips of the finger.
//!
//! Each region's words are arranged when they are first needed, which takes a moment for its towns; [`prepare`] does it
//! beforehand.

use std::collections::HashMap;
use std::sync::LazyLock;

use rendez_index::metres_between;
use rendez_index::text::{Terms, TermsBuilder, key};
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
        let saint = place.search_key.split(' ').any(|word| word == "saint" || word == "sainte");
        let short = saint.then(|| place.search_key.replace("sainte ", "ste ").replace("saint ", "st "));
        for name in std::iter::once(&place.name).chain(&short) {
            words.add(number, name, place.population);
            for code in place.postal_codes() {
                // What tells it from others of its name.
                words.add(number, &format!("{name} {code}"), place.population);
            }
        }
        for code in place.postal_codes() {
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

/// The town whose middle is nearest to a position; of a town with parts the part.
pub fn town_at(pack: &'static Pack, position: (f64, f64)) -> Option<&'static Place> {
    let away = |place: &&Place| metres_between(position, (place.latitude, place.longitude));
    pack.places().iter().min_by_key(away)
}

/// The towns that somebody may mean by a name or postal code that they began to type, the likeliest first, at most `limit`.
pub fn complete_place(pack: &'static Pack, typed: &str, limit: usize) -> Vec<&'static Place> {
    let Some(terms) = PLACES.get(&pack.region()) else { return Vec::new() };
    let found = terms.complete(typed, limit);
    found.iter().filter_map(|completion| pack.places().get(at(completion.term))).collect()
}

/// A town that was understood by a name or code as it was typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Town {
    /// The likeliest.
    pub place: &'static Place,
    /// Its postal code that was typed, or its first.
    pub postal_code: &'static str,
    /// Whether it is called just so; otherwise only the start was typed, or there was a slip.
    pub exact: bool,
    /// Which others may have been meant, the likeliest first: those that are called just so too, else whatever is similar.
    pub others: Vec<&'static Place>,
}

/// How many other towns are proposed.
const OTHERS: usize = 5;

/// The town that somebody means by a name, a postal code, or both: of several with that name the largest.
pub fn town(pack: &'static Pack, typed: &str) -> Option<Town> {
    let terms = PLACES.get(&pack.region())?;
    let key = key(typed);
    let found = terms.complete(typed, OTHERS + 1);
    let first = found.first()?;
    let place = pack.places().get(at(first.term))?;
    let exact = first.key == key;
    let others = found.iter().skip(1).filter(|other| !exact || other.key == key);
    let others = others.filter_map(|other| pack.places().get(at(other.term))).collect();
    let typed_code = place.postal_codes().find(|code| key.split(' ').any(|word| word == *code));
    Some(Town { place, postal_code: typed_code.unwrap_or(&place.postal_code), exact, others })
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

    #[test]
    fn every_town_is_reached_by_its_name_and_postal_code() {
        for place in france().places().iter().step_by(23) {
            let named = format!("{} {}", place.name, place.postal_code);
            let meant = town(france(), &named).expect("a town");
            let twin = meant.place.search_key == place.search_key && meant.postal_code == place.postal_code;
            assert!(meant.exact && twin, "{named}: {meant:?}");
        }
    }

    #[test]
    fn of_several_towns_with_a_name_the_largest_is_meant_and_the_others_are_told() {
        let meant = |typed: &str| town(france(), typed).expect("a town");
        let largest = meant("Saint-Denis");
        assert!(largest.exact && largest.others.len() > 1, "{largest:?}");
        assert!(largest.others.iter().all(|other| other.name == "Saint-Denis"));
        assert!(largest.others.is_sorted_by(|one, two| one.population >= two.population));
        assert!(largest.place.population >= largest.others[0].population);
        for typed in ["Saint-Denis 93200", "Saint-Denis (93200)", "st denis 93200", "93200"] {
            let meant = meant(typed);
            assert_eq!((&*meant.place.insee_code, meant.postal_code), ("93066", "93200"), "{typed}");
        }
        let other_code = meant("Rennes 35700");
        assert_eq!((&*other_code.place.name, other_code.postal_code), ("Rennes", "35700"));
        let slip = meant("Renes");
        assert!(!slip.exact && slip.others.iter().any(|other| other.name == "Rennes"), "{slip:?}");
        assert_eq!(town(france(), "xyzzyville"), None);
    }
}
