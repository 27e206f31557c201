//! The worker: leases due jobs, runs them side by side, ends each lease, and runs the sweeps.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::job::{Job, JobError, JobHandler};
use super::queue;
use super::sweep::Sweep;
use crate::fault::Fault;
use crate::store::Store;
use crate::telemetry::health::Part;

/// Jobs that run side by side.
const SIDE_BY_SIDE: usize = 4;
/// How long a job is ours. A worker that is lost keeps its jobs from others for so long.
const LEASE: Duration = Duration::from_secs(60);
/// A run is cut off before its lease ends, so that it never overlaps with the next worker's.
const RUN_AT_MOST: Duration = Duration::from_secs(50);
/// How often to look for jobs when nobody wakes us: those of other processes, and those that become due.
const IDLE: Duration = Duration::from_millis(500);
/// How often to count and to bury lost jobs.
const UPKEEP: Duration = Duration::from_secs(5);

/// Wakes the worker of this process after a job was promised. Losing a call costs half a second at most.
#[derive(Debug, Clone, Default)]
pub struct JobWaker(Arc<Notify>);

impl JobWaker {
    /// Says that a job may be due.
    pub fn wake(&self) {
        self.0.notify_one();
    }
}

/// The worker of a process, with the handlers and sweeps it was given.
pub struct Runner {
    store: Store,
    handlers: HashMap<&'static str, Arc<dyn JobHandler>>,
    sweeps: Vec<Sweep>,
    waker: JobWaker,
    part: Option<Part>,
}

impl Runner {
    /// A worker without handlers. Jobs of kinds that nobody handles wait for a worker that does.
    pub fn new(store: Store) -> Self {
        Self { store, handlers: HashMap::new(), sweeps: Vec::new(), waker: JobWaker::default(), part: None }
    }

    /// Tells by a part of the process whether jobs are being done.
    #[must_use]
    pub fn reporting(mut self, part: Part) -> Self {
        self.part = Some(part);
        self
    }

    /// Handles a kind of job.
    #[must_use]
    pub fn handle(mut self, kind: &'static str, handler: impl JobHandler) -> Self {
        self.handlers.insert(kind, Arc::new(handler));
        self
    }

    /// Runs a sweep.
    #[must_use]
    pub fn sweep(mut self, sweep: Sweep) -> Self {
        self.sweeps.push(sweep);
        self
    }

    /// For those who promise jobs.
    pub fn waker(&self) -> JobWaker {
        self.waker.clone()
    }

    /// Runs until `soft`, then until the jobs in hand have ended. `hard` breaks those off and gives them back.
    pub async fn run(mut self, soft: CancellationToken, hard: CancellationToken) {
        let mut sweeps = JoinSet::new();
        self.sweeps.push(upkeep(&self.store));
        for sweep in std::mem::take(&mut self.sweeps) {
            sweeps.spawn(sweep.run(self.store.clone(), soft.clone(), hard.clone()));
        }
        let mut running = JoinSet::new();
        let mut failing = None;
        while !soft.is_cancelled() {
            let free = SIDE_BY_SIDE - running.len();
            let jobs = match self.lease(free).await {
                Ok(jobs) => {
                    if failing != Some(false) {
                        self.report(None);
                    }
                    failing = Some(false);
                    jobs
                }
                Err(fault) => {
                    if failing != Some(true) {
                        tracing::warn!(error = ?fault, "jobs cannot be read; trying again");
                        self.report(Some("jobs cannot be read"));
                    }
                    failing = Some(true);
                    Vec::new()
                }
            };
            for job in jobs {
                self.spawn(&mut running, job, &hard);
            }
            tokio::select! {
                () = soft.cancelled() => {}
                Some(_) = running.join_next() => {}
                () = self.waker.0.notified(), if running.len() < SIDE_BY_SIDE => {}
                () = tokio::time::sleep(IDLE) => {}
            }
        }
        while running.join_next().await.is_some() {}
        while sweeps.join_next().await.is_some() {}
    }

    fn report(&self, trouble: Option<&str>) {
        match (&self.part, trouble) {
            (Some(part), Some(reason)) => part.not_ready(reason),
            (Some(part), None) => part.ready(),
            (None, _) => {}
        }
    }

