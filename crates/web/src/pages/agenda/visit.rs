//! One visit as the desk sees it: who comes, what became of it, and another time for it.
//!
//! Invariant: a move either happens or leaves the visit where it was, and says so; the version that the desk saw is
//! compared, so nobody moves what somebody else has just changed.

use askama::Template;
use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use rendez_domain::booking::{self, Appointment, BookingRefusal, Status};
use rendez_domain::directory::{self, Practitioner};
use rendez_domain::identity::access;
use rendez_domain::regions::search_key;
use rendez_vocab::ids::{SlotId, VisitTypeId};
use serde::Deserialize;
use serde_json::json;

use super::super::appointment::{read, visit_of};
use super::super::error::PageError;
use super::super::form::Posted;
use super::super::page::Page;
use super::super::query::Lenient;
use super::super::views::{Action, VisitView, name_of, telephone};
use super::super::visitor::{Visitor, go};
use super::super::when;
use super::asked::{came_from, way_back, zone_of};
use super::book::Wanted;
use super::finding::born_on;
use super::words::refused;

/// What a reason holds, in characters.
const REASON: usize = 500;

#[derive(Template)]
#[template(path = "agenda_visit.html")]
struct VisitPage {
    page: Page,
    visit: VisitView,
    patient: String,
    /// The patient's page, with their earlier visits.
    record: String,
    birth_date: String,
    phone: String,
    phone_digits: String,
    overbook_reason: String,
    actions: Vec<Action>,
    can_move: bool,
    can_cancel: bool,
    move_href: String,
    back: String,
}

/// Where a visit is to go.
#[derive(Debug, Default, Deserialize)]
pub(in crate::pages) struct Asked {
    #[serde(default)]
    practitioner: String,
    #[serde(default)]
    start: String,
}

#[derive(Template)]
#[template(path = "agenda_move.html")]
struct MovePage {
    page: Page,
    id: String,
    version: i64,
    practitioner: String,
    start: String,
    back: String,
    patient: String,
    from: String,
    to: String,
    refusal: String,
}

/// `GET /practice/visits/{id}`
pub(in crate::pages) async fn show(visitor: Visitor, headers: HeaderMap, Path(id): Path<String>) -> Response {
    visitor
        .answer(async {
            access::practice(&visitor.ctx.actor)?;
            let (visit, person) = visit_of(&visitor, &id).await?;
            let patient = directory::patient(&visitor.ctx, visit.patient).await?;
            let back = way_back(&came_from(&headers), person.id, day_of(&visit));
            let view = VisitView::new(&visitor, &visit, &person);
            let page = VisitPage {
                page: visitor.page(),
                patient: format!("{} {}", patient.given_name, patient.family_name),
                birth_date: patient.birth_date.map(|born| born_on(&visitor, born)).unwrap_or_default(),
                phone: patient.phone.as_deref().map(|phone| telephone(&visitor, phone)).unwrap_or_default(),
                phone_digits: patient.phone.unwrap_or_default(),
                overbook_reason: visit.overbook_reason.clone().unwrap_or_default(),
                actions: Action::of(&visitor, &visit, visitor.ctx.clock.now()),
                record: format!("/practice/patients/{}", visit.patient),
                can_move: view.can_move,
                can_cancel: matches!(visit.status, Status::Held | Status::Booked),
                move_href: format!("{back}&move={}", visit.id),
                visit: view,
                back,
            };
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}

/// `POST /practice/visits/{id}/cancel`
pub(in crate::pages) async fn cancel(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            access::practice(&posted.ctx.actor)?;
            let ctx = posted.once("POST /practice/visits/{id}/cancel", &[&id]);
            let visit =
                match booking::cancel(&ctx, read(&id)?, None, posted.short_text("reason", REASON)).await {
                    Err(BookingRefusal::Already(Status::Cancelled)) => {
                        booking::find(&posted.ctx, read(&id)?).await?
                    }
                    other => other?,
                };
            let back = way_back(posted.field("back"), visit.practitioner, day_of(&visit));
            Ok(go(&format!("{back}&done=cancelled&about={}", visit.id)))
        })
        .await
}

