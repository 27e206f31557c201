//! A patient's private calendar, for programs that subscribe to it.
//!
//! Invariant: the address is the whole of the right to read, so it stands in no log (the shell writes the pattern of a
//! path, never the path) and no answer; an address of nobody is 404, whatever is wrong with it.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rendez_domain::notify::{self, FeedToken};
use sha2::{Digest, Sha256};

use crate::extract::Caller;
use crate::problem::Problem;

/// The visits of a patient and of the people they care for, from 90 days back, as iCalendar (RFC 5545). Programs ask again
/// with the `ETag` of the last answer.
#[utoipa::path(get, path = "/v1/calendars/{token}", tag = "appointments", security(()),
    params(("token" = String, Path, description = "The address's token, with `.ics` at its end")),
    responses(
        (status = 200, description = "The calendar", body = String, content_type = "text/calendar"),
        (status = 304, description = "It is as the `ETag` in `If-None-Match` says")))]
pub(crate) async fn read(
    caller: Caller,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let token = token.strip_suffix(".ics").and_then(FeedToken::parse).ok_or_else(Problem::not_found)?;
    let calendar = notify::feed(&caller.ctx, &token).await?.ok_or_else(Problem::not_found)?;
    let digest: String =
        Sha256::digest(&calendar).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{digest}\"");
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| {
        known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag || one.trim() == "*")
    });
    let tag = HeaderValue::from_str(&tag).map_err(|_| Problem::not_found())?;
    let kept = [(header::ETAG, tag), (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"))];
    Ok(match is_known {
        true => (StatusCode::NOT_MODIFIED, kept).into_response(),
        false => {
            let kind = HeaderValue::from_static("text/calendar; charset=utf-8");
            (kept, [(header::CONTENT_TYPE, kind)], calendar).into_response()
        }
    })
}
