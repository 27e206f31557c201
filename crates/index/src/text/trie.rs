//! A vocabulary as a tree of letters, in flat arrays.
//!
//! Words are numbered in their order, so that the words which begin alike are one range of numbers. It knows nothing of
//! what the words belong to.

use std::collections::VecDeque;
use std::ops::Range;

use levenshtein_automata::{DFA, Distance, SINK_STATE};

/// The words. The children of a node stand side by side, in the order of their bytes.
#[derive(Debug, Default)]
pub(super) struct Trie {
    /// By which byte a node is reached.
    bytes: Vec<u8>,
    /// Where a node's children begin; they end where the next node's begin.
    children: Vec<u32>,
    /// The words that begin as this node says.
    words: Vec<(u32, u32)>,
}

/// The place in the tree that some first letters lead to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node(u32);

impl Node {
    pub(super) fn is_root(self) -> bool {
        self.0 == 0
    }
}

impl Trie {
    /// Of words in strictly rising order; a word's number is its place in that order.
    pub(super) fn new(words: &[&str]) -> Self {
        let mut trie = Self { bytes: vec![0], children: Vec::new(), words: vec![(0, count(words.len()))] };
        let mut ahead = VecDeque::from([(0, words.len(), 0)]);
        // Breadth first: a node's children are appended together, in the order in which nodes are taken up.
        while let Some((start, end, depth)) = ahead.pop_front() {
            trie.children.push(count(trie.bytes.len()));
            let mut at = start;
            while at < end {
                let Some(&byte) = words[at].as_bytes().get(depth) else {
                    at += 1;
                    continue;
                };
                let same = words[at..end].partition_point(|word| word.as_bytes()[depth] == byte);
                trie.bytes.push(byte);
                trie.words.push((count(at), count(at + same)));
                ahead.push_back((at, at + same, depth + 1));
                at += same;
            }
        }
        trie.children.push(count(trie.bytes.len()));
        trie.bytes.shrink_to_fit();
        trie.children.shrink_to_fit();
        trie.words.shrink_to_fit();
        trie
    }

    /// Memory that is held.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.capacity() + self.children.capacity() * 4 + self.words.capacity() * 8
    }

    /// Where everything begins.
    pub(super) fn root(&self) -> Node {
        Node(0)
    }

    /// The words below a node, and its own.
    pub(super) fn words(&self, node: Node) -> Range<u32> {
        self.words.get(node.0 as usize).map_or(0..0, |&(start, end)| start..end)
    }

    /// The nodes one byte further.
    pub(super) fn children(&self, node: Node) -> impl Iterator<Item = Node> + use<> {
        let node = node.0 as usize;
        match (self.children.get(node), self.children.get(node + 1)) {
            (Some(&start), Some(&end)) => (start..end).map(Node),
            _ => (0..0).map(Node),
        }
    }

    /// The words that begin so.
    pub(super) fn beginning(&self, prefix: &str) -> Range<u32> {
        let node = prefix.bytes().try_fold(self.root(), |node, byte| self.child(node, byte));
        node.map_or(0..0, |node| self.words(node))
    }

    /// The words that have a beginning which the automaton accepts with at most so many slips; ranges in order, apart
    /// from one another. With `kept`, only those that begin with this letter.
    pub(super) fn near(&self, automaton: &DFA, slips: u8, kept: Option<char>) -> Vec<Range<u32>> {
        let mut start = Some((self.root(), automaton.initial_state()));
        if let Some(letter) = kept {
            for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
                start = start.and_then(|(node, state)| {
                    Some((self.child(node, byte)?, automaton.transition(state, byte)))
                });
            }
        }
        let mut near = Vec::new();
        let mut ahead: Vec<_> = start.into_iter().collect();
        while let Some((node, state)) = ahead.pop() {
            if state == SINK_STATE {
                continue;
            }
            match automaton.distance(state) {
                Distance::Exact(distance) if distance <= slips => near.push(self.words(node)),
                _ => {
                    for child in self.children(node) {
                        let state = automaton.transition(state, self.bytes[child.0 as usize]);
                        if state != SINK_STATE {
                            ahead.push((child, state));
                        }
                    }
                }
            }
        }
        near.sort_unstable_by_key(|words| words.start);
        near
    }

    fn child(&self, node: Node, byte: u8) -> Option<Node> {
        self.children(node).find(|child| self.bytes[child.0 as usize] == byte)
    }
}

/// Words, nodes and people are counted in 32 bits; a country has fewer.
pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use levenshtein_automata::LevenshteinAutomatonBuilder;

    use super::Trie;

    #[test]
    fn words_that_begin_alike_are_one_range() {
        let trie = Trie::new(&["jean", "jeanne", "jo", "marc", "μαρία"]);
        assert_eq!(trie.beginning("je"), 0..2);
        assert_eq!(trie.beginning("jeann"), 1..2);
        assert_eq!(trie.beginning("j"), 0..3);
        assert_eq!(trie.beginning(""), 0..5);
        assert_eq!(trie.beginning("μα"), 4..5);
        assert!(trie.beginning("x").is_empty());
        assert!(trie.beginning("joe").is_empty());
        assert!(Trie::new(&[]).beginning("").is_empty());
        assert!(Trie::default().beginning("a").is_empty());
    }

    #[test]
    fn a_slip_widens_what_is_found_and_the_first_letter_may_be_kept() {
        let trie = Trie::new(&["dupond", "dupont", "duport", "rupont", "upont"]);
        let automaton = LevenshteinAutomatonBuilder::new(1, true).build_dfa("dupont");
        assert_eq!(trie.near(&automaton, 1, None), [0..2, 2..3, 3..4, 4..5]);
        assert_eq!(trie.near(&automaton, 1, Some('d')), [0..2, 2..3], "dupon is one slip away already");
        assert_eq!(trie.near(&automaton, 0, None).first(), Some(&(1..2)));
        assert!(trie.near(&automaton, 1, Some('x')).is_empty());
    }
}
