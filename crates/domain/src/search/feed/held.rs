//! One index with everything that belongs to it.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rendez_index::{Index, Moment};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::PractitionerId;
use tokio::time::Instant;
use tokio_postgres::Row;
use tokio_util::sync::CancellationToken;

use super::freshness::AsOf;
use super::lock;
use super::packer::DAYS;
use super::rooms::RoomUsers;
use super::words::Words;
use super::work::Work;

/// An index that has not heard from the database for so long says that it is stale.
const STALE_AFTER: Duration = Duration::from_secs(5);

/// When a hold ends: its practitioner's time is free then, whether or not somebody has said so.
type Ending = (Timestamp, PractitionerId, TimeRange);

/// An index and what keeps it right.
pub(super) struct Held {
    pub index: Index,
    pub words: Arc<Words>,
    pub rooms: RoomUsers,
    /// One change of whole practitioners at a time, because nothing else keeps an old reading from taking somebody out who has
    /// just come in.
    pub whole: Arc<tokio::sync::Mutex<()>>,
    /// Cancelled when nobody follows the database for it any more.
    pub left: CancellationToken,
    /// What this process has done and the log has not told yet.
    again: Mutex<Work>,
    endings: Mutex<BTreeSet<Ending>>,
    times: RwLock<Times>,
    /// Whether part of the log was lost.
    gap: AtomicBool,
}

#[derive(Debug, Clone)]
struct Times {
    /// From when on the days are counted that practitioners in here were packed for: the latest last, others only while
    /// everybody is packed anew.
    rolled: Vec<Timestamp>,
    as_of: Timestamp,
    /// When the reading that told `as_of` began.
    as_of_read: Instant,
    now: Timestamp,
    now_read: Instant,
}

impl Held {
    /// An index that is as the database was at an instant.
    pub(super) fn new(index: Index, words: Arc<Words>, rolled: Vec<Timestamp>, (as_of, read): AsOf) -> Self {
        let times = Times { rolled, as_of, as_of_read: read, now: as_of, now_read: read };
        Self {
            index,
            words,
            rooms: RoomUsers::default(),
            whole: Arc::default(),
            left: CancellationToken::new(),
            again: Mutex::default(),
            endings: Mutex::default(),
            times: RwLock::new(times),
            gap: AtomicBool::new(false),
        }
    }

    fn times(&self) -> Times {
        self.times.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_times(&self, change: impl FnOnce(&mut Times)) {
        change(&mut self.times.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// Every change that was committed before then is seen; and whether that was too long ago.
    pub(super) fn as_of(&self) -> (Timestamp, bool) {
        let times = self.times.read().unwrap_or_else(PoisonError::into_inner);
        (times.as_of, self.gap.load(Ordering::Relaxed) || times.as_of_read.elapsed() > STALE_AFTER)
    }

    /// How long ago that was.
    pub(super) fn lag(&self) -> Duration {
        self.times.read().unwrap_or_else(PoisonError::into_inner).as_of_read.elapsed()
    }

    /// Everything before an instant is seen.
    pub(super) fn reached(&self, as_of: AsOf) {
        self.set_times(|times| (times.as_of, times.as_of_read) = as_of);
    }

    /// Part of the log was lost: until there is a new index, this one is stale.
    pub(super) fn lose(&self) {
        self.gap.store(true, Ordering::Relaxed);
        self.left.cancel();
    }

    /// The database's present; while it is away, what it should be by now.
    pub(super) fn now(&self) -> Timestamp {
        let times = self.times();
        let since = SignedDuration::try_from(times.now_read.elapsed()).unwrap_or_default();
        times.now.checked_add(since).unwrap_or(times.now)
    }

    /// The database has told its present.
    pub(super) async fn set_now(self: &Arc<Self>, now: Timestamp, read: Instant) {
        self.set_times(|times| (times.now, times.now_read) = (now, read));
        self.tick().await;
    }

    /// Moves the index's present on, and counts holds that have ended as something to read again.
    pub(super) async fn tick(self: &Arc<Self>) {
        let now = self.now();
        self.end_holds(now);
        let moment = Moment::from_unix(now.as_second());
        if self.index.reader().now() != moment {
            let this = Arc::clone(self);
            let advancing = tokio::task::spawn_blocking(move || this.index.advance(moment));
            if let Err(error) = advancing.await {
                tracing::error!(%error, "the search index's present could not be moved on");
            }
        }
    }

    fn end_holds(&self, now: Timestamp) {
        let mut endings = lock(&self.endings);
        let mut again = lock(&self.again);
        while let Some((at, practitioner, range)) = endings.first().copied()
            && at <= now
        {
            endings.pop_first();
            again.range(practitioner, range);
        }
    }

    /// A hold of somebody's time ends then.
    pub(super) fn ends(&self, at: Timestamp, practitioner: PractitionerId, range: TimeRange) {
        lock(&self.endings).insert((at, practitioner, range));
    }

    /// The same from a row: start, end and deadline, which only a hold has, from a column on.
    pub(super) fn hold_ends(&self, practitioner: PractitionerId, row: &Row, column: usize) {
        let instant = |column| row.try_get::<_, Option<Timestamp>>(column).ok().flatten();
        let range = instant(column).zip(instant(column + 1)).map(|(start, end)| TimeRange::new(start, end));
        if let (Some(Ok(range)), Some(deadline)) = (range, instant(column + 2)) {
            self.ends(deadline, practitioner, range);
        }
    }

    /// Something is to be read again with the next changes of the log.
    pub(super) fn again(&self, work: impl FnOnce(&mut Work)) {
        work(&mut lock(&self.again));
    }

    /// Takes what is to be read again.
    pub(super) fn take_again(&self) -> Work {
        std::mem::take(&mut *lock(&self.again))
    }

    /// From when on days are counted for whoever is packed now.
    pub(super) fn rolled(&self) -> Timestamp {
        self.rolls().last().copied().unwrap_or(Timestamp::MIN)
    }

    /// The same for everybody that may still be here: the latest last.
    pub(super) fn rolls(&self) -> Vec<Timestamp> {
        self.times().rolled
    }

    /// Days are counted from `now` on for whoever is packed from here on.
    pub(super) fn roll(&self, now: Timestamp) {
        self.set_times(|times| times.rolled.push(now));
    }

    /// Everybody has been packed by the latest count.
    pub(super) fn all_rolled(&self) {
        self.set_times(|times| {
            let latest = times.rolled.len().saturating_sub(1);
            times.rolled.drain(..latest);
        });
    }

    /// Until when claims matter.
    pub(super) fn until(&self) -> Timestamp {
        let days = SignedDuration::from_hours(24 * (i64::from(DAYS) + 1));
        self.rolled().checked_add(days).unwrap_or(Timestamp::MAX)
    }
}
