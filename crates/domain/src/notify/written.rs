//! Sends a mail whose row was written by the command that wanted it.

use rendez_platform::jobs::JobError;
use rendez_platform::mail::{Mail, Mailer};
use rendez_platform::store::Prepared;
use uuid::Uuid;

use super::mails::mark_sent;
use crate::ctx::Ctx;

/// Sends it, once: safe to run twice. A mail that is no longer kept is not sent.
pub async fn send_written(ctx: &Ctx, mailer: &Mailer, id: Uuid) -> Result<(), JobError> {
    let conn = ctx.store.read_fresh().await?;
    let sql = "SELECT to_address, subject, body FROM mail WHERE id = $1 AND sent_at IS NULL";
    let row = conn.maybe_row(sql, &[&id]).await.map_err(rendez_platform::fault::Fault::from)?;
    drop(conn);
    let Some(row) = row else { return Ok(()) };
    let mail = Mail {
        id,
        to: row.get(0),
        subject: row.get(1),
        body: row.get(2),
        calendar: None,
        calendar_method: "PUBLISH",
    };
    mailer.send(&mail).await?;
    Ok(mark_sent(ctx, id).await?)
}
