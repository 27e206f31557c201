//! What changes an appointment.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use rendez_domain::booking::{self, HoldRequest, Outcome, OverbookRequest};
use rendez_vocab::ids::{AppointmentId, PatientId, PractitionerId, SlotId, VisitTypeId};
use utoipa::ToSchema;

use super::refusals::about;
use super::view::{AppointmentList, AppointmentView};
use crate::api::answer::versioned;
use crate::extract::{Command, Fields, FromFields, Id, Nothing, SignedIn, read};
use crate::problem::Problem;

/// A slot to hold, or a visit that staff put over others on purpose.
pub enum NewAppointment {
    /// A slot.
    Hold(HoldRequest),
    /// Over others.
    Overbook(OverbookRequest),
}

/// How [`NewAppointment`] reads in the API description.
#[derive(ToSchema)]
#[schema(as = NewAppointment)]
#[allow(dead_code, reason = "a schema: the body is read by `NewAppointment::read`")]
#[serde(untagged)]
pub(crate) enum NewAppointmentSchema {
    /// Holds a slot until the deadline in the answer.
    Hold {
        /// From the practitioner's slots.
        #[schema(example = "slot_…")]
        slot_id: String,
        /// For whom.
        #[schema(example = "pat_…")]
        patient_id: String,
        /// What the patient writes, at most 500 characters.
        reason: Option<String>,
    },
    /// Books a visit over whatever stands there: only the practice itself, and with a reason.
    Overbook {
        /// With whom.
        practitioner_id: String,
        /// What for.
        visit_type_id: String,
        /// For whom.
        patient_id: String,
        /// When; it need not be a slot.
        start: Timestamp,
        /// Until when, at most 24 hours after the start; as long as the visit type says without it.
        end: Option<Timestamp>,
        /// Why it must be.
        overbook_reason: String,
        /// What the patient writes.
        reason: Option<String>,
    },
}

impl FromFields for NewAppointment {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let patient = fields.required("patient_id", read::id::<PatientId>);
        let reason = read::note(fields, "reason");
        if fields.has("slot_id") || !fields.has("overbook_reason") && !fields.has("practitioner_id") {
            let slot = fields.required("slot_id", read::id::<SlotId>);
            return Some(Self::Hold(HoldRequest { slot: slot?, patient: patient?, reason }));
        }
        let practitioner = fields.required("practitioner_id", read::id::<PractitionerId>);
        let visit_type = fields.required("visit_type_id", read::id::<VisitTypeId>);
        let start = fields.required("start", read::instant);
        let end = fields.optional("end", read::instant);
        let overbook_reason = fields.required("overbook_reason", read::paragraph(1..=500));
        Some(Self::Overbook(OverbookRequest {
            practitioner: practitioner?,
            visit_type: visit_type?,
            patient: patient?,
            start: start?,
            end,
            overbook_reason: overbook_reason?,
            reason,
        }))
    }
}

/// Hold a slot, or overbook on purpose.
///
/// Of any number of callers for overlapping time exactly one gets 201, the others 409 `slot-taken` with the next free
/// `alternatives`.
#[utoipa::path(post, path = "/v1/appointments", tag = "appointments", request_body = NewAppointmentSchema,
    responses((status = 201, description = "Held until `hold_expires_at`, or booked over others", body = AppointmentView)))]
pub(crate) async fn hold(command: Command<NewAppointment>) -> Result<Response, Problem> {
    let ctx = &command.ctx;
    let appointment = match command.body {
        NewAppointment::Hold(request) => {
            let practitioner = request.slot.practitioner;
            booking::hold(ctx, request).await.map_err(about(practitioner))?
        }
        NewAppointment::Overbook(request) => booking::overbook(ctx, request).await?,
    };
    let location = format!("/v1/appointments/{}", appointment.id);
    let answer = versioned(StatusCode::CREATED, appointment.version, AppointmentView::from(appointment));
    Ok(([(header::LOCATION, location)], answer).into_response())
}

/// What a patient adds when confirming.
#[derive(ToSchema)]
pub struct Confirmation {
    /// Why the patient comes, at most 500 characters; without it, what the hold said stays.
    pub reason: Option<String>,
}

impl FromFields for Confirmation {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { reason: read::note(fields, "reason") })
    }
}

/// Confirm a hold before its deadline.
#[utoipa::path(post, path = "/v1/appointments/{id}/confirm", tag = "appointments", request_body = Option<Confirmation>,
    responses((status = 200, description = "Booked", body = AppointmentView)))]
pub(crate) async fn confirm(
    _: SignedIn,
    Id(id): Id<AppointmentId>,
    command: Command<Confirmation>,
) -> Result<Response, Problem> {
    let appointment = booking::confirm(&command.ctx, id, command.if_match, command.body.reason).await?;
    Ok(versioned(StatusCode::OK, appointment.version, AppointmentView::from(appointment)))
}

