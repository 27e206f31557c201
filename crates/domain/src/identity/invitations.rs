//! Asking somebody to work for an organization: a link by mail, with which they choose a password.
//!
//! Invariants: a link counts once, until it expires, and only the newest of an address does; the database holds only its
//! hash. Invitation, mail and the job that sends it commit together.

use rendez_platform::fault::Fault;
use rendez_platform::store::{Prepared, Transaction};
use rendez_vocab::Actor;
use rendez_vocab::ids::{AccountId, OrganizationId, uuid_v7};
use serde_json::json;
use uuid::Uuid;

use super::error::IdentityRefusal;
use super::links::{LinkMail, LinkToken, write_mail};
use super::model::{Account, Role};
use super::queries;
use super::rights::Rights;
use super::staff::managing;
use crate::audit;
use crate::ctx::Ctx;
use crate::idempotency;

/// How long a link counts.
pub const INVITATION_HOURS: i32 = 72;

/// Somebody to ask.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// Where the mail goes, and with what they will sign in.
    pub email: String,
    /// What they will be able to do.
    pub rights: Rights,
}

/// What whoever opens a link sees.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Who asks.
    pub organization: String,
    /// With what they will sign in.
    pub email: String,
    /// What they will be able to do.
    pub rights: Rights,
    /// The address has an account of somebody who works here or elsewhere: its password is asked for, not a new one.
    pub has_account: bool,
}

/// Asks somebody; `words` makes the mail from the organization's name and the link's token.
pub async fn invite(
    ctx: &Ctx,
    organization: OrganizationId,
    new: NewInvitation,
    words: impl FnOnce(&str, &LinkToken) -> LinkMail + Send + 'static,
) -> Result<(), IdentityRefusal> {
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            if let Some(earlier) = idempotency::begin(&tx, task.idempotency.as_ref()).await? {
                return earlier.map(|_| ()).map_err(IdentityRefusal::Key);
            }
            managing(&tx, &task, organization).await?;
            let member =
                "SELECT EXISTS (SELECT FROM account_organization o JOIN account a ON a.id = o.account_id
                WHERE o.organization_id = $1 AND lower(a.email) = lower($2))";
            if tx.query_one(member, &[&organization.uuid(), &new.email]).await?.get(0) {
                return Err(IdentityRefusal::EmailTaken);
            }
            tx.execute(
                "UPDATE invitation SET ended_at = rendez_now()
                 WHERE organization_id = $1 AND lower(email) = lower($2) AND ended_at IS NULL",
                &[&organization.uuid(), &new.email],
            )
            .await?;
            let (id, token) = insert(&tx, &task, organization, &new).await?;
            let name: String =
                tx.row("SELECT name FROM organization WHERE id = $1", &[&organization.uuid()]).await?.get(0);
            let mail = words(&name, &token);
            write_mail(&tx, &task, &new.email, None, &mail).await?;
            audit::record(&tx, &task, "staff.invite", id, None, Some(organization.uuid())).await?;
            idempotency::remember(&tx, task.idempotency.as_ref(), 201, &json!({ "invitation": id })).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
}

async fn insert(
    tx: &Transaction<'_>,
    ctx: &Ctx,
    organization: OrganizationId,
    new: &NewInvitation,
) -> Result<(Uuid, LinkToken), IdentityRefusal> {
    let token = LinkToken::new(&*ctx.entropy);
    let id = uuid_v7(ctx.clock.now(), &*ctx.entropy);
    tx.execute(
        "INSERT INTO invitation (id, organization_id, email, rights, token_hash, invited_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, rendez_now(), rendez_now() + make_interval(hours => $7))",
        &[
            &id,
            &organization.uuid(),
            &new.email,
            &new.rights.as_str(),
            &token.hash(),
            &ctx.actor.to_string(),
            &INVITATION_HOURS,
        ],
    )
    .await?;
    Ok((id, token))
}

