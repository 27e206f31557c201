//! The last two steps of a booking, on one page: for whom the visit is, and that it is wanted.
//!
//! Invariants: the time is held while the page stands, and the page says until when; leaving it brings the deadline
//! near, coming back restores it (`booking::leave`, `booking::come_back`); a refusal that is about the person is told
//! where the person is chosen, any other with times that are free instead, and what was typed is kept.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use rendez_domain::booking::{self, Appointment, BookingRefusal, LEFT_MINUTES, Status};
use rendez_domain::directory::Practitioner;
use rendez_domain::identity::{self, CaredFor, MOST_PEOPLE};
use rendez_domain::waiting;
use rendez_vocab::ids::{PatientId, SlotId};
use rendez_vocab::{Actor, TimeRange};

use super::appointment::{REASON, read, visit_of};
use super::error::{PageError, refusal_text};
use super::form::Posted;
use super::hold::{Wanted, refused};
use super::page::Page;
use super::people::full_name;
use super::person_form::{PersonForm, relation_text};
use super::views::VisitView;
use super::visitor::{Visitor, go};
use super::when;

/// What the form says for somebody who is not in the list yet.
const SOMEBODY_NEW: &str = "new";

#[derive(Template)]
#[template(path = "confirm.html")]
struct ConfirmPage {
    page: Page,
    visit: VisitView,
    until: String,
    /// Leaving the page brings the deadline near.
    leaves: bool,
    seconds_left: i64,
    left_minutes: i32,
    reason: String,
    /// For whom the visit can be; empty for a practice, which has chosen before.
    whom: Vec<Whom>,
    can_add: bool,
    adding: bool,
    person: PersonForm,
    /// Why it cannot be for the person who was chosen.
    wrong: Option<String>,
}

/// Somebody for whom the visit can be.
struct Whom {
    id: String,
    name: String,
    detail: String,
    chosen: bool,
}

/// What somebody sent that could not be carried out.
struct Tried {
    status: StatusCode,
    whom: String,
    reason: String,
    person: PersonForm,
    wrong: Option<String>,
}

/// `GET /appointments/{id}/confirm`
pub(super) async fn form(visitor: Visitor, Path(id): Path<String>) -> Response {
    visitor.answer(async { show(&visitor, &id, None).await }).await
}

async fn show(visitor: &Visitor, id: &str, tried: Option<Tried>) -> Result<Response, PageError> {
    if matches!(visitor.ctx.actor, Actor::Patient(_)) {
        match booking::come_back(&visitor.ctx, read(id)?).await {
            // Told below, with other times.
            Ok(_) | Err(BookingRefusal::HoldExpired) => {}
            Err(refusal) => return Err(refusal.into()),
        }
    }
    let (visit, practitioner) = visit_of(visitor, id).await?;
    if visit.status == Status::Expired {
        return instead(visitor, &visit, BookingRefusal::HoldExpired).await;
    }
    let (Status::Held, Some(expires_at)) = (visit.status, visit.hold_expires_at) else {
        return Ok(go(&format!("/appointments/{id}")));
    };
    let now = database_now(visitor, &visit).await?;
    let left = expires_at.duration_since(now);
    if left <= SignedDuration::ZERO {
        return instead(visitor, &visit, BookingRefusal::HoldExpired).await;
    }
    let people = match visitor.ctx.actor {
        Actor::Patient(_) => identity::people(&visitor.ctx).await?,
        _ => Vec::new(),
    };
    let tried = tried.unwrap_or_else(|| Tried {
        status: StatusCode::OK,
        whom: visit.patient.to_string(),
        reason: visit.reason.clone().unwrap_or_default(),
        person: PersonForm::empty(visitor),
        wrong: None,
    });
    let until = when::on_clock_of(&visit.time_zone, expires_at);
    // A time that was offered in the evening is kept until the next morning.
    let until = match until.date() == when::on_clock_of(&visit.time_zone, now).date() {
        true => when::clock(until.time()),
        false => when::moment(visitor.locale, &until),
    };
    let whom = whom(visitor, &people, &tried.whom);
    let page = ConfirmPage {
        page: visitor.page(),
        until,
        seconds_left: left.as_secs(),
        leaves: !whom.is_empty() && !waiting::is_offered(&visitor.ctx, visit.id).await?,
        left_minutes: LEFT_MINUTES,
        reason: tried.reason,
        whom,
        can_add: people.len() < usize::try_from(MOST_PEOPLE).unwrap_or_default(),
        adding: tried.whom == SOMEBODY_NEW,
        person: tried.person,
        wrong: tried.wrong,
        visit: view(visitor, &visit, &practitioner),
    };
    Ok(visitor.show(tried.status, &page))
}

/// The visit without the reason, which stands in its field.
fn view(visitor: &Visitor, visit: &Appointment, practitioner: &Practitioner) -> VisitView {
    VisitView { reason: String::new(), ..VisitView::new(visitor, visit, practitioner) }
}

/// The patient themselves first, then the people they care for.
fn whom(visitor: &Visitor, people: &[CaredFor], chosen: &str) -> Vec<Whom> {
    let Actor::Patient(own) = visitor.ctx.actor else { return Vec::new() };
    let me = (own, visitor.t("whom-me"), String::new());
    let others = people.iter().filter(|person| !person.is_over);
    let others =
        others.map(|person| (person.patient, full_name(person), relation_text(visitor, person.relation)));
    std::iter::once(me)
        .chain(others)
        .map(|(id, name, detail)| (id.to_string(), name, detail))
        .map(|(id, name, detail)| Whom { chosen: id == chosen, id, name, detail })
        .collect()
}

