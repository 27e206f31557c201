//! Looking for a patient of the practice. The question is sent as a form, so that nothing personal stands in an address.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use rendez_domain::practice::{self, PatientLine, PatientQuestion, Workplace};
use serde::Deserialize;

use super::{at, houses, workplace};
use crate::pages::day::whose_day;
use crate::pages::error::PageError;
use crate::pages::fields::Field;
use crate::pages::form::Posted;
use crate::pages::page::{Link, Page};
use crate::pages::query::Lenient;
use crate::pages::views::telephone;
use crate::pages::visitor::Visitor;
use crate::pages::when;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(in crate::pages) struct Asked {
    #[serde(default)]
    organization: String,
    #[serde(default)]
    practitioner: String,
}

/// A patient in a list.
struct Line {
    href: String,
    name: String,
    facts: String,
    blocked: bool,
}

#[derive(Template)]
#[template(path = "patients.html")]
struct PatientsPage {
    page: Page,
    houses: Vec<Link>,
    practice: String,
    organization: String,
    fields: Vec<Field>,
    /// What was found, if anything was looked for.
    found: Option<Vec<Line>>,
    /// After whom the next page begins; empty for no next page.
    next: String,
    /// Whom the practice asks to call.
    blocked: Vec<Line>,
}

/// `GET /practice/patients`
pub(in crate::pages) async fn show(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            let Some(place) = workplace(&visitor, &asked.organization, &asked.practitioner).await? else {
                return Ok(whose_day(&visitor));
            };
            let blocked = practice::blocked_patients(&visitor.ctx, &place).await?;
            let blocked = blocked.iter().map(|known| line(&visitor, &place, known)).collect();
            let fields = fields(&visitor, |_| "");
            page(&visitor, &place, fields, None, String::new(), blocked, StatusCode::OK).await
        })
        .await
}

/// `POST /practice/patients`: the search.
pub(in crate::pages) async fn search(posted: Posted) -> Response {
    posted
        .answer(async {
            let visitor = posted.visitor();
            let Some(place) = workplace(visitor, posted.field("organization"), "").await? else {
                return Err(PageError::NotFound);
            };
            let mut fields = fields(visitor, |name| posted.field(name));
            let Some(mut question) = question(visitor, &mut fields) else {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return page(visitor, &place, fields, None, String::new(), Vec::new(), status).await;
            };
            question.after = posted.field("after").parse().ok();
            let found = practice::find_patients(&visitor.ctx, &place, &question).await?;
            let lines = found.patients.iter().map(|known| line(visitor, &place, known)).collect();
            let next = found.next.map(|id| id.to_string()).unwrap_or_default();
            page(visitor, &place, fields, Some(lines), next, Vec::new(), StatusCode::OK).await
        })
        .await
}

fn fields<'v>(visitor: &Visitor, value: impl Fn(&str) -> &'v str) -> Vec<Field> {
    let t = |key: &str| visitor.t(key);
    vec![
        Field::new("search", "name", t("patients-name"), value("name"))
            .at_most(100)
            .hint(t("patients-name-hint")),
        Field::new("date", "birth_date", t("field-birth-date"), value("birth_date")),
        Field::new("tel", "phone", t("field-phone"), value("phone")).at_most(30),
    ]
}

/// The question in the fields; marks what cannot be one.
fn question(visitor: &Visitor, fields: &mut [Field]) -> Option<PatientQuestion> {
    let [name, birth_date, phone] = fields else { return None };
    let asked = name.text(visitor).unwrap_or_default();
    let born = birth_date.value.parse::<Date>().ok();
    if born.is_none() && !birth_date.value.is_empty() {
        birth_date.refuse(visitor.t("wrong-date"));
    }
    let number = visitor.ctx.pack.phone().international(&phone.value);
    if number.is_none() && !phone.value.is_empty() {
        phone.refuse(visitor.t("wrong-phone"));
    }
    let right = fields.iter().all(|field| field.wrong.is_none());
    right.then_some(PatientQuestion { name: asked, birth_date: born, phone: number, after: None })
}

fn line(visitor: &Visitor, place: &Workplace, known: &PatientLine) -> Line {
    let born = known.birth_date.map(|date| when::date_numbers(visitor.locale, date));
    let facts: Vec<String> =
        born.into_iter().chain(known.phone.as_deref().map(|number| telephone(visitor, number))).collect();
    Line {
        href: at(&format!("/practice/patients/{}", known.id), place),
        name: format!("{} {}", known.family_name, known.given_name),
        facts: facts.join(" · "),
        blocked: known.blocked,
    }
}

async fn page(
    visitor: &Visitor,
    place: &Workplace,
    fields: Vec<Field>,
    found: Option<Vec<Line>>,
    next: String,
    blocked: Vec<Line>,
    status: StatusCode,
) -> Result<Response, PageError> {
    let shown = PatientsPage {
        page: visitor.page().at(at("/practice/patients", place)),
        practice: place.name().to_owned(),
        houses: houses(visitor, "/practice/patients", place).await?,
        organization: place.organization().to_string(),
        fields,
        found,
        next,
        blocked,
    };
    Ok(visitor.show(status, &shown))
}
