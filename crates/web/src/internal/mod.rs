//! How processes of one region search for each other: a process with the index answers on a listener of its own, over
//! plain HTTP/2, whoever knows the shared secret; the others ask it and do without when it does not answer in time.
//!
//! Invariant: nothing of this is reachable on the public port, and an answer takes no longer than the time-out. The
//! version stands in the path, so that processes of two releases can stand side by side.

mod breaker;
mod hedging;
mod nodes;
mod serve;
mod wire;

pub use nodes::{NodeSettings, Nodes};
pub use serve::router;

/// Where a search is put.
const SEARCH: &str = "/internal/v1/search";
