//! The change log: what followers (slot streams, indexes, webhooks) read to stay in step with committed writes.
//!
//! Writers append rows to `change` in the transaction of the write itself; that is their SQL, not ours. Readers go by
//! position (transaction id, sequence) and take only what lies below the oldest transaction that still runs, so a
//! transaction that commits late is never skipped. Retention drops whole days and raises a horizon first, so a reader
//! that was away too long learns of the gap. It does not know what a change means.

mod cursor;
mod follower;
mod partitions;
mod reader;

pub use cursor::ChangeCursor;
pub use follower::{ChangeAlarm, ChangeFeed, ChangeWaker, FeedItem, Follower};
pub use partitions::maintain_partitions;
pub use reader::{Batch, Change, Reading, head, read_after, timeline};
