//! Who did what to an appointment: read by the practice and the operator, never changed.

use std::net::IpAddr;

use jiff::Timestamp;
use rendez_platform::store::Prepared;
use rendez_vocab::ids::AppointmentId;

use super::error::BookingRefusal;
use super::queries;
use crate::ctx::Ctx;
use crate::identity::access;

/// More than any visit sees.
const ENTRIES: i64 = 500;

/// One row of the audit.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Role and subject, such as `patient:pat_…`.
    pub actor: String,
    /// Such as `appointment.confirm`.
    pub action: String,
    /// The version that it made.
    pub version: Option<i64>,
    /// From where.
    pub address: Option<IpAddr>,
    /// As the logs know the request.
    pub request_id: Option<String>,
}

/// Everything that was done to an appointment, in order; at most 500 entries. Not for patients.
pub async fn audit_trail(ctx: &Ctx, id: AppointmentId) -> Result<Vec<AuditEntry>, BookingRefusal> {
    access::practice(&ctx.actor)?;
    queries::find(ctx, id).await?;
    let conn = ctx.store.read_fresh().await?;
    let sql = "SELECT at, actor, action, version, host(address), request_id FROM audit
        WHERE subject_id = $1 ORDER BY id LIMIT $2";
    let rows = conn.rows(sql, &[&id.uuid(), &ENTRIES]).await?;
    Ok(rows
        .iter()
        .map(|row| AuditEntry {
            at: row.get(0),
            actor: row.get(1),
            action: row.get(2),
            version: row.get(3),
            address: row.get::<_, Option<&str>>(4).and_then(|address| address.parse().ok()),
            request_id: row.get(5),
        })
        .collect())
}
