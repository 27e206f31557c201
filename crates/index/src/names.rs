//! What people are called, as the arrangement counts people.
//!
//! Names that come or change after the build lie over it. Laying them takes time by how many there were since the build, so
//! they wait until the next search for a name, which sees them all; an index with thousands of them wants a rebuild.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use arc_swap::ArcSwap;

use crate::people::People;
use crate::text::{Matches, Names, NamesBuilder};

/// Names by person.
pub(crate) struct NameBook {
    names: ArcSwap<Names>,
    waiting: Mutex<Vec<(u32, Option<String>)>>,
    any_waiting: AtomicBool,
}

impl NameBook {
    /// Of everybody.
    pub(crate) fn of(people: &People) -> Self {
        let mut builder = NamesBuilder::default();
        for person in 0..people.len() {
            builder.add(person, words(people.words(person).names));
        }
        Self {
            names: ArcSwap::from_pointee(builder.finish()),
            waiting: Mutex::default(),
            any_waiting: AtomicBool::new(false),
        }
    }

    /// Who is meant by a name as it was typed.
    pub(crate) fn find(&self, typed: &str) -> Matches {
        if self.any_waiting.load(Ordering::Acquire) {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if !waiting.is_empty() {
                let changed = self.names.load().with_changes(waiting.drain(..));
                self.names.store(changed.into());
            }
            self.any_waiting.store(false, Ordering::Release);
        }
        self.names.load().find(typed)
    }

    /// Says what somebody is called from now on; nothing for who is gone. For the one writer.
    pub(crate) fn change(&self, person: u32, names: Option<&str>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push((person, names.map(str::to_owned)));
        self.any_waiting.store(true, Ordering::Release);
    }

    /// Memory that is held.
    pub(crate) fn bytes(&self) -> usize {
        self.names.load().bytes()
    }
}

fn words(names: &str) -> impl Iterator<Item = &str> {
    names.split(' ').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::worlds::{NOON, everyday, id, settings};
    use crate::{Builder, Packed};

    #[test]
    fn names_are_found_as_soon_as_they_are_put_in_and_until_they_are_taken_out() {
        let packed = |number, names: &str| {
            let mut profile = everyday(number, 1);
            profile.names = names.into();
            Packed::new(&settings(NOON), &profile, |_| true)
        };
        let mut builder = Builder::new(settings(NOON));
        builder.add(packed(1, "anna le gall"));
        let index = builder.finish();
        let found = |typed: &str| index.reader().people(typed).len();
        assert_eq!((found("anna"), found("le gal"), found("bob")), (1, 1, 0));
        index.put(packed(2, "bob martin"), None);
        assert_eq!((found("anna"), found("bob")), (1, 1));
        index.put(packed(1, "anne le gall"), None);
        assert_eq!((found("anne"), found("bob mar")), (1, 1));
        index.remove(id(2));
        assert_eq!(found("bob"), 0);
        index.rebuild();
        assert_eq!((found("anne"), found("bob")), (1, 0));
    }
}
