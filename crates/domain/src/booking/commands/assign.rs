//! Saying for whom a hold is.

use rendez_vocab::ids::{AppointmentId, PatientId};

use super::place::who_may_book;
use super::support::{TRIES, count, reload, schedule_of, wake_if_done};
use crate::booking::error::BookingRefusal;
use crate::booking::model::Appointment;
use crate::booking::outcome::{Said, replay, run};
use crate::booking::{expiry, queries, statements};
use crate::ctx::Ctx;
use crate::idempotency::KeyParams;
use crate::identity::access;

/// Gives a hold of the caller, or of somebody for whom they act, to another of these patients. The time is held without
/// interruption and the deadline stays; what the new patient may not book is refused, and the hold stays as it was.
pub async fn assign(ctx: &Ctx, id: AppointmentId, patient: PatientId) -> Result<Appointment, BookingRefusal> {
    let result = try_assign(ctx, id, patient).await;
    count("assign", &result);
    result
}

async fn try_assign(ctx: &Ctx, id: AppointmentId, patient: PatientId) -> Result<Appointment, BookingRefusal> {
    let acting = access::people(&ctx.actor)?;
    for _ in 0..TRIES {
        let before = queries::find(ctx, id).await?;
        if before.patient == patient {
            return Ok(before);
        }
        let schedule = schedule_of(ctx, before.practitioner).await?;
        let visit_type = schedule.visit_type(before.visit_type).ok_or(BookingRefusal::NotFound)?;
        let (who, version) = (who_may_book(&schedule, visit_type), schedule.version);
        let task = ctx.clone();
        let said = ctx
            .store
            .write(move |conn| async move {
                let key = KeyParams::new(task.idempotency.as_ref());
                let actor = task.actor.to_string();
                let address = task.origin.address.map(|address| address.to_string());
                let max_holds = i32::from(task.booking.max_holds_per_patient);
                run(
                    &*conn,
                    statements::ASSIGN,
                    &[
                        &id.uuid(),
                        &acting.uuid(),
                        &patient.uuid(),
                        &max_holds,
                        &who,
                        &version,
                        &actor,
                        &address,
                        &task.origin.request_id,
                        &key.caller(),
                        &key.route(),
                        &key.key(),
                        &key.fingerprint(),
                    ],
                )
                .await
            })
            .await?;
        wake_if_done(ctx, &said);
        match said {
            Said::Done(appointment) => return Ok(*appointment),
            Said::Nothing => return Err(BookingRefusal::NotFound),
            Said::Replay => return replay(ctx).await,
            Said::Refused(refusal) => return Err(refusal),
            Said::StaleSchedule => drop(reload(ctx, before.practitioner).await?),
            Said::TooManyHolds => {
                if expiry::release_of(ctx, patient).await? == 0 {
                    return Err(BookingRefusal::TooManyHolds { limit: ctx.booking.max_holds_per_patient });
                }
            }
            Said::PatientOverlap => {
                let calendar = queries::patient_calendar(ctx, patient).await?;
                if expiry::release_in(ctx, vec![calendar], before.range).await? == 0 {
                    return Err(BookingRefusal::PatientOverlap);
                }
            }
            _ => tokio::task::yield_now().await,
        }
    }
    Err(BookingRefusal::Busy)
}
