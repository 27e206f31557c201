//! Moving a visit, under the same id.

use rendez_platform::crash;
use rendez_vocab::ids::{AppointmentId, SlotId};

use super::place::Place;
use super::support::{
    Rules, TRIES, count, offered, own_people, release_rooms, reload, schedule_of, scope_for, tell_released,
    tell_taken, too_far, too_soon, whole_minutes,
};
use crate::availability::{Offer, Schedule};
use crate::booking::error::BookingRefusal;
use crate::booking::model::Appointment;
use crate::booking::outcome::{Said, replay, run, unless_answered};
use crate::booking::{expiry, offers, queries, statements};
use crate::ctx::Ctx;
use crate::idempotency::KeyParams;
use crate::identity::access::{self, Scope};

/// Moves a visit to another slot under the same id: either moved, or exactly as before.
pub async fn reschedule(
    ctx: &Ctx,
    id: AppointmentId,
    if_match: Option<i64>,
    slot: SlotId,
) -> Result<Appointment, BookingRefusal> {
    reschedule_by(ctx, id, if_match, slot, Rules::Offered).await
}

/// The same by somebody's rules. The desk's need a caller who may write into the practitioner's day.
pub(super) async fn reschedule_by(
    ctx: &Ctx,
    id: AppointmentId,
    if_match: Option<i64>,
    slot: SlotId,
    rules: Rules,
) -> Result<Appointment, BookingRefusal> {
    let result = match try_reschedule(ctx, id, if_match, slot, rules).await {
        Err(refusal) => unless_answered(ctx, refusal).await,
        moved => moved,
    };
    count("reschedule", &result);
    result
}

async fn try_reschedule(
    ctx: &Ctx,
    id: AppointmentId,
    if_match: Option<i64>,
    slot: SlotId,
    rules: Rules,
) -> Result<Appointment, BookingRefusal> {
    let scope = scope_for(ctx, id).await?;
    let before = queries::find(ctx, id).await?;
    let mut schedule = schedule_of(ctx, slot.practitioner).await?;
    match rules {
        Rules::Offered => access::book_with(&ctx.actor, slot.practitioner, schedule.organization)?,
        Rules::Desk => access::manage_practitioner(&ctx.actor, slot.practitioner, schedule.organization)?,
    }
    for _ in 0..TRIES {
        let offer = match offered(&schedule, slot, rules) {
            Ok(offer) => offer,
            Err(_) => {
                schedule = reload(ctx, slot.practitioner).await?;
                offered(&schedule, slot, rules).map_err(BookingRefusal::NotOffered)?
            }
        };
        let said = reschedule_statement(ctx, id, if_match, slot, &scope, &schedule, &offer, rules).await?;
        tell_released(ctx, &said, before.practitioner, before.claimed).await;
        match said {
            Said::Done(appointment) => return Ok(*appointment),
            Said::Nothing => return Err(BookingRefusal::NotFound),
            Said::Replay => return replay(ctx).await,
            Said::Refused(refusal) => return Err(refusal),
            Said::StaleSchedule => schedule = reload(ctx, slot.practitioner).await?,
            Said::TooSoon => return Err(too_soon(&offer)),
            Said::TooFar => return Err(too_far(&offer)),
            Said::NoRoom => release_rooms(ctx, &schedule, &offer).await?,
            Said::Busy | Said::TooManyHolds => tokio::task::yield_now().await,
            Said::PatientOverlap => {
                let calendar = queries::patient_calendar(ctx, before.patient).await?;
                if expiry::release_in(ctx, vec![calendar], offer.range).await? == 0 {
                    return Err(BookingRefusal::PatientOverlap);
                }
            }
            Said::Taken => {
                let seen = offers::around(ctx, &schedule, slot, offer.blocked).await?;
                if !seen.blocked_by_expired {
                    return Err(seen.refusal(&own_people(ctx, before.patient).await?));
                }
                expiry::release_in(ctx, vec![schedule.calendar], offer.blocked).await?;
            }
        }
    }
    Err(BookingRefusal::Busy)
}

async fn reschedule_statement(
    ctx: &Ctx,
    id: AppointmentId,
    if_match: Option<i64>,
    slot: SlotId,
    scope: &Scope,
    schedule: &Schedule,
    offer: &Offer<'_>,
    rules: Rules,
) -> Result<Said, BookingRefusal> {
    let (task, scope) = (ctx.clone(), scope.clone());
    let place = Place::of(schedule, offer, rules)?;
    let version = schedule.version;
    let said = ctx
        .store
        .write(move |conn| async move {
            let key = KeyParams::new(task.idempotency.as_ref());
            let actor = task.actor.to_string();
            let address = task.origin.address.map(|address| address.to_string());
            let grace = whole_minutes(task.booking.notice_grace);
            crash::point("reschedule.before");
            run(
                &*conn,
                statements::RESCHEDULE,
                &[
                    &id.uuid(),
                    &scope.patient,
                    &scope.practitioner,
                    &scope.organizations,
                    &if_match,
                    &slot.practitioner.uuid(),
                    &slot.visit_type.uuid(),
                    &place.range.start(),
                    &place.range.end(),
                    &place.blocked.start(),
                    &place.blocked.end(),
                    &version,
                    &place.location,
                    &place.organization,
                    &place.time_zone,
                    &place.notice_minutes,
                    &place.horizon_days,
                    &place.room_kind,
                    &place.who_may_book,
                    &place.telehealth,
                    &actor,
                    &address,
                    &task.origin.request_id,
                    &key.caller(),
                    &key.route(),
                    &key.key(),
                    &key.fingerprint(),
                    &grace,
                ],
            )
            .await
        })
        .await?;
    crash::point("reschedule.committed");
    tell_taken(ctx, &said).await;
    crash::point("reschedule.woken");
    Ok(said)
}
