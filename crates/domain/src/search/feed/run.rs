//! The one task that owns the index: it loads it, follows the log, writes the file, and sees to the nightly pass.
//!
//! What takes long (reading everything, writing the file, sorting anew) is done beside following: changes go on, and past
//! starts are offered no more.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rendez_platform::change_log::{ChangeAlarm, ChangeCursor, Reading, read_after, timeline};
use rendez_platform::fault::Fault;
use rendez_platform::telemetry::health;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::freshness::Freshness;
use super::held::Held;
use super::work::Work;
use super::{CheckRefusal, Part, Phase, SearchIndex, apply, file, load, lock};

/// How often to look when nobody wakes us: writes of other processes come to light then.
const IDLE: Duration = Duration::from_millis(20);
/// After a failed reading.
const AFTER_FAILURE: Duration = Duration::from_millis(500);
/// Between two looks at the clock while everything is read anew.
const A_SECOND: Duration = Duration::from_secs(1);
/// How often it is told how far a reading of everybody is.
const TELL_EVERY: Duration = Duration::from_secs(10);
/// After a pass over everybody that failed, or a reading of everybody beside following.
const AFTER_BROKEN_PASS: Duration = Duration::from_secs(60);
/// So long the end of the process waits for a step that is under way, and then for the file.
const LAST_STEP: Duration = Duration::from_secs(6);
const LAST_FILE: Duration = Duration::from_secs(20);
/// The longest wait for the log.
const PATIENCE: Duration = Duration::from_secs(5);
/// Changes in one reading.
const BATCH: u32 = 2_000;
/// Transactions that are read once more after a failure. A server that broke down has forgotten those which had changed
/// nothing by then, and gives their ids to others.
const DOUBTFUL: u64 = 5_000;
/// How far the index is behind the database.
const LAG: &str = "rendez_index_lag_seconds";

/// An index that is followed, and how far.
struct Following {
    held: Arc<Held>,
    cursor: ChangeCursor,
    timeline: Option<String>,
    freshness: Freshness,
    /// What is read but not put in yet.
    work: Work,
    /// When the file was last written, or tried to.
    written: Option<Instant>,
    /// When the last pass over everybody began.
    passed: Option<Instant>,
    /// When its size was last told.
    measured: Option<Instant>,
    /// Whether the last step failed before all of its work was done.
    is_behind: bool,
    /// What is done to it beside following: the file is written, or it is sorted anew.
    beside: Option<AbortOnDropHandle<()>>,
    /// The index that takes its place when it is read, and when that was begun.
    successor: Option<AbortOnDropHandle<Result<Loaded, Fault>>>,
    succeeded: Option<Instant>,
}

impl Following {
    fn of(loaded: Loaded) -> Self {
        Self {
            held: loaded.held,
            cursor: loaded.cursor,
            timeline: loaded.timeline,
            freshness: Freshness::default(),
            work: Work::default(),
            written: loaded.is_from_file.then(Instant::now),
            passed: None,
            measured: None,
            is_behind: false,
            beside: None,
            successor: None,
            succeeded: None,
        }
    }

    /// Whether nothing is done to it beside following.
    fn is_alone(&mut self) -> bool {
        self.beside.take_if(|task| task.is_finished());
        self.beside.is_none()
    }
}

/// A new index and the position from which it must be followed.
struct Loaded {
    held: Arc<Held>,
    cursor: ChangeCursor,
    /// The history that it was read from.
    timeline: Option<String>,
    is_from_file: bool,
}

/// Why following an index ends.
enum End {
    /// The process stops.
    Stopped,
    /// There must be a new one.
    Lost,
    /// There is a new one.
    Succeeded(Loaded),
}

impl SearchIndex {
    /// Loads the index and keeps it in step until it is told to stop; then writes its file.
    pub async fn run(self: Arc<Self>, mut alarm: ChangeAlarm, part: health::Part, stop: CancellationToken) {
        let mut loading = stop.run_until_cancelled(self.load(&part, true)).await;
        while let Some(loaded) = loading {
            let mut following = Following::of(loaded);
            self.prepare(&following.held);
            let end = self.follow(&mut following, &mut alarm, &part, &stop).await;
            self.leave(&following.held);
            loading = match end {
                End::Stopped => {
                    self.write_last(&mut following).await;
                    None
                }
                End::Lost => {
                    following.held.lose();
                    drop(following);
                    stop.run_until_cancelled(self.load(&part, false)).await
                }
                End::Succeeded(loaded) => Some(loaded),
            };
        }
    }

