//! When a practitioner is away.
//!
//! Whatever is still free of the range becomes claims at once, so no booking can slip in between; what is booked stays,
//! is listed for somebody to move, and falls to the absence when it is cancelled.

use jiff::Timestamp;
use rendez_platform::fault::Fault;
use rendez_platform::store::{Prepared, Transaction};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{AppointmentId, PatientId, PractitionerId, TimeOffId};
use serde_json::Value;

use super::error::DirectoryRefusal;
use super::practitioners::{bump_schedule, home, lock, record};
use crate::ctx::Ctx;
use crate::idempotency::{self, Answer};
use crate::identity::access;
use crate::timeline::{ClaimKind, fill};

/// An absence to enter.
#[derive(Debug, Clone)]
pub struct NewTimeOff {
    /// When.
    pub range: TimeRange,
    /// For the practice; patients do not see it.
    pub reason: Option<String>,
}

/// An absence.
#[derive(Debug, Clone)]
pub struct TimeOffEntry {
    /// Its id.
    pub id: TimeOffId,
    /// When.
    pub range: TimeRange,
    /// For the practice.
    pub reason: Option<String>,
}

/// An absence with the visits that it strikes.
#[derive(Debug, Clone)]
pub struct TakenTimeOff {
    /// The absence.
    pub time_off: TimeOffEntry,
    /// Held or booked visits in it, by start, at most 1000.
    pub struck: Vec<StruckAppointment>,
}

/// A visit that an absence strikes.
#[derive(Debug, Clone)]
pub struct StruckAppointment {
    /// Which one.
    pub id: AppointmentId,
    /// Whose.
    pub patient: PatientId,
    /// When.
    pub range: TimeRange,
    /// `held` or `booked`.
    pub status: String,
}

/// Takes time off.
pub async fn take_time_off(
    ctx: &Ctx,
    id: PractitionerId,
    new: NewTimeOff,
    render: impl Fn(&TakenTimeOff) -> Value + Send + 'static,
) -> Result<Answer<TakenTimeOff>, DirectoryRefusal> {
    access::manage_practitioner(&ctx.actor, id, home(ctx, id).await?)?;
    let task = ctx.clone();
    let answer = ctx
        .store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            if let Some(earlier) = idempotency::begin(&tx, task.idempotency.as_ref()).await? {
                return Ok(Answer::Replayed(earlier?));
            }
            let version = lock(&tx, id, None).await?;
            let calendar = calendar_of(&tx, id).await?;
            let time_off =
                TimeOffEntry { id: TimeOffId::new(task.clock.now(), &*task.entropy), range: new.range, reason: new.reason };
            tx.execute(
                "INSERT INTO time_off (id, practitioner_id, starts_at, ends_at, reason) VALUES ($1, $2, $3, $4, $5)",
                &[&time_off.id.uuid(), &id.uuid(), &new.range.start(), &new.range.end(), &time_off.reason],
            )
            .await?;
            fill(&tx, calendar, new.range, ClaimKind::TimeOff, id.uuid()).await?;
            let taken = TakenTimeOff { struck: struck(&tx, id, new.range).await?, time_off };
            tx.execute(
                "INSERT INTO change (kind, practitioner_id, subject_id, starts_at, ends_at, detail)
                 VALUES ('claimed', $1, $2, $3, $4, '{\"status\":\"time-off\"}')",
                &[&id.uuid(), &taken.time_off.id.uuid(), &new.range.start(), &new.range.end()],
            )
            .await?;
            bump_schedule(&tx, id).await?;
            record(&tx, &task, "time-off.create", id.uuid(), version).await?;
            idempotency::remember(&tx, task.idempotency.as_ref(), 201, &render(&taken)).await?;
            tx.commit().await?;
            Ok::<_, DirectoryRefusal>(Answer::Fresh(taken))
        })
        .await?;
    ctx.tell_changed(id).await;
    Ok(answer)
}

async fn calendar_of(tx: &Transaction<'_>, id: PractitionerId) -> Result<i64, Fault> {
    Ok(tx.row("SELECT calendar_id FROM practitioner WHERE id = $1", &[&id.uuid()]).await?.get(0))
}

