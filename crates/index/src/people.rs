//! Who is in the index: one row for each person.
//!
//! Invariants: a person keeps their number as long as the index is not rebuilt, and no number is used twice. One writer
//! changes rows, word by word, while readers read them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use rendez_vocab::ids::PractitionerId;
use uuid::Uuid;

use crate::appendix::Appendix;
use crate::huge;
use crate::words::Words;
pub(crate) use crate::words::{Facts, Kind, OpenPage, Pages};

/// Rows that are kept together.
const BLOCK: usize = 512;
/// No lane.
const NO_LANE: u32 = u32::MAX;
/// Marks the number of a list of lanes.
const LIST: u32 = 1 << 31;
/// In the word of a person's kind: they were taken out.
const GONE: u64 = 1 << 32;

/// A person. What a change looks at stands together.
#[derive(Default)]
#[repr(C)]
pub(crate) struct Row {
    id: [AtomicU64; 2],
    lanes: AtomicU32,
    stamp: AtomicU32,
    content: AtomicU64,
    words: AtomicU64,
    kind: AtomicU64,
}

impl Row {
    /// Of facts whose words are stored already.
    pub(crate) fn new(facts: &Facts, words: u64) -> Self {
        let row = Self::default();
        let (high, low) = facts.practitioner.uuid().as_u64_pair();
        row.id[0].store(high, Ordering::Relaxed);
        row.id[1].store(low, Ordering::Relaxed);
        row.set(facts, words);
        row.lanes.store(NO_LANE, Ordering::Relaxed);
        row
    }

    /// A copy with its words elsewhere, without lanes.
    pub(crate) fn copy(&self, words: u64) -> Self {
        let copy = |word: &AtomicU64| AtomicU64::new(word.load(Ordering::Relaxed));
        Self {
            id: [copy(&self.id[0]), copy(&self.id[1])],
            content: copy(&self.content),
            words: AtomicU64::new(words),
            kind: copy(&self.kind),
            lanes: AtomicU32::new(NO_LANE),
            stamp: AtomicU32::new(self.stamp()),
        }
    }

    /// From the numbers of [`Row::numbers`].
    pub(crate) fn from_numbers([high, low, content, kind]: [u64; 4], words: u64) -> Self {
        let [high, low, content, kind, words] = [high, low, content, kind, words].map(AtomicU64::new);
        let lanes = AtomicU32::new(NO_LANE);
        Self { id: [high, low], content, words, kind, lanes, stamp: AtomicU32::new(0) }
    }

    /// All but words, lanes and stamp.
    pub(crate) fn numbers(&self) -> [u64; 4] {
        [&self.id[0], &self.id[1], &self.content, &self.kind].map(|word| word.load(Ordering::Relaxed))
    }

    /// Who.
    #[inline]
    pub(crate) fn practitioner(&self) -> PractitionerId {
        let [high, low] = [&self.id[0], &self.id[1]].map(|word| word.load(Ordering::Relaxed));
        PractitionerId::from_uuid(Uuid::from_u64_pair(high, low))
    }

    /// The digest of the profile.
    pub(crate) fn content(&self) -> u64 {
        self.content.load(Ordering::Relaxed)
    }

    /// What is said of them.
    pub(crate) fn kind(&self) -> Kind {
        let word = self.kind.load(Ordering::Relaxed);
        let flag = |bit: u32| word >> bit & 1 != 0;
        Kind {
            specialty: flag(24).then_some(word as u16),
            sector: flag(25).then_some((word >> 16) as u8),
            telehealth: flag(26),
            new_patients: flag(27),
        }
    }

    /// Whether they were taken out. Nobody comes back into a row.
    pub(crate) fn is_gone(&self) -> bool {
        self.kind.load(Ordering::Acquire) & GONE != 0
    }

    /// Where the words are.
    pub(crate) fn words(&self) -> u64 {
        self.words.load(Ordering::Acquire)
    }

    /// Rises with each change.
    pub(crate) fn stamp(&self) -> u32 {
        self.stamp.load(Ordering::Relaxed)
    }

    /// Sets the stamp.
    pub(crate) fn set_stamp(&self, stamp: u32) {
        self.stamp.store(stamp, Ordering::Relaxed);
    }

    /// Changes everything but who it is.
    pub(crate) fn set(&self, facts: &Facts, words: u64) {
        let kind = facts.kind;
        let flag = |bit: u32, on: bool| u64::from(on) << bit;
        let word = u64::from(kind.specialty.unwrap_or(0))
            | u64::from(kind.sector.unwrap_or(0)) << 16
            | flag(24, kind.specialty.is_some())
            | flag(25, kind.sector.is_some())
            | flag(26, kind.telehealth)
            | flag(27, kind.new_patients);
        self.kind.store(word, Ordering::Relaxed);
        self.content.store(facts.content, Ordering::Relaxed);
        self.words.store(words, Ordering::Release);
    }
}

/// Everybody.
pub(crate) struct People {
    /// Those whose numbers are in the order of their ids.
    sorted: Vec<Row>,
    /// Those who came later.
    later: Appendix<Box<[Row]>>,
    len: AtomicU32,
    /// How many of them were taken out.
    gone: AtomicU32,
    pages: Arc<Pages>,
    lists: Appendix<Box<[u32]>>,
}

impl People {
    /// From rows in order of id, and their words.
    pub(crate) fn new(rows: Vec<Row>, pages: Arc<Pages>) -> Self {
        Self {
            len: AtomicU32::new(rows.len() as u32),
            sorted: rows,
            later: Appendix::default(),
            gone: AtomicU32::new(0),
            pages,
            lists: Appendix::default(),
        }
    }

