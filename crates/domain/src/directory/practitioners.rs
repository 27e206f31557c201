//! Practitioners: entering, finding and changing them.

use std::collections::HashMap;

use rendez_platform::fault::Fault;
use rendez_platform::store::{GenericClient, Prepared, Transaction};
use rendez_vocab::ids::{OrganizationId, PractitionerId};
use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use super::error::DirectoryRefusal;
use super::locations::{check_zone, insert_location, locations_by_id, new_calendar};
use super::model::{Location, NewLocation, NewPractitioner, NewVisitType, Practitioner, PractitionerChange};
use super::visit_types::{insert_visit_type, visit_types_of};
use crate::availability::VisitType;
use crate::ctx::Ctx;
use crate::idempotency::{self, Answer};
use crate::identity::{access, rights_in};
use crate::regions::search_key;

const COLUMNS: &str = "p.id, p.organization_id, p.given_name, p.family_name, p.specialty, p.languages, p.phone, p.email,
    p.accepts_new_patients, p.telehealth, p.works_public_holidays, p.active, p.version, p.schedule_version, p.location_id, p.sector, p.about";

/// Enters a practitioner with location and visit types. `render` makes the answer that a repeated request gets again.
pub async fn create_practitioner(
    ctx: &Ctx,
    new: NewPractitioner,
    render: impl Fn(&Practitioner) -> Value + Send + 'static,
) -> Result<Answer<Practitioner>, DirectoryRefusal> {
    access::create_practitioner(&ctx.actor, new.organization)?;
    check_specialty(ctx, new.specialty.as_deref())?;
    check_sector(ctx, new.sector.as_deref())?;
    if let Some(location) = &new.location {
        check_zone(&location.time_zone, "/location/time_zone")?;
    }
    let task = ctx.clone();
    let answer = ctx
        .store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            if let Some(earlier) = idempotency::begin(&tx, task.idempotency.as_ref()).await? {
                return Ok(Answer::Replayed(earlier?));
            }
            if let Some(organization) = new.organization {
                may_change_organization(&tx, &task, organization).await?;
            }
            let id = insert(&tx, &task, new).await?;
            let made = by_id(&tx, &[id.uuid()]).await?.pop().ok_or(DirectoryRefusal::NotFound)?;
            record(&tx, &task, "practitioner.create", id.uuid(), made.version).await?;
            announce(&tx, id).await?;
            idempotency::remember(&tx, task.idempotency.as_ref(), 201, &render(&made)).await?;
            tx.commit().await?;
            Ok::<_, DirectoryRefusal>(Answer::Fresh(made))
        })
        .await?;
    match &answer {
        Answer::Fresh(made) => ctx.tell_changed(made.id).await,
        Answer::Replayed(_) => ctx.waker.wake(),
    }
    Ok(answer)
}

async fn insert(
    tx: &Transaction<'_>,
    ctx: &Ctx,
    new: NewPractitioner,
) -> Result<PractitionerId, DirectoryRefusal> {
    let now = ctx.clock.now();
    let region = ctx.pack.region().to_string();
    let organization = match new.organization {
        Some(known) => {
            let found = tx.maybe_row("SELECT FROM organization WHERE id = $1", &[&known.uuid()]).await?;
            found.ok_or_else(|| DirectoryRefusal::UnknownReference { pointer: "/organization_id".into() })?;
            known
        }
        None => {
            let id = OrganizationId::new(now, &*ctx.entropy);
            let name = new.location.as_ref().map_or_else(
                || format!("{} {}", new.given_name, new.family_name),
                |location| location.name.clone(),
            );
            tx.execute(
                "INSERT INTO organization (id, region, name) VALUES ($1, $2, $3)",
                &[&id.uuid(), &region, &name],
            )
            .await?;
            id
        }
    };
    let location =
        insert_location(tx, ctx, organization, new.location.unwrap_or_else(|| nameless(ctx))).await?;
    let calendar = new_calendar(tx, &region, "practitioner").await?;
    let id = PractitionerId::new(now, &*ctx.entropy);
    let name = search_key(&format!("{} {}", new.family_name, new.given_name));
    tx.execute(
        "INSERT INTO practitioner (id, organization_id, calendar_id, location_id, given_name, family_name, search_name, specialty,
            languages, phone, email, accepts_new_patients, telehealth, works_public_holidays, sector, about)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        &[
            &id.uuid(),
            &organization.uuid(),
            &calendar,
            &location.id.uuid(),
            &new.given_name,
            &new.family_name,
            &name,
            &new.specialty,
            &new.languages,
            &new.phone,
            &new.email,
            &new.accepts_new_patients,
            &new.telehealth,
            &new.works_public_holidays,
            &new.sector,
            &new.about,
        ],
    )
    .await?;
    let visit_types =
        if new.visit_types.is_empty() { vec![NewVisitType::default()] } else { new.visit_types };
    for (position, visit_type) in visit_types.iter().enumerate() {
        insert_visit_type(tx, ctx, id, visit_type, i16::try_from(position).unwrap_or(i16::MAX)).await?;
    }
    Ok(id)
}

