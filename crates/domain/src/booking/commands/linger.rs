//! Leaving the page of a hold, and coming back.
//!
//! Invariants: who leaves keeps the time for [`LEFT_MINUTES`] more, who comes back before it was over has the first
//! deadline again, and none is ever later than the first. The visit itself does not change: neither its version
//! rises nor does the audit, which has a row for each version, speak of it.

use rendez_platform::fault::Fault;
use rendez_platform::store::{Conn, Prepared};
use rendez_vocab::ids::AppointmentId;
use tokio_postgres::types::{Json, ToSql};

use crate::booking::error::BookingRefusal;
use crate::booking::model::Appointment;
use crate::booking::{queries, statements};
use crate::ctx::Ctx;
use crate::identity::access;

/// How long a hold stands after its page was left.
pub const LEFT_MINUTES: i32 = 2;

/// The page that would confirm a hold was left: its deadline comes near. A hold that is over, or nearly, stays as it is.
pub async fn leave(ctx: &Ctx, id: AppointmentId) -> Result<(), BookingRefusal> {
    let acting = access::people(&ctx.actor)?;
    queries::find(ctx, id).await?;
    let set = ctx
        .store
        .write(move |conn| async move {
            one(&conn, statements::LEAVE, &[&id.uuid(), &acting.uuid(), &LEFT_MINUTES]).await
        })
        .await?;
    if set.is_some() {
        ctx.waker.wake();
    }
    Ok(())
}

/// Somebody is at the page of a hold again: it has its first deadline. The visit as it is now, unless the hold is over.
pub async fn come_back(ctx: &Ctx, id: AppointmentId) -> Result<Appointment, BookingRefusal> {
    let acting = access::people(&ctx.actor)?;
    let set = ctx
        .store
        .write(move |conn| async move { one(&conn, statements::RETURN, &[&id.uuid(), &acting.uuid()]).await })
        .await?;
    match set {
        Some(hold) => {
            ctx.waker.wake();
            Ok(hold)
        }
        None => {
            let visit = queries::find(ctx, id).await?;
            let conn = ctx.store.read_fresh().await?;
            match conn.maybe_row(IS_OVER, &[&id.uuid()]).await? {
                Some(_) => Err(BookingRefusal::HoldExpired),
                None => Ok(visit),
            }
        }
    }
}

const IS_OVER: &str = "SELECT FROM appointment WHERE id = $1
    AND (status = 'expired' OR (status = 'held' AND hold_expires_at <= rendez_now()))";

async fn one(
    conn: &Conn,
    sql: &'static str,
    params: &[&(dyn ToSql + Sync)],
) -> Result<Option<Appointment>, Fault> {
    Ok(conn.maybe_row(sql, params).await?.map(|row| row.get::<_, Json<Appointment>>(0).0))
}
