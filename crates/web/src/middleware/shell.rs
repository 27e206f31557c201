//! The one layer around every handler.
//!
//! It numbers the request, finds the caller's address, admits or sheds, bounds the time, turns a panic into a 500,
//! logs a fault once, counts, and protects the answer. Invariants: an answer always comes, within the time-out; the
//! path as it was typed, the query string and ids are in no log and no label.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use rendez_platform::fault::Fault;
use rendez_vocab::Actor;
use tokio::time::Instant;
use tracing::{Instrument, field};

use super::address::{self, Peer};
use super::security;
use crate::extract::caller;
use crate::pages;
use crate::problem::{self, Incident, Problem, codes};
use crate::state::App;

/// The request's number, in every answer and in the logs.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// A longer number from a proxy is not taken over.
const LONGEST_ID: usize = 64;

/// Where a request comes from; among the request's extensions.
#[derive(Debug, Clone)]
pub struct RequestOrigin {
    /// The caller's address, as far as trusted proxies tell it.
    pub address: Option<IpAddr>,
    /// The request's number.
    pub request_id: Arc<str>,
}

/// Runs a request through everything that happens around its handler.
pub async fn shell(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let peer = request.extensions().get::<Peer>().copied();
    let trusted = app.settings.trusted_proxies;
    let origin = RequestOrigin {
        address: address::of_caller(request.headers(), peer, trusted),
        request_id: request_id(&app, request.headers(), trusted),
    };
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("unmatched", MatchedPath::as_str).to_owned();
    let method = known_method(request.method());
    let span = tracing::info_span!(
        "request",
        method,
        route,
        request_id = %origin.request_id,
        status = field::Empty,
        latency_ms = field::Empty,
    );
    request.extensions_mut().insert(origin.clone());
    let reader = is_for_people(&request).then(|| request.headers().clone());
    let answered = answer(&app, &route, origin.address, request, next).instrument(span.clone()).await;
    let mut response = match answered {
        Ok(response) => response,
        Err(problem) => match reader {
            Some(headers) => as_page(&app, problem, &headers, &origin.request_id),
            None => problem.into_response(),
        },
    };
    if let Some(Incident(fault)) = response.extensions_mut().remove::<Incident>() {
        span.in_scope(|| log(&fault));
        response = with_incident(response, &fault, &origin.request_id);
    }
    let elapsed = started.elapsed();
    let status = response.status();
    span.record("status", status.as_u16());
    span.record("latency_ms", elapsed.as_secs_f64() * 1000.0);
    span.in_scope(|| tracing::debug!("answered"));
    metrics::histogram!(
        "rendez_http_request_duration_seconds",
        "method" => method,
        "route" => route,
        "status" => status.as_str().to_owned(),
    )
    .record(elapsed.as_secs_f64());

    let headers = response.headers_mut();
    if let Ok(number) = HeaderValue::from_str(&origin.request_id) {
        headers.insert(REQUEST_ID, number);
    }
    security::protect(headers, app.settings.is_https());
    response
}

/// Whoever looks whether the process is well is never turned away.
fn is_probe(route: &str) -> bool {
    matches!(route, "/healthz" | "/readyz" | "/metrics")
}

/// Whether a browser asks for a page, rather than a program for an answer.
pub fn is_for_people(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html")) && !request.uri().path().starts_with("/v1")
}

/// Whose budget the request is of: that of its token or session if one is believed, else that of its address.
/// Files of pages cost nothing.
async fn pay(app: &App, address: Option<IpAddr>, request: Request) -> Result<Request, Problem> {
    let path = request.uri().path();
    if path.starts_with("/static/") {
        return Ok(request);
    }
    let is_api = path.starts_with("/v1/");
    let (mut parts, body) = request.into_parts();
    let actor = match is_api {
        // What is wrong with a token is told by the handler that asks for it.
        true => caller::actor(&mut parts, app).await.unwrap_or(Actor::Nobody),
        false => pages::signed_in(&mut parts, app).await,
    };
    match actor.is_somebody() {
        true => app.admission.check_caller(&actor)?,
        false => app.admission.check_address(address)?,
    }
    Ok(Request::from_parts(parts, body))
}

/// The handler's answer, or why there is none.
async fn answer(
    app: &App,
    route: &str,
    address: Option<IpAddr>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let _place = match is_probe(route) {
        true => None,
        false => Some(app.admission.enter()?),
    };
    let work = async {
        let request = match is_probe(route) {
            true => request,
            false => pay(app, address, request).await?,
        };
        Ok(next.run(request).await)
    };
    match tokio::time::timeout(app.settings.request_timeout, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(result)) => result,
        Ok(Err(_panic)) => Err(Fault::plain("handling a request: a panic, see above").into()),
        Err(_late) => Err(Problem::new(&codes::TIMED_OUT).retry_after(1)),
    }
}

/// The problem as a page, with its status and headers.
fn as_page(app: &App, problem: Problem, headers: &HeaderMap, number: &str) -> Response {
    let mut response = problem.into_response();
    let page = pages::without_visitor(app, headers, response.status(), number);
    let Some(page) = page else { return response };
    let (head, body) = page.into_response().into_parts();
    *response.body_mut() = body;
    if let Some(media_type) = head.headers.get(header::CONTENT_TYPE) {
        response.headers_mut().insert(header::CONTENT_TYPE, media_type.clone());
    }
    response
}

fn log(fault: &Fault) {
    match fault.is_passing() {
        true => tracing::warn!(error = ?fault, "a request could not be served now"),
        false => tracing::error!(error = ?fault, "a request broke"),
    }
}

/// Writes the request's number into a fault's problem. A page tells it in its own words.
fn with_incident(response: Response, fault: &Fault, number: &str) -> Response {
    let media_type = response.headers().get(header::CONTENT_TYPE);
    if fault.is_passing() || media_type.is_none_or(|value| value != problem::MEDIA_TYPE) {
        return response;
    }
    let (parts, _) = response.into_parts();
    let body = Problem::new(&codes::INTERNAL).body(Some(number));
    Response::from_parts(parts, body.into())
}

/// 128 random bits, or the number that a trusted proxy gave.
fn request_id(app: &App, headers: &HeaderMap, trusted_proxies: usize) -> Arc<str> {
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|text| {
        trusted_proxies > 0
            && (1..=LONGEST_ID).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    });
    match given {
        Some(number) => number.into(),
        None => {
            let mut random = [0u8; 16];
            app.services.entropy.fill(&mut random);
            uuid::Builder::from_random_bytes(random).into_uuid().simple().to_string().into()
        }
    }
}

/// A label of a small set: anybody can invent a method.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
