//! Sets of people, and who is meant with how many slips.

use std::fmt;

/// A set of people, or of whatever else is numbered: a sorted list while it is small, one bit each when it is large.
#[derive(Clone, Default)]
pub struct People {
    list: Vec<u32>,
    bits: Vec<u64>,
    /// Whether `bits` is the set; else `list` is.
    many: bool,
    len: usize,
    /// The numbers that may be expected lie below this.
    bound: usize,
}

impl People {
    /// How many.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether somebody is among them; a look at one bit, or a search in a short list.
    #[inline]
    pub fn contains(&self, person: u32) -> bool {
        if self.many {
            self.bits.get(person as usize / 64).is_some_and(|word| word >> (person % 64) & 1 == 1)
        } else {
            self.list.binary_search(&person).is_ok()
        }
    }

    /// All of them as a rising list, if they are few.
    pub fn as_list(&self) -> Option<&[u32]> {
        (!self.many).then_some(&self.list)
    }

    /// All of them as bits, if they are many: person `n` is bit `n % 64` of word `n / 64`.
    pub fn as_bits(&self) -> Option<&[u64]> {
        self.many.then_some(&self.bits)
    }

    /// All of them, rising.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let bits = self.as_bits().unwrap_or_default();
        self.as_list().unwrap_or_default().iter().copied().chain(ones(bits))
    }

    /// Begins a new set that may hold people below `bound`; what is pushed counts once it is [settled](Self::settle).
    pub(super) fn clear(&mut self, bound: usize) {
        self.list.clear();
        self.bits.clear();
        self.many = false;
        self.len = 0;
        self.bound = bound;
    }

    /// Adds somebody, who may be in already.
    #[inline]
    pub(super) fn push(&mut self, person: u32) {
        if self.many {
            self.set(person);
            return;
        }
        self.list.push(person);
        // To sort a longer list costs more than to clear and count the bits of everybody.
        if self.list.len() > (self.bound / 512).max(16) {
            self.spread();
        }
    }

    /// Adds everybody of these bits.
    pub(super) fn push_bits(&mut self, bits: &[u64]) {
        self.spread();
        self.bits.resize(self.bits.len().max(bits.len()), 0);
        for (word, more) in self.bits.iter_mut().zip(bits) {
            *word |= more;
        }
    }

    /// Takes somebody out again; for few people, or before a large set is settled.
    pub(super) fn remove(&mut self, gone: &[u32]) {
        if !self.many {
            self.list.retain(|person| gone.binary_search(person).is_err());
            return;
        }
        for &person in gone {
            if let Some(word) = self.bits.get_mut(person as usize / 64) {
                *word &= !(1 << (person % 64));
            }
        }
    }

    /// Sorts and counts what was pushed.
    pub(super) fn settle(&mut self) {
        if self.many {
            self.len = self.bits.iter().map(|word| word.count_ones() as usize).sum();
        } else {
            self.list.sort_unstable();
            self.list.dedup();
            self.len = self.list.len();
        }
    }

    fn spread(&mut self) {
        if !self.many {
            self.many = true;
            self.bits.resize(self.bound.div_ceil(64), 0);
            for at in 0..self.list.len() {
                self.set(self.list[at]);
            }
            self.list.clear();
        }
    }

    #[inline]
    fn set(&mut self, person: u32) {
        let at = person as usize / 64;
        if at >= self.bits.len() {
            self.bits.resize(at + 1, 0);
        }
        self.bits[at] |= 1 << (person % 64);
    }
}

impl fmt::Debug for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The numbers of the bits that are set, rising.
pub(super) fn ones(bits: &[u64]) -> impl Iterator<Item = u32> + '_ {
    bits.iter().zip((0..).step_by(64)).flat_map(|(&word, first): (&u64, u32)| {
        std::iter::successors((word != 0).then_some(word), |rest| {
            Some(rest & (rest - 1)).filter(|rest| *rest != 0)
        })
        .map(move |rest| first + rest.trailing_zeros())
    })
}

/// Who is meant: people by how many slips what was typed has for them. Nobody is in twice.
#[derive(Debug, Clone, Default)]
pub struct Matches {
    by_slips: [People; 3],
}

impl Matches {
    /// With how many slips somebody is meant, if at all.
    #[inline]
    pub fn slips(&self, person: u32) -> Option<u8> {
        let has = |people: &People| !people.is_empty() && people.contains(person);
        self.by_slips.iter().zip(0..).find(|(people, _)| has(people)).map(|(_, slips)| slips)
    }

    /// Who is meant with exactly so many slips, 0 to 2.
    pub fn with_slips(&self, slips: u8) -> &People {
        &self.by_slips[usize::from(slips.min(2))]
    }

    /// How many are meant.
    pub fn len(&self) -> usize {
        self.by_slips.iter().map(People::len).sum()
    }

    /// Whether nobody is meant.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Everybody who is meant, with the slips: the fewest slips first, then rising.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u8)> + '_ {
        self.by_slips
            .iter()
            .zip(0..)
            .flat_map(|(people, slips)| people.iter().map(move |person| (person, slips)))
    }

    pub(super) fn clear(&mut self, bound: usize) {
        self.by_slips.iter_mut().for_each(|people| people.clear(bound));
    }

    /// Everybody with fewer slips than these, rising. They are few, or more slips would not be looked for.
    pub(super) fn with_fewer_slips(&self, slips: u8) -> Vec<u32> {
        let mut people: Vec<u32> = self.by_slips.iter().take(slips.into()).flat_map(People::iter).collect();
        people.sort_unstable();
        people
    }

    pub(super) fn people_mut(&mut self, slips: u8) -> &mut People {
        &mut self.by_slips[usize::from(slips)]
    }
}

#[cfg(test)]
mod tests {
    use super::People;

    fn people(bound: usize, pushed: &[u32]) -> People {
        let mut people = People::default();
        people.clear(bound);
        pushed.iter().for_each(|person| people.push(*person));
        people.settle();
        people
    }

    #[test]
    fn a_set_is_the_same_as_a_list_and_as_bits() {
        let few = people(1000, &[700, 3, 3, 64]);
        assert_eq!((few.len(), few.as_list()), (3, Some(&[3, 64, 700][..])));
        assert!(few.contains(64) && !few.contains(65));

        let many: Vec<u32> = (0..999).rev().step_by(3).collect();
        let many = people(1000, &many);
        assert!(many.as_list().is_none());
        assert_eq!(many.len(), 333);
        assert_eq!(many.iter().take(3).collect::<Vec<_>>(), [2, 5, 8]);
        assert!(many.contains(998) && !many.contains(999) && !many.contains(1_000_000));
    }

    #[test]
    fn whoever_is_gone_is_taken_out() {
        let mut few = people(10, &[1, 2, 3]);
        few.remove(&[2, 9]);
        few.settle();
        assert_eq!(few.iter().collect::<Vec<_>>(), [1, 3]);

        let mut many = people(100, &(0..100).collect::<Vec<_>>());
        many.remove(&[0, 63, 99, 5000]);
        many.settle();
        assert_eq!(many.len(), 97);
        assert!(!many.contains(63));
    }

    #[test]
    fn a_set_is_used_again() {
        let mut set = people(100, &(0..100).collect::<Vec<_>>());
        set.clear(100);
        set.push(7);
        set.settle();
        assert_eq!(set.iter().collect::<Vec<_>>(), [7]);
    }
}
