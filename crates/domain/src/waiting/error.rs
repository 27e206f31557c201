//! Why the waiting list refuses.

use rendez_platform::fault::Fault;
use rendez_vocab::ids::WishId;

use crate::booking::BookingRefusal;
use crate::idempotency::KeyRefusal;
use crate::identity::access::Denied;

/// A command of the waiting list said no, or our side broke.
#[derive(Debug, thiserror::Error)]
pub enum WaitingRefusal {
    /// No such record, or not the caller's.
    #[error("no such record")]
    NotFound,
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The key of the request.
    #[error(transparent)]
    Key(#[from] KeyRefusal),
    /// The wish makes no sense.
    #[error("the wish makes no sense")]
    Wrong(WrongWish),
    /// The patient has too many live wishes.
    #[error("too many wishes are live")]
    TooManyWishes {
        /// How many one patient may have.
        limit: i16,
    },
    /// The patient waits for the very same already.
    #[error("this is wished for already")]
    AlreadyWished {
        /// The wish that is live.
        wish: WishId,
    },
    /// The wish's present state does not allow this.
    #[error("the wish's state does not allow this")]
    WrongStatus,
    /// Somebody changed it since the caller read it.
    #[error("the record has changed")]
    VersionMismatch,
    /// Another request of the same patient keeps coming first.
    #[error("another request about this is running")]
    Busy,
    /// What booking says to a time that is given back.
    #[error(transparent)]
    Booking(BookingRefusal),
    /// Our side broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What is wrong with a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongWish {
    /// The last day comes before the first.
    DaysReversed,
    /// The last day is over.
    Over,
    /// It reaches too far ahead.
    TooLong,
    /// The circle is too small or too large.
    Radius,
    /// The region's pack has no such specialty.
    UnknownSpecialty,
    /// No such practitioner, or nobody can book with them.
    UnknownPractitioner,
    /// The practitioner has no such visit type.
    UnknownVisitType,
}

impl From<tokio_postgres::Error> for WaitingRefusal {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Fault(error.into())
    }
}

impl From<BookingRefusal> for WaitingRefusal {
    fn from(refusal: BookingRefusal) -> Self {
        match refusal {
            BookingRefusal::NotFound => Self::NotFound,
            BookingRefusal::Denied(denied) => Self::Denied(denied),
            BookingRefusal::Fault(fault) => Self::Fault(fault),
            other => Self::Booking(other),
        }
    }
}
