//! Who is free near here.

pub(crate) mod cursor;
mod json;
pub(crate) mod request;
pub mod view;

use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, header};
use rendez_domain::search::{self, SearchRefusal};
use tokio::time::Instant;

use self::request::{SearchParams, SearchQuery};
use self::view::SearchView;
use crate::extract::{ApiQuery, Caller};
use crate::problem::{FieldError, Problem};

/// JSON, which may be a second old.
const HEADERS: [(HeaderName, HeaderValue); 2] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
    (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=1")),
];

/// Who is free: near and soon first, with their next free times. Booking checks everything again.
#[utoipa::path(get, path = "/v1/search", tag = "search", params(SearchParams), security(()),
    responses((status = 200, description = "A page of results", body = SearchView)))]
pub(crate) async fn search(
    caller: Caller,
    ApiQuery(query): ApiQuery<SearchQuery>,
) -> Result<([(HeaderName, HeaderValue); 2], Bytes), Problem> {
    let started = Instant::now();
    let found = search::search(&caller.ctx, &query.request).await?;
    Ok((HEADERS, json::write(&found, query.town.as_ref(), started.elapsed()).into()))
}

impl From<SearchRefusal> for Problem {
    fn from(refusal: SearchRefusal) -> Self {
        let field = |name: &str, code: &'static str, detail: &str| {
            Self::fields(vec![FieldError { pointer: format!("/{name}"), code, detail: detail.to_owned() }])
        };
        match refusal {
            SearchRefusal::UnknownSpecialty => {
                field("specialty", "unknown-specialty", "Send a code of `GET /v1/specialties`.")
            }
            SearchRefusal::UnknownSector => field(
                "sector",
                "unknown-sector",
                "Send a `sector` as practitioners have it, such as `sector-1`.",
            ),
            SearchRefusal::EmptyWindow => field("to", "not-after-from", "The end must come after the start."),
            SearchRefusal::WideWindow => field("to", "too-long", "Look at 62 days at most at once."),
            SearchRefusal::Fault(fault) => fault.into(),
        }
    }
}