/// Why somebody cancels.
#[derive(ToSchema)]
pub struct Cancellation {
    /// For the practice, at most 500 characters.
    pub reason: Option<String>,
}

impl FromFields for Cancellation {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { reason: read::note(fields, "reason") })
    }
}

/// Cancel a hold or a visit.
#[utoipa::path(post, path = "/v1/appointments/{id}/cancel", tag = "appointments", request_body = Option<Cancellation>,
    responses((status = 200, description = "Cancelled; the time is free again", body = AppointmentView)))]
pub(crate) async fn cancel(
    _: SignedIn,
    Id(id): Id<AppointmentId>,
    command: Command<Cancellation>,
) -> Result<Response, Problem> {
    let appointment = booking::cancel(&command.ctx, id, command.if_match, command.body.reason).await?;
    Ok(versioned(StatusCode::OK, appointment.version, AppointmentView::from(appointment)))
}

/// Where a visit moves to.
#[derive(ToSchema)]
pub struct Move {
    /// A free slot, of the same practitioner or another.
    #[schema(value_type = String, example = "slot_…")]
    pub slot_id: SlotId,
}

impl FromFields for Move {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { slot_id: fields.required("slot_id", read::id)? })
    }
}

/// Move a visit to another slot under the same id: either moved, or exactly as before.
#[utoipa::path(post, path = "/v1/appointments/{id}/reschedule", tag = "appointments", request_body = Move,
    responses((status = 200, description = "Moved", body = AppointmentView)))]
pub(crate) async fn reschedule(
    _: SignedIn,
    Id(id): Id<AppointmentId>,
    command: Command<Move>,
) -> Result<Response, Problem> {
    let slot = command.body.slot_id;
    let moved = booking::reschedule(&command.ctx, id, command.if_match, slot).await;
    let appointment = moved.map_err(about(slot.practitioner))?;
    Ok(versioned(StatusCode::OK, appointment.version, AppointmentView::from(appointment)))
}

/// What became of a visit.
#[derive(ToSchema)]
pub struct OutcomeBody {
    /// `arrived`, `fulfilled` or `no-show`.
    #[schema(value_type = String, example = "fulfilled")]
    pub status: Outcome,
}

impl FromFields for OutcomeBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let status = match fields.required("status", read::one_of(&["arrived", "fulfilled", "no-show"]))? {
            "arrived" => Outcome::Arrived,
            "fulfilled" => Outcome::Fulfilled,
            _ => Outcome::NoShow,
        };
        Some(Self { status })
    }
}

/// Say what became of a visit: the practice's word.
#[utoipa::path(post, path = "/v1/appointments/{id}/outcome", tag = "appointments", request_body = OutcomeBody,
    responses((status = 200, description = "Noted", body = AppointmentView)))]
pub(crate) async fn outcome(
    _: SignedIn,
    Id(id): Id<AppointmentId>,
    command: Command<OutcomeBody>,
) -> Result<Response, Problem> {
    let appointment = booking::settle(&command.ctx, id, command.if_match, command.body.status).await?;
    Ok(versioned(StatusCode::OK, appointment.version, AppointmentView::from(appointment)))
}

/// Release expired holds now, at most 500 of them (admin). A worker does it anyway.
#[utoipa::path(post, path = "/v1/appointments/expire", tag = "appointments",
    responses((status = 200, description = "The holds that were released", body = AppointmentList)))]
pub(crate) async fn expire(command: Command<Nothing>) -> Result<axum::Json<AppointmentList>, Problem> {
    let released = booking::expire_due(&command.ctx).await?;
    let appointments = released.into_iter().map(AppointmentView::from).collect();
    Ok(axum::Json(AppointmentList { appointments, next_cursor: None }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PATIENT: &str = "pat_01h2xcejqtf2nbrexx3vqjhp41";

    fn errors(body: serde_json::Value) -> Vec<(String, &'static str)> {
        match Fields::of(&body, NewAppointment::read) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_iter().map(|error| (error.pointer, error.code)).collect(),
        }
    }

    #[test]
    fn overbooking_is_never_an_accident() {
        let overbooking = json!({
            "patient_id": PATIENT, "practitioner_id": "prac_01h2xcejqtf2nbrexx3vqjhp41",
            "visit_type_id": "vt_01h2xcejqtf2nbrexx3vqjhp41", "start": "2026-12-30T10:00:00+01:00",
        });
        assert_eq!(errors(overbooking), [("/overbook_reason".to_owned(), "missing")]);
        let both = json!({"patient_id": PATIENT, "slot_id": "slot_0", "overbook_reason": "x"});
        let codes: Vec<_> = errors(both).into_iter().map(|(_, code)| code).collect();
        assert_eq!(codes, ["not-an-id", "unknown-field"]);
    }

    #[test]
    fn a_hold_needs_a_slot_and_a_patient() {
        let missing = errors(json!({}));
        assert_eq!(missing, [("/patient_id".to_owned(), "missing"), ("/slot_id".to_owned(), "missing")]);
    }
}
