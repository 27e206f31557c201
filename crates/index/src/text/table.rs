//! Who has which words: the vocabulary, the people of each word, and the words of each person.
//!
//! Words are numbered in their order and the people of neighbouring words stand side by side, so that everybody with a
//! word that begins so is one slice. A beginning that very many share has its people as bits too. It never changes once
//! it is built, and knows nothing of slips or of what people are.

use std::collections::HashMap;
use std::ops::Range;

use super::trie::{Node, Trie, count};

/// So many words of one person are kept.
const MOST_WORDS_OF_ONE: usize = 32;
/// A beginning has its people as bits from about one person in this many on: less memory then than it takes as a list.
const MANY: usize = 64;

/// Words and people. People are numbered from 0 without large gaps.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) trie: Trie,
    /// By word: where its people begin in `people`.
    people_at: Vec<u32>,
    /// The people of each word; somebody with a word twice is in twice.
    people: Vec<u32>,
    /// By person: where their words begin in `words`.
    words_at: Vec<u32>,
    /// The words of each person, as often as they have them.
    words: Vec<u32>,
    /// The beginnings that many share, in the order of their words.
    shared: Vec<Shared>,
}

/// A beginning that many share.
#[derive(Debug)]
struct Shared {
    words: Range<u32>,
    people: Vec<u64>,
}

impl Table {
    /// One more than the highest person's number.
    pub(super) fn bound(&self) -> usize {
        self.words_at.len().saturating_sub(1)
    }

    /// The words of somebody.
    #[inline]
    pub(super) fn words_of(&self, person: u32) -> &[u32] {
        let person = person as usize;
        &self.words[self.words_at[person] as usize..self.words_at[person + 1] as usize]
    }

    /// The people who have one of these words; somebody with several is in several times.
    pub(super) fn people_of(&self, words: &Range<u32>) -> &[u32] {
        if words.is_empty() {
            return &[];
        }
        let at = |word: u32| self.people_at[word as usize] as usize;
        &self.people[at(words.start)..at(words.end)]
    }

    /// The people who have one of these words as bits, if they are kept so.
    pub(super) fn shared(&self, words: &Range<u32>) -> Option<&[u64]> {
        let order = |shared: &Shared| (shared.words.start, shared.words.end).cmp(&(words.start, words.end));
        let at = self.shared.binary_search_by(order).ok()?;
        Some(&self.shared[at].people)
    }

    /// The people who have one of the words in these ranges as bits.
    pub(super) fn bits_of(&self, words: &[Range<u32>]) -> Vec<u64> {
        let mut bits = vec![0; self.bound().div_ceil(64)];
        for &person in words.iter().flat_map(|words| self.people_of(words)) {
            bits[person as usize / 64] |= 1 << (person % 64);
        }
        bits
    }

    /// The people who have two of the words in these ranges, or one twice, as bits.
    pub(super) fn bits_of_twice(&self, words: &[Range<u32>]) -> Vec<u64> {
        let mut once = vec![0; self.bound().div_ceil(64)];
        let mut twice = once.clone();
        for &person in words.iter().flat_map(|words| self.people_of(words)) {
            let (at, bit) = (person as usize / 64, 1 << (person % 64));
            twice[at] |= once[at] & bit;
            once[at] |= bit;
        }
        twice
    }

    /// Memory that is held.
    pub(super) fn bytes(&self) -> usize {
        let numbers = [&self.people_at, &self.people, &self.words_at, &self.words];
        self.trie.bytes()
            + numbers.iter().map(|numbers| numbers.capacity() * 4).sum::<usize>()
            + self.shared.iter().map(|shared| shared.people.capacity() * 8).sum::<usize>()
            + self.shared.capacity() * size_of::<Shared>()
    }

    /// Keeps bits for every beginning below a node that enough people share.
    fn share(&mut self, node: Node, enough: usize) {
        let words = self.trie.words(node);
        for child in self.trie.children(node) {
            let below = self.trie.words(child);
            if self.people_of(&below).len() < enough {
                continue;
            }
            // "marti" may have exactly the words of "mart": once is enough.
            if below != words || node.is_root() {
                let people = self.bits_of(std::slice::from_ref(&below));
                self.shared.push(Shared { words: below, people });
            }
            self.share(child, enough);
        }
    }
}

/// Gathers people and their words.
#[derive(Debug, Default)]
pub(super) struct TableBuilder {
    numbers: HashMap<Box<str>, u32>,
    /// Person and word, by the numbers that words got as they came.
    pairs: Vec<(u32, u32)>,
}

