//! The index in a file, so that a start need not read the whole database.
//!
//! Layout: a magic word with the version, then blocks of words (little-endian), each with its length and a checksum that
//! goes on from the block before; a block of length 0 ends it. Inside: note, settings, how many people, and each of them
//! with their records. What a lane says of its record is computed when it is read.
//!
//! Invariant: nothing is believed before its checksum was right; a file that is cut, changed or of another version is refused.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::build::Draft;
use crate::core::Core;
use crate::digest::Digest;
use crate::index::Settings;
use crate::moment::{Moment, Zone};
use crate::people::Row;
use crate::record::Record;
use crate::words::Words;

/// "rendezix" and the version of the layout.
const MAGIC: [u8; 8] = *b"rendezix";
const VERSION: u64 = 1;
/// Words of a block.
const BLOCK: usize = 1 << 16;
/// The stamp of everybody who was read.
const STAMP: u32 = 1;

/// Writes an arrangement, people who are neighbours beside each other.
pub(crate) fn write(
    core: &Core,
    living: impl Fn(u32) -> bool,
    file: &mut dyn Write,
    note: &[u8],
) -> io::Result<()> {
    file.write_all(&MAGIC)?;
    file.write_all(&VERSION.to_le_bytes())?;
    let mut out = Out { file, words: Vec::with_capacity(BLOCK), bytes: Vec::new(), digest: Digest::new() };
    out.bytes(note)?;
    settings(&core.settings_now(), &mut out)?;
    let people: Vec<u32> = core.neighbours().into_iter().filter(|person| living(*person)).collect();
    out.word(people.len() as u64)?;
    for person in people {
        let Some(row) = core.people.row(person) else { continue };
        for number in row.numbers() {
            out.word(number)?;
        }
        out.bytes(core.people.words(person).stored)?;
        out.word(core.people.lanes(person).count() as u64)?;
        for lane in core.people.lanes(person) {
            let record = core.record(lane);
            out.word(record.len() as u64)?;
            for word in record.words().iter().take(record.len()).skip(1) {
                out.word(word.load(Ordering::Relaxed))?;
            }
        }
    }
    out.finish()
}

fn settings(settings: &Settings, out: &mut Out<'_>) -> io::Result<()> {
    for number in [settings.specialties, u16::from(settings.languages), u16::from(settings.sectors)] {
        out.word(u64::from(number))?;
    }
    out.word(u64::from(settings.now.seconds()))?;
    out.word(settings.zones.len() as u64)?;
    for zone in &settings.zones {
        out.bytes(zone.name.as_bytes())?;
        out.word(zone.offsets.len() as u64)?;
        for (from, offset) in &zone.offsets {
            out.word(u64::from(from.seconds()) << 32 | u64::from(offset.cast_unsigned()))?;
        }
    }
    Ok(())
}

/// Reads what [`write`] wrote.
pub(crate) fn read(file: &mut dyn Read) -> io::Result<(Draft, Vec<u8>)> {
    let mut head = [0; 16];
    file.read_exact(&mut head).map_err(cut)?;
    if head.get(..8) != Some(&MAGIC) || head.get(8..) != Some(&VERSION.to_le_bytes()) {
        return Err(wrong("this is no snapshot of this version"));
    }
    let mut input = In { file, words: Vec::new(), at: 0, bytes: Vec::new(), digest: Digest::new() };
    let note = input.bytes()?;
    let mut draft = Draft::new(read_settings(&mut input)?);
    let mut words = Vec::new();
    for _ in 0..input.word()? {
        let numbers = [input.word()?, input.word()?, input.word()?, input.word()?];
        let stored = input.bytes()?;
        if Words::read(&stored).is_none_or(|words| words.stored.len() != stored.len()) {
            return Err(wrong("somebody's words are no words"));
        }
        let row = Row::from_numbers(numbers, draft.words(&stored));
        row.set_stamp(STAMP);
        words.clear();
        for _ in 0..input.word()? {
            read_record(&mut input, &mut words)?;
        }
        draft.push(row, records(&words));
    }
    input.finish()?;
    Ok((draft, note))
}

/// The records that lie one after another.
fn records(words: &[AtomicU64]) -> impl Iterator<Item = Record<'_>> {
    let mut rest = words;
    std::iter::from_fn(move || {
        let length = rest.first().map(crate::arena::capacity)?;
        let (words, after) = rest.split_at_checked(length.max(1))?;
        rest = after;
        Some(Record::new(words))
    })
}

fn read_record(input: &mut In<'_>, words: &mut Vec<AtomicU64>) -> io::Result<()> {
    let length = input.word()?;
    let from = words.len();
    words.push(AtomicU64::new(length));
    let mut left = length.saturating_sub(1);
    while left > 0 {
        let some = input.some(left)?;
        left -= some.len() as u64;
        words.extend(some.iter().map(|word| AtomicU64::new(*word)));
    }
    let record = Record::new(words.get(from..).unwrap_or(&[]));
    if record.len() as u64 == length {
        Ok(())
    } else {
        Err(wrong("a record has another length than it says"))
    }
}

