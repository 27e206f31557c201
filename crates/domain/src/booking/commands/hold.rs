//! Taking a slot until a deadline.

use rendez_platform::crash;
use rendez_platform::store::GenericClient;
use rendez_vocab::ids::{AppointmentId, PatientId, SlotId};

use super::place::Place;
use super::support::{
    Rules, TRIES, count, may_book_for, offered, own_people, release_rooms, reload, schedule_of, tell_taken,
    too_far, too_soon, whole_minutes,
};
use crate::availability::{Offer, Schedule};
use crate::booking::error::BookingRefusal;
use crate::booking::model::Appointment;
use crate::booking::outcome::{Said, replay, run, unless_answered};
use crate::booking::{expiry, offers, queries, statements};
use crate::ctx::Ctx;
use crate::idempotency::KeyParams;
use crate::identity::access;

/// A slot that a patient wants.
#[derive(Debug, Clone)]
pub struct HoldRequest {
    /// Which slot.
    pub slot: SlotId,
    /// For whom.
    pub patient: PatientId,
    /// What the patient writes, at most 500 characters.
    pub reason: Option<String>,
}

/// Takes a slot for a patient until the deadline in the answer. Of any number of callers for overlapping time exactly
/// one succeeds; the others get [`BookingRefusal::SlotTaken`] with the next free slots.
pub async fn hold(ctx: &Ctx, request: HoldRequest) -> Result<Appointment, BookingRefusal> {
    hold_by(ctx, request, Rules::Offered).await
}

/// The same by somebody's rules. The desk's need a caller who may write into the practitioner's day.
pub(super) async fn hold_by(
    ctx: &Ctx,
    request: HoldRequest,
    rules: Rules,
) -> Result<Appointment, BookingRefusal> {
    let result = match try_hold(ctx, request, rules).await {
        Err(refusal) => unless_answered(ctx, refusal).await,
        held => held,
    };
    count("hold", &result);
    result
}

async fn try_hold(ctx: &Ctx, request: HoldRequest, rules: Rules) -> Result<Appointment, BookingRefusal> {
    let id = AppointmentId::new(ctx.clock.now(), &*ctx.entropy);
    let mut schedule = schedule_of(ctx, request.slot.practitioner).await?;
    match rules {
        Rules::Offered => access::book_with(&ctx.actor, request.slot.practitioner, schedule.organization)?,
        Rules::Desk => {
            access::manage_practitioner(&ctx.actor, request.slot.practitioner, schedule.organization)?;
        }
    }
    may_book_for(ctx, request.patient).await?;
    for _ in 0..TRIES {
        let offer = match offered(&schedule, request.slot, rules) {
            Ok(offer) => offer,
            // The copy may be old: an opening made a moment ago must be bookable.
            Err(_) => {
                schedule = reload(ctx, request.slot.practitioner).await?;
                offered(&schedule, request.slot, rules).map_err(BookingRefusal::NotOffered)?
            }
        };
        match hold_statement(ctx, id, &request, &schedule, &offer, rules).await? {
            Said::Done(appointment) => return Ok(*appointment),
            Said::Nothing => return Err(BookingRefusal::NotFound),
            Said::Replay => return replay(ctx).await,
            Said::Refused(refusal) => return Err(refusal),
            Said::StaleSchedule => schedule = reload(ctx, request.slot.practitioner).await?,
            Said::TooSoon => return Err(too_soon(&offer)),
            Said::TooFar => return Err(too_far(&offer)),
            Said::Busy => tokio::task::yield_now().await,
            Said::NoRoom => release_rooms(ctx, &schedule, &offer).await?,
            Said::TooManyHolds => {
                if expiry::release_of(ctx, request.patient).await? == 0 {
                    return Err(BookingRefusal::TooManyHolds { limit: ctx.booking.max_holds_per_patient });
                }
            }
            Said::PatientOverlap => {
                let calendar = queries::patient_calendar(ctx, request.patient).await?;
                if expiry::release_in(ctx, vec![calendar], offer.range).await? == 0 {
                    return Err(BookingRefusal::PatientOverlap);
                }
            }
            Said::Taken => {
                let seen = offers::around(ctx, &schedule, request.slot, offer.blocked).await?;
                if !seen.blocked_by_expired {
                    return Err(seen.refusal(&own_people(ctx, request.patient).await?));
                }
                expiry::release_in(ctx, vec![schedule.calendar], offer.blocked).await?;
            }
        }
    }
    Err(BookingRefusal::Busy)
}

async fn hold_statement(
    ctx: &Ctx,
    id: AppointmentId,
    request: &HoldRequest,
    schedule: &Schedule,
    offer: &Offer<'_>,
    rules: Rules,
) -> Result<Said, BookingRefusal> {
    let (task, request) = (ctx.clone(), request.clone());
    let place = Place::of(schedule, offer, rules)?;
    let version = schedule.version;
    let said = ctx
        .store
        .write(move |conn| async move {
            crash::point("hold.before");
            take(&*conn, &task, id, &request, &place, version).await
        })
        .await?;
    crash::point("hold.committed");
    tell_taken(ctx, &said).await;
    crash::point("hold.woken");
    Ok(said)
}

/// Runs the statement on a connection or inside a transaction.
pub(super) async fn take(
    client: &impl GenericClient,
    ctx: &Ctx,
    id: AppointmentId,
    request: &HoldRequest,
    place: &Place,
    version: i64,
) -> Result<Said, BookingRefusal> {
    let key = KeyParams::new(ctx.idempotency.as_ref());
    let actor = ctx.actor.to_string();
    let address = ctx.origin.address.map(|address| address.to_string());
    let max_holds = i32::from(ctx.booking.max_holds_per_patient);
    let grace = whole_minutes(ctx.booking.notice_grace);
    run(
        client,
        statements::HOLD,
        &[
            &id.uuid(),
            &request.slot.practitioner.uuid(),
            &request.slot.visit_type.uuid(),
            &place.range.start(),
            &place.range.end(),
            &place.blocked.start(),
            &place.blocked.end(),
            &version,
            &request.patient.uuid(),
            &place.location,
            &place.organization,
            &place.time_zone,
            &place.hold_minutes,
            &place.notice_minutes,
            &place.horizon_days,
            &max_holds,
            &grace,
            &request.reason,
            &place.room_kind,
            &place.who_may_book,
            &place.telehealth,
            &actor,
            &address,
            &ctx.origin.request_id,
            &key.caller(),
            &key.route(),
            &key.key(),
            &key.fingerprint(),
        ],
    )
    .await
}
