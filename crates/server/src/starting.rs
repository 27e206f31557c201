//! The port is open before everything is ready, so that a balancer sees why it must wait and a person sees a page.

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rendez_platform::telemetry::health::Readiness;
use tower::ServiceExt;

/// A router that answers by the real one as soon as there is one.
pub(crate) fn until_ready(real: Arc<OnceLock<Router>>, readiness: Readiness) -> Router {
    Router::new().fallback_service(tower::service_fn(move |request: Request<Body>| {
        let (real, readiness) = (Arc::clone(&real), readiness.clone());
        async move {
            let Some(router) = real.get() else { return Ok(not_yet(&request, &readiness)) };
            router.clone().oneshot(request).await.map_err(|never: Infallible| never)
        }
    }))
}

fn not_yet(request: &Request<Body>, readiness: &Readiness) -> Response {
    if request.uri().path() == "/healthz" {
        return "alive\n".into_response();
    }
    let waiting: Vec<String> = readiness
        .report()
        .into_iter()
        .filter_map(|part| part.waiting_for.map(|reason| format!("{}: {reason}", part.name)))
        .collect();
    let body = serde_json::json!({
        "type": "/problems/starting", "title": "The server is starting", "status": 503, "code": "starting",
        "detail": "Try again in a moment.", "waiting_for": waiting,
    });
    let headers = [(header::CONTENT_TYPE, "application/problem+json"), (header::RETRY_AFTER, "1")];
    (StatusCode::SERVICE_UNAVAILABLE, headers, body.to_string()).into_response()
}
