//! hold, confirm, cancel, reschedule, outcome: each one statement, run to its end whoever still waits.

use std::sync::Arc;

use jiff::SignedDuration;
use rendez_platform::crash;
use rendez_platform::fault::Fault;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{AppointmentId, PatientId, PractitionerId, SlotId};

use super::error::BookingRefusal;
use super::expiry;
use super::model::{Appointment, Outcome, Status};
use super::outcome::{Said, replay, run, unless_answered};
use super::{offers, queries, statements};
use crate::availability::{self, NotOffered, Offer, Schedule, VisitType};
use crate::ctx::Ctx;
use crate::idempotency::KeyParams;
use crate::identity::access::{self, Scope};

/// How often a statement is tried again because the world moved under it.
const TRIES: usize = 4;

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
    let result = match try_hold(ctx, request).await {
        Err(refusal) => unless_answered(ctx, refusal).await,
        held => held,
    };
    count("hold", &result);
    result
}

async fn try_hold(ctx: &Ctx, request: HoldRequest) -> Result<Appointment, BookingRefusal> {
    access::book_for(&ctx.actor, request.patient)?;
    partner_registered(ctx, request.patient).await?;
    let id = AppointmentId::new(ctx.clock.now(), &*ctx.entropy);
    let mut schedule = schedule_of(ctx, request.slot.practitioner).await?;
    access::book_with(&ctx.actor, request.slot.practitioner, schedule.organization)?;
    for _ in 0..TRIES {
        let offer = match offered(&schedule, request.slot) {
            Ok(offer) => offer,
            // The copy may be old: an opening made a moment ago must be bookable.
            Err(_) => {
                schedule = reload(ctx, request.slot.practitioner).await?;
                offered(&schedule, request.slot).map_err(BookingRefusal::NotOffered)?
            }
        };
        match hold_statement(ctx, id, &request, &schedule, &offer).await? {
            Said::Done(appointment) => return Ok(*appointment),
            Said::Nothing => return Err(BookingRefusal::NotFound),
            Said::Replay => return replay(ctx).await,
            Said::Refused(refusal) => return Err(refusal),
            Said::StaleSchedule => schedule = reload(ctx, request.slot.practitioner).await?,
            Said::TooSoon => return Err(too_soon(&offer)),
            Said::TooFar => return Err(too_far(&offer)),
            Said::Busy => tokio::task::yield_now().await,
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
                    return Err(seen.refusal(request.patient));
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
) -> Result<Said, BookingRefusal> {
    let task = ctx.clone();
    let (slot, patient, reason) = (request.slot, request.patient.uuid(), request.reason.clone());
    let place = Place::of(schedule, offer)?;
    let version = schedule.version;
    let said = ctx
        .store
        .write(move |conn| async move {
            let key = KeyParams::new(task.idempotency.as_ref());
            let actor = task.actor.to_string();
            let address = task.origin.address.map(|address| address.to_string());
            let max_holds = i32::from(task.booking.max_holds_per_patient);
            let grace = whole_minutes(task.booking.notice_grace);
            crash::point("hold.before");
            run(
                &conn,
                statements::HOLD,
                &[
                    &id.uuid(),
                    &slot.practitioner.uuid(),
                    &slot.visit_type.uuid(),
                    &place.range.start(),
                    &place.range.end(),
                    &place.blocked.start(),
                    &place.blocked.end(),
                    &version,
                    &patient,
                    &place.location,
                    &place.organization,
                    &place.time_zone,
                    &place.hold_minutes,
                    &place.notice_minutes,
                    &place.horizon_days,
                    &max_holds,
                    &grace,
                    &reason,
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
                ],
            )
            .await
        })
        .await?;
    crash::point("hold.committed");
    wake_if_done(ctx, &said);
    crash::point("hold.woken");
    Ok(said)
}

/// Makes a hold a booking. `reason` is what the patient writes for the practice; `None` leaves what the hold said.
pub async fn confirm(
    ctx: &Ctx,
    id: AppointmentId,
    if_match: Option<i64>,
    reason: Option<String>,
) -> Result<Appointment, BookingRefusal> {
    let result = try_confirm(ctx, id, if_match, reason).await;
    count("confirm", &result);
    result
}

async fn try_confirm(
    ctx: &Ctx,
    id: AppointmentId,
    if_match: Option<i64>,
    reason: Option<String>,
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
                    &conn,
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
            Said::StaleSchedule => checked = Some(recheck(ctx, id).await?),
            _ => tokio::task::yield_now().await,
        }
    }
    Err(BookingRefusal::Busy)
}

