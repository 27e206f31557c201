//! What happens around every handler.
//!
//! [`shell`] is the one layer that does the cheap things (number, address, limits, time-out, panics, figures, headers),
//! so that the hot path pays once; compression is the library's. Nothing here knows what a request is about.

pub mod address;
pub mod admission;
pub mod crowd;
pub mod security;
pub mod shell;
