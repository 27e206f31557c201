//! Words that every Rendez crate may say.
//!
//! Ids, time, clock, entropy, region and actor. There is no IO here, no async and no SQL: a type
//! of this crate can be read in one sitting and used from a clinic agent as well as from the server.

pub mod actor;
pub mod clock;
pub mod entropy;
pub mod ids;
pub mod region;
pub mod time;

mod base32;

pub use actor::Actor;
pub use clock::Clock;
pub use entropy::Entropy;
pub use region::RegionCode;
pub use time::TimeRange;
