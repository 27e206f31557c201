//! Where somebody works: the proof that readings of a practice's records ask for.

use rendez_platform::store::Prepared;
use rendez_vocab::Actor;
use rendez_vocab::ids::{OrganizationId, PractitionerId};

use super::error::PracticeRefusal;
use crate::ctx::Ctx;
use crate::identity::{Rights, access, rights_in};

/// An organization in which the caller works. Only [`workplace`] makes one.
#[derive(Debug, Clone)]
pub struct Workplace {
    organization: OrganizationId,
    practitioner: Option<PractitionerId>,
    rights: Rights,
    name: String,
    time_zone: String,
}

impl Workplace {
    /// Which organization.
    pub const fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// A practitioner, who sees their own patients only.
    pub(super) const fn practitioner(&self) -> Option<PractitionerId> {
        self.practitioner
    }

    /// Under which names its patients are registered.
    pub(super) fn registrars(&self) -> Vec<String> {
        match self.practitioner {
            Some(own) => vec![Actor::Practitioner(own).to_string()],
            None => vec![format!("organization:{}", self.organization)],
        }
    }

    /// What the caller may do there.
    pub const fn rights(&self) -> Rights {
        self.rights
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The IANA zone of its first location.
    pub fn time_zone(&self) -> &str {
        &self.time_zone
    }
}

/// Where the caller works: in the organization asked for, else in their first. `None` for an operator who names none.
pub async fn workplace(
    ctx: &Ctx,
    asked: Option<OrganizationId>,
) -> Result<Option<Workplace>, PracticeRefusal> {
    access::practice(&ctx.actor)?;
    let conn = ctx.store.read_fresh().await?;
    let own = match &ctx.actor {
        Actor::Practitioner(own) => {
            let sql = "SELECT organization_id FROM practitioner WHERE id = $1";
            conn.maybe_row(sql, &[&own.uuid()]).await?.map(|row| OrganizationId::from_uuid(row.get(0)))
        }
        Actor::Staff { organizations, .. } => organizations.first().copied(),
        _ => None,
    };
    let Some(organization) = asked.or(own) else {
        // Somebody whom every practice has sent away works nowhere.
        return if own.is_none() && !matches!(ctx.actor, Actor::Staff { .. }) {
            Ok(None)
        } else {
            Err(access::Denied::Forbidden.into())
        };
    };
    let rights = rights_in(&*conn, &ctx.actor, organization).await?;
    // What somebody may not see is answered as if it did not exist.
    let rights = access::work_in(&ctx.actor, rights).map_err(|_| PracticeRefusal::NotFound)?;
    let row = conn
        .maybe_row(
            "SELECT o.name, coalesce((SELECT l.time_zone FROM location l WHERE l.organization_id = o.id
                ORDER BY l.created_at, l.id LIMIT 1), $2) FROM organization o WHERE o.id = $1",
            &[&organization.uuid(), &ctx.pack.time_zone_name()],
        )
        .await?
        .ok_or(PracticeRefusal::NotFound)?;
    let practitioner = match ctx.actor {
        Actor::Practitioner(own) => Some(own),
        _ => None,
    };
    Ok(Some(Workplace { organization, practitioner, rights, name: row.get(0), time_zone: row.get(1) }))
}

/// Every organization in which the caller works, by name: to choose among. An operator works in none in particular.
pub async fn workplaces(ctx: &Ctx) -> Result<Vec<(OrganizationId, String)>, PracticeRefusal> {
    let Actor::Staff { organizations, .. } = &ctx.actor else { return Ok(Vec::new()) };
    let ids: Vec<uuid::Uuid> = organizations.iter().map(|id| id.uuid()).collect();
    let conn = ctx.store.read_any().await?;
    let sql = "SELECT id, name FROM organization WHERE id = ANY ($1) ORDER BY name, id LIMIT 100";
    let rows = conn.rows(sql, &[&ids]).await?;
    Ok(rows.iter().map(|row| (OrganizationId::from_uuid(row.get(0)), row.get(1))).collect())
}
