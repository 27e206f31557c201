//! Readings of wishes. Each begins at the caller's scope, but for the number that a practice sees.
//!
//! Invariant: a wish is read as it stands at this instant by the database's clock, whether or not a worker has noted what
//! became of its offer.

use jiff::Timestamp;
use rendez_platform::fault::Fault;
use rendez_platform::store::{GenericClient, Prepared};
use rendez_vocab::ids::{AppointmentId, PatientId, PractitionerId, VisitTypeId, WishId};
use tokio_postgres::Row;
use uuid::Uuid;

use super::error::WaitingRefusal;
use super::model::{Ahead, Hours, Offered, Target, Weekdays, Wish, WishStatus};
use crate::ctx::Ctx;
use crate::identity::access::{self, Scope};

/// Nobody counts further.
const COUNTED: u32 = 99;

/// Wishes that may get the same times and asked before. One for a practitioner is a circle without a radius around them.
macro_rules! ahead {
    ($which:literal) => {
        concat!(
            "SELECT FROM wish o WHERE o.status = 'waiting' AND o.expires_at > rendez_now() AND (o.asked_at, o.id) < (w.asked_at, w.id) AND o.patient_id <> w.patient_id
               AND o.weekdays & w.weekdays <> 0 AND o.from_minute < w.until_minute AND w.from_minute < o.until_minute
               AND o.first_day <= w.last_day AND w.first_day <= o.last_day AND ",
            $which
        )
    };
}

