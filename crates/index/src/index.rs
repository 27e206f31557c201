//! The index as its owner sees it: readers, and one writer at a time.

use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use rendez_vocab::ids::PractitionerId;

use crate::build::{Ids, ids_bytes};
use crate::core::Core;
use crate::moment::{Moment, Span, Zone};
use crate::profile::Visit;
use crate::reader::Reader;
use crate::record::pack::Packed;
use crate::snapshot;
use crate::writer::{Writer, advance, look_again};

mod arranging;

/// What an index is made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The zones that places name by number.
    pub zones: Vec<Zone>,
    /// How many specialties there are.
    pub specialties: u16,
    /// How many languages there are; room for more costs little.
    pub languages: u8,
    /// How many sectors there are.
    pub sectors: u8,
    /// The present.
    pub now: Moment,
}

/// How a change ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// Done.
    Done,
    /// Somebody changed the practitioner since the stamp that was given: read again.
    Overtaken,
    /// Nobody of that id is here.
    Unknown,
}

/// Rises with each change of one practitioner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp(pub u32);

/// As many lanes are looked at again before other changes may come in between.
const LANES_AT_A_TIME: usize = 256;
/// So often the present waits for other changes.
const PATIENCE: usize = 1000;

/// How much there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// Practitioners.
    pub practitioners: usize,
    /// Lanes: a practitioner's place each.
    pub lanes: usize,
    /// Memory that is held.
    pub bytes: usize,
}

/// The index. All methods take `&self`; changes wait for each other, searches for nothing.
pub struct Index {
    core: ArcSwap<Core>,
    /// Held only for moments, by whoever changes something.
    writer: Mutex<Writer>,
    /// Held by whoever makes a new arrangement.
    arranging: Mutex<()>,
    /// How many changes wait for the writer.
    waiting: AtomicUsize,
}

impl Index {
    /// With an arrangement whose people stand so, and the highest stamp among them.
    pub(crate) fn new(core: Core, ids: Ids, last_stamp: u32) -> Self {
        Self {
            core: ArcSwap::from_pointee(core),
            writer: Mutex::new(Writer::new(ids, last_stamp)),
            arranging: Mutex::default(),
            waiting: AtomicUsize::new(0),
        }
    }

    /// The arrangement, and the right to change it.
    fn changing(&self) -> (MutexGuard<'_, Writer>, Arc<Core>) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        let core = self.core.load_full();
        (writer, core)
    }

    /// Lets changes that wait go first.
    fn let_others(&self) {
        for _ in 0..PATIENCE {
            if self.waiting.load(Ordering::Relaxed) == 0 {
                return;
            }
            std::thread::yield_now();
        }
    }

    /// What searches read. It stays whole and keeps following changes until the index is rebuilt; take a new one for each search.
    pub fn reader(&self) -> Reader {
        Reader::new(self.core.load_full())
    }

    /// The settings with their present as it is now.
    pub fn settings(&self) -> Settings {
        self.core.load().settings_now()
    }

    /// Moves the present on: starts that are past, or whose notice is, are offered no more. It never goes back. Other
    /// changes need not wait until all is done.
    pub fn advance(&self, now: Moment) {
        let (core, due) = {
            let (_writer, core) = self.changing();
            let due = advance(&core, now);
            (core, due)
        };
        for lanes in due.chunks(LANES_AT_A_TIME) {
            self.let_others();
            let (_writer, present) = self.changing();
            if !Arc::ptr_eq(&core, &present) {
                // It was arranged anew, and everything with it.
                return;
            }
            look_again(&core, lanes);
        }
    }

    /// The practitioner's stamp; `None` if nobody of that id is here.
    pub fn stamp(&self, practitioner: PractitionerId) -> Option<Stamp> {
        let (writer, core) = self.changing();
        let person = writer.person(&core, practitioner)?;
        core.people.row(person).map(|row| Stamp(row.stamp()))
    }