/// Checks a held time against the schedule of now; the version that it was found good for.
async fn recheck(ctx: &Ctx, id: AppointmentId) -> Result<i64, BookingRefusal> {
    let appointment = queries::find_any(ctx, id).await?.ok_or(BookingRefusal::NotFound)?;
    let schedule = reload(ctx, appointment.practitioner).await?;
    let slot = SlotId::new(appointment.practitioner, appointment.visit_type, appointment.range.start());
    match offered(&schedule, slot) {
        Ok(_) => Ok(schedule.version),
        Err(reason) => Err(BookingRefusal::NotOffered(reason)),
    }
}

/// Gives up a hold or a visit that has not begun. Staff may also cancel one that has.
pub async fn cancel(
    ctx: &Ctx,
    id: AppointmentId,
    if_match: Option<i64>,
    reason: Option<String>,
) -> Result<Appointment, BookingRefusal> {
    let ahead = access::practice(&ctx.actor).is_err().then_some(true);
    let result = change_status(ctx, id, if_match, Status::Cancelled, reason, ahead).await;
    count("cancel", &result);
    result
}

/// Says what became of a visit: the practice's word.
pub async fn settle(
    ctx: &Ctx,
    id: AppointmentId,
    if_match: Option<i64>,
    outcome: Outcome,
) -> Result<Appointment, BookingRefusal> {
    access::practice(&ctx.actor)?;
    // Patients come early; nobody is absent before the start.
    let ahead = (outcome == Outcome::NoShow).then_some(false);
    let result = change_status(ctx, id, if_match, outcome.status(), None, ahead).await;
    count("outcome", &result);
    result
}

