//! Reads the change log by cursor.

use jiff::Timestamp;
use tokio_postgres::{Client, Row};
use uuid::Uuid;

use super::cursor::ChangeCursor;
use crate::fault::Fault;

/// One row of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its position.
    pub cursor: ChangeCursor,
    /// The start of the transaction that wrote it.
    pub at: Timestamp,
    /// What happened, such as `claimed`; the writer's word.
    pub kind: String,
    /// Whose timeline or profile it concerns, if anybody's.
    pub practitioner_id: Option<Uuid>,
    /// The row that changed, if it is one.
    pub subject_id: Option<Uuid>,
    /// Start of the range that it concerns, if it is one.
    pub starts_at: Option<Timestamp>,
    /// End of that range; it is half-open.
    pub ends_at: Option<Timestamp>,
    /// What else the kind says.
    pub detail: Option<serde_json::Value>,
}

/// Changes in order and where to go on.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// At most as many as asked for.
    pub changes: Vec<Change>,
    /// For the next reading. It moves on even when there is nothing new, so that it does not fall behind retention.
    pub cursor: ChangeCursor,
    /// The database's clock at the reading: its distance to [`Change::at`] is the lag.
    pub read_at: Timestamp,
    /// The present as deadlines are judged by, when the reading began: whatever was committed before then was visible to it.
    pub now: Timestamp,
    /// Whoever has read to here has read whatever was committed before [`Batch::now`].
    pub all_until: ChangeCursor,
    /// The history that the server is on, if it tells: see [`timeline`].
    pub timeline: Option<String>,
}

/// What a reading gave.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// What follows the cursor, perhaps nothing.
    Batch(Batch),
    /// Part of what follows the cursor has been dropped, or the database was set back to before it: build anew from the
    /// tables, then go on from [`head`].
    Gap,
}

/// One statement, so that rows, oldest running transaction and horizon belong to the same snapshot.
/// The driver has no xid8, so transaction ids travel as text.
const READ_AFTER: &str = "\
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text, \
           horizon.xid > $1::text::xid8 OR pg_snapshot_xmax(pg_current_snapshot()) <= $1::text::xid8, clock_timestamp(), \
           found.xid::text, found.seq, found.at, found.kind, found.practitioner_id, found.subject_id, \
           found.starts_at, found.ends_at, found.detail, \
           rendez_now(), pg_snapshot_xmax(pg_current_snapshot())::text, \
           (SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END) \
      FROM change_horizon AS horizon \
      LEFT JOIN LATERAL ( \
          SELECT * FROM change \
           WHERE (xid, seq) > ($1::text::xid8, $2) AND xid < pg_snapshot_xmin(pg_current_snapshot()) \
           ORDER BY xid, seq LIMIT $3) AS found ON true \
     ORDER BY found.xid, found.seq";

const TIMELINE: &str =
    "SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE left(pg_walfile_name(pg_current_wal_lsn()), 8) END";

/// The position after everything that is committed and below the oldest running transaction. A follower that builds
/// its state from the tables takes this position first, then reads the tables, then follows: it sees some changes
/// twice and misses none.
pub async fn head(client: &Client) -> Result<ChangeCursor, Fault> {
    let row = client.query_one("SELECT pg_snapshot_xmin(pg_current_snapshot())::text", &[]).await?;
    Ok(ChangeCursor::before(xid(&row, 0)?))
}

/// The history that the server is on. It changes when a standby takes over, which may lack the last commits of the server
/// before it and gives their transaction ids to others. `None` from a standby.
pub async fn timeline(client: &Client) -> Result<Option<String>, Fault> {
    Ok(client.query_one(TIMELINE, &[]).await?.get(0))
}

/// Reads what follows the cursor, `limit` changes at most.
pub async fn read_after(
    client: &deadpool_postgres::Client,
    cursor: ChangeCursor,
    limit: u32,
) -> Result<Reading, Fault> {
    let statement = client.prepare_cached(READ_AFTER).await?;
    let rows = client.query(&statement, &[&cursor.xid.to_string(), &cursor.seq, &i64::from(limit)]).await?;
    let first = rows.first().ok_or(Fault::plain("reading the change log without its horizon"))?;
    if first.get(1) {
        return Ok(Reading::Gap);
    }
    let oldest_running = xid(first, 0)?;
    let (read_at, now, timeline) = (first.get(2), first.get(12), first.get(14));
    let all_until = ChangeCursor::before(xid(first, 13)?);
    let changes = rows.iter().filter_map(|row| change(row).transpose()).collect::<Result<Vec<_>, _>>()?;
    let cursor = match changes.last() {
        // A full batch may have more behind it.
        Some(last) if changes.len() >= limit as usize => last.cursor,
        _ => cursor.max(ChangeCursor::before(oldest_running)),
    };
    Ok(Reading::Batch(Batch { changes, cursor, read_at, now, all_until, timeline }))
}

/// The change in a row; none when the row only tells that there is nothing new.
fn change(row: &Row) -> Result<Option<Change>, Fault> {
    if row.get::<_, Option<&str>>(3).is_none() {
        return Ok(None);
    }
    Ok(Some(Change {
        cursor: ChangeCursor { xid: xid(row, 3)?, seq: row.get(4) },
        at: row.get(5),
        kind: row.get(6),
        practitioner_id: row.get(7),
        subject_id: row.get(8),
        // A time without end is no range.
        starts_at: row.try_get(9).unwrap_or_default(),
        ends_at: row.try_get(10).unwrap_or_default(),
        detail: row.get(11),
    }))
}

fn xid(row: &Row, column: usize) -> Result<u64, Fault> {
    row.get::<_, &str>(column).parse().map_err(|error| Fault::new("reading a transaction id", error))
}
