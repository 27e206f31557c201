//! The style guide: every part of a page in every state, for who builds pages. With demo data only.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::error::PageError;
use super::page::Page;
use super::visitor::Visitor;

/// The colours of the style sheet that stand for themselves.
const COLOURS: [&str; 16] = [
    "ground",
    "card",
    "sunk",
    "line",
    "line-strong",
    "ink",
    "ink-soft",
    "accent",
    "accent-strong",
    "accent-soft",
    "good",
    "good-soft",
    "warn",
    "warn-soft",
    "bad",
    "bad-soft",
];
/// The kinds of notices, each with its icon.
const NOTICES: [(&str, &str); 4] = [("", "info"), ("good", "check"), ("warn", "warn"), ("bad", "warn")];

#[derive(Template)]
#[template(path = "styleguide.html")]
struct StyleguidePage {
    page: Page,
    colours: [&'static str; COLOURS.len()],
    notices: [(&'static str, &'static str); NOTICES.len()],
}

/// `GET /styleguide`
pub(super) async fn show(visitor: Visitor) -> Response {
    visitor
        .answer(async {
            if visitor.app.demo.is_none() {
                return Err(PageError::NotFound);
            }
            let page = StyleguidePage { page: visitor.page(), colours: COLOURS, notices: NOTICES };
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}
