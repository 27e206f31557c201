//! What can be booked of a practitioner: visit types.

use axum::http::StatusCode;
use axum::response::Response;
use rendez_domain::availability::{VisitType, WhoMayBook};
use rendez_domain::directory::{self, NewVisitType, Practitioner};
use rendez_vocab::ids::{PractitionerId, VisitTypeId};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{first_with, render};
use super::practitioners::PractitionerView;
use crate::extract::path::Ids;
use crate::extract::{Command, Fields, FromFields, Id, SignedIn, read};
use crate::problem::Problem;

/// A visit type to enter or to put in another's place. What is left out has its default.
#[derive(ToSchema)]
pub struct VisitTypeBody {
    /// What patients read.
    #[schema(example = "Consultation")]
    pub name: String,
    /// 1 to 1440.
    pub duration_minutes: u32,
    /// Kept free before, 0 to 480; 0 without it.
    pub buffer_before_minutes: Option<u32>,
    /// Kept free after, 0 to 480; 0 without it.
    pub buffer_after_minutes: Option<u32>,
    /// How long before its start a visit can last be booked, 0 to 525600; 1440 without it.
    pub min_notice_minutes: Option<u32>,
    /// How far ahead, 1 to 1095 days; 365 without it.
    pub max_horizon_days: Option<u32>,
    /// How long a hold lasts, 1 to 1440; 30 without it.
    pub hold_minutes: Option<u32>,
    /// At a distance; false without it.
    pub telehealth: Option<bool>,
    /// `anyone`, `new` or `known` patients; `anyone` without it.
    #[schema(value_type = Option<String>)]
    pub who_may_book: Option<WhoMayBook>,
    /// The kind of room or device that the visit takes with it.
    pub room_kind: Option<String>,
    /// Whether it can be booked; true without it.
    pub active: Option<bool>,
}

impl FromFields for VisitTypeBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.required("name", read::text(1..=200));
        let duration_minutes = fields.required("duration_minutes", read::integer(1..=1440));
        let body = Self {
            name: String::new(),
            duration_minutes: 0,
            buffer_before_minutes: fields.optional("buffer_before_minutes", read::integer(0..=480)),
            buffer_after_minutes: fields.optional("buffer_after_minutes", read::integer(0..=480)),
            min_notice_minutes: fields.optional("min_notice_minutes", read::integer(0..=525_600)),
            max_horizon_days: fields.optional("max_horizon_days", read::integer(1..=1095)),
            hold_minutes: fields.optional("hold_minutes", read::integer(1..=1440)),
            telehealth: fields.optional("telehealth", read::boolean),
            who_may_book: fields
                .optional("who_may_book", read::one_of(&["anyone", "new", "known"]))
                .and_then(WhoMayBook::named),
            room_kind: fields.optional("room_kind", read::kebab),
            active: fields.optional("active", read::boolean),
        };
        Some(Self { name: name?, duration_minutes: duration_minutes?, ..body })
    }
}

impl From<VisitTypeBody> for NewVisitType {
    fn from(body: VisitTypeBody) -> Self {
        let usual = Self::default();
        Self {
            name: body.name,
            duration_minutes: body.duration_minutes,
            buffer_before_minutes: body.buffer_before_minutes.unwrap_or(usual.buffer_before_minutes),
            buffer_after_minutes: body.buffer_after_minutes.unwrap_or(usual.buffer_after_minutes),
            min_notice_minutes: body.min_notice_minutes.unwrap_or(usual.min_notice_minutes),
            max_horizon_days: body.max_horizon_days.unwrap_or(usual.max_horizon_days),
            hold_minutes: body.hold_minutes.unwrap_or(usual.hold_minutes),
            telehealth: body.telehealth.unwrap_or(usual.telehealth),
            who_may_book: body.who_may_book.unwrap_or(usual.who_may_book),
            room_kind: body.room_kind,
            active: body.active.unwrap_or(usual.active),
        }
    }
}

/// What can be booked of a practitioner.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VisitType)]
pub struct VisitTypeView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: VisitTypeId,
    /// What patients read.
    pub name: String,
    /// How long the visit lasts.
    pub duration_minutes: u32,
    /// Kept free before.
    pub buffer_before_minutes: u32,
    /// Kept free after.
    pub buffer_after_minutes: u32,
    /// How long before its start a visit can last be booked.
    pub min_notice_minutes: u32,
    /// How far ahead visits can be booked.
    pub max_horizon_days: u32,
    /// How long a hold lasts.
    pub hold_minutes: u32,
    /// At a distance.
    pub telehealth: bool,
    /// `anyone`, `new` or `known` patients.
    #[schema(value_type = String)]
    pub who_may_book: &'static str,
    /// The kind of room or device that the visit takes with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_kind: Option<String>,
    /// Whether it can be booked.
    pub active: bool,
}

impl From<&VisitType> for VisitTypeView {
    fn from(visit_type: &VisitType) -> Self {
        Self {
            id: visit_type.id,
            name: visit_type.name.clone(),
            duration_minutes: visit_type.duration_minutes,
            buffer_before_minutes: visit_type.buffer_before_minutes,
            buffer_after_minutes: visit_type.buffer_after_minutes,
            min_notice_minutes: visit_type.min_notice_minutes,
            max_horizon_days: visit_type.max_horizon_days,
            hold_minutes: visit_type.hold_minutes,
            telehealth: visit_type.telehealth,
            who_may_book: visit_type.who_may_book.as_str(),
            room_kind: visit_type.room_kind.clone(),
            active: visit_type.active,
        }
    }
}

/// Add a visit type to a practitioner.
#[utoipa::path(post, path = "/v1/practitioners/{id}/visit-types", tag = "practitioners", request_body = VisitTypeBody,
    responses((status = 201, description = "The practitioner with it", body = PractitionerView)))]
pub(crate) async fn add(
    _: SignedIn,
    Id(id): Id<PractitionerId>,
    command: Command<VisitTypeBody>,
) -> Result<Response, Problem> {
    change(command, id, None, StatusCode::CREATED).await
}

/// Put a visit type in the place of another. What is booked stays booked.
#[utoipa::path(put, path = "/v1/practitioners/{id}/visit-types/{visit_type_id}", tag = "practitioners",
    request_body = VisitTypeBody,
    responses((status = 200, description = "The practitioner with it", body = PractitionerView)))]
pub(crate) async fn replace(
    _: SignedIn,
    Ids(id, visit_type): Ids<PractitionerId, VisitTypeId>,
    command: Command<VisitTypeBody>,
) -> Result<Response, Problem> {
    change(command, id, Some(visit_type), StatusCode::OK).await
}

async fn change(
    command: Command<VisitTypeBody>,
    id: PractitionerId,
    visit_type: Option<VisitTypeId>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let render = |after: &Practitioner| render(&PractitionerView::from(after));
    let answer = directory::visit_type_change(
        &command.ctx,
        id,
        visit_type,
        command.if_match,
        command.body.into(),
        render,
    )
    .await?;
    Ok(first_with(status, answer, |after| PractitionerView::from(&after), Some(|after| after.version)))
}
