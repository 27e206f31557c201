//! One visit: its page, its calendar file, its cancellation, its outcome.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use rendez_domain::booking::{self, Appointment, BookingRefusal, Outcome, Status};
use rendez_domain::directory::{self, Practitioner};
use rendez_domain::notify::{self, IcsMethod};
use rendez_vocab::ids::{AppointmentId, SlotId};
use serde::Deserialize;

use super::error::PageError;
use super::form::Posted;
use super::page::{Link, Notice, Page};
use super::query::Lenient;
use super::views::{SlotButton, VisitView, Who, visit_view};
use super::visitor::{Visitor, go, local};
use super::when;

/// What a patient or a practice may write to a visit, in characters.
pub(super) const REASON: usize = 500;

/// Whoever cancels later than this before the start is asked to call, too.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// What has just been done.
    #[serde(default)]
    done: String,
    /// The slot from which the visit was moved.
    #[serde(default)]
    back: String,
}

#[derive(Template)]
#[template(path = "appointment.html")]
struct AppointmentPage {
    page: Page,
    visit: VisitView,
    heading: String,
    notice: Option<Notice>,
    /// The time from which the visit has just been moved, to take the move back.
    undo: Option<SlotButton>,
    back: Link,
}

#[derive(Template)]
#[template(path = "cancel.html")]
struct CancelPage {
    page: Page,
    /// Whose visit it is, for a practice.
    whose: Option<String>,
    visit: VisitView,
    /// What the rule is, for a patient.
    rule: String,
    /// It begins so soon that the practice should be called as well.
    late: Option<Link>,
}

