//! Finding the patient who is on the phone.
//!
//! Invariant: what is typed travels in forms only, so no name and no birth date ever stands in an address.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use rendez_domain::directory::{self, Patient};

use super::super::error::PageError;
use super::super::form::Posted;
use super::super::page::Page;
use super::super::views::telephone;
use super::super::visitor::Visitor;
use super::super::when;

/// A patient whom a press of a button chooses.
pub(super) struct Found {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) birth_date: String,
    pub(super) phone: String,
}

impl Found {
    pub(super) fn new(visitor: &Visitor, patient: &Patient) -> Self {
        Self {
            id: patient.id.to_string(),
            name: format!("{} {}", patient.given_name, patient.family_name),
            birth_date: patient.birth_date.map(|born| born_on(visitor, born)).unwrap_or_default(),
            phone: patient.phone.as_deref().map(|phone| telephone(visitor, phone)).unwrap_or_default(),
        }
    }
}

/// A birth date as a desk reads it out.
pub(super) fn born_on(visitor: &Visitor, born: jiff::civil::Date) -> String {
    let date = format!("{} {}", when::day_month(visitor.locale, born), born.year());
    visitor.locale.text_with("agenda-born", [("date", date.into())])
}

#[derive(Template)]
#[template(path = "agenda_found.html")]
struct FoundPart {
    page: Page,
    found: Vec<Found>,
    searched: bool,
}

/// Whom what was typed fits.
pub(super) async fn search(visitor: &Visitor, typed: &str) -> Result<Vec<Found>, PageError> {
    let found = directory::find_patients(&visitor.ctx, typed).await?;
    Ok(found.iter().map(|patient| Found::new(visitor, patient)).collect())
}

/// `POST /practice/book/patients`: the list alone, while somebody types.
pub(in crate::pages) async fn find(posted: Posted) -> Response {
    posted
        .answer(async {
            let found = search(posted.visitor(), posted.field("q")).await?;
            let searched = posted.field("q").chars().count() >= 2;
            Ok(posted.show(StatusCode::OK, &FoundPart { page: posted.page(), found, searched }))
        })
        .await
}
