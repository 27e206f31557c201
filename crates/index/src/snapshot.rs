//! The index in a file, so that a start need not read the whole database.
//!
//! Layout: a magic word with the version, then blocks of words (little-endian), each with its length and a checksum. The
//! first block holds note, settings and the present; those that follow whole people, each with their words, and for each
//! place the record and what its lanes know of time. After an empty block comes the present when all was written.
//!
//! Invariant: nothing is believed before its checksum was right; a file that is cut, changed or of another version is
//! refused. How a place's lanes are told apart ([`crate::core::aims`]) is part of the layout.

mod block;
mod read;
pub(crate) mod times;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;

/// "rendezix" and the version of the layout.
const MAGIC: [u8; 8] = *b"rendezix";
const VERSION: u64 = 4;
/// Beside the number of somebody's places: it is written what lanes know of time.
const TIMES: u64 = 1 << 63;