/// A statement that reads wishes of a scope (`$1`, `$2`), with what else it asks for.
macro_rules! reading {
    ($rest:literal) => {
        concat!(
    "SELECT w.id, w.patient_id, w.practitioner_id, w.visit_type_id, w.specialty, w.place, w.latitude, w.longitude, w.radius_km,
        w.most_minutes, w.weekdays, w.from_minute, w.until_minute, w.first_day, w.last_day,
        CASE
            WHEN w.status = 'offered' AND a.status = 'held' AND a.hold_expires_at > rendez_now() THEN 'offered'
            WHEN w.status = 'offered' AND a.status IN ('booked', 'arrived', 'fulfilled', 'no-show') THEN 'taken'
            WHEN w.status = 'offered' THEN 'lapsed'
            WHEN w.status = 'waiting' AND w.expires_at <= rendez_now() THEN 'expired'
            ELSE w.status
        END,
        a.id, a.practitioner_id, a.starts_at, CASE WHEN a.status = 'held' THEN a.hold_expires_at END,
        CASE WHEN w.status = 'waiting' THEN (SELECT count(*) FROM ((",
    ahead!("o.practitioner_id = w.practitioner_id"),
    " LIMIT 100) UNION ALL (",
    ahead!(
        "o.specialty = w.specialty AND o.latitude BETWEEN w.latitude - 2 AND w.latitude + 2
         AND (o.practitioner_id IS NULL OR w.practitioner_id IS NULL)
         AND rendez_km(o.latitude, o.longitude, w.latitude, w.longitude) <= o.radius_km + w.radius_km"
    ),
    " LIMIT 100)) AS before) END,
        w.version, w.created_at, w.updated_at
     FROM wish w LEFT JOIN appointment a ON a.id = w.appointment_id
     WHERE ($1::uuid IS NULL OR w.patient_id = $1)
       AND ($2::text[] IS NULL OR EXISTS (SELECT FROM patient x WHERE x.id = w.patient_id AND x.registered_by = ANY ($2)))",
            $rest
        )
    };
}

const FIND: &str = reading!(" AND w.id = $3");
const LIST: &str =
    reading!(" AND (w.created_at, w.id) < ($3, $4) ORDER BY w.created_at DESC, w.id DESC LIMIT $5");

/// One wish that the caller may see.
pub async fn find(ctx: &Ctx, id: WishId) -> Result<Wish, WaitingRefusal> {
    let scope = access::wishes(&ctx.actor)?;
    let conn = ctx.store.read_fresh().await?;
    find_with(&*conn, &scope, id).await
}

/// Whether a hold is an offer of the waiting list. Says nothing of anybody.
pub async fn is_offered(ctx: &Ctx, appointment: AppointmentId) -> Result<bool, Fault> {
    let conn = ctx.store.read_fresh().await?;
    let sql = "SELECT EXISTS (SELECT FROM wish WHERE appointment_id = $1 AND status = 'offered')";
    Ok(conn.row(sql, &[&appointment.uuid()]).await?.get(0))
}

/// The same inside somebody's transaction.
pub(super) async fn find_with(
    client: &impl GenericClient,
    scope: &Scope,
    id: WishId,
) -> Result<Wish, WaitingRefusal> {
    let row = client.maybe_row(FIND, &[&scope.patient, &scope.registered_by, &id.uuid()]).await?;
    Ok(read(&row.ok_or(WaitingRefusal::NotFound)?)?)
}

/// Which wishes to list.
#[derive(Debug, Clone, Default)]
pub struct WishFilter {
    /// Whose; a patient's own without it.
    pub patient: Option<PatientId>,
    /// After this place: when the last one seen was left, and its id.
    pub after: Option<(Timestamp, WishId)>,
    /// At most so many, 1 to 100.
    pub limit: u8,
}

/// A page of wishes, the newest first.
#[derive(Debug, Clone)]
pub struct WishPage {
    /// In order.
    pub wishes: Vec<Wish>,
    /// Where the next page begins, if there is one.
    pub next: Option<(Timestamp, WishId)>,
}

/// Lists a patient's wishes.
pub async fn list(ctx: &Ctx, filter: &WishFilter) -> Result<WishPage, WaitingRefusal> {
    let scope = access::wishes(&ctx.actor)?;
    let patient = match (filter.patient, scope.patient) {
        (Some(asked), Some(own)) if asked.uuid() != own => return Err(WaitingRefusal::NotFound),
        (asked, own) => asked.map(PatientId::uuid).or(own).ok_or(WaitingRefusal::NotFound)?,
    };
    let conn = ctx.store.read_fresh().await?;
    if scope.patient.is_none() && !knows(&*conn, &scope, patient).await? {
        return Err(WaitingRefusal::NotFound);
    }
    let (after_at, after_id) = filter.after.map_or((far_future(), Uuid::max()), |(at, id)| (at, id.uuid()));
    let limit = usize::from(filter.limit.clamp(1, 100));
    let most = i64::try_from(limit + 1).unwrap_or(101);
    let rows = conn.rows(LIST, &[&patient, &scope.registered_by, &after_at, &after_id, &most]).await?;
    let mut wishes = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let more = wishes.len() > limit;
    wishes.truncate(limit);
    let next = if more { wishes.last().map(|last| (last.created_at, last.id)) } else { None };
    Ok(WishPage { wishes, next })
}

/// Whether there is such a patient within the caller's scope.
pub(super) async fn knows(client: &impl GenericClient, scope: &Scope, patient: Uuid) -> Result<bool, Fault> {
    let sql = "SELECT EXISTS (SELECT FROM patient x WHERE x.id = $1 AND ($2::uuid IS NULL OR x.id = $2)
               AND ($3::text[] IS NULL OR x.registered_by = ANY ($3)))";
    Ok(client.row(sql, &[&patient, &scope.patient, &scope.registered_by]).await?.get(0))
}

/// How many patients wait for a practitioner: those who named them, and those who wait for anybody like them nearby. For
/// the practice.
pub async fn count_for(ctx: &Ctx, practitioner: PractitionerId) -> Result<u32, WaitingRefusal> {
    let schedule = ctx.schedules.get(&ctx.store, practitioner).await?.ok_or(WaitingRefusal::NotFound)?;
    access::manage_practitioner(&ctx.actor, practitioner, schedule.organization)?;
    let sql = "SELECT count(DISTINCT w.patient_id)
        FROM practitioner p JOIN location l ON l.id = p.location_id, wish w
        WHERE p.id = $1 AND w.status = 'waiting' AND w.expires_at > rendez_now() AND (w.practitioner_id = p.id
            OR (w.practitioner_id IS NULL AND w.specialty = p.specialty
                AND rendez_km(w.latitude, w.longitude, l.latitude, l.longitude) <= w.radius_km))";
    let conn = ctx.store.read_fresh().await?;
    let count: i64 = conn.row(sql, &[&practitioner.uuid()]).await?.get(0);
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

fn far_future() -> Timestamp {
    Timestamp::from_second(32_503_680_000).unwrap_or(Timestamp::MAX)
}

fn read(row: &Row) -> Result<Wish, Fault> {
    let broken = |what: &'static str| Fault::plain(what);
    let number = |column: usize| u16::try_from(row.get::<_, i16>(column)).unwrap_or(0);
    let target = match row.get::<_, Option<Uuid>>(2) {
        Some(practitioner) => Target::Practitioner {
            practitioner: PractitionerId::from_uuid(practitioner),
            visit_type: VisitTypeId::from_uuid(row.get(3)),
        },
        None => Target::Area {
            specialty: row.get(4),
            place: row.get(5),
            latitude: row.get(6),
            longitude: row.get(7),
            radius_km: number(8),
            most_minutes: row.get::<_, Option<i32>>(9).and_then(|most| u32::try_from(most).ok()),
        },
    };
    let status = WishStatus::named(row.get(15)).ok_or_else(|| broken("a wish has an unknown status"))?;
    let offered = row.get::<_, Option<Uuid>>(16).map(|appointment| Offered {
        appointment: AppointmentId::from_uuid(appointment),
        practitioner: PractitionerId::from_uuid(row.get(17)),
        start: row.get(18),
        expires_at: row.get(19),
    });
    let before = row.get::<_, Option<i64>>(20).and_then(|count| u32::try_from(count).ok());
    Ok(Wish {
        id: WishId::from_uuid(row.get(0)),
        patient: PatientId::from_uuid(row.get(1)),
        target,
        weekdays: Weekdays::from_bits(row.get(10)),
        hours: Hours::new(number(11), number(12)).ok_or_else(|| broken("a wish has no hours"))?,
        first_day: row.get(13),
        last_day: row.get(14),
        status,
        offered,
        ahead: before.filter(|_| status == WishStatus::Waiting).map(|count| match count {
            0..=COUNTED => Ahead::Exactly(count),
            _ => Ahead::AtLeast(COUNTED + 1),
        }),
        version: row.get(21),
        created_at: row.get(22),
        updated_at: row.get(23),
    })
}
