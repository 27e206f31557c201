//! Making an arrangement: of packed practitioners, of another arrangement, or of a file.
//!
//! Records go into the arena at once, so that little is held twice; the rest is small until [`Draft::finish`] sorts it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hashbrown::HashTable;
use rendez_vocab::ids::PractitionerId;

use crate::arena::{Arena, NO_RECORD, OFFSET_BITS};
use crate::clock::Clock;
use crate::core::{Core, aims, traits};
use crate::hot::{BANDS, COLUMNS, Hot, LANES, Traits};
use crate::huge;
use crate::index::{Index, Settings};
use crate::moment::Moment;
use crate::names::NameBook;
use crate::people::{OpenPage, Pages, People, Row};
use crate::record::Record;
use crate::record::pack::Packed;

use ready::{Batch, KnownTimes, Lanes, UNKNOWN};

pub(crate) mod ready;

/// Collects practitioners for a new index.
pub struct Builder {
    draft: Draft,
}

impl Builder {
    /// Nobody yet.
    pub fn new(settings: Settings) -> Self {
        Self { draft: Draft::new(settings) }
    }

    /// Adds one; of two with the same id the later stays.
    pub fn add(&mut self, packed: Packed) {
        self.draft.add(&packed, 1);
    }

    /// The index.
    pub fn finish(self) -> Index {
        let (core, ids) = self.draft.finish();
        Index::new(core, ids, 1)
    }
}

/// The stamp of everybody who was read.
const STAMP: u32 = 1;

/// Where people stand by their ids.
pub(crate) type Ids = HashTable<u32>;

/// About how much memory a table of so many takes: a number and a byte for each of a power of two that is not full.
pub(crate) fn ids_bytes(people: usize) -> usize {
    (people + people / 7).next_power_of_two() * (size_of::<u32>() + 1)
}

