//! Retention: one partition a day, made ahead and dropped when its day is past retention.
//!
//! Making and dropping need short exclusive locks. Waiting for one would stop every writer behind it, so each is tried
//! for an instant only, and the next sweep tries again.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Transaction};

use crate::fault::Fault;

/// Days for which partitions stand ready.
const DAYS_AHEAD: i64 = 7;
const PREFIX: &str = "change_day_";

/// Makes the partitions of today and the coming week, drops the days (UTC) that ended more than `keep_days` before
/// `now`, and raises the horizon so that readers notice. Gives the number of days dropped. Safe to run at any time and
/// by several at once.
pub async fn maintain_partitions(client: &mut Client, now: Timestamp, keep_days: u16) -> Result<u32, Fault> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let existing = days(client).await?;
    for ahead in 0..=DAYS_AHEAD {
        let day = shifted(today, ahead)?;
        if !existing.contains(&day) {
            attempt(client, Work::Make, day).await?;
        }
    }
    let first_kept = shifted(today, -i64::from(keep_days))?;
    let mut dropped = 0;
    for day in existing.into_iter().filter(|day| *day < first_kept) {
        dropped += u32::from(attempt(client, Work::Drop, day).await?);
    }
    empty_default(client, first_kept).await?;
    Ok(dropped)
}

#[derive(Clone, Copy)]
enum Work {
    Make,
    Drop,
}

/// Does it in a transaction of its own. `false` when somebody held a lock or was faster: there is a next time.
async fn attempt(client: &mut Client, work: Work, day: Date) -> Result<bool, Fault> {
    let transaction = client.transaction().await?;
    transaction.batch_execute("SET LOCAL lock_timeout = '200ms'").await?;
    let result = match work {
        Work::Make => make(&transaction, day).await,
        Work::Drop => drop_day(&transaction, day).await,
    };
    match result {
        Ok(()) => {
            transaction.commit().await?;
            Ok(true)
        }
        Err(error) if may_pass(&error) => {
            tracing::info!(%day, %error, "a partition of the change log has to wait for the next sweep");
            transaction.rollback().await?;
            Ok(false)
        }
        Err(error) => Err(Fault::from(error).while_doing("maintaining the change log")),
    }
}

fn may_pass(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| {
        [
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::DUPLICATE_TABLE,
            SqlState::UNIQUE_VIOLATION,
            SqlState::UNDEFINED_TABLE,
            SqlState::T_R_DEADLOCK_DETECTED,
            // A row of that day came into the default partition while we moved the others.
            SqlState::CHECK_VIOLATION,
        ]
        .contains(code)
    })
}

/// Attaching locks the parent less than `CREATE TABLE … PARTITION OF`. Rows that came before their partition (the very
/// first ones, or after a week without a sweep) are moved into it.
async fn make(transaction: &Transaction<'_>, day: Date) -> Result<(), tokio_postgres::Error> {
    let name = name(day);
    let (from, to) = bounds(day);
    transaction
        .batch_execute(&format!(
            "CREATE TABLE {name} (LIKE change INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
             WITH moved AS (DELETE FROM change_default WHERE at >= '{from}' AND at < '{to}' RETURNING *)
             INSERT INTO {name} SELECT * FROM moved;
             ALTER TABLE change ATTACH PARTITION {name} FOR VALUES FROM ('{from}') TO ('{to}')"
        ))
        .await
}

/// The horizon is the first transaction after those that are dropped.
async fn drop_day(transaction: &Transaction<'_>, day: Date) -> Result<(), tokio_postgres::Error> {
    let name = name(day);
    transaction
        .batch_execute(&format!(
            "ALTER TABLE change DETACH PARTITION {name};
             UPDATE change_horizon SET xid = last.next FROM (
                 SELECT (xid::text::numeric + 1)::text::xid8 AS next FROM {name} ORDER BY xid DESC LIMIT 1) AS last
              WHERE change_horizon.xid < last.next;
             DROP TABLE {name}"
        ))
        .await
}

/// Old rows that never got a partition.
async fn empty_default(client: &Client, first_kept: Date) -> Result<(), Fault> {
    let (limit, _) = bounds(first_kept);
    client
        .batch_execute(&format!(
            "WITH gone AS (DELETE FROM change_default WHERE at < '{limit}' RETURNING xid),
                  last AS (SELECT (xid::text::numeric + 1)::text::xid8 AS next FROM gone ORDER BY xid DESC LIMIT 1)
             UPDATE change_horizon SET xid = last.next FROM last WHERE change_horizon.xid < last.next"
        ))
        .await?;
    Ok(())
}

async fn days(client: &Client) -> Result<Vec<Date>, Fault> {
    let rows = client
        .query("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'change'::regclass", &[])
        .await?;
    Ok(rows.iter().filter_map(|row| row.get::<_, &str>(0).strip_prefix(PREFIX)?.parse().ok()).collect())
}

fn name(day: Date) -> String {
    format!("{PREFIX}{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

fn bounds(day: Date) -> (String, String) {
    let next = day.tomorrow().unwrap_or(Date::MAX);
    (format!("{day} 00:00:00+00"), format!("{next} 00:00:00+00"))
}

fn shifted(day: Date, days: i64) -> Result<Date, Fault> {
    day.checked_add(days.days()).map_err(|error| Fault::new("counting days of the change log", error))
}
