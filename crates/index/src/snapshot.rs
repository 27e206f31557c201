//! The index in a file, so that a start need not read the whole database.
//!
//! Layout: a magic word with the version, then blocks of words (little-endian), each with its length and a checksum that
//! goes on from the block before; a block of length 0 ends it. Inside: note, settings, people, each with their records, and
//! the present. What a lane says of its record is computed when it is read.
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
const VERSION: u64 = 2;
/// Words of a block.
const BLOCK: usize = 1 << 16;
/// So many people are read out before changes may come in between.
const PEOPLE_AT_A_TIME: usize = 64;
/// In the place of how many places the next one has.
const NOBODY: u64 = u64::MAX;
/// The stamp of everybody who was read.
const STAMP: u32 = 1;

/// Writes an arrangement, people who are neighbours beside each other. Nothing changes while something that `still` gave
/// is held; it never is while the file is waited for.
pub(crate) fn write<T>(
    core: &Core,
    still: impl Fn() -> T,
    present: impl Fn() -> Moment,
    file: &mut dyn Write,
    note: &[u8],
) -> io::Result<()> {
    file.write_all(&MAGIC)?;
    file.write_all(&VERSION.to_le_bytes())?;
    let mut out =
        Out { file, words: Vec::with_capacity(2 * BLOCK), bytes: Vec::new(), digest: Digest::new() };
    out.bytes(note);
    settings(&core.settings, &mut out);
    for people in core.neighbours().chunks(PEOPLE_AT_A_TIME) {
        let held = still();
        people.iter().for_each(|person| somebody(core, *person, &mut out));
        drop(held);
        out.full_blocks()?;
    }
    out.word(NOBODY);
    // What was put in meanwhile may reach as far from the present as from where it was when this began.
    out.word(u64::from(present().seconds()));
    out.finish()
}

fn somebody(core: &Core, person: u32, out: &mut Out<'_>) {
    let Some(row) = core.people.row(person).filter(|row| !row.is_gone()) else { return };
    out.word(core.people.lanes(person).count() as u64);
    row.numbers().into_iter().for_each(|number| out.word(number));
    out.bytes(core.people.words(person).stored);
    for lane in core.people.lanes(person) {
        let record = core.record(lane);
        out.word(record.len() as u64);
        out.words.extend(record.used().iter().skip(1).map(|word| word.load(Ordering::Relaxed)));
    }
}

fn settings(settings: &Settings, out: &mut Out<'_>) {
    for number in [settings.specialties, u16::from(settings.languages), u16::from(settings.sectors)] {
        out.word(u64::from(number));
    }
    out.word(settings.zones.len() as u64);
    for zone in &settings.zones {
        out.bytes(zone.name.as_bytes());
        out.word(zone.offsets.len() as u64);
        for (from, offset) in &zone.offsets {
            out.word(u64::from(from.seconds()) << 32 | u64::from(offset.cast_unsigned()));
        }
    }
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
    loop {
        let places = input.word()?;
        if places == NOBODY {
            break;
        }
        let numbers = [input.word()?, input.word()?, input.word()?, input.word()?];
        let stored = input.bytes()?;
        if Words::read(&stored).is_none_or(|words| words.stored.len() != stored.len()) {
            return Err(wrong("somebody's words are no words"));
        }
        let row = Row::from_numbers(numbers, draft.words(&stored));
        row.set_stamp(STAMP);
        words.clear();
        for _ in 0..places {
            read_record(&mut input, &mut words)?;
        }
        draft.push(row, records(&words));
    }
    draft.set_now(Moment::from_seconds(input.word()? as u32));
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
    let [specialties, languages, sectors] = [input.word()?, input.word()?, input.word()?];
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
        now: Moment::MIN,
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
    fn word(&mut self, word: u64) {
        self.words.push(word);
    }

    /// Bytes with their length, filled up to whole words.
    fn bytes(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
        let (whole, rest) = bytes.as_chunks();
        self.words.extend(whole.iter().map(|word| u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            let mut word = [0; 8];
            word.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            self.word(u64::from_le_bytes(word));
        }
    }

    /// Writes whole blocks, as many as there are.
    fn full_blocks(&mut self) -> io::Result<()> {
        while self.words.len() >= BLOCK {
            self.block(BLOCK)?;
        }
        Ok(())
    }

    fn block(&mut self, length: usize) -> io::Result<()> {
        let words = self.words.get(..length).unwrap_or(&self.words);
        self.digest.add(words.len() as u64);
        words.iter().for_each(|word| self.digest.add(*word));
        self.bytes.clear();
        self.bytes.extend_from_slice(&(words.len() as u64).to_le_bytes());
        self.bytes.extend_from_slice(&self.digest.finish().to_le_bytes());
        words.iter().for_each(|word| self.bytes.extend_from_slice(&word.to_le_bytes()));
        self.file.write_all(&self.bytes)?;
        self.words.drain(..length.min(self.words.len()));
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        self.full_blocks()?;
        if !self.words.is_empty() {
            self.block(self.words.len())?;
        }
        self.block(0)?;
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
