//! The business of Rendez, and the only crate with business SQL.
//!
//! Modules are plain folders: `model` (types, pure), `commands` (authorise, decide, write), `queries` (one statement
//! a function), `error` (its refusals). `timeline` knows no appointment, only claims; `search` and `notify` follow
//! and are imported by no sibling.

pub mod agenda;
mod audit;
pub mod availability;
pub mod booking;
pub mod committed;
pub mod ctx;
pub mod directory;
pub mod idempotency;
pub mod identity;
pub mod notify;
pub mod personal;
pub mod practice;
pub mod regions;
pub mod search;
pub mod timeline;
pub mod waiting;

pub use ctx::{Ctx, Origin, Services};
