//! What was typed, taken apart: its words, and how many slips each may have.

use std::ops::Range;

use super::trie::Trie;

/// Words beyond these are not looked at.
pub(super) const MOST_WORDS: usize = 6;
/// From so many letters on, a word may have one slip.
const LETTERS_FOR_ONE: usize = 4;
/// From so many letters on, a word may have two slips, the first letter being right.
const LETTERS_FOR_TWO: usize = 8;
/// Beyond so many letters a word has no slips: nobody is called so.
const MOST_LETTERS_WITH_SLIPS: usize = 32;

/// The words that were typed.
pub(super) struct Asked<'a> {
    pub(super) words: Vec<Word<'a>>,
}

/// A word that was typed.
pub(super) struct Word<'a> {
    typed: &'a str,
    slips: u8,
}

impl<'a> Asked<'a> {
    /// Of text that is folded already.
    pub(super) fn new(folded: &'a str) -> Self {
        Self { words: folded.split_ascii_whitespace().take(MOST_WORDS).map(Word::new).collect() }
    }

    /// Every way in which the words can have so many slips together.
    pub(super) fn ways(&self, slips: u8) -> Vec<[u8; MOST_WORDS]> {
        let mut ways = vec![[0; MOST_WORDS]];
        for (at, word) in self.words.iter().enumerate() {
            let shorter = std::mem::take(&mut ways);
            for way in shorter {
                let spent: u8 = way.iter().sum();
                ways.extend((0..=word.slips.min(slips - spent)).map(|more| {
                    let mut longer = way;
                    longer[at] = more;
                    longer
                }));
            }
        }
        ways.retain(|way| way.iter().sum::<u8>() == slips);
        ways
    }
}

impl<'a> Word<'a> {
    fn new(typed: &'a str) -> Self {
        Self { typed, slips: slips_allowed(typed) }
    }

    /// The words of a vocabulary that begin as typed, with at most so many slips.
    pub(super) fn near(&self, trie: &Trie, slips: u8) -> Vec<Range<u32>> {
        match slips {
            0 => Some(trie.beginning(self.typed)).filter(|words| !words.is_empty()).into_iter().collect(),
            1 => trie.near(self.typed, 1),
            _ => trie.near_with_first(self.typed, slips),
        }
    }
}

/// How many slips a word may have. A number must be right: a postal code that is nearly right is another town's.
fn slips_allowed(word: &str) -> u8 {
    if word.chars().any(char::is_numeric) {
        return 0;
    }
    match word.chars().count() {
        0..LETTERS_FOR_ONE => 0,
        LETTERS_FOR_ONE..LETTERS_FOR_TWO => 1,
        LETTERS_FOR_TWO..=MOST_LETTERS_WITH_SLIPS => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, slips_allowed};

    #[test]
    fn short_words_endless_ones_and_numbers_must_be_right() {
        for (word, slips) in
            [("roi", 0), ("roux", 1), ("moreaux", 1), ("fournier", 2), ("35000", 0), ("éé", 0), ("ééçà", 1)]
        {
            assert_eq!(slips_allowed(word), slips, "{word}");
        }
        assert_eq!(slips_allowed(&"a".repeat(1000)), 0);
    }

    #[test]
    fn slips_are_spread_over_the_words_in_every_way() {
        let asked = Asked::new("jo roux fournier");
        let ways = |slips: u8| -> Vec<[u8; 3]> {
            asked.ways(slips).iter().map(|way| [way[0], way[1], way[2]]).collect()
        };
        assert_eq!(ways(0), [[0, 0, 0]]);
        assert_eq!(ways(1), [[0, 0, 1], [0, 1, 0]]);
        assert_eq!(ways(2), [[0, 0, 2], [0, 1, 1]]);
        assert!(Asked::new("jo").ways(1).is_empty());
    }
}
