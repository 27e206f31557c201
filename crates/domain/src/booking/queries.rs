//! Readings of appointments. Each begins at the caller's scope.

use jiff::Timestamp;
use rendez_platform::fault::Fault;
use rendez_platform::store::Prepared;
use rendez_vocab::ids::{AppointmentId, PatientId, PractitionerId};
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::error::BookingRefusal;
use super::model::{Appointment, Status};
use crate::ctx::Ctx;
use crate::identity::access::{self, Scope};

const FIND: &str = "SELECT to_jsonb(a) FROM appointment a
    WHERE a.id = $1 AND ($2::uuid IS NULL OR a.patient_id = $2 OR acts_for($2, a.patient_id)) AND ($3::uuid IS NULL OR a.practitioner_id = $3)
      AND ($4::uuid[] IS NULL OR a.organization_id = ANY ($4))
      AND ($5::text[] IS NULL OR EXISTS (SELECT FROM patient p WHERE p.id = a.patient_id AND p.registered_by = ANY ($5)))";

const KNOWN: &str = "SELECT EXISTS (SELECT FROM patient p WHERE p.id = $1 AND (p.registered_by = ANY ($4) OR p.registered_by LIKE 'admin:%'
    OR EXISTS (SELECT FROM appointment a WHERE a.patient_id = p.id AND a.status IN ('booked', 'arrived', 'fulfilled', 'no-show')
               AND (a.practitioner_id = $2 OR a.organization_id = ANY ($3)))))";

// Whom they may book for is more than whose visits they may read: whoever the operator entered is no partner's patient.
const REGISTERED: &str =
    "SELECT EXISTS (SELECT FROM patient p WHERE p.id = $1 AND p.registered_by = ANY ($2))";

// One for each way in, so that each has the plan of its index.
const LIST_OF_FAMILY: &str = "SELECT to_jsonb(a) FROM appointment a
    WHERE a.patient_id IN (SELECT person FROM people_of($1) AS person) AND ($2::uuid IS NULL OR a.practitioner_id = $2)
      AND ($3::uuid[] IS NULL OR a.organization_id = ANY ($3))
      AND a.starts_at >= $4 AND a.starts_at < $5 AND ($6::text[] IS NULL OR a.status = ANY ($6))
      AND (a.starts_at, a.id) > ($7, $8)
    ORDER BY a.starts_at, a.id LIMIT $9";
const LIST_OF_PATIENT: &str = "SELECT to_jsonb(a) FROM appointment a
    WHERE a.patient_id = $1 AND ($2::uuid IS NULL OR a.practitioner_id = $2)
      AND ($3::uuid[] IS NULL OR a.organization_id = ANY ($3))
      AND a.starts_at >= $4 AND a.starts_at < $5 AND ($6::text[] IS NULL OR a.status = ANY ($6))
      AND (a.starts_at, a.id) > ($7, $8)
    ORDER BY a.starts_at, a.id LIMIT $9";
const LIST_OF_PRACTITIONER: &str = "SELECT to_jsonb(a) FROM appointment a
    WHERE a.practitioner_id = $1 AND ($2::uuid IS NULL OR a.patient_id = $2)
      AND ($3::uuid[] IS NULL OR a.organization_id = ANY ($3))
      AND a.starts_at >= $4 AND a.starts_at < $5 AND ($6::text[] IS NULL OR a.status = ANY ($6))
      AND (a.starts_at, a.id) > ($7, $8)
    ORDER BY a.starts_at, a.id LIMIT $9";

/// One appointment that the caller may see.
pub async fn find(ctx: &Ctx, id: AppointmentId) -> Result<Appointment, BookingRefusal> {
    let scope = access::appointments(&ctx.actor)?;
    one(ctx, id, &scope).await?.ok_or(BookingRefusal::NotFound)
}

/// One appointment, whoever asks: for the module's own checks.
pub(super) async fn find_any(ctx: &Ctx, id: AppointmentId) -> Result<Option<Appointment>, Fault> {
    one(ctx, id, &Scope::default()).await
}

async fn one(ctx: &Ctx, id: AppointmentId, scope: &Scope) -> Result<Option<Appointment>, Fault> {
    let conn = ctx.store.read_fresh().await?;
    let row = conn
        .maybe_row(
            FIND,
            &[&id.uuid(), &scope.patient, &scope.practitioner, &scope.organizations, &scope.registered_by],
        )
        .await?;
    Ok(row.map(|row| row.get::<_, Json<Appointment>>(0).0))
}

/// Which appointments to list: of a patient or of a practitioner, at least one of them.
#[derive(Debug, Clone, Default)]
pub struct AppointmentFilter {
    /// Of this patient.
    pub patient: Option<PatientId>,
    /// Of this practitioner.
    pub practitioner: Option<PractitionerId>,
    /// Starting at or after.
    pub from: Option<Timestamp>,
    /// Starting before.
    pub to: Option<Timestamp>,
    /// In one of these states; empty for all.
    pub statuses: Vec<Status>,
    /// After this place: start and id of the last one seen.
    pub after: Option<(Timestamp, AppointmentId)>,
    /// At most so many, 1 to 100.
    pub limit: u8,
}

/// A page of appointments, by start.
#[derive(Debug, Clone)]
pub struct AppointmentPage {
    /// In the order of their starts.
    pub appointments: Vec<Appointment>,
    /// Where the next page begins, if there is one.
    pub next: Option<(Timestamp, AppointmentId)>,
}

