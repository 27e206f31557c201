//! Text search as it would be written without any thought of speed, and what people may type.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Everybody with their words.
pub(crate) type Everybody = BTreeMap<u32, Vec<String>>;

/// Who is meant by what was typed (folded already), by comparing everything with everything; a slip is looked for while
/// fewer than `enough` are found without.
pub(crate) fn plainly(everybody: &Everybody, typed: &str, enough: usize) -> Vec<(u32, u8)> {
    let typed: Vec<&str> = typed.split_ascii_whitespace().take(6).collect();
    if typed.is_empty() {
        return Vec::new();
    }
    let slips: Vec<(u32, usize)> = everybody
        .iter()
        .filter_map(|(person, words)| Some((*person, fewest_slips(&typed, words)?)))
        .collect();
    let with =
        |wanted: usize| slips.iter().filter(move |(_, slips)| *slips == wanted).map(|(person, _)| *person);
    let mut found: Vec<(u32, u8)> = with(0).map(|person| (person, 0)).collect();
    if found.len() < enough {
        found.extend(with(1).map(|person| (person, 1)));
    }
    if found.is_empty() {
        found.extend(with(2).map(|person| (person, 2)));
    }
    found
}

/// The slips of all words typed together, each meaning a word of its own, in the best way there is.
fn fewest_slips(typed: &[&str], words: &[String]) -> Option<usize> {
    let Some((first, rest)) = typed.split_first() else { return Some(0) };
    let ways = (0..words.len()).filter_map(|at| {
        let slips = slips(first, &words[at])?;
        let others = [&words[..at], &words[at + 1..]].concat();
        Some(slips + fewest_slips(rest, &others)?)
    });
    ways.min()
}

/// How many slips lie between what was typed and the beginning of a word, if they may be forgiven.
fn slips(typed: &str, word: &str) -> Option<usize> {
    let (typed, word): (Vec<char>, Vec<char>) = (typed.chars().collect(), word.chars().collect());
    let slips = (0..=word.len()).map(|end| distance(&typed, &word[..end])).min()?;
    let forgiven = match slips {
        0 => true,
        1 => typed.len() >= 4,
        2 => typed.len() >= 8 && word.first() == typed.first(),
        _ => false,
    };
    let number = typed.iter().any(|letter| letter.is_numeric());
    (forgiven && (slips == 0 || !number)).then_some(slips)
}

/// Letters changed, added, left out, or swapped with their neighbour, as a table of every beginning with every other.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut table = vec![vec![0; to.len() + 1]; from.len() + 1];
    for i in 0..=from.len() {
        for j in 0..=to.len() {
            table[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let changed = table[i - 1][j - 1] + usize::from(from[i - 1] != to[j - 1]);
                let best = changed.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                    best.min(table[i - 2][j - 2] + 1)
                } else {
                    best
                }
            };
        }
    }
    table[from.len()][to.len()]
}

/// Few letters, so that much begins alike; one of two bytes, one of three, and a digit.
pub(crate) fn word() -> impl Strategy<Value = String> {
    let letter = || select(vec!['a', 'a', 'b', 'b', 'c', 'd', 'ж', 'あ', '7']);
    let usual = prop_oneof!["jean", "marie", "martin", "lefebvre", "fournier", "montgomery"];
    prop_oneof![
        3 => vec(letter(), 1..5).prop_map(String::from_iter),
        2 => vec(letter(), 5..12).prop_map(String::from_iter),
        2 => usual,
    ]
}

pub(crate) fn everybody(most: usize) -> impl Strategy<Value = Everybody> {
    (vec(vec(word(), 0..5), 0..most), 1..4_u32)
        .prop_map(|(names, step)| (0..).step_by(step as usize).zip(names).collect())
}

/// What somebody types who means one of these people, or nobody: words in any order, cut short, with slips.
#[derive(Debug, Clone)]
pub(crate) struct Typing {
    person: Index,
    words: Vec<(Index, Vec<Slip>, Option<Index>)>,
    strangers: Vec<String>,
}

#[derive(Debug, Clone)]
struct Slip {
    kind: u8,
    at: Index,
    letter: char,
}

pub(crate) fn typing() -> impl Strategy<Value = Typing> {
    let slip = (0..4_u8, any::<Index>(), select(vec!['a', 'b', 'e', 'ж']))
        .prop_map(|(kind, at, letter)| Slip { kind, at, letter });
    let word = (any::<Index>(), vec(slip, 0..3), any::<Option<Index>>());
    let strangers = prop_oneof![4 => Just(Vec::new()), 1 => vec(self::word(), 1..3)];
    (any::<Index>(), vec(word, 0..4), strangers).prop_map(|(person, words, strangers)| Typing {
        person,
        words,
        strangers,
    })
}

impl Typing {
    /// What is typed, if these are the people.
    pub(crate) fn text(&self, everybody: &Everybody) -> String {
        let people: Vec<&Vec<String>> = everybody.values().filter(|words| !words.is_empty()).collect();
        let mut typed = self.strangers.clone();
        if !people.is_empty() {
            let name = self.person.get(&people);
            typed.extend(self.words.iter().map(|(at, slips, cut)| {
                let mut letters: Vec<char> = at.get(name).chars().collect();
                if let Some(cut) = cut {
                    letters.truncate(cut.index(letters.len()) + 1);
                }
                slips.iter().for_each(|slip| slip.spoil(&mut letters));
                String::from_iter(letters)
            }));
        }
        typed.join(" ")
    }
}

impl Slip {
    fn spoil(&self, letters: &mut Vec<char>) {
        let at = self.at.index(letters.len() + 1);
        match self.kind {
            0 => letters.insert(at, self.letter),
            1 if at < letters.len() => letters[at] = self.letter,
            2 if at < letters.len() => drop(letters.remove(at)),
            3 if at + 1 < letters.len() => letters.swap(at, at + 1),
            _ => {}
        }
    }
}

#[test]
fn distance_counts_as_its_definition_says() {
    let distance =
        |from: &str, to: &str| distance(&from.chars().collect::<Vec<_>>(), &to.chars().collect::<Vec<_>>());
    assert_eq!(distance("kitten", "sitting"), 3);
    assert_eq!(distance("jaen", "jean"), 1, "neighbours swapped");
    assert_eq!(distance("ca", "abc"), 3, "a place is touched once");
}
