//! Who may be meant by a name as it was typed.
//!
//! A [`Names`] never changes; people whose names change are laid over it in a new one that shares the rest. Everybody is in
//! at most once, with the name that was given last. It knows nothing of where people are or what they do.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::asked::Asked;
use super::fold::fold;
use super::matching::{Search, goes_on};
use super::people::{Matches, People};
use super::table::{Table, TableBuilder};
use super::trie::count;

/// A slip is looked for while fewer people than these are found without one.
const ENOUGH: usize = 20;

/// Everybody's names.
#[derive(Debug, Clone, Default)]
pub struct Names {
    base: Arc<Table>,
    changes: Arc<Changes>,
}

/// Those whose names are other than in the base.
#[derive(Debug, Default)]
struct Changes {
    /// The names that hold now; none for who is gone.
    names: BTreeMap<u32, Option<String>>,
    /// All of them, rising: what the base says of these does not hold.
    people: Vec<u32>,
    /// Their names, by their place in `people`.
    table: Table,
}

/// Gathers names. Meant for everybody at once; see [`Names::with_changes`] for a few.
#[derive(Debug, Default)]
pub struct NamesBuilder {
    table: TableBuilder,
}

impl NamesBuilder {
    /// Says once for each person which names they have, in words that are [folded](fold). People's numbers are best
    /// without large gaps. At most 32 words count.
    pub fn add<'w>(&mut self, person: u32, words: impl Iterator<Item = &'w str>) {
        self.table.add(person, words);
    }

    /// Arranges everything; for 500,000 people this takes most of a second.
    pub fn finish(self) -> Names {
        Names { base: Arc::new(self.table.finish()), changes: Arc::default() }
    }
}

impl Names {
    /// The same names with some changed or new (words that are folded, with blanks between) or gone. Takes time by the
    /// number of people changed since everything was built: beyond some thousands it is better to build again.
    #[must_use]
    pub fn with_changes(&self, changes: impl IntoIterator<Item = (u32, Option<String>)>) -> Self {
        let mut names = self.changes.names.clone();
        names.extend(changes);
        let people: Vec<u32> = names.keys().copied().collect();
        let mut table = TableBuilder::default();
        for (at, name) in names.values().enumerate() {
            table.add(count(at), name.iter().flat_map(|name| name.split(' ')));
        }
        let changes = Changes { names, people, table: table.finish() };
        Self { base: Arc::clone(&self.base), changes: Arc::new(changes) }
    }

    /// How many people have changed since everything was built.
    pub fn changes(&self) -> usize {
        self.changes.people.len()
    }

    /// Memory that is held.
    pub fn bytes(&self) -> usize {
        let names = self.changes.names.values().flatten().map(|name| name.capacity() + 32).sum::<usize>();
        self.base.bytes() + self.changes.table.bytes() + self.changes.people.capacity() * 4 + names
    }

    /// Who may be meant: see [`Names::find_into`].
    pub fn find(&self, typed: &str) -> Matches {
        let mut matches = Matches::default();
        self.find_into(typed, &mut matches);
        matches
    }

