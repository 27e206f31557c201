//! What somebody may do in the organization they work for, as the database has it now.
//!
//! Invariant: rights are read when they are needed, never kept in a token or a session, so taking them away counts at
//! once. Where nobody manages an organization yet, its practitioners do.

use std::sync::LazyLock;

use rendez_platform::fault::Fault;
use rendez_platform::store::{GenericClient, Prepared};
use rendez_vocab::Actor;
use rendez_vocab::ids::{AccountId, OrganizationId};
use uuid::Uuid;

/// What a member of staff may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rights {
    /// Runs the day: agenda and patients.
    Desk,
    /// Also changes hours, visit types and staff.
    Manager,
}

impl Rights {
    /// Both, the smaller first.
    pub const ALL: [Self; 2] = [Self::Desk, Self::Manager];

    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Manager => "manager",
        }
    }

    /// The rights with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rights| rights.as_str() == name)
    }
}

const OF_ACCOUNT: &str =
    "SELECT rights FROM account_organization WHERE account_id = $1 AND organization_id = $2";
/// Where nobody else manages, the practitioners of an organization do: `p` is one.
pub(super) const NOBODY_MANAGES: &str = "NOT EXISTS (SELECT FROM account_organization o WHERE o.organization_id = p.organization_id AND o.rights = 'manager')";
static OF_PRACTITIONER: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT {NOBODY_MANAGES} FROM practitioner p WHERE p.id = $1 AND p.organization_id = $2")
});

/// What the caller may do in an organization; `None` if they do not work there. Staff of another issuer are vouched for
/// by it.
pub async fn rights_in(
    client: &impl GenericClient,
    actor: &Actor,
    organization: OrganizationId,
) -> Result<Option<Rights>, Fault> {
    let (sql, id): (&str, Uuid) = match actor {
        Actor::Admin(_) | Actor::Server => return Ok(Some(Rights::Manager)),
        Actor::Staff { organizations, .. } if !organizations.contains(&organization) => return Ok(None),
        Actor::Staff { subject, .. } => match subject.parse::<AccountId>() {
            Ok(account) => (OF_ACCOUNT, account.uuid()),
            Err(_) => return Ok(Some(Rights::Manager)),
        },
        Actor::Practitioner(own) => (&OF_PRACTITIONER, own.uuid()),
        Actor::Nobody | Actor::Patient(_) | Actor::System(_) => return Ok(None),
    };
    let row = client.maybe_row(sql, &[&id, &organization.uuid()]).await?;
    Ok(row.and_then(|row| match actor {
        Actor::Practitioner(_) if row.get(0) => Some(Rights::Manager),
        Actor::Practitioner(_) => Some(Rights::Desk),
        _ => Rights::named(row.get(0)),
    }))
}
