//! The one task that owns the index: it loads it, follows the log, writes the file, and sees to the nightly pass.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rendez_platform::change_log::{ChangeAlarm, ChangeCursor, Reading, read_after};
use rendez_platform::fault::Fault;
use rendez_platform::telemetry::health;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::freshness::Freshness;
use super::held::Held;
use super::work::Work;
use super::{CheckRefusal, Part, Phase, SearchIndex, apply, file, load};

/// How often to look when nobody wakes us: writes of other processes come to light then.
const IDLE: Duration = Duration::from_millis(20);
/// After a failed reading.
const AFTER_FAILURE: Duration = Duration::from_millis(500);
/// Between two looks at the clock while everything is read anew.
const A_SECOND: Duration = Duration::from_secs(1);
/// After a pass over everybody that failed.
const AFTER_BROKEN_PASS: Duration = Duration::from_secs(60);
/// Changes in one reading.
const BATCH: u32 = 2_000;

/// An index that is followed, and how far.
struct Following {
    held: Arc<Held>,
    cursor: ChangeCursor,
    freshness: Freshness,
    /// What is read but not put in yet.
    work: Work,
    /// When the file was last written, or tried to.
    written: Option<Instant>,
    /// When the last pass over everybody began.
    passed: Option<Instant>,
    /// When its size was last told.
    measured: Option<Instant>,
}

/// A new index and the position from which it must be followed.
struct Loaded {
    held: Held,
    cursor: ChangeCursor,
    is_from_file: bool,
}

/// Why following an index ends.
enum End {
    /// The process stops.
    Stopped,
    /// There must be a new one.
    Lost,
}

impl SearchIndex {
    /// Loads the index and keeps it in step until it is told to stop; then writes its file.
    pub async fn run(self: Arc<Self>, mut alarm: ChangeAlarm, part: health::Part, stop: CancellationToken) {
        let mut from_file = true;
        loop {
            let loading = self.load(&part, std::mem::take(&mut from_file));
            let Some(Loaded { held, cursor, is_from_file }) = stop.run_until_cancelled(loading).await else {
                return;
            };
            let mut following = Following {
                held: Arc::new(held),
                cursor,
                freshness: Freshness::default(),
                work: Work::default(),
                written: is_from_file.then(Instant::now),
                passed: None,
                measured: None,
            };
            self.prepare(&following.held);
            match self.follow(&mut following, &mut alarm, &part, &stop).await {
                End::Stopped => {
                    self.write_file(&mut following).await;
                    return;
                }
                End::Lost => following.held.lose(),
            }
        }
    }

