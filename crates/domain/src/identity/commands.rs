//! Signing up and in.

use rendez_platform::auth::TokenAccount;
use rendez_platform::fault::Fault;
use rendez_platform::store::Prepared;
use rendez_vocab::Actor;
use rendez_vocab::ids::AccountId;

use super::error::IdentityRefusal;
use super::model::{Account, NewPatientAccount, Role};
use super::queries;
use crate::ctx::Ctx;
use crate::directory::{DirectoryRefusal, insert_patient};

/// Makes a patient and their account, in one transaction.
pub async fn register_patient(ctx: &Ctx, new: NewPatientAccount) -> Result<Account, IdentityRefusal> {
    let hash = ctx.passwords.hash(&new.password).await?;
    let id = AccountId::new(ctx.clock.now(), &*ctx.entropy);
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let patient = insert_patient(&tx, &task, new.patient, &Actor::Server).await.map_err(fault)?;
            tx.execute(
                "INSERT INTO account (id, email, password_hash, role, patient_id) VALUES ($1, $2, $3, $4, $5)",
                &[&id.uuid(), &new.email.trim(), &hash, &Role::Patient.as_str(), &patient.id.uuid()],
            )
            .await?;
            tx.execute(
                "INSERT INTO consent (account_id, key) SELECT $1, key FROM unnest($2::text[]) AS key ON CONFLICT DO NOTHING",
                &[&id.uuid(), &new.consents],
            )
            .await?;
            tx.commit().await?;
            Ok(Account { id, actor: Actor::Patient(patient.id) })
        })
        .await
}

fn fault(refusal: DirectoryRefusal) -> Fault {
    match refusal {
        DirectoryRefusal::Fault(fault) => fault,
        other => Fault::new("entering a patient", other),
    }
}

/// Checks address and password. An unknown address takes as long as a wrong password.
pub async fn sign_in(ctx: &Ctx, email: &str, password: &str) -> Result<Account, IdentityRefusal> {
    Ok(credentials(ctx, email, password).await?.0)
}

/// The same, with what a token of the account carries.
pub async fn sign_in_for_token(
    ctx: &Ctx,
    email: &str,
    password: &str,
) -> Result<(Actor, TokenAccount), IdentityRefusal> {
    let (account, version) = credentials(ctx, email, password).await?;
    Ok((account.actor, TokenAccount { id: account.id, version }))
}

/// The account and the version of its tokens, read together with the password's hash.
async fn credentials(ctx: &Ctx, email: &str, password: &str) -> Result<(Account, i32), IdentityRefusal> {
    let conn = ctx.store.read_fresh().await?;
    let row = conn
        .maybe_row(
            "SELECT a.id, a.password_hash, a.role, a.patient_id, a.practitioner_id, ARRAY(
                SELECT o.organization_id FROM account_organization o WHERE o.account_id = a.id ORDER BY 1), a.token_version
             FROM account a WHERE lower(a.email) = lower($1)",
            &[&email.trim()],
        )
        .await?;
    drop(conn);
    let stored = row.as_ref().map(|row| row.get::<_, &str>(1));
    let right = ctx.passwords.verify(password, stored).await?;
    match row {
        Some(row) if right => {
            let id = AccountId::from_uuid(row.get(0));
            Ok((Account { id, actor: queries::actor(id, &row, 2)? }, row.get(6)))
        }
        _ => Err(IdentityRefusal::WrongCredentials),
    }
}
