//! A practitioner's weekly opening hours and closures, replaced as a whole.

use jiff::civil::{Date, DateTime, Time, Weekday};
use rendez_platform::store::{Prepared, Transaction};
use rendez_vocab::ids::{LocationId, OrganizationId, PractitionerId, VisitTypeId};
use uuid::Uuid;

use super::error::DirectoryRefusal;
use super::practitioners::{bump_schedule, lock, may_change_schedule, practitioner, record};
use crate::ctx::Ctx;
use crate::identity::access;

/// The whole of it.
#[derive(Debug, Clone, Default)]
pub struct OpeningHours {
    /// Weekly rules, in order.
    pub weekly: Vec<WeeklyOpening>,
    /// When they do not hold: wall-clock `[start, end)` with a reason.
    pub closures: Vec<(DateTime, DateTime, Option<String>)>,
    /// Whether the weekly rules hold on public holidays too; `None` leaves it as it is.
    pub works_public_holidays: Option<bool>,
    /// The practitioner's version; what a caller sends here is ignored.
    pub version: i64,
}

/// A weekly rule by the wall clock of its location.
#[derive(Debug, Clone)]
pub struct WeeklyOpening {
    /// The day on which it starts.
    pub weekday: Weekday,
    /// When it starts.
    pub starts: Time,
    /// When it ends; at or before the start it is on the next day.
    pub ends: Time,
    /// Where; without one at the main location.
    pub location: Option<LocationId>,
    /// For which visit types; empty for all.
    pub visit_types: Vec<VisitTypeId>,
    /// The first day.
    pub valid_from: Option<Date>,
    /// The last day.
    pub valid_until: Option<Date>,
    /// Every how many weeks, from the week of `valid_from`.
    pub every_weeks: u8,
}

/// The opening hours as they stand. Public, like a sign on the door; why it is closed only the practice reads.
pub async fn opening_hours(ctx: &Ctx, id: PractitionerId) -> Result<OpeningHours, DirectoryRefusal> {
    let conn = ctx.store.read_fresh().await?;
    let head = conn
        .maybe_row(
            "SELECT version, organization_id, works_public_holidays FROM practitioner WHERE id = $1",
            &[&id.uuid()],
        )
        .await?
        .ok_or(DirectoryRefusal::NotFound)?;
    let (version, organization) = (head.get(0), OrganizationId::from_uuid(head.get(1)));
    let at_home = access::manage_practitioner(&ctx.actor, id, organization).is_ok();
    let rules = conn
        .rows(
            "SELECT weekday, starts, ends, location_id, visit_type_ids, valid_from, valid_until, every_weeks
             FROM opening_rule WHERE practitioner_id = $1 ORDER BY id LIMIT 1000",
            &[&id.uuid()],
        )
        .await?;
    let closures = conn
        .rows(
            "SELECT starts, ends, CASE WHEN $2 THEN reason END FROM closure WHERE practitioner_id = $1
             ORDER BY starts, id LIMIT 1000",
            &[&id.uuid(), &at_home],
        )
        .await?;
    let weekly = rules.iter().map(|row| WeeklyOpening {
        weekday: i8::try_from(row.get::<_, i16>(0))
            .ok()
            .and_then(|day| Weekday::from_monday_one_offset(day).ok())
            .unwrap_or(Weekday::Monday),
        starts: row.get(1),
        ends: row.get(2),
        location: Some(LocationId::from_uuid(row.get(3))),
        visit_types: row.get::<_, Vec<Uuid>>(4).into_iter().map(VisitTypeId::from_uuid).collect(),
        valid_from: row.get(5),
        valid_until: row.get(6),
        every_weeks: u8::try_from(row.get::<_, i16>(7)).unwrap_or(1),
    });
    Ok(OpeningHours {
        weekly: weekly.collect(),
        version,
        works_public_holidays: Some(head.get(2)),
        closures: closures.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect(),
    })
}

