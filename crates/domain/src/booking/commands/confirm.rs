//! Making a hold a booking.

use rendez_platform::crash;
use rendez_vocab::ids::{AppointmentId, SlotId};

use super::support::{Rules, TRIES, count, offered, reload, scope_for, wake_if_done};
use crate::booking::error::BookingRefusal;
use crate::booking::model::Appointment;
use crate::booking::outcome::{Said, replay, run};
use crate::booking::{queries, statements};
use crate::ctx::Ctx;
use crate::idempotency::KeyParams;

/// Makes a hold a booking. `reason` is what the patient writes for the practice; `None` leaves what the hold said.
pub async fn confirm(
    ctx: &Ctx,
    id: AppointmentId,
    if_match: Option<i64>,
    reason: Option<String>,
) -> Result<Appointment, BookingRefusal> {
    confirm_by(ctx, id, if_match, reason, Rules::Offered).await
}

/// The same by somebody's rules, for a schedule that changed after the hold.
pub(super) async fn confirm_by(
    ctx: &Ctx,
    id: AppointmentId,
    if_match: Option<i64>,
    reason: Option<String>,
    rules: Rules,
) -> Result<Appointment, BookingRefusal> {
    let result = try_confirm(ctx, id, if_match, reason, rules).await;
    count("confirm", &result);
    result
}

async fn try_confirm(
    ctx: &Ctx,
    id: AppointmentId,
    if_match: Option<i64>,
    reason: Option<String>,
    rules: Rules,
) -> Result<Appointment, BookingRefusal> {
    let scope = scope_for(ctx, id).await?;
    let mut checked: Option<i64> = None;
    for _ in 0..TRIES {
        let (task, scope, reason) = (ctx.clone(), scope.clone(), reason.clone());
        let said = ctx
            .store
            .write(move |conn| async move {
                let key = KeyParams::new(task.idempotency.as_ref());
                let actor = task.actor.to_string();
                let address = task.origin.address.map(|address| address.to_string());
                crash::point("confirm.before");
                run(
                    &*conn,
                    statements::CONFIRM,
                    &[
                        &id.uuid(),
                        &scope.patient,
                        &scope.practitioner,
                        &scope.organizations,
                        &if_match,
                        &checked,
                        &actor,
                        &address,
                        &task.origin.request_id,
                        &key.caller(),
                        &key.route(),
                        &key.key(),
                        &key.fingerprint(),
                        &reason,
                    ],
                )
                .await
            })
            .await?;
        crash::point("confirm.committed");
        wake_if_done(ctx, &said);
        crash::point("confirm.woken");
        match said {
            Said::Done(appointment) => return Ok(*appointment),
            Said::Nothing => return Err(BookingRefusal::NotFound),
            Said::Replay => return replay(ctx).await,
            Said::Refused(refusal) => return Err(refusal),
            // The practice changed its schedule after the hold: is the held time still offered?
            Said::StaleSchedule => checked = Some(recheck(ctx, id, rules).await?),
            _ => tokio::task::yield_now().await,
        }
    }
    Err(BookingRefusal::Busy)
}

/// Checks a held time against the schedule of now; the version that it was found good for.
async fn recheck(ctx: &Ctx, id: AppointmentId, rules: Rules) -> Result<i64, BookingRefusal> {
    let appointment = queries::find_any(ctx, id).await?.ok_or(BookingRefusal::NotFound)?;
    let schedule = reload(ctx, appointment.practitioner).await?;
    let slot = SlotId::new(appointment.practitioner, appointment.visit_type, appointment.range.start());
    match offered(&schedule, slot, rules) {
        Ok(_) => Ok(schedule.version),
        Err(reason) => Err(BookingRefusal::NotOffered(reason)),
    }
}
