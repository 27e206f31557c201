//! Booking's refusals as problems.

use rendez_domain::availability::NotOffered;
use rendez_domain::booking::BookingRefusal;
use rendez_vocab::ids::PractitionerId;
use serde_json::Value;

use crate::api::answer::render;
use crate::api::slots::SlotView;
use crate::problem::{FieldError, Problem, codes};

/// The problem for a command about a practitioner's slot: alternatives of a taken slot carry slot ids of theirs.
pub fn about(practitioner: PractitionerId) -> impl Fn(BookingRefusal) -> Problem {
    move |refusal| match refusal {
        BookingRefusal::SlotTaken { alternatives } => {
            let views: Vec<Value> =
                alternatives.into_iter().map(|slot| render(&SlotView::new(practitioner, slot))).collect();
            Problem::new(&codes::SLOT_TAKEN).with("alternatives", views)
        }
        other => other.into(),
    }
}

impl From<BookingRefusal> for Problem {
    fn from(refusal: BookingRefusal) -> Self {
        use BookingRefusal as No;
        match refusal {
            No::NotFound => Self::not_found(),
            No::Denied(denied) => denied.into(),
            No::Key(key) => key.into(),
            No::SlotTaken { .. } => {
                Self::new(&codes::SLOT_TAKEN).with("alternatives", Value::Array(Vec::new()))
            }
            No::AlreadyYours { appointment } => {
                Self::new(&codes::ALREADY_YOURS).with("appointment_id", appointment.to_string())
            }
            No::NotOffered(reason) => not_offered(reason),
            No::TooSoon { notice_minutes } => {
                Self::new(&codes::TOO_SOON).with("notice_minutes", notice_minutes)
            }
            No::TooFar { horizon_days } => Self::new(&codes::TOO_FAR).with("horizon_days", horizon_days),
            No::PatientOverlap => Self::new(&codes::PATIENT_OVERLAP),
            No::NoRoomFree => Self::new(&codes::NO_ROOM_FREE),
            No::TooManyHolds { limit } => Self::new(&codes::TOO_MANY_HOLDS).with("limit", limit),
            No::KnownPatientsOnly => Self::new(&codes::KNOWN_PATIENTS_ONLY),
            No::NewPatientsOnly => Self::new(&codes::NEW_PATIENTS_ONLY),
            No::BlockedByPractice => Self::new(&codes::BLOCKED_BY_PRACTICE),
            No::HoldExpired => Self::new(&codes::HOLD_EXPIRED),
            No::AlreadyConfirmed => Self::new(&codes::ALREADY_CONFIRMED),
            No::Already(status) => {
                Self::new(&codes::ALREADY_DONE).with("appointment_status", status.as_str())
            }
            No::WrongStatus => Self::new(&codes::WRONG_STATUS),
            No::AlreadyStarted => Self::new(&codes::ALREADY_STARTED),
            No::NotStarted => Self::new(&codes::NOT_STARTED),
            No::SameSlot => Self::new(&codes::SAME_SLOT),
            No::VersionMismatch => Self::new(&codes::VERSION_MISMATCH),
            No::WrongLength => Self::fields(vec![FieldError {
                pointer: "/end".to_owned(),
                code: "out-of-range",
                detail: "The visit must end after its start, and at most 24 hours later.".to_owned(),
            }]),
            No::ReasonMissing => Self::fields(vec![FieldError {
                pointer: "/overbook_reason".to_owned(),
                code: "missing",
                detail: "Say why this visit must lie over others.".to_owned(),
            }]),
            No::Busy => Self::new(&codes::BUSY).retry_after(1),
            No::Fault(fault) => fault.into(),
        }
    }
}

/// The rules bear the names that `slots/explain` gives them.
fn not_offered(reason: NotOffered) -> Problem {
    let rule = match reason {
        NotOffered::UnknownVisitType => return Problem::not_found(),
        NotOffered::Inactive => "practitioner-active",
        NotOffered::NoOpening => "opening",
        NotOffered::NotOnGrid => "grid",
        NotOffered::Closed => "closure",
        NotOffered::Holiday => "public-holiday",
        NotOffered::TimeOff => "time-off",
        NotOffered::TooSoon { .. } => return Problem::new(&codes::TOO_SOON),
        NotOffered::TooFar { .. } => return Problem::new(&codes::TOO_FAR),
    };
    Problem::new(&codes::NOT_OFFERED).with("rule", rule)
}
