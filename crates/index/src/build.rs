//! Making an arrangement: of packed practitioners, of another arrangement, or of a file.
//!
//! Records go into the arena at once, so that little is held twice; the rest is small until [`Draft::finish`] sorts it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hashbrown::HashTable;
use rendez_vocab::ids::PractitionerId;

use crate::arena::{Arena, NO_RECORD};
use crate::core::{Core, aims, traits};
use crate::hot::{BANDS, COLUMNS, Hot, LANES};
use crate::index::{Index, Settings};
use crate::moment::Moment;
use crate::names::NameBook;
use crate::people::{OpenPage, Pages, People, Row};
use crate::record::Record;
use crate::record::pack::Packed;

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
    /// The first of their records among all, and how many they are.
    records: (u32, u32),
}

/// An arrangement under way.
pub(crate) struct Draft {
    settings: Settings,
    arena: Arc<Arena>,
    pages: Arc<Pages>,
    open: OpenPage,
    entries: Vec<Entry>,
    records: Vec<u32>,
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
        let records = (first as u32, (self.records.len() - first) as u32);
        let (id, number) = (row.practitioner(), self.entries.len() as u32);
        let entries = &self.entries;
        let known = self.ids.find_mut(spread(id), |known| practitioner(entries, *known) == Some(id));
        match known.copied() {
            Some(old) => {
                if let Some(entry) = self.entries.get_mut(old as usize) {
                    let (first, count) = entry.records;
                    let dropped = self.records.iter_mut().skip(first as usize).take(count as usize);
                    for record in dropped {
                        self.arena.drop_record(std::mem::replace(record, NO_RECORD));
                    }
                    *entry = Entry { row, records };
                }
            }
            None => {
                self.entries.push(Entry { row, records });
                let entries = &self.entries;
                self.ids.insert_unique(spread(id), number, |known| {
                    practitioner(entries, *known).map_or(0, spread)
                });
            }
        }
    }

    /// Says what the present is.
    pub(crate) fn set_now(&mut self, now: Moment) {
        self.settings.now = now;
    }

    /// Stores words for a row that is pushed next.
    pub(crate) fn words(&mut self, stored: &[u8]) -> u64 {
        self.open.add(&self.pages, stored)
    }

    /// Sorts everything, and says where people stand.
    pub(crate) fn finish(self) -> (Core, Ids) {
        let Self { settings, arena, pages, mut open, mut entries, records, mut ids } = self;
        open.close(&pages);
        ids.clear();
        entries.sort_unstable_by_key(|entry| entry.row.practitioner().uuid().as_u64_pair());
        let spans: Vec<(u32, u32)> = entries.iter().map(|entry| entry.records).collect();
        let people = People::new(entries.into_iter().map(|entry| entry.row).collect(), pages);

        // Names take about as long as everything else.
        let (hot, names) = std::thread::scope(|scope| {
            let names = scope.spawn(|| NameBook::of(&people));
            let hot = arrange(&settings, &people, &arena, &spans, records, &mut ids);
            (hot, names.join())
        });
        let names = names.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let core = Core::new(settings, hot, arena, people, names);
        set_all_times(&core);
        (core, ids)
    }
}

/// Gives everybody their lanes; their times are still to be set.
fn arrange(
    settings: &Settings,
    people: &People,
    arena: &Arena,
    spans: &[(u32, u32)],
    records: Vec<u32>,
    ids: &mut Ids,
) -> Hot {
    ids.reserve(spans.len(), |person| spread(people.practitioner(*person)));
    for person in (0..).take(spans.len()) {
        let hash = spread(people.practitioner(person));
        ids.insert_unique(hash, person, |known| spread(people.practitioner(*known)));
    }
    // On two threads.
    let middle = spans.len() / 2;
    let some = |from: usize, until: usize| {
        let mut some = Vec::with_capacity(records.len() / 2 + 1);
        for (person, (first, count)) in (from as u32..).zip(spans.get(from..until).unwrap_or(&[])) {
            let Some(row) = people.row(person) else { continue };
            let (kind, words) = (row.kind(), people.words(person));
            for number in records.iter().skip(*first as usize).take(*count as usize) {
                let record = Record::new(arena.words(*number));
                for aims in aims(&record, kind) {
                    some.push(traits(&record, *number, person, kind, words.languages, aims));
                }
            }
        }
        some
    };
    let (mut all_traits, rest) = std::thread::scope(|scope| {
        let rest = scope.spawn(|| some(middle, spans.len()));
        (some(0, middle), rest.join())
    });
    all_traits.extend(rest.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
    drop(records);
    let (hot, lanes) = Hot::build(settings.specialties, &all_traits);
    let mut next = lanes.as_slice();
    let mut owners = all_traits.iter().map(|traits| traits.person).peekable();
    for (person, (_, places)) in (0..).zip(spans) {
        let count = std::iter::from_fn(|| owners.next_if_eq(&person)).count();
        let (own, rest) = next.split_at_checked(count).unwrap_or((next, &[]));
        give_lanes(&hot, people, person, own, *places as usize);
        next = rest;
    }
    hot
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

/// Computes when each lane is free, on two threads: each has its own blocks.
fn set_all_times(core: &Core) {
    let blocks = core.hot.blocks();
    // Even, because cache lines are shared by fewer than that.
    let middle = (blocks / 2).next_multiple_of(64).min(blocks);
    std::thread::scope(|scope| {
        scope.spawn(|| (middle..blocks).for_each(|block| set_times(core, block)));
        (0..middle).for_each(|block| set_times(core, block));
    });
}

/// Computes when the lanes of a block are free. Days are kept by day, so those of all its lanes are turned at once.
fn set_times(core: &Core, block: usize) {
    let mut days = [[[0_u64; LANES]; BANDS]; COLUMNS];
    let lanes = (block * LANES) as u32..((block + 1) * LANES) as u32;
    for (seat, lane) in lanes.enumerate().filter(|(_, lane)| core.hot.is_active(*lane)) {
        let record = core.record(lane);
        let mut clock = core.clock(record.zone());
        let times = record.times(&core.columns(lane, &record), &mut clock, core.now());
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