/// Spreads an id: its first half counts time.
pub(crate) fn spread(id: PractitionerId) -> u64 {
    let (high, low) = id.uuid().as_u64_pair();
    (high.rotate_left(32) ^ low).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Somebody who waits for a number.
struct Entry {
    row: Row,
    owns: Owned,
}

/// Where somebody's records and lanes are among all.
#[derive(Clone, Copy)]
struct Owned {
    /// The first of the records, and how many they are.
    records: (u32, u32),
    /// The first of the lanes that are known already, and how many they are; none if they are still to be made.
    lanes: (u32, u32),
}

/// An arrangement under way.
pub(crate) struct Draft {
    settings: Settings,
    arena: Arc<Arena>,
    pages: Arc<Pages>,
    open: OpenPage,
    entries: Vec<Entry>,
    records: Vec<u32>,
    lanes: Lanes,
    ids: Ids,
}

impl Draft {
    /// Of nobody yet.
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            settings,
            arena: Arc::default(),
            pages: Arc::default(),
            open: OpenPage::default(),
            entries: Vec::new(),
            records: Vec::new(),
            lanes: Lanes::default(),
            ids: Ids::new(),
        }
    }

    /// Of nobody yet, to be filled from an arrangement. Records and words stay where they are; if too many of those are
    /// garbage, the rest is copied.
    pub(crate) fn beside(core: &Core) -> Self {
        let mut draft = Self::new(core.settings_now());
        if !core.has_much_garbage() {
            draft.arena = Arc::clone(&core.arena);
            draft.pages = Arc::clone(core.people.pages());
        }
        draft
    }

    /// Adds everybody of an arrangement but `without`, neighbours beside each other. Whoever is changed meanwhile is to be
    /// put in once more, since what was read of them may be partly old and partly new.
    pub(crate) fn fill(&mut self, core: &Core, without: Option<PractitionerId>) {
        let copies = !Arc::ptr_eq(&self.arena, &core.arena);
        for person in core.neighbours() {
            let Some(row) = core.people.row(person) else { continue };
            let lanes = core.people.lanes(person);
            if row.is_gone() || Some(row.practitioner()) == without {
                continue;
            }
            if copies {
                let words = self.words(core.people.words(person).stored);
                self.push(row.copy(words), lanes.map(|lane| core.record(lane)));
            } else {
                self.place(row.copy(row.words()), lanes.map(|lane| core.hot.record(lane)));
            }
        }
    }

    /// Adds somebody beside others who add words and records. For the one writer.
    pub(crate) fn add_beside(&mut self, packed: &Packed, stamp: u32) {
        let row = Row::new(&packed.facts, self.pages.append(&packed.facts.words));
        row.set_stamp(stamp);
        self.push(row, packed.records());
    }

    /// Adds somebody, in the place of an earlier one with the same id.
    pub(crate) fn add(&mut self, packed: &Packed, stamp: u32) {
        let row = Row::new(&packed.facts, self.words(&packed.facts.words));
        row.set_stamp(stamp);
        self.push(row, packed.records());
    }

    /// Adds somebody whose words were stored with [`Draft::words`].
    pub(crate) fn push<'r>(&mut self, row: Row, records: impl Iterator<Item = Record<'r>>) {
        let arena = Arc::clone(&self.arena);
        self.place(row, records.map(|record| arena.append(record.used())));
    }

    /// Adds somebody whose records are in the arena.
    fn place(&mut self, row: Row, records: impl Iterator<Item = u32>) {
        let first = self.records.len();
        self.records.extend(records);
        let owns = Owned { records: (first as u32, (self.records.len() - first) as u32), lanes: (0, 0) };
        let (id, number) = (row.practitioner(), self.entries.len() as u32);
        let entries = &self.entries;
        let known = self.ids.find_mut(spread(id), |known| practitioner(entries, *known) == Some(id));
        match known.copied() {
            Some(old) => {
                if let Some(entry) = self.entries.get_mut(old as usize) {
                    let (first, count) = entry.owns.records;
                    let dropped = self.records.iter_mut().skip(first as usize).take(count as usize);
                    for record in dropped {
                        self.arena.drop_record(std::mem::replace(record, NO_RECORD));
                    }
                    *entry = Entry { row, owns };
                }
            }
            None => {
                self.entries.push(Entry { row, owns });
                let entries = &self.entries;
                self.ids.insert_unique(spread(id), number, |known| {
                    practitioner(entries, *known).map_or(0, spread)
                });
            }
        }
    }

    /// Adds people who are in no other batch, and leaves the batch empty.
    pub(crate) fn add_batch(&mut self, batch: &mut Batch) {
        let higher = (self.arena.chunks() as u32) << OFFSET_BITS;
        batch.chunks.drain(..).for_each(|full| self.arena.add_chunk(full.chunk, full.used));
        let page = self.pages.add(std::mem::take(&mut batch.words).into());
        let (mut record, mut lane) = (self.records.len() as u32, self.lanes.traits.len() as u32);
        for person in batch.people.drain(..) {
            let owns = Owned { records: (record, person.records), lanes: (lane, person.lanes) };
            (record, lane) = (record + person.records, lane + person.lanes);
            let row = Row::from_numbers(person.numbers, page | u64::from(person.words_at));
            row.set_stamp(STAMP);
            self.entries.push(Entry { row, owns });
        }
        self.records.extend(batch.records.drain(..).map(|record| record + higher));
        self.lanes.append(&mut batch.lanes, higher);
    }

    /// Says what the present is, and when what was read of lanes' times began to be written. On another day by some
    /// clock it is of no use.
    pub(crate) fn set_present(&mut self, begun: Moment, now: Moment) {
        self.settings.now = now;
        let on_one_day = |offsets| {
            let mut clock = Clock::new(offsets);
            let ((day, time), (same, later)) = (clock.local(begun), clock.local(now));
            day == same && i64::from(later) - i64::from(time) == now.unix() - begun.unix()
        };
        let zones = &self.settings.zones;
        if now < begun || !on_one_day(&[]) || !zones.iter().all(|zone| on_one_day(&zone.offsets)) {
            self.lanes.forget_times();
        }
    }

    /// Stores words for a row that is pushed next.
    pub(crate) fn words(&mut self, stored: &[u8]) -> u64 {
        self.open.add(&self.pages, stored)
    }

    /// Sorts everything, and says where people stand.
    pub(crate) fn finish(self) -> (Core, Ids) {
        let Self { settings, arena, pages, mut open, mut entries, records, lanes, mut ids } = self;
        open.close(&pages);
        ids.clear();
        let id = |entry: &Entry| entry.row.practitioner();
        entries.sort_unstable_by_key(|entry| id(entry).uuid().as_u64_pair());
        entries.dedup_by_key(|entry| id(entry));
        let owned: Vec<Owned> = entries.iter().map(|entry| entry.owns).collect();
        let mut rows = huge::reserved(entries.len());
        rows.extend(entries.into_iter().map(|entry| entry.row));
        let people = People::new(rows, pages);

        let ((hot, known), names) = std::thread::scope(|scope| {
            let names = scope.spawn(|| {
                number_by_id(&people, &mut ids);
                NameBook::of(&people)
            });
            (arrange(&settings, &people, &arena, &owned, records, lanes), names.join())
        });
        let names = names.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let core = Core::new(settings, hot, arena, people, names);
        set_all_times(&core, &known);
        (core, ids)
    }
}