    /// How many numbers are given away.
    pub(crate) fn len(&self) -> u32 {
        self.len.load(Ordering::Acquire)
    }

    /// How many there are.
    pub(crate) fn living(&self) -> usize {
        // First those who are gone, so that they are never more than all.
        let gone = self.gone.load(Ordering::Acquire);
        self.len().saturating_sub(gone) as usize
    }

    /// Everybody who is there, by number.
    pub(crate) fn everybody(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.len()).filter(|person| self.row(*person).is_some_and(|row| !row.is_gone()))
    }

    /// People with a smaller number than this are numbered in the order of their ids.
    pub(crate) fn sorted(&self) -> u32 {
        self.sorted.len() as u32
    }

    /// Somebody's row.
    #[inline]
    pub(crate) fn row(&self, person: u32) -> Option<&Row> {
        self.sorted.get(person as usize).or_else(|| {
            let late = person as usize - self.sorted.len();
            self.later.get(late / BLOCK)?.get(late % BLOCK)
        })
    }

    /// Adds somebody whose words are stored already. For the one writer.
    pub(crate) fn push(&self, facts: &Facts, words: u64) -> u32 {
        let person = self.len.load(Ordering::Relaxed);
        if self.row(person).is_none() {
            self.later.push((0..BLOCK).map(|_| Row::default()).collect());
        }
        if let Some(row) = self.row(person) {
            let (high, low) = facts.practitioner.uuid().as_u64_pair();
            row.id[0].store(high, Ordering::Relaxed);
            row.id[1].store(low, Ordering::Relaxed);
            row.set(facts, words);
            row.lanes.store(NO_LANE, Ordering::Relaxed);
        }
        self.len.store(person + 1, Ordering::Release);
        person
    }

    /// Notes that somebody is gone. Their row and words stay for readers who hold them.
    pub(crate) fn drop_person(&self, person: u32) {
        self.set_lanes(person, &[]);
        if let Some(row) = self.row(person) {
            row.kind.store(row.kind.load(Ordering::Relaxed) | GONE, Ordering::Release);
            self.gone.store(self.gone.load(Ordering::Relaxed) + 1, Ordering::Release);
        }
    }

    /// What everybody's words are on.
    pub(crate) fn pages(&self) -> &Arc<Pages> {
        &self.pages
    }

    /// Who a person is.
    #[inline]
    pub(crate) fn practitioner(&self, person: u32) -> PractitionerId {
        self.row(person).map_or(PractitionerId::from_uuid(Uuid::nil()), Row::practitioner)
    }

    /// Fetches somebody's row into the cache.
    #[inline]
    pub(crate) fn fetch(&self, person: u32) {
        self.row(person).into_iter().for_each(huge::fetch);
    }

    /// Of somebody with several places, fetches where the list of their lanes is; their row should be at hand.
    #[inline]
    pub(crate) fn fetch_list(&self, person: u32) {
        self.list_no(person).into_iter().for_each(|number| self.lists.fetch(number));
    }

    /// Then fetches the list.
    #[inline]
    pub(crate) fn fetch_listed(&self, person: u32) {
        let list = self.list_no(person).and_then(|number| self.lists.get(number));
        list.and_then(|list| list.first()).into_iter().for_each(huge::fetch);
    }

    #[inline]
    fn list_no(&self, person: u32) -> Option<usize> {
        let lanes = self.row(person)?.lanes.load(Ordering::Acquire);
        (lanes != NO_LANE && lanes & LIST != 0).then_some((lanes & !LIST) as usize)
    }

    /// Languages, names and card.
    pub(crate) fn words(&self, person: u32) -> Words<'_> {
        self.row(person).map(|row| self.pages.get(row.words())).unwrap_or_default()
    }

    /// The lanes of a person in the order of their places.
    #[inline]
    pub(crate) fn lanes(&self, person: u32) -> Lanes<'_> {
        let lanes = self.row(person).map_or(NO_LANE, |row| row.lanes.load(Ordering::Acquire));
        if lanes == NO_LANE {
            Lanes { one: None, list: &[] }
        } else if lanes & LIST == 0 {
            Lanes { one: Some(lanes), list: &[] }
        } else {
            Lanes { one: None, list: self.lists.get((lanes & !LIST) as usize).map_or(&[], |list| list) }
        }
    }

    /// Says which the lanes of a person are. For the one writer.
    pub(crate) fn set_lanes(&self, person: u32, lanes: &[u32]) {
        let value = match lanes {
            [] => NO_LANE,
            [lane] => *lane,
            _ => LIST | self.lists.push(lanes.into()) as u32,
        };
        if let Some(row) = self.row(person) {
            row.lanes.store(value, Ordering::Release);
        }
    }

    /// Memory that is held.
    pub(crate) fn bytes(&self) -> usize {
        let rows =
            (self.sorted.capacity() + self.later.len() * BLOCK) * size_of::<Row>() + self.later.bytes();
        let lists: usize = self.lists.iter().map(|list| list.len() * 4).sum();
        rows + lists + self.lists.bytes() + self.pages.bytes()
    }
}

/// Some lanes.
#[derive(Debug, Clone)]
pub(crate) struct Lanes<'a> {
    one: Option<u32>,
    list: &'a [u32],
}

impl Iterator for Lanes<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        if let Some(lane) = self.one.take() {
            return Some(lane);
        }
        let (first, rest) = self.list.split_first()?;
        self.list = rest;
        Some(*first)
    }
}
