//! Mails about visits: confirmation, move, cancellation, each with an iCalendar attachment, and offers to those who wait;
//! and the calendar that a patient's programs subscribe to.
//!
//! Booking and the waiting list only enqueue a job in their own transaction; this module is imported by no sibling. Invariant: a job that
//! runs twice sends nothing twice, because the mail's id follows from the visit and its version. Owns the tables `mail` and `calendar_feed`.

mod feed;
mod ics;
mod mails;
mod text;
mod written;

pub use feed::{FeedRefusal, FeedToken, feed, feed_since, renew_feed, revoke_feed};
pub use ics::{IcsMethod, Visit, calendar};
pub use mails::{KeptMail, MailKind, deliver, kept_mail, kept_mails, purge, visit};
pub use written::send_written;
