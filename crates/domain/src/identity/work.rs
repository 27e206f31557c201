//! The account of somebody who works here: practitioners, staff and the operator.
//!
//! Invariant: the account is that of the session that asks, so whoever comes with a token or from another issuer has none here.

use rendez_platform::auth::session::SessionHash;
use rendez_platform::store::Prepared;
use rendez_vocab::ids::AccountId;
use uuid::Uuid;

use super::access::{self, Denied};
use super::account::{OwnSession, sessions};
use super::error::IdentityRefusal;
use crate::ctx::Ctx;

/// What somebody who works here sees of their own account.
#[derive(Debug, Clone)]
pub struct WorkAccount {
    /// Its id.
    pub id: AccountId,
    /// With what they sign in.
    pub email: String,
    /// Where they are signed in, the latest first.
    pub sessions: Vec<OwnSession>,
}

const OF_SESSION: &str =
    "SELECT a.id, a.email, a.password_hash FROM session s JOIN account a ON a.id = s.account_id
    WHERE s.token_hash = $1 AND s.expires_at > rendez_now() AND a.role <> 'patient'";

/// The caller's account. `this` is the session that asks.
pub async fn work_account(ctx: &Ctx, this: Option<SessionHash>) -> Result<WorkAccount, IdentityRefusal> {
    access::practice(&ctx.actor)?;
    let session = this.ok_or(Denied::SignIn)?;
    let conn = ctx.store.read_fresh().await?;
    let row = conn.maybe_row(OF_SESSION, &[&session.as_bytes()]).await?.ok_or(Denied::SignIn)?;
    let id: Uuid = row.get(0);
    Ok(WorkAccount {
        id: AccountId::from_uuid(id),
        email: row.get(1),
        sessions: sessions(&conn, id, this).await?,
    })
}

/// The caller's account, if the password is right.
pub(super) async fn known_at_work(
    ctx: &Ctx,
    password: &str,
    this: Option<SessionHash>,
) -> Result<Uuid, IdentityRefusal> {
    access::practice(&ctx.actor)?;
    let session = this.ok_or(Denied::SignIn)?;
    let conn = ctx.store.read_fresh().await?;
    let row = conn.maybe_row(OF_SESSION, &[&session.as_bytes()]).await?.ok_or(Denied::SignIn)?;
    drop(conn);
    match ctx.passwords.verify(password, Some(row.get(2))).await? {
        true => Ok(row.get(0)),
        false => Err(IdentityRefusal::WrongCredentials),
    }
}
