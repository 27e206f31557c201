//! The one loop of a process that reads the change log and passes it on to whoever listens.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use super::cursor::ChangeCursor;
use super::reader::{Batch, Change, Reading, head, read_after};
use crate::fault::Fault;
use crate::store::Store;

/// How often to look when nobody wakes the loop: writes of other processes come to light then.
const IDLE: Duration = Duration::from_millis(50);
/// The shortest time between two readings, so that a storm of writes costs a bounded number of queries.
const BREATH: Duration = Duration::from_millis(10);
/// After a failed reading.
const AFTER_FAILURE: Duration = Duration::from_millis(500);
/// Changes in one reading.
const BATCH: u32 = 1_000;
/// A listener that is so many changes behind is told that it missed some (`RecvError::Lagged`).
const BEHIND: usize = 16_384;

/// What listeners receive.
#[derive(Debug, Clone)]
pub enum FeedItem {
    /// A change, in order. The same one may come twice after a failure.
    Change(Arc<Change>),
    /// Changes were lost: build anew from the tables.
    Gap,
}

/// Wakes the loop at once after a write of this process. Losing a call costs milliseconds, never a change.
#[derive(Debug, Clone, Default)]
pub struct ChangeWaker(Arc<Notify>);

impl ChangeWaker {
    /// Says that something was committed.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// Where listeners subscribe. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ChangeFeed {
    sender: broadcast::Sender<FeedItem>,
    waker: ChangeWaker,
}

impl ChangeFeed {
    /// A feed and the loop that fills it, to be run by [`Follower::run`].
    pub fn new(store: Store) -> (Self, Follower) {
        let feed = Self { sender: broadcast::Sender::new(BEHIND), waker: ChangeWaker::default() };
        let follower = Follower { store, feed: feed.clone() };
        (feed, follower)
    }

    /// Everything that is read from now on. After `RecvError::Lagged` do as after [`FeedItem::Gap`].
    pub fn subscribe(&self) -> broadcast::Receiver<FeedItem> {
        self.sender.subscribe()
    }

    /// For those who write.
    pub fn waker(&self) -> ChangeWaker {
        self.waker.clone()
    }
}

/// Reads the log from its head on and publishes it to a [`ChangeFeed`].
pub struct Follower {
    store: Store,
    feed: ChangeFeed,
}

impl Follower {
    /// Runs until it is told to stop. A database that is away is waited for; the position is kept meanwhile.
    pub async fn run(self, stop: CancellationToken) {
        let mut cursor = None;
        let mut failing = false;
        loop {
            let pause = match self.step(&mut cursor).await {
                Ok(pause) => {
                    failing = false;
                    pause
                }
                Err(fault) => {
                    if !failing {
                        tracing::warn!(error = ?fault, "the change log cannot be read; trying again");
                    }
                    failing = true;
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.rest(pause) => {}
            }
        }
    }

    /// A breath, then the rest of the pause unless somebody wakes us.
    async fn rest(&self, pause: Duration) {
        tokio::time::sleep(BREATH.min(pause)).await;
        // Whether it was woken or the time has passed, the next reading follows.
        let _ = tokio::time::timeout(pause.saturating_sub(BREATH), self.feed.waker.0.notified()).await;
    }

    async fn step(&self, position: &mut Option<ChangeCursor>) -> Result<Duration, Fault> {
        let conn = self.store.read_fresh().await?;
        let cursor = match *position {
            Some(cursor) => cursor,
            None => *position.insert(head(&conn).await?),
        };
        match read_after(&conn, cursor, BATCH).await? {
            Reading::Gap => {
                tracing::warn!(%cursor, "part of the change log was dropped before it was read");
                metrics::counter!("rendez_change_gaps_total").increment(1);
                *position = Some(head(&conn).await?);
                self.publish(FeedItem::Gap);
                Ok(Duration::ZERO)
            }
            Reading::Batch(batch) => {
                metrics::gauge!("rendez_change_lag_seconds").set(lag_seconds(&batch));
                *position = Some(batch.cursor);
                let more = batch.changes.len() >= BATCH as usize;
                for change in batch.changes {
                    self.publish(FeedItem::Change(Arc::new(change)));
                }
                Ok(if more { Duration::ZERO } else { IDLE })
            }
        }
    }

    fn publish(&self, item: FeedItem) {
        // Nobody listening is not a failure.
        let _ = self.feed.sender.send(item);
    }
}

/// How old the oldest change was when it was read; nothing to read is no lag.
fn lag_seconds(batch: &Batch) -> f64 {
    batch.changes.first().map_or(0.0, |change| batch.read_at.duration_since(change.at).as_secs_f64().max(0.0))
}
