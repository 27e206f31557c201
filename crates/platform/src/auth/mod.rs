//! Who is asking: tokens, passwords, sessions and the secrets under them.
//!
//! A bearer token is verified against the server's own issuer or a configured OIDC issuer and becomes a
//! `rendez_vocab::Actor`. A page's session is a row behind 256 random bits. Invariants: no secret is printable by
//! `Debug`, no secret file is readable by others, comparisons of secrets take constant time. It does not know what an
//! actor may do; the rules stand in the domain.

pub mod claims;
pub mod entropy;
pub mod issuer;
pub mod oidc;
pub mod password;
pub mod secret;
pub mod session;
pub mod verifier;

mod key_files;
mod keys;
mod refusal;

pub use claims::TokenAccount;
pub use issuer::{Issuer, IssuerSettings};
pub use oidc::{OidcKeys, OidcSettings};
pub use password::{PasswordRefusal, Passwords};
pub use refusal::TokenRefusal;
pub use secret::ServerSecret;
pub use session::{Session, SessionToken};
pub use verifier::{Proof, Verifier};

#[cfg(test)]
mod test_support;
