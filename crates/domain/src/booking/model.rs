//! An appointment and its states.

use jiff::Timestamp;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{
    AppointmentId, LocationId, OrganizationId, PatientId, PractitionerId, RoomId, VisitTypeId,
};
use serde::Deserialize;
use uuid::Uuid;

/// Where an appointment stands (FHIR Appointment.status in our words).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Taken until its deadline.
    Held,
    /// Confirmed.
    Booked,
    /// The patient is there.
    Arrived,
    /// The visit has happened.
    Fulfilled,
    /// The patient did not come.
    NoShow,
    /// Given up by somebody.
    Cancelled,
    /// A hold that nobody confirmed in time.
    Expired,
}

impl Status {
    /// All of them, in the order of a visit's life.
    pub const ALL: [Self; 7] = [
        Self::Held,
        Self::Booked,
        Self::Arrived,
        Self::Fulfilled,
        Self::NoShow,
        Self::Cancelled,
        Self::Expired,
    ];

    /// The name in the database and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Booked => "booked",
            Self::Arrived => "arrived",
            Self::Fulfilled => "fulfilled",
            Self::NoShow => "no-show",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// The status with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// From which states one may come here.
    pub const fn reached_from(self) -> &'static [&'static str] {
        match self {
            Self::Held => &[],
            Self::Booked | Self::Expired => &["held"],
            Self::Arrived => &["booked"],
            Self::Fulfilled => &["booked", "arrived"],
            Self::NoShow => &["booked"],
            Self::Cancelled => &["held", "booked"],
        }
    }
}

/// What the practice says after (or at) the visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The patient is there.
    Arrived,
    /// The visit has happened.
    Fulfilled,
    /// The patient did not come.
    NoShow,
}

impl Outcome {
    /// The status it leads to.
    pub const fn status(self) -> Status {
        match self {
            Self::Arrived => Status::Arrived,
            Self::Fulfilled => Status::Fulfilled,
            Self::NoShow => Status::NoShow,
        }
    }
}

/// A visit, from its hold to its outcome.
#[derive(Debug, Clone)]
pub struct Appointment {
    /// Its id, which a move keeps.
    pub id: AppointmentId,
    /// Whose visit.
    pub patient: PatientId,
    /// With whom.
    pub practitioner: PractitionerId,
    /// In which organization.
    pub organization: OrganizationId,
    /// Where.
    pub location: LocationId,
    /// What for.
    pub visit_type: VisitTypeId,
    /// The room or device that was taken with it.
    pub room: Option<RoomId>,
    /// The visit itself, without buffers.
    pub range: TimeRange,
    /// What it takes of the practitioner's time: the visit and its buffers.
    pub claimed: TimeRange,
    /// The location's IANA zone.
    pub time_zone: String,
    /// Where it stands.
    pub status: Status,
    /// Until when a hold stands.
    pub hold_expires_at: Option<Timestamp>,
    /// What the patient wrote.
    pub reason: Option<String>,
    /// Why staff put it over another.
    pub overbook_reason: Option<String>,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
    /// At a distance.
    pub telehealth: bool,
    /// The version of the schedule that it was checked against.
    pub policy_version: i64,
    /// Rises with each change.
    pub version: i64,
    /// When it was held.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The row as PostgreSQL writes it with `to_jsonb`: the form in which statements answer and idempotent answers are kept.
#[derive(Deserialize)]
struct Row {
    id: Uuid,
    patient_id: Uuid,
    practitioner_id: Uuid,
    organization_id: Uuid,
    location_id: Uuid,
    visit_type_id: Uuid,
    room_id: Option<Uuid>,
    starts_at: Timestamp,
    ends_at: Timestamp,
    claim_starts_at: Timestamp,
    claim_ends_at: Timestamp,
    time_zone: String,
    status: Status,
    hold_expires_at: Option<Timestamp>,
    reason: Option<String>,
    overbook_reason: Option<String>,
    cancel_reason: Option<String>,
    telehealth: bool,
    policy_version: i64,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl<'de> Deserialize<'de> for Appointment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let row = Row::deserialize(deserializer)?;
        Ok(Self {
            id: AppointmentId::from_uuid(row.id),
            patient: PatientId::from_uuid(row.patient_id),
            practitioner: PractitionerId::from_uuid(row.practitioner_id),
            organization: OrganizationId::from_uuid(row.organization_id),
            location: LocationId::from_uuid(row.location_id),
            visit_type: VisitTypeId::from_uuid(row.visit_type_id),
            room: row.room_id.map(RoomId::from_uuid),
            range: TimeRange::new(row.starts_at, row.ends_at).map_err(serde::de::Error::custom)?,
            claimed: TimeRange::new(row.claim_starts_at, row.claim_ends_at)
                .map_err(serde::de::Error::custom)?,
            time_zone: row.time_zone,
            status: row.status,
            hold_expires_at: row.hold_expires_at,
            reason: row.reason,
            overbook_reason: row.overbook_reason,
            cancel_reason: row.cancel_reason,
            telehealth: row.telehealth,
            policy_version: row.policy_version,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
