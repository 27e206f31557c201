//! Moving a visit: a week of free times, then the move itself, which keeps the old time until the new one is had.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use rendez_domain::booking::{self, BookingRefusal};
use rendez_vocab::ids::SlotId;
use serde::Deserialize;

use super::appointment::{read, visit_of};
use super::error::PageError;
use super::form::Posted;
use super::hold::{Wanted, refused};
use super::page::Page;
use super::query::Lenient;
use super::views::VisitView;
use super::visitor::{Visitor, go};
use super::week::{Week, WeekRequest, week};
use super::when;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// Such as `2026-W50`.
    #[serde(default)]
    week: String,
}

#[derive(Template)]
#[template(path = "move.html")]
struct MovePage {
    page: Page,
    visit: VisitView,
    week: Week,
}

/// `GET /appointments/{id}/move`
pub(super) async fn form(
    visitor: Visitor,
    Path(id): Path<String>,
    Lenient(asked): Lenient<Asked>,
) -> Response {
    visitor
        .answer(async {
            let (visit, person) = visit_of(&visitor, &id).await?;
            let view = VisitView::new(&visitor, &visit, &person);
            if !view.can_move {
                return Ok(go(&format!("/appointments/{id}")));
            }
            let visit_type = person
                .visit_types
                .iter()
                .find(|known| known.id == visit.visit_type)
                .ok_or(PageError::NotFound)?;
            let request = WeekRequest {
                person: &person,
                visit_type,
                monday: when::week_named(&asked.week),
                base: format!("/appointments/{id}/move?week="),
                action: format!("/appointments/{id}/move"),
            };
            let week = Week { promise: String::new(), ..week(&visitor, request).await? };
            Ok(visitor.show(StatusCode::OK, &MovePage { page: visitor.page(), visit: view, week }))
        })
        .await
}

/// `POST /appointments/{id}/move`
pub(super) async fn reschedule(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let slot: SlotId = posted.field("slot").parse().map_err(|_| PageError::NotFound)?;
            let ctx = posted.once("POST /appointments/{id}/move", &[&id, posted.field("slot")]);
            match booking::reschedule(&ctx, read(&id)?, None, slot).await {
                Ok(_) | Err(BookingRefusal::SameSlot) => Ok(go(&format!("/appointments/{id}?done=moved"))),
                Err(refusal) => {
                    let action = format!("/appointments/{id}/move");
                    refused(posted.visitor(), Wanted { slot, patient: None, action }, refusal).await
                }
            }
        })
        .await
}
