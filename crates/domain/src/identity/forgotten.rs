//! A password that was forgotten: a link by mail, with which the account's owner chooses another.
//!
//! Invariants: a link counts once and for an hour; an account has at most [`MOST_RESETS`] open ones, so that nobody's mailbox
//! is filled; whether an address has an account is told to nobody. The link, its mail and the job that sends it commit
//! together. A new password ends every link, session and token of the account in the same transaction. Whoever writes here
//! locks the account first.

use rendez_platform::fault::Fault;
use rendez_platform::store::{Prepared, Store, Transaction};
use rendez_vocab::ids::{AccountId, PatientId};
use serde_json::json;
use uuid::Uuid;

use super::account::{end_sessions, note};
use super::error::IdentityRefusal;
use super::links::{LinkMail, LinkToken, write_mail};
use super::model::Account;
use super::queries;
use crate::audit;
use crate::ctx::Ctx;
use crate::idempotency;

/// How long a link counts.
pub const RESET_MINUTES: i32 = 60;
/// Open links of one account, as the table's constraint has it. More requests are answered alike and send nothing.
pub const MOST_RESETS: i32 = 3;

const OWNER: &str = "SELECT a.id, a.email, a.patient_id, p.locale, coalesce(d.organization_id,
        (SELECT min(o.organization_id::text)::uuid FROM account_organization o WHERE o.account_id = a.id))
    FROM account a LEFT JOIN patient p ON p.id = a.patient_id LEFT JOIN practitioner d ON d.id = a.practitioner_id
    WHERE lower(a.email) = lower($1) FOR UPDATE OF a";

/// Sends a link to the owner of an address, if there is one; `words` makes the mail from the language in which they get mails
/// and the link's token.
pub async fn forgot_password(
    ctx: &Ctx,
    email: &str,
    words: impl FnOnce(Option<&str>, &LinkToken) -> LinkMail + Send + 'static,
) -> Result<(), IdentityRefusal> {
    let (task, email) = (ctx.clone(), email.trim().to_owned());
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let Some(owner) = tx.maybe_row(OWNER, &[&email]).await? else { return Ok(()) };
            // A form that is sent twice asks once; another answer would tell that there is an account.
            if idempotency::begin(&tx, task.idempotency.as_ref()).await?.is_some() {
                return Ok(());
            }
            let account: Uuid = owner.get(0);
            let token = LinkToken::new(&*task.entropy);
            let whose = owner.get::<_, Option<Uuid>>(2).map(PatientId::from_uuid);
            let mail = words(owner.get(3), &token);
            let mail = write_mail(&tx, &task, owner.get(1), whose, &mail).await?;
            if !open(&tx, account, token, mail).await? {
                return Ok(());
            }
            audit::record(&tx, &task, "account.forgotten", account, None, owner.get(4)).await?;
            idempotency::remember(&tx, task.idempotency.as_ref(), 202, &json!({})).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
}

/// Opens a link in the first place that is free; `false` if none is.
async fn open(
    tx: &Transaction<'_>,
    account: Uuid,
    token: LinkToken,
    mail: Uuid,
) -> Result<bool, IdentityRefusal> {
    let over = "DELETE FROM password_reset WHERE account_id = $1 AND expires_at <= rendez_now()";
    tx.execute(over, &[&account]).await?;
    let opened = tx
        .execute(
            "INSERT INTO password_reset (account_id, place, token_hash, mail_id, created_at, expires_at)
             SELECT $1, free.place, $2, $3, rendez_now(), rendez_now() + make_interval(mins => $4)
             FROM generate_series(1, $5) AS free (place)
             WHERE NOT EXISTS (SELECT FROM password_reset r WHERE r.account_id = $1 AND r.place = free.place)
             ORDER BY free.place LIMIT 1",
            &[&account, &token.hash(), &mail, &RESET_MINUTES, &MOST_RESETS],
        )
        .await?;
    Ok(opened == 1)
}

const OPEN: &str = "SELECT a.email FROM password_reset r JOIN account a ON a.id = r.account_id
    WHERE r.token_hash = $1 AND r.expires_at > rendez_now()";

/// The address of the account behind a link, while it counts.
pub async fn reset_owner(ctx: &Ctx, token: LinkToken) -> Result<String, IdentityRefusal> {
    let conn = ctx.store.read_fresh().await?;
    let row = conn.maybe_row(OPEN, &[&token.hash()]).await?.ok_or(IdentityRefusal::NotFound)?;
    Ok(row.get(0))
}

const BEHIND: &str = "SELECT a.id, a.role, a.patient_id, a.practitioner_id, ARRAY(
        SELECT o.organization_id FROM account_organization o WHERE o.account_id = a.id ORDER BY 1)
    FROM account a WHERE a.id = (SELECT r.account_id FROM password_reset r WHERE r.token_hash = $1) FOR UPDATE OF a";

/// Uses a link: gives its account another password and ends all that the old one opened.
pub async fn reset_password(ctx: &Ctx, token: LinkToken, password: &str) -> Result<Account, IdentityRefusal> {
    // Hashing is dear: not for a link that is none.
    reset_owner(ctx, token).await?;
    let hash = ctx.passwords.hash(password).await?;
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let row = tx.maybe_row(BEHIND, &[&token.hash()]).await?.ok_or(IdentityRefusal::NotFound)?;
            // Whoever waited for the lock finds the link used up.
            let sql = "DELETE FROM password_reset WHERE token_hash = $1 AND expires_at > rendez_now()";
            if tx.execute(sql, &[&token.hash()]).await? == 0 {
                return Err(IdentityRefusal::NotFound);
            }
            let id: Uuid = row.get(0);
            tx.execute("UPDATE account SET password_hash = $2 WHERE id = $1", &[&id, &hash]).await?;
            end_resets(&tx, id).await?;
            end_sessions(&tx, id, None).await?;
            let account = AccountId::from_uuid(id);
            // The link proves whose doing it is.
            let owner = Ctx { actor: queries::actor(account, &row, 1)?, ..task };
            note(&tx, &owner, "account.password", id).await?;
            tx.commit().await?;
            Ok(Account { id: account, actor: owner.actor })
        })
        .await
}

/// Ends every open link of an account.
pub(super) async fn end_resets(tx: &Transaction<'_>, account: Uuid) -> Result<(), Fault> {
    tx.execute("DELETE FROM password_reset WHERE account_id = $1", &[&account]).await?;
    Ok(())
}

/// Removes links that have expired; returns how many.
pub async fn purge_resets(store: &Store) -> Result<u64, Fault> {
    let conn = store.read_fresh().await?;
    Ok(conn.execute("DELETE FROM password_reset WHERE expires_at <= rendez_now()", &[]).await?)
}