/// `GET /practice/visits/{id}/move`: is it this time?
pub(in crate::pages) async fn move_form(
    visitor: Visitor,
    headers: HeaderMap,
    Path(id): Path<String>,
    Lenient(asked): Lenient<Asked>,
) -> Response {
    visitor
        .answer(async {
            access::practice(&visitor.ctx.actor)?;
            let (visit, person) = visit_of(&visitor, &id).await?;
            let to = Wanted::read(&visitor, &asked.practitioner, &asked.start, "").await?;
            let back = came_from(&headers);
            let page = move_page(&visitor, &visit, &person, &to, back, String::new()).await?;
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}

/// `POST /practice/visits/{id}/move`. A script asks for JSON instead of a page.
pub(in crate::pages) async fn move_visit(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            access::practice(&posted.ctx.actor)?;
            let (visit, person) = visit_of(&posted, &id).await?;
            let field = |name: &str| posted.field(name);
            let to = Wanted::read(&posted, field("practitioner"), field("start"), "").await?;
            let by_script = field("by") == "script";
            let said = carry_out(&posted, &visit, &person, &to).await?;
            let (moved, refusal) = match said {
                Ok(moved) => (moved, String::new()),
                Err(refusal) => (visit.clone(), refusal),
            };
            if by_script {
                return Ok(told(&posted, &visit, &moved, &refusal));
            }
            if refusal.is_empty() {
                let back = way_back(field("back"), moved.practitioner, day_of(&moved));
                let was = format!("{}@{}", visit.practitioner, visit.range.start());
                return Ok(go(&format!("{back}&done=moved&about={}&was={was}", moved.id)));
            }
            let back = field("back").to_owned();
            let page = move_page(&posted, &visit, &person, &to, back, refusal).await?;
            Ok(posted.show(StatusCode::CONFLICT, &page))
        })
        .await
}

/// Moves it, or says in words why not.
async fn carry_out(
    posted: &Posted,
    visit: &Appointment,
    from: &Practitioner,
    to: &Wanted,
) -> Result<Result<Appointment, String>, PageError> {
    let Some(visit_type) = same_kind(visit, from, &to.person) else {
        let text = posted.locale.text_with("agenda-no-such-visit", [("name", name_of(&to.person).into())]);
        return Ok(Err(text));
    };
    let version: Option<i64> = posted.field("version").parse().ok();
    let slot = SlotId::new(to.person.id, visit_type, to.start);
    let about = [visit.id.to_string(), slot.to_string(), posted.field("version").to_owned()];
    let about: Vec<&str> = about.iter().map(String::as_str).collect();
    let ctx = posted.once("POST /practice/visits/{id}/move", &about);
    match booking::move_at_desk(&ctx, visit.id, version, slot).await {
        Ok(moved) => Ok(Ok(moved)),
        Err(BookingRefusal::SameSlot) => Ok(Ok(visit.clone())),
        Err(refusal) => match PageError::from(refusal) {
            PageError::Refused(refusal) => Ok(Err(refused(posted.visitor(), &refusal))),
            other => Err(other),
        },
    }
}

/// What the visit would be with another practitioner: what has the same name there, or else what is as long.
fn same_kind(visit: &Appointment, from: &Practitioner, to: &Practitioner) -> Option<VisitTypeId> {
    if visit.practitioner == to.id {
        return Some(visit.visit_type);
    }
    let known = from.visit_types.iter().find(|known| known.id == visit.visit_type)?;
    let name = search_key(&known.name);
    let active =
        || to.visit_types.iter().filter(|other| other.active && other.telehealth == known.telehealth);
    active().find(|other| search_key(&other.name) == name).map(|other| other.id)
}

/// The answer for a script: what happened, and what it needs for undoing it.
fn told(visitor: &Visitor, before: &Appointment, after: &Appointment, refusal: &str) -> Response {
    let at = when::on_clock_of(&after.time_zone, after.range.start());
    let text = match refusal {
        "" => {
            visitor.locale.text_with("agenda-moved-to", [("when", when::moment(visitor.locale, &at).into())])
        }
        refusal => refusal.to_owned(),
    };
    let status = if refusal.is_empty() { StatusCode::OK } else { StatusCode::CONFLICT };
    let body = json!({
        "text": text,
        "version": after.version,
        "was": { "practitioner": before.practitioner, "start": before.range.start() },
    });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

async fn move_page(
    visitor: &Visitor,
    visit: &Appointment,
    person: &Practitioner,
    to: &Wanted,
    back: String,
    refusal: String,
) -> Result<MovePage, PageError> {
    let patient = directory::patient(&visitor.ctx, visit.patient).await?;
    let at = |zone: &str, at: Timestamp, who: &Practitioner| {
        format!("{} · {}", when::moment(visitor.locale, &when::on_clock_of(zone, at)), name_of(who))
    };
    Ok(MovePage {
        page: visitor.page(),
        id: visit.id.to_string(),
        version: visit.version,
        practitioner: to.person.id.to_string(),
        start: to.start.to_string(),
        back: way_back(&back, to.person.id, to.date()),
        patient: format!("{} {}", patient.given_name, patient.family_name),
        from: at(&visit.time_zone, visit.range.start(), person),
        to: at(zone_of(&to.person), to.start, &to.person),
        refusal,
    })
}

fn day_of(visit: &Appointment) -> jiff::civil::Date {
    when::on_clock_of(&visit.time_zone, visit.range.start()).date()
}