    /// Who may be meant by what was typed, into memory that is used again.
    ///
    /// Everybody who has, for each word typed, another word that begins so. While these are fewer than 20, also those for
    /// whom one slip in a word of 4 letters or more must be forgiven: a letter changed, added, left out, or swapped with
    /// its neighbour. If still nobody is found, those with two slips, in two such words or in one of 8 letters or more
    /// whose first letter is right. Words with digits, and those with more than 32 letters, have no slips; six words are
    /// looked at.
    pub fn find_into(&self, typed: &str, matches: &mut Matches) {
        let typed = fold(typed);
        let asked = Asked::new(&typed);
        let changed = &self.changes.people;
        let last = changed.last().map_or(0, |person| *person as usize + 1);
        matches.clear(self.base.bound().max(last));
        let mut unchanged = Search::new(&self.base, &asked);
        let mut newer = Search::new(&self.changes.table, &asked);
        let mut places = People::default();
        for slips in 0..=2 {
            if !goes_on(slips, matches.len(), ENOUGH) {
                break;
            }
            let nearer = matches.with_fewer_slips(slips);
            let found = matches.people_mut(slips);
            unchanged.gather(slips, found);
            found.remove(changed);
            places.clear(changed.len());
            newer.gather(slips, &mut places);
            places.settle();
            places.iter().for_each(|place| found.push(changed[place as usize]));
            found.remove(&nearer);
            found.settle();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Matches, Names, NamesBuilder, fold};

    fn names(people: &[&str]) -> Names {
        let mut builder = NamesBuilder::default();
        for (person, name) in (0..).zip(people) {
            builder.add(person, fold(name).split(' '));
        }
        builder.finish()
    }

    fn found(names: &Names, typed: &str) -> Vec<(u32, u8)> {
        names.find(typed).iter().collect()
    }

    #[test]
    fn a_name_is_found_as_people_type_it() {
        let names = names(&["Dr Anne-Marie Lefèvre", "Jean Le Gall", "Marie Martin", "Μαρία Παππά"]);
        for typed in ["lefevre", "LEFÈVRE anne", "ann lef", "Dr. Lefèvre", "marie lefevre", "marie anne"] {
            assert_eq!(found(&names, typed), [(0, 0)], "{typed}");
        }
        assert_eq!(found(&names, "marie"), [(0, 0), (2, 0)]);
        assert_eq!(found(&names, "le g"), [(1, 0)], "one word each: Lefèvre has no other that begins with g");
        assert_eq!(found(&names, "mari ma"), [(2, 0)], "Anne-Marie has one name with ma only");
        assert_eq!(found(&names, "μαρια"), [(3, 0)]);
        assert!(found(&names, "").is_empty());
        assert!(found(&names, " - ").is_empty());
        assert!(found(&names, "marie dupont").is_empty());
    }

    #[test]
    fn slips_are_forgiven_by_length() {
        let names = names(&["Jean Fournier", "Paul Rou", "Alix Moreau"]);
        for typed in ["fornier", "fuornier", "fourniier", "gournier", "jaen fournier", "jean gourn"] {
            assert_eq!(found(&names, typed), [(0, 1)], "{typed}");
        }
        for typed in ["fornieer", "fuonrier", "jaen fornier"] {
            assert_eq!(found(&names, typed), [(0, 2)], "{typed}");
        }
        assert!(found(&names, "gourniex").is_empty(), "two slips need the first letter");
        assert!(found(&names, "roi").is_empty(), "three letters must be right");
        assert!(found(&names, "morraeu").is_empty(), "seven letters have one slip");
    }

    #[test]
    fn whoever_is_right_comes_before_whoever_is_nearly_right() {
        let names = names(&["Anne Dupond", "Anne Dupont"]);
        assert_eq!(found(&names, "dupont"), [(1, 0), (0, 1)]);
        let matches = names.find("dupont");
        assert_eq!((matches.slips(1), matches.slips(0), matches.slips(7)), (Some(0), Some(1), None));

        let many: Vec<&str> = ["Dupond"].into_iter().chain(["Dupont"; 20]).collect();
        let matches = self::names(&many).find("dupont");
        assert_eq!((matches.len(), matches.slips(0)), (20, None), "enough without slips");
    }

    #[test]
    fn changes_lie_over_what_was_built() {
        let names = names(&["Jean Martin", "Marie Martin", "Paul Petit"]);
        let newer =
            names.with_changes([(1, Some(fold("Marie Durand"))), (9, Some(fold("Zoé Martin"))), (2, None)]);
        assert_eq!(found(&newer, "martin"), [(0, 0), (9, 0)]);
        assert_eq!(found(&newer, "marie"), [(1, 0)]);
        assert!(found(&newer, "petit").is_empty());
        assert_eq!(found(&names, "petit"), [(2, 0)], "the older one has not changed");
        assert_eq!(newer.changes(), 3);

        let newest = newer.with_changes([(2, Some(fold("Paule Petit"))), (9, None)]);
        assert_eq!(found(&newest, "petit paule"), [(2, 0)]);
        assert_eq!(found(&newest, "marti"), [(0, 0), (1, 1)]);
    }

    #[test]
    fn nothing_is_left_of_an_earlier_question() {
        let names = names(&["Jean Martin", "Paul Petit"]);
        let mut matches = Matches::default();
        names.find_into("martin", &mut matches);
        names.find_into("petit", &mut matches);
        assert_eq!(matches.iter().collect::<Vec<_>>(), [(1, 0)]);
        names.find_into("nobody", &mut matches);
        assert!(matches.is_empty());
    }
}