    /// Takes a range of the practitioner's time: no start whose visit would touch it is offered any more.
    pub fn take(&self, practitioner: PractitionerId, range: Span) -> Applied {
        let (mut writer, core) = self.changing();
        writer.take(&core, practitioner, range)
    }

    /// Asks anew, for every start whose visit would touch the range, whether it is free: those that are not closed, from the
    /// beginning of the present local day on. With a stamp only if the practitioner has not changed since. `free` must
    /// not ask the index: changes wait meanwhile.
    pub fn refresh(
        &self,
        practitioner: PractitionerId,
        range: Span,
        stamp: Option<Stamp>,
        free: impl FnMut(&Visit) -> bool,
    ) -> Applied {
        let (mut writer, core) = self.changing();
        writer.refresh(&core, practitioner, range, stamp, free)
    }

    /// Puts a practitioner in, or in the place of what was known. With a stamp only if that has not changed since
    /// (`Some(None)`: if there is still nobody). It waits for a new arrangement if the present one has no room.
    pub fn put(&self, packed: Packed, stamp: Option<Option<Stamp>>) -> Applied {
        self.put_if_room(&packed, stamp).unwrap_or_else(|| self.make_room_and_put(&packed, stamp))
    }

    fn put_if_room(&self, packed: &Packed, stamp: Option<Option<Stamp>>) -> Option<Applied> {
        let (mut writer, core) = self.changing();
        writer.put(&core, packed, stamp)
    }

    /// Takes a practitioner out.
    pub fn remove(&self, practitioner: PractitionerId) -> Applied {
        let (mut writer, core) = self.changing();
        writer.remove(&core, practitioner)
    }

    /// The digest of a practitioner's content as it stands, comparable with [`Packed::digest`] of the same local day.
    pub fn digest(&self, practitioner: PractitionerId) -> Option<u64> {
        let (writer, core) = self.changing();
        writer.person(&core, practitioner).map(|person| core.digest(person))
    }

    /// Everybody's id.
    pub fn practitioners(&self) -> Vec<PractitionerId> {
        let core = self.core.load();
        core.people.everybody().map(|person| core.people.practitioner(person)).collect()
    }

    /// Sorts everything anew, and drops what is no longer used if that is much. Searches and changes go on meanwhile.
    pub fn rebuild(&self) {
        self.arrange_anew();
    }

    /// Whether so much was added or replaced that a rebuild is worth it.
    pub fn wants_rebuild(&self) -> bool {
        let core = self.core.load();
        let late = core.people.len() - core.people.sorted();
        core.has_much_garbage()
            || late as usize > 1000 + core.people.sorted() as usize / 20
            || core.hot.retired() > 1000 + core.hot.places() / 20
    }

    /// Writes all of it, with a note of the caller's in front: where the change log stood. Changes go on meanwhile, so of
    /// those that came after the note some are in the file and some are not; whoever reads it makes them again.
    pub fn write_to(&self, file: &mut dyn Write, note: &[u8]) -> io::Result<()> {
        let core = self.core.load_full();
        let still = || {
            let (writer, present) = self.changing();
            (writer, Arc::ptr_eq(&core, &present))
        };
        snapshot::write(&core, still, || self.reader().now(), file, note)
    }

    /// Reads what [`Index::write_to`] wrote, with the note. A file that is cut, changed or of another version is refused.
    pub fn read_from(file: &mut dyn Read) -> io::Result<(Self, Vec<u8>)> {
        let (draft, note) = snapshot::read(file)?;
        let (core, ids) = draft.finish();
        Ok((Self::new(core, ids, 1), note))
    }

    /// How much there is of what.
    pub fn size(&self) -> Size {
        let core = self.core.load();
        let practitioners = core.people.living();
        let bytes = [
            core.hot.bytes(),
            core.arena.bytes(),
            core.people.bytes(),
            core.names.bytes(),
            ids_bytes(practitioners),
        ];
        Size { practitioners, lanes: core.hot.places(), bytes: bytes.into_iter().sum() }
    }
}
