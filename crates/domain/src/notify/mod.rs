//! Mails about visits: confirmation, move, cancellation, each with an iCalendar attachment.
//!
//! Booking only enqueues a job in its own transaction; this module is imported by no sibling. Invariant: a job that
//! runs twice sends nothing twice, because the mail's id follows from the visit and its version. Owns the table `mail`.

mod ics;
mod mails;
mod text;
mod written;

pub use ics::{IcsMethod, Visit, calendar};
pub use mails::{KeptMail, MailKind, deliver, kept_mail, kept_mails, purge, visit};
pub use written::send_written;
