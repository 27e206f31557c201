//! The one who changes an arrangement. Searches read beside it.
//!
//! Order of stores: first the bits of a record, then what the lane says of them. A search believes a lane only where to
//! look; the starts that it shows are read from the record.

use crate::arena::{NO_RECORD, capacity};
use crate::build::{Draft, Ids, give_lanes, spread};
use crate::core::{Core, aims, traits};
use crate::hot::{Aim, COLUMNS};
use crate::index::{Applied, Stamp};
use crate::midnight;
use crate::moment::{Moment, Span};
use crate::people::Row;
use crate::profile::Visit;
use crate::record::Record;
use crate::record::change::Touched;
use crate::record::pack::Packed;

use rendez_vocab::ids::PractitionerId;

/// More days than this are computed together with all others.
const MANY_DAYS: i32 = 16;
/// Days that share a bit are so far apart.
const RING_DAYS: i32 = 64;

/// What only the writer needs.
pub(crate) struct Writer {
    ids: Ids,
    last_stamp: u32,
}

/// How a practitioner was put in.
pub(crate) enum Put {
    /// Done, or why not.
    Applied(Applied),
    /// There is no room in this arrangement: this one has it.
    Rearranged(Box<(Core, Ids)>),
}

impl Writer {
    /// For an arrangement whose people stand so.
    pub(crate) fn new(ids: Ids, last_stamp: u32) -> Self {
        Self { ids, last_stamp }
    }

    /// After a new arrangement.
    pub(crate) fn set_ids(&mut self, ids: Ids) {
        self.ids = ids;
    }

    /// Who somebody is in the arrangement.
    pub(crate) fn person(&self, core: &Core, id: PractitionerId) -> Option<u32> {
        self.ids.find(spread(id), |person| core.people.practitioner(*person) == id).copied()
    }

