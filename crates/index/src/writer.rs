//! The one who changes an arrangement. Searches read beside it.
//!
//! Order of stores: first the bits of a record, then what the lane says of them. A search believes a lane only where to
//! look; the starts that it shows are read from the record.

use std::ops::RangeInclusive;
use std::sync::atomic::Ordering;

use crate::build::Ids;
use crate::core::Core;
use crate::hot::{BANDS, LANES};
use crate::index::{Applied, Stamp};
use crate::midnight;
use crate::moment::{Moment, Span};
use crate::people::Row;
use crate::profile::Visit;
use crate::record::change::Touched;
use crate::record::pack::Packed;
use crate::record::times::{Cells, band};
use crate::record::{Columns, Record};

use rendez_vocab::ids::PractitionerId;

use place::{Content, Garbage, find};

mod carry;
mod place;

pub(crate) use carry::Successor;

/// More days than this are computed together with all others.
const MANY_DAYS: i32 = 16;
/// Days that share a bit are so far apart.
const RING_DAYS: i32 = 64;

/// What only the writer needs.
pub(crate) struct Writer {
    ids: Ids,
    last_stamp: u32,
    /// Who was changed, each time, since somebody wants to know.
    changed: Option<Vec<PractitionerId>>,
}

impl Writer {
    /// For an arrangement whose people stand so.
    pub(crate) fn new(ids: Ids, last_stamp: u32) -> Self {
        Self { ids, last_stamp, changed: None }
    }

    /// Who somebody is in the arrangement.
    pub(crate) fn person(&self, core: &Core, id: PractitionerId) -> Option<u32> {
        find(core, &self.ids, id)
    }

    /// The stamp of a change that is made now.
    pub(crate) fn next_stamp(&mut self) -> u32 {
        self.last_stamp = self.last_stamp.wrapping_add(1);
        self.last_stamp
    }

    fn stamped(&mut self, row: &Row) {
        row.set_stamp(self.next_stamp());
        self.note(row.practitioner());
    }

    fn note(&mut self, id: PractitionerId) {
        self.changed.iter_mut().for_each(|changed| changed.push(id));
    }

    /// Notes from now on who is changed.
    pub(crate) fn note_changes(&mut self) {
        self.changed = Some(Vec::new());
    }

    /// Some of those who were changed, at most so many; nobody if there are none left.
    pub(crate) fn take_changed(&mut self, most: usize) -> Vec<PractitionerId> {
        let changed = self.changed.get_or_insert_default();
        let mut some = changed.split_off(changed.len().saturating_sub(most));
        some.sort_unstable();
        some.dedup();
        some
    }

    /// Whether there are more of them.
    pub(crate) fn has_changed(&self) -> bool {
        self.changed.as_ref().is_some_and(|changed| !changed.is_empty())
    }

    /// Goes on in another arrangement, whose people stand so.
    pub(crate) fn move_to(&mut self, ids: Ids) {
        self.ids = ids;
        self.changed = None;
    }

    /// Takes a range of somebody's time.
    pub(crate) fn take(&mut self, core: &Core, id: PractitionerId, range: Span) -> Applied {
        let Some(person) = self.person(core, id) else { return Applied::Unknown };
        let Some(row) = core.people.row(person) else { return Applied::Unknown };
        self.stamped(row);
        for lane in core.people.lanes(person) {
            core.fetch_for_change(lane, range.start);
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
            core.fetch_for_change(lane, range.start);
            let record = core.record(lane);
            let today = core.clock(record.zone()).day_start(core.now());
            if let Some(touched) = record.refresh(range, today, &mut free) {
                follow(core, lane, &record, touched);
            }
        }
        Applied::Done
    }

    /// Puts somebody in, or in the place of what was known; `None`, and nothing changed, if there is no room in this
    /// arrangement.
    pub(crate) fn put(
        &mut self,
        core: &Core,
        packed: &Packed,
        stamp: Option<Option<Stamp>>,
    ) -> Option<Applied> {
        let id = packed.facts.practitioner;
        if !self.is_expected(core, id, stamp) {
            return Some(Applied::Overtaken);
        }
        let person = place::put(core, &mut self.ids, &Content::new(packed))?;
        core.people.row(person).into_iter().for_each(|row| self.stamped(row));
        Some(Applied::Done)
    }

    /// Whether somebody has not changed since a stamp that was given.
    pub(crate) fn is_expected(&self, core: &Core, id: PractitionerId, stamp: Option<Option<Stamp>>) -> bool {
        let row = self.person(core, id).and_then(|person| core.people.row(person));
        stamp.is_none_or(|stamp| stamp == row.map(|row| Stamp(row.stamp())))
    }

    /// Takes somebody out.
    pub(crate) fn remove(&mut self, core: &Core, id: PractitionerId) -> Applied {
        if !place::remove(core, &mut self.ids, id, Garbage::Counted) {
            return Applied::Unknown;
        }
        self.note(id);
        Applied::Done
    }
}

/// Moves the present on, and says which lanes are to be looked at again.
pub(crate) fn advance(core: &Core, now: Moment) -> Vec<u32> {
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
pub(crate) fn look_again(core: &Core, lanes: &[u32]) {
    for lane in lanes.iter().copied().filter(|lane| core.hot.is_active(*lane)) {
        let record = core.record(lane);
        set_first(core, lane, &record, &core.columns(lane, &record));
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
    let (last, last_time) = clock.local(touched.to);
    let (first, first_time) = clock.local(from);
    let bands = match first == last && clock.steady_until(touched.to.plus(1)) {
        true => band(first_time)..=band(last_time),
        false => 0..=BANDS - 1,
    };
    for lane in core.hot.at_place(main) {
        let columns = core.columns(lane, record);
        if last < first || last - first >= MANY_DAYS {
            core.hot.set_times(lane, &core.times(lane, record, &mut clock));
            continue;
        }
        let within = clock.around(from, touched.to);
        record.cells(&columns, &mut clock, today, first..last + 1, within, |day, cells| {
            set_day(core, lane, day.rem_euclid(RING_DAYS) as usize, bands.clone(), cells);
        });
        if !record.is_upcoming_before(&columns, from) {
            set_first(core, lane, record, &columns);
        }
    }
}

/// Finds out anew which starts are offered first.
fn set_first(core: &Core, lane: u32, record: &Record<'_>, columns: &Columns) {
    let (first, check_at) = record.firsts(columns, core.now());
    record.keep_upcoming(columns, &first, core.now());
    core.hot.set_first(lane, &first, check_at);
}

/// Changes whether a lane is free on a day, in those parts of it where that may have changed: the others are mostly far from
/// the processor.
fn set_day(core: &Core, lane: u32, day: usize, bands: RangeInclusive<usize>, cells: &Cells) {
    let (block, bit) = (lane as usize / LANES, 1_u64 << (lane as usize % LANES));
    let Some(days) = core.hot.days.get(block) else { return };
    for (columns, cell) in days.0.iter().zip(cells) {
        for band in bands.clone() {
            let word = &columns[band][day];
            let old = word.load(Ordering::Relaxed);
            let new = if cell >> band & 1 == 1 { old | bit } else { old & !bit };
            if new != old {
                word.store(new, Ordering::Release);
            }
        }
    }
}

#[cfg(test)]
mod tests;
