//! Readings of appointments.

use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use rendez_domain::booking::{self, AppointmentFilter, Status};
use rendez_vocab::Actor;
use rendez_vocab::ids::{AppointmentId, PatientId, PractitionerId};
use serde_json::Value;
use utoipa::IntoParams;

use super::view::{AppointmentList, AppointmentView};
use crate::api::answer::versioned;
use crate::extract::fields::wrong;
use crate::extract::{ApiQuery, Fields, FromFields, Id, Read, SignedIn, page, read};
use crate::problem::{FieldError, Problem};

/// One appointment that the caller may see.
#[utoipa::path(get, path = "/v1/appointments/{id}", tag = "appointments",
    responses((status = 200, description = "The appointment", body = AppointmentView)))]
pub(crate) async fn find(caller: SignedIn, Id(id): Id<AppointmentId>) -> Result<Response, Problem> {
    let appointment = booking::find(&caller.ctx, id).await?;
    Ok(versioned(StatusCode::OK, appointment.version, AppointmentView::from(appointment)))
}

/// Which appointments.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AppointmentQuery {
    /// Of this patient; patients see their own and those of people they care for without it.
    #[param(value_type = Option<String>)]
    patient_id: Option<PatientId>,
    /// Of this practitioner; practitioners see theirs without it.
    #[param(value_type = Option<String>)]
    practitioner_id: Option<PractitionerId>,
    /// Starting at or after.
    from: Option<Timestamp>,
    /// Starting before.
    to: Option<Timestamp>,
    /// In one of these states, joined by commas.
    #[param(value_type = Option<String>, example = "held,booked")]
    status: Vec<Status>,
    /// 1 to 100; 20 without it.
    #[param(value_type = Option<u8>)]
    limit: u8,
    /// The `next_cursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<(Timestamp, AppointmentId)>,
}

impl FromFields for AppointmentQuery {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self {
            patient_id: fields.optional("patient_id", read::id),
            practitioner_id: fields.optional("practitioner_id", read::id),
            from: fields.optional("from", read::instant),
            to: fields.optional("to", read::instant),
            status: fields.optional("status", statuses).unwrap_or_default(),
            limit: page::limit(fields),
            cursor: fields.optional("cursor", page::place),
        })
    }
}

fn statuses(value: &Value) -> Read<Vec<Status>> {
    let names = value.as_str().unwrap_or_default();
    let found: Option<Vec<Status>> = names.split(',').map(|name| Status::named(name.trim())).collect();
    found.ok_or_else(|| {
        let known: Vec<&str> = Status::ALL.iter().map(|status| status.as_str()).collect();
        vec![wrong("not-one-of", format!("Send some of these, joined by commas: {}.", known.join(", ")))]
    })
}

/// Appointments in the order of their starts.
#[utoipa::path(get, path = "/v1/appointments", tag = "appointments", params(AppointmentQuery),
    responses((status = 200, description = "A page of appointments", body = AppointmentList)))]
pub(crate) async fn list(
    caller: SignedIn,
    ApiQuery(query): ApiQuery<AppointmentQuery>,
) -> Result<Json<AppointmentList>, Problem> {
    let filter = AppointmentFilter {
        patient: query.patient_id,
        practitioner: query.practitioner_id,
        from: query.from,
        to: query.to,
        statuses: query.status,
        after: query.cursor,
        limit: query.limit,
    };
    let own = matches!(caller.ctx.actor, Actor::Patient(_) | Actor::Practitioner(_));
    if filter.patient.is_none() && filter.practitioner.is_none() && !own {
        return Err(Problem::fields(vec![FieldError {
            pointer: "/patient_id".to_owned(),
            code: "missing",
            detail: "Say whose appointments: send `patient_id` or `practitioner_id`.".to_owned(),
        }]));
    }
    let page = booking::list(&caller.ctx, &filter).await?;
    Ok(Json(AppointmentList {
        appointments: page.appointments.into_iter().map(AppointmentView::from).collect(),
        next_cursor: page.next.map(|(start, id)| page::cursor(start, id)),
    }))
}
