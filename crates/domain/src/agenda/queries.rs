//! The statements of an agenda: one for practitioners' versions, one for visits, one for absences, one for closures, and
//! the schedules that the cache does not have.

use jiff::civil::Date;
use rendez_platform::fault::Fault;
use rendez_platform::store::Prepared;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{PractitionerId, TimeOffId};
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::model::{Absence, AgendaRequest, Closing, Opened, Reading, Visit};
use crate::availability::opening_ranges;
use crate::booking::{Appointment, BookingRefusal};
use crate::ctx::Ctx;
use crate::identity::access;

/// Practitioners and rooms of one agenda at most.
pub const MOST_COLUMNS: usize = 24;
/// Visits of one agenda at most: a month of a dozen practitioners.
const MOST_VISITS: i64 = 6000;

/// Whose time may be seen: `$2` practitioner, `$3` organizations, as in a scope.
const HEADS: &str = "SELECT id, schedule_version, rendez_now() FROM practitioner
    WHERE id = ANY ($1) AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid[] IS NULL OR organization_id = ANY ($3))";

// No visit is longer than a day, and no claim than two: so far back a window has to look.
const VISITS: &str = "SELECT to_jsonb(a), x.given_name, x.family_name, x.phone
    FROM (SELECT id FROM appointment WHERE practitioner_id = ANY ($1)
            AND starts_at > $5::timestamptz - interval '24 hours' AND starts_at < $6 AND ends_at > $5
          UNION
          SELECT c.owner_id FROM room r JOIN claim c ON c.calendar_id = r.calendar_id AND c.kind IN ('hold', 'appointment', 'overbooked')
            AND c.starts_at > $5::timestamptz - interval '48 hours' AND c.starts_at < $6 AND c.ends_at > $5
          WHERE r.id = ANY ($4)) of
    JOIN appointment a ON a.id = of.id JOIN patient x ON x.id = a.patient_id
    WHERE a.status <> 'expired' AND (a.status <> 'held' OR a.hold_expires_at > rendez_now())
      AND ($2::uuid IS NULL OR a.practitioner_id = $2) AND ($3::uuid[] IS NULL OR a.organization_id = ANY ($3))
    ORDER BY a.starts_at, a.id LIMIT $7";

const ABSENCES: &str = "SELECT id, practitioner_id, starts_at, ends_at, reason FROM time_off
    WHERE practitioner_id = ANY ($1) AND ends_at > $2 AND starts_at < $3 ORDER BY starts_at, id LIMIT 2000";

// A day more on either side: the wall clock of each place is compared later.
const CLOSINGS: &str = "SELECT practitioner_id, starts, ends, reason FROM closure WHERE practitioner_id = ANY ($1)
    AND ends > $2::timestamptz AT TIME ZONE 'UTC' - interval '1 day' AND starts < $3::timestamptz AT TIME ZONE 'UTC' + interval '1 day'
    ORDER BY starts, id LIMIT 2000";

/// Reads an agenda. Practitioners whom the caller may not see, and everything of theirs, are left out.
pub async fn read(ctx: &Ctx, request: &AgendaRequest) -> Result<Reading, BookingRefusal> {
    access::practice(&ctx.actor)?;
    let scope = access::appointments(&ctx.actor)?;
    let asked: Vec<Uuid> = request.practitioners.iter().take(MOST_COLUMNS).map(|id| id.uuid()).collect();
    let rooms: Vec<Uuid> = request.rooms.iter().take(MOST_COLUMNS).map(|id| id.uuid()).collect();
    let (from, until) = (request.window.start(), request.window.end());

    let conn = ctx.store.read_fresh().await?;
    let heads = conn.prepare_cached(HEADS).await?;
    let heads = conn.query(&heads, &[&asked, &scope.practitioner, &scope.organizations]).await?;
    let shown: Vec<Uuid> = heads.iter().map(|row| row.get(0)).collect();
    let as_of = heads.first().map_or_else(|| ctx.clock.now(), |row| row.get(2));
    let rows = conn
        .rows(
            VISITS,
            &[&shown, &scope.practitioner, &scope.organizations, &rooms, &from, &until, &(MOST_VISITS + 1)],
        )
        .await?;
    let mut visits: Vec<Visit> = rows
        .iter()
        .map(|row| Visit {
            appointment: row.get::<_, Json<Appointment>>(0).0,
            given_name: row.get(1),
            family_name: row.get(2),
            phone: row.get(3),
        })
        .collect();
    let most = usize::try_from(MOST_VISITS).unwrap_or(usize::MAX);
    let cut = visits.len() > most;
    visits.truncate(most);
    let rows = conn.rows(ABSENCES, &[&shown, &from, &until]).await?;
    let absences = rows.iter().filter_map(absence).collect();
    let rows = conn.rows(CLOSINGS, &[&shown, &from, &until]).await?;
    let closings = rows
        .iter()
        .map(|row| Closing {
            practitioner: PractitionerId::from_uuid(row.get(0)),
            starts: row.get(1),
            ends: row.get(2),
            reason: row.get(3),
        })
        .collect();
    drop(conn);
    let opened = opened(ctx, &heads, request.window).await?;
    Ok(Reading { as_of, visits, absences, closings, opened, cut })
}

async fn opened(ctx: &Ctx, heads: &[tokio_postgres::Row], window: TimeRange) -> Result<Vec<Opened>, Fault> {
    let wanted: Vec<(PractitionerId, i64)> =
        heads.iter().map(|row| (PractitionerId::from_uuid(row.get(0)), row.get(1))).collect();
    let schedules = ctx.schedules.at_versions(&ctx.store, &wanted).await?;
    Ok(schedules
        .into_iter()
        .map(|schedule| Opened {
            practitioner: schedule.practitioner,
            ranges: opening_ranges(&schedule, window),
            schedule,
        })
        .collect())
}

fn absence(row: &tokio_postgres::Row) -> Option<Absence> {
    Some(Absence {
        id: TimeOffId::from_uuid(row.get(0)),
        practitioner: PractitionerId::from_uuid(row.get(1)),
        range: TimeRange::new(row.get(2), row.get(3)).ok()?,
        reason: row.get(4),
    })
}

const DAYS: &str = "SELECT (a.starts_at AT TIME ZONE a.time_zone)::date AS day, count(*)
    FROM appointment a WHERE a.practitioner_id = ANY ($1) AND a.starts_at >= $4 AND a.starts_at < $5
      AND a.status IN ('booked', 'arrived', 'fulfilled', 'no-show')
      AND ($2::uuid IS NULL OR a.practitioner_id = $2) AND ($3::uuid[] IS NULL OR a.organization_id = ANY ($3))
    GROUP BY 1 ORDER BY 1 LIMIT 100";

/// How many visits each day of a window has, by the clock of each visit's own place; days without any are left out.
pub async fn visits_by_day(
    ctx: &Ctx,
    practitioners: &[PractitionerId],
    window: TimeRange,
) -> Result<Vec<(Date, i64)>, BookingRefusal> {
    access::practice(&ctx.actor)?;
    let scope = access::appointments(&ctx.actor)?;
    let asked: Vec<Uuid> = practitioners.iter().take(MOST_COLUMNS).map(|id| id.uuid()).collect();
    let conn = ctx.store.read_fresh().await?;
    let rows = conn
        .rows(DAYS, &[&asked, &scope.practitioner, &scope.organizations, &window.start(), &window.end()])
        .await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}
