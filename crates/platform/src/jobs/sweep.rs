//! Sweeps: work without input that looks at the state and puts it right, again and again.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::fault::Fault;
use crate::store::Store;

type Work = Arc<dyn Fn() -> BoxFuture<'static, Result<(), Fault>> + Send + Sync>;

/// Work to be done now and then by one worker at a time, whatever their number.
#[derive(Clone)]
pub struct Sweep {
    name: &'static str,
    every: Duration,
    work: Work,
}

impl fmt::Debug for Sweep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sweep").field("name", &self.name).field("every", &self.every).finish_non_exhaustive()
    }
}

impl Sweep {
    /// A sweep that runs at the start and then after each `every`.
    pub fn new<F, Fut>(name: &'static str, every: Duration, work: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Fault>> + Send + 'static,
    {
        Self { name, every, work: Arc::new(move || Box::pin(work())) }
    }

    /// Runs until `soft`; a run that is under way ends by itself, unless `hard` breaks it off.
    pub(super) async fn run(self, store: Store, soft: CancellationToken, hard: CancellationToken) {
        let mut ticks = tokio::time::interval(self.every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = soft.cancelled() => return,
                _ = ticks.tick() => {}
            }
            let result = tokio::select! {
                () = hard.cancelled() => return,
                result = self.once(&store) => result,
            };
            let result = match result {
                Ok(true) => "done",
                Ok(false) => "elsewhere",
                Err(fault) => {
                    tracing::warn!(sweep = self.name, error = ?fault, "a sweep failed; it runs again later");
                    "failed"
                }
            };
            metrics::counter!("rendez_sweeps_total", "name" => self.name, "result" => result).increment(1);
        }
    }

    /// `false` when another worker is at it. The lock is the transaction's, so it ends however the work ends.
    async fn once(&self, store: &Store) -> Result<bool, Fault> {
        let mut conn = store.read_fresh().await?;
        let transaction = conn.transaction().await?;
        // A sweep may be longer than the idle time that a request's transaction may have.
        transaction.batch_execute("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
        let lock = "SELECT pg_try_advisory_xact_lock(hashtextextended('sweep:' || $1, 0))";
        if !transaction.query_one(lock, &[&self.name]).await?.get::<_, bool>(0) {
            return Ok(false);
        }
        let result = (self.work)().await;
        transaction.rollback().await?;
        result.map(|()| true)
    }
}
