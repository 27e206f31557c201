//! Reading: one thread takes blocks from the file, others check them and take people out of them.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::build::Draft;
use crate::build::ready::Batch;
use crate::index::Settings;
use crate::moment::{Moment, Zone};

use super::block::{Block, Words, cut, wrong};
use super::{MAGIC, TIMES, VERSION, times};

/// Threads that take people out of blocks.
const THREADS: usize = 2;
/// Blocks that wait for them.
const WAITING: usize = 8;

/// Reads what [`write`](super::write) wrote.
pub(crate) fn read(file: &mut dyn Read) -> io::Result<(Draft, Vec<u8>)> {
    let mut head = [0; 16];
    file.read_exact(&mut head).map_err(cut)?;
    if head.get(..8) != Some(&MAGIC) || head.get(8..) != Some(&VERSION.to_le_bytes()) {
        return Err(wrong("this is no snapshot of this version"));
    }
    let head = Block::read(file, 0, Vec::new())?;
    let mut head = head.words()?;
    let note = head.bytes()?.to_vec();
    let mut settings = read_settings(&mut head)?;
    let begun = moment(head.word()?);
    settings.now = begun;
    let draft = Mutex::new(Draft::new(settings));
    let end = read_people(file, &draft)?;
    let mut draft = draft.into_inner().unwrap_or_else(PoisonError::into_inner);
    draft.set_present(begun, moment(end.words()?.word()?));
    Ok((draft, note))
}

/// Reads everybody, and the block after them.
fn read_people(file: &mut dyn Read, draft: &Mutex<Draft>) -> io::Result<Block> {
    let (send, receive) = sync_channel(WAITING);
    let (give_back, used) = sync_channel(WAITING + 2 * THREADS);
    let receive = Mutex::new(receive);
    thread::scope(|scope| {
        let readers = [(); THREADS].map(|()| {
            let (receive, give_back) = (&receive, give_back.clone());
            scope.spawn(move || take_people(receive, &give_back, draft))
        });
        drop(give_back);
        let end = read_blocks(file, send, &used);
        let taken =
            readers.map(|reader| reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        taken.into_iter().collect::<io::Result<()>>()?;
        end
    })
}

/// Reads blocks until an empty one, and gives the one after it.
fn read_blocks(file: &mut dyn Read, send: SyncSender<Block>, used: &Receiver<Vec<u8>>) -> io::Result<Block> {
    let mut number = 1;
    loop {
        let block = Block::read(file, number, used.try_recv().unwrap_or_default())?;
        number += 1;
        if block.is_empty() {
            block.words()?;
            return Block::read(file, number, Vec::new());
        }
        if send.send(block).is_err() {
            return Err(wrong("a block could not be read"));
        }
    }
}

/// Takes people out of blocks until there are no more.
fn take_people(
    receive: &Mutex<Receiver<Block>>,
    give_back: &SyncSender<Vec<u8>>,
    draft: &Mutex<Draft>,
) -> io::Result<()> {
    let mut batch = Batch::default();
    loop {
        let next = receive.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(block) = next else { break };
        let mut words = block.words()?;
        while !words.is_empty() {
            if batch.is_full() {
                draft.lock().unwrap_or_else(PoisonError::into_inner).add_batch(&mut batch);
            }
            take_somebody(&mut words, &mut batch)?;
        }
        give_back.try_send(block.into_bytes()).ok();
    }
    draft.lock().unwrap_or_else(PoisonError::into_inner).add_batch(&mut batch);
    Ok(())
}

fn take_somebody(words: &mut Words<'_>, batch: &mut Batch) -> io::Result<()> {
    let places = words.word()?;
    let has_times = places & TIMES != 0;
    let numbers = [words.word()?, words.word()?, words.word()?, words.word()?];
    let stored = words.bytes()?;
    if crate::words::Words::read(stored).is_none_or(|words| words.stored.len() != stored.len()) {
        return Err(wrong("somebody's words are no words"));
    }
    batch.begin(numbers, stored);
    for _ in 0..places & !TIMES {
        let length = words.word()?;
        let lanes = batch.add_record(words.some(length.saturating_sub(1))?);
        let lanes = lanes.ok_or_else(|| wrong("a record has another length than it says"))?;
        for _ in 0..if has_times { lanes } else { 0 } {
            let head = words.word()?;
            batch.add_times(head, words.some(times::length(head) as u64)?);
        }
    }
    Ok(())
}

fn moment(word: u64) -> Moment {
    Moment::from_seconds(word as u32)
}

fn read_settings(input: &mut Words<'_>) -> io::Result<Settings> {
    let [specialties, languages, sectors] = [input.word()?, input.word()?, input.word()?];
    let mut zones = Vec::new();
    for _ in 0..input.word()? {
        let name = String::from_utf8(input.bytes()?.to_vec());
        let name = name.map_err(|_| wrong("a zone's name is no text"))?;
        let mut offsets = Vec::new();
        for _ in 0..input.word()? {
            let word = input.word()?;
            offsets.push((moment(word >> 32), (word as u32).cast_signed()));
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
