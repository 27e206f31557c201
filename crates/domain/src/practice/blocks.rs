//! Asking a patient to call instead of booking online.
//!
//! Invariant: the block is judged by the very statement that holds or moves a visit, so none slips in after it. It is
//! one practice's: others know nothing of it. What is booked stays booked, and staff may book for the patient.

use rendez_platform::store::Prepared;
use rendez_vocab::ids::PatientId;

use super::error::PracticeRefusal;
use super::patients::ours;
use super::workplace::Workplace;
use crate::audit;
use crate::ctx::Ctx;

/// What fits into a reason.
const REASON: usize = 500;

const BLOCK: &str = concat!(
    "INSERT INTO patient_block (organization_id, patient_id, reason, blocked_by, blocked_at)
     SELECT $1, p.id, $5, $6, rendez_now() FROM patient p WHERE p.id = $4 AND ",
    ours!(),
    " ON CONFLICT (organization_id, patient_id) DO UPDATE SET reason = excluded.reason RETURNING patient_id"
);

/// Asks a patient of the practice to call from now on.
pub async fn block_from_online_booking(
    ctx: &Ctx,
    at: &Workplace,
    patient: PatientId,
    reason: &str,
) -> Result<(), PracticeRefusal> {
    let reason: String = reason.trim().chars().take(REASON).collect();
    if reason.is_empty() {
        return Err(PracticeRefusal::ReasonMissing);
    }
    let (task, at) = (ctx.clone(), at.clone());
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let organization = at.organization().uuid();
            let practitioner = at.practitioner().map(|id| id.uuid());
            let actor = task.actor.to_string();
            tx.maybe_row(
                BLOCK,
                &[&organization, &practitioner, &at.registrars(), &patient.uuid(), &reason, &actor],
            )
            .await?
            .ok_or(PracticeRefusal::NotFound)?;
            audit::record(&tx, &task, "patient.block", patient.uuid(), None, Some(organization)).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
}

/// Lets a patient book online again. To let somebody who already may is no error.
pub async fn unblock(ctx: &Ctx, at: &Workplace, patient: PatientId) -> Result<(), PracticeRefusal> {
    super::patient_record(ctx, at, patient).await?;
    let (task, at) = (ctx.clone(), at.clone());
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let organization = at.organization().uuid();
            let ended = tx
                .execute(
                    "DELETE FROM patient_block WHERE organization_id = $1 AND patient_id = $2",
                    &[&organization, &patient.uuid()],
                )
                .await?;
            if ended > 0 {
                audit::record(&tx, &task, "patient.unblock", patient.uuid(), None, Some(organization))
                    .await?;
            }
            tx.commit().await?;
            Ok(())
        })
        .await
}