/// `GET /appointments/{id}` and, with `.ics` at its end, the calendar file.
pub(super) async fn show(
    visitor: Visitor,
    Path(id): Path<String>,
    Lenient(asked): Lenient<Asked>,
) -> Response {
    visitor
        .answer(async {
            if let Some(id) = id.strip_suffix(".ics") {
                return calendar_file(&visitor, read(id)?).await;
            }
            let (visit, person) = visit_of(&visitor, &id).await?;
            let zone = when::zone_named(&visit.time_zone);
            let day = zone.to_datetime(visit.range.start()).date();
            let (heading, back) = if visitor.is_practice() {
                let href = format!("/practice/agenda?view=day&date={day}&who={}", visit.practitioner);
                (whose(&visitor, &visit).await?, Link::new(href, visitor.t("agenda-back")))
            } else {
                (visitor.t("appointment-heading"), Link::new("/visits", visitor.t("appointment-back")))
            };
            let page = AppointmentPage {
                page: visitor.page(),
                notice: notice(&visitor, &visit, &asked.done),
                undo: undo(&visitor, &visit, &asked),
                visit: visit_view(&visitor, &visit, &person).await?,
                heading,
                back,
            };
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}

/// The time that a visit had before it was moved a moment ago, if it is still to come.
fn undo(visitor: &Visitor, visit: &Appointment, asked: &Asked) -> Option<SlotButton> {
    let slot: SlotId = asked.back.parse().ok()?;
    let movable = matches!(visit.status, Status::Booked | Status::Held) && asked.done == "moved";
    let before = slot.practitioner == visit.practitioner && slot.start() != visit.range.start();
    if !movable || !before || visitor.is_practice() || slot.start() <= visitor.ctx.clock.now() {
        return None;
    }
    let (start, zone) = (slot.start(), &visit.time_zone);
    Some(SlotButton::at(visitor, slot.practitioner, slot.visit_type, start, start, zone))
}

/// The heading that tells a practice whose visit it is.
async fn whose(visitor: &Visitor, visit: &Appointment) -> Result<String, PageError> {
    let patient = directory::patient(&visitor.ctx, visit.patient).await?;
    let name = format!("{} {}", patient.given_name, patient.family_name);
    Ok(visitor.locale.text_with("appointment-heading-practice", [("patient", name.into())]))
}

/// What has just happened, as far as the visit's state bears it out.
fn notice(visitor: &Visitor, visit: &Appointment, done: &str) -> Option<Notice> {
    match (done, visit.status) {
        ("booked", Status::Booked) => Some(Notice::good(visitor.t("appointment-booked"))),
        ("moved", Status::Booked | Status::Held) => Some(Notice::good(visitor.t("appointment-moved"))),
        ("cancelled", Status::Cancelled) => Some(Notice::plain(visitor.t("appointment-cancelled"))),
        (_, Status::Expired) => Some(Notice::plain(visitor.t("appointment-expired"))),
        _ => None,
    }
}

/// `GET /appointments/{id}/cancel`
pub(super) async fn cancel_form(visitor: Visitor, Path(id): Path<String>) -> Response {
    visitor
        .answer(async {
            let (visit, person) = visit_of(&visitor, &id).await?;
            let view = visit_view(&visitor, &visit, &person).await?;
            if !view.can_cancel {
                return Ok(go(&format!("/appointments/{id}")));
            }
            let whose = if visitor.is_practice() { Some(whose(&visitor, &visit).await?) } else { None };
            let page = CancelPage {
                page: visitor.page(),
                rule: rule(&visitor, &visit),
                late: late(&visitor, &visit, &person),
                whose,
                visit: view,
            };
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}

/// Until when a visit can be given up here.
fn rule(visitor: &Visitor, visit: &Appointment) -> String {
    let at = when::on_clock_of(&visit.time_zone, visit.range.start());
    let when = when::moment(visitor.locale, &at);
    visitor.locale.text_with("cancel-rule", [("when", when.into())])
}

/// The practice's telephone, where a visit begins so soon that hardly anybody else can take its time.
fn late(visitor: &Visitor, visit: &Appointment, person: &Practitioner) -> Option<Link> {
    let near = visit.range.start().duration_since(visitor.ctx.clock.now()) < LATE;
    let who = Who::new(visitor, person);
    let call = near && visit.status == Status::Booked && !who.phone_digits.is_empty();
    let text = visitor.locale.text_with("refused-call", [("phone", who.phone.into())]);
    call.then(|| Link::new(format!("tel:{}", who.phone_digits), text))
}

/// `POST /appointments/{id}/cancel`
pub(super) async fn cancel(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let ctx = posted.once("POST /appointments/{id}/cancel", &[&id]);
            let before = booking::find(&posted.ctx, read(&id)?).await?;
            match booking::cancel(&ctx, read(&id)?, None, posted.short_text("reason", REASON)).await {
                // It was never booked: whoever gives a time back goes on to the others.
                Ok(_) if before.status == Status::Held && !posted.is_practice() => {
                    let date = when::on_clock_of(&before.time_zone, before.range.start()).date();
                    let (visit_type, week) = (before.visit_type, when::week_name(date));
                    let times = format!("/practitioners/{}?visit_type={visit_type}", before.practitioner);
                    Ok(go(&format!("{times}&week={week}&done=freed")))
                }
                Ok(_) | Err(BookingRefusal::Already(Status::Cancelled)) => {
                    Ok(go(&format!("/appointments/{id}?done=cancelled")))
                }
                Err(refusal) => Err(refusal.into()),
            }
        })
        .await
}

/// `POST /appointments/{id}/outcome`: what the practice says, from its day.
pub(super) async fn outcome(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let outcomes = [Outcome::Arrived, Outcome::Fulfilled, Outcome::NoShow];
            let said = posted.field("status");
            let outcome = outcomes.into_iter().find(|known| known.status().as_str() == said);
            let ctx = posted.once("POST /appointments/{id}/outcome", &[&id, said]);
            let noted = match outcome {
                Some(outcome) => booking::settle(&ctx, read(&id)?, None, outcome).await,
                None if said == Status::Booked.as_str() => booking::take_back(&ctx, read(&id)?, None).await,
                None => return Err(PageError::NotFound),
            };
            let visit = match noted {
                Ok(visit) => visit,
                Err(BookingRefusal::Already(_)) => booking::find(&posted.ctx, read(&id)?).await?,
                Err(refusal) => return Err(refusal.into()),
            };
            let back = local(posted.field("back"));
            if back.starts_with("/practice/agenda?") {
                return Ok(go(&format!("{back}&done=noted&about={}", visit.id)));
            }
            let day = when::zone_named(&visit.time_zone).to_datetime(visit.range.start()).date();
            Ok(go(&format!("/practice/day?practitioner={}&date={day}&done=yes", visit.practitioner)))
        })
        .await
}

async fn calendar_file(visitor: &Visitor, id: AppointmentId) -> Result<Response, PageError> {
    let visit = booking::find(&visitor.ctx, id).await?;
    let method = if visit.status == Status::Cancelled { IcsMethod::Cancel } else { IcsMethod::Publish };
    let facts = notify::visit(&visitor.ctx, id).await?;
    Ok(ics_response(notify::calendar(&facts, method)))
}

/// An iCalendar object as a file to download.
pub(super) fn ics_response(text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"visit.ics\"")),
    ];
    (headers, text).into_response()
}

/// An appointment's id as it stands in an address. Another kind of id names nothing.
pub(super) fn read(id: &str) -> Result<AppointmentId, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}

/// A visit that the visitor may see, with its practitioner.
pub(super) async fn visit_of(visitor: &Visitor, id: &str) -> Result<(Appointment, Practitioner), PageError> {
    let visit = booking::find(&visitor.ctx, read(id)?).await?;
    let person = directory::practitioner(&visitor.ctx, visit.practitioner).await?;
    Ok((visit, person))
}