/// Takes an open invitation back.
pub async fn withdraw_invitation(
    ctx: &Ctx,
    organization: OrganizationId,
    invitation: Uuid,
) -> Result<(), IdentityRefusal> {
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            managing(&tx, &task, organization).await?;
            let ended = tx
                .execute(
                    "UPDATE invitation SET ended_at = rendez_now() WHERE id = $1 AND organization_id = $2 AND ended_at IS NULL",
                    &[&invitation, &organization.uuid()],
                )
                .await?;
            if ended == 0 {
                return Err(IdentityRefusal::NotFound);
            }
            audit::record(&tx, &task, "staff.withdraw", invitation, None, Some(organization.uuid())).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
}

const OPEN: &str = "SELECT o.name, i.email, i.rights, a.role, i.organization_id, a.id, i.id
    FROM invitation i JOIN organization o ON o.id = i.organization_id LEFT JOIN account a ON lower(a.email) = lower(i.email)
    WHERE i.token_hash = $1 AND i.ended_at IS NULL AND i.expires_at > rendez_now()";

/// The invitation behind a link, while it counts.
pub async fn invitation(ctx: &Ctx, token: LinkToken) -> Result<Invitation, IdentityRefusal> {
    let conn = ctx.store.read_fresh().await?;
    let row = conn.maybe_row(OPEN, &[&token.hash()]).await?.ok_or(IdentityRefusal::NotFound)?;
    Ok(Invitation {
        organization: row.get(0),
        email: row.get(1),
        rights: Rights::named(row.get(2)).unwrap_or(Rights::Desk),
        has_account: row.get::<_, Option<&str>>(3).is_some(),
    })
}

/// Takes an invitation up: makes the account with this password, or, for an address that has one, adds the organization
/// to it if the password is the account's own.
pub async fn accept_invitation(
    ctx: &Ctx,
    token: LinkToken,
    password: &str,
) -> Result<Account, IdentityRefusal> {
    let known = invitation(ctx, token).await?;
    let (account, hash) = if known.has_account {
        let signed_in = super::commands::sign_in(ctx, &known.email, password).await?;
        match signed_in.actor {
            Actor::Staff { .. } => (signed_in.id, None),
            // One account is one person in one role.
            _ => return Err(IdentityRefusal::OtherRole),
        }
    } else {
        let hash = ctx.passwords.hash(password).await?;
        (AccountId::new(ctx.clock.now(), &*ctx.entropy), Some(hash))
    };
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let taken = tx
                .maybe_row(
                    "UPDATE invitation SET ended_at = rendez_now()
                     WHERE token_hash = $1 AND ended_at IS NULL AND expires_at > rendez_now()
                     RETURNING id, organization_id, email, rights",
                    &[&token.hash()],
                )
                .await?
                .ok_or(IdentityRefusal::NotFound)?;
            let (id, organization): (Uuid, Uuid) = (taken.get(0), taken.get(1));
            if let Some(hash) = &hash {
                tx.execute(
                    "INSERT INTO account (id, email, password_hash, role) VALUES ($1, $2, $3, $4)",
                    &[&account.uuid(), &taken.get::<_, &str>(2), hash, &Role::Staff.as_str()],
                )
                .await?;
            }
            tx.execute(
                "INSERT INTO account_organization (account_id, organization_id, rights) VALUES ($1, $2, $3)
                 ON CONFLICT (account_id, organization_id) DO NOTHING",
                &[&account.uuid(), &organization, &taken.get::<_, &str>(3)],
            )
            .await?;
            audit::record(&tx, &task, "staff.join", id, None, Some(organization)).await?;
            tx.commit().await?;
            Ok::<_, IdentityRefusal>(())
        })
        .await?;
    let made = queries::signed_in(ctx, account)
        .await?
        .ok_or(Fault::plain("an account that was just made is gone"))?;
    Ok(Account { id: account, actor: made.actor })
}

/// Removes invitations that ended or expired more than so many days ago; returns how many.
pub async fn purge_invitations(store: &rendez_platform::store::Store, keep_days: u16) -> Result<u64, Fault> {
    let conn = store.read_fresh().await?;
    let sql =
        "DELETE FROM invitation WHERE least(ended_at, expires_at) < rendez_now() - make_interval(days => $1)";
    Ok(conn.execute(sql, &[&i32::from(keep_days)]).await?)
}
