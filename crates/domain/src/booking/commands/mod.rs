//! hold, confirm, cancel, reschedule, outcome: each one statement, run to its end whoever still waits.

mod confirm;
mod hold;
mod keep;
mod place;
mod reschedule;
mod settle;
mod support;

pub use confirm::confirm;
pub use hold::{HoldRequest, hold};
pub(crate) use keep::{Kept, keep};
pub use reschedule::reschedule;
pub use settle::{cancel, settle};

pub(super) use support::may_book_for;
