//! Holds past their deadline.
//!
//! An expired hold never blocks, whether or not a worker has run: who runs into one releases it in a statement of its
//! own and tries again. The sweep only keeps the tables small. Both skip rows that somebody else is releasing, so
//! nobody ever waits here.

use rendez_platform::crash;
use rendez_platform::fault::Fault;
use rendez_platform::store::{Conn, refusal_code};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::PatientId;
use tokio_postgres::types::{Json, ToSql};

use super::error::BookingRefusal;
use super::model::Appointment;
use super::statements::{EXPIRE_IN_RANGE, EXPIRE_OF_PATIENT, EXPIRE_OLDEST};
use crate::ctx::Ctx;
use crate::identity::access;

/// How many holds one statement of the sweep releases.
const BATCH: i32 = 500;

/// Releases the expired holds that overlap a range on any of these calendars.
pub(crate) async fn release_in(ctx: &Ctx, calendars: Vec<i64>, range: TimeRange) -> Result<usize, Fault> {
    let task = ctx.clone();
    let released = ctx
        .store
        .write(move |conn| async move {
            expire(&conn, &task, EXPIRE_IN_RANGE, &[&calendars, &range.start(), &range.end()]).await
        })
        .await?;
    tell(ctx, &released).await;
    Ok(released.len())
}

/// Releases a patient's expired holds.
pub(super) async fn release_of(ctx: &Ctx, patient: PatientId) -> Result<usize, Fault> {
    let task = ctx.clone();
    let released = ctx
        .store
        .write(move |conn| async move { expire(&conn, &task, EXPIRE_OF_PATIENT, &[&patient.uuid()]).await })
        .await?;
    tell(ctx, &released).await;
    Ok(released.len())
}

/// Releases expired holds now and returns them, at most 500 (admin).
pub async fn expire_due(ctx: &Ctx) -> Result<Vec<Appointment>, BookingRefusal> {
    access::administer(&ctx.actor)?;
    Ok(oldest(ctx).await?)
}

/// Releases every expired hold: the worker's sweep. Returns how many.
pub async fn sweep(ctx: &Ctx) -> Result<usize, Fault> {
    let mut total = 0;
    loop {
        let released = oldest(ctx).await?.len();
        total += released;
        if released < usize::try_from(BATCH).unwrap_or(usize::MAX) {
            return Ok(total);
        }
    }
}

async fn oldest(ctx: &Ctx) -> Result<Vec<Appointment>, Fault> {
    let task = ctx.clone();
    let released = ctx
        .store
        .write(move |conn| async move { expire(&conn, &task, EXPIRE_OLDEST, &[&BATCH]).await })
        .await?;
    tell(ctx, &released).await;
    Ok(released)
}

/// Tells those who must know that these holds' time may be free again.
async fn tell(ctx: &Ctx, released: &[Appointment]) {
    if !released.is_empty() {
        let freed: Vec<_> = released.iter().map(|hold| (hold.practitioner, hold.claimed)).collect();
        ctx.committed.released(&freed).await;
    }
}

async fn expire(
    conn: &Conn,
    ctx: &Ctx,
    sql: &'static str,
    which: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Appointment>, Fault> {
    let statement = conn.prepare_cached(sql).await?;
    let actor = ctx.actor.to_string();
    let address = ctx.origin.address.map(|address| address.to_string());
    let mut params: Vec<&(dyn ToSql + Sync)> = vec![&actor, &address, &ctx.origin.request_id];
    params.extend_from_slice(which);
    crash::point("expire.before");
    let rows = match conn.query(&statement, &params).await {
        // A move came between: those holds are no longer where they were, and the next look finds them.
        Err(error) if refusal_code(&error) == Some("busy") => Vec::new(),
        rows => rows?,
    };
    crash::point("expire.committed");
    if !rows.is_empty() {
        ctx.waker.wake();
        metrics::counter!("rendez_bookings_total", "command" => "expire", "result" => "done")
            .increment(u64::try_from(rows.len()).unwrap_or(0));
    }
    Ok(rows.iter().map(|row| row.get::<_, Json<Appointment>>(0).0).collect())
}
