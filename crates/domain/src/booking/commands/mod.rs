//! hold, assign, leave and come back, confirm, cancel, reschedule, outcome: each one statement, run to its end whoever still waits.

mod assign;
mod cancel_ahead;
mod confirm;
mod desk;
mod hold;
mod keep;
mod linger;
mod place;
mod reschedule;
mod settle;
mod support;

pub use assign::assign;
pub use confirm::confirm;
pub use desk::{book_at_desk, move_at_desk};
pub use hold::{HoldRequest, hold};
pub(crate) use keep::{Kept, keep};
pub use linger::{LEFT_MINUTES, come_back, leave};
pub use reschedule::reschedule;
pub use settle::{cancel, outcomes, settle, take_back};

pub(crate) use cancel_ahead::cancel_ahead;
pub(super) use support::may_book_for;
