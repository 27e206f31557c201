//! A practitioner's page: who they are, what can be booked, and a week of free times.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use rendez_domain::availability::VisitType;
use rendez_domain::directory::{self, Practitioner};
use serde::Deserialize;

use super::door::{Door, doors};
use super::error::PageError;
use super::page::{Link, Notice, Page};
use super::query::Lenient;
use super::views::{Who, visit_type_text};
use super::visitor::Visitor;
use super::week::{Week, WeekRequest, week};
use super::when;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    visit_type: String,
    /// Such as `2026-W50`.
    #[serde(default)]
    week: String,
    /// `freed` after a time was given back.
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "practitioner.html")]
struct PractitionerPage {
    page: Page,
    who: Who,
    visit_types: Vec<Link>,
    week: Option<Week>,
    notice: Option<Notice>,
    /// Its paragraphs.
    about: Vec<String>,
    doors: Vec<Door>,
    day: Option<String>,
}

/// `GET /practitioners/{id}`
pub(super) async fn show(
    visitor: Visitor,
    Path(id): Path<String>,
    Lenient(asked): Lenient<Asked>,
) -> Response {
    visitor
        .answer(async {
            let id = id.parse().map_err(|_| PageError::NotFound)?;
            let person = directory::practitioner(&visitor.ctx, id).await?;
            if !person.active && !visitor.is_practice() {
                return Err(PageError::NotFound);
            }
            let active: Vec<&VisitType> = person.visit_types.iter().filter(|known| known.active).collect();
            let chosen = active
                .iter()
                .find(|known| known.id.to_string() == asked.visit_type)
                .or(active.first())
                .copied();
            let week = match chosen {
                Some(visit_type) => {
                    let request = WeekRequest {
                        person: &person,
                        visit_type,
                        monday: when::week_named(&asked.week),
                        base: format!("/practitioners/{}?visit_type={}&week=", person.id, visit_type.id),
                        action: "/hold".to_owned(),
                    };
                    Some(week(&visitor, request).await?)
                }
                None => None,
            };
            let page = PractitionerPage {
                page: visitor.page(),
                who: Who::new(&visitor, &person),
                visit_types: links(&visitor, &person, &active, chosen),
                week,
                notice: (asked.done == "freed").then(|| Notice::plain(visitor.t("hold-freed"))),
                about: paragraphs(person.about.as_deref().unwrap_or_default()),
                doors: doors(&visitor, &person).await?,
                day: visitor.is_practice().then(|| format!("/practice/day?practitioner={}", person.id)),
            };
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}

/// A text's paragraphs, as empty lines part them.
fn paragraphs(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n");
    text.split("\n\n").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn links(
    visitor: &Visitor,
    person: &Practitioner,
    active: &[&VisitType],
    chosen: Option<&VisitType>,
) -> Vec<Link> {
    active
        .iter()
        .map(|known| {
            let href = format!("/practitioners/{}?visit_type={}", person.id, known.id);
            let current = chosen.is_some_and(|chosen| chosen.id == known.id);
            Link::new(href, visit_type_text(visitor, known)).current(current)
        })
        .collect()
}