    /// Reads everything, as often as it takes; meanwhile what was there before is kept at the present time.
    async fn load(self: &Arc<Self>, part: &health::Part, from_file: bool) -> Loaded {
        loop {
            self.set_phase(Part::default(), part);
            let reading = self.read_all(from_file);
            tokio::pin!(reading);
            let result = loop {
                tokio::select! {
                    result = &mut reading => break result,
                    () = tokio::time::sleep(A_SECOND) => {
                        self.set_phase(self.loaded(), part);
                        self.current().iter().for_each(|held| held.tick());
                    }
                }
            };
            match result {
                Ok(read) => return read,
                Err(fault) => {
                    tracing::warn!(error = ?fault, "the search index cannot be loaded; trying again");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
        }
    }

    async fn read_all(self: &Arc<Self>, from_file: bool) -> Result<Loaded, Fault> {
        let began = Instant::now();
        if let Some(path) = self.settings.file.as_deref().filter(|_| from_file)
            && let Some((held, cursor)) = file::read(path, &self.store, self.pack).await?
        {
            let practitioners = held.index.size().practitioners;
            tracing::info!(
                practitioners,
                seconds = began.elapsed().as_secs_f64(),
                "the search index was read from its file"
            );
            return Ok(Loaded { held, cursor, is_from_file: true });
        }
        let this = Arc::clone(self);
        let progress = Arc::new(move |part| this.set_loaded(part));
        let (held, cursor) = load::load(&self.store, self.pack, &self.holidays, progress).await?;
        let practitioners = held.index.size().practitioners;
        tracing::info!(
            practitioners,
            seconds = began.elapsed().as_secs_f64(),
            "the search index was read from the database"
        );
        Ok(Loaded { held, cursor, is_from_file: false })
    }

    async fn follow(
        self: &Arc<Self>,
        following: &mut Following,
        alarm: &mut ChangeAlarm,
        part: &health::Part,
        stop: &CancellationToken,
    ) -> End {
        let mut failing = false;
        loop {
            // It is not broken off, so that what has been read is put in before the file is written.
            let pause = match self.step(following).await {
                Ok(Step::Gap) => {
                    tracing::warn!(
                        "part of the change log was dropped before the search index read it; reading everything anew"
                    );
                    metrics::counter!("rendez_index_gaps_total").increment(1);
                    return End::Lost;
                }
                Ok(Step::Read { backlog }) => {
                    failing = false;
                    if !backlog {
                        self.caught_up(&following.held, part);
                        self.upkeep(following, stop).await;
                    }
                    if following.held.words.lacks_zone() {
                        tracing::info!(
                            "somebody works in a time zone that is new here; reading everything anew"
                        );
                        return End::Lost;
                    }
                    if backlog { Duration::ZERO } else { IDLE }
                }
                Err(fault) => {
                    if !failing {
                        tracing::warn!(error = ?fault, "the search index cannot follow the database; trying again");
                    }
                    failing = true;
                    following.held.tick();
                    AFTER_FAILURE
                }
            };
            metrics::gauge!("rendez_index_lag_seconds").set(following.held.lag().as_secs_f64());
            if pause > Duration::ZERO {
                stop.run_until_cancelled(alarm.rest(pause)).await;
            }
            if stop.is_cancelled() {
                return End::Stopped;
            }
        }
    }

    /// One reading of the log, put in. If it fails it can be repeated.
    async fn step(&self, following: &mut Following) -> Result<Step, Fault> {
        let held = Arc::clone(&following.held);
        let read = Instant::now();
        let reading = {
            let conn = self.store.read_fresh().await?;
            read_after(&conn, following.cursor, BATCH).await?
        };
        let Reading::Batch(batch) = reading else { return Ok(Step::Gap) };
        held.set_now(batch.now, read);
        let backlog = batch.changes.len() >= BATCH as usize;
        metrics::counter!("rendez_index_changes_total").increment(batch.changes.len() as u64);
        for change in &batch.changes {
            following.work.note(change);
        }
        following.work.add(held.take_again());
        // What has been noted is kept in the work until it is done, so the position may move on before that.
        following.cursor = batch.cursor;
        following.freshness.read((batch.now, read), batch.all_until);
        apply::apply(&self.store, &self.holidays, &held, &mut following.work).await?;
        if let Some(as_of) = following.freshness.reached(batch.cursor) {
            held.reached(as_of);
        }
        Ok(Step::Read { backlog })
    }

    /// What is done now and then while there is nothing else to do.
    async fn upkeep(self: &Arc<Self>, following: &mut Following, stop: &CancellationToken) {
        let held = Arc::clone(&following.held);
        if following.measured.is_none_or(|at| at.elapsed() >= A_SECOND) {
            following.measured = Some(Instant::now());
            let size = held.index.size();
            metrics::gauge!("rendez_index_practitioners").set(size.practitioners as f64);
            metrics::gauge!("rendez_index_bytes").set(size.bytes as f64);
        }
        if held.index.wants_rebuild() {
            let held = Arc::clone(&held);
            let rebuilding = tokio::task::spawn_blocking(move || held.index.rebuild());
            if let Err(error) = rebuilding.await {
                tracing::error!(%error, "the search index could not be sorted anew");
            }
        }
        let long_ago = |at: Option<Instant>, long: Duration| at.is_none_or(|at| at.elapsed() >= long);
        // One that was broken off leaves two counts of days.
        let broken = held.rolls().len() > 1;
        let due = match broken {
            true => long_ago(following.passed, AFTER_BROKEN_PASS),
            false => held.now() >= self.next_pass(held.rolled()),
        };
        if due && !self.checking.load(Ordering::Relaxed) {
            following.passed = Some(Instant::now());
            if !broken {
                held.roll(held.now());
            }
            // What it mends shall stand in the file.
            following.written = None;
            let (this, stop) = (Arc::clone(self), stop.clone());
            tokio::spawn(async move { stop.run_until_cancelled(this.pass(&held)).await });
        } else if long_ago(following.written, self.settings.file_every)
            && !self.checking.load(Ordering::Relaxed)
        {
            self.write_file(following).await;
        }
    }

    /// Packs everybody for another day, and compares them as they are read.
    async fn pass(&self, held: &Arc<Held>) {
        match self.check_held(held).await {
            Ok(_) => held.all_rolled(),
            Err(CheckRefusal::Fault(fault)) => {
                tracing::warn!(error = ?fault, "the nightly pass over the search index failed; it comes again");
            }
            Err(CheckRefusal::Running | CheckRefusal::NotLoaded) => {}
        }
    }

    async fn write_file(&self, following: &mut Following) {
        following.written = Some(Instant::now());
        let Some(path) = self.settings.file.clone() else { return };
        if !following.work.is_empty() {
            return;
        }
        let database = match file::identity(&self.store).await {
            Ok((database, _)) => database,
            Err(fault) => {
                tracing::warn!(error = ?fault, "the search index's file cannot be written");
                return;
            }
        };
        let (held, cursor, pack) = (Arc::clone(&following.held), following.cursor, self.pack);
        let writing = tokio::task::spawn_blocking(move || file::write(&path, &held, cursor, &database, pack));
        match writing.await {
            Ok(Ok(())) => tracing::debug!("the search index's file was written"),
            Ok(Err(error)) => tracing::warn!(%error, "the search index's file cannot be written"),
            Err(error) => tracing::warn!(%error, "the search index's file cannot be written"),
        }
    }

    fn set_phase(&self, loaded: Part, part: &health::Part) {
        let percent = (loaded.done * 100).checked_div(loaded.of).unwrap_or(0);
        self.set_loaded(loaded);
        match self.current() {
            Some(_) => *self.phase() = Phase::Rebuilding(loaded),
            None => {
                *self.phase() = Phase::Loading(loaded);
                part.not_ready(format!("everybody is being read: {percent} %"));
            }
        }
        metrics::gauge!("rendez_index_loaded_ratio").set(percent as f64 / 100.0);
    }

    /// The index that is followed has seen the end of the log: it is the one that answers.
    fn caught_up(&self, held: &Arc<Held>, part: &health::Part) {
        if self.promote(held) {
            *self.phase() = Phase::Following;
            metrics::gauge!("rendez_index_loaded_ratio").set(1.0);
            let size = held.index.size();
            tracing::info!(
                practitioners = size.practitioners,
                lanes = size.lanes,
                bytes = size.bytes,
                "the search index answers"
            );
        }
        part.ready();
    }
}

/// What a reading was.
enum Step {
    /// Put in; perhaps more follows at once.
    Read {
        /// Whether it was as long as a reading may be.
        backlog: bool,
    },
    /// Something was missed.
    Gap,
}
