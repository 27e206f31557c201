//! A visit put over others on purpose, by staff, with a reason, and visible as such.
//!
//! Its own claim excludes nobody, so it can lie over a booked visit; whatever part of its time was still free is taken
//! exclusively, so that nobody books into it by accident; and holds and moves look for it, because what it lies over
//! may be given up.

use jiff::{SignedDuration, Timestamp};
use rendez_platform::crash;
use rendez_platform::fault::Fault;
use rendez_platform::store::Prepared;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{AppointmentId, PatientId, PractitionerId, VisitTypeId};
use tokio_postgres::types::Json;

use super::commands::may_book_for;
use super::error::BookingRefusal;
use super::model::Appointment;
use super::{expiry, queries};
use crate::ctx::Ctx;
use crate::idempotency;
use crate::identity::access;
use crate::timeline::{ClaimKind, fill};

/// What staff want to squeeze in.
#[derive(Debug, Clone)]
pub struct OverbookRequest {
    /// With whom.
    pub practitioner: PractitionerId,
    /// What for.
    pub visit_type: VisitTypeId,
    /// For whom.
    pub patient: PatientId,
    /// When; it need not be a slot.
    pub start: Timestamp,
    /// Until when, if not as long as the visit type says; at most 24 hours after the start.
    pub end: Option<Timestamp>,
    /// Why it must be; not empty.
    pub overbook_reason: String,
    /// What the patient wrote.
    pub reason: Option<String>,
}

const INSERT: &str = "
WITH made AS (
    INSERT INTO appointment (id, patient_id, practitioner_id, organization_id, location_id, visit_type_id, starts_at, ends_at, time_zone,
        status, reason, overbook_reason, telehealth, policy_version, practitioner_calendar, patient_calendar, claim_starts_at, claim_ends_at,
        created_at, updated_at)
    SELECT $1, x.id, p.id, l.organization_id, l.id, $3, $4, $5, l.time_zone, 'booked', $6, $7, $8, p.schedule_version,
           p.calendar_id, x.calendar_id, $4, $5, rendez_now(), rendez_now()
    FROM practitioner p JOIN location l ON l.id = p.location_id, patient x
    WHERE p.id = $2 AND x.id = $9
    RETURNING *
), claimed AS (
    INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id, exclusive)
    SELECT practitioner_calendar, claim_starts_at, claim_ends_at, 'overbooked', id, false FROM made
), patient_claimed AS (
    INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id)
    SELECT patient_calendar, starts_at, ends_at, 'appointment', id FROM made
    ON CONFLICT DO NOTHING
    RETURNING id
), changed AS (
    INSERT INTO change (kind, practitioner_id, subject_id, starts_at, ends_at, detail)
    SELECT 'claimed', practitioner_id, id, claim_starts_at, claim_ends_at, '{\"status\":\"overbooked\"}'::jsonb FROM made
), mailed AS (
    INSERT INTO job (kind, payload)
    SELECT 'mail.confirmation', jsonb_build_object('appointment', m.id, 'version', m.version)
    FROM made m JOIN patient x ON x.id = m.patient_id WHERE (x.email IS NOT NULL OR is_cared_for(x.id))
), audited AS (
    INSERT INTO audit (at, actor, action, subject_id, version, address, request_id, organization_id)
    SELECT created_at, $10, 'appointment.overbook', id, version, $11::text::inet, $12, organization_id FROM made
), remembered AS (
    INSERT INTO idempotency (caller, route, key, fingerprint, status, answer_kind, answer)
    SELECT $13, $14, $15, $16, 201, 'appointment', to_jsonb(made) FROM made WHERE $15::text IS NOT NULL
)
SELECT to_jsonb(made), practitioner_calendar, EXISTS (SELECT FROM patient_claimed) FROM made";

const UNDERLYING: &str = "SELECT FROM appointment a WHERE a.id IN (
    SELECT c.owner_id FROM claim c WHERE c.calendar_id = $1 AND c.exclusive AND tstzrange(c.starts_at, c.ends_at) && tstzrange($2, $3))
    ORDER BY a.id FOR SHARE";

