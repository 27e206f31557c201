//! Patients' records. Every reading begins at the caller's scope.

use rendez_platform::fault::Fault;
use rendez_platform::store::{Prepared, Transaction};
use rendez_vocab::Actor;
use rendez_vocab::ids::PatientId;
use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use super::error::DirectoryRefusal;
use super::locations::new_calendar;
use super::model::{NewPatient, Patient, PatientChange};
use super::practitioners::record;
use crate::ctx::Ctx;
use crate::idempotency::{self, Answer};
use crate::identity::access::{self, Denied, Scope};

const SCOPED: &str =
    "SELECT id, given_name, family_name, birth_date, email, phone, locale, version FROM patient p
    WHERE p.id = ANY ($1) AND ($2::uuid IS NULL OR p.id = $2)
      AND (($3::uuid IS NULL AND $4::uuid[] IS NULL AND $5::text[] IS NULL) OR p.registered_by = ANY ($5)
           OR EXISTS (SELECT FROM appointment a WHERE a.patient_id = p.id
                      AND a.status IN ('booked', 'arrived', 'fulfilled', 'no-show')
                      AND (a.practitioner_id = $3 OR a.organization_id = ANY ($4))))";

/// Enters a patient. `render` makes the answer that a repeated request gets again.
pub async fn create_patient(
    ctx: &Ctx,
    new: NewPatient,
    render: impl Fn(&Patient) -> Value + Send + 'static,
) -> Result<Answer<Patient>, DirectoryRefusal> {
    access::create_patient(&ctx.actor)?;
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            if let Some(earlier) = idempotency::begin(&tx, task.idempotency.as_ref()).await? {
                return Ok(Answer::Replayed(earlier?));
            }
            let patient = insert_patient(&tx, &task, new, &task.actor).await?;
            idempotency::remember(&tx, task.idempotency.as_ref(), 201, &render(&patient)).await?;
            tx.commit().await?;
            Ok(Answer::Fresh(patient))
        })
        .await
}

/// Inserts a patient inside somebody's transaction.
pub(crate) async fn insert_patient(
    tx: &Transaction<'_>,
    ctx: &Ctx,
    new: NewPatient,
    registered_by: &Actor,
) -> Result<Patient, DirectoryRefusal> {
    let id = PatientId::new(ctx.clock.now(), &*ctx.entropy);
    let region = ctx.pack.region().to_string();
    let calendar = new_calendar(tx, &region, "patient").await?;
    let row = tx
        .row(
            "INSERT INTO patient (id, region, calendar_id, given_name, family_name, birth_date, email, phone, locale, registered_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             RETURNING id, given_name, family_name, birth_date, email, phone, locale, version",
            &[
                &id.uuid(),
                &region,
                &calendar,
                &new.given_name,
                &new.family_name,
                &new.birth_date,
                &new.email,
                &new.phone,
                &new.locale,
                &access::registrars(registered_by).into_iter().next(),
            ],
        )
        .await?;
    record(tx, ctx, "patient.create", id.uuid(), 1).await?;
    Ok(read(&row))
}

/// One patient whom the caller may see.
pub async fn patient(ctx: &Ctx, id: PatientId) -> Result<Patient, DirectoryRefusal> {
    patients_by_id(ctx, &[id]).await?.pop().ok_or(DirectoryRefusal::NotFound)
}

/// The patients with these ids whom the caller may see.
pub async fn patients_by_id(ctx: &Ctx, ids: &[PatientId]) -> Result<Vec<Patient>, DirectoryRefusal> {
    scoped(ctx, ids, access::patients(&ctx.actor)?).await
}

async fn scoped(ctx: &Ctx, ids: &[PatientId], scope: Scope) -> Result<Vec<Patient>, DirectoryRefusal> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let conn = ctx.store.read_fresh().await?;
    let rows = conn
        .rows(
            SCOPED,
            &[&ids, &scope.patient, &scope.practitioner, &scope.organizations, &scope.registered_by],
        )
        .await?;
    Ok(rows.iter().map(read).collect())
}

/// Changes a patient's record. `if_match` is the version that the caller read.
pub async fn update_patient(
    ctx: &Ctx,
    id: PatientId,
    if_match: Option<i64>,
    change: PatientChange,
) -> Result<Patient, DirectoryRefusal> {
    if scoped(ctx, &[id], access::change_patients(&ctx.actor)?).await?.is_empty() {
        // Who may see it learns that it cannot be changed; for others it does not exist.
        patient(ctx, id).await?;
        return Err(Denied::Forbidden.into());
    }
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let sql = "SELECT id, given_name, family_name, birth_date, email, phone, locale, version FROM patient WHERE id = $1 FOR NO KEY UPDATE";
            let row = tx.maybe_row(sql, &[&id.uuid()]).await?;
            let before = read(&row.ok_or(DirectoryRefusal::NotFound)?);
            if if_match.is_some_and(|version| version != before.version) {
                return Err(DirectoryRefusal::VersionMismatch);
            }
            // Patients change their address with that of the account: here nobody asks for the password.
            let email = change.email.unwrap_or_else(|| before.email.clone());
            if matches!(task.actor, Actor::Patient(_)) && email != before.email {
                return Err(DirectoryRefusal::OwnEmail);
            }
            let row = tx
                .row(
                    "UPDATE patient SET given_name = $2, family_name = $3, birth_date = $4, email = $5, phone = $6, locale = $7,
                        version = version + 1 WHERE id = $1
                     RETURNING id, given_name, family_name, birth_date, email, phone, locale, version",
                    &[
                        &id.uuid(),
                        &change.given_name.unwrap_or(before.given_name),
                        &change.family_name.unwrap_or(before.family_name),
                        &change.birth_date.unwrap_or(before.birth_date),
                        &email,
                        &change.phone.unwrap_or(before.phone),
                        &change.locale.unwrap_or(before.locale),
                    ],
                )
                .await?;
            let after = read(&row);
            record(&tx, &task, "patient.update", id.uuid(), after.version).await?;
            tx.commit().await.map_err(Fault::from)?;
            Ok(after)
        })
        .await
}

pub(super) fn read(row: &Row) -> Patient {
    Patient {
        id: PatientId::from_uuid(row.get(0)),
        given_name: row.get(1),
        family_name: row.get(2),
        birth_date: row.get(3),
        email: row.get(4),
        phone: row.get(5),
        locale: row.get(6),
        version: row.get(7),
    }
}
