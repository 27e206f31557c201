//! Who did what to which record: the rows that commands add in their own transaction.
//!
//! Invariant: a row stands in the trail of the organization whose record it is about, or else of the one for which the
//! caller works. It does not know what the actions mean.

use rendez_platform::fault::Fault;
use rendez_platform::store::Transaction;
use rendez_vocab::Actor;
use uuid::Uuid;

use crate::ctx::Ctx;

const RECORD: &str =
    "INSERT INTO audit (actor, action, subject_id, version, address, request_id, organization_id)
    VALUES ($1, $2, $3, $4, $5::text::inet, $6, coalesce($7::uuid,
        (SELECT organization_id FROM practitioner WHERE id = $3), (SELECT organization_id FROM location WHERE id = $3),
        (SELECT organization_id FROM practitioner WHERE id = $8), $9::uuid))";

/// Adds a row about a record; `organization` where the record itself does not say.
pub(crate) async fn record(
    tx: &Transaction<'_>,
    ctx: &Ctx,
    action: &str,
    subject: Uuid,
    version: Option<i64>,
    organization: Option<Uuid>,
) -> Result<(), Fault> {
    let (practitioner, works_for) = match &ctx.actor {
        Actor::Practitioner(own) => (Some(own.uuid()), None),
        Actor::Staff { organizations, .. } => (None, organizations.first().map(|id| id.uuid())),
        _ => (None, None),
    };
    tx.execute(
        RECORD,
        &[
            &ctx.actor.to_string(),
            &action,
            &subject,
            &version,
            &ctx.origin.address.map(|address| address.to_string()),
            &ctx.origin.request_id,
            &organization,
            &practitioner,
            &works_for,
        ],
    )
    .await?;
    Ok(())
}
