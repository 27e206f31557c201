//! The people who have a word for each word that was typed.
//!
//! Different words that were typed need different words of a name: `martin martin` is somebody who is called so twice. The
//! rarest word says who is looked at; the others are looked up as bits, or in the person's own words.

use std::cell::OnceCell;
use std::ops::Range;

use super::asked::{Asked, MOST_WORDS};
use super::people::{People, ones};
use super::table::Table;

/// The words of a vocabulary that a word typed may mean, and how many people have them.
struct Reach<'t> {
    /// In order, apart from one another.
    words: Vec<Range<u32>>,
    people: usize,
    shared: Option<&'t [u64]>,
    /// The people as bits, made when many are to be looked up.
    bits: OnceCell<Vec<u64>>,
}

/// What the words typed reach in one table, worked out when it is needed.
pub(super) struct Search<'t, 'a> {
    table: &'t Table,
    asked: &'a Asked<'a>,
    reaches: [[Option<Reach<'t>>; 3]; MOST_WORDS],
}

impl<'t, 'a> Search<'t, 'a> {
    pub(super) fn new(table: &'t Table, asked: &'a Asked<'a>) -> Self {
        Self { table, asked, reaches: Default::default() }
    }

    /// Adds whoever is reached with at most so many slips, spent in any way that uses them all.
    pub(super) fn gather(&mut self, slips: u8, found: &mut People) {
        if self.asked.words.is_empty() {
            return;
        }
        for way in self.asked.ways(slips) {
            if self.reach(&way)
                && let Some(reaches) = self.reached(&way)
            {
                Meeting::new(self.table, reaches).gather(found);
            }
        }
    }

    /// Works out what each word reaches; false as soon as one reaches nobody. Words without slips first, since they
    /// cost least.
    fn reach(&mut self, way: &[u8; MOST_WORDS]) -> bool {
        (0..=2).all(|slips| {
            let words = self.asked.words.iter().zip(&mut self.reaches).zip(way);
            words.filter(|(_, allowed)| **allowed == slips).all(|((word, reaches), _)| {
                let table = self.table;
                let reach = reaches[usize::from(slips)]
                    .get_or_insert_with(|| Reach::new(table, word.near(&table.trie, slips)));
                reach.people > 0
            })
        })
    }

    fn reached(&self, way: &[u8; MOST_WORDS]) -> Option<Vec<&Reach<'t>>> {
        let words = self.reaches.iter().zip(way).take(self.asked.words.len());
        words.map(|(reaches, slips)| reaches[usize::from(*slips)].as_ref()).collect()
    }
}

impl<'t> Reach<'t> {
    fn new(table: &'t Table, words: Vec<Range<u32>>) -> Self {
        let people = words.iter().map(|words| table.people_of(words).len()).sum();
        let shared = if let [all] = &words[..] { table.shared(all) } else { None };
        Self { words, people, shared, bits: OnceCell::new() }
    }

    /// The people as bits, if these are there or cost less than to look up so many people one by one.
    fn bits(&self, table: &Table, people: usize) -> Option<&[u64]> {
        if self.shared.is_some() {
            return self.shared;
        }
        // To look up somebody's words misses the cache once or twice; to set a bit does not.
        if people * 32 < self.people + table.bound() / 64 {
            return self.bits.get().map(Vec::as_slice);
        }
        Some(self.bits.get_or_init(|| table.bits_of(&self.words)))
    }

    fn has(&self, word: u32) -> bool {
        if let [only] = &self.words[..] {
            return only.contains(&word);
        }
        let after = self.words.partition_point(|words| words.start <= word);
        after > 0 && self.words[after - 1].contains(&word)
    }

    fn meets(&self, other: &Self) -> bool {
        self.words.iter().any(|words| {
            let after = other.words.partition_point(|theirs| theirs.end <= words.start);
            other.words.get(after).is_some_and(|theirs| theirs.start < words.end)
        })
    }
}

/// What must come together in one person.
struct Meeting<'r, 't> {
    table: &'t Table,
    reaches: Vec<&'r Reach<'t>>,
    /// Two words typed that one word of a person may serve, if there are any.
    entangled: Option<(&'r Reach<'t>, &'r Reach<'t>)>,
}

impl<'r, 't> Meeting<'r, 't> {
    fn new(table: &'t Table, reaches: Vec<&'r Reach<'t>>) -> Self {
        let mut pairs = reaches
            .iter()
            .enumerate()
            .flat_map(|(at, one)| reaches[at + 1..].iter().map(move |two| (*one, *two)));
        let entangled = pairs.find(|(one, two)| one.meets(two));
        Self { table, reaches, entangled }
    }

