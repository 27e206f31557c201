//! Whose lane comes first of those with equal scores.

use std::cmp::Ordering;

use crate::people::People;

/// Whose lane it is, in the order of ids.
pub(super) struct Tie<'a> {
    pub(super) person: u32,
    pub(super) people: &'a People,
}

impl Ord for Tie<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.person.max(other.person) < self.people.sorted() {
            // Their numbers are in the same order, and at hand.
            self.person.cmp(&other.person)
        } else {
            self.people.practitioner(self.person).cmp(&self.people.practitioner(other.person))
        }
    }
}

impl PartialOrd for Tie<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Tie<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.person == other.person
    }
}

impl Eq for Tie<'_> {}
