//! Who works for an organization, and with which rights.
//!
//! Invariant: an organization that has a manager keeps one. Changes of one organization's staff come one after the
//! other, so two managers cannot send each other away at once; whoever is removed is signed out at once.

use jiff::Timestamp;
use rendez_platform::auth::session;
use rendez_platform::store::{Prepared, Transaction};
use rendez_vocab::ids::{AccountId, OrganizationId, PractitionerId};

use super::access;
use super::error::IdentityRefusal;
use super::rights::{Rights, rights_in};
use super::tokens::end_tokens;
use crate::audit;
use crate::ctx::Ctx;

/// More than any practice has.
const MEMBERS: i64 = 500;

/// Somebody who signs in for an organization.
#[derive(Debug, Clone)]
pub struct Member {
    /// Their account.
    pub account: AccountId,
    /// With what they sign in.
    pub email: String,
    /// What they may do.
    pub rights: Rights,
    /// Since when they have an account.
    pub since: Timestamp,
}

/// A practitioner of an organization, who may sign in too.
#[derive(Debug, Clone)]
pub struct PractitionerMember {
    /// Who.
    pub id: PractitionerId,
    /// First and last name.
    pub name: String,
    /// With what they sign in; `None` without an account.
    pub email: Option<String>,
}

/// An invitation that is still open.
#[derive(Debug, Clone)]
pub struct OpenInvitation {
    /// Whom it was sent to.
    pub email: String,
    /// What they will be able to do.
    pub rights: Rights,
    /// Until when the link counts.
    pub expires_at: Timestamp,
    /// By which it is taken back.
    pub id: uuid::Uuid,
}

/// Everybody of an organization.
#[derive(Debug, Clone)]
pub struct Staff {
    /// Who signs in for it, by address.
    pub members: Vec<Member>,
    /// Whose days it runs, by name.
    pub practitioners: Vec<PractitionerMember>,
    /// Whom it has asked.
    pub invitations: Vec<OpenInvitation>,
}

/// Everybody of an organization. For those who may change it.
pub async fn staff(ctx: &Ctx, organization: OrganizationId) -> Result<Staff, IdentityRefusal> {
    let conn = ctx.store.read_fresh().await?;
    access::manage_staff(&ctx.actor, rights_in(&*conn, &ctx.actor, organization).await?)?;
    let id = organization.uuid();
    let members = conn
        .rows(
            "SELECT a.id, a.email, o.rights, a.created_at FROM account_organization o JOIN account a ON a.id = o.account_id
             WHERE o.organization_id = $1 ORDER BY a.email LIMIT $2",
            &[&id, &MEMBERS],
        )
        .await?;
    let practitioners = conn
        .rows(
            "SELECT p.id, p.given_name || ' ' || p.family_name, a.email FROM practitioner p
             LEFT JOIN LATERAL (SELECT email FROM account WHERE practitioner_id = p.id ORDER BY created_at LIMIT 1) a ON true
             WHERE p.organization_id = $1 AND p.active ORDER BY p.search_name, p.id LIMIT $2",
            &[&id, &MEMBERS],
        )
        .await?;
    let invitations = conn
        .rows(
            "SELECT id, email, rights, expires_at FROM invitation
             WHERE organization_id = $1 AND ended_at IS NULL AND expires_at > rendez_now() ORDER BY created_at LIMIT $2",
            &[&id, &MEMBERS],
        )
        .await?;
    Ok(Staff {
        members: members
            .iter()
            .map(|row| Member {
                account: AccountId::from_uuid(row.get(0)),
                email: row.get(1),
                rights: Rights::named(row.get(2)).unwrap_or(Rights::Desk),
                since: row.get(3),
            })
            .collect(),
        practitioners: practitioners
            .iter()
            .map(|row| PractitionerMember {
                id: PractitionerId::from_uuid(row.get(0)),
                name: row.get(1),
                email: row.get(2),
            })
            .collect(),
        invitations: invitations
            .iter()
            .map(|row| OpenInvitation {
                id: row.get(0),
                email: row.get(1),
                rights: Rights::named(row.get(2)).unwrap_or(Rights::Desk),
                expires_at: row.get(3),
            })
            .collect(),
    })
}

/// Gives a member other rights.
pub async fn set_rights(
    ctx: &Ctx,
    organization: OrganizationId,
    account: AccountId,
    rights: Rights,
) -> Result<(), IdentityRefusal> {
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            managing(&tx, &task, organization).await?;
            let changed = tx
                .maybe_row(
                    "UPDATE account_organization o SET rights = $3
                     FROM (SELECT account_id, organization_id, rights FROM account_organization
                           WHERE account_id = $1 AND organization_id = $2 FOR UPDATE) before
                     WHERE o.account_id = before.account_id AND o.organization_id = before.organization_id
                     RETURNING before.rights",
                    &[&account.uuid(), &organization.uuid(), &rights.as_str()],
                )
                .await?;
            keeps_a_manager(&tx, organization, changed.ok_or(IdentityRefusal::NotFound)?.get(0)).await?;
            let action = format!("staff.{}", rights.as_str());
            audit::record(&tx, &task, &action, account.uuid(), None, Some(organization.uuid())).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
}

/// Sends a member away: they work for the organization no longer, and every session and token of theirs ends.
pub async fn remove_member(
    ctx: &Ctx,
    organization: OrganizationId,
    account: AccountId,
) -> Result<(), IdentityRefusal> {
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            managing(&tx, &task, organization).await?;
            let removed = tx
                .maybe_row(
                    "DELETE FROM account_organization WHERE account_id = $1 AND organization_id = $2 RETURNING rights",
                    &[&account.uuid(), &organization.uuid()],
                )
                .await?;
            keeps_a_manager(&tx, organization, removed.ok_or(IdentityRefusal::NotFound)?.get(0)).await?;
            session::revoke_all(&tx, account).await?;
            let subject = account.uuid();
            end_tokens(&tx, subject).await?;
            audit::record(&tx, &task, "staff.remove", subject, None, Some(organization.uuid())).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
}

/// Takes the organization's turn, and makes sure that the caller may change its staff once it has come.
pub(super) async fn managing(
    tx: &Transaction<'_>,
    ctx: &Ctx,
    organization: OrganizationId,
) -> Result<(), IdentityRefusal> {
    tx.maybe_row("SELECT FROM organization WHERE id = $1 FOR NO KEY UPDATE", &[&organization.uuid()])
        .await?
        .ok_or(IdentityRefusal::NotFound)?;
    access::manage_staff(&ctx.actor, rights_in(tx, &ctx.actor, organization).await?)?;
    Ok(())
}

/// Where a manager was taken away, another must be left. Without one before, its practitioners run the organization and still
/// do.
async fn keeps_a_manager(
    tx: &Transaction<'_>,
    organization: OrganizationId,
    before: &str,
) -> Result<(), IdentityRefusal> {
    if Rights::named(before) != Some(Rights::Manager) {
        return Ok(());
    }
    let sql =
        "SELECT EXISTS (SELECT FROM account_organization WHERE organization_id = $1 AND rights = 'manager')";
    match tx.row(sql, &[&organization.uuid()]).await?.get(0) {
        true => Ok(()),
        false => Err(IdentityRefusal::LastManager),
    }
}
