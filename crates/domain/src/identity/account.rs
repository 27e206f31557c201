//! What people change about their own account: patients their address and agreements, everybody password and sessions.
//!
//! Invariants: address and password change only for who knows the password; a new password ends every other session and
//! every token, as signing out elsewhere does; a new address or password ends every link to choose a password; an agreement without which nothing can be booked is taken back only with the account itself.

use jiff::Timestamp;
use jiff::civil::Date;
use rendez_platform::auth::session::SessionHash;
use rendez_platform::fault::Fault;
use rendez_platform::store::{Conn, Prepared, Transaction};
use rendez_vocab::Actor;
use rendez_vocab::ids::{AccountId, PatientId};
use tokio_postgres::Row;
use uuid::Uuid;

use super::access::{self, Denied};
use super::error::IdentityRefusal;
use super::forgotten::end_resets;
use super::tokens::end_tokens;
use super::work::{known_at_work, work_account};
use crate::ctx::Ctx;
use crate::directory::record;

/// What a patient sees of their own account.
#[derive(Debug, Clone)]
pub struct OwnAccount {
    /// Its id.
    pub id: AccountId,
    /// With what they sign in, and where mails go.
    pub email: String,
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// If known.
    pub birth_date: Option<Date>,
    /// If known.
    pub phone: Option<String>,
    /// The language of mails.
    pub locale: Option<String>,
    /// The keys of the agreements that they gave.
    pub consents: Vec<String>,
    /// Where they are signed in, the latest first.
    pub sessions: Vec<OwnSession>,
}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone)]
pub struct OwnSession {
    /// Since when.
    pub since: Timestamp,
    /// Until when, unless it is used.
    pub until: Timestamp,
    /// It is the one that asks.
    pub is_this: bool,
}

/// More sessions than anybody keeps.
const MOST_SESSIONS: i64 = 50;

const ACCOUNT: &str = "SELECT a.id, a.email, p.given_name, p.family_name, p.birth_date, p.phone, p.locale,
        ARRAY(SELECT c.key FROM consent c WHERE c.account_id = a.id ORDER BY 1)
    FROM account a JOIN patient p ON p.id = a.patient_id WHERE a.patient_id = $1 AND a.role = 'patient'";

const SESSIONS: &str = "SELECT created_at, expires_at, token_hash FROM session
    WHERE account_id = $1 AND expires_at > rendez_now() ORDER BY created_at DESC LIMIT $2";

/// The patient's account. `this` is the session that asks.
pub async fn own_account(ctx: &Ctx, this: Option<SessionHash>) -> Result<OwnAccount, IdentityRefusal> {
    let patient = access::people(&ctx.actor)?;
    let conn = ctx.store.read_fresh().await?;
    let row = conn.maybe_row(ACCOUNT, &[&patient.uuid()]).await?.ok_or(Denied::SignIn)?;
    let id: Uuid = row.get(0);
    Ok(OwnAccount {
        id: AccountId::from_uuid(id),
        email: row.get(1),
        given_name: row.get(2),
        family_name: row.get(3),
        birth_date: row.get(4),
        phone: row.get(5),
        locale: row.get(6),
        consents: row.get(7),
        sessions: sessions(&conn, id, this).await?,
    })
}

/// Where the owner of an account is signed in.
pub(super) async fn sessions(
    conn: &Conn,
    account: Uuid,
    this: Option<SessionHash>,
) -> Result<Vec<OwnSession>, Fault> {
    let rows = conn.rows(SESSIONS, &[&account, &MOST_SESSIONS]).await?;
    let session = |row: &Row| OwnSession {
        since: row.get(0),
        until: row.get(1),
        is_this: this.is_some_and(|this| this.as_bytes() == row.get::<_, &[u8]>(2)),
    };
    Ok(rows.iter().map(session).collect())
}

