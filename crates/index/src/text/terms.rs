//! What somebody may be about to type, out of a small vocabulary: specialties in every language and by lay words, towns
//! and postal codes.
//!
//! A term has as many texts as it is known by. It knows nothing of what a term is.

use super::asked::Asked;
use super::fold::key;
use super::matching::{Search, goes_on};
use super::people::Matches;
use super::table::{Table, TableBuilder};
use super::trie::count;

/// Terms and the texts they are known by.
#[derive(Debug)]
pub struct Terms<T> {
    /// In the order of their keys.
    texts: Vec<Text<T>>,
    /// The words of each text, by its place in `texts`.
    table: Table,
}

#[derive(Debug)]
struct Text<T> {
    key: Box<str>,
    term: T,
    weight: u32,
}

/// A term that may be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Completion<'a, T> {
    /// Which.
    pub term: T,
    /// The [`key`] of the text that fits best.
    pub key: &'a str,
    /// What that text weighs.
    pub weight: u32,
    /// How many slips must be forgiven, 0 to 2.
    pub slips: u8,
}

/// Gathers terms.
#[derive(Debug)]
pub struct TermsBuilder<T> {
    texts: Vec<Text<T>>,
}

impl<T> Default for TermsBuilder<T> {
    fn default() -> Self {
        Self { texts: Vec::new() }
    }
}

impl<T: Copy + Eq> TermsBuilder<T> {
    /// Says that a term is known by a text. Of texts that fit alike the heavier one comes first: how many live there, how
    /// common it is.
    pub fn add(&mut self, term: T, text: &str, weight: u32) {
        let key = key(text).into_boxed_str();
        if !key.is_empty() {
            self.texts.push(Text { key, term, weight });
        }
    }

    /// Arranges everything.
    pub fn finish(self) -> Terms<T> {
        let mut texts = self.texts;
        texts.sort_by(|one, two| one.key.cmp(&two.key));
        texts.shrink_to_fit();
        let mut table = TableBuilder::default();
        for (at, text) in texts.iter().enumerate() {
            table.add(count(at), text.key.split(' '));
        }
        Terms { texts, table: table.finish() }
    }
}

/// How well a text fits; less is better.
const SAME: u64 = 0;
const BEGINS_SO: u64 = 1;
const HAS_WORDS: u64 = 2;

impl<T: Copy + Eq> Terms<T> {
    /// The terms that may be meant, each once, at most `limit`.
    ///
    /// First those with a text that is the same as typed, then one that begins so, then one with a word that begins so
    /// for each word typed; in the end, if the texts are fewer than `limit`, those with a slip, and if there are none,
    /// with two, as for [names](super::Names::find_into). Among equals the heavier text comes first, then the order
    /// of the keys, then that in which they were added.
    pub fn complete(&self, typed: &str, limit: usize) -> Vec<Completion<'_, T>> {
        let typed = key(typed);
        let mut ranks = self.ranks(&typed, &self.matches(&typed, limit));
        let mut complete = Vec::with_capacity(limit.min(ranks.len()));
        // A term may have several texts among the best: most often few enough that not all ranks need to be sorted.
        let mut sorted = 0;
        while sorted < ranks.len() && complete.len() < limit {
            let (from, rest) = (sorted, &mut ranks[sorted..]);
            let next = rest.len().min((limit * 2).max(from));
            if next < rest.len() {
                rest.select_nth_unstable(next);
            }
            rest[..next].sort_unstable();
            sorted += next;
            for rank in &ranks[from..sorted] {
                let completion = self.completion(*rank);
                let known = complete.iter().any(|known: &Completion<'_, T>| known.term == completion.term);
                if !known && complete.len() < limit {
                    complete.push(completion);
                }
            }
        }
        complete
    }

    /// Memory that is held.
    pub fn bytes(&self) -> usize {
        let texts = self.texts.iter().map(|text| text.key.len()).sum::<usize>();
        self.table.bytes() + texts + self.texts.capacity() * size_of::<Text<T>>()
    }

    fn matches(&self, typed: &str, enough: usize) -> Matches {
        let asked = Asked::new(typed);
        let mut matches = Matches::default();
        matches.clear(self.table.bound());
        let mut search = Search::new(&self.table, &asked);
        for slips in 0..=2 {
            if !goes_on(slips, matches.len(), enough) {
                break;
            }
            let nearer = matches.with_fewer_slips(slips);
            let found = matches.people_mut(slips);
            search.gather(slips, found);
            found.remove(&nearer);
            found.settle();
        }
        matches
    }