fn read_settings(input: &mut In<'_>) -> io::Result<Settings> {
    let [specialties, languages, sectors, now] = [input.word()?, input.word()?, input.word()?, input.word()?];
    let mut zones = Vec::new();
    for _ in 0..input.word()? {
        let name = String::from_utf8(input.bytes()?).map_err(|_| wrong("a zone's name is no text"))?;
        let mut offsets = Vec::new();
        for _ in 0..input.word()? {
            let word = input.word()?;
            offsets.push((Moment::from_seconds((word >> 32) as u32), (word as u32).cast_signed()));
        }
        zones.push(Zone { name, offsets });
    }
    Ok(Settings {
        zones,
        specialties: specialties as u16,
        languages: languages as u8,
        sectors: sectors as u8,
        now: Moment::from_seconds(now as u32),
    })
}

/// Words on their way out.
struct Out<'a> {
    file: &'a mut dyn Write,
    words: Vec<u64>,
    bytes: Vec<u8>,
    digest: Digest,
}

impl Out<'_> {
    fn word(&mut self, word: u64) -> io::Result<()> {
        self.words.push(word);
        if self.words.len() == BLOCK { self.block() } else { Ok(()) }
    }

    /// Bytes with their length, filled up to whole words.
    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.word(bytes.len() as u64)?;
        for piece in bytes.chunks(8) {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(piece) {
                *to = *from;
            }
            self.word(u64::from_le_bytes(word))?;
        }
        Ok(())
    }

    fn block(&mut self) -> io::Result<()> {
        self.digest.add(self.words.len() as u64);
        self.words.iter().for_each(|word| self.digest.add(*word));
        self.bytes.clear();
        self.bytes.extend_from_slice(&(self.words.len() as u64).to_le_bytes());
        self.bytes.extend_from_slice(&self.digest.finish().to_le_bytes());
        self.words.iter().for_each(|word| self.bytes.extend_from_slice(&word.to_le_bytes()));
        self.words.clear();
        self.file.write_all(&self.bytes)
    }

    fn finish(mut self) -> io::Result<()> {
        if !self.words.is_empty() {
            self.block()?;
        }
        self.block()?;
        self.file.flush()
    }
}

/// Words on their way in.
struct In<'a> {
    file: &'a mut dyn Read,
    words: Vec<u64>,
    at: usize,
    bytes: Vec<u8>,
    digest: Digest,
}

impl In<'_> {
    /// Reads the next block; its length.
    fn block(&mut self) -> io::Result<usize> {
        let mut head = [0; 16];
        self.file.read_exact(&mut head).map_err(cut)?;
        let (length, checksum) = head.split_at(8);
        let number = |bytes: &[u8]| bytes.try_into().map_or(u64::MAX, u64::from_le_bytes);
        let (length, checksum) = (number(length), number(checksum));
        let length = usize::try_from(length).ok().filter(|length| *length <= BLOCK);
        let length = length.ok_or_else(|| wrong("a block is too long"))?;
        self.bytes.resize(length * 8, 0);
        self.file.read_exact(&mut self.bytes).map_err(cut)?;
        self.words.clear();
        self.words.extend(self.bytes.chunks_exact(8).map(number));
        self.at = 0;
        self.digest.add(length as u64);
        self.words.iter().for_each(|word| self.digest.add(*word));
        if self.digest.finish() == checksum { Ok(length) } else { Err(wrong("a checksum is not right")) }
    }

    /// At least one word, at most so many.
    fn some(&mut self, most: u64) -> io::Result<&[u64]> {
        if self.at == self.words.len() && self.block()? == 0 {
            return Err(wrong("it ends too early"));
        }
        let rest = self.words.get(self.at..).unwrap_or(&[]);
        let count = rest.len().min(usize::try_from(most).unwrap_or(usize::MAX));
        self.at += count;
        Ok(rest.get(..count).unwrap_or(rest))
    }

    fn word(&mut self) -> io::Result<u64> {
        self.some(1)?.first().copied().ok_or_else(|| wrong("it ends too early"))
    }

    fn bytes(&mut self) -> io::Result<Vec<u8>> {
        let length = self.word()?;
        let mut bytes = Vec::new();
        let mut left = length.div_ceil(8);
        while left > 0 {
            let some = self.some(left)?;
            left -= some.len() as u64;
            some.iter().for_each(|word| bytes.extend_from_slice(&word.to_le_bytes()));
        }
        bytes.truncate(length as usize);
        Ok(bytes)
    }

    fn finish(mut self) -> io::Result<()> {
        if self.at < self.words.len() || self.block()? != 0 {
            return Err(wrong("there is more than was meant"));
        }
        Ok(())
    }
}

fn wrong(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

fn cut(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::UnexpectedEof { wrong("it was cut off") } else { error }
}
