//! Readings of accounts.
use rendez_platform::store::Prepared;

use rendez_platform::fault::Fault;
use rendez_vocab::Actor;
use rendez_vocab::ids::{AccountId, OrganizationId, PatientId, PractitionerId};
use tokio_postgres::Row;
use uuid::Uuid;

use super::model::Role;
use crate::ctx::Ctx;

const ACCOUNT: &str = "SELECT a.role, a.patient_id, a.practitioner_id, ARRAY(
        SELECT o.organization_id FROM account_organization o WHERE o.account_id = a.id ORDER BY 1)
    FROM account a WHERE a.id = $1";

/// As whom an account acts; `None` if it is gone.
pub async fn account_actor(ctx: &Ctx, id: AccountId) -> Result<Option<Actor>, Fault> {
    let conn = ctx.store.read_fresh().await?;
    let row = conn.maybe_row(ACCOUNT, &[&id.uuid()]).await?;
    row.map(|row| actor(id, &row, 0)).transpose()
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

/// What the pages call the person who is signed in: the given name, or the role where there is none.
pub async fn display_name(ctx: &Ctx) -> Result<Option<String>, Fault> {
    let (sql, id) = match &ctx.actor {
        Actor::Patient(id) => ("SELECT given_name FROM patient WHERE id = $1", id.uuid()),
        Actor::Practitioner(id) => {
            ("SELECT given_name || ' ' || family_name FROM practitioner WHERE id = $1", id.uuid())
        }
        Actor::Staff { organizations, .. } => match organizations.first() {
            Some(id) => ("SELECT name FROM organization WHERE id = $1", id.uuid()),
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    let conn = ctx.store.read_any().await?;
    Ok(conn.maybe_row(sql, &[&id]).await?.map(|row| row.get(0)))
}
