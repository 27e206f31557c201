//! Putting somebody into an arrangement, where they were or in new lanes.

use rendez_vocab::ids::PractitionerId;

use crate::arena::{NO_RECORD, capacity};
use crate::build::{Ids, give_lanes, spread};
use crate::core::{Core, aims, traits};
use crate::hot::{Aim, Traits};
use crate::record::Record;
use crate::record::pack::Packed;
use crate::words::Facts;

/// Whether what is no longer used is counted where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Garbage {
    /// It is counted.
    Counted,
    /// Another arrangement has the same memory, and counts.
    NotCounted,
}

/// What somebody is put in with.
pub(super) struct Content<'c> {
    pub(super) facts: &'c Facts,
    /// Where their words are already.
    pub(super) words: Option<u64>,
    /// The places, with the numbers of records that are in the arena already.
    pub(super) records: Vec<(Record<'c>, Option<u32>)>,
    pub(super) garbage: Garbage,
}

impl<'c> Content<'c> {
    /// Of somebody who is still to be stored.
    pub(super) fn new(packed: &'c Packed) -> Self {
        let records = packed.records().map(|record| (record, None)).collect();
        Self { facts: &packed.facts, words: None, records, garbage: Garbage::Counted }
    }

    fn traits(&self, record: &Record<'_>, number: u32, person: u32, aims: u8) -> Traits {
        traits(record, number, person, self.facts.kind, self.facts.words().languages, aims)
    }
}

/// Who somebody is in an arrangement.
pub(super) fn find(core: &Core, ids: &Ids, id: PractitionerId) -> Option<u32> {
    ids.find(spread(id), |person| core.people.practitioner(*person) == id).copied()
}

/// Puts somebody in, or in the place of what was known, and says who they are now; `None`, and nothing changed, if there
/// is no room.
pub(super) fn put(core: &Core, ids: &mut Ids, content: &Content<'_>) -> Option<u32> {
    let id = content.facts.practitioner;
    let Some(person) = find(core, ids, id) else {
        let person = core.people.len();
        let lanes = new_lanes(core, person, content)?;
        let words = content.words.unwrap_or_else(|| core.people.pages().append(&content.facts.words));
        core.people.push(content.facts, words);
        core.names.change(person, Some(content.facts.words().names));
        ids.insert_unique(spread(id), person, |known| spread(core.people.practitioner(*known)));
        move_into(core, person, content, &lanes);
        return Some(person);
    };
    if has_fitting_lanes(core, person, content) {
        change_facts(core, person, content);
        put_in_place(core, person, content);
    } else {
        let lanes = new_lanes(core, person, content)?;
        change_facts(core, person, content);
        move_into(core, person, content, &lanes);
    }
    Some(person)
}

/// Takes somebody out; `false` if nobody of that id is there.
pub(super) fn remove(core: &Core, ids: &mut Ids, id: PractitionerId, garbage: Garbage) -> bool {
    let same = |person: &u32| core.people.practitioner(*person) == id;
    let Ok(entry) = ids.find_entry(spread(id), same) else { return false };
    let (person, _) = entry.remove();
    let lanes: Vec<u32> = core.people.lanes(person).collect();
    core.people.drop_person(person);
    if let (Some(row), Garbage::Counted) = (core.people.row(person), garbage) {
        core.people.pages().drop_words(row.words());
    }
    core.names.change(person, None);
    lanes.into_iter().for_each(|lane| retire(core, lane, garbage));
    true
}

/// Changes what is said of somebody.
fn change_facts(core: &Core, person: u32, content: &Content<'_>) {
    let Some(row) = core.people.row(person) else { return };
    let (old, facts) = (core.people.words(person), content.facts);
    if old.names != facts.words().names {
        core.names.change(person, Some(facts.words().names));
    }
    let at = row.words();
    if old.stored == &*facts.words {
        row.set(facts, at);
        return;
    }
    row.set(facts, content.words.unwrap_or_else(|| core.people.pages().append(&facts.words)));
    if content.garbage == Garbage::Counted {
        core.people.pages().drop_words(at);
    }
}