    async fn lease(&self, free: usize) -> Result<Vec<Job>, Fault> {
        if free == 0 || self.handlers.is_empty() {
            return Ok(Vec::new());
        }
        let kinds: Vec<&str> = self.handlers.keys().copied().collect();
        let conn = self.store.read_fresh().await?;
        queue::lease(&*conn, &kinds, free, LEASE).await
    }

    fn spawn(&self, running: &mut JoinSet<()>, job: Job, hard: &CancellationToken) {
        let Some((kind, handler)) = self.handlers.get_key_value(job.kind.as_str()) else { return };
        let (store, handler, hard, kind) = (self.store.clone(), handler.clone(), hard.clone(), *kind);
        running.spawn(async move {
            let outcome = tokio::select! {
                () = hard.cancelled() => None,
                outcome = attempt(&*handler, &job) => Some(outcome),
            };
            if let Err(fault) = settle(&store, &job, kind, outcome).await {
                // The lease ends by itself, and somebody does the job again.
                tracing::warn!(job = job.id, kind, error = ?fault, "the end of a job could not be written down");
            }
        });
    }
}

/// Counts what waits and buries what was lost, by whichever worker is first.
fn upkeep(store: &Store) -> Sweep {
    let store = store.clone();
    Sweep::new("job-upkeep", UPKEEP, move || {
        let store = store.clone();
        async move {
            let conn = store.read_fresh().await?;
            let lost = queue::bury_lost(&*conn).await?;
            if lost > 0 {
                tracing::error!(lost, "jobs are dead because each attempt took its worker down");
            }
            let waiting = queue::waiting(&*conn).await?;
            metrics::gauge!("rendez_jobs_waiting").set(f64::from(u32::try_from(waiting).unwrap_or(u32::MAX)));
            Ok(())
        }
    })
}

/// One run. A handler that panics or takes too long has failed like any other.
async fn attempt(handler: &dyn JobHandler, job: &Job) -> Result<(), JobError> {
    match tokio::time::timeout(RUN_AT_MOST, AssertUnwindSafe(handler.run(job)).catch_unwind()).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(Fault::plain("the handler panicked").into()),
        Err(_) => Err(Fault::plain("the handler took too long").into()),
    }
}

async fn settle(
    store: &Store,
    job: &Job,
    kind: &'static str,
    outcome: Option<Result<(), JobError>>,
) -> Result<(), Fault> {
    let conn = store.read_fresh().await?;
    let (result, ours) = match outcome {
        None => ("returned", queue::give_back(&*conn, job).await?),
        Some(Ok(())) => ("done", queue::finish(&*conn, job).await?),
        Some(Err(JobError::Again(fault))) => {
            tracing::warn!(job = job.id, kind, attempt = job.attempt, error = ?fault, "a job failed; it runs again");
            ("failed", queue::postpone(&*conn, job, &format!("{fault:?}")).await?)
        }
        Some(Err(JobError::Never(reason))) => {
            tracing::error!(job = job.id, kind, reason, "a job will never work");
            ("dead", queue::bury(&*conn, job, &reason).await?)
        }
    };
    let result = if ours { result } else { "late" };
    metrics::counter!("rendez_jobs_total", "kind" => kind, "result" => result).increment(1);
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures_util::future::BoxFuture;

    use super::*;
    use crate::store::StoreSettings;
    use crate::telemetry::health::Readiness;

    struct Nothing;

    impl JobHandler for Nothing {
        fn run<'a>(&'a self, _: &'a Job) -> BoxFuture<'a, Result<(), JobError>> {
            Box::pin(async { Ok(()) })
        }
    }

    #[tokio::test]
    async fn a_worker_that_cannot_work_is_told() {
        let nowhere = "host=/nonexistent user=nobody".parse().expect("a configuration");
        let settings = StoreSettings { wait: Duration::from_millis(20), ..StoreSettings::default() };
        let store = Store::new(&nowhere, &settings).expect("a pool");
        let readiness = Readiness::new();
        let runner = Runner::new(store).handle("nothing", Nothing).reporting(readiness.part("worker"));
        let (soft, hard) = (CancellationToken::new(), CancellationToken::new());
        let running = tokio::spawn(runner.run(soft.clone(), hard));
        let waiting = || readiness.report()[0].waiting_for.clone().unwrap_or_default();
        while waiting() != "jobs cannot be read" {
            tokio::task::yield_now().await;
        }
        soft.cancel();
        running.await.expect("no panic");
        assert_eq!(waiting(), "stopped", "nobody works any more");
    }
}
