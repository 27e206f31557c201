//! One-off openings: ranges when visits may happen, whatever the weekly rules say.

use rendez_vocab::TimeRange;
use rendez_vocab::ids::{LocationId, OpeningId, PractitionerId, VisitTypeId};
use serde_json::Value;
use uuid::Uuid;

use super::error::DirectoryRefusal;
use super::practitioners::{bump_schedule, lock, may_change_schedule, practitioner, record};
use crate::availability::{Opening, Slot, slots_of_opening};
use crate::ctx::Ctx;
use crate::idempotency::{self, Answer};
use crate::identity::access;

/// Ranges to open.
#[derive(Debug, Clone)]
pub struct NewOpenings {
    /// When; none may overlap another or an existing opening of the practitioner.
    pub ranges: Vec<TimeRange>,
    /// For which visit types; empty for all.
    pub visit_types: Vec<VisitTypeId>,
    /// Where; without one at the main location.
    pub location: Option<LocationId>,
}

/// An opening with every slot that it makes.
#[derive(Debug, Clone)]
pub struct OpenedRange {
    /// The opening.
    pub opening: Opening,
    /// All its slots, whether or not they can be booked at this moment.
    pub slots: Vec<Slot>,
}

/// Opens ranges: all of them or none.
pub async fn open(
    ctx: &Ctx,
    id: PractitionerId,
    new: NewOpenings,
    render: impl Fn(&[OpenedRange]) -> Value + Send + 'static,
) -> Result<Answer<Vec<OpenedRange>>, DirectoryRefusal> {
    let known = practitioner(ctx, id).await?;
    access::manage_practitioner(&ctx.actor, id, known.organization)?;
    if let Some(index) =
        new.visit_types.iter().position(|id| !known.visit_types.iter().any(|vt| vt.id == *id))
    {
        return Err(DirectoryRefusal::UnknownReference { pointer: format!("/visit_type_ids/{index}") });
    }
    let location = match new.location {
        None => known.locations.first().map(|location| location.id).ok_or(DirectoryRefusal::NotFound)?,
        Some(named) if known.locations.iter().any(|location| location.id == named) => named,
        Some(_) => return Err(DirectoryRefusal::UnknownReference { pointer: "/location_id".into() }),
    };
    let now = ctx.clock.now();
    let openings: Vec<Opening> = new
        .ranges
        .iter()
        .map(|range| Opening {
            id: OpeningId::new(now, &*ctx.entropy),
            location,
            range: *range,
            visit_types: new.visit_types.clone(),
        })
        .collect();
    let schedule = ctx.schedules.reload(&ctx.store, id).await?.ok_or(DirectoryRefusal::NotFound)?;
    let opened: Vec<OpenedRange> = openings
        .into_iter()
        .map(|opening| OpenedRange { slots: slots_of_opening(&schedule, &opening), opening })
        .collect();
    let task = ctx.clone();
    let answer = ctx
        .store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            if let Some(earlier) = idempotency::begin(&tx, task.idempotency.as_ref()).await? {
                return Ok(Answer::Replayed(earlier?));
            }
            // The practitioner's row first: two requests that open the same range would wait for each other.
            let version = lock(&tx, id, None).await?;
            may_change_schedule(&tx, &task, id, known.organization).await?;
            let visit_types: Vec<Uuid> = new.visit_types.iter().map(|id| id.uuid()).collect();
            for OpenedRange { opening, .. } in &opened {
                tx.execute(
                    "INSERT INTO opening (id, practitioner_id, location_id, starts_at, ends_at, visit_type_ids) VALUES ($1, $2, $3, $4, $5, $6)",
                    &[
                        &opening.id.uuid(),
                        &id.uuid(),
                        &opening.location.uuid(),
                        &opening.range.start(),
                        &opening.range.end(),
                        &visit_types,
                    ],
                )
                .await?;
            }
            bump_schedule(&tx, id).await?;
            record(&tx, &task, "opening.create", id.uuid(), version).await?;
            idempotency::remember(&tx, task.idempotency.as_ref(), 201, &render(&opened)).await?;
            tx.commit().await?;
            Ok::<_, DirectoryRefusal>(Answer::Fresh(opened))
        })
        .await?;
    ctx.tell_changed(id).await;
    Ok(answer)
}

/// Takes an opening back. What is booked in it stays booked.
pub async fn delete_opening(
    ctx: &Ctx,
    id: PractitionerId,
    opening: OpeningId,
) -> Result<(), DirectoryRefusal> {
    let known = practitioner(ctx, id).await?;
    access::manage_practitioner(&ctx.actor, id, known.organization)?;
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let version = lock(&tx, id, None).await?;
            may_change_schedule(&tx, &task, id, known.organization).await?;
            let deleted = tx
                .execute(
                    "DELETE FROM opening WHERE id = $1 AND practitioner_id = $2",
                    &[&opening.uuid(), &id.uuid()],
                )
                .await?;
            if deleted == 0 {
                return Err(DirectoryRefusal::NotFound);
            }
            bump_schedule(&tx, id).await?;
            record(&tx, &task, "opening.delete", id.uuid(), version).await?;
            tx.commit().await?;
            Ok::<_, DirectoryRefusal>(())
        })
        .await?;
    ctx.tell_changed(id).await;
    Ok(())
}
