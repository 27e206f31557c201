//! Giving up all that is still to come of some patients, inside somebody's transaction.

use rendez_platform::fault::Fault;
use rendez_platform::store::{Prepared, Transaction};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::PractitionerId;
use tokio_postgres::types::Json;
use uuid::Uuid;

use crate::booking::model::{Appointment, Status};
use crate::booking::statements;
use crate::ctx::Ctx;

/// The appointment before its claims, as everybody does. A hold that is over stands in nobody's way and is left to the sweep.
const AHEAD: &str =
    "SELECT a.id FROM appointment a WHERE a.patient_id = ANY ($1) AND a.starts_at > rendez_now()
        AND (a.status = 'booked' OR (a.status = 'held' AND a.hold_expires_at > rendez_now()))
    ORDER BY a.id FOR UPDATE";

/// Cancels the visits and holds of these patients that have not begun; whose time became free, to be told after the commit.
pub(crate) async fn cancel_ahead(
    tx: &Transaction<'_>,
    ctx: &Ctx,
    patients: &[Uuid],
) -> Result<Vec<(PractitionerId, TimeRange)>, Fault> {
    let actor = ctx.actor.to_string();
    let address = ctx.origin.address.map(|address| address.to_string());
    let to = Status::Cancelled;
    let nobody: Option<Uuid> = None;
    let none: Option<Vec<Uuid>> = None;
    let (text, version, minutes): (Option<&str>, Option<i64>, Option<i32>) = (None, None, None);
    let fingerprint: Option<&[u8]> = None;
    let settle = tx.prepare_cached(statements::SETTLE).await?;
    let mut freed = Vec::new();
    for row in tx.rows(AHEAD, &[&patients]).await? {
        let id: Uuid = row.get(0);
        let said = tx
            .query_one(
                &settle,
                &[
                    &id,
                    &nobody,
                    &nobody,
                    &none,
                    &version,
                    &to.as_str(),
                    &to.reached_from(),
                    &text,
                    &true,
                    &actor,
                    &address,
                    &ctx.origin.request_id,
                    &text,
                    &text,
                    &text,
                    &fingerprint,
                    &minutes,
                ],
            )
            .await?;
        match said.get::<_, Option<Json<Appointment>>>(1) {
            Some(Json(visit)) => freed.push((visit.practitioner, visit.claimed)),
            None => return Err(Fault::new("cancelling a visit", said.get::<_, String>(0))),
        }
    }
    Ok(freed)
}
