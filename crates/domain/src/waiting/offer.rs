//! One offer: the hold, the wish's new state and the promise of its mail, all or nothing.

use jiff::civil::time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rendez_platform::crash;
use rendez_platform::fault::Fault;
use rendez_platform::store::Transaction;
use rendez_vocab::ids::{AppointmentId, PatientId, SlotId, WishId};

use super::commands::record;
use crate::availability::Schedule;
use crate::booking::{self, Appointment, BookingRefusal, HoldRequest, Kept};
use crate::ctx::Ctx;

/// Between these hours on the wall no offer ends: people sleep.
const NIGHT: (i8, i8) = (21, 9);

/// What is to be offered to whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offer {
    pub(super) wish: WishId,
    /// As it was when it was found to be the first.
    pub(super) version: i64,
    pub(super) patient: PatientId,
    pub(super) slot: SlotId,
    /// How long it is kept.
    pub(super) minutes: i32,
}

/// What became of it.
pub(super) enum Made {
    /// The time is kept.
    Offered(Box<Appointment>),
    /// The wish does not wait any more.
    Gone,
    /// The patient can have no time now.
    NotThisPatient,
    /// Nobody can have this time now.
    NotThisTime,
    /// The patient cannot have this time; others may.
    NotTogether,
    /// The world moved.
    Again,
}

const MARK: &str = "UPDATE wish SET status = 'offered', appointment_id = $2, version = version + 1, looked_at = rendez_now(), updated_at = rendez_now()
    WHERE id = $1 AND status = 'waiting' AND version = $3 AND expires_at > rendez_now()";

/// The key is the promise that a wish is offered a time once.
const NOTE: &str = "INSERT INTO wish_offer (wish_id, practitioner_id, starts_at, appointment_id, offered_at)
    VALUES ($1, $2, $3, $4, rendez_now()) ON CONFLICT DO NOTHING";

const MAIL: &str = "INSERT INTO job (kind, payload)
    SELECT 'mail.offer', jsonb_build_object('appointment', $1::uuid, 'version', $2::bigint)
    FROM patient x WHERE x.id = $3 AND x.email IS NOT NULL";

/// Offers a time: whoever waits, the appointment that is theirs until its deadline, and the mail that tells them.
pub(super) async fn offer(ctx: &Ctx, schedule: &Schedule, offer: Offer) -> Result<Made, Fault> {
    let id = AppointmentId::new(ctx.clock.now(), &*ctx.entropy);
    let (task, schedule) = (ctx.clone(), schedule.clone());
    crash::point("offer.before");
    let made = ctx
        .store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let made = in_transaction(&tx, &task, &schedule, id, offer).await?;
            if matches!(made, Made::Offered(_)) {
                crash::point("offer.before-commit");
                tx.commit().await?;
            }
            Ok::<_, BookingRefusal>(made)
        })
        .await;
    crash::point("offer.committed");
    let made = match made {
        Ok(made) => made,
        Err(BookingRefusal::Fault(fault)) => return Err(fault),
        Err(_) => Made::NotThisTime,
    };
    let result = match &made {
        Made::Offered(appointment) => {
            ctx.committed.taken(appointment.practitioner, appointment.claimed).await;
            ctx.waker.wake();
            "made"
        }
        _ => "refused",
    };
    metrics::counter!("rendez_offers_total", "result" => result).increment(1);
    Ok(made)
}

async fn in_transaction(
    tx: &Transaction<'_>,
    ctx: &Ctx,
    schedule: &Schedule,
    id: AppointmentId,
    offer: Offer,
) -> Result<Made, BookingRefusal> {
    if tx.execute(MARK, &[&offer.wish.uuid(), &id.uuid(), &offer.version]).await? == 0 {
        return Ok(Made::Gone);
    }
    let (practitioner, start) = (offer.slot.practitioner.uuid(), offer.slot.start());
    if tx.execute(NOTE, &[&offer.wish.uuid(), &practitioner, &start, &id.uuid()]).await? == 0 {
        return Ok(Made::NotTogether);
    }
    crash::point("offer.marked");
    let request = HoldRequest { slot: offer.slot, patient: offer.patient, reason: None };
    let held = match booking::keep(tx, ctx, id, &request, schedule, offer.minutes).await? {
        Kept::Held(held) => held,
        Kept::Again => return Ok(Made::Again),
        Kept::NotThisTime => return Ok(Made::NotThisTime),
        Kept::NotTogether => return Ok(Made::NotTogether),
        Kept::NotThisPatient => return Ok(Made::NotThisPatient),
    };
    tx.execute(MAIL, &[&id.uuid(), &held.version, &offer.patient.uuid()]).await?;
    record(tx, ctx, "wish.offer", offer.wish, offer.version + 1).await?;
    Ok(Made::Offered(held))
}

/// How many minutes an offer made now stands: at least so long, and never only until some hour of the night where the
/// visit would be. Notice shortens it further, by the statement that takes the hold.
pub(super) fn minutes_to_decide(now: Timestamp, least: SignedDuration, zone: Option<&TimeZone>) -> i32 {
    let usual = now.checked_add(least).unwrap_or(now);
    let deadline = zone.and_then(|zone| morning_after(usual, zone)).unwrap_or(usual);
    let seconds = deadline.duration_since(now).as_secs();
    i32::try_from((seconds + 59) / 60).unwrap_or(i32::MAX)
}

/// The end of the night that a deadline falls in; `None` by day.
fn morning_after(deadline: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let at = zone.to_datetime(deadline);
    let day = match at.hour() {
        hour if hour >= NIGHT.0 => at.date().checked_add(1.day()).ok()?,
        hour if hour < NIGHT.1 => at.date(),
        _ => return None,
    };
    let morning = day.to_datetime(time(NIGHT.1, 0, 0, 0)).to_zoned(zone.clone()).ok()?;
    Some(morning.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_stands_for_two_hours_by_day_and_until_morning_by_night() {
        let paris = TimeZone::get("Europe/Paris").expect("a zone");
        for (now, minutes) in [
            // In winter Paris is one hour ahead.
            ("2026-12-07T09:00:00Z", 120),
            ("2026-12-07T17:30:00Z", 120),
            ("2026-12-07T18:00:00Z", 14 * 60),
            ("2026-12-07T23:00:00Z", 9 * 60),
            ("2026-12-08T05:59:00Z", 121),
            ("2026-12-08T06:00:00Z", 120),
            // The night in which the clocks go forward is an hour shorter, the other an hour longer.
            ("2026-03-28T20:00:00Z", 11 * 60),
            ("2026-10-24T19:00:00Z", 13 * 60),
        ] {
            let now = now.parse().expect("a literal");
            assert_eq!(minutes_to_decide(now, SignedDuration::from_hours(2), Some(&paris)), minutes, "{now}");
        }
    }
}
