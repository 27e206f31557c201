//! The account of somebody who works here: with what they sign in, their password, where they are signed in.
//!
//! Invariant: it knows nothing of patients; its forms are those of [`super::account`], which leads here.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use rendez_domain::identity;

use super::account::{SessionView, Wrong, this};
use super::error::PageError;
use super::page::{Notice, Page};
use super::visitor::Visitor;

#[derive(Template)]
#[template(path = "work_account.html")]
struct WorkAccountPage {
    page: Page,
    notice: Option<Notice>,
    email: String,
    sessions: Vec<SessionView>,
    wrong: Wrong,
}

/// The page, with what has been done or what is wrong.
pub(super) async fn page(
    visitor: &Visitor,
    notice: Option<Notice>,
    wrong: Wrong,
) -> Result<Response, PageError> {
    let account = identity::work_account(&visitor.ctx, this(visitor)).await?;
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = WorkAccountPage {
        page: visitor.page().at("/account"),
        notice,
        email: account.email,
        sessions: SessionView::all(visitor, &account.sessions),
        wrong,
    };
    Ok(visitor.show(status, &page))
}