fn nameless(ctx: &Ctx) -> NewLocation {
    NewLocation {
        name: String::from("—"),
        line: String::new(),
        postal_code: String::new(),
        city: String::new(),
        country: ctx.pack.region().as_str().to_ascii_uppercase(),
        latitude: None,
        longitude: None,
        time_zone: ctx.pack.time_zone_name().to_owned(),
    }
}

/// One practitioner, whole. Public: patients look for them.
pub async fn practitioner(ctx: &Ctx, id: PractitionerId) -> Result<Practitioner, DirectoryRefusal> {
    practitioners_by_id(ctx, &[id]).await?.pop().ok_or(DirectoryRefusal::NotFound)
}

/// The active practitioners of these organizations by name, at most 200.
pub async fn practitioners_of(
    ctx: &Ctx,
    organizations: &[OrganizationId],
) -> Result<Vec<Practitioner>, DirectoryRefusal> {
    let conn = ctx.store.read_fresh().await?;
    let organizations: Vec<Uuid> = organizations.iter().map(|id| id.uuid()).collect();
    let rows = conn
        .rows(
            "SELECT id FROM practitioner WHERE organization_id = ANY ($1) AND active ORDER BY search_name, id LIMIT 200",
            &[&organizations],
        )
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
    Ok(by_id(&*conn, &ids).await?)
}

/// Several practitioners, whole, in the order asked for; unknown ones are left out.
pub async fn practitioners_by_id(ctx: &Ctx, ids: &[PractitionerId]) -> Result<Vec<Practitioner>, Fault> {
    let conn = ctx.store.read_fresh().await?;
    let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    by_id(&*conn, &uuids).await
}

pub(super) async fn by_id(client: &impl GenericClient, ids: &[Uuid]) -> Result<Vec<Practitioner>, Fault> {
    let heads = client
        .rows(
            &format!("SELECT {COLUMNS} FROM practitioner p JOIN unnest($1::uuid[]) WITH ORDINALITY AS asked (id, place)
                ON asked.id = p.id ORDER BY asked.place"),
            &[&ids],
        )
        .await?;
    let further = client
        .rows(
            "SELECT practitioner_id, location_id FROM practitioner_location WHERE practitioner_id = ANY ($1) ORDER BY location_id",
            &[&ids],
        )
        .await?;
    let mut places: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in &heads {
        places.entry(row.get(0)).or_default().push(row.get(14));
    }
    for row in &further {
        let list = places.entry(row.get(0)).or_default();
        let location: Uuid = row.get(1);
        if !list.contains(&location) {
            list.push(location);
        }
    }
    let wanted: Vec<Uuid> = places.values().flatten().copied().collect();
    let known: HashMap<Uuid, Location> =
        locations_by_id(client, &wanted).await?.into_iter().map(|place| (place.id.uuid(), place)).collect();
    let mut visit_types = visit_types_of(client, ids).await?;
    Ok(heads
        .iter()
        .map(|row| {
            let id: Uuid = row.get(0);
            let locations =
                places.get(&id).into_iter().flatten().filter_map(|place| known.get(place).cloned()).collect();
            read(row, locations, visit_types.remove(&id).unwrap_or_default())
        })
        .collect())
}

fn read(row: &Row, locations: Vec<Location>, visit_types: Vec<VisitType>) -> Practitioner {
    Practitioner {
        id: PractitionerId::from_uuid(row.get(0)),
        organization: OrganizationId::from_uuid(row.get(1)),
        given_name: row.get(2),
        family_name: row.get(3),
        specialty: row.get(4),
        languages: row.get(5),
        phone: row.get(6),
        email: row.get(7),
        accepts_new_patients: row.get(8),
        telehealth: row.get(9),
        works_public_holidays: row.get(10),
        active: row.get(11),
        version: row.get(12),
        schedule_version: row.get(13),
        sector: row.get(15),
        about: row.get(16),
        locations,
        visit_types,
    }
}

/// Changes a practitioner. `if_match` is the version that the caller read.
pub async fn update_practitioner(
    ctx: &Ctx,
    id: PractitionerId,
    if_match: Option<i64>,
    change: PractitionerChange,
) -> Result<Practitioner, DirectoryRefusal> {
    if let Some(specialty) = &change.specialty {
        check_specialty(ctx, specialty.as_deref())?;
    }
    if let Some(sector) = &change.sector {
        check_sector(ctx, sector.as_deref())?;
    }
    let before = practitioner(ctx, id).await?;
    access::manage_practitioner(&ctx.actor, id, before.organization)?;
    let task = ctx.clone();
    let after = ctx
        .store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let version = lock(&tx, id, if_match).await?;
            may_change_schedule(&tx, &task, id, before.organization).await?;
            // Read again under the lock, so that what a colleague changed a moment ago is kept.
            let before = by_id(&tx, &[id.uuid()]).await?.pop().ok_or(DirectoryRefusal::NotFound)?;
            let given = change.given_name.unwrap_or(before.given_name);
            let family = change.family_name.unwrap_or(before.family_name);
            let name = search_key(&format!("{family} {given}"));
            tx.execute(
                "UPDATE practitioner SET given_name = $2, family_name = $3, search_name = $4, specialty = $5, languages = $6, phone = $7,
                    email = $8, accepts_new_patients = $9, telehealth = $10, works_public_holidays = $11, active = $12, sector = $13, about = $14,
                    version = version + 1, schedule_version = schedule_version + 1
                 WHERE id = $1",
                &[
                    &id.uuid(),
                    &given,
                    &family,
                    &name,
                    &change.specialty.unwrap_or(before.specialty),
                    &change.languages.unwrap_or(before.languages),
                    &change.phone.unwrap_or(before.phone),
                    &change.email.unwrap_or(before.email),
                    &change.accepts_new_patients.unwrap_or(before.accepts_new_patients),
                    &change.telehealth.unwrap_or(before.telehealth),
                    &change.works_public_holidays.unwrap_or(before.works_public_holidays),
                    &change.active.unwrap_or(before.active),
                    &change.sector.unwrap_or(before.sector),
                    &change.about.unwrap_or(before.about),
                ],
            )
            .await?;
            record(&tx, &task, "practitioner.update", id.uuid(), version + 1).await?;
            announce(&tx, id).await?;
            let after = by_id(&tx, &[id.uuid()]).await?.pop().ok_or(DirectoryRefusal::NotFound)?;
            tx.commit().await?;
            Ok::<_, DirectoryRefusal>(after)
        })
        .await?;
    ctx.tell_changed(id).await;
    Ok(after)
}

