//! The people whom a patient cares for: who they are, adding one, correcting one, giving one up.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use rendez_domain::identity::{self, CareRefusal, CaredFor, MOST_PEOPLE};
use rendez_vocab::ids::PatientId;
use serde::Deserialize;

use super::error::PageError;
use super::form::Posted;
use super::page::{Notice, Page};
use super::person_form::{PersonForm, relation_text};
use super::query::Lenient;
use super::visitor::{Visitor, go};
use super::when;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// What has just been done.
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    page: Page,
    notice: Option<Notice>,
    people: Vec<PersonView>,
    can_add: bool,
    person: PersonForm,
}

#[derive(Template)]
#[template(path = "person.html")]
struct OnePage {
    page: Page,
    heading: String,
    href: String,
    version: i64,
    /// Of age: nothing can be corrected any more.
    is_over: bool,
    person: PersonForm,
}

/// Somebody on a list.
struct PersonView {
    href: String,
    name: String,
    relation: String,
    birth_date: String,
    /// Until when it lasts, or that it is over.
    ends: String,
    is_over: bool,
}

impl PersonView {
    fn new(visitor: &Visitor, person: &CaredFor) -> Self {
        let of_age = person.birth_date.filter(|_| person.until.is_some()).map(identity::of_age_on);
        let key = if person.is_over { "person-of-age" } else { "person-until" };
        let ends = of_age.map(|day| {
            let day = written(visitor, day);
            visitor.locale.text_with(key, [("date", day.into())])
        });
        Self {
            href: format!("/people/{}", person.patient),
            name: full_name(person),
            relation: relation_text(visitor, person.relation),
            birth_date: person.birth_date.map(|date| written(visitor, date)).unwrap_or_default(),
            ends: ends.unwrap_or_default(),
            is_over: person.is_over,
        }
    }
}

/// `4 May 2020`.
fn written(visitor: &Visitor, date: Date) -> String {
    format!("{} {}", when::day_month(visitor.locale, date), date.year())
}

/// First and last name.
pub(super) fn full_name(person: &CaredFor) -> String {
    format!("{} {}", person.given_name, person.family_name)
}

/// `GET /people`
pub(super) async fn list(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            let notice = match asked.done.as_str() {
                "added" => Some(Notice::good(visitor.t("people-added"))),
                "corrected" => Some(Notice::good(visitor.t("people-corrected"))),
                "ended" => Some(Notice::plain(visitor.t("people-ended"))),
                _ => None,
            };
            let form = PersonForm::empty(&visitor);
            show(&visitor, StatusCode::OK, notice, form).await
        })
        .await
}

async fn show(
    visitor: &Visitor,
    status: StatusCode,
    notice: Option<Notice>,
    person: PersonForm,
) -> Result<Response, PageError> {
    let people = identity::people(&visitor.ctx).await?;
    let page = PeoplePage {
        page: Page { address: "/people".to_owned(), ..visitor.page() },
        notice,
        can_add: people.len() < usize::try_from(MOST_PEOPLE).unwrap_or_default(),
        people: people.iter().map(|person| PersonView::new(visitor, person)).collect(),
        person,
    };
    Ok(visitor.show(status, &page))
}

/// `POST /people`
pub(super) async fn add(posted: Posted) -> Response {
    posted
        .answer(async {
            identity::access::people(&posted.ctx.actor)?;
            let mut form = PersonForm::sent(&posted, true);
            if let Some(person) = form.judge(posted.visitor()) {
                match identity::add_person(&posted.once("POST /people", &[]), person).await {
                    Ok(_) => return Ok(go("/people?done=added")),
                    Err(refusal) => form.mark(posted.visitor(), refusal)?,
                }
            }
            show(posted.visitor(), StatusCode::UNPROCESSABLE_ENTITY, None, form).await
        })
        .await
}

/// `GET /people/{id}`
pub(super) async fn form(visitor: Visitor, Path(id): Path<String>) -> Response {
    visitor
        .answer(async {
            let known = one(&visitor, &id).await?;
            let form = PersonForm::of(&visitor, &known);
            Ok(show_one(&visitor, StatusCode::OK, &known, form))
        })
        .await
}

/// `POST /people/{id}`
pub(super) async fn correct(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let known = one(posted.visitor(), &id).await?;
            let mut form = PersonForm::sent(&posted, false);
            if let Some(person) = form.judge(posted.visitor()) {
                let version = posted.field("version").parse().unwrap_or(known.version);
                match identity::correct_person(&posted.ctx, known.patient, version, person).await {
                    Ok(()) => return Ok(go("/people?done=corrected")),
                    Err(refusal) => form.mark(posted.visitor(), refusal)?,
                }
            }
            Ok(show_one(posted.visitor(), StatusCode::UNPROCESSABLE_ENTITY, &known, form))
        })
        .await
}

/// `POST /people/{id}/end`
pub(super) async fn end(Path(id): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let patient: PatientId = id.parse().map_err(|_| PageError::NotFound)?;
            match identity::end_care(&posted.ctx, patient).await {
                Ok(()) => Ok(go("/people?done=ended")),
                Err(refusal @ CareRefusal::VisitsAhead) => {
                    let known = one(posted.visitor(), &id).await?;
                    let mut form = PersonForm::of(posted.visitor(), &known);
                    form.mark(posted.visitor(), refusal)?;
                    Ok(show_one(posted.visitor(), StatusCode::CONFLICT, &known, form))
                }
                Err(refusal) => Err(refusal.into()),
            }
        })
        .await
}

async fn one(visitor: &Visitor, id: &str) -> Result<CaredFor, PageError> {
    let people = identity::people(&visitor.ctx).await?;
    let id: PatientId = id.parse().map_err(|_| PageError::NotFound)?;
    people.into_iter().find(|person| person.patient == id).ok_or(PageError::NotFound)
}

fn show_one(visitor: &Visitor, status: StatusCode, known: &CaredFor, person: PersonForm) -> Response {
    let page = OnePage {
        page: visitor.page(),
        heading: full_name(known),
        href: format!("/people/{}", known.patient),
        version: known.version,
        is_over: known.is_over,
        person,
    };
    visitor.show(status, &page)
}
