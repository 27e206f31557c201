//! Ending a visit: cancelled by somebody, or what the practice says became of it.

use jiff::{SignedDuration, Timestamp};
use rendez_platform::crash;
use rendez_vocab::ids::AppointmentId;

use super::support::{TRIES, count, scope_for, tell_released, wake_if_done};
use crate::booking::error::BookingRefusal;
use crate::booking::model::{Appointment, Outcome, Status};
use crate::booking::outcome::{Said, replay, run};
use crate::booking::statements;
use crate::ctx::Ctx;
use crate::idempotency::KeyParams;
use crate::identity::access;

/// An outcome is said on the day of the visit, not before.
const EARLIEST_OUTCOME_MINUTES: i32 = 12 * 60;

/// Gives up a hold or a visit that has not begun. Staff may also cancel one that has.
pub async fn cancel(
    ctx: &Ctx,
    id: AppointmentId,
    if_match: Option<i64>,
    reason: Option<String>,
) -> Result<Appointment, BookingRefusal> {
    let ahead = access::practice(&ctx.actor).is_err();
    let from = Status::Cancelled.reached_from();
    let change = Change { to: Status::Cancelled, from, reason, ahead, earliest_minutes_before: None };
    let result = change_status(ctx, id, if_match, change).await;
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
    // Patients come early, but not on another day; nobody is absent before the start.
    let early = if outcome == Outcome::NoShow { 0 } else { EARLIEST_OUTCOME_MINUTES };
    let to = outcome.status();
    let from = to.reached_from();
    let change = Change { to, from, reason: None, ahead: false, earliest_minutes_before: Some(early) };
    let result = change_status(ctx, id, if_match, change).await;
    count("outcome", &result);
    result
}

/// Takes back what was said of a visit, as after a slip of the hand: it is booked again, as if nothing had been said.
pub async fn take_back(
    ctx: &Ctx,
    id: AppointmentId,
    if_match: Option<i64>,
) -> Result<Appointment, BookingRefusal> {
    access::practice(&ctx.actor)?;
    let change = Change {
        to: Status::Booked,
        from: &["arrived", "fulfilled", "no-show"],
        reason: None,
        ahead: false,
        earliest_minutes_before: None,
    };
    let result = change_status(ctx, id, if_match, change).await;
    count("take-back", &result);
    result
}

/// What the practice may say of a visit now, the likeliest first: what [`settle`] takes, without what it takes only just.
pub fn outcomes(visit: &Appointment, now: Timestamp) -> &'static [Outcome] {
    let early = SignedDuration::from_mins(i64::from(EARLIEST_OUTCOME_MINUTES));
    match visit.status {
        Status::Booked if visit.range.start() <= now => {
            &[Outcome::Arrived, Outcome::Fulfilled, Outcome::NoShow]
        }
        Status::Booked if visit.range.start().duration_since(now) <= early => &[Outcome::Arrived],
        Status::Arrived => &[Outcome::Fulfilled],
        _ => &[],
    }
}

/// A change of status and when it may happen.
#[derive(Clone)]
struct Change {
    to: Status,
    /// From these statuses.
    from: &'static [&'static str],
    reason: Option<String>,
    /// Only before the start.
    ahead: bool,
    /// Not earlier than so many minutes before the start.
    earliest_minutes_before: Option<i32>,
}

async fn change_status(
    ctx: &Ctx,
    id: AppointmentId,
    if_match: Option<i64>,
    change: Change,
) -> Result<Appointment, BookingRefusal> {
    let scope = scope_for(ctx, id).await?;
    for _ in 0..TRIES {
        let (task, scope, change) = (ctx.clone(), scope.clone(), change.clone());
        let said = ctx
            .store
            .write(move |conn| async move {
                let key = KeyParams::new(task.idempotency.as_ref());
                let actor = task.actor.to_string();
                let address = task.origin.address.map(|address| address.to_string());
                crash::point("settle.before");
                run(
                    &*conn,
                    statements::SETTLE,
                    &[
                        &id.uuid(),
                        &scope.patient,
                        &scope.practitioner,
                        &scope.organizations,
                        &if_match,
                        &change.to.as_str(),
                        &change.from,
                        &change.reason,
                        &change.ahead,
                        &actor,
                        &address,
                        &task.origin.request_id,
                        &key.caller(),
                        &key.route(),
                        &key.key(),
                        &key.fingerprint(),
                        &change.earliest_minutes_before,
                    ],
                )
                .await
            })
            .await?;
        crash::point("settle.committed");
        wake_if_done(ctx, &said);
        if let Said::Done(done) = &said
            && done.status == Status::Cancelled
        {
            tell_released(ctx, &said, done.practitioner, done.claimed).await;
        }
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
