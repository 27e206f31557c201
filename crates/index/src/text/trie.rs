//! A vocabulary as a tree of letters, in flat arrays.
//!
//! Words are numbered in their order, so that the words which begin alike are one range of numbers. It knows nothing of
//! what the words belong to.

use std::collections::VecDeque;
use std::ops::Range;

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
        self.descend(self.root(), prefix).map_or(0..0, |node| self.words(node))
    }

    /// The words that begin as typed with at most so many slips (optimal string alignment: a letter changed, added, left
    /// out, or swapped with its neighbour, no place twice); ranges in order, apart from one another.
    pub(super) fn near(&self, typed: &str, slips: u8) -> Vec<Range<u32>> {
        self.near_from(self.root(), typed, slips)
    }

    /// Of these only the words whose first letter is right.
    pub(super) fn near_with_first(&self, typed: &str, slips: u8) -> Vec<Range<u32>> {
        let first = typed.chars().next().map_or(0, char::len_utf8);
        let (first, rest) = typed.split_at(first);
        self.descend(self.root(), first).map_or_else(Vec::new, |node| self.near_from(node, rest, slips))
    }

    fn near_from(&self, node: Node, typed: &str, slips: u8) -> Vec<Range<u32>> {
        let mut near = Vec::new();
        self.walk(node, typed, slips, &mut near);
        near.sort_unstable_by_key(|words| (words.start, u32::MAX - words.end));
        // What begins as another that is near lies within its range.
        near.dedup_by(|next, last| next.start < last.end);
        near
    }

    /// Follows the letters typed as they are, and at each of them every slip there could be. A wrong turn ends after a
    /// letter or two, since no word goes on like that.
    fn walk(&self, mut node: Node, mut typed: &str, slips: u8, near: &mut Vec<Range<u32>>) {
        while let Some(letter) = first_letter(typed) {
            let rest = &typed[letter.len()..];
            let right = self.descend(node, letter);
            if slips > 0 {
                self.walk(node, rest, slips - 1, near);
                self.each_letter(node, &mut |other| {
                    if right.is_none_or(|right| right.0 != other.0) {
                        self.walk(other, rest, slips - 1, near);
                    }
                    self.walk(other, typed, slips - 1, near);
                });
                if let Some(next) = first_letter(rest).filter(|next| *next != letter)
                    && let Some(swapped) =
                        self.descend(node, next).and_then(|node| self.descend(node, letter))
                {
                    self.walk(swapped, &rest[next.len()..], slips - 1, near);
                }
            }
            let Some(right) = right else { return };
            (node, typed) = (right, rest);
        }
        near.push(self.words(node));
    }

    /// The nodes one letter further, which may be several bytes.
    fn each_letter(&self, node: Node, found: &mut impl FnMut(Node)) {
        for child in self.children(node) {
            let more = self.bytes[child.0 as usize].leading_ones().saturating_sub(1);
            self.each_below(child, more, found);
        }
    }

    fn each_below(&self, node: Node, bytes: u32, found: &mut impl FnMut(Node)) {
        match bytes.checked_sub(1) {
            None => found(node),
            Some(rest) => self.children(node).for_each(|child| self.each_below(child, rest, found)),
        }
    }

    fn descend(&self, node: Node, text: &str) -> Option<Node> {
        text.bytes().try_fold(node, |node, byte| self.child(node, byte))
    }

    fn child(&self, node: Node, byte: u8) -> Option<Node> {
        let start = *self.children.get(node.0 as usize)?;
        let end = *self.children.get(node.0 as usize + 1)?;
        let children = &self.bytes[start as usize..end as usize];
        children.iter().position(|child| *child == byte).map(|at| Node(start + count(at)))
    }
}

fn first_letter(text: &str) -> Option<&str> {
    text.chars().next().map(|letter| &text[..letter.len_utf8()])
}

/// Words, nodes and people are counted in 32 bits; a country has fewer.
pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
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
        assert_eq!(trie.near("dupont", 1), [0..2, 2..3, 3..4, 4..5]);
        assert_eq!(trie.near_with_first("dupont", 1), [0..2, 2..3], "dupon is one slip away already");
        assert_eq!(trie.near("dupont", 0).first(), Some(&(1..2)));
        assert!(trie.near_with_first("xdupont", 1).is_empty());
        assert_eq!(trie.near("", 1).first(), Some(&(0..5)), "everything begins so");
    }
}
