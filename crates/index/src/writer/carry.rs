//! A new arrangement on its way: whoever is changed while it is made is carried over from the present one.

use std::sync::Arc;

use rendez_vocab::ids::PractitionerId;

use crate::build::Ids;
use crate::core::Core;
use crate::words::Facts;

use super::place::{self, Content, Garbage};
use super::{advance, look_again};

/// The arrangement that follows the present one. Nobody else sees it yet.
pub(crate) struct Successor {
    core: Core,
    ids: Ids,
}

impl Successor {
    /// Of what was made from the present one.
    pub(crate) fn new((core, ids): (Core, Ids)) -> Self {
        Self { core, ids }
    }

    /// Whether the present is the same in both.
    pub(crate) fn is_as_late_as(&self, present: &Core) -> bool {
        self.core.now() >= present.now()
    }

    /// Moves its present on.
    pub(crate) fn catch_up_with(&self, present: &Core) {
        look_again(&self.core, &advance(&self.core, present.now()));
    }

    /// Makes somebody what they are in the present arrangement, where they have that number; `None` if there is no room.
    /// For the one writer.
    pub(crate) fn carry(&mut self, present: &Core, person: Option<u32>, id: PractitionerId) -> Option<()> {
        let shares = Arc::ptr_eq(&present.arena, &self.core.arena);
        let garbage = if shares { Garbage::NotCounted } else { Garbage::Counted };
        let known = person.and_then(|person| Some((person, present.people.row(person)?)));
        let Some((person, row)) = known else {
            place::remove(&self.core, &mut self.ids, id, garbage);
            return Some(());
        };
        let stored = present.people.words(person).stored.into();
        let facts = Facts { practitioner: id, kind: row.kind(), content: row.content(), words: stored };
        let record = |lane| (present.record(lane), shares.then(|| present.hot.record(lane)));
        let content = Content {
            facts: &facts,
            words: shares.then(|| row.words()),
            records: present.people.lanes(person).map(record).collect(),
            garbage,
        };
        let person = place::put(&self.core, &mut self.ids, &content)?;
        self.core.people.row(person).into_iter().for_each(|new| new.set_stamp(row.stamp()));
        Some(())
    }

    /// Gives somebody a stamp.
    pub(crate) fn set_stamp(&self, id: PractitionerId, stamp: u32) {
        let row = place::find(&self.core, &self.ids, id).and_then(|person| self.core.people.row(person));
        row.into_iter().for_each(|row| row.set_stamp(stamp));
    }

    /// Both of its parts.
    pub(crate) fn finish(self) -> (Arc<Core>, Ids) {
        (Arc::new(self.core), self.ids)
    }
}
