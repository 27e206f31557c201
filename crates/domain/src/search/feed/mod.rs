//! Keeps the index of this process in step with the database: loads it, follows the change log, heals it.
//!
//! Invariants: every change of one practitioner in the index is what a reading of the database said that began after
//! the practitioner's stamp was taken, or a range that was taken by a commit of this process; so however readings and
//! commits interleave, the last word is the database's. `as_of` is never later than the first committed change that the
//! index does not show. Nothing here writes to the database.
//!
//! It does not know what is asked or how answers look, but for the card that it puts beside each practitioner.

mod apply;
mod check;
mod dictionary;
mod file;
mod freshness;
mod held;
mod load;
mod packer;
mod people;
mod rooms;
mod run;
mod told;
mod words;
mod work;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rendez_platform::fault::Fault;
use rendez_platform::store::Store;

use crate::availability::HolidayCalendar;
use crate::regions::Pack;
use held::Held;

pub use dictionary::Dictionary;

/// The index of this process.
pub struct SearchIndex {
    store: Store,
    pack: &'static Pack,
    holidays: Arc<HolidayCalendar>,
    settings: IndexSettings,
    indexes: RwLock<Indexes>,
    phase: Mutex<Phase>,
    loaded: Mutex<Part>,
    checking: AtomicBool,
    checked: Mutex<Checked>,
    /// Held by whoever writes the file.
    writing: Arc<Mutex<()>>,
}

/// How the index is kept.
#[derive(Debug, Clone)]
pub struct IndexSettings {
    /// When everybody is compared and packed for another day, by the clock of the region.
    pub check_at: Time,
    /// Where the index is kept for the next start.
    pub file: Option<PathBuf>,
    /// How often it is written there.
    pub file_every: Duration,
    /// So much later than [`IndexSettings::check_at`]: not every process shall read everything at once.
    pub check_later: SignedDuration,
}

impl Default for IndexSettings {
    fn default() -> Self {
        Self {
            check_at: Time::constant(3, 30, 0, 0),
            file: None,
            file_every: Duration::from_secs(15 * 60),
            check_later: SignedDuration::ZERO,
        }
    }
}

#[derive(Default)]
struct Indexes {
    /// What answers.
    current: Option<Arc<Held>>,
    /// What will, once it has caught up.
    next: Option<Arc<Held>>,
}

#[derive(Default)]
struct Checked {
    now: Option<Part>,
    last: Option<(Timestamp, CheckReport)>,
}

/// What a search works with. Take a new one for each.
pub struct View {
    /// The index.
    pub reader: rendez_index::Reader,
    /// Every change that was committed before this instant is seen, by the database's clock.
    pub as_of: Timestamp,
    /// Whether it has not heard of changes for a while.
    pub stale: bool,
    /// The words that the index knows as numbers.
    pub words: Arc<Dictionary>,
}

/// How the index is.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// What it is doing.
    pub phase: Phase,
    /// How much it holds.
    pub size: rendez_index::Size,
    /// Every change that was committed before this instant is seen.
    pub as_of: Option<Timestamp>,
    /// How long ago that was, in seconds.
    pub lag_seconds: Option<f64>,
    /// Whether answers are marked stale.
    pub stale: bool,
    /// How far a check is that runs now.
    pub checking: Option<Part>,
    /// What the last check found, and when it ended.
    pub last_check: Option<(Timestamp, CheckReport)>,
}

/// What the index is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// It has not begun.
    #[default]
    Waiting,
    /// It reads everything, and answers nothing meanwhile.
    Loading(Part),
    /// It is in step.
    Following,
    /// It reads everything anew and answers from what it had.
    Rebuilding(Part),
}

/// So many practitioners of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    /// Done.
    pub done: u64,
    /// Of all.
    pub of: u64,
}

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckReport {
    /// Practitioners that were compared.
    pub practitioners: u64,
    /// Of them, those of whom the index said something else than the database.
    pub differing: u64,
    /// Those that the index lacked.
    pub missing: u64,
    /// Those that only the index knew.
    pub left_over: u64,
    /// How many of all these were mended.
    pub repaired: u64,
    /// How long it took.
    pub millis: u64,
}

/// Why there was no check.
#[derive(Debug, thiserror::Error)]
pub enum CheckRefusal {
    /// One is running.
    #[error("a check is running")]
    Running,
    /// There is nothing to check yet, or there will be something else soon: everything is being read.
    #[error("the index is being loaded")]
    NotLoaded,
    /// Our side broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl SearchIndex {
    /// An index that is not loaded yet: see [`SearchIndex::run`].
    pub fn new(
        store: Store,
        pack: &'static Pack,
        holidays: HolidayCalendar,
        settings: IndexSettings,
    ) -> Self {
        Self {
            store,
            pack,
            holidays: Arc::new(holidays),
            settings,
            indexes: RwLock::default(),
            phase: Mutex::default(),
            loaded: Mutex::default(),
            checking: AtomicBool::new(false),
            checked: Mutex::default(),
            writing: Arc::default(),
        }
    }