    /// Reads everything, as often as it takes; meanwhile what was there before is kept at the present time.
    async fn load(self: &Arc<Self>, part: &health::Part, from_file: bool) -> Loaded {
        loop {
            self.set_phase(Part::default(), part);
            let reading = self.read_all(from_file);
            tokio::pin!(reading);
            let mut told = Instant::now();
            let result = loop {
                tokio::select! {
                    result = &mut reading => break result,
                    () = tokio::time::sleep(A_SECOND) => {
                        let Part { done, of } = self.loaded();
                        self.set_phase(self.loaded(), part);
                        if told.elapsed() >= TELL_EVERY {
                            told = Instant::now();
                            tracing::info!(done, of, "everybody is being read into the search index");
                        }
                        if let Some(held) = self.current() {
                            tick(&held).await;
                        }
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
        let timeline = self.timeline().await?;
        if let Some(path) = self.settings.file.as_deref().filter(|_| from_file)
            && let Some((held, cursor)) = file::read(path, &self.store, self.pack).await?
        {
            let practitioners = held.index.size().practitioners;
            tracing::info!(
                practitioners,
                seconds = began.elapsed().as_secs_f64(),
                "the search index was read from its file"
            );
            return Ok(Loaded { held: Arc::new(held), cursor, timeline, is_from_file: true });
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
        Ok(Loaded { held: Arc::new(held), cursor, timeline, is_from_file: false })
    }

    async fn timeline(&self) -> Result<Option<String>, Fault> {
        let conn = self.store.read_fresh().await?;
        let answer = tokio::time::timeout(PATIENCE, timeline(&conn)).await;
        conn.answered(answer)
    }

    async fn follow(
        self: &Arc<Self>,
        following: &mut Following,
        alarm: &mut ChangeAlarm,
        part: &health::Part,
        stop: &CancellationToken,
    ) -> End {
        let held = Arc::clone(&following.held);
        let mut failing = false;
        loop {
            // What has been read shall be put in before the file is written.
            let Some(step) = self.step_and_tick(following, stop).await else { return End::Stopped };
            let pause = match step {
                Ok(Step::Gap) => {
                    tracing::warn!(
                        "the change log does not go on where the search index has read to; reading everything anew"
                    );
                    metrics::counter!("rendez_index_gaps_total").increment(1);
                    return End::Lost;
                }
                Ok(Step::Read { backlog }) => {
                    failing = false;
                    if !backlog {
                        self.caught_up(&held, part);
                        self.upkeep(following, stop).await;
                    }
                    if let Some(loaded) = self.succeed(following, part).await {
                        return End::Succeeded(loaded);
                    }
                    if backlog { Duration::ZERO } else { IDLE }
                }
                Err(fault) => {
                    if !failing {
                        following.cursor = following.cursor.back(DOUBTFUL);
                        tracing::warn!(error = ?fault, "the search index cannot follow the database; trying again");
                    }
                    failing = true;
                    tick(&held).await;
                    AFTER_FAILURE
                }
            };
            metrics::gauge!(LAG).set(held.lag().as_secs_f64());
            if pause > Duration::ZERO {
                stop.run_until_cancelled(alarm.rest(pause)).await;
            }
            if stop.is_cancelled() {
                return End::Stopped;
            }
        }
    }

    /// One step, while time goes on; `None` when the process ends and the step does not. A step that is broken off leaves
    /// what it has not done in the work.
    async fn step_and_tick(
        &self,
        following: &mut Following,
        stop: &CancellationToken,
    ) -> Option<Result<Step, Fault>> {
        let held = Arc::clone(&following.held);
        let step = self.step(following);
        let end = async {
            stop.cancelled().await;
            tokio::time::sleep(LAST_STEP).await;
        };
        tokio::pin!(step, end);
        loop {
            tokio::select! {
                result = &mut step => return Some(result),
                () = &mut end => return None,
                () = tokio::time::sleep(A_SECOND) => {
                    tick(&held).await;
                }
            }
        }
    }

    /// One reading of the log, put in. If it fails it can be repeated.
    async fn step(&self, following: &mut Following) -> Result<Step, Fault> {
        let held = Arc::clone(&following.held);
        following.work.add(held.take_again());
        // What could not be put in is put in before more is read.
        let backlog = match following.is_behind {
            true => true,
            false => match self.read(following).await? {
                Some(backlog) => backlog,
                None => return Ok(Step::Gap),
            },
        };
        following.is_behind = true;
        apply::apply(&self.store, &self.holidays, &held, &mut following.work).await?;
        following.is_behind = false;
        if let Some(as_of) = following.freshness.reached(following.cursor) {
            held.reached(as_of);
        }
        Ok(Step::Read { backlog })
    }

    /// Reads the log and notes what it says: whether there may be more, or nothing if there is a gap.
    async fn read(&self, following: &mut Following) -> Result<Option<bool>, Fault> {
        let read = Instant::now();
        let conn = self.store.read_fresh().await?;
        let answer = tokio::time::timeout(PATIENCE, read_after(&conn, following.cursor, BATCH)).await;
        let Reading::Batch(batch) = conn.answered(answer)? else { return Ok(None) };
        if batch.timeline.is_some() && batch.timeline != following.timeline {
            // Another server has taken over, and may have forgotten what this index knows.
            return Ok(None);
        }
        for change in &batch.changes {
            following.work.note(change);
        }
        // What has been noted is kept in the work until it is done, so the position may move on before that.
        following.cursor = batch.cursor;
        following.freshness.read((batch.now, read), batch.all_until);
        metrics::counter!("rendez_index_changes_total").increment(batch.changes.len() as u64);
        following.held.set_now(batch.now, read).await;
        following.work.add(following.held.take_again());
        Ok(Some(batch.changes.len() >= BATCH as usize))
    }

    /// Begins to read a new index when this one lacks a zone, and gives it when it is read.
    async fn succeed(self: &Arc<Self>, following: &mut Following, part: &health::Part) -> Option<Loaded> {
        let tried = following.succeeded.is_some_and(|at| at.elapsed() < AFTER_BROKEN_PASS);
        if following.successor.is_none() && following.held.words.lacks_zone() && !tried {
            tracing::info!("somebody works in a time zone that is new here; reading everything anew");
            following.succeeded = Some(Instant::now());
            self.set_phase(Part::default(), part);
            let this = Arc::clone(self);
            let reading = tokio::spawn(async move { this.read_all(false).await });
            following.successor = Some(AbortOnDropHandle::new(reading));
        }
        if following.successor.is_some() {
            self.set_phase(self.loaded(), part);
        }
        let successor = following.successor.take_if(|reading| reading.is_finished())?;
        match successor.await.map_err(|error| Fault::new("reading everybody", error)).flatten() {
            Ok(loaded) => Some(loaded),
            Err(fault) => {
                tracing::warn!(error = ?fault, "a new search index cannot be loaded; trying again");
                *self.phase() = Phase::Following;
                None
            }
        }
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
        // One at a time: whoever is packed for another day while the file is written would be in it unannounced.
        if !following.is_alone() || self.checking.load(Ordering::Relaxed) {
            return;
        }
        if held.index.wants_rebuild() {
            let sorting = tokio::task::spawn_blocking(move || held.index.rebuild());
            following.beside = Some(AbortOnDropHandle::new(tokio::spawn(async move {
                if let Err(error) = sorting.await {
                    tracing::error!(%error, "the search index could not be sorted anew");
                }
            })));
            return;
        }
        let long_ago = |at: Option<Instant>, long: Duration| at.is_none_or(|at| at.elapsed() >= long);
        // One that was broken off leaves two counts of days.
        let broken = held.rolls().len() > 1;
        let due = match broken {
            true => long_ago(following.passed, AFTER_BROKEN_PASS),
            false => held.now() >= self.next_pass(held.rolled()),
        };
        if due {
            following.passed = Some(Instant::now());
            if !broken {
                held.roll(held.now());
            }
            // What it mends shall stand in the file.
            following.written = None;
            let (this, stop) = (Arc::clone(self), stop.clone());
            tokio::spawn(async move { stop.run_until_cancelled(this.pass(&held)).await });
        } else if long_ago(following.written, self.settings.file_every)
            && let Some(writing) = self.writing(following)
        {
            following.beside = Some(AbortOnDropHandle::new(tokio::spawn(writing)));
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

    /// Writes the file as the last thing, if that is possible in time.
    async fn write_last(&self, following: &mut Following) {
        let last = async {
            if let Some(beside) = following.beside.take() {
                // It may be writing the same file.
                let _ = beside.await;
            }
            if let Some(writing) = self.writing(following) {
                writing.await;
            }
        };
        if tokio::time::timeout(LAST_FILE, last).await.is_err() {
            tracing::warn!("the search index's file could not be written in time");
        }
    }

    /// The writing of the file, unless something has been read that is not put in yet. What is put in meanwhile does no
    /// harm: whoever reads the file follows from the position at the beginning.
    fn writing(&self, following: &mut Following) -> Option<impl Future<Output = ()> + Send + 'static> {
        let path = self.settings.file.clone().filter(|_| following.work.is_empty())?;
        following.written = Some(Instant::now());
        let (held, cursor, pack) = (Arc::clone(&following.held), following.cursor, self.pack);
        let (store, one_at_a_time) = (self.store.clone(), Arc::clone(&self.writing));
        Some(async move {
            let result = async {
                let Some(database) = file::identity(&store).await? else { return Ok(()) };
                let writing = move || {
                    let _one_at_a_time = lock(&one_at_a_time);
                    file::write(&path, &held, cursor, &database, pack)
                };
                let written = tokio::task::spawn_blocking(writing).await;
                Ok(written.map_err(|error| Fault::new("writing the index's file", error))??)
            };
            match result.await {
                Ok(()) => tracing::debug!("the search index's file was written"),
                Err::<(), Fault>(fault) => {
                    tracing::warn!(error = ?fault, "the search index's file cannot be written");
                }
            }
        })
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

/// Time goes on, whatever else is done.
async fn tick(held: &Arc<Held>) {
    held.tick().await;
    metrics::gauge!(LAG).set(held.lag().as_secs_f64());
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