/// Says where everybody stands.
fn number_by_id(people: &People, ids: &mut Ids) {
    ids.reserve(people.len() as usize, |person| spread(people.practitioner(*person)));
    for person in 0..people.len() {
        let hash = spread(people.practitioner(person));
        ids.insert_unique(hash, person, |known| spread(people.practitioner(*known)));
    }
}

/// Gives everybody their lanes; their times are still to be set.
fn arrange(
    settings: &Settings,
    people: &People,
    arena: &Arena,
    owned: &[Owned],
    records: Vec<u32>,
    lanes: Lanes,
) -> (Hot, KnownTimes) {
    // On two threads.
    let middle = owned.len() / 2;
    let some = |from: usize, until: usize| {
        let mut some = Lanes::default();
        for (person, owns) in (from as u32..).zip(owned.get(from..until).unwrap_or(&[])) {
            traits_of(people, arena, person, *owns, &records, &lanes, &mut some);
        }
        some
    };
    let (mut all, rest) = std::thread::scope(|scope| {
        let rest = scope.spawn(|| some(middle, owned.len()));
        let mut first = some(0, middle);
        first.traits.reserve_exact(first.traits.len() + first.traits.len() / 16);
        (first, rest.join())
    });
    all.append(&mut rest.unwrap_or_else(|panic| std::panic::resume_unwind(panic)), 0);
    let times = lanes.times;
    drop((records, lanes.traits, lanes.times_at));
    let Lanes { traits: all_traits, times_at, .. } = all;
    let (hot, lanes) = Hot::build(settings.specialties, &all_traits);
    let mut next = lanes.as_slice();
    let mut owners = all_traits.iter().map(|traits| traits.person).peekable();
    for (person, owns) in (0..).zip(owned) {
        let count = std::iter::from_fn(|| owners.next_if_eq(&person)).count();
        let (own, rest) = next.split_at_checked(count).unwrap_or((next, &[]));
        give_lanes(&hot, people, person, own, owns.records.1 as usize);
        next = rest;
    }
    let known = KnownTimes::new(&lanes, &times_at, times);
    (hot, known)
}

/// What somebody's lanes are to be, and where their times begin that are known.
fn traits_of(
    people: &People,
    arena: &Arena,
    person: u32,
    owns: Owned,
    records: &[u32],
    lanes: &Lanes,
    out: &mut Lanes,
) {
    let own = |(first, count): (u32, u32)| first as usize..(first + count) as usize;
    if let (true, Some(known)) = (owns.lanes.1 > 0, lanes.traits.get(own(owns.lanes))) {
        out.traits.extend(known.iter().map(|traits| Traits { person, ..traits.clone() }));
        out.times_at.extend(lanes.times_at.get(own(owns.lanes)).unwrap_or(&[]));
        return;
    }
    let Some(row) = people.row(person) else { return };
    let (kind, words) = (row.kind(), people.words(person));
    for number in records.get(own(owns.records)).unwrap_or(&[]) {
        let record = Record::new(arena.words(*number));
        for aims in aims(&record, kind) {
            out.traits.push(traits(&record, *number, person, kind, words.languages, aims));
        }
    }
    out.times_at.resize(out.traits.len(), UNKNOWN);
}

