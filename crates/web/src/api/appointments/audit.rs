//! Who did what to an appointment: for the practice and the operator.

use std::net::IpAddr;

use axum::Json;
use jiff::Timestamp;
use rendez_domain::booking::{self, AuditEntry};
use rendez_vocab::ids::AppointmentId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Id, SignedIn};
use crate::problem::Problem;

/// One thing that was done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct AuditEntryView {
    /// When.
    pub at: Timestamp,
    /// Role and subject.
    #[schema(example = "patient:pat_01h2xcejqtf2nbrexx3vqjhp41")]
    pub actor: String,
    /// What.
    #[schema(example = "appointment.confirm")]
    pub action: String,
    /// The version of the appointment that it made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// From which address, as far as trusted proxies tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "192.0.2.7")]
    pub address: Option<IpAddr>,
    /// The request, as the logs know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl From<AuditEntry> for AuditEntryView {
    fn from(entry: AuditEntry) -> Self {
        Self {
            at: entry.at,
            actor: entry.actor,
            action: entry.action,
            version: entry.version,
            address: entry.address,
            request_id: entry.request_id,
        }
    }
}

/// Everything that was done to an appointment.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditTrail {
    /// In the order in which it was done, at most 500.
    pub entries: Vec<AuditEntryView>,
}

/// Who did what to an appointment: for its practice and for admins.
#[utoipa::path(get, path = "/v1/appointments/{id}/audit", tag = "appointments",
    responses((status = 200, description = "What was done, in order", body = AuditTrail)))]
pub(crate) async fn trail(caller: SignedIn, Id(id): Id<AppointmentId>) -> Result<Json<AuditTrail>, Problem> {
    let entries = booking::audit_trail(&caller.ctx, id).await?;
    Ok(Json(AuditTrail { entries: entries.into_iter().map(AuditEntryView::from).collect() }))
}
