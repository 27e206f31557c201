//! A new arrangement beside the present one, while searches and changes go on.
//!
//! It is made from the present one without stopping anybody. Whoever is changed meanwhile is noted and carried over
//! afterwards, some at a time; when nobody is left, the new one takes the place of the present one.
//!
//! Invariant: one is made at a time.

use std::sync::{MutexGuard, PoisonError};

use rendez_vocab::ids::PractitionerId;

use crate::build::Draft;
use crate::core::Core;
use crate::record::pack::Packed;
use crate::writer::{Successor, Writer};

use super::{Applied, Index, Stamp};

/// So many people are carried over before other changes may come in between; more each time, so that it ends.
const PEOPLE_AT_A_TIME: usize = 64;
/// After so many rounds the present waits until the new arrangement has caught up with it.
const PATIENT_ROUNDS: usize = 16;

/// Somebody for whom there is no room in the present arrangement.
pub(super) struct Newcomer<'p> {
    packed: &'p Packed,
    stamp: Option<Option<Stamp>>,
}

impl Index {
    /// Puts somebody in when the present arrangement has no room.
    pub(super) fn make_room_and_put(&self, packed: &Packed, stamp: Option<Option<Stamp>>) -> Applied {
        let _alone = self.arranging.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have made room meanwhile.
        let applied = self.put_if_room(packed, stamp);
        applied.unwrap_or_else(|| self.arrange(Some(&Newcomer { packed, stamp })))
    }

    /// Sorts everything anew.
    pub(super) fn arrange_anew(&self) {
        let _alone = self.arranging.lock().unwrap_or_else(PoisonError::into_inner);
        self.arrange(None);
    }

    fn arrange(&self, newcomer: Option<&Newcomer<'_>>) -> Applied {
        let (mut draft, core) = {
            let (mut writer, core) = self.changing();
            writer.note_changes();
            (begin(&mut writer, &core, newcomer), core)
        };
        draft.fill(&core, newcomer.map(Newcomer::id));
        let mut successor = Successor::new(draft.finish());
        let mut round = 1;
        loop {
            successor.catch_up_with(&core);
            self.let_others();
            let (mut writer, _) = self.changing();
            if round > PATIENT_ROUNDS {
                successor.catch_up_with(&core);
            }
            let mut changed = writer.take_changed(PEOPLE_AT_A_TIME * round);
            changed.retain(|id| newcomer.is_none_or(|newcomer| newcomer.id() != *id));
            let is_last = !writer.has_changed() && successor.is_as_late_as(&core);
            let overtaken = newcomer
                .filter(|newcomer| is_last && !newcomer.is_expected(&writer, &core))
                .map(Newcomer::id);
            let carried = changed.into_iter().chain(overtaken).try_for_each(|id| {
                let person = writer.person(&core, id);
                successor.carry(&core, person, id)
            });
            if carried.is_none() {
                return self.arrange_at_once(writer, &core, newcomer);
            }
            if is_last {
                if let (Some(newcomer), None) = (newcomer, overtaken) {
                    successor.set_stamp(newcomer.id(), writer.next_stamp());
                }
                self.go_on_with(writer, successor);
                return if overtaken.is_some() { Applied::Overtaken } else { Applied::Done };
            }
            round += 1;
        }
    }

    /// What is last resort: nobody changes anything until all is done.
    fn arrange_at_once(
        &self,
        mut writer: MutexGuard<'_, Writer>,
        core: &Core,
        newcomer: Option<&Newcomer<'_>>,
    ) -> Applied {
        let welcome = newcomer.filter(|newcomer| newcomer.is_expected(&writer, core));
        let mut draft = begin(&mut writer, core, welcome);
        draft.fill(core, welcome.map(Newcomer::id));
        self.go_on_with(writer, Successor::new(draft.finish()));
        if welcome.is_some() == newcomer.is_some() { Applied::Done } else { Applied::Overtaken }
    }

    fn go_on_with(&self, mut writer: MutexGuard<'_, Writer>, successor: Successor) {
        let (core, ids) = successor.finish();
        writer.move_to(ids);
        self.core.store(core);
    }
}

impl Newcomer<'_> {
    fn id(&self) -> PractitionerId {
        self.packed.facts.practitioner
    }

    fn is_expected(&self, writer: &Writer, core: &Core) -> bool {
        writer.is_expected(core, self.id(), self.stamp)
    }
}

/// A draft with the newcomer in it.
fn begin(writer: &mut Writer, core: &Core, newcomer: Option<&Newcomer<'_>>) -> Draft {
    let mut draft = Draft::beside(core);
    if let Some(newcomer) = newcomer {
        draft.add_beside(newcomer.packed, writer.next_stamp());
    }
    draft
}
