//! The store: PostgreSQL behind a pool, with three verbs that say how fresh a reading must be.
//!
//! Invariants: a write runs to its end even when its caller has gone, because it runs in a task of its own; no
//! cancel request is ever sent (a cancelled commit may have happened); a connection never goes back to the pool
//! inside a transaction, because the driver's guard sends ROLLBACK and a connection found in doubt is thrown away.

mod constraint;
mod pool;
mod prepared;
mod tls;

pub use constraint::{REFUSED, is_about_data, is_passing_state, refusal_code, violated};
pub use deadpool_postgres::{GenericClient, Transaction};
pub use pool::{Conn, Store, StoreSettings};
pub use prepared::Prepared;
