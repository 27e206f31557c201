//! From a request to typed values, or to the problem that says what is wrong with it.
//!
//! Order of judgement: who asks (401), which record (404), the headers and the body (400, 413, 415), each field (422).
//! Nothing here knows what a value is for.

pub mod caller;
pub mod command;
pub mod fields;
pub mod idempotency;
pub mod if_match;
pub mod page;
pub mod path;
pub mod query;
pub mod read;

pub use caller::{Caller, SignedIn};
pub use command::{Command, Nothing, Open};
pub use fields::{Fields, FromFields, Read};
pub use path::Id;
pub use query::ApiQuery;
