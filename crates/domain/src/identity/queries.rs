//! Readings of accounts.

use std::sync::LazyLock;

use rendez_platform::fault::Fault;
use rendez_platform::store::Prepared;
use rendez_vocab::Actor;
use rendez_vocab::ids::{AccountId, OrganizationId, PatientId, PractitionerId};
use tokio_postgres::Row;
use uuid::Uuid;

use super::model::Role;
use super::rights::{NOBODY_MANAGES, Rights};
use crate::ctx::Ctx;

static SIGNED_IN: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT a.role, a.patient_id, a.practitioner_id, w.organizations,
            CASE a.role
                WHEN 'patient' THEN (SELECT p.given_name FROM patient p WHERE p.id = a.patient_id)
                WHEN 'practitioner' THEN (SELECT p.given_name || ' ' || p.family_name FROM practitioner p WHERE p.id = a.practitioner_id)
                WHEN 'staff' THEN (SELECT name FROM organization WHERE id = w.organizations[1]) END,
            CASE a.role
                WHEN 'admin' THEN 'manager'
                WHEN 'practitioner' THEN (SELECT CASE WHEN {NOBODY_MANAGES} THEN 'manager' ELSE 'desk' END
                    FROM practitioner p WHERE p.id = a.practitioner_id)
                WHEN 'staff' THEN (SELECT rights FROM account_organization
                    WHERE account_id = a.id AND organization_id = w.organizations[1]) END
        FROM account a CROSS JOIN LATERAL (SELECT ARRAY(
            SELECT o.organization_id FROM account_organization o WHERE o.account_id = a.id ORDER BY 1) AS organizations) w
        WHERE a.id = $1"
    )
});

/// Somebody with an account, as the pages know them.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// As whom they act.
    pub actor: Actor,
    /// A patient's given name, a practitioner's name, the practice's name for its staff.
    pub name: Option<String>,
    /// What they may do in the organization that they work for first.
    pub rights: Option<Rights>,
}

/// Whose account it is; `None` if it is gone.
pub async fn signed_in(ctx: &Ctx, id: AccountId) -> Result<Option<SignedIn>, Fault> {
    let conn = ctx.store.read_fresh().await?;
    let Some(row) = conn.maybe_row(&SIGNED_IN, &[&id.uuid()]).await? else { return Ok(None) };
    let rights = row.get::<_, Option<&str>>(5).and_then(Rights::named);
    Ok(Some(SignedIn { actor: actor(id, &row, 0)?, name: row.get(4), rights }))
}

/// The actor from role, patient, practitioner and organizations, which stand from a column on.
pub(super) fn actor(id: AccountId, row: &Row, from: usize) -> Result<Actor, Fault> {
    let organizations = || -> Vec<OrganizationId> {
        row.get::<_, Vec<Uuid>>(from + 3).into_iter().map(OrganizationId::from_uuid).collect()
    };
    let broken = || Fault::plain("an account's row contradicts its role");
    Ok(match Role::named(row.get(from)).ok_or_else(broken)? {
        Role::Patient => {
            Actor::Patient(PatientId::from_uuid(row.get::<_, Option<Uuid>>(from + 1).ok_or_else(broken)?))
        }
        Role::Practitioner => Actor::Practitioner(PractitionerId::from_uuid(
            row.get::<_, Option<Uuid>>(from + 2).ok_or_else(broken)?,
        )),
        Role::Staff => Actor::Staff { subject: id.to_string(), organizations: organizations() },
        Role::Admin => Actor::Admin(id.to_string()),
    })
}
