//! Organizations, their locations and their rooms.

use rendez_platform::fault::Fault;
use rendez_platform::store::{GenericClient, Prepared, Transaction};
use rendez_vocab::ids::{LocationId, OrganizationId, RoomId};
use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use super::error::DirectoryRefusal;
use super::model::{Location, NewLocation, Organization, Room};
use super::practitioners::{may_change_organization, record};
use crate::ctx::Ctx;
use crate::idempotency::{self, Answer};
use crate::identity::access;

/// A room to enter.
#[derive(Debug, Clone)]
pub struct NewRoom {
    /// What visit types ask for, in kebab-case.
    pub kind: String,
    /// What people call it.
    pub name: String,
}

/// One organization.
pub async fn organization(ctx: &Ctx, id: OrganizationId) -> Result<Organization, DirectoryRefusal> {
    let conn = ctx.store.read_any().await?;
    let row = conn.maybe_row("SELECT id, name FROM organization WHERE id = $1", &[&id.uuid()]).await?;
    let row = row.ok_or(DirectoryRefusal::NotFound)?;
    Ok(Organization { id: OrganizationId::from_uuid(row.get(0)), name: row.get(1) })
}

/// One location.
pub async fn location(ctx: &Ctx, id: LocationId) -> Result<Location, DirectoryRefusal> {
    let conn = ctx.store.read_any().await?;
    let sql = "SELECT id, organization_id, name, line, postal_code, city, country, latitude, longitude, time_zone FROM location WHERE id = $1";
    let row = conn.maybe_row(sql, &[&id.uuid()]).await?;
    row.as_ref().map(read_location).ok_or(DirectoryRefusal::NotFound)
}

/// The locations of an organization, at most 100.
pub async fn locations(ctx: &Ctx, id: OrganizationId) -> Result<Vec<Location>, DirectoryRefusal> {
    let conn = ctx.store.read_any().await?;
    let sql = "SELECT id, organization_id, name, line, postal_code, city, country, latitude, longitude, time_zone FROM location
        WHERE organization_id = $1 ORDER BY name, id LIMIT 100";
    Ok(conn.rows(sql, &[&id.uuid()]).await?.iter().map(read_location).collect())
}

/// The rooms of a location, at most 100.
pub async fn rooms(ctx: &Ctx, id: LocationId) -> Result<Vec<Room>, DirectoryRefusal> {
    let conn = ctx.store.read_any().await?;
    let sql = "SELECT id, location_id, kind, name FROM room WHERE location_id = $1 AND active ORDER BY kind, name, id LIMIT 100";
    Ok(conn.rows(sql, &[&id.uuid()]).await?.iter().map(read_room).collect())
}

/// The rooms of these organizations by name, at most 100.
pub async fn rooms_of(ctx: &Ctx, organizations: &[OrganizationId]) -> Result<Vec<Room>, DirectoryRefusal> {
    let conn = ctx.store.read_any().await?;
    let organizations: Vec<Uuid> = organizations.iter().map(|id| id.uuid()).collect();
    let sql = "SELECT r.id, r.location_id, r.kind, r.name FROM location l JOIN room r ON r.location_id = l.id
        WHERE l.organization_id = ANY ($1) AND r.active ORDER BY r.name, r.id LIMIT 100";
    Ok(conn.rows(sql, &[&organizations]).await?.iter().map(read_room).collect())
}

/// Enters a location of an organization.
pub async fn add_location(
    ctx: &Ctx,
    organization: OrganizationId,
    new: NewLocation,
    render: impl Fn(&Location) -> Value + Send + 'static,
) -> Result<Answer<Location>, DirectoryRefusal> {
    access::create_practitioner(&ctx.actor, Some(organization))?;
    check_zone(&new.time_zone, "/time_zone")?;
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            if let Some(earlier) = idempotency::begin(&tx, task.idempotency.as_ref()).await? {
                return Ok(Answer::Replayed(earlier?));
            }
            let known =
                tx.maybe_row("SELECT FROM organization WHERE id = $1", &[&organization.uuid()]).await?;
            known.ok_or(DirectoryRefusal::NotFound)?;
            may_change_organization(&tx, &task, organization).await?;
            let location = insert_location(&tx, &task, organization, new).await?;
            record(&tx, &task, "location.create", location.id.uuid(), 1).await?;
            idempotency::remember(&tx, task.idempotency.as_ref(), 201, &render(&location)).await?;
            tx.commit().await?;
            Ok(Answer::Fresh(location))
        })
        .await
}