/// Books a visit over whatever stands there. Only the practice itself may.
pub async fn overbook(ctx: &Ctx, request: OverbookRequest) -> Result<Appointment, BookingRefusal> {
    if request.overbook_reason.trim().is_empty() {
        return Err(BookingRefusal::ReasonMissing);
    }
    let schedule =
        ctx.schedules.reload(&ctx.store, request.practitioner).await?.ok_or(BookingRefusal::NotFound)?;
    access::manage_practitioner(&ctx.actor, request.practitioner, schedule.organization)?;
    may_book_for(ctx, request.patient).await?;
    let visit_type = schedule.visit_type(request.visit_type).ok_or(BookingRefusal::NotFound)?;
    let range = match request.end {
        None => visit_type.range_at(request.start).ok_or(BookingRefusal::NotFound)?,
        Some(end) => TimeRange::new(request.start, end)
            .ok()
            .filter(|range| range.duration() <= SignedDuration::from_hours(24))
            .ok_or(BookingRefusal::WrongLength)?,
    };
    let telehealth = visit_type.telehealth;
    let patient_calendar = queries::patient_calendar(ctx, request.patient).await?;
    expiry::release_in(ctx, vec![schedule.calendar, patient_calendar], range).await?;
    let id = AppointmentId::new(ctx.clock.now(), &*ctx.entropy);
    let task = ctx.clone();
    let appointment = ctx
        .store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            match idempotency::begin(&tx, task.idempotency.as_ref()).await? {
                Some(Ok(stored)) => {
                    return serde_json::from_value(stored.answer)
                        .map_err(|error| Fault::new("reading a stored answer", error).into());
                }
                Some(Err(refusal)) => return Err(refusal.into()),
                None => {}
            }
            crash::point("overbook.begun");
            let appointment = insert(&tx, &task, id, &request, range, telehealth).await?;
            crash::point("overbook.before-commit");
            tx.commit().await?;
            crash::point("overbook.committed");
            Ok::<_, BookingRefusal>(appointment)
        })
        .await?;
    ctx.committed.taken(appointment.practitioner, appointment.claimed).await;
    ctx.waker.wake();
    Ok(appointment)
}

async fn insert(
    tx: &rendez_platform::store::Transaction<'_>,
    ctx: &Ctx,
    id: AppointmentId,
    request: &OverbookRequest,
    range: TimeRange,
    telehealth: bool,
) -> Result<Appointment, BookingRefusal> {
    // The patient's lock first, as holds take it: here the patient's time comes before the practitioner's.
    tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 1))",
        &[&request.patient.uuid()],
    )
    .await?;
    let key = idempotency::KeyParams::new(ctx.idempotency.as_ref());
    let row = tx
        .maybe_row(
            INSERT,
            &[
                &id.uuid(),
                &request.practitioner.uuid(),
                &request.visit_type.uuid(),
                &range.start(),
                &range.end(),
                &request.reason,
                &request.overbook_reason,
                &telehealth,
                &request.patient.uuid(),
                &ctx.actor.to_string(),
                &ctx.origin.address.map(|address| address.to_string()),
                &ctx.origin.request_id,
                &key.caller(),
                &key.route(),
                &key.key(),
                &key.fingerprint(),
            ],
        )
        .await?
        .ok_or(BookingRefusal::NotFound)?;
    if !row.get::<_, bool>(2) {
        return Err(BookingRefusal::PatientOverlap);
    }
    crash::point("overbook.inserted");
    // Whoever cancels a visit below waits for this one, so that its time cannot be booked in between.
    tx.execute(UNDERLYING, &[&row.get::<_, i64>(1), &range.start(), &range.end()]).await?;
    fill(tx, row.get(1), range, ClaimKind::Appointment, id.uuid()).await?;
    Ok(row.get::<_, Json<Appointment>>(0).0)
}
