//! People who sign in, and the one place that says who may do what.
//!
//! Owns the tables `account`, `consent` and `account_organization`; sessions and tokens are the platform's.

pub mod access;
mod commands;
mod error;
mod model;
mod queries;

pub use commands::{register_patient, sign_in};
pub use error::IdentityRefusal;
pub use model::{Account, NewPatientAccount, Role};
pub use queries::{account_actor, display_name};
