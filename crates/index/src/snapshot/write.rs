//! Writing, some people at a time.

use std::io::{self, Write};
use std::sync::atomic::Ordering;

use crate::core::Core;
use crate::hot::{BANDS, COLUMNS, LANES};
use crate::index::Settings;
use crate::moment::Moment;

use super::block::Out;
use super::{MAGIC, TIMES, VERSION, times};

/// Words of a block, or a few more: whoever is in a block is in it as a whole.
const BLOCK: usize = 1 << 16;
/// So many people are read out before changes may come in between.
const PEOPLE_AT_A_TIME: usize = 64;

/// Writes an arrangement, people who are neighbours beside each other. Nothing changes while what `still` gave is held, and
/// it never is while the file is waited for; it says whether the arrangement is the present one.
pub(crate) fn write<T>(
    core: &Core,
    still: impl Fn() -> (T, bool),
    present: impl Fn() -> Moment,
    file: &mut dyn Write,
    note: &[u8],
) -> io::Result<()> {
    file.write_all(&MAGIC)?;
    file.write_all(&VERSION.to_le_bytes())?;
    let mut out = Out::new(file);
    out.bytes(note);
    settings(&core.settings, &mut out);
    out.word(u64::from(core.now().seconds()));
    out.block()?;
    for people in core.neighbours().chunks(PEOPLE_AT_A_TIME) {
        let (held, is_present) = still();
        people.iter().for_each(|person| somebody(core, *person, is_present, &mut out));
        drop(held);
        if out.words.len() >= BLOCK {
            out.block()?;
        }
    }
    if !out.words.is_empty() {
        out.block()?;
    }
    out.block()?;
    // What was put in meanwhile may reach as far from the present as from where it was when this began.
    out.word(u64::from(present().seconds()));
    out.block()?;
    out.flush()
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

/// Writes somebody. Lanes that are followed no longer may know less of time than the records: then they are left out.
fn somebody(core: &Core, person: u32, with_times: bool, out: &mut Out<'_>) {
    let Some(row) = core.people.row(person).filter(|row| !row.is_gone()) else { return };
    let places = core.people.lanes(person).count() as u64;
    out.word(places | if with_times { TIMES } else { 0 });
    row.numbers().into_iter().for_each(|number| out.word(number));
    out.bytes(core.people.words(person).stored);
    for main in core.people.lanes(person) {
        let record = core.record(main);
        out.word(record.len() as u64);
        out.words.extend(record.used().iter().skip(1).map(|word| word.load(Ordering::Relaxed)));
        if with_times {
            core.hot.at_place(main).for_each(|lane| lane_times(core, lane, out));
        }
    }
}

/// Writes what a lane knows of time.
fn lane_times(core: &Core, lane: u32, out: &mut Out<'_>) {
    let record = core.record(lane);
    let columns = core.columns(lane, &record);
    let (first, check_at) = record.firsts(&columns, core.now());
    let mut chosen: [Option<usize>; COLUMNS] = [None; COLUMNS];
    let mut kinds = 0;
    let head = out.words.len();
    out.word(0);
    let numbers = std::array::from_fn(|column| {
        let visit_type = columns[column]?;
        let known = chosen.iter().take(kinds).position(|chosen| *chosen == Some(visit_type));
        Some(known.unwrap_or_else(|| {
            chosen[kinds] = Some(visit_type);
            kinds += 1;
            out.word(u64::from(first[column].seconds()));
            (0..BANDS).for_each(|band| out.word(days(core, lane, column, band)));
            kinds - 1
        }))
    });
    if let Some(word) = out.words.get_mut(head) {
        *word = times::head(check_at, numbers);
    }
}

/// The days on which a lane is free in a band.
fn days(core: &Core, lane: u32, column: usize, band: usize) -> u64 {
    let (block, seat) = (lane as usize / LANES, lane as usize % LANES);
    let words = &core.hot.days[block].0[column][band];
    words
        .iter()
        .zip(0..)
        .fold(0, |days, (word, day)| days | (word.load(Ordering::Relaxed) >> seat & 1) << day)
}