    /// What to search with; `None` until it is loaded for the first time.
    pub fn view(&self) -> Option<View> {
        let indexes = self.indexes.read().unwrap_or_else(PoisonError::into_inner);
        let held = indexes.current.as_ref()?;
        let (as_of, stale) = held.as_of();
        Some(View { reader: held.index.reader(), as_of, stale, words: held.words.now() })
    }

    /// How it is.
    pub fn progress(&self) -> Progress {
        let checked = lock(&self.checked);
        let mut progress = Progress {
            phase: *self.phase(),
            checking: checked.now,
            last_check: checked.last,
            ..Progress::default()
        };
        if let Some(held) = self.current() {
            let (as_of, stale) = held.as_of();
            progress.size = held.index.size();
            progress.as_of = Some(as_of);
            progress.lag_seconds = Some(held.lag().as_secs_f64());
            progress.stale = stale;
        }
        progress
    }

    /// Compares everything with the database and mends what differs.
    pub async fn check(&self) -> Result<CheckReport, CheckRefusal> {
        let held = self.current().ok_or(CheckRefusal::NotLoaded)?;
        self.check_held(&held).await
    }

    async fn check_held(&self, held: &Arc<Held>) -> Result<CheckReport, CheckRefusal> {
        if held.left.is_cancelled() {
            return Err(CheckRefusal::NotLoaded);
        }
        if self.checking.swap(true, Ordering::Relaxed) {
            return Err(CheckRefusal::Running);
        }
        let _running = Running(self);
        let progress = |part| lock(&self.checked).now = Some(part);
        progress(Part::default());
        let checking = check::check(&self.store, &self.holidays, held, progress);
        let report = held
            .left
            .run_until_cancelled(checking)
            .await
            .ok_or(Fault::plain("checking an index that nobody follows any more"))??;
        let at = held.now();
        lock(&self.checked).last = Some((at, report));
        let differences = report.differing + report.missing + report.left_over;
        metrics::gauge!("rendez_index_differences").set(differences as f64);
        metrics::gauge!("rendez_index_checked_at").set(at.as_second() as f64);
        let (practitioners, millis) = (report.practitioners, report.millis);
        if differences == 0 {
            tracing::info!(practitioners, millis, "the search index was checked");
        } else {
            tracing::warn!(
                practitioners,
                millis,
                differing = report.differing,
                missing = report.missing,
                left_over = report.left_over,
                "the search index differed from the database and was mended"
            );
        }
        Ok(report)
    }

    /// When the pass after one at `last` is due.
    fn next_pass(&self, last: Timestamp) -> Timestamp {
        let zone = self.pack.time_zone();
        let wall = zone.to_datetime(last);
        let today = wall.date().to_datetime(self.settings.check_at);
        let next = if wall < today { Some(today) } else { today.checked_add(1.day()).ok() };
        let at_the_hour = next.and_then(|wall| wall.to_zoned(zone.clone()).ok()).map(|at| at.timestamp());
        // The night on which clocks are set back is longer than the days that are covered.
        let a_day_later = last.checked_add(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MAX);
        let later = |at: Timestamp| at.checked_add(self.settings.check_later).unwrap_or(at);
        at_the_hour.map_or(a_day_later, |at| later(at).min(a_day_later))
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        lock(&self.phase)
    }

    fn set_loaded(&self, part: Part) {
        *lock(&self.loaded) = part;
    }

    fn loaded(&self) -> Part {
        *lock(&self.loaded)
    }

    fn current(&self) -> Option<Arc<Held>> {
        self.indexes.read().unwrap_or_else(PoisonError::into_inner).current.clone()
    }

    /// Every index that must hear of what this process does.
    fn all_held(&self) -> Vec<Arc<Held>> {
        let indexes = self.indexes.read().unwrap_or_else(PoisonError::into_inner);
        indexes.current.iter().chain(&indexes.next).cloned().collect()
    }

    /// Nobody follows the database for an index any more. If it has never answered, it is forgotten.
    fn leave(&self, held: &Held) {
        held.left.cancel();
        self.indexes.write().unwrap_or_else(PoisonError::into_inner).next = None;
    }

    /// From here on an index hears of what this process does.
    fn prepare(&self, held: &Arc<Held>) {
        self.indexes.write().unwrap_or_else(PoisonError::into_inner).next = Some(Arc::clone(held));
    }

    /// Lets an index answer; whether it has not done so before.
    fn promote(&self, held: &Arc<Held>) -> bool {
        if self.current().is_some_and(|current| Arc::ptr_eq(&current, held)) {
            return false;
        }
        let mut indexes = self.indexes.write().unwrap_or_else(PoisonError::into_inner);
        *indexes = Indexes { current: Some(Arc::clone(held)), next: None };
        true
    }
}

/// A check that is running; when it is dropped, it no longer is.
struct Running<'a>(&'a SearchIndex);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        lock(&self.0.checked).now = None;
        self.0.checking.store(false, Ordering::Relaxed);
    }
}