/// The organization that a practitioner works for.
pub(super) async fn home(ctx: &Ctx, id: PractitionerId) -> Result<OrganizationId, DirectoryRefusal> {
    let conn = ctx.store.read_fresh().await?;
    let row = conn.maybe_row("SELECT organization_id FROM practitioner WHERE id = $1", &[&id.uuid()]).await?;
    Ok(OrganizationId::from_uuid(row.ok_or(DirectoryRefusal::NotFound)?.get(0)))
}

/// Locks a practitioner's row for a change of the directory and checks the caller's version.
pub(super) async fn lock(
    tx: &Transaction<'_>,
    id: PractitionerId,
    if_match: Option<i64>,
) -> Result<i64, DirectoryRefusal> {
    let row = tx
        .maybe_row("SELECT version FROM practitioner WHERE id = $1 FOR NO KEY UPDATE", &[&id.uuid()])
        .await?;
    let version: i64 = row.ok_or(DirectoryRefusal::NotFound)?.get(0);
    if if_match.is_some_and(|read| read != version) {
        return Err(DirectoryRefusal::VersionMismatch);
    }
    Ok(version)
}

/// Staff change hours, openings, visit types and the record only with the right to it, as it is once the practitioner's row
/// is locked.
pub(super) async fn may_change_schedule(
    tx: &Transaction<'_>,
    ctx: &Ctx,
    id: PractitionerId,
    organization: OrganizationId,
) -> Result<(), DirectoryRefusal> {
    let rights = rights_in(tx, &ctx.actor, organization).await?;
    Ok(access::change_schedule(&ctx.actor, id, organization, rights)?)
}

/// Staff change what their organization consists of only with the right to it.
pub(super) async fn may_change_organization(
    tx: &Transaction<'_>,
    ctx: &Ctx,
    organization: OrganizationId,
) -> Result<(), DirectoryRefusal> {
    let rights = rights_in(tx, &ctx.actor, organization).await?;
    Ok(access::change_organization(&ctx.actor, organization, rights)?)
}

/// Raises the schedule's version, which every booking compares, and the record's, which clients compare; tells followers.
pub(super) async fn bump_schedule(tx: &Transaction<'_>, id: PractitionerId) -> Result<(), Fault> {
    tx.execute(
        "UPDATE practitioner SET schedule_version = schedule_version + 1, version = version + 1 WHERE id = $1",
        &[&id.uuid()],
    )
    .await?;
    announce(tx, id).await
}

async fn announce(tx: &Transaction<'_>, id: PractitionerId) -> Result<(), Fault> {
    tx.execute(
        "INSERT INTO change (kind, practitioner_id, subject_id) VALUES ('schedule', $1, $1)",
        &[&id.uuid()],
    )
    .await?;
    Ok(())
}

/// Writes the audit row of a directory command.
pub(crate) async fn record(
    tx: &Transaction<'_>,
    ctx: &Ctx,
    action: &str,
    subject: Uuid,
    version: i64,
) -> Result<(), Fault> {
    crate::audit::record(tx, ctx, action, subject, Some(version), None).await
}

fn check_specialty(ctx: &Ctx, code: Option<&str>) -> Result<(), DirectoryRefusal> {
    match code {
        Some(code) if ctx.pack.specialty(code).is_none() => Err(DirectoryRefusal::UnknownSpecialty),
        _ => Ok(()),
    }
}

fn check_sector(ctx: &Ctx, code: Option<&str>) -> Result<(), DirectoryRefusal> {
    match code {
        Some(code) if ctx.pack.sector(code).is_none() => Err(DirectoryRefusal::UnknownSector),
        _ => Ok(()),
    }
}
