//! The mails of a demonstration, which would have been sent.
//!
//! Invariant: outside demo mode nothing of this exists, since mails are people's.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use rendez_domain::notify::{self, KeptMail};
use uuid::Uuid;

use super::appointment::ics_response;
use super::error::PageError;
use super::page::Page;
use super::visitor::Visitor;
use super::when;

/// A mail in a list or at the head of its page.
struct MailView {
    id: String,
    to: String,
    subject: String,
    at: String,
}

#[derive(Template)]
#[template(path = "mails.html")]
struct MailsPage {
    page: Page,
    mails: Vec<MailView>,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct MailPage {
    page: Page,
    mail: MailView,
    body: String,
    has_calendar: bool,
}

/// `GET /dev/mail`
pub(super) async fn list(visitor: Visitor) -> Response {
    visitor
        .answer(async {
            only_in_demo(&visitor)?;
            let mails = notify::kept_mails(&visitor.ctx).await?;
            let mails = mails.iter().map(|mail| view(&visitor, mail)).collect();
            Ok(visitor.show(StatusCode::OK, &MailsPage { page: visitor.page(), mails }))
        })
        .await
}

/// `GET /dev/mail/{id}`
pub(super) async fn show(visitor: Visitor, Path(id): Path<String>) -> Response {
    visitor
        .answer(async {
            let mail = kept(&visitor, &id).await?;
            let page = MailPage {
                page: visitor.page(),
                mail: view(&visitor, &mail),
                body: mail.body,
                has_calendar: mail.calendar.is_some(),
            };
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}

/// `GET /dev/mail/{id}/visit.ics`
pub(super) async fn attachment(visitor: Visitor, Path(id): Path<String>) -> Response {
    visitor
        .answer(async {
            let mail = kept(&visitor, &id).await?;
            mail.calendar.map(ics_response).ok_or(PageError::NotFound)
        })
        .await
}

async fn kept(visitor: &Visitor, id: &str) -> Result<KeptMail, PageError> {
    only_in_demo(visitor)?;
    let id: Uuid = id.parse().map_err(|_| PageError::NotFound)?;
    notify::kept_mail(&visitor.ctx, id).await?.ok_or(PageError::NotFound)
}

fn only_in_demo(visitor: &Visitor) -> Result<(), PageError> {
    if visitor.app.demo.is_some() { Ok(()) } else { Err(PageError::NotFound) }
}

fn view(visitor: &Visitor, mail: &KeptMail) -> MailView {
    let at = when::on_clock_of(visitor.ctx.pack.time_zone_name(), mail.created_at);
    MailView {
        id: mail.id.to_string(),
        to: mail.to.clone(),
        subject: mail.subject.clone(),
        at: when::moment(visitor.locale, &at),
    }
}
