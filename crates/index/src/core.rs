//! One arrangement of the index: what readers and the writer share until the next rebuild.
//!
//! Invariants: the records and the rows of people are the truth, the hot lanes are made from them; a lane belongs to one
//! person as long as the arrangement lives.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering, fence};

use crate::arena::Arena;
use crate::clock::{Clock, offsets};
use crate::digest::Digest;
use crate::hot::{Aim, Hot, LANES, Times, Traits, odd_lengths};
use crate::huge;
use crate::index::Settings;
use crate::moment::{Moment, ZoneNo};
use crate::names::NameBook;
use crate::people::{Kind, People};
use crate::record::times::band;
use crate::record::{Columns, Record};

/// So often a record that is being overwritten is read again: the writer may have been put aside in the middle.
const TRIES: usize = 1000;

/// The arrangement.
pub(crate) struct Core {
    /// What the index was made with.
    pub(crate) settings: Settings,
    now: AtomicU32,
    /// The lanes.
    pub(crate) hot: Hot,
    /// The records.
    pub(crate) arena: Arc<Arena>,
    /// Whose they are.
    pub(crate) people: People,
    /// What they are called.
    pub(crate) names: NameBook,
}

impl Core {
    /// From its parts, at the settings' present.
    pub(crate) fn new(
        settings: Settings,
        hot: Hot,
        arena: Arc<Arena>,
        people: People,
        names: NameBook,
    ) -> Self {
        let now = AtomicU32::new(settings.now.seconds());
        Self { settings, now, hot, arena, people, names }
    }

    /// The present.
    #[inline]
    pub(crate) fn now(&self) -> Moment {
        Moment::from_seconds(self.now.load(Ordering::Acquire))
    }

    /// Moves the present.
    pub(crate) fn set_now(&self, now: Moment) {
        self.now.store(now.seconds(), Ordering::Release);
    }

    /// The settings with the present as it is.
    pub(crate) fn settings_now(&self) -> Settings {
        Settings { now: self.now(), ..self.settings.clone() }
    }

    /// The clock of a zone.
    #[inline]
    pub(crate) fn clock(&self, zone: ZoneNo) -> Clock<'_> {
        Clock::new(offsets(&self.settings.zones, zone))
    }

    /// Whether so much of records and words is garbage that the rest is worth copying.
    pub(crate) fn has_much_garbage(&self) -> bool {
        let (records, words) = (&self.arena, self.people.pages());
        let garbage = records.garbage_bytes() + words.garbage_bytes();
        garbage > 1 << 20 && garbage * 5 > records.bytes() + words.bytes()
    }

    /// Reads a lane's record. If it is overwritten meanwhile, `read` is called again; `None` if that does not end.
    #[inline]
    pub(crate) fn read<T>(&self, lane: u32, mut read: impl FnMut(&Record<'_>) -> T) -> Option<T> {
        for _ in 0..TRIES {
            let number = self.hot.record(lane);
            let record = Record::new(self.arena.words(number));
            let version = record.version();
            if version & 1 == 0 {
                let answer = read(&record);
                fence(Ordering::Acquire);
                if record.version() == version && self.hot.record(lane) == number {
                    return Some(answer);
                }
            }
            std::hint::spin_loop();
        }
        None
    }

    /// The record of a lane, for the writer.
    pub(crate) fn record(&self, lane: u32) -> Record<'_> {
        Record::new(self.arena.words(self.hot.record(lane)))
    }

    /// The visit types that a lane's columns speak of.
    pub(crate) fn columns(&self, lane: u32, record: &Record<'_>) -> Columns {
        record.columns(Aim::first_of(self.hot.aims(lane)))
    }

    /// All that a lane knows of time; its record keeps what comes next. For the one writer.
    pub(crate) fn times(&self, lane: u32, record: &Record<'_>, clock: &mut Clock<'_>) -> Times {
        self.times_by(&self.columns(lane, record), record, clock)
    }

    /// The same for a lane that speaks of such columns.
    pub(crate) fn times_by(&self, columns: &Columns, record: &Record<'_>, clock: &mut Clock<'_>) -> Times {
        let times = record.times(columns, clock, self.now());
        record.keep_upcoming(columns, &times.first, self.now());
        times
    }

    /// Asks memory for what the writer looks at to change a place around a moment, all of it at once: looked at one after
    /// another, each word would be waited for.
    pub(crate) fn fetch_for_change(&self, lane: u32, at: Moment) {
        let (block, seat) = (lane as usize / LANES, lane as usize % LANES);
        // By the clock of UTC, which is mostly the same part of the same day.
        let (day, time) = Clock::new(&[]).local(at);
        let (day, band) = (day.rem_euclid(64) as usize, band(time));
        self.arena.fetch(self.hot.record(lane));
        let days = self.hot.days.get(block).map_or(&[][..], |days| &days.0);
        days.iter().for_each(|column| huge::fetch(&column[band][day]));
        let first = self.hot.first.iter().filter_map(|column| column.get(block));
        first.for_each(|words| huge::fetch(&words.0[seat]));
        self.record(lane).fetch(at.seconds());
    }

    /// Everybody's number once, people who are neighbours beside each other.
    pub(crate) fn neighbours(&self) -> Vec<u32> {
        let mut seen = vec![false; self.people.len() as usize];
        let in_lanes = (0..(self.hot.blocks() * LANES) as u32)
            .filter(|lane| self.hot.is_active(*lane))
            .map(|lane| self.hot.person(lane));
        let everybody = in_lanes.chain(0..self.people.len());
        let mut first_time =
            |person: u32| seen.get_mut(person as usize).is_some_and(|seen| !std::mem::replace(seen, true));
        everybody.filter(|person| first_time(*person)).collect()
    }

    /// The digest of somebody's content.
    pub(crate) fn digest(&self, person: u32) -> u64 {
        let mut digest = Digest::new();
        digest.add(self.people.row(person).map_or(0, crate::people::Row::content));
        for lane in self.people.lanes(person) {
            let record = self.record(lane);
            record.digest_into(&mut digest, self.clock(record.zone()).day_start(self.now()));
        }
        digest.finish()
    }
}

