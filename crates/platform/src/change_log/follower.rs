//! The one loop of a process that reads the change log and passes it on to whoever listens.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{broadcast, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::cursor::ChangeCursor;
use super::reader::{Batch, Change, Reading, head, read_after};
use crate::fault::Fault;
use crate::store::{Conn, Store};
use crate::telemetry::health::Part;

/// How often to look when nobody wakes the loop: writes of other processes come to light then.
const IDLE: Duration = Duration::from_millis(50);
/// The shortest time between two readings, so that a storm of writes costs a bounded number of queries.
const BREATH: Duration = Duration::from_millis(10);
/// After a failed reading.
const AFTER_FAILURE: Duration = Duration::from_millis(500);
/// The longest wait for an answer. What is read is published at once, so a reading that is broken off loses nothing.
const PATIENCE: Duration = Duration::from_secs(5);
/// Changes in one reading.
const BATCH: u32 = 1_000;
/// A listener that is so many changes behind is told that it missed some (`RecvError::Lagged`).
const BEHIND: usize = 16_384;

/// How far reading is behind writing.
const LAG: &str = "rendez_change_lag_seconds";

/// What listeners receive.
#[derive(Debug, Clone)]
pub enum FeedItem {
    /// A change, in order. The same one may come twice after a failure.
    Change(Arc<Change>),
    /// Changes were lost: build anew from the tables.
    Gap,
}

/// Wakes those who read the log at once after a write of this process. Losing a call costs milliseconds, never a change.
#[derive(Debug, Clone, Default)]
pub struct ChangeWaker(Arc<watch::Sender<()>>);

impl ChangeWaker {
    /// Says that something was committed.
    pub fn wake(&self) {
        self.0.send_replace(());
    }

    /// For somebody who reads the log: each sees every call that comes after its last look.
    pub fn alarm(&self) -> ChangeAlarm {
        ChangeAlarm(self.0.subscribe())
    }
}

/// Where one reader of the log waits for writes of this process.
#[derive(Debug)]
pub struct ChangeAlarm(watch::Receiver<()>);

impl ChangeAlarm {
    /// A breath, then the rest of the pause unless somebody wakes us.
    pub async fn rest(&mut self, pause: Duration) {
        tokio::time::sleep(BREATH.min(pause)).await;
        // Whether it was woken or the time has passed, the next reading follows.
        let woken = tokio::time::timeout(pause.saturating_sub(BREATH), self.0.changed()).await;
        if let Ok(Err(_)) = woken {
            // Nobody can wake it any more.
            tokio::time::sleep(pause.saturating_sub(BREATH)).await;
        }
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
        let follower = Follower { store, feed: feed.clone(), part: None };
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
    part: Option<Part>,
}

impl Follower {
    /// Tells by a part of the process whether the log is being read.
    #[must_use]
    pub fn reporting(mut self, part: Part) -> Self {
        self.part = Some(part);
        self
    }

    /// Runs until it is told to stop. A database that is away is waited for; the position is kept meanwhile.
    pub async fn run(self, stop: CancellationToken) {
        let mut cursor = None;
        let mut failing = false;
        let mut read_at = None;
        let mut alarm = self.feed.waker.alarm();
        loop {
            let pause = match self.step(&mut cursor).await {
                Ok(pause) => {
                    if failing || read_at.is_none() {
                        self.report(None);
                    }
                    failing = false;
                    read_at = Some(Instant::now());
                    pause
                }
                Err(fault) => {
                    if !failing {
                        tracing::warn!(error = ?fault, "the change log cannot be read; trying again");
                        self.report(Some("the change log cannot be read"));
                    }
                    failing = true;
                    // What was written since the last reading is at most so old.
                    let since = *read_at.get_or_insert_with(Instant::now);
                    metrics::gauge!(LAG).set(since.elapsed().as_secs_f64());
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = alarm.rest(pause) => {}
            }
        }
    }

    fn report(&self, trouble: Option<&str>) {
        match (&self.part, trouble) {
            (Some(part), Some(reason)) => part.not_ready(reason),
            (Some(part), None) => part.ready(),
            (None, _) => {}
        }
    }

    async fn step(&self, position: &mut Option<ChangeCursor>) -> Result<Duration, Fault> {
        let conn = self.store.read_fresh().await?;
        let answer = tokio::time::timeout(PATIENCE, self.step_by(&conn, position)).await;
        conn.answered(answer)
    }

    async fn step_by(&self, conn: &Conn, position: &mut Option<ChangeCursor>) -> Result<Duration, Fault> {
        let cursor = match *position {
            Some(cursor) => cursor,
            None => *position.insert(head(conn).await?),
        };
        match read_after(conn, cursor, BATCH).await? {
            Reading::Gap => {
                tracing::warn!(%cursor, "part of the change log was dropped before it was read");
                metrics::counter!("rendez_change_gaps_total").increment(1);
                *position = Some(head(conn).await?);
                self.publish(FeedItem::Gap);
                Ok(Duration::ZERO)
            }
            Reading::Batch(batch) => {
                metrics::gauge!(LAG).set(lag_seconds(&batch));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreSettings;
    use crate::telemetry::health::Readiness;
    use crate::telemetry::metrics::Metrics;

    #[tokio::test]
    async fn a_log_that_cannot_be_read_is_told_and_the_lag_rises() {
        let metrics = Metrics::of_process().expect("a recorder");
        let nowhere = "host=/nonexistent user=nobody".parse().expect("a configuration");
        let settings = StoreSettings { wait: Duration::from_millis(20), ..StoreSettings::default() };
        let (_feed, follower) = ChangeFeed::new(Store::new(&nowhere, &settings).expect("a pool"));
        let readiness = Readiness::new();
        let stop = CancellationToken::new();
        let running = tokio::spawn(follower.reporting(readiness.part("changes")).run(stop.clone()));
        let waiting = || readiness.report()[0].waiting_for.clone().unwrap_or_default();
        while waiting() != "the change log cannot be read" {
            tokio::task::yield_now().await;
        }
        let lag = || {
            let text = metrics.render();
            let line = text.lines().find_map(|line| line.strip_prefix(LAG)).unwrap_or_default();
            line.trim().parse::<f64>().unwrap_or_default()
        };
        while lag() < 0.4 {
            tokio::task::yield_now().await;
        }
        stop.cancel();
        running.await.expect("no panic");
        assert_eq!(waiting(), "stopped", "whoever reads it has gone");
    }
}