impl TableBuilder {
    /// Says once for each person which words they have.
    pub(super) fn add<'w>(&mut self, person: u32, words: impl Iterator<Item = &'w str>) {
        for word in words.filter(|word| !word.is_empty()).take(MOST_WORDS_OF_ONE) {
            let number = match self.numbers.get(word) {
                Some(number) => *number,
                None => {
                    let number = count(self.numbers.len());
                    self.numbers.insert(word.into(), number);
                    number
                }
            };
            self.pairs.push((person, number));
        }
    }

    /// Arranges everything.
    pub(super) fn finish(self) -> Table {
        let Self { numbers, mut pairs } = self;
        let mut vocabulary: Vec<(&str, u32)> =
            numbers.iter().map(|(word, number)| (&**word, *number)).collect();
        vocabulary.sort_unstable();
        let mut in_order = vec![0; vocabulary.len()];
        for (at, (_, number)) in vocabulary.iter().enumerate() {
            in_order[*number as usize] = count(at);
        }
        for (_, word) in &mut pairs {
            *word = in_order[*word as usize];
        }
        let words: Vec<&str> = vocabulary.into_iter().map(|(word, _)| word).collect();
        let bound = pairs.iter().map(|(person, _)| *person as usize + 1).max().unwrap_or_default();
        let (words_at, words_of) = grouped(bound, &pairs);
        pairs.clear();
        for (person, ends) in words_at.windows(2).enumerate() {
            let words = &words_of[ends[0] as usize..ends[1] as usize];
            pairs.extend(words.iter().map(|word| (*word, count(person))));
        }
        let (people_at, people) = grouped(words.len(), &pairs);
        let trie = Trie::new(&words);
        let mut table = Table { trie, people_at, people, words_at, words: words_of, shared: Vec::new() };
        table.share(table.trie.root(), (bound / MANY).max(8));
        table.shared.sort_unstable_by_key(|shared| (shared.words.start, shared.words.end));
        table
    }
}

/// Values by key, in the order in which they came; and where each key's begin.
fn grouped(keys: usize, pairs: &[(u32, u32)]) -> (Vec<u32>, Vec<u32>) {
    let mut at = vec![0_u32; keys + 1];
    for (key, _) in pairs {
        at[*key as usize + 1] += 1;
    }
    for key in 0..keys {
        at[key + 1] += at[key];
    }
    let mut next = at.clone();
    let mut values = vec![0; pairs.len()];
    for (key, value) in pairs {
        let place = &mut next[*key as usize];
        values[*place as usize] = *value;
        *place += 1;
    }
    (at, values)
}

#[cfg(test)]
mod tests {
    use super::{Table, TableBuilder};

    fn table(people: &[&str]) -> Table {
        let mut builder = TableBuilder::default();
        for (person, name) in (0..).zip(people) {
            builder.add(person, name.split(' '));
        }
        builder.finish()
    }

    #[test]
    fn everybody_with_a_beginning_is_one_slice() {
        let table = table(&["jean martin", "marie martin", "", "martin martin", "jeanne"]);
        let people = |prefix: &str| table.people_of(&table.trie.beginning(prefix)).to_vec();
        assert_eq!(people("jean"), [0, 4]);
        assert_eq!(people("mar"), [1, 0, 1, 3, 3], "marie before martin");
        assert!(people("x").is_empty());
        assert_eq!(table.words_of(3), [3, 3]);
        assert!(table.words_of(2).is_empty());
        assert_eq!(table.bound(), 5);
    }

    #[test]
    fn what_many_share_is_kept_as_bits() {
        let names: Vec<String> = (0..100).map(|n| format!("martin {}", ["jo", "al"][n % 2])).collect();
        let table = table(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let bits = |prefix: &str| table.shared(&table.trie.beginning(prefix)).map(|bits| bits[1]);
        assert_eq!(bits("m"), Some((1 << 36) - 1));
        assert_eq!(bits("martin"), bits("m"));
        assert_eq!(bits("a").map(u64::count_ones), Some(18));
        assert!(table.shared(&(0..2)).is_none());
        assert_eq!(table.shared.len(), 3);
    }

    #[test]
    fn nobody_is_fine_too() {
        let table = table(&[]);
        assert_eq!(table.bound(), 0);
        assert!(table.people_of(&table.trie.beginning("a")).is_empty());
        assert!(table.people_of(&Table::default().trie.beginning("")).is_empty());
    }
}
