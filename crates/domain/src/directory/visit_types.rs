//! What can be booked of a practitioner: entering, changing and reading visit types.

use std::collections::HashMap;

use rendez_platform::fault::Fault;
use rendez_platform::store::{GenericClient, Prepared, Transaction};
use rendez_vocab::ids::{PractitionerId, VisitTypeId};
use serde_json::Value;
use uuid::Uuid;

use super::error::DirectoryRefusal;
use super::model::{NewVisitType, Practitioner};
use super::practitioners::{bump_schedule, by_id, lock, may_change_schedule, practitioner, record};
use crate::availability::{VISIT_TYPES, VisitType, visit_type};
use crate::ctx::Ctx;
use crate::idempotency::{self, Answer};
use crate::identity::access;

/// Adds a visit type (`None`) or changes one.
pub async fn visit_type_change(
    ctx: &Ctx,
    practitioner_id: PractitionerId,
    visit_type: Option<VisitTypeId>,
    if_match: Option<i64>,
    new: NewVisitType,
    render: impl Fn(&Practitioner) -> Value + Send + 'static,
) -> Result<Answer<Practitioner>, DirectoryRefusal> {
    let before = practitioner(ctx, practitioner_id).await?;
    access::manage_practitioner(&ctx.actor, practitioner_id, before.organization)?;
    let task = ctx.clone();
    let after = ctx
        .store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            if let Some(earlier) = idempotency::begin(&tx, task.idempotency.as_ref()).await? {
                return Ok(Answer::Replayed(earlier?));
            }
            let version = lock(&tx, practitioner_id, if_match).await?;
            may_change_schedule(&tx, &task, practitioner_id, before.organization).await?;
            match visit_type {
                None => {
                    let position = i16::try_from(before.visit_types.len()).unwrap_or(i16::MAX);
                    insert_visit_type(&tx, &task, practitioner_id, &new, position).await?;
                }
                Some(id) => replace_visit_type(&tx, practitioner_id, id, &new).await?,
            }
            bump_schedule(&tx, practitioner_id).await?;
            record(&tx, &task, "visit-type.change", practitioner_id.uuid(), version).await?;
            let after =
                by_id(&tx, &[practitioner_id.uuid()]).await?.pop().ok_or(DirectoryRefusal::NotFound)?;
            let status = if visit_type.is_none() { 201 } else { 200 };
            idempotency::remember(&tx, task.idempotency.as_ref(), status, &render(&after)).await?;
            tx.commit().await?;
            Ok::<_, DirectoryRefusal>(Answer::Fresh(after))
        })
        .await?;
    ctx.tell_changed(practitioner_id).await;
    Ok(after)
}

/// Puts the visit types into the order in which patients see them. Those that are not named follow as they stood.
pub async fn order_visit_types(
    ctx: &Ctx,
    practitioner_id: PractitionerId,
    if_match: Option<i64>,
    order: Vec<VisitTypeId>,
) -> Result<(), DirectoryRefusal> {
    let before = practitioner(ctx, practitioner_id).await?;
    access::manage_practitioner(&ctx.actor, practitioner_id, before.organization)?;
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let version = lock(&tx, practitioner_id, if_match).await?;
            may_change_schedule(&tx, &task, practitioner_id, before.organization).await?;
            let ids: Vec<Uuid> = order.iter().map(|id| id.uuid()).collect();
            tx.execute(
                "UPDATE visit_type v SET position = ordered.place
                 FROM (SELECT t.id, row_number() OVER (ORDER BY array_position($2::uuid[], t.id), t.position, t.id) - 1 AS place
                       FROM visit_type t WHERE t.practitioner_id = $1) ordered
                 WHERE v.id = ordered.id",
                &[&practitioner_id.uuid(), &ids],
            )
            .await?;
            bump_schedule(&tx, practitioner_id).await?;
            record(&tx, &task, "visit-type.order", practitioner_id.uuid(), version).await?;
            tx.commit().await?;
            Ok::<_, DirectoryRefusal>(())
        })
        .await?;
    ctx.tell_changed(practitioner_id).await;
    Ok(())
}

async fn replace_visit_type(
    tx: &Transaction<'_>,
    practitioner: PractitionerId,
    id: VisitTypeId,
    new: &NewVisitType,
) -> Result<(), DirectoryRefusal> {
    let count = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    let changed = tx
        .execute(
            "UPDATE visit_type SET name = $3, duration_minutes = $4, buffer_before_minutes = $5, buffer_after_minutes = $6,
                min_notice_minutes = $7, max_horizon_days = $8, hold_minutes = $9, telehealth = $10, who_may_book = $11,
                room_kind = $12, active = $13
             WHERE id = $1 AND practitioner_id = $2",
            &[
                &id.uuid(),
                &practitioner.uuid(),
                &new.name,
                &count(new.duration_minutes),
                &count(new.buffer_before_minutes),
                &count(new.buffer_after_minutes),
                &count(new.min_notice_minutes),
                &count(new.max_horizon_days),
                &count(new.hold_minutes),
                &new.telehealth,
                &new.who_may_book.as_str(),
                &new.room_kind,
                &new.active,
            ],
        )
        .await?;
    if changed == 0 { Err(DirectoryRefusal::NotFound) } else { Ok(()) }
}

pub(super) async fn insert_visit_type(
    tx: &Transaction<'_>,
    ctx: &Ctx,
    practitioner: PractitionerId,
    new: &NewVisitType,
    position: i16,
) -> Result<VisitTypeId, Fault> {
    let id = VisitTypeId::new(ctx.clock.now(), &*ctx.entropy);
    let count = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    tx.execute(
        "INSERT INTO visit_type (id, practitioner_id, name, duration_minutes, buffer_before_minutes, buffer_after_minutes,
            min_notice_minutes, max_horizon_days, hold_minutes, telehealth, who_may_book, room_kind, active, position)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &[
            &id.uuid(),
            &practitioner.uuid(),
            &new.name,
            &count(new.duration_minutes),
            &count(new.buffer_before_minutes),
            &count(new.buffer_after_minutes),
            &count(new.min_notice_minutes),
            &count(new.max_horizon_days),
            &count(new.hold_minutes),
            &new.telehealth,
            &new.who_may_book.as_str(),
            &new.room_kind,
            &new.active,
            &position,
        ],
    )
    .await?;
    Ok(id)
}

pub(super) async fn visit_types_of(
    client: &impl GenericClient,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<VisitType>>, Fault> {
    let rows = client.rows(VISIT_TYPES, &[&ids]).await?;
    let mut found: HashMap<Uuid, Vec<VisitType>> = HashMap::new();
    for row in &rows {
        found.entry(row.get(0)).or_default().push(visit_type(row));
    }
    Ok(found)
}