/// The present by the clock that decides deadlines.
async fn database_now(visitor: &Visitor, visit: &Appointment) -> Result<Timestamp, PageError> {
    let window = TimeRange::new(visit.range.start(), visit.range.end()).map_err(|_| PageError::NotFound)?;
    let offered = booking::slots(&visitor.ctx, visit.practitioner, visit.visit_type, window, Some(0)).await?;
    Ok(offered.as_of)
}

/// `POST /appointments/{id}/confirm`
pub(super) async fn confirm(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let visit = booking::find(&posted.ctx, read(&id)?).await?;
            let chosen = posted.field("for");
            let patient = match chosen {
                "" => visit.patient,
                SOMEBODY_NEW => {
                    let mut person = PersonForm::sent(&posted, true);
                    match added(&posted, &id, &mut person).await? {
                        Some(patient) => patient,
                        None => return again(&posted, &id, chosen, person, None).await,
                    }
                }
                known => known.parse::<PatientId>().map_err(|_| PageError::NotFound)?,
            };
            let refusal = match carry_out(&posted, &id, &visit, patient).await {
                Ok(()) => return Ok(go(&format!("/appointments/{id}?done=booked"))),
                Err(refusal) => refusal,
            };
            match refusal {
                BookingRefusal::AlreadyConfirmed => Ok(go(&format!("/appointments/{id}?done=booked"))),
                BookingRefusal::PatientOverlap
                | BookingRefusal::KnownPatientsOnly
                | BookingRefusal::NewPatientsOnly
                | BookingRefusal::TooManyHolds { .. } => {
                    let text = whom_refused(posted.visitor(), &refusal, patient);
                    let chosen = patient.to_string();
                    let empty = PersonForm::empty(posted.visitor());
                    again(&posted, &id, &chosen, empty, Some(text)).await
                }
                other => instead(posted.visitor(), &visit, other).await,
            }
        })
        .await
}

/// Gives the hold to the patient whom it is for, if that is another, and makes it a visit.
async fn carry_out(
    posted: &Posted,
    id: &str,
    visit: &Appointment,
    patient: PatientId,
) -> Result<(), BookingRefusal> {
    if patient != visit.patient && visit.status == Status::Held {
        let to = patient.to_string();
        booking::assign(&posted.once("POST /appointments/{id}/for", &[id, &to]), visit.id, patient).await?;
    }
    let ctx = posted.once("POST /appointments/{id}/confirm", &[id]);
    booking::confirm(&ctx, visit.id, None, posted.short_text("reason", REASON)).await.map(drop)
}

/// Enters the person who was written into the form; `None` if something is wrong with it, which it then says.
async fn added(posted: &Posted, id: &str, form: &mut PersonForm) -> Result<Option<PatientId>, PageError> {
    let Some(person) = form.judge(posted.visitor()) else { return Ok(None) };
    // What was typed is part of the key: who corrects it after a refusal means another person.
    let typed = format!("{} {} {}", person.given_name, person.family_name, person.birth_date);
    let ctx = posted.once("POST /people", &[id, &typed]);
    match identity::add_person(&ctx, person).await {
        Ok(patient) => Ok(Some(patient)),
        Err(refusal) => form.mark(posted.visitor(), refusal).map(|()| None),
    }
}

/// The page once more, with what was typed and what is wrong with it.
async fn again(
    posted: &Posted,
    id: &str,
    chosen: &str,
    person: PersonForm,
    wrong: Option<String>,
) -> Result<Response, PageError> {
    let tried = Tried {
        status: if wrong.is_some() { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY },
        whom: chosen.to_owned(),
        reason: posted.short_text("reason", REASON).unwrap_or_default(),
        person,
        wrong,
    };
    show(posted.visitor(), id, Some(tried)).await
}

/// Why it cannot be for this person, in words that fit who it is.
fn whom_refused(visitor: &Visitor, refusal: &BookingRefusal, patient: PatientId) -> String {
    let own = matches!(visitor.ctx.actor, Actor::Patient(own) if own == patient);
    match refusal {
        _ if own => refusal_text(visitor.locale, refusal),
        BookingRefusal::PatientOverlap => visitor.t("whom-overlap"),
        BookingRefusal::KnownPatientsOnly => visitor.t("whom-known-only"),
        BookingRefusal::NewPatientsOnly => visitor.t("whom-new-only"),
        other => refusal_text(visitor.locale, other),
    }
}

/// The page that says why the held time could not be booked, with others instead.
async fn instead(
    visitor: &Visitor,
    visit: &Appointment,
    refusal: BookingRefusal,
) -> Result<Response, PageError> {
    let slot = SlotId::new(visit.practitioner, visit.visit_type, visit.range.start());
    let wanted = Wanted { slot, patient: Some(visit.patient), moving: None, action: "/hold".to_owned() };
    refused(visitor, wanted, refusal).await
}

/// `POST /appointments/{id}/leave`: the page was left. A script sends it while the page goes away, and reads no answer.
pub(super) async fn leave(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            booking::leave(&posted.ctx, read(&id)?).await?;
            Ok(StatusCode::NO_CONTENT.into_response())
        })
        .await
}

/// `POST /appointments/{id}/stay`: somebody is at the page. Tells whether the time is still held.
pub(super) async fn stay(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let status = match booking::come_back(&posted.ctx, read(&id)?).await {
                Ok(visit) if visit.status == Status::Held => StatusCode::NO_CONTENT,
                Ok(_) | Err(BookingRefusal::HoldExpired) => StatusCode::GONE,
                Err(refusal) => return Err(refusal.into()),
            };
            Ok(status.into_response())
        })
        .await
}