    /// For each text how well it fits, how light it is and where it stands, as one number.
    fn ranks(&self, typed: &str, matches: &Matches) -> Vec<u64> {
        let begins = self.texts.partition_point(|text| *text.key < *typed);
        let differs = begins + self.texts[begins..].partition_point(|text| *text.key == *typed);
        let ends = differs + self.texts[differs..].partition_point(|text| text.key.starts_with(typed));
        let rank = |(text, slips): (u32, u8)| {
            let at = text as usize;
            let fit = match slips {
                0 if (begins..differs).contains(&at) => SAME,
                0 if (differs..ends).contains(&at) => BEGINS_SO,
                _ => HAS_WORDS + u64::from(slips),
            };
            fit << 61 | u64::from(u32::MAX - self.texts[at].weight) << 29 | u64::from(text)
        };
        let mut ranks = Vec::with_capacity(matches.len());
        // Not `collect`: it would ask the bits for one text after another, which takes four times as long.
        matches.iter().map(rank).for_each(|rank| ranks.push(rank));
        ranks
    }

    fn completion(&self, rank: u64) -> Completion<'_, T> {
        let text = &self.texts[(rank & ((1 << 29) - 1)) as usize];
        let slips = (rank >> 61).saturating_sub(HAS_WORDS) as u8;
        Completion { term: text.term, key: &text.key, weight: text.weight, slips }
    }
}

#[cfg(test)]
mod tests {
    use super::{Terms, TermsBuilder};

    fn places() -> Terms<&'static str> {
        let mut builder = TermsBuilder::default();
        for (name, code, people) in [
            ("Rennes", "35000", 230_890),
            ("Brest", "29200", 142_346),
            ("Saint-Malo", "35400", 46_803),
            ("Saint-Brieuc", "22000", 44_000),
            ("Malestroit", "56140", 2_500),
            ("Renac", "35660", 1_000),
            ("Bu", "28410", 1_900),
            ("Bubry", "56310", 2_300),
        ] {
            builder.add(name, name, people);
            builder.add(name, code, people);
        }
        builder.finish()
    }

    fn complete(terms: &Terms<&'static str>, typed: &str) -> Vec<&'static str> {
        terms.complete(typed, 3).iter().map(|completion| completion.term).collect()
    }

    #[test]
    fn a_town_is_completed_from_the_start_of_its_name_a_word_in_it_or_its_postal_code() {
        let places = places();
        assert_eq!(complete(&places, "ren"), ["Rennes", "Renac"]);
        assert_eq!(complete(&places, "saint"), ["Saint-Malo", "Saint-Brieuc"]);
        assert_eq!(complete(&places, "SAINT b"), ["Saint-Brieuc"]);
        assert_eq!(complete(&places, "mal"), ["Malestroit", "Saint-Malo"], "first the name that begins so");
        assert_eq!(complete(&places, "bu"), ["Bu", "Bubry"], "first the name that is so");
        assert_eq!(complete(&places, "35"), ["Rennes", "Saint-Malo", "Renac"]);
        assert_eq!(complete(&places, "35000"), ["Rennes"]);
        assert!(complete(&places, "35001").is_empty(), "a number is right or wrong");
        assert!(complete(&places, " ").is_empty());
        assert!(places.complete("ren", 0).is_empty());
    }

    #[test]
    fn slips_come_last() {
        let places = places();
        assert_eq!(complete(&places, "renes"), ["Rennes"]);
        assert_eq!(complete(&places, "saint breiuc"), ["Saint-Brieuc"]);
        let near = places.complete("rena", 3);
        let near: Vec<_> = near.iter().map(|found| (found.term, found.slips)).collect();
        assert_eq!(near, [("Renac", 0), ("Rennes", 1)]);
    }

    #[test]
    fn a_specialty_is_known_by_many_words() {
        let mut builder = TermsBuilder::default();
        for (text, weight) in
            [("Dermatologist", 20), ("Dermatologue", 20), ("Skin doctor", 10), ("Médecin de la peau", 10)]
        {
            builder.add("dermatology", text, weight);
        }
        builder.add("general-practice", "Médecin généraliste", 180);
        builder.add("general-practice", "Family doctor", 90);
        let specialties = builder.finish();
        assert_eq!(complete(&specialties, "dermato"), ["dermatology"], "once, though two texts fit");
        assert_eq!(complete(&specialties, "doctor"), ["general-practice", "dermatology"]);
        assert_eq!(complete(&specialties, "medecin peau"), ["dermatology"]);
        assert_eq!(complete(&specialties, "dremathologue"), ["dermatology"]);
    }
}
