//! The table `job`, one statement a function. The database's clock decides what is due.

use std::time::Duration;

use deadpool_postgres::GenericClient;

use super::job::{Job, NewJob};
use crate::fault::Fault;
use crate::store::Prepared;

const FIRST_PAUSE: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);
/// Rows in one statement of the purge, so that none runs long.
const PURGE_AT_ONCE: i64 = 5_000;

/// Promises a job, best in the transaction whose consequence it is. `false` when one with its key waits already.
pub async fn enqueue(client: &impl GenericClient, job: &NewJob) -> Result<bool, Fault> {
    let statement = client
        .prepare_cached(
            "INSERT INTO job (kind, payload, run_at, unique_key)
             VALUES ($1, $2, coalesce($3::timestamptz, transaction_timestamp()), $4)
             ON CONFLICT (kind, unique_key) WHERE state = 'ready' AND unique_key IS NOT NULL DO NOTHING",
        )
        .await?;
    let added = client.execute(&statement, &[&job.kind, &job.payload, &job.run_at, &job.unique_key]).await?;
    Ok(added == 1)
}

/// Leases due jobs of these kinds.
pub(super) async fn lease(
    client: &impl GenericClient,
    kinds: &[&str],
    at_most: usize,
    lease: Duration,
) -> Result<Vec<Job>, Fault> {
    let statement = client
        .prepare_cached(
            "UPDATE job SET attempts = attempts + 1, fence = fence + 1,
                            leased_until = rendez_now() + make_interval(secs => $3)
              WHERE id = ANY (ARRAY(
                  SELECT id FROM job
                   WHERE state = 'ready' AND run_at <= rendez_now() AND attempts < max_attempts
                     AND (leased_until IS NULL OR leased_until <= rendez_now()) AND kind = ANY ($1)
                     AND NOT EXISTS (SELECT FROM job_pause p WHERE p.kind = job.kind)
                   ORDER BY run_at, id LIMIT $2 FOR UPDATE SKIP LOCKED))
             RETURNING id, kind, payload, attempts, fence",
        )
        .await?;
    let at_most = i64::try_from(at_most).unwrap_or(i64::MAX);
    let rows = client.query(&statement, &[&kinds, &at_most, &lease.as_secs_f64()]).await?;
    let job = |row: &tokio_postgres::Row| Job {
        id: row.get(0),
        kind: row.get(1),
        payload: row.get(2),
        attempt: row.get(3),
        fence: row.get(4),
    };
    Ok(rows.iter().map(job).collect())
}

/// The job is done. `false` when the lease has gone to somebody else, as in the other endings.
pub(super) async fn finish(client: &impl GenericClient, job: &Job) -> Result<bool, Fault> {
    let statement = client
        .prepare_cached(
            "UPDATE job SET state = 'done', finished_at = rendez_now(), leased_until = NULL, last_error = NULL
              WHERE id = $1 AND fence = $2 AND state = 'ready'",
        )
        .await?;
    Ok(client.execute(&statement, &[&job.id, &job.fence]).await? == 1)
}

/// The attempt failed: later again, or dead when it was the last one.
pub(super) async fn postpone(client: &impl GenericClient, job: &Job, reason: &str) -> Result<bool, Fault> {
    let statement = client
        .prepare_cached(
            "UPDATE job SET run_at = rendez_now() + make_interval(secs => $3), leased_until = NULL, last_error = $4,
                            state = CASE WHEN attempts < max_attempts THEN 'ready' ELSE 'dead' END,
                            finished_at = CASE WHEN attempts < max_attempts THEN NULL ELSE rendez_now() END
              WHERE id = $1 AND fence = $2 AND state = 'ready'",
        )
        .await?;
    let pause = pause_after(job.attempt).as_secs_f64();
    Ok(client.execute(&statement, &[&job.id, &job.fence, &pause, &reason]).await? == 1)
}

/// The job will never work.
pub(super) async fn bury(client: &impl GenericClient, job: &Job, reason: &str) -> Result<bool, Fault> {
    let statement = client
        .prepare_cached(
            "UPDATE job SET state = 'dead', finished_at = rendez_now(), leased_until = NULL, last_error = $3
              WHERE id = $1 AND fence = $2 AND state = 'ready'",
        )
        .await?;
    Ok(client.execute(&statement, &[&job.id, &job.fence, &reason]).await? == 1)
}

/// The attempt was broken off by a stop: it does not count, and the job is due for the next worker.
pub(super) async fn give_back(client: &impl GenericClient, job: &Job) -> Result<bool, Fault> {
    let statement = client
        .prepare_cached(
            "UPDATE job SET attempts = attempts - 1, leased_until = NULL WHERE id = $1 AND fence = $2 AND state = 'ready'",
        )
        .await?;
    Ok(client.execute(&statement, &[&job.id, &job.fence]).await? == 1)
}

/// Jobs whose last attempt took its worker down with it.
pub(super) async fn bury_lost(client: &impl GenericClient) -> Result<u64, Fault> {
    let sql = "UPDATE job SET state = 'dead', finished_at = rendez_now(), leased_until = NULL,
                              last_error = 'the worker was lost in the last attempt'
                WHERE state = 'ready' AND attempts >= max_attempts AND leased_until <= rendez_now()";
    Ok(client.execute(sql, &[]).await?)
}

/// Jobs that are due and in nobody's hands.
pub(super) async fn waiting(client: &impl GenericClient) -> Result<i64, Fault> {
    let sql = "SELECT count(*) FROM job WHERE state = 'ready' AND run_at <= rendez_now()
                  AND (leased_until IS NULL OR leased_until <= rendez_now())";
    Ok(client.row(sql, &[]).await?.get(0))
}

/// Removes jobs that ended more than `keep_days` ago, a few thousand at a time, and says how many.
pub async fn purge_finished(client: &impl GenericClient, keep_days: u16) -> Result<u64, Fault> {
    let sql = "DELETE FROM job WHERE id = ANY (ARRAY(
                   SELECT id FROM job WHERE state <> 'ready' AND finished_at < rendez_now() - make_interval(days => $1)
                    LIMIT $2))";
    let mut purged = 0;
    loop {
        let rows = client.execute(sql, &[&i32::from(keep_days), &PURGE_AT_ONCE]).await?;
        purged += rows;
        if rows < PURGE_AT_ONCE.unsigned_abs() {
            return Ok(purged);
        }
    }
}

/// Twice as long each time, up to an hour: a dozen attempts take some hours.
fn pause_after(attempt: i16) -> Duration {
    let doublings = u32::try_from(attempt.clamp(1, 16) - 1).unwrap_or(0);
    (FIRST_PAUSE * 2u32.pow(doublings)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        assert_eq!(pause_after(1), Duration::from_secs(10));
        assert_eq!(pause_after(4), Duration::from_secs(80));
        assert_eq!(pause_after(12), LONGEST_PAUSE);
        assert_eq!(pause_after(i16::MAX), LONGEST_PAUSE);
    }
}