/// Says which lanes are somebody's: for each place the same number of them, the main one first.
pub(crate) fn give_lanes(hot: &Hot, people: &People, person: u32, lanes: &[u32], places: usize) {
    let of_place = lanes.len().checked_div(places).unwrap_or(0).max(1);
    lanes.chunks(of_place).for_each(|lanes| hot.link_aims(lanes));
    for number in 0..of_place {
        hot.link_places(lanes.iter().skip(number).step_by(of_place).copied());
    }
    people.set_lanes(person, &lanes.iter().step_by(of_place).copied().collect::<Vec<_>>());
}

fn practitioner(entries: &[Entry], number: u32) -> Option<PractitionerId> {
    entries.get(number as usize).map(|entry| entry.row.practitioner())
}

/// Says when each lane is free, on two threads: each has its own blocks.
fn set_all_times(core: &Core, known: &KnownTimes) {
    let blocks = core.hot.blocks();
    // Even, because cache lines are shared by fewer than that.
    let middle = (blocks / 2).next_multiple_of(64).min(blocks);
    std::thread::scope(|scope| {
        scope.spawn(|| (middle..blocks).for_each(|block| set_times(core, block, known)));
        (0..middle).for_each(|block| set_times(core, block, known));
    });
}

/// Says when the lanes of a block are free. Days are kept by day, so those of all its lanes are turned at once.
fn set_times(core: &Core, block: usize, known: &KnownTimes) {
    let mut days = [[[0_u64; LANES]; BANDS]; COLUMNS];
    let lanes = (block * LANES) as u32..((block + 1) * LANES) as u32;
    for (seat, lane) in lanes.enumerate().filter(|(_, lane)| core.hot.is_active(*lane)) {
        let known = known.get(lane).filter(|known| known.check_at > core.now());
        let times = known.unwrap_or_else(|| {
            let record = core.record(lane);
            core.times(lane, &record, &mut core.clock(record.zone()))
        });
        core.hot.set_first(lane, &times.first, times.check_at);
        for (by_band, of_lane) in days.iter_mut().zip(&times.days) {
            for (by_seat, of_lane) in by_band.iter_mut().zip(of_lane) {
                by_seat[seat] = *of_lane;
            }
        }
    }
    for (by_band, words) in days.iter_mut().zip(&core.hot.days[block].0) {
        for (by_seat, words) in by_band.iter_mut().zip(words) {
            transpose(by_seat);
            words.iter().zip(by_seat).for_each(|(word, by_day)| word.store(*by_day, Ordering::Relaxed));
        }
    }
}

/// Turns a square of bits about its diagonal.
fn transpose(square: &mut [u64; 64]) {
    let (mut half, mut mask) = (32, 0x0000_0000_ffff_ffff_u64);
    while half != 0 {
        for upper in (0..64).filter(|row| row & half == 0) {
            let swapped = (square[upper] >> half ^ square[upper | half]) & mask;
            square[upper] ^= swapped << half;
            square[upper | half] ^= swapped;
        }
        half /= 2;
        mask ^= mask << half;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_is_turned_about_its_diagonal() {
        let bit = |row: usize, column: usize| (row * 31 + column * 17) % 5 < 2;
        let mut square: [u64; 64] = std::array::from_fn(|row| {
            (0..64).fold(0, |word, column| word | u64::from(bit(row, column)) << column)
        });
        transpose(&mut square);
        for (row, word) in square.iter().enumerate() {
            assert!((0..64).all(|column| (word >> column & 1 == 1) == bit(column, row)));
        }
    }
}
