//! What the commands have in common.

use std::sync::Arc;

use jiff::SignedDuration;
use rendez_platform::fault::Fault;
use rendez_vocab::ids::{AppointmentId, PatientId, PractitionerId, SlotId};
use rendez_vocab::{Actor, TimeRange};

use super::place::Place;
use crate::availability::{self, NotOffered, Offer, Schedule};
use crate::booking::error::BookingRefusal;
use crate::booking::model::Appointment;
use crate::booking::outcome::Said;
use crate::booking::{expiry, queries};
use crate::ctx::Ctx;
use crate::identity::access::{self, Scope};

/// How often a statement is tried again because the world moved under it.
pub(super) const TRIES: usize = 8;

/// By whose rules a time is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// What patients are offered.
    Offered,
    /// What the practice's own desk may use: anything open and free.
    Desk,
}

/// Whether the schedule offers the slot, notice and horizon aside: those the statement judges by the database's clock.
pub(super) fn offered(schedule: &Schedule, slot: SlotId, rules: Rules) -> Result<Offer<'_>, NotOffered> {
    if rules == Rules::Desk {
        return availability::check_at_desk(schedule, slot.visit_type, slot.start());
    }
    let notice = schedule.visit_type(slot.visit_type).map_or(0, |visit_type| visit_type.min_notice_minutes);
    let just_in_time =
        slot.start().checked_sub(SignedDuration::from_mins(notice.into())).unwrap_or(slot.start());
    availability::check(schedule, slot.visit_type, slot.start(), just_in_time, SignedDuration::ZERO)
}

pub(super) fn too_soon(offer: &Offer<'_>) -> BookingRefusal {
    BookingRefusal::TooSoon { notice_minutes: offer.visit_type.min_notice_minutes }
}

pub(super) fn too_far(offer: &Offer<'_>) -> BookingRefusal {
    BookingRefusal::TooFar { horizon_days: offer.visit_type.max_horizon_days }
}

/// The schedule to judge a slot by, perhaps an old copy; an unknown practitioner has no slots.
pub(super) async fn schedule_of(
    ctx: &Ctx,
    practitioner: PractitionerId,
) -> Result<Arc<Schedule>, BookingRefusal> {
    ctx.schedules.get(&ctx.store, practitioner).await?.ok_or(BookingRefusal::NotFound)
}

pub(super) async fn reload(ctx: &Ctx, practitioner: PractitionerId) -> Result<Arc<Schedule>, BookingRefusal> {
    ctx.schedules.reload(&ctx.store, practitioner).await?.ok_or(BookingRefusal::NotFound)
}

/// The caller's scope over an appointment. A partner's is settled by a reading first.
pub(super) async fn scope_for(ctx: &Ctx, id: AppointmentId) -> Result<Scope, BookingRefusal> {
    let scope = access::appointments(&ctx.actor)?;
    if scope.registered_by.is_some() {
        queries::find(ctx, id).await?;
    }
    Ok(scope)
}

/// Patients book for themselves and for whom they care for; practices and partners only for patients they know: registered
/// by them, seen by them, or entered by the operator.
pub(in crate::booking) async fn may_book_for(ctx: &Ctx, patient: PatientId) -> Result<(), BookingRefusal> {
    match access::book_for(&ctx.actor, patient)? {
        Some(scope) if !queries::known(ctx, patient, &scope).await? => Err(BookingRefusal::NotFound),
        _ => Ok(()),
    }
}

/// For whom the caller's holds may be: a patient's own and those of people they care for, else the patient's alone.
pub(super) async fn own_people(ctx: &Ctx, patient: PatientId) -> Result<Vec<PatientId>, Fault> {
    match ctx.actor {
        Actor::Patient(own) => queries::family(ctx, own).await,
        _ => Ok(vec![patient]),
    }
}

/// Releases expired holds on the rooms that the visit could use; without any, no room is free.
pub(super) async fn release_rooms(
    ctx: &Ctx,
    schedule: &Schedule,
    offer: &Offer<'_>,
) -> Result<(), BookingRefusal> {
    let place = Place::of(schedule, offer, Rules::Offered)?;
    let calendars = queries::room_calendars(ctx, place.location, place.room_kind.as_deref()).await?;
    match expiry::release_in(ctx, calendars, offer.blocked).await? {
        0 => Err(BookingRefusal::NoRoomFree),
        _ => Ok(()),
    }
}

/// Tells those who must know that a time was taken, if it was.
pub(super) async fn tell_taken(ctx: &Ctx, said: &Said) {
    if let Said::Done(appointment) = said {
        ctx.committed.taken(appointment.practitioner, appointment.claimed).await;
    }
    wake_if_done(ctx, said);
}

/// Tells those who must know that a time may be free again, if something was done.
pub(super) async fn tell_released(ctx: &Ctx, said: &Said, practitioner: PractitionerId, claimed: TimeRange) {
    if matches!(said, Said::Done(_)) {
        ctx.committed.released(&[(practitioner, claimed)]).await;
    }
}

pub(super) fn wake_if_done(ctx: &Ctx, said: &Said) {
    if matches!(said, Said::Done(_)) {
        ctx.waker.wake();
    }
}

pub(super) fn whole_minutes(duration: SignedDuration) -> i32 {
    i32::try_from(duration.as_mins()).unwrap_or(i32::MAX)
}

pub(super) fn count(command: &'static str, result: &Result<Appointment, BookingRefusal>) {
    let result = match result {
        Ok(_) => "done",
        Err(BookingRefusal::SlotTaken { .. }) => "taken",
        Err(BookingRefusal::Fault(_)) => "fault",
        Err(_) => "refused",
    };
    metrics::counter!("rendez_bookings_total", "command" => command, "result" => result).increment(1);
}
