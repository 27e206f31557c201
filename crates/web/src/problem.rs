//! Refusals and faults as the caller sees them: `application/problem+json` (RFC 9457).
//!
//! Invariants: each problem has a code of [`codes`], and so a status, a title and a page at its `type`; a fault shows
//! an incident number and nothing of its cause; no text here names a person. It does not know which rule refused: the
//! mappings stand beside the endpoints in `api/`.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rendez_platform::fault::Fault;
use serde::Serialize;
use serde_json::{Map, Value};

pub mod codes;
pub mod pages;

pub use codes::Code;

/// The media type of a problem (RFC 9457 section 3).
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What the API answers instead of what was asked for.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    code: &'static Code,
    detail: Cow<'static, str>,
    errors: Vec<FieldError>,
    members: Map<String, Value>,
    retry_after_seconds: Option<u64>,
    headers: Vec<(HeaderName, HeaderValue)>,
    fault: Option<Arc<Fault>>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// Where it stands in the body (RFC 6901); for a query parameter `/` and its name.
    #[schema(example = "/slot_id")]
    pub pointer: String,
    /// A stable word for programs.
    #[schema(value_type = String, example = "missing")]
    pub code: &'static str,
    /// Why, and what to do.
    pub detail: String,
}

/// Left in a response by a fault, for the one place that logs it with the request's number.
#[derive(Debug, Clone)]
pub struct Incident(pub Arc<Fault>);

impl Problem {
    /// A problem with the code's own explanation as its detail.
    pub fn new(code: &'static Code) -> Self {
        Self::because(code, code.next)
    }

    /// A problem with a detail of its own: a sentence about this very request, and what the caller can do.
    pub fn because(code: &'static Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Parts {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            members: Map::new(),
            retry_after_seconds: None,
            headers: Vec::new(),
            fault: None,
        }))
    }

    /// 422: every field that is wrong.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let mut problem = Self::new(&codes::INVALID_FIELDS);
        problem.0.errors = errors;
        problem
    }

    /// 404: there is no such record, or none that the caller may see.
    pub fn not_found() -> Self {
        Self::new(&codes::NOT_FOUND)
    }

    /// Adds a member of its own to the problem, such as `alternatives`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    /// Says when to come back, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static Code {
        self.0.code
    }

    /// The fields that are wrong.
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// The problem as one JSON object; `incident` is the number under which the log knows a fault.
    pub(crate) fn body(&self, incident: Option<&str>) -> Vec<u8> {
        let parts = &*self.0;
        let mut object = Map::new();
        object.insert("type".to_owned(), format!("/problems/{}", parts.code.name).into());
        object.insert("title".to_owned(), parts.code.title.into());
        object.insert("status".to_owned(), parts.code.status.into());
        object.insert("code".to_owned(), parts.code.name.into());
        object.insert("detail".to_owned(), parts.detail.as_ref().into());
        if !parts.errors.is_empty() {
            object.insert("errors".to_owned(), serde_json::to_value(&parts.errors).unwrap_or_default());
        }
        if let Some(incident) = incident {
            object.insert("incident".to_owned(), incident.into());
        }
        object.extend(parts.members.clone());
        serde_json::to_vec(&Value::Object(object)).unwrap_or_default()
    }

    fn head(&self, headers: &mut HeaderMap) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(seconds) = self.0.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        for (name, value) in &self.0.headers {
            headers.insert(name.clone(), value.clone());
        }
        if self.0.code.status == 401 {
            let challenge = match self.0.code.name == codes::INVALID_TOKEN.name {
                true => HeaderValue::from_static(r#"Bearer realm="rendez", error="invalid_token""#),
                false => HeaderValue::from_static(r#"Bearer realm="rendez""#),
            };
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
    }
}

/// A fault is 500, or 503 if it may be gone when the caller comes again.
impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let mut problem = match fault.is_passing() {
            true => Self::new(&codes::UNAVAILABLE).retry_after(1),
            false => Self::new(&codes::INTERNAL),
        };
        problem.0.fault = Some(Arc::new(fault));
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body(None)));
        *response.status_mut() =
            StatusCode::from_u16(self.0.code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.head(response.headers_mut());
        if let Some(fault) = self.0.fault {
            response.extensions_mut().insert(Incident(fault));
        }
        response
    }
}

/// How a problem reads in the API description.
#[derive(utoipa::ToSchema)]
#[schema(as = Problem)]
#[allow(dead_code, reason = "a schema: the answer itself is written by `Problem::body`")]
pub(crate) struct ProblemSchema {
    /// A page that explains the code.
    #[schema(example = "/problems/slot-taken")]
    r#type: String,
    /// The code in words.
    title: String,
    /// The HTTP status.
    #[schema(example = 409)]
    status: u16,
    /// The stable code.
    #[schema(example = "slot-taken")]
    code: String,
    /// What happened here, and what the caller can do.
    detail: String,
    /// With `invalid-fields`: every field that is wrong.
    errors: Option<Vec<FieldError>>,
    /// With a fault: the number under which our log knows it.
    incident: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_its_code_everywhere_and_keeps_its_members() {
        let problem = Problem::new(&codes::SLOT_TAKEN).with("alternatives", Value::Array(vec![]));
        let body: Value = serde_json::from_slice(&problem.body(None)).expect("JSON");
        assert_eq!(body["type"], "/problems/slot-taken");
        assert_eq!(body["status"], 409);
        assert_eq!(body["code"], "slot-taken");
        assert!(body["alternatives"].is_array());
        assert!(body.get("errors").is_none() && body.get("incident").is_none());
    }

    #[test]
    fn a_fault_shows_nothing_of_its_cause() {
        let problem = Problem::from(Fault::new("reading the schedule", "secret detail"));
        let text = String::from_utf8(problem.body(Some("42"))).expect("text");
        assert!(!text.contains("secret") && !text.contains("schedule"), "{text}");
        assert!(text.contains(r#""incident":"42""#));
        let response = Problem::from(Fault::passing("x", "y")).into_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[header::RETRY_AFTER], "1");
        assert!(response.extensions().get::<Incident>().is_some());
    }

    #[test]
    fn a_refused_token_is_challenged() {
        let response = Problem::new(&codes::INVALID_TOKEN).into_response();
        let challenge = response.headers()[header::WWW_AUTHENTICATE].to_str().expect("text");
        assert!(challenge.contains("invalid_token"));
    }
}
