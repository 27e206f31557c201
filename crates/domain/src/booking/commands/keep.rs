//! Taking a slot for somebody else, inside the transaction that notes why.

use rendez_platform::store::Transaction;
use rendez_vocab::ids::AppointmentId;

use super::hold::{HoldRequest, take};
use super::place::Place;
use super::support::{Rules, offered};
use crate::availability::Schedule;
use crate::booking::error::BookingRefusal;
use crate::booking::model::Appointment;
use crate::booking::outcome::Said;
use crate::ctx::Ctx;

/// What became of it. Everything but [`Kept::Held`] must be rolled back.
pub(crate) enum Kept {
    /// The slot is the patient's until the deadline, once the transaction commits.
    Held(Box<Appointment>),
    /// The world moved: the same may succeed with everything read anew.
    Again,
    /// Nobody can have this time now.
    NotThisTime,
    /// This patient cannot have this time; others may.
    NotTogether,
    /// This patient can have no time now: too many holds are theirs.
    NotThisPatient,
}

/// Takes a slot for a patient until so many minutes have passed, or until the visit's notice: the same statement and
/// the same rules as for everybody. Who gets it is the caller's decision and the caller's transaction.
pub(crate) async fn keep(
    tx: &Transaction<'_>,
    ctx: &Ctx,
    id: AppointmentId,
    request: &HoldRequest,
    schedule: &Schedule,
    minutes: i32,
) -> Result<Kept, BookingRefusal> {
    let Ok(offer) = offered(schedule, request.slot, Rules::Offered) else { return Ok(Kept::NotThisTime) };
    let place = Place { hold_minutes: minutes, ..Place::of(schedule, &offer, Rules::Offered)? };
    Ok(match take(tx, ctx, id, request, &place, schedule.version).await? {
        Said::Done(appointment) => Kept::Held(appointment),
        Said::StaleSchedule | Said::Busy | Said::Replay => Kept::Again,
        Said::TooManyHolds
        | Said::Nothing
        // Wherever else they may book, no time of this practice is for them.
        | Said::Refused(BookingRefusal::BlockedByPractice) => Kept::NotThisPatient,
        Said::PatientOverlap | Said::Refused(_) => Kept::NotTogether,
        Said::Taken | Said::NoRoom | Said::TooSoon | Said::TooFar => Kept::NotThisTime,
    })
}
