//! Why identity refuses.

use rendez_platform::auth::PasswordRefusal;
use rendez_platform::auth::password::HashError;
use rendez_platform::fault::Fault;

use super::access::Denied;
use crate::idempotency::KeyRefusal;

/// Signing up or in said no, or our side broke.
#[derive(Debug, thiserror::Error)]
pub enum IdentityRefusal {
    /// The address has an account already.
    #[error("this e-mail address has an account already")]
    EmailTaken,
    /// The password is too short or too long.
    #[error(transparent)]
    Password(PasswordRefusal),
    /// Address or password is wrong; it is not said which.
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    /// No such record, or not the caller's.
    #[error("no such record")]
    NotFound,
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The key of the request.
    #[error(transparent)]
    Key(#[from] KeyRefusal),
    /// The organization would have nobody left who manages it.
    #[error("an organization keeps a manager")]
    LastManager,
    /// The address belongs to an account of another role.
    #[error("this address belongs to an account of another role")]
    OtherRole,
    /// Our side broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<HashError> for IdentityRefusal {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Refused(refusal) => Self::Password(refusal),
            HashError::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl From<tokio_postgres::Error> for IdentityRefusal {
    fn from(error: tokio_postgres::Error) -> Self {
        match rendez_platform::store::violated(&error) {
            Some("account_email") => Self::EmailTaken,
            _ => Self::Fault(error.into()),
        }
    }
}