/// Lists appointments. Without a filter a patient sees their own and those of people they care for, a practitioner theirs;
/// everybody else must say whose.
pub async fn list(ctx: &Ctx, filter: &AppointmentFilter) -> Result<AppointmentPage, BookingRefusal> {
    let scope = access::appointments(&ctx.actor)?;
    let narrowed = |asked: Option<Uuid>, own: Option<Uuid>| match (asked, own) {
        (Some(asked), Some(own)) if asked != own => Err(BookingRefusal::NotFound),
        (asked, own) => Ok(asked.or(own)),
    };
    let patient = match (filter.patient.map(PatientId::uuid), scope.patient) {
        (Some(asked), Some(own)) if asked != own => {
            let cared_for = known(ctx, PatientId::from_uuid(asked), &scope).await?;
            Some(cared_for.then_some(asked).ok_or(BookingRefusal::NotFound)?)
        }
        (asked, own) => asked.or(own),
    };
    let practitioner = narrowed(filter.practitioner.map(PractitionerId::uuid), scope.practitioner)?;
    if let Some(names) = &scope.registered_by {
        let asked = patient.ok_or(BookingRefusal::NotFound)?;
        let conn = ctx.store.read_fresh().await?;
        if !conn.row(REGISTERED, &[&asked, names]).await?.get::<_, bool>(0) {
            return Err(BookingRefusal::NotFound);
        }
    }
    let (sql, first, second) = match (patient, practitioner) {
        (Some(patient), other) if filter.patient.is_none() && scope.patient.is_some() => {
            (LIST_OF_FAMILY, patient, other)
        }
        (Some(patient), other) => (LIST_OF_PATIENT, patient, other),
        (None, Some(practitioner)) => (LIST_OF_PRACTITIONER, practitioner, None),
        (None, None) => return Err(BookingRefusal::NotFound),
    };
    let statuses: Option<Vec<&str>> =
        (!filter.statuses.is_empty()).then(|| filter.statuses.iter().map(|status| status.as_str()).collect());
    let (after_start, after_id) =
        filter.after.map_or((Timestamp::UNIX_EPOCH, Uuid::nil()), |(start, id)| (start, id.uuid()));
    let limit = usize::from(filter.limit.clamp(1, 100));
    let conn = ctx.store.read_fresh().await?;
    let rows = conn
        .rows(
            sql,
            &[
                &first,
                &second,
                &scope.organizations,
                &filter.from.unwrap_or(Timestamp::UNIX_EPOCH),
                &filter.to.unwrap_or(far_future()),
                &statuses,
                &after_start,
                &after_id,
                &i64::try_from(limit + 1).unwrap_or(101),
            ],
        )
        .await?;
    let mut appointments: Vec<Appointment> =
        rows.iter().map(|row| row.get::<_, Json<Appointment>>(0).0).collect();
    let more = appointments.len() > limit;
    appointments.truncate(limit);
    let next = if more { appointments.last().map(|last| (last.range.start(), last.id)) } else { None };
    Ok(AppointmentPage { appointments, next })
}

/// An instant beyond all bookings that PostgreSQL still takes.
fn far_future() -> Timestamp {
    Timestamp::from_second(32_503_680_000).unwrap_or(Timestamp::MAX)
}

/// The calendar of a patient's own time.
pub(super) async fn patient_calendar(ctx: &Ctx, patient: PatientId) -> Result<i64, BookingRefusal> {
    let conn = ctx.store.read_fresh().await?;
    let row = conn.maybe_row("SELECT calendar_id FROM patient WHERE id = $1", &[&patient.uuid()]).await?;
    row.map(|row| row.get(0)).ok_or(BookingRefusal::NotFound)
}

/// The calendars of a location's rooms of a kind.
pub(super) async fn room_calendars(ctx: &Ctx, location: Uuid, kind: Option<&str>) -> Result<Vec<i64>, Fault> {
    let conn = ctx.store.read_fresh().await?;
    Ok(conn
        .rows(
            "SELECT calendar_id FROM room WHERE location_id = $1 AND kind = $2 AND active ORDER BY id",
            &[&location, &kind],
        )
        .await?
        .iter()
        .map(|row| row.get(0))
        .collect())
}

/// A patient and everybody whom they care for.
pub(super) async fn family(ctx: &Ctx, patient: PatientId) -> Result<Vec<PatientId>, Fault> {
    let conn = ctx.store.read_fresh().await?;
    let rows = conn.rows("SELECT person FROM people_of($1) AS person", &[&patient.uuid()]).await?;
    Ok(rows.iter().map(|row| PatientId::from_uuid(row.get(0))).collect())
}

/// Whether a practice or partner may book for this patient; of a patient's scope, whether they care for this one.
pub(super) async fn known(ctx: &Ctx, patient: PatientId, scope: &Scope) -> Result<bool, Fault> {
    let conn = ctx.store.read_fresh().await?;
    if let Some(own) = scope.patient {
        // Who entered the record is nothing to another patient.
        return Ok(conn.row("SELECT acts_for($1, $2)", &[&own, &patient.uuid()]).await?.get(0));
    }
    let row = conn
        .row(KNOWN, &[&patient.uuid(), &scope.practitioner, &scope.organizations, &scope.registered_by])
        .await?;
    Ok(row.get(0))
}
