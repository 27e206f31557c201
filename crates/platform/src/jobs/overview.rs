//! What an operator sees of the jobs, and what they can do about them: try dead ones again, pause a kind, let it go on.
//!
//! Invariant: a paused kind is not leased, whichever worker asks; a job in hand when its kind is paused ends as usual.

use deadpool_postgres::GenericClient;
use jiff::Timestamp;

use crate::fault::Fault;
use crate::store::Prepared;

/// The jobs of one kind that are not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindOverview {
    /// Such as `mail.confirmation`.
    pub kind: String,
    /// Due, and in nobody's hands.
    pub waiting: i64,
    /// For later, failed before or not.
    pub later: i64,
    /// In a worker's hands.
    pub running: i64,
    /// Tried at least once without success, and to be tried again.
    pub failed: i64,
    /// Given up.
    pub dead: i64,
    /// Since when the oldest of those waiting is due.
    pub oldest: Option<Timestamp>,
    /// Why the last one failed, as it was written down. It may be long.
    pub last_error: Option<String>,
    /// Who paused the kind, and since when.
    pub paused: Option<(String, Timestamp)>,
}

const OVERVIEW: &str = "
WITH open AS (
    SELECT kind,
           count(*) FILTER (WHERE run_at <= rendez_now() AND (leased_until IS NULL OR leased_until <= rendez_now())) AS waiting,
           count(*) FILTER (WHERE run_at > rendez_now() AND (leased_until IS NULL OR leased_until <= rendez_now())) AS later,
           count(*) FILTER (WHERE leased_until > rendez_now()) AS running,
           count(*) FILTER (WHERE last_error IS NOT NULL AND (leased_until IS NULL OR leased_until <= rendez_now())) AS failed,
           min(run_at) FILTER (WHERE run_at <= rendez_now() AND (leased_until IS NULL OR leased_until <= rendez_now())) AS oldest,
           (array_agg(last_error ORDER BY run_at DESC) FILTER (WHERE last_error IS NOT NULL))[1] AS last_error
    FROM job WHERE state = 'ready' GROUP BY kind
), dead AS (
    SELECT kind, count(*) AS dead, (array_agg(last_error ORDER BY finished_at DESC))[1] AS last_error
    FROM job WHERE state = 'dead' GROUP BY kind
), kinds AS (
    SELECT kind FROM open UNION SELECT kind FROM dead UNION SELECT kind FROM job_pause UNION SELECT unnest($1::text[])
)
SELECT k.kind, coalesce(o.waiting, 0), coalesce(o.later, 0), coalesce(o.running, 0), coalesce(o.failed, 0),
       coalesce(d.dead, 0), o.oldest, coalesce(d.last_error, o.last_error), p.paused_by, p.paused_at
FROM kinds k LEFT JOIN open o USING (kind) LEFT JOIN dead d USING (kind) LEFT JOIN job_pause p USING (kind)
ORDER BY k.kind LIMIT 100";

/// The jobs of every kind that has some, is paused, or is named.
pub async fn overview(client: &impl GenericClient, kinds: &[&str]) -> Result<Vec<KindOverview>, Fault> {
    let rows = client.rows(OVERVIEW, &[&kinds]).await?;
    Ok(rows
        .iter()
        .map(|row| KindOverview {
            kind: row.get(0),
            waiting: row.get(1),
            later: row.get(2),
            running: row.get(3),
            failed: row.get(4),
            dead: row.get(5),
            oldest: row.get(6),
            last_error: row.get(7),
            paused: row.get::<_, Option<String>>(8).map(|by| (by, row.get(9))),
        })
        .collect())
}

/// Gives every dead job of a kind all its attempts again, and lets those that wait after a failure run at once. Says how
/// many. Of dead jobs with one key only the newest lives again, and none while another with the key waits.
pub async fn retry(client: &impl GenericClient, kind: &str) -> Result<u64, Fault> {
    let sql = "UPDATE job j SET state = 'ready', attempts = CASE WHEN j.state = 'dead' THEN 0 ELSE j.attempts END,
                   run_at = rendez_now(), finished_at = NULL, leased_until = NULL
                WHERE j.kind = $1
                  AND ((j.state = 'ready' AND j.last_error IS NOT NULL AND j.run_at > rendez_now()
                        AND (j.leased_until IS NULL OR j.leased_until <= rendez_now()))
                       OR (j.state = 'dead' AND (j.unique_key IS NULL OR NOT EXISTS (
                           SELECT FROM job o WHERE o.kind = j.kind AND o.unique_key = j.unique_key AND o.id <> j.id
                           AND (o.state = 'ready' OR (o.state = 'dead' AND o.id > j.id))))))";
    Ok(client.execute(sql, &[&kind]).await?)
}

/// No worker begins a job of this kind from now on. Pausing a paused kind changes nothing.
pub async fn pause(client: &impl GenericClient, kind: &str, by: &str) -> Result<(), Fault> {
    let sql = "INSERT INTO job_pause (kind, paused_by, paused_at) VALUES ($1, $2, rendez_now()) ON CONFLICT DO NOTHING";
    client.execute(sql, &[&kind, &by]).await?;
    Ok(())
}

/// Workers begin jobs of this kind again.
pub async fn go_on(client: &impl GenericClient, kind: &str) -> Result<(), Fault> {
    client.execute("DELETE FROM job_pause WHERE kind = $1", &[&kind]).await?;
    Ok(())
}