/// Enters a room or device of a location.
pub async fn add_room(
    ctx: &Ctx,
    at: LocationId,
    new: NewRoom,
    render: impl Fn(&Room) -> Value + Send + 'static,
) -> Result<Answer<Room>, DirectoryRefusal> {
    let place = location(ctx, at).await?;
    access::create_practitioner(&ctx.actor, Some(place.organization))?;
    let id = RoomId::new(ctx.clock.now(), &*ctx.entropy);
    let task = ctx.clone();
    let region = ctx.pack.region().to_string();
    let answer = ctx
        .store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            if let Some(earlier) = idempotency::begin(&tx, task.idempotency.as_ref()).await? {
                return Ok(Answer::Replayed(earlier?));
            }
            may_change_organization(&tx, &task, place.organization).await?;
            let calendar = new_calendar(&tx, &region, "room").await?;
            let row = tx
                .row(
                    "INSERT INTO room (id, location_id, calendar_id, kind, name) VALUES ($1, $2, $3, $4, $5)
                     RETURNING id, location_id, kind, name",
                    &[&id.uuid(), &at.uuid(), &calendar, &new.kind, &new.name],
                )
                .await?;
            let room = read_room(&row);
            record(&tx, &task, "room.create", room.id.uuid(), 1).await?;
            announce_room(&tx, &room).await?;
            idempotency::remember(&tx, task.idempotency.as_ref(), 201, &render(&room)).await?;
            tx.commit().await?;
            Ok::<_, DirectoryRefusal>(Answer::Fresh(room))
        })
        .await?;
    ctx.waker.wake();
    Ok(answer)
}

/// Tells followers of everybody whose visits there may happen in the room.
async fn announce_room(tx: &Transaction<'_>, room: &Room) -> Result<(), Fault> {
    let sql = "INSERT INTO change (kind, practitioner_id, subject_id)
        SELECT 'schedule', p.id, p.id FROM practitioner p
        WHERE p.active AND EXISTS (SELECT FROM visit_type v WHERE v.practitioner_id = p.id AND v.active AND v.room_kind = $2)
          AND p.id IN (SELECT id FROM practitioner WHERE location_id = $1 AND active
                       UNION SELECT practitioner_id FROM practitioner_location WHERE location_id = $1)";
    tx.execute(sql, &[&room.location.uuid(), &room.kind]).await?;
    Ok(())
}

/// A new calendar: the region's number in the upper bits, so that the timeline can be partitioned by region.
pub(super) async fn new_calendar(tx: &Transaction<'_>, region: &str, kind: &str) -> Result<i64, Fault> {
    let sql = "INSERT INTO calendar (id, kind, exclusive)
        SELECT (number::bigint << 40) + nextval('calendar_number'), $2, true FROM region WHERE code = $1 RETURNING id";
    Ok(tx.row(sql, &[&region, &kind]).await?.get(0))
}

pub(super) async fn insert_location(
    tx: &Transaction<'_>,
    ctx: &Ctx,
    organization: OrganizationId,
    new: NewLocation,
) -> Result<Location, DirectoryRefusal> {
    let id = LocationId::new(ctx.clock.now(), &*ctx.entropy);
    let row = tx
        .row(
            "INSERT INTO location (id, organization_id, name, line, postal_code, city, country, latitude, longitude, time_zone)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             RETURNING id, organization_id, name, line, postal_code, city, country, latitude, longitude, time_zone",
            &[
                &id.uuid(),
                &organization.uuid(),
                &new.name,
                &new.line,
                &new.postal_code,
                &new.city,
                &new.country,
                &new.latitude,
                &new.longitude,
                &new.time_zone,
            ],
        )
        .await?;
    Ok(read_location(&row))
}

pub(super) fn check_zone(name: &str, pointer: &str) -> Result<(), DirectoryRefusal> {
    match jiff::tz::TimeZone::get(name) {
        Ok(_) => Ok(()),
        Err(_) => Err(DirectoryRefusal::UnknownZone { pointer: pointer.to_owned() }),
    }
}

/// The locations with these ids.
pub(super) async fn locations_by_id(
    client: &impl GenericClient,
    ids: &[Uuid],
) -> Result<Vec<Location>, Fault> {
    let sql = "SELECT id, organization_id, name, line, postal_code, city, country, latitude, longitude, time_zone FROM location
        WHERE id = ANY ($1)";
    Ok(client.rows(sql, &[&ids]).await?.iter().map(read_location).collect())
}

pub(super) fn read_location(row: &Row) -> Location {
    Location {
        id: LocationId::from_uuid(row.get(0)),
        organization: OrganizationId::from_uuid(row.get(1)),
        name: row.get(2),
        line: row.get(3),
        postal_code: row.get(4),
        city: row.get(5),
        country: row.get(6),
        latitude: row.get(7),
        longitude: row.get(8),
        time_zone: row.get(9),
    }
}

fn read_room(row: &Row) -> Room {
    Room {
        id: RoomId::from_uuid(row.get(0)),
        location: LocationId::from_uuid(row.get(1)),
        kind: row.get(2),
        name: row.get(3),
    }
}
