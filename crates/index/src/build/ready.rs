//! People from a file on their way into a draft: whatever can be said of them before everybody is there.

use std::sync::atomic::Ordering;

use crate::arena::{CHUNK, OFFSET_BITS, roomy};
use crate::core::{aims, traits};
use crate::hot::{Times, Traits};
use crate::huge::Chunk;
use crate::people::Row;
use crate::record::Record;
use crate::snapshot::times;
use crate::words::Words;

/// A batch is full when so few words are left of its chunk.
const NEARLY_NONE: usize = CHUNK / 128;
/// It is not known.
pub(super) const UNKNOWN: u32 = u32::MAX;

/// Some people.
#[derive(Default)]
pub(crate) struct Batch {
    pub(super) people: Vec<Person>,
    /// Their words, one after another.
    pub(super) words: Vec<u8>,
    /// Their records: mostly one chunk.
    pub(super) chunks: Vec<Filling>,
    /// The number of each record among these chunks.
    pub(super) records: Vec<u32>,
    pub(super) lanes: Lanes,
    /// The next lane of the last record whose times may be known.
    next: usize,
}

/// A chunk that records are added to.
pub(super) struct Filling {
    pub(super) chunk: Chunk,
    pub(super) used: usize,
}

/// One of them.
#[derive(Clone, Copy)]
pub(super) struct Person {
    pub(super) numbers: [u64; 4],
    /// Where their words begin.
    pub(super) words_at: u32,
    pub(super) records: u32,
    pub(super) lanes: u32,
}

/// What lanes are to become, in the order of people and places.
#[derive(Default)]
pub(crate) struct Lanes {
    pub(super) traits: Vec<Traits>,
    /// Where the times of each begin.
    pub(super) times_at: Vec<u32>,
    pub(super) times: Vec<u64>,
}

impl Batch {
    /// Whether the next person belongs into another batch.
    pub(crate) fn is_full(&self) -> bool {
        self.chunks.len() > 1 || self.chunks.last().is_some_and(|last| last.used + NEARLY_NONE > CHUNK)
    }

    /// Begins with somebody, by the numbers of their row and their words.
    pub(crate) fn begin(&mut self, numbers: [u64; 4], words: &[u8]) {
        let words_at = self.words.len() as u32;
        self.words.extend_from_slice(words);
        self.people.push(Person { numbers, words_at, records: 0, lanes: 0 });
    }

    /// Adds the record of their next place, but for its first word, and says how many lanes it has; `None` if it is not so
    /// long as it says.
    pub(crate) fn add_record(&mut self, words: impl ExactSizeIterator<Item = u64>) -> Option<u32> {
        let length = words.len() + 1;
        let capacity = roomy(length);
        if self.chunks.last().is_none_or(|last| last.used > 0 && last.used + capacity > CHUNK) {
            self.chunks.push(Filling { chunk: Chunk::zeroed(CHUNK.max(capacity)), used: 0 });
        }
        let in_chunk = self.chunks.len() - 1;
        let Filling { chunk, used } = self.chunks.last_mut()?;
        let from = std::mem::replace(used, *used + capacity);
        let place = chunk.get(from..*used)?;
        let all = std::iter::once(capacity as u64).chain(words);
        place.iter().zip(all).for_each(|(to, word)| to.store(word, Ordering::Relaxed));
        let record = Record::new(place);
        if record.len() != length {
            return None;
        }
        let number = (in_chunk << OFFSET_BITS | from) as u32;
        let person = self.people.last_mut()?;
        let kind = Row::from_numbers(person.numbers, 0).kind();
        let words = self.words.get(person.words_at as usize..).and_then(Words::read)?;
        self.next = self.lanes.traits.len();
        for aims in aims(&record, kind) {
            self.lanes.traits.push(traits(&record, number, 0, kind, words.languages, aims));
        }
        self.lanes.times_at.resize(self.lanes.traits.len(), UNKNOWN);
        let lanes = (self.lanes.traits.len() - self.next) as u32;
        self.records.push(number);
        person.records += 1;
        person.lanes += lanes;
        Some(lanes)
    }

    /// Adds what the next lane of that place knows of time.
    pub(crate) fn add_times(&mut self, head: u64, words: impl Iterator<Item = u64>) {
        if let Some(at) = self.lanes.times_at.get_mut(self.next) {
            *at = self.lanes.times.len() as u32;
            self.lanes.times.push(head);
            self.lanes.times.extend(words);
        }
        self.next += 1;
    }
}

impl Lanes {
    /// Adds those of a batch, whose records have got higher numbers by so much.
    pub(super) fn append(&mut self, other: &mut Self, higher: u32) {
        let base = self.times.len() as u32;
        self.traits
            .extend(other.traits.drain(..).map(|traits| Traits { record: traits.record + higher, ..traits }));
        let known = |at: u32| if at == UNKNOWN { UNKNOWN } else { at + base };
        self.times_at.extend(other.times_at.drain(..).map(known));
        self.times.append(&mut other.times);
    }

    /// What is known of time is not so any more.
    pub(super) fn forget_times(&mut self) {
        self.times_at.fill(UNKNOWN);
        self.times = Vec::new();
    }
}

/// What is known of lanes' times before they are computed.
#[derive(Default)]
pub(super) struct KnownTimes {
    /// Where the times of each lane begin.
    at: Vec<u32>,
    words: Vec<u64>,
}

impl KnownTimes {
    /// Of lanes that have got these numbers.
    pub(super) fn new(lanes: &[u32], times_at: &[u32], words: Vec<u64>) -> Self {
        if words.is_empty() {
            return Self::default();
        }
        let mut at = vec![UNKNOWN; lanes.iter().max().map_or(0, |last| *last as usize + 1)];
        for (lane, from) in lanes.iter().zip(times_at) {
            if let Some(at) = at.get_mut(*lane as usize) {
                *at = *from;
            }
        }
        Self { at, words }
    }

    /// A lane's.
    pub(super) fn get(&self, lane: u32) -> Option<Times> {
        let at = self.at.get(lane as usize)?;
        times::read(self.words.get(*at as usize..)?)
    }
}