async fn change_status(
    ctx: &Ctx,
    id: AppointmentId,
    if_match: Option<i64>,
    to: Status,
    reason: Option<String>,
    ahead: Option<bool>,
) -> Result<Appointment, BookingRefusal> {
    let scope = scope_for(ctx, id).await?;
    for _ in 0..TRIES {
        let (task, scope, reason) = (ctx.clone(), scope.clone(), reason.clone());
        let said = ctx
            .store
            .write(move |conn| async move {
                let key = KeyParams::new(task.idempotency.as_ref());
                let actor = task.actor.to_string();
                let address = task.origin.address.map(|address| address.to_string());
                crash::point("settle.before");
                run(
                    &conn,
                    statements::SETTLE,
                    &[
                        &id.uuid(),
                        &scope.patient,
                        &scope.practitioner,
                        &scope.organizations,
                        &if_match,
                        &to.as_str(),
                        &to.reached_from(),
                        &reason,
                        &ahead,
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
        crash::point("settle.committed");
        wake_if_done(ctx, &said);
        crash::point("settle.woken");
        match said {
            Said::Done(appointment) => return Ok(*appointment),
            Said::Nothing => return Err(BookingRefusal::NotFound),
            Said::Replay => return replay(ctx).await,
            Said::Refused(refusal) => return Err(refusal),
            _ => tokio::task::yield_now().await,
        }
    }
    Err(BookingRefusal::Busy)
}

/// Moves a visit to another slot under the same id: either moved, or exactly as before.
pub async fn reschedule(
    ctx: &Ctx,
    id: AppointmentId,
    if_match: Option<i64>,
    slot: SlotId,
) -> Result<Appointment, BookingRefusal> {
    let result = match try_reschedule(ctx, id, if_match, slot).await {
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
) -> Result<Appointment, BookingRefusal> {
    let scope = scope_for(ctx, id).await?;
    let before = queries::find(ctx, id).await?;
    let mut schedule = schedule_of(ctx, slot.practitioner).await?;
    access::book_with(&ctx.actor, slot.practitioner, schedule.organization)?;
    for _ in 0..TRIES {
        let offer = match offered(&schedule, slot) {
            Ok(offer) => offer,
            Err(_) => {
                schedule = reload(ctx, slot.practitioner).await?;
                offered(&schedule, slot).map_err(BookingRefusal::NotOffered)?
            }
        };
        match reschedule_statement(ctx, id, if_match, slot, &scope, &schedule, &offer).await? {
            Said::Done(appointment) => return Ok(*appointment),
            Said::Nothing => return Err(BookingRefusal::NotFound),
            Said::Replay => return replay(ctx).await,
            Said::Refused(refusal) => return Err(refusal),
            Said::StaleSchedule => schedule = reload(ctx, slot.practitioner).await?,
            Said::TooSoon => return Err(too_soon(&offer)),
            Said::TooFar => return Err(too_far(&offer)),
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
                    return Err(seen.refusal(before.patient));
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
) -> Result<Said, BookingRefusal> {
    let (task, scope) = (ctx.clone(), scope.clone());
    let place = Place::of(schedule, offer)?;
    let version = schedule.version;
    let said = ctx
        .store
        .write(move |conn| async move {
            let key = KeyParams::new(task.idempotency.as_ref());
            let actor = task.actor.to_string();
            let address = task.origin.address.map(|address| address.to_string());
            crash::point("reschedule.before");
            run(
                &conn,
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
                ],
            )
            .await
        })
        .await?;
    crash::point("reschedule.committed");
    wake_if_done(ctx, &said);
    crash::point("reschedule.woken");
    Ok(said)
}

/// Where and under which policy a visit would happen: what the statements need of schedule and offer.
pub(super) struct Place {
    pub(super) range: TimeRange,
    pub(super) blocked: TimeRange,
    pub(super) location: uuid::Uuid,
    pub(super) organization: uuid::Uuid,
    pub(super) time_zone: String,
    hold_minutes: i32,
    notice_minutes: i32,
    horizon_days: i32,
    pub(super) room_kind: Option<String>,
    who_may_book: &'static str,
    pub(super) telehealth: bool,
}

impl Place {
    pub(super) fn of(schedule: &Schedule, offer: &Offer<'_>) -> Result<Self, BookingRefusal> {
        let location =
            schedule.location(offer.location).ok_or(Fault::plain("an opening names an unknown location"))?;
        let count = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
        Ok(Self {
            range: offer.range,
            blocked: offer.blocked,
            location: location.id.uuid(),
            organization: location.organization.uuid(),
            time_zone: location.time_zone_name.clone(),
            hold_minutes: count(offer.visit_type.hold_minutes),
            notice_minutes: count(offer.visit_type.min_notice_minutes),
            horizon_days: count(offer.visit_type.max_horizon_days),
            room_kind: offer.visit_type.room_kind.clone(),
            who_may_book: who_may_book(schedule, offer.visit_type),
            telehealth: offer.visit_type.telehealth,
        })
    }
}

fn who_may_book(schedule: &Schedule, visit_type: &VisitType) -> &'static str {
    match (visit_type.who_may_book, schedule.accepts_new_patients) {
        (availability::WhoMayBook::Anyone, false) => "known",
        (who, _) => who.as_str(),
    }
}

/// Whether the schedule offers the slot, notice and horizon aside: those the statement judges by the database's clock.
fn offered(schedule: &Schedule, slot: SlotId) -> Result<Offer<'_>, NotOffered> {
    let notice = schedule.visit_type(slot.visit_type).map_or(0, |visit_type| visit_type.min_notice_minutes);
    let just_in_time =
        slot.start().checked_sub(SignedDuration::from_mins(notice.into())).unwrap_or(slot.start());
    availability::check(schedule, slot.visit_type, slot.start(), just_in_time, SignedDuration::ZERO)
}

fn too_soon(offer: &Offer<'_>) -> BookingRefusal {
    BookingRefusal::TooSoon { notice_minutes: offer.visit_type.min_notice_minutes }
}

fn too_far(offer: &Offer<'_>) -> BookingRefusal {
    BookingRefusal::TooFar { horizon_days: offer.visit_type.max_horizon_days }
}

/// The schedule to judge a slot by, perhaps an old copy; an unknown practitioner has no slots.
async fn schedule_of(ctx: &Ctx, practitioner: PractitionerId) -> Result<Arc<Schedule>, BookingRefusal> {
    ctx.schedules.get(&ctx.store, practitioner).await?.ok_or(BookingRefusal::NotFound)
}

async fn reload(ctx: &Ctx, practitioner: PractitionerId) -> Result<Arc<Schedule>, BookingRefusal> {
    ctx.schedules.reload(&ctx.store, practitioner).await?.ok_or(BookingRefusal::NotFound)
}

/// The caller's scope over an appointment. A partner's is settled by a reading first.
async fn scope_for(ctx: &Ctx, id: AppointmentId) -> Result<Scope, BookingRefusal> {
    let scope = access::appointments(&ctx.actor)?;
    if scope.registered_by.is_some() {
        queries::find(ctx, id).await?;
    }
    Ok(scope)
}

/// A partner books only for patients whom it registered.
pub(super) async fn partner_registered(ctx: &Ctx, patient: PatientId) -> Result<(), BookingRefusal> {
    match access::appointments(&ctx.actor)?.registered_by {
        Some(partner) if !queries::registered(ctx, patient, &partner).await? => Err(BookingRefusal::NotFound),
        _ => Ok(()),
    }
}

fn wake_if_done(ctx: &Ctx, said: &Said) {
    if matches!(said, Said::Done(_)) {
        ctx.waker.wake();
    }
}

pub(super) fn whole_minutes(duration: SignedDuration) -> i32 {
    i32::try_from(duration.as_mins()).unwrap_or(i32::MAX)
}

fn count(command: &'static str, result: &Result<Appointment, BookingRefusal>) {
    let result = match result {
        Ok(_) => "done",
        Err(BookingRefusal::SlotTaken { .. }) => "taken",
        Err(BookingRefusal::Fault(_)) => "fault",
        Err(_) => "refused",
    };
    metrics::counter!("rendez_bookings_total", "command" => command, "result" => result).increment(1);
}