/// Gives the account another address, to which mails go from now on.
pub async fn change_email(ctx: &Ctx, password: &str, email: &str) -> Result<(), IdentityRefusal> {
    let (patient, id) = known(ctx, password).await?;
    let (task, email) = (ctx.clone(), email.trim().to_owned());
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            tx.execute("UPDATE account SET email = $2 WHERE id = $1", &[&id, &email]).await?;
            let sql = "UPDATE patient SET email = $2, version = version + 1 WHERE id = $1 RETURNING version";
            let version = tx.row(sql, &[&patient.uuid(), &email]).await?.get(0);
            record(&tx, &task, "patient.update", patient.uuid(), version).await?;
            end_resets(&tx, id).await?;
            note(&tx, &task, "account.email", id).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
}

/// Gives the account another password, and ends every session but the one that asks.
pub async fn change_password(
    ctx: &Ctx,
    password: &str,
    new: &str,
    this: Option<SessionHash>,
) -> Result<(), IdentityRefusal> {
    let id = match ctx.actor {
        Actor::Patient(_) => known(ctx, password).await?.1,
        _ => known_at_work(ctx, password, this).await?,
    };
    let hash = ctx.passwords.hash(new).await?;
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            tx.execute("UPDATE account SET password_hash = $2 WHERE id = $1", &[&id, &hash]).await?;
            end_resets(&tx, id).await?;
            end_sessions(&tx, id, this).await?;
            note(&tx, &task, "account.password", id).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
}

/// Ends every session of the account but the one that asks, and every token.
pub async fn end_other_sessions(ctx: &Ctx, this: Option<SessionHash>) -> Result<(), IdentityRefusal> {
    let id = match ctx.actor {
        Actor::Patient(_) => own_account(ctx, this).await?.id,
        _ => work_account(ctx, this).await?.id,
    };
    let (task, id) = (ctx.clone(), id.uuid());
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            end_sessions(&tx, id, this).await?;
            note(&tx, &task, "account.sessions", id).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
}

/// Sets which agreements are given. Those that booking needs stay.
pub async fn set_consents(ctx: &Ctx, keys: &[String]) -> Result<(), IdentityRefusal> {
    let id = own_account(ctx, None).await?.id.uuid();
    let known = ctx.pack.consents().iter();
    let given: Vec<String> = known
        .filter(|consent| consent.required || keys.contains(&consent.key))
        .map(|consent| consent.key.clone())
        .collect();
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            tx.execute("DELETE FROM consent WHERE account_id = $1 AND key <> ALL ($2)", &[&id, &given]).await?;
            tx.execute(
                "INSERT INTO consent (account_id, key, given_at) SELECT $1, key, rendez_now() FROM unnest($2::text[]) AS key
                 ON CONFLICT DO NOTHING",
                &[&id, &given],
            )
            .await?;
            note(&tx, &task, "account.consents", id).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
}

/// Ends every session of an account but one, and every token.
pub(super) async fn end_sessions(
    tx: &Transaction<'_>,
    id: Uuid,
    this: Option<SessionHash>,
) -> Result<(), Fault> {
    let this = this.map(|this| this.as_bytes().to_vec());
    let sql = "DELETE FROM session WHERE account_id = $1 AND ($2::bytea IS NULL OR token_hash <> $2)";
    tx.execute(sql, &[&id, &this]).await?;
    end_tokens(tx, id).await
}

/// The audit row of what was done to an account, which has no version.
pub(crate) async fn note(tx: &Transaction<'_>, ctx: &Ctx, action: &str, account: Uuid) -> Result<(), Fault> {
    record(tx, ctx, action, account, 1).await
}

/// The caller's patient and account, if the password is right.
pub(crate) async fn known(ctx: &Ctx, password: &str) -> Result<(PatientId, Uuid), IdentityRefusal> {
    let patient = access::people(&ctx.actor)?;
    let conn = ctx.store.read_fresh().await?;
    let sql = "SELECT id, password_hash FROM account WHERE patient_id = $1 AND role = 'patient'";
    let row = conn.maybe_row(sql, &[&patient.uuid()]).await?.ok_or(Denied::SignIn)?;
    drop(conn);
    match ctx.passwords.verify(password, Some(row.get(1))).await? {
        true => Ok((patient, row.get(0))),
        false => Err(IdentityRefusal::WrongCredentials),
    }
}