    /// Everybody.
    pub(crate) fn everybody(&self) -> impl Iterator<Item = u32> {
        self.ids.iter().copied()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Memory that is held.
    pub(crate) fn bytes(&self) -> usize {
        self.ids.capacity() * 8 / 7 * 5
    }

    /// Whether somebody stands in an arrangement: everybody who was not taken out.
    pub(crate) fn is_living(&self, core: &Core, person: u32) -> bool {
        core.people.row(person).is_some_and(|row| self.person(core, row.practitioner()) == Some(person))
    }

    fn stamped(&mut self, row: &Row) {
        self.last_stamp = self.last_stamp.wrapping_add(1);
        row.set_stamp(self.last_stamp);
    }

    /// Takes a range of somebody's time.
    pub(crate) fn take(&mut self, core: &Core, id: PractitionerId, range: Span) -> Applied {
        let Some(person) = self.person(core, id) else { return Applied::Unknown };
        let Some(row) = core.people.row(person) else { return Applied::Unknown };
        self.stamped(row);
        for lane in core.people.lanes(person) {
            let record = core.record(lane);
            if let Some(touched) = record.take(range) {
                follow(core, lane, &record, touched);
            }
        }
        Applied::Done
    }

    /// Asks anew what is free in a range of somebody's time.
    pub(crate) fn refresh(
        &mut self,
        core: &Core,
        id: PractitionerId,
        range: Span,
        stamp: Option<Stamp>,
        mut free: impl FnMut(&Visit) -> bool,
    ) -> Applied {
        let Some(person) = self.person(core, id) else { return Applied::Unknown };
        let Some(row) = core.people.row(person) else { return Applied::Unknown };
        if stamp.is_some_and(|stamp| stamp.0 != row.stamp()) {
            return Applied::Overtaken;
        }
        self.stamped(row);
        for lane in core.people.lanes(person) {
            let record = core.record(lane);
            let today = core.clock(record.zone()).day_start(core.now());
            if let Some(touched) = record.refresh(range, today, &mut free) {
                follow(core, lane, &record, touched);
            }
        }
        Applied::Done
    }

    /// Puts somebody in, or in the place of what was known.
    pub(crate) fn put(&mut self, core: &Core, packed: &Packed, stamp: Option<Option<Stamp>>) -> Put {
        let id = packed.facts.practitioner;
        let person = self.person(core, id);
        let known = person.and_then(|person| core.people.row(person)).map(|row| Stamp(row.stamp()));
        if stamp.is_some_and(|stamp| stamp != known) {
            return Put::Applied(Applied::Overtaken);
        }
        let placed = match person {
            Some(person) => {
                let changed = core.people.row(person).map(Row::kind);
                let renamed = core.people.words(person).names != packed.facts.names();
                core.people.change(person, &packed.facts);
                if renamed {
                    core.names.change(person, Some(packed.facts.names()));
                }
                if changed.is_some_and(|kind| kind.specialty == packed.facts.kind.specialty) {
                    put_in_place(core, person, packed).or_else(|| put_anew(core, person, packed))
                } else {
                    put_anew(core, person, packed)
                }
            }
            None => {
                let person = core.people.push(&packed.facts);
                core.names.change(person, Some(packed.facts.names()));
                self.ids.insert_unique(spread(id), person, |known| spread(core.people.practitioner(*known)));
                put_anew(core, person, packed)
            }
        };
        let row = self.person(core, id).and_then(|person| core.people.row(person));
        row.into_iter().for_each(|row| self.stamped(row));
        match placed {
            Some(()) => Put::Applied(Applied::Done),
            None => {
                let mut draft = Draft::of(core, Some(id), |person| self.is_living(core, person));
                draft.add(packed, self.last_stamp);
                Put::Rearranged(Box::new(draft.finish()))
            }
        }
    }

    /// Takes somebody out.
    pub(crate) fn remove(&mut self, core: &Core, id: PractitionerId) -> Applied {
        let same = |person: &u32| core.people.practitioner(*person) == id;
        let Ok(entry) = self.ids.find_entry(spread(id), same) else { return Applied::Unknown };
        let (person, _) = entry.remove();
        let lanes: Vec<u32> = core.people.lanes(person).collect();
        core.people.drop_person(person);
        core.names.change(person, None);
        lanes.into_iter().for_each(|lane| retire(core, lane));
        Applied::Done
    }

    /// Moves the present on, and says which lanes are to be looked at again.
    pub(crate) fn advance(&mut self, core: &Core, now: Moment) -> Vec<u32> {
        let before = core.now();
        let mut due = Vec::new();
        if now > before {
            core.set_now(now);
            midnight::pass(core, before, now);
            core.hot.due(now, |lane| due.push(lane));
        }
        due
    }

    /// Looks at some lanes again.
    pub(crate) fn look_again(&mut self, core: &Core, lanes: &[u32]) {
        for lane in lanes.iter().copied().filter(|lane| core.hot.is_active(*lane)) {
            let record = core.record(lane);
            let (first, check_at) = record.firsts(&core.columns(lane, &record), core.now());
            core.hot.set_first(lane, &first, check_at);
        }
    }
}

/// Brings the lanes of a place in line with their record after some starts have changed.
fn follow(core: &Core, main: u32, record: &Record<'_>, touched: Touched) {
    let now = core.now();
    let mut clock = core.clock(record.zone());
    let today = clock.day_start(now);
    if touched.to < today {
        return;
    }
    let from = touched.from.max(today);
    let ((first, _), (last, _)) = (clock.local(from), clock.local(touched.to));
    for lane in core.hot.at_place(main) {
        let columns = core.columns(lane, record);
        if last < first || last - first >= MANY_DAYS {
            core.hot.set_times(lane, &record.times(&columns, &mut clock, now));
            continue;
        }
        let within = clock.around(from, touched.to);
        record.cells(&columns, &mut clock, today, first..last + 1, within, |day, cells| {
            core.hot.set_day(lane, day.rem_euclid(RING_DAYS) as u32, cells);
        });
        if (0..COLUMNS).any(|column| core.hot.first(column, lane) >= from) {
            let (first, check_at) = record.firsts(&columns, now);
            core.hot.set_first(lane, &first, check_at);
        }
    }
}

/// Puts new content into the lanes that somebody has, if places, positions and what lanes are for stay the same.
fn put_in_place(core: &Core, person: u32, packed: &Packed) -> Option<()> {
    let (kind, words) = (packed.facts.kind, core.people.words(person));
    let places: Vec<u32> = core.people.lanes(person).collect();
    let same = |lane: u32, new: &Record<'_>| {
        core.record(lane).position() == new.position()
            && core.hot.at_place(lane).map(|lane| core.hot.aims(lane)).eq(aims(new, kind))
    };
    if places.len() != packed.records().count()
        || !places.iter().zip(packed.records()).all(|(lane, new)| same(*lane, &new))
    {
        return None;
    }
    for (main, new) in places.into_iter().zip(packed.records()) {
        let old_number = core.hot.record(main);
        let mut number = old_number;
        let old = core.record(main);
        let fits = old.words().first().map_or(0, capacity) >= new.len();
        if !fits {
            number = core.arena.append(new.words());
        }
        for lane in core.hot.at_place(main) {
            let traits = traits(&new, number, person, kind, words.languages, core.hot.aims(lane));
            if !core.hot.set_traits(lane, &traits) {
                return None;
            }
        }
        if fits {
            old.overwrite(&new);
        } else {
            core.arena.drop_record(old_number);
        }
        let mut clock = core.clock(new.zone());
        for lane in core.hot.at_place(main) {
            core.hot.set_times(lane, &new.times(&core.columns(lane, &new), &mut clock, core.now()));
        }
    }
    Some(())
}

/// Gives somebody new lanes in the place of those they have. Nobody sees the new ones before the old ones are gone.
fn put_anew(core: &Core, person: u32, packed: &Packed) -> Option<()> {
    let (kind, words) = (packed.facts.kind, core.people.words(person));
    let mut lanes = Vec::new();
    let mut records = Vec::new();
    for new in packed.records() {
        let number = core.arena.append(new.words());
        records.push(number);
        let mut clock = core.clock(new.zone());
        for aims in aims(&new, kind) {
            let traits = traits(&new, number, person, kind, words.languages, aims);
            let times = new.times(&new.columns(Aim::first_of(aims)), &mut clock, core.now());
            match core.hot.place(&traits, &times) {
                Some(lane) => lanes.push((lane, aims)),
                None => {
                    lanes.into_iter().for_each(|(lane, _)| core.hot.retire(lane));
                    records.into_iter().for_each(|record| core.arena.drop_record(record));
                    return None;
                }
            }
        }
    }
    let old: Vec<u32> = core.people.lanes(person).collect();
    let new: Vec<u32> = lanes.iter().map(|(lane, _)| *lane).collect();
    give_lanes(&core.hot, &core.people, person, &new, records.len());
    old.into_iter().for_each(|lane| retire(core, lane));
    lanes.into_iter().for_each(|(lane, aims)| core.hot.activate(lane, aims));
    Some(())
}

/// Takes the lanes of a place out of searches, and drops its record.
fn retire(core: &Core, main: u32) {
    core.hot.at_place(main).for_each(|lane| core.hot.retire(lane));
    let record = core.hot.record(main);
    if record != NO_RECORD {
        core.arena.drop_record(record);
    }
}

#[cfg(test)]
mod tests;