/// What a lane says of somebody at a place, for searches with such aims.
pub(crate) fn traits(
    record: &Record<'_>,
    number: u32,
    person: u32,
    kind: Kind,
    languages: &[u8],
    aims: u8,
) -> Traits {
    let lengths = (0..record.visit_types()).map(|number| record.visit_type(number));
    Traits {
        person,
        record: number,
        position: record.position(),
        specialty: kind.specialty,
        languages: languages.iter().copied().collect(),
        sector: kind.sector,
        telehealth: kind.telehealth,
        new_patients: kind.new_patients,
        zone: record.zone(),
        odd_lengths: odd_lengths(lengths.clone().map(|visit_type| visit_type.duration_minutes)),
        aims,
        place_no: record.place_no(),
        shortest_horizon_days: lengths.map(|kind| kind.max_horizon_days).min().unwrap_or(u16::MAX),
    }
}

/// Sets of aims that choose the same visit types, at least one set, the first with [`Aim::ANYTHING`]: each gets a lane.
/// They depend on the visit types and on what is said of the person, so they are the same at all places.
pub(crate) fn aims(record: &Record<'_>, kind: Kind) -> Vec<u8> {
    let mut all = (0..record.visit_types()).map(|number| record.visit_type(number));
    if all.all(|visit_type| !visit_type.telehealth && !visit_type.known_only) {
        return vec![Aim::ALL];
    }
    let mut sets: Vec<(Columns, u8)> = Vec::with_capacity(Aim::COUNT);
    for aim in Aim::every() {
        // Whoever does not offer what is aimed at is no match, whatever the lane says.
        let meant = (kind.telehealth || aim.telehealth() != Some(true))
            && (kind.new_patients || aim.new_patients() != Some(true));
        let columns = record.columns(if meant { aim } else { Aim::ANYTHING });
        match sets.iter_mut().find(|(known, _)| *known == columns) {
            Some((_, set)) => *set |= 1 << aim.number(),
            None => sets.push((columns, 1 << aim.number())),
        }
    }
    sets.into_iter().map(|(_, set)| set).collect()
}
