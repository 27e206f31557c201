//! A patient deletes their account.

use jiff::Timestamp;
use rendez_platform::store::{Prepared, Transaction};
use rendez_vocab::ids::PatientId;
use uuid::Uuid;

use crate::booking;
use crate::ctx::Ctx;
use crate::directory::record;
use crate::identity::{IdentityRefusal, known, note};

/// Empties a record when what a practice has to keep of it is over. The payload names the patient.
pub const FORGET_JOB: &str = "patient.forget";

/// What goes at once, in this order. $1 are the patient and the people in their care.
const GOES: [&str; 11] = [
    // Their words about visits that never took place.
    "UPDATE appointment SET reason = NULL, cancel_reason = NULL WHERE patient_id = ANY ($1) AND status IN ('cancelled', 'expired')",
    "DELETE FROM mail WHERE patient_id = ANY ($1)",
    "DELETE FROM session WHERE account_id IN (SELECT id FROM account WHERE patient_id = ANY ($1))",
    "DELETE FROM password_reset WHERE account_id IN (SELECT id FROM account WHERE patient_id = ANY ($1))",
    "DELETE FROM consent WHERE account_id IN (SELECT id FROM account WHERE patient_id = ANY ($1))",
    "DELETE FROM account WHERE patient_id = ANY ($1)",
    "DELETE FROM wish_offer WHERE wish_id IN (SELECT id FROM wish WHERE patient_id = ANY ($1))",
    "DELETE FROM wish WHERE patient_id = ANY ($1)",
    "DELETE FROM calendar_feed WHERE patient_id = ANY ($1)",
    "DELETE FROM care WHERE guardian_id = ANY ($1) OR dependant_id = ANY ($1)",
    "UPDATE patient SET email = NULL, phone = NULL, locale = NULL WHERE id = ANY ($1)",
];

/// Answers that are kept for repeated requests: they repeat what was written.
const ANSWERS: &str = "DELETE FROM idempotency WHERE caller = $1";

/// Whom the caller takes with them: themselves, and people for whom nobody else acts and who have no account; and whether the
/// caller still acts for them, so that their visits may be cancelled.
const WHO: &str = "SELECT $1::uuid, true UNION ALL
    SELECT c.dependant_id, c.until > rendez_now() FROM care c WHERE c.guardian_id = $1
        AND NOT EXISTS (SELECT FROM care o WHERE o.dependant_id = c.dependant_id AND o.guardian_id <> $1 AND o.until > rendez_now())
        AND NOT EXISTS (SELECT FROM account a WHERE a.patient_id = c.dependant_id)";

/// The name of somebody who is forgotten: a record has one.
const NOBODY: &str = "—";

/// Deletes the caller's account: cancels the visits that are still to come, ends the sessions, and empties the records of the
/// patient and of the people in their care as far as no practice has to keep them.
pub async fn delete_account(ctx: &Ctx, password: &str) -> Result<(), IdentityRefusal> {
    let (patient, account) = known(ctx, password).await?;
    let task = ctx.clone();
    let freed = ctx
        .store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            // Whoever deletes twice at once finds nothing the second time.
            let sql = "SELECT FROM account WHERE id = $1 FOR UPDATE";
            if tx.maybe_row(sql, &[&account]).await?.is_none() {
                return Ok::<_, IdentityRefusal>(Vec::new());
            }
            let rows = tx.rows(WHO, &[&patient.uuid()]).await?;
            let patients: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
            let in_care: Vec<Uuid> = rows.iter().filter(|row| row.get(1)).map(|row| row.get(0)).collect();
            let freed = booking::cancel_ahead(&tx, &task, &in_care).await?;
            for sql in GOES {
                tx.execute(sql, &[&patients]).await?;
            }
            tx.execute(ANSWERS, &[&task.actor.to_string()]).await?;
            for one in &patients {
                empty(&tx, &task, *one).await?;
            }
            note(&tx, &task, "account.delete", account).await?;
            tx.commit().await?;
            Ok(freed)
        })
        .await?;
    ctx.waker.wake();
    ctx.committed.released(&freed).await;
    Ok(())
}

/// Empties a record that nobody has to keep: the job that deleting an account writes. Safe to run twice. A record that is in
/// use again, or whose patient has been at a practice since, waits for its time anew.
pub async fn forget_patient(ctx: &Ctx, patient: PatientId) -> Result<(), IdentityRefusal> {
    let task = ctx.clone();
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let used = "SELECT EXISTS (SELECT FROM account WHERE patient_id = $1) OR is_cared_for($1)";
            if !tx.query_one(used, &[&patient.uuid()]).await?.get::<_, bool>(0) {
                empty(&tx, &task, patient.uuid()).await?;
            }
            tx.commit().await?;
            Ok(())
        })
        .await
}

/// Empties a record, or writes the job that will, when the last visit that took place has been kept for long enough.
async fn empty(tx: &Transaction<'_>, ctx: &Ctx, patient: Uuid) -> Result<(), IdentityRefusal> {
    let months = ctx.pack.retention().appointment_months;
    let kept = "SELECT run_at FROM (
            SELECT max(a.ends_at) + make_interval(months => $2) AS run_at FROM appointment a
            WHERE a.patient_id = $1 AND a.status IN ('booked', 'arrived', 'fulfilled', 'no-show')) AS last
        WHERE run_at > rendez_now()";
    if let Some(row) = tx.query_opt(kept, &[&patient, &months]).await? {
        let run_at: Timestamp = row.get(0);
        let job = "INSERT INTO job (kind, payload, run_at) VALUES ($1, jsonb_build_object('patient', $2::uuid), $3)";
        tx.execute(job, &[&FORGET_JOB, &patient, &run_at]).await?;
        return Ok(());
    }
    tx.execute(
        "UPDATE appointment SET reason = NULL, cancel_reason = NULL WHERE patient_id = $1",
        &[&patient],
    )
    .await?;
    tx.execute("DELETE FROM patient_block WHERE patient_id = $1", &[&patient]).await?;
    let sql = "UPDATE patient SET given_name = $2, family_name = $2, birth_date = NULL, email = NULL, phone = NULL, locale = NULL,
            version = version + 1 WHERE id = $1 AND given_name <> $2 RETURNING version";
    if let Some(row) = tx.maybe_row(sql, &[&patient, &NOBODY]).await? {
        record(tx, ctx, "patient.forget", patient, row.get(0)).await?;
    }
    Ok(())
}
