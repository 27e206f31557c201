//! Why booking refuses, each with what the caller can do next.

use rendez_platform::fault::Fault;
use rendez_vocab::ids::AppointmentId;

use super::model::Status;
use crate::availability::{NotOffered, Slot};
use crate::idempotency::KeyRefusal;
use crate::identity::access::Denied;

/// A booking command said no, or our side broke.
#[derive(Debug, thiserror::Error)]
pub enum BookingRefusal {
    /// No such record, or not the caller's.
    #[error("no such record")]
    NotFound,
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The key of the request.
    #[error(transparent)]
    Key(#[from] KeyRefusal),
    /// Somebody else has the time.
    #[error("the time has just been taken")]
    SlotTaken {
        /// The next free ones of the same kind.
        alternatives: Vec<Slot>,
    },
    /// The caller's own hold has the time.
    #[error("you hold this time already")]
    AlreadyYours {
        /// Which one.
        appointment: AppointmentId,
    },
    /// The practitioner does not offer this time.
    #[error("this time is not offered")]
    NotOffered(NotOffered),
    /// The visit type asks for more notice.
    #[error("the visit begins too soon to be booked")]
    TooSoon {
        /// How long before its start it can last be booked.
        notice_minutes: u32,
    },
    /// The visit type cannot be booked so far ahead.
    #[error("the visit lies too far ahead to be booked")]
    TooFar {
        /// How many days ahead it can be booked.
        horizon_days: u32,
    },
    /// The patient has another visit then.
    #[error("the patient has another visit at that time")]
    PatientOverlap,
    /// Every room of the kind is taken.
    #[error("no room of the kind that the visit needs is free then")]
    NoRoomFree,
    /// The patient has too many open holds.
    #[error("too many holds are open")]
    TooManyHolds {
        /// How many one patient may have.
        limit: i16,
    },
    /// The visit type is for patients who have been here.
    #[error("only for patients who have been here before")]
    KnownPatientsOnly,
    /// The visit type is for patients who have never been here.
    #[error("only for new patients")]
    NewPatientsOnly,
    /// The practice asks this patient to call instead of booking online.
    #[error("this practice asks you to call")]
    BlockedByPractice,
    /// The hold's deadline has passed.
    #[error("the hold has expired")]
    HoldExpired,
    /// It is booked already.
    #[error("the visit is confirmed already")]
    AlreadyConfirmed,
    /// It has this status already.
    #[error("the visit is {} already", .0.as_str())]
    Already(Status),
    /// This cannot be done in the visit's present state.
    #[error("the visit's state does not allow this")]
    WrongStatus,
    /// The visit has begun.
    #[error("the visit has begun")]
    AlreadyStarted,
    /// The visit has not begun.
    #[error("the visit has not begun")]
    NotStarted,
    /// It stands there already.
    #[error("the visit is at that time already")]
    SameSlot,
    /// Somebody changed it since the caller read it.
    #[error("the record has changed")]
    VersionMismatch,
    /// An overbooking ends before it begins, or lasts longer than a day.
    #[error("the visit must end after its start, and within 24 hours")]
    WrongLength,
    /// An overbooking needs a reason.
    #[error("an overbooking needs a reason")]
    ReasonMissing,
    /// Another request of the same patient or about the same record keeps coming first.
    #[error("another request about this is running")]
    Busy,
    /// Our side broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<tokio_postgres::Error> for BookingRefusal {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Fault(error.into())
    }
}