    fn gather(&self, found: &mut People) {
        let listed = self.reaches.iter().enumerate().filter(|(_, reach)| reach.shared.is_none());
        let rarest = listed.min_by_key(|(_, reach)| reach.people);
        let mut certain = self.entangled.is_none();
        let twice = self.twice();
        let mut bits: Vec<&[u64]> = twice.iter().map(Vec::as_slice).collect();
        for (at, reach) in self.reaches.iter().enumerate() {
            match rarest {
                Some((rarest, _)) if rarest == at => {}
                Some((_, rarest)) => match reach.bits(self.table, rarest.people) {
                    Some(people) => bits.push(people),
                    None => certain = false,
                },
                None => bits.extend(reach.shared),
            }
        }
        let Some((_, rarest)) = rarest else { return self.gather_bits(&bits, certain, found) };
        for words in &rarest.words {
            if let Some(people) = self.table.shared(words) {
                bits.push(people);
                self.gather_bits(&bits, certain, found);
                bits.pop();
                continue;
            }
            for &person in self.table.people_of(words) {
                let (at, bit) = (person as usize / 64, person % 64);
                if bits.iter().all(|bits| bits[at] >> bit & 1 == 1) && (certain || self.holds(person)) {
                    found.push(person);
                }
            }
        }
    }

    /// Those with two words for the two that are entangled, if this costs less than to look up everybody with one. The
    /// others need not be looked at.
    fn twice(&self) -> Option<Vec<u64>> {
        let (one, two) = self.entangled?;
        let fewest = self.reaches.iter().map(|reach| reach.people).min()?;
        (fewest * 8 > one.people + two.people)
            .then(|| self.table.bits_of_twice(&union(&one.words, &two.words)))
    }

    /// Lays the bits over one another.
    fn gather_bits(&self, bits: &[&[u64]], certain: bool, found: &mut People) {
        let Some((first, rest)) = bits.split_first() else { return };
        if rest.is_empty() && certain {
            return found.push_bits(first);
        }
        let mut all = first.to_vec();
        for more in rest {
            all.iter_mut().zip(*more).for_each(|(word, more)| *word &= more);
        }
        ones(&all).filter(|person| certain || self.holds(*person)).for_each(|person| found.push(person));
    }

    /// Whether somebody has a word for each word typed, each its own.
    fn holds(&self, person: u32) -> bool {
        let words = self.table.words_of(person);
        let mut fitting = [0_u32; MOST_WORDS];
        for (reach, fitting) in self.reaches.iter().zip(&mut fitting) {
            for (word, at) in words.iter().zip(0..u32::BITS) {
                *fitting |= u32::from(reach.has(*word)) << at;
            }
            if *fitting == 0 {
                return false;
            }
        }
        self.entangled.is_none() || each_its_own(&fitting[..self.reaches.len()], 0)
    }
}

/// Ranges of both, in order, apart from one another.
fn union(one: &[Range<u32>], two: &[Range<u32>]) -> Vec<Range<u32>> {
    let mut all = [one, two].concat();
    all.sort_unstable_by_key(|words| words.start);
    all.dedup_by(|next, last| {
        let joined = next.start <= last.end;
        if joined {
            last.end = last.end.max(next.end);
        }
        joined
    });
    all
}

/// Whether each set of bits can give one bit that no other gives.
fn each_its_own(sets: &[u32], taken: u32) -> bool {
    let Some((first, rest)) = sets.split_first() else { return true };
    let mut free = first & !taken;
    while free != 0 {
        let bit = free & free.wrapping_neg();
        if each_its_own(rest, taken | bit) {
            return true;
        }
        free ^= bit;
    }
    false
}

/// Whether more slips are worth looking for after so many people were found with fewer: one while these are not `enough`,
/// two when there is nobody.
pub(super) fn goes_on(slips: u8, found: usize, enough: usize) -> bool {
    match slips {
        0 => true,
        1 => found < enough,
        _ => found == 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{each_its_own, union};

    #[test]
    fn ranges_that_touch_become_one() {
        assert_eq!(union(&[0..2, 5..9], &[1..3, 6..7, 9..10, 12..13]), [0..3, 5..10, 12..13]);
    }

    #[test]
    fn a_word_of_a_name_serves_one_word_typed() {
        assert!(each_its_own(&[0b11, 0b01], 0));
        assert!(!each_its_own(&[0b01, 0b01], 0));
        assert!(each_its_own(&[0b111, 0b011, 0b001], 0));
        assert!(!each_its_own(&[0b011, 0b011, 0b011], 0));
        assert!(each_its_own(&[], 0));
    }
}
