//! The timeline: everything that takes somebody's time is a claim.
//!
//! Invariant: two exclusive claims of one calendar never overlap, and PostgreSQL itself sees to it (constraint
//! `claim_overlaps`). Claims are taken with `ON CONFLICT DO NOTHING` and never after a look, so racers neither wait in
//! a circle nor both win. Owns the table `claim`.
//!
//! It knows no appointment, no event and no clinic: only calendars, ranges, kinds and owners.

mod commands;
mod model;
mod queries;

pub use model::{Claim, ClaimKind};

pub(crate) use commands::fill;
pub(crate) use queries::{seen, sees};