/// Whether specialty, places, positions and what lanes are for stay the same, and all else has room.
fn has_fitting_lanes(core: &Core, person: u32, content: &Content<'_>) -> bool {
    let kind = content.facts.kind;
    let places: Vec<u32> = core.people.lanes(person).collect();
    let fits = |lane: u32, new: &Record<'_>| {
        let position = core.hot.position(lane);
        new.position().map_or(position[0].is_nan(), |new| new == position)
            && core.hot.at_place(lane).map(|lane| core.hot.aims(lane)).eq(aims(new, kind))
    };
    let has_room = || {
        let mut first = content.records.first().into_iter();
        first.all(|(record, _)| core.hot.slices.admits(&content.traits(record, NO_RECORD, person, 0)))
    };
    core.people.row(person).is_some_and(|row| row.kind().specialty == kind.specialty)
        && places.len() == content.records.len()
        && places.iter().zip(&content.records).all(|(lane, (new, _))| fits(*lane, new))
        && has_room()
}

/// Puts new content into the lanes that somebody has.
fn put_in_place(core: &Core, person: u32, content: &Content<'_>) {
    let places: Vec<u32> = core.people.lanes(person).collect();
    for (main, (new, stored)) in places.into_iter().zip(&content.records) {
        let old_number = core.hot.record(main);
        let old = core.record(main);
        let fits = old.words().first().map_or(0, capacity) >= new.len();
        let number = match stored {
            Some(number) => *number,
            None if fits => old_number,
            None => core.arena.append(new.used()),
        };
        for lane in core.hot.at_place(main) {
            core.hot.set_traits(lane, &content.traits(new, number, person, core.hot.aims(lane)));
        }
        if number != old_number {
            drop_record(core, old_number, content.garbage);
        } else if stored.is_none() {
            old.overwrite(new);
        }
        let (stays, mut clock) = (core.record(main), core.clock(new.zone()));
        for lane in core.hot.at_place(main) {
            core.hot.set_times(lane, &core.times(lane, &stays, &mut clock));
        }
    }
}

/// Lanes that no search sees yet, with their aims; `None` if there is no room.
fn new_lanes(core: &Core, person: u32, content: &Content<'_>) -> Option<Vec<(u32, u8)>> {
    let (mut lanes, mut appended) = (Vec::new(), Vec::new());
    for (new, stored) in &content.records {
        let number = stored.unwrap_or_else(|| {
            let number = core.arena.append(new.used());
            appended.push(number);
            number
        });
        let mut clock = core.clock(new.zone());
        for aims in aims(new, content.facts.kind) {
            let traits = content.traits(new, number, person, aims);
            let stays = Record::new(core.arena.words(number));
            let times = core.times_by(&stays.columns(Aim::first_of(aims)), &stays, &mut clock);
            let Some(lane) = core.hot.place(&traits, &times) else {
                lanes.into_iter().for_each(|(lane, _)| core.hot.retire(lane));
                appended.into_iter().for_each(|record| core.arena.drop_record(record));
                return None;
            };
            lanes.push((lane, aims));
        }
    }
    Some(lanes)
}

/// Gives somebody new lanes in the place of those they have. Nobody sees the new ones before the old ones are gone.
fn move_into(core: &Core, person: u32, content: &Content<'_>, lanes: &[(u32, u8)]) {
    let old: Vec<u32> = core.people.lanes(person).collect();
    let new: Vec<u32> = lanes.iter().map(|(lane, _)| *lane).collect();
    give_lanes(&core.hot, &core.people, person, &new, content.records.len());
    old.into_iter().for_each(|lane| retire(core, lane, content.garbage));
    lanes.iter().for_each(|(lane, aims)| core.hot.activate(*lane, *aims));
}

/// Takes the lanes of a place out of searches, and drops its record.
fn retire(core: &Core, main: u32, garbage: Garbage) {
    core.hot.at_place(main).for_each(|lane| core.hot.retire(lane));
    drop_record(core, core.hot.record(main), garbage);
}

fn drop_record(core: &Core, record: u32, garbage: Garbage) {
    if record != NO_RECORD && garbage == Garbage::Counted {
        core.arena.drop_record(record);
    }
}
