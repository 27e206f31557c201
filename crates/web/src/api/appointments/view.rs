//! An appointment as the API shows it.

use jiff::Timestamp;
use rendez_domain::booking::Appointment;
use rendez_vocab::ids::{
    AppointmentId, LocationId, OrganizationId, PatientId, PractitionerId, RoomId, VisitTypeId,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A visit, from its hold to its outcome.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Appointment)]
pub struct AppointmentView {
    /// Its id, which a move keeps.
    #[schema(value_type = String, example = "apt_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: AppointmentId,
    /// `held`, `booked`, `arrived`, `fulfilled`, `no-show`, `cancelled` or `expired`.
    #[schema(value_type = String, example = "held")]
    pub status: &'static str,
    /// When the visit begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// The location's IANA zone.
    #[schema(example = "Europe/Paris")]
    pub time_zone: String,
    /// With whom.
    #[schema(value_type = String)]
    pub practitioner_id: PractitionerId,
    /// Whose visit.
    #[schema(value_type = String)]
    pub patient_id: PatientId,
    /// In which organization.
    #[schema(value_type = String)]
    pub organization_id: OrganizationId,
    /// Where.
    #[schema(value_type = String)]
    pub location_id: LocationId,
    /// What for.
    #[schema(value_type = String)]
    pub visit_type_id: VisitTypeId,
    /// The room or device that was taken with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub room_id: Option<RoomId>,
    /// Until when a hold stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_expires_at: Option<Timestamp>,
    /// What the patient wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why staff put it over another visit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overbook_reason: Option<String>,
    /// Why it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<String>,
    /// Whether it happens at a distance.
    pub telehealth: bool,
    /// The version of the practitioner's schedule that it was checked against.
    pub policy_version: i64,
    /// Rises with each change; also the `ETag`.
    pub version: i64,
    /// When it was held.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl From<Appointment> for AppointmentView {
    fn from(made: Appointment) -> Self {
        Self {
            id: made.id,
            status: made.status.as_str(),
            start: made.range.start(),
            end: made.range.end(),
            time_zone: made.time_zone,
            practitioner_id: made.practitioner,
            patient_id: made.patient,
            organization_id: made.organization,
            location_id: made.location,
            visit_type_id: made.visit_type,
            room_id: made.room,
            hold_expires_at: made.hold_expires_at,
            reason: made.reason,
            overbook_reason: made.overbook_reason,
            cancel_reason: made.cancel_reason,
            telehealth: made.telehealth,
            policy_version: made.policy_version,
            version: made.version,
            created_at: made.created_at,
            updated_at: made.updated_at,
        }
    }
}

/// A page of appointments.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppointmentList {
    /// In the order of their starts.
    pub appointments: Vec<AppointmentView>,
    /// For the next page; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}
