//! Reading within a time: what is not read by then is left out, which is never an error.

use std::time::Duration;

use jiff::Timestamp;
use rendez_platform::fault::Fault;
use rendez_platform::store::{Prepared, Transaction};
use tokio::time::{Instant, timeout_at};
use tokio_postgres::error::SqlState;

use crate::ctx::Ctx;

/// Statements are planned for what is asked: one plan for any parameters would read everything.
const BOUND: &str = "SELECT rendez_now(), set_config('statement_timeout', $1, true), set_config('plan_cache_mode', 'force_custom_plan', true)";
/// The database gives up by itself before we do, so that the connection is free again.
const HEAD_START: Duration = Duration::from_millis(50);

/// A search's readings, which end at one instant all together.
pub(super) struct Reading<'a> {
    pub(super) ctx: &'a Ctx,
    deadline: Instant,
}

impl<'a> Reading<'a> {
    /// Readings that end after so long.
    pub(super) fn within(ctx: &'a Ctx, patience: Duration) -> Self {
        Self { ctx, deadline: Instant::now() + patience }
    }

    /// Those that end after so long at the latest.
    pub(super) fn but_within(&self, patience: Duration) -> Self {
        Self { ctx: self.ctx, deadline: self.deadline.min(Instant::now() + patience) }
    }

    /// What is read in one transaction, with its present; `None` when time ran out.
    pub(super) async fn read<T>(
        &self,
        read: impl AsyncFnOnce(&Transaction<'_>) -> Result<T, tokio_postgres::Error>,
    ) -> Result<Option<(Timestamp, T)>, Fault> {
        let reading = async {
            let mut conn = self.ctx.store.read_any().await?;
            let tx = conn.build_transaction().read_only(true).start().await?;
            let left = self.deadline.saturating_duration_since(Instant::now()).saturating_sub(HEAD_START);
            // Nought would mean no end.
            let millis = left.as_millis().max(1).to_string();
            let present = tx.row(BOUND, &[&millis]).await?.get(0);
            match read(&tx).await {
                Ok(read) => Ok(Some((present, read))),
                Err(error) if error.code() == Some(&SqlState::QUERY_CANCELED) => Ok(None),
                Err(error) => Err(Fault::from(error)),
            }
        };
        timeout_at(self.deadline, reading).await.unwrap_or(Ok(None))
    }

    /// What comes of some work; `None` when time ran out.
    pub(super) async fn wait<T>(
        &self,
        work: impl Future<Output = Result<T, Fault>>,
    ) -> Result<Option<T>, Fault> {
        timeout_at(self.deadline, work).await.map_or(Ok(None), |done| done.map(Some))
    }
}
