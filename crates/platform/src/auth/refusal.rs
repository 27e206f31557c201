//! Why a bearer token was not believed.

use super::claims::UnfitClaims;
use crate::fault::Fault;

/// Why a bearer token was not believed. The texts say nothing about keys and repeat nothing of the token, so they may
/// go to the caller (RFC 6750 section 3.1, `invalid_token`).
#[derive(Debug, thiserror::Error)]
pub enum TokenRefusal {
    /// It is no signed JWT in compact form, or asks for something we do not speak.
    #[error("the token is not a signed JWT")]
    Malformed,
    /// Its algorithm is not on our list. `none` and shared-secret algorithms never are.
    #[error("the token is signed with an algorithm that is not accepted")]
    WrongAlgorithm,
    /// Its issuer is not one of ours.
    #[error("the token comes from an issuer that is not accepted")]
    WrongIssuer,
    /// It was made for somebody else.
    #[error("the token is meant for another audience")]
    WrongAudience,
    /// Its issuer publishes no such key (any more).
    #[error("the token is signed with an unknown key")]
    UnknownKey,
    /// The signature does not fit the content.
    #[error("the token's signature does not fit")]
    WrongSignature,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// Genuine, but it does not say who is asking in a way we understand.
    #[error("the token's claims do not fit: {0}")]
    Unfit(#[from] UnfitClaims),
    /// The issuer's keys cannot be fetched now: our side or theirs, not the caller's. Answer 503, not 401.
    #[error("the issuer of the token cannot be reached")]
    IssuerUnreachable(#[source] Fault),
}

impl TokenRefusal {
    /// Whether the same token may be accepted soon.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::IssuerUnreachable(_))
    }
}
