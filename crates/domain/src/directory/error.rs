//! Why the directory refuses.

use rendez_platform::fault::Fault;

use crate::idempotency::KeyRefusal;
use crate::identity::access::Denied;

/// A directory command said no, or our side broke.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryRefusal {
    /// No such record, or not the caller's.
    #[error("no such record")]
    NotFound,
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The key of the request.
    #[error(transparent)]
    Key(#[from] KeyRefusal),
    /// Somebody changed it since the caller read it.
    #[error("the record has changed")]
    VersionMismatch,
    /// A one-off opening overlaps another of the same practitioner, or of the same request.
    #[error("an opening overlaps another one")]
    OpeningOverlaps,
    /// A location, visit type or organization that the request names is not the practitioner's.
    #[error("the request names a record that does not belong here")]
    UnknownReference {
        /// Which field names it, as a JSON pointer.
        pointer: String,
    },
    /// A zone that the zone database does not have.
    #[error("no such time zone")]
    UnknownZone {
        /// Which field names it, as a JSON pointer.
        pointer: String,
    },
    /// A specialty that the region's pack does not have.
    #[error("no such specialty")]
    UnknownSpecialty,
    /// A sector that the region's pack does not have.
    #[error("no such sector")]
    UnknownSector,
    /// Patients change where their mails go with their account's address, for which the password is asked.
    #[error("a patient's address changes with the account's")]
    OwnEmail,
    /// Our side broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<tokio_postgres::Error> for DirectoryRefusal {
    fn from(error: tokio_postgres::Error) -> Self {
        match rendez_platform::store::violated(&error) {
            Some("opening_overlaps") => Self::OpeningOverlaps,
            _ => Self::Fault(error.into()),
        }
    }
}