/// Replaces the opening hours and closures. What is booked stays booked.
pub async fn put_opening_hours(
    ctx: &Ctx,
    id: PractitionerId,
    if_match: Option<i64>,
    hours: OpeningHours,
) -> Result<OpeningHours, DirectoryRefusal> {
    let known = practitioner(ctx, id).await?;
    access::manage_practitioner(&ctx.actor, id, known.organization)?;
    for (index, rule) in hours.weekly.iter().enumerate() {
        if let Some(unknown) =
            rule.visit_types.iter().position(|id| !known.visit_types.iter().any(|vt| vt.id == *id))
        {
            let pointer = format!("/weekly/{index}/visit_type_ids/{unknown}");
            return Err(DirectoryRefusal::UnknownReference { pointer });
        }
    }
    let main = known.locations.first().map(|location| location.id).ok_or(DirectoryRefusal::NotFound)?;
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let version = lock(&tx, id, if_match).await?;
            may_change_schedule(&tx, &task, id, known.organization).await?;
            adopt_locations(&tx, id, known.organization.uuid(), &hours).await?;
            tx.execute("DELETE FROM opening_rule WHERE practitioner_id = $1", &[&id.uuid()]).await?;
            tx.execute("DELETE FROM closure WHERE practitioner_id = $1", &[&id.uuid()]).await?;
            insert(&tx, id, main, &hours).await?;
            if let Some(works) = hours.works_public_holidays {
                tx.execute(
                    "UPDATE practitioner SET works_public_holidays = $2 WHERE id = $1",
                    &[&id.uuid(), &works],
                )
                .await?;
            }
            bump_schedule(&tx, id).await?;
            record(&tx, &task, "opening-hours.replace", id.uuid(), version).await?;
            tx.commit().await?;
            Ok::<_, DirectoryRefusal>(())
        })
        .await?;
    ctx.tell_changed(id).await;
    opening_hours(ctx, id).await
}

/// A rule may name any location of the practitioner's organization; it becomes one of the practitioner's.
async fn adopt_locations(
    tx: &Transaction<'_>,
    id: PractitionerId,
    organization: Uuid,
    hours: &OpeningHours,
) -> Result<(), DirectoryRefusal> {
    let named: Vec<Option<LocationId>> = hours.weekly.iter().map(|rule| rule.location).collect();
    let ids: Vec<Uuid> = named.iter().flatten().map(|id| id.uuid()).collect();
    let known: Vec<Uuid> = tx
        .rows(
            "SELECT id FROM location WHERE id = ANY ($1) AND (organization_id = $2 OR id IN (
                SELECT location_id FROM practitioner WHERE id = $3 UNION SELECT location_id FROM practitioner_location WHERE practitioner_id = $3))",
            &[&ids, &organization, &id.uuid()],
        )
        .await?
        .iter()
        .map(|row| row.get(0))
        .collect();
    if let Some(index) = named.iter().position(|id| id.is_some_and(|id| !known.contains(&id.uuid()))) {
        return Err(DirectoryRefusal::UnknownReference { pointer: format!("/weekly/{index}/location_id") });
    }
    tx.execute(
        "INSERT INTO practitioner_location (practitioner_id, location_id)
         SELECT $1, location FROM unnest($2::uuid[]) AS location ON CONFLICT DO NOTHING",
        &[&id.uuid(), &known],
    )
    .await?;
    Ok(())
}

async fn insert(
    tx: &Transaction<'_>,
    id: PractitionerId,
    main: LocationId,
    hours: &OpeningHours,
) -> Result<(), DirectoryRefusal> {
    let rule = tx
        .prepare(
            "INSERT INTO opening_rule (practitioner_id, location_id, weekday, starts, ends, visit_type_ids, valid_from, valid_until, every_weeks)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .await?;
    for weekly in &hours.weekly {
        let visit_types: Vec<Uuid> = weekly.visit_types.iter().map(|id| id.uuid()).collect();
        tx.execute(
            &rule,
            &[
                &id.uuid(),
                &weekly.location.unwrap_or(main).uuid(),
                &i16::from(weekly.weekday.to_monday_one_offset()),
                &weekly.starts,
                &weekly.ends,
                &visit_types,
                &weekly.valid_from,
                &weekly.valid_until,
                &i16::from(weekly.every_weeks.max(1)),
            ],
        )
        .await?;
    }
    for (starts, ends, reason) in &hours.closures {
        tx.execute(
            "INSERT INTO closure (practitioner_id, starts, ends, reason) VALUES ($1, $2, $3, $4)",
            &[&id.uuid(), starts, ends, reason],
        )
        .await?;
    }
    Ok(())
}
