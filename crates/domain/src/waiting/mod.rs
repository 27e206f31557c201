//! The waiting list: what patients wish for while nothing that suits them is free, and who gets a time that frees.
//!
//! Invariants: whoever asked first among those whom a free time fits gets it; a time is offered to one at a time, because
//! the offer is a hold like any other; the hold, the wish's state and the promise of its mail commit together; a time
//! that somebody let go is not offered to the same wish again. Owns the tables `wish` and `wish_offer`.
//!
//! It follows the change log and asks `booking` for what is free and to hold it. It is imported by no sibling, and it
//! does not know how people are told.

mod commands;
mod error;
mod follow;
mod line;
mod model;
mod offer;
mod queries;

pub use commands::{decline, leave, wait_again, withdraw};
pub use error::{WaitingRefusal, WrongWish};
pub use follow::{follow, look_again};
pub use line::{Given, offer_freed, offer_to};
pub use model::{Ahead, Hours, NewWish, Offered, Target, Weekdays, Wish, WishStatus};
pub use queries::{WishFilter, WishPage, count_for, find, is_offered, list};

/// The kind of the job that gives a practitioner's free times to those who wait.
pub const FREED_JOB: &str = "waiting.freed";
/// The kind of the job that looks for a free time for one wish.
pub const WISH_JOB: &str = "waiting.wish";
/// How far around a place somebody may wish, in kilometres.
pub const FARTHEST_KM: u16 = 100;
/// How far ahead a wish may reach, in days.
pub const LONGEST_DAYS: i32 = 366;

/// Every place of this module where a test ends the process (`rendez_platform::crash`).
pub const CRASH_POINTS: [&str; 5] =
    ["offer.before", "offer.marked", "offer.before-commit", "offer.committed", "follow.before-commit"];
