//! The accounts that demo visitors sign in with. They are the same in every demo and printed by the server.

use std::sync::Arc;

use rendez_domain::identity::Role;
use rendez_platform::auth::Passwords;
use rendez_platform::fault::Fault;
use rendez_platform::store::{GenericClient, Transaction};
use rendez_vocab::entropy::SeededEntropy;
use rendez_vocab::ids::AccountId;
use uuid::Uuid;

use super::people::CLAIRE;
use super::world::Ground;
use super::write::World;
use crate::bulk::dice::Dice;

/// The password of every demo account.
const PASSWORD: &str = "rendez-demo-2026";

/// An account for trying things out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Login {
    /// What it is for: the role's name, as tokens have it.
    pub role: &'static str,
    /// The address to sign in with.
    pub email: &'static str,
    /// The password to sign in with.
    pub password: &'static str,
}

/// A patient, a practitioner, somebody at the desk of the same practice, and who runs the installation.
const ACCOUNTS: [(Role, &str); 4] = [
    (Role::Patient, CLAIRE),
    (Role::Practitioner, "docteur@demo.example"),
    (Role::Staff, "accueil@demo.example"),
    (Role::Admin, "admin@demo.example"),
];

/// Whom a visitor of the demo can sign in as.
pub fn logins() -> Vec<Login> {
    ACCOUNTS.iter().map(|(role, email)| Login { role: role.as_str(), email, password: PASSWORD }).collect()
}

/// Whether every account of the demo is there, each with its role.
pub(super) async fn are_there(client: &impl GenericClient) -> Result<bool, Fault> {
    let (roles, emails): (Vec<&str>, Vec<&str>) =
        ACCOUNTS.iter().map(|(role, email)| (role.as_str(), *email)).unzip();
    let sql = "SELECT NOT EXISTS (SELECT FROM unnest($1::text[], $2::text[]) AS known (role, email)
        WHERE NOT EXISTS (SELECT FROM account a WHERE a.role = known.role AND lower(a.email) = known.email))";
    Ok(client.query_one(sql, &[&roles, &emails]).await?.get(0))
}

/// One hash for all: the password is no secret.
pub(super) async fn hash(seed: u64) -> Result<String, Fault> {
    let passwords = Passwords::new(Arc::new(SeededEntropy::new(seed)));
    passwords.hash(PASSWORD).await.map_err(|error| Fault::new("hashing the demo's password", error))
}

/// Writes the accounts, which belong to the first patient and the first practice.
pub(super) async fn write(
    tx: &Transaction<'_>,
    ground: &Ground,
    world: &World,
    hash: &str,
    dice: &Dice,
) -> Result<(), Fault> {
    let missing = || Fault::plain("finding whom the demo's logins belong to");
    let patient = world.patients.first().ok_or_else(missing)?.id.uuid();
    let practice = world.practices.first().ok_or_else(missing)?;
    let practitioner = practice.practitioners.first().ok_or_else(missing)?.schedule.practitioner.uuid();
    for (role, email) in ACCOUNTS {
        let id = AccountId::new(ground.midnight, dice.entropy()).uuid();
        let (of_patient, of_practitioner): (Option<Uuid>, Option<Uuid>) = match role {
            Role::Patient => (Some(patient), None),
            Role::Practitioner => (None, Some(practitioner)),
            Role::Staff | Role::Admin => (None, None),
        };
        tx.execute(
            "INSERT INTO account (id, email, password_hash, role, patient_id, practitioner_id) VALUES ($1, $2, $3, $4, $5, $6)",
            &[&id, &email, &hash, &role.as_str(), &of_patient, &of_practitioner],
        )
        .await?;
        if role == Role::Staff {
            tx.execute(
                "INSERT INTO account_organization (account_id, organization_id) VALUES ($1, $2)",
                &[&id, &practice.organization.uuid()],
            )
            .await?;
        }
    }
    Ok(())
}
