//! Answers of the shapes that several families share.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rendez_domain::idempotency::{Answer, KeyRefusal, Stored};
use rendez_domain::identity::access::Denied;
use serde::Serialize;
use serde_json::Value;

use crate::extract::if_match::etag;
use crate::problem::{Problem, codes};

/// Says that the answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A record with its version as entity tag.
pub fn versioned<T: Serialize>(status: StatusCode, version: i64, view: T) -> Response {
    (status, [(header::ETAG, etag(version))], Json(view)).into_response()
}

/// The JSON that a repeated request gets again.
pub fn render<T: Serialize>(view: &T) -> Value {
    serde_json::to_value(view).unwrap_or_default()
}

/// The first answer to a request that made something, made now or kept. `view` makes what [`render`] was given.
pub fn first<T, V: Serialize>(
    answer: Answer<T>,
    view: impl FnOnce(T) -> V,
    version: Option<fn(&T) -> i64>,
) -> Response {
    first_with(StatusCode::CREATED, answer, view, version)
}

/// The same with the status of a request that need not have made something.
pub fn first_with<T, V: Serialize>(
    fresh: StatusCode,
    answer: Answer<T>,
    view: impl FnOnce(T) -> V,
    version: Option<fn(&T) -> i64>,
) -> Response {
    match answer {
        Answer::Fresh(made) => {
            let version = version.map(|version| version(&made));
            let response = (fresh, Json(view(made))).into_response();
            with_tag(response, version)
        }
        Answer::Replayed(Stored { status, answer }) => {
            let tag = version.and_then(|_| answer["version"].as_i64());
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            let response =
                (status, [(REPLAYED, HeaderValue::from_static("true"))], Json(answer)).into_response();
            with_tag(response, tag)
        }
    }
}

fn with_tag(mut response: Response, version: Option<i64>) -> Response {
    if let Some(version) = version {
        response.headers_mut().insert(header::ETAG, etag(version));
    }
    response
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::SignIn => Self::new(&codes::UNAUTHENTICATED),
            Denied::Forbidden => Self::new(&codes::FORBIDDEN),
        }
    }
}

impl From<KeyRefusal> for Problem {
    fn from(refusal: KeyRefusal) -> Self {
        match refusal {
            KeyRefusal::InUse => Self::new(&codes::KEY_IN_USE).retry_after(1),
            KeyRefusal::Reused => Self::new(&codes::KEY_REUSED),
        }
    }
}