async fn struck(
    tx: &Transaction<'_>,
    id: PractitionerId,
    range: TimeRange,
) -> Result<Vec<StruckAppointment>, Fault> {
    let rows = tx
        .rows(
            "SELECT id, patient_id, starts_at, ends_at, status FROM appointment
             WHERE practitioner_id = $1 AND starts_at > $2::timestamptz - interval '48 hours' AND starts_at < $3 AND ends_at > $2
               AND (status = 'booked' OR (status = 'held' AND hold_expires_at > rendez_now()))
             ORDER BY starts_at, id LIMIT 1000",
            &[&id.uuid(), &range.start(), &range.end()],
        )
        .await?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            Some(StruckAppointment {
                id: AppointmentId::from_uuid(row.get(0)),
                patient: PatientId::from_uuid(row.get(1)),
                range: TimeRange::new(row.get(2), row.get(3)).ok()?,
                status: row.get(4),
            })
        })
        .collect())
}

/// The absences that are not over, by start, at most 1000. Only for the practice.
pub async fn list_time_off(ctx: &Ctx, id: PractitionerId) -> Result<Vec<TimeOffEntry>, DirectoryRefusal> {
    access::manage_practitioner(&ctx.actor, id, home(ctx, id).await?)?;
    let conn = ctx.store.read_fresh().await?;
    let rows = conn
        .rows(
            "SELECT id, starts_at, ends_at, reason FROM time_off WHERE practitioner_id = $1 AND ends_at > rendez_now() ORDER BY starts_at, id LIMIT 1000",
            &[&id.uuid()],
        )
        .await?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            let range = TimeRange::new(row.get(1), row.get(2)).ok()?;
            Some(TimeOffEntry { id: TimeOffId::from_uuid(row.get(0)), range, reason: row.get(3) })
        })
        .collect())
}

/// Ends an absence: its time is free again, unless another absence covers it.
pub async fn end_time_off(
    ctx: &Ctx,
    id: PractitionerId,
    time_off: TimeOffId,
) -> Result<(), DirectoryRefusal> {
    access::manage_practitioner(&ctx.actor, id, home(ctx, id).await?)?;
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let version = lock(&tx, id, None).await?;
            let calendar = calendar_of(&tx, id).await?;
            let row = tx
                .maybe_row(
                    "DELETE FROM time_off WHERE id = $1 AND practitioner_id = $2 RETURNING starts_at, ends_at",
                    &[&time_off.uuid(), &id.uuid()],
                )
                .await?
                .ok_or(DirectoryRefusal::NotFound)?;
            let (start, end): (Timestamp, Timestamp) = (row.get(0), row.get(1));
            refill(&tx, id, calendar, start, end).await?;
            tx.execute(
                "INSERT INTO change (kind, practitioner_id, subject_id, starts_at, ends_at, detail)
                 VALUES ('released', $1, $2, $3, $4, '{\"status\":\"time-off\"}')",
                &[&id.uuid(), &time_off.uuid(), &start, &end],
            )
            .await?;
            bump_schedule(&tx, id).await?;
            record(&tx, &task, "time-off.end", id.uuid(), version).await?;
            tx.commit().await?;
            Ok::<_, DirectoryRefusal>(())
        })
        .await?;
    ctx.tell_changed(id).await;
    Ok(())
}

/// Drops the absence's claims and takes again what other absences cover.
async fn refill(
    tx: &Transaction<'_>,
    id: PractitionerId,
    calendar: i64,
    start: Timestamp,
    end: Timestamp,
) -> Result<(), DirectoryRefusal> {
    tx.execute(
        "DELETE FROM claim WHERE calendar_id = $1 AND kind = 'time-off'
            AND starts_at > $2::timestamptz - interval '48 hours' AND starts_at < $3 AND ends_at > $2",
        &[&calendar, &start, &end],
    )
    .await?;
    let others = tx
        .rows(
            "SELECT starts_at, ends_at FROM time_off WHERE practitioner_id = $1
                AND starts_at < $3::timestamptz + interval '48 hours' AND ends_at > $2::timestamptz - interval '48 hours' LIMIT 2000",
            &[&id.uuid(), &start, &end],
        )
        .await?;
    for row in &others {
        if let Ok(range) = TimeRange::new(row.get(0), row.get(1)) {
            fill(tx, calendar, range, ClaimKind::TimeOff, id.uuid()).await?;
        }
    }
    Ok(())
}
