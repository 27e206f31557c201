//! The search index of one region in memory: who is free, near, soon.
//!
//! It is a pure data structure: no SQL, no HTTP, no async, no clock. Whoever feeds it says what is open ([`Profile`]) and
//! what is free, and what the time is. Readers never wait for writers: everything that a booking changes is an atomic
//! word, and what cannot be changed in place is replaced behind one pointer.
//!
//! Invariants: an [`Answer`] of a quiet index equals that of the slow model in `tests/model`; a start that was taken
//! before a search began is not in its answer. It does not know why a time is open or who took it.

mod appendix;
mod arena;
mod build;
mod clock;
mod core;
mod digest;
mod facets;
mod hilbert;
mod hot;
mod huge;
mod index;
mod midnight;
mod moment;
mod names;
mod people;
mod profile;
mod query;
mod reader;
mod record;
mod scan;
mod search;
mod select;
mod snapshot;
pub mod text;
mod words;
#[cfg(test)]
mod worlds;
mod writer;

pub use build::Builder;
pub use facets::FREE_WITHIN_DAYS;
pub use hilbert::metres_between;
pub use index::{Applied, Index, Settings, Size, Stamp};
pub use moment::{Moment, Span, Zone, ZoneNo};
pub use profile::{LanguageNo, Place, Profile, SectorNo, Shift, SpecialtyNo, Visit, VisitType};
pub use query::{Answer, Circle, Cursor, Facets, Hit, Hours, Query, Starts, Typed, Weekdays};
pub use reader::Reader;
pub use record::pack::Packed;
pub use search::Scratch;
