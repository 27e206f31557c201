//! Reads what a booking statement answered.

use rendez_platform::crash;
use rendez_platform::fault::Fault;
use rendez_platform::store::{GenericClient, Prepared, refusal_code};
use tokio_postgres::types::{Json, ToSql};

use super::error::BookingRefusal;
use super::model::{Appointment, Status};
use crate::ctx::Ctx;
use crate::idempotency::{self, KeyRefusal};

/// What a statement answered, before anything is tried again.
pub(super) enum Said {
    /// Done; the appointment as it is now.
    Done(Box<Appointment>),
    /// No row: the record does not exist for this caller.
    Nothing,
    /// The key has a stored answer.
    Replay,
    /// The schedule has changed since it was read.
    StaleSchedule,
    /// Another request was in the way; the same statement may succeed now.
    Busy,
    /// The time is taken; perhaps only by an expired hold.
    Taken,
    /// The patient's own time is taken; perhaps only by an expired hold.
    PatientOverlap,
    /// Every room of the kind is taken; perhaps only by expired holds.
    NoRoom,
    /// All ordinals are in use; perhaps by expired holds.
    TooManyHolds,
    /// The database's clock says that the notice is too short.
    TooSoon,
    /// The database's clock says that it is too far ahead.
    TooFar,
    /// A refusal that trying again does not change.
    Refused(BookingRefusal),
}

/// Runs one of booking's statements, most often on a connection of its own, and reads its answer.
pub(super) async fn run(
    client: &impl GenericClient,
    sql: &'static str,
    params: &[&(dyn ToSql + Sync)],
) -> Result<Said, BookingRefusal> {
    let row = match client.maybe_row(sql, params).await {
        Ok(Some(row)) => row,
        Ok(None) => return Ok(Said::Nothing),
        Err(error) => {
            return match refusal_code(&error) {
                Some(code) => read(code, None),
                None => Err(error.into()),
            };
        }
    };
    let code: &str = row.get(0);
    read(code, row.get::<_, Option<Json<Appointment>>>(1).map(|json| json.0))
}

fn read(code: &str, appointment: Option<Appointment>) -> Result<Said, BookingRefusal> {
    use BookingRefusal as No;
    Ok(match code {
        "done" => match appointment {
            Some(appointment) => Said::Done(Box::new(appointment)),
            None => return Err(Fault::plain("a booking statement answered without its row").into()),
        },
        "replay" => Said::Replay,
        "stale-schedule" => Said::StaleSchedule,
        "busy" => Said::Busy,
        "slot-taken" => Said::Taken,
        "patient-overlap" => Said::PatientOverlap,
        "too-many-holds" => Said::TooManyHolds,
        "idempotency-key-in-use" => Said::Refused(No::Key(KeyRefusal::InUse)),
        "too-soon" => Said::TooSoon,
        "too-far" => Said::TooFar,
        "no-room-free" => Said::NoRoom,
        "known-patients-only" => Said::Refused(No::KnownPatientsOnly),
        "new-patients-only" => Said::Refused(No::NewPatientsOnly),
        "blocked-by-practice" => Said::Refused(No::BlockedByPractice),
        "hold-expired" => Said::Refused(No::HoldExpired),
        "already-confirmed" => Said::Refused(No::AlreadyConfirmed),
        "wrong-status" => Said::Refused(No::WrongStatus),
        "already-started" => Said::Refused(No::AlreadyStarted),
        "not-started" => Said::Refused(No::NotStarted),
        "same-slot" => Said::Refused(No::SameSlot),
        "version-mismatch" => Said::Refused(No::VersionMismatch),
        other => match other.strip_prefix("already-").and_then(Status::named) {
            Some(status) => Said::Refused(No::Already(status)),
            None => return Err(Fault::new("reading a booking statement's answer", other.to_owned()).into()),
        },
    })
}

/// The first answer to a repeated request.
pub(super) async fn replay(ctx: &Ctx) -> Result<Appointment, BookingRefusal> {
    first_answer(ctx).await?.ok_or(BookingRefusal::Busy)
}

/// What to say instead of a refusal that may be the request's own doing: its first try may have ended after this one
/// began to look, or have taken a time that is not offered any more.
pub(super) async fn unless_answered(
    ctx: &Ctx,
    refusal: BookingRefusal,
) -> Result<Appointment, BookingRefusal> {
    use BookingRefusal as No;
    match refusal {
        No::Fault(_) | No::Denied(_) | No::Key(_) | No::SlotTaken { .. } => Err(refusal),
        _ => first_answer(ctx).await?.ok_or(refusal),
    }
}

async fn first_answer(ctx: &Ctx) -> Result<Option<Appointment>, BookingRefusal> {
    let Some(key) = &ctx.idempotency else { return Ok(None) };
    crash::point("replay.before");
    let conn = ctx.store.read_fresh().await?;
    match idempotency::find(&*conn, key).await? {
        Some(Ok(stored)) => serde_json::from_value(stored.answer)
            .map(Some)
            .map_err(|error| Fault::new("reading a stored answer", error).into()),
        Some(Err(refusal)) => Err(refusal.into()),
        None => Ok(None),
    }
}
