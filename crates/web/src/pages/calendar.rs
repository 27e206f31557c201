//! The calendar that a patient's programs subscribe to: making its address, a new one, and taking it away.
//!
//! Invariant: the address is shown on the very answer that made it, and never again. Loading that answer anew makes
//! another address, so that what is shown is always the one that counts.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use rendez_domain::notify;
use serde::Deserialize;

use super::error::PageError;
use super::form::Posted;
use super::page::{Notice, Page};
use super::query::Lenient;
use super::visitor::{Visitor, go};

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// What has just been done.
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "calendar.html")]
struct CalendarPage {
    page: Page,
    notice: Option<Notice>,
    /// There is a calendar.
    is_on: bool,
    shown: Option<Shown>,
}

/// The address, once.
struct Shown {
    https: String,
    webcal: String,
}

/// `GET /calendar`
pub(super) async fn show(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            let is_on = notify::feed_since(&visitor.ctx).await?.is_some();
            let ended = asked.done == "ended" && !is_on;
            let notice = ended.then(|| Notice::plain(visitor.t("calendar-ended")));
            let page = CalendarPage { page: visitor.page(), notice, is_on, shown: None };
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}

/// `POST /calendar`: a new address, or none.
pub(super) async fn change(posted: Posted) -> Response {
    posted
        .answer(async {
            if posted.field("do") == "end" {
                notify::revoke_feed(&posted.ctx).await?;
                return Ok(go("/calendar?done=ended"));
            }
            let token = notify::renew_feed(&posted.ctx).await?;
            let host = posted.app.settings.public_url.trim_end_matches('/');
            let https = format!("{host}/v1/calendars/{}.ics", token.reveal());
            let webcal = https.split_once("://").map(|(_, rest)| format!("webcal://{rest}"));
            let page = CalendarPage {
                page: Page { address: "/calendar".to_owned(), ..posted.page() },
                notice: Some(Notice::good(posted.t("calendar-made"))),
                is_on: true,
                shown: Some(Shown { webcal: webcal.unwrap_or_else(|| https.clone()), https }),
            };
            Ok::<_, PageError>(posted.show(StatusCode::OK, &page))
        })
        .await
}
