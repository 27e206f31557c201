//! From a slot to a visit: hold, confirm, move, cancel, expire, outcome.
//!
//! Invariants: a booked visit has its claims; no claim of a hold outlives its deadline in anybody's way; each command
//! is one statement, so state, change log, audit, job and idempotent answer commit together or not at all. Owns the
//! tables `appointment` and `hold`. It asks `timeline` for other people's time and `availability` for what is offered.

mod audit;
mod commands;
mod error;
mod expiry;
mod model;
mod offers;
mod outcome;
mod overbook;
mod preview;
mod queries;
mod rooms;
pub mod statements;

pub use audit::{AuditEntry, audit_trail};
pub use commands::{
    HoldRequest, LEFT_MINUTES, assign, book_at_desk, cancel, come_back, confirm, hold, leave, move_at_desk,
    outcomes, reschedule, settle, take_back,
};
pub(crate) use commands::{Kept, cancel_ahead, keep};
pub use error::BookingRefusal;
pub(crate) use expiry::release_in;
pub use expiry::{expire_due, sweep};
pub use model::{Appointment, Outcome, Status};
pub(crate) use offers::FreeTimes;
pub use offers::{ExplainedSlot, OfferedSlots, OwnHold, explain, slots};
pub use overbook::{OverbookRequest, overbook};
pub use preview::{DayOfSlots, SchedulePreview, StruckVisit, Why, preview};
pub use queries::{AppointmentFilter, AppointmentPage, find, list};
pub(crate) use rooms::Rooms;

/// Every place of this module where a test ends the process (`rendez_platform::crash`).
pub const CRASH_POINTS: [&str; 19] = [
    "hold.before",
    "hold.committed",
    "hold.woken",
    "confirm.before",
    "confirm.committed",
    "confirm.woken",
    "settle.before",
    "settle.committed",
    "settle.woken",
    "reschedule.before",
    "reschedule.committed",
    "reschedule.woken",
    "expire.before",
    "expire.committed",
    "overbook.begun",
    "overbook.inserted",
    "overbook.before-commit",
    "overbook.committed",
    "replay.before",
];
