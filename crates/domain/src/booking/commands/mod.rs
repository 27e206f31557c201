//! hold, confirm, cancel, reschedule, outcome: each one statement, run to its end whoever still waits.

mod confirm;
mod desk;
mod hold;
mod place;
mod reschedule;
mod settle;
mod support;

pub use confirm::confirm;
pub use desk::{book_at_desk, move_at_desk};
pub use hold::{HoldRequest, hold};
pub use reschedule::reschedule;
pub use settle::{cancel, settle};

pub(super) use support::may_book_for;
