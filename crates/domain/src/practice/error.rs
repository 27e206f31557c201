//! Why a practice's records are refused.

use rendez_platform::fault::Fault;

use crate::identity::access::Denied;

/// A reading or command about a practice's records said no, or our side broke.
#[derive(Debug, thiserror::Error)]
pub enum PracticeRefusal {
    /// No such record, or not the practice's.
    #[error("no such record")]
    NotFound,
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// A block needs a reason.
    #[error("a block needs a reason")]
    ReasonMissing,
    /// Our side broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<tokio_postgres::Error> for PracticeRefusal {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Fault(error.into())
    }
}
