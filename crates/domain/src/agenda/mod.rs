//! A practice's agenda: what takes the time of several practitioners and rooms in a window, side by side.
//!
//! Invariant: it is a reading in a fixed number of statements, however many columns are shown; it begins at the
//! caller's scope, and is bounded. It owns no table and changes nothing; `booking` and `directory` do.

mod model;
mod queries;

pub use model::{Absence, AgendaRequest, Closing, Opened, Reading, Visit};
pub use queries::{MOST_COLUMNS, read, visits_by_day};
