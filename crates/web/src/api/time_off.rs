//! When a practitioner is away.

use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use rendez_domain::directory::{self, NewTimeOff, StruckAppointment, TakenTimeOff, TimeOffEntry};
use rendez_vocab::ids::{AppointmentId, PatientId, PractitionerId, TimeOffId};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{first, render};
use crate::extract::path::Ids;
use crate::extract::{Command, Fields, FromFields, Id, Nothing, SignedIn, read};
use crate::problem::Problem;

/// As the table's own check.
const MOST_DAYS: i64 = 366;

/// What to take.
pub struct TimeOffBody(NewTimeOff);

/// Time to take off.
#[derive(ToSchema)]
#[schema(as = NewTimeOff)]
#[allow(dead_code, reason = "a schema: the body is read by `TimeOffBody::read`")]
pub(crate) struct NewTimeOffSchema {
    /// The first instant away.
    start: Timestamp,
    /// The first instant back, at most 366 days later.
    end: Timestamp,
    /// For the practice; patients do not see it.
    reason: Option<String>,
}

impl FromFields for TimeOffBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let range = read::range(fields, MOST_DAYS);
        let reason = read::note(fields, "reason");
        Some(Self(NewTimeOff { range: range?, reason }))
    }
}

/// An absence.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimeOff)]
pub struct TimeOffView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: TimeOffId,
    /// The first instant away.
    pub start: Timestamp,
    /// The first instant back.
    pub end: Timestamp,
    /// For the practice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl From<&TimeOffEntry> for TimeOffView {
    fn from(entry: &TimeOffEntry) -> Self {
        Self {
            id: entry.id,
            start: entry.range.start(),
            end: entry.range.end(),
            reason: entry.reason.clone(),
        }
    }
}

/// A visit that an absence strikes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StruckAppointment)]
pub struct StruckView {
    /// Which one.
    #[schema(value_type = String)]
    pub id: AppointmentId,
    /// Whose.
    #[schema(value_type = String)]
    pub patient_id: PatientId,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// `held` or `booked`.
    pub status: String,
}

impl From<&StruckAppointment> for StruckView {
    fn from(struck: &StruckAppointment) -> Self {
        Self {
            id: struck.id,
            patient_id: struck.patient,
            start: struck.range.start(),
            end: struck.range.end(),
            status: struck.status.clone(),
        }
    }
}

/// An absence with the visits that it strikes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TakenTimeOff)]
pub struct TakenTimeOffView {
    /// The absence.
    #[serde(flatten)]
    pub time_off: TimeOffView,
    /// Held or booked visits in it: somebody must move or cancel them.
    pub appointments: Vec<StruckView>,
}

impl From<&TakenTimeOff> for TakenTimeOffView {
    fn from(taken: &TakenTimeOff) -> Self {
        Self {
            time_off: (&taken.time_off).into(),
            appointments: taken.struck.iter().map(StruckView::from).collect(),
        }
    }
}

/// The absences that are not over.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimeOffList {
    /// By start.
    pub time_off: Vec<TimeOffView>,
}

/// Take time off.
#[utoipa::path(post, path = "/v1/practitioners/{id}/time-off", tag = "opening hours", request_body = NewTimeOffSchema,
    responses((status = 201, description = "The absence and the visits that it strikes", body = TakenTimeOffView)))]
pub(crate) async fn take(
    _: SignedIn,
    Id(id): Id<PractitionerId>,
    command: Command<TimeOffBody>,
) -> Result<Response, Problem> {
    let new = command.body.0;
    let answer =
        directory::take_time_off(&command.ctx, id, new, |taken| render(&TakenTimeOffView::from(taken)))
            .await?;
    Ok(first(answer, |taken| TakenTimeOffView::from(&taken), None))
}

/// The absences that are not over: for the practice.
#[utoipa::path(get, path = "/v1/practitioners/{id}/time-off", tag = "opening hours",
    responses((status = 200, description = "The absences", body = TimeOffList)))]
pub(crate) async fn list(caller: SignedIn, Id(id): Id<PractitionerId>) -> Result<Json<TimeOffList>, Problem> {
    let entries = directory::list_time_off(&caller.ctx, id).await?;
    Ok(Json(TimeOffList { time_off: entries.iter().map(TimeOffView::from).collect() }))
}

/// End an absence: its time is free again.
#[utoipa::path(delete, path = "/v1/practitioners/{id}/time-off/{time_off_id}", tag = "opening hours",
    responses((status = 204, description = "It is gone")))]
pub(crate) async fn end(
    _: SignedIn,
    Ids(id, time_off): Ids<PractitionerId, TimeOffId>,
    command: Command<Nothing>,
) -> Result<StatusCode, Problem> {
    directory::end_time_off(&command.ctx, id, time_off).await?;
    Ok(StatusCode::NO_CONTENT)
}
