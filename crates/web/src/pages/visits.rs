//! A patient's visits: what comes, and what has been.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use rendez_domain::booking::{self, Appointment, AppointmentFilter, Status};
use rendez_vocab::Actor;
use serde::Deserialize;

use super::error::PageError;
use super::page::Page;
use super::query::Lenient;
use super::views::{VisitView, visit_views};
use super::visitor::{Visitor, go};

/// How far back the past is shown at once.
const PAST: SignedDuration = SignedDuration::from_hours(24 * 183);
/// How many visits are read at most: far more than a patient has in half a year.
const MOST: u8 = 100;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// Show only what was before: Unix seconds.
    #[serde(default)]
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "visits.html")]
struct VisitsPage {
    page: Page,
    upcoming: Vec<VisitView>,
    past: Vec<VisitView>,
    earlier: Option<String>,
}

/// `GET /visits`
pub(super) async fn show(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            match visitor.ctx.actor {
                Actor::Nobody => return Err(PageError::SignIn),
                Actor::Patient(_) => {}
                _ => return Ok(go("/practice/day")),
            }
            let now = visitor.ctx.clock.now();
            let before = asked.before.and_then(|seconds| Timestamp::from_second(seconds).ok());
            let until = before.unwrap_or(now).min(now);
            let since = until.checked_sub(PAST).unwrap_or(Timestamp::UNIX_EPOCH);
            let upcoming = match before {
                // A hold that has run out is nothing to come, even before a worker has noted it.
                None => list(&visitor, Some(now), None, &[Status::Held, Status::Booked, Status::Arrived])
                    .await?
                    .into_iter()
                    .filter(|visit| visit.hold_expires_at.is_none_or(|deadline| deadline > now))
                    .collect(),
                Some(_) => Vec::new(),
            };
            let mut past = list(
                &visitor,
                Some(since),
                Some(until),
                &[Status::Booked, Status::Arrived, Status::Fulfilled, Status::NoShow, Status::Cancelled],
            )
            .await?;
            past.reverse();
            let page = VisitsPage {
                page: visitor.page(),
                upcoming: visit_views(&visitor, &upcoming).await?,
                earlier: (!past.is_empty()).then(|| format!("/visits?before={}", since.as_second())),
                past: visit_views(&visitor, &past).await?,
            };
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}

async fn list(
    visitor: &Visitor,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    statuses: &[Status],
) -> Result<Vec<Appointment>, PageError> {
    let filter = AppointmentFilter {
        from,
        to,
        statuses: statuses.to_vec(),
        limit: MOST,
        ..AppointmentFilter::default()
    };
    Ok(booking::list(&visitor.ctx, &filter).await?.appointments)
}
