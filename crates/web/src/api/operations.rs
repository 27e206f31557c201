//! For operators and other programs: health, figures, and the public keys of the server's own issuer.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::state::App;

const FIVE_MINUTES: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "public, max-age=300")];

/// Whether the process lives.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alive {
    /// Always `alive`: whoever cannot say it does not answer.
    #[schema(value_type = String, example = "alive")]
    pub status: &'static str,
}

/// Whether the process lives.
#[utoipa::path(get, path = "/healthz", tag = "operations", security(()),
    responses((status = 200, description = "It does", body = Alive)))]
pub(crate) async fn alive() -> Json<Alive> {
    Json(Alive { status: "alive" })
}

/// A part of the process.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartView {
    /// Its name, such as `database`.
    #[schema(value_type = String)]
    pub name: &'static str,
    /// Whether it can serve.
    pub ready: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_for: Option<String>,
}

/// Whether every part can serve.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ready {
    /// `ready` or `not-ready`.
    #[schema(value_type = String)]
    pub status: &'static str,
    /// Each part.
    pub parts: Vec<PartView>,
}

/// Whether every part can serve; 503 with the reasons until then.
#[utoipa::path(get, path = "/readyz", tag = "operations", security(()),
    responses((status = 200, description = "Every part can", body = Ready),
              (status = 503, description = "Some part cannot yet", body = Ready)))]
pub(crate) async fn ready(State(app): State<App>) -> Response {
    let parts: Vec<PartView> = app
        .readiness
        .report()
        .into_iter()
        .map(|part| PartView {
            name: part.name,
            ready: part.waiting_for.is_none(),
            waiting_for: part.waiting_for,
        })
        .collect();
    let (code, status) = match parts.iter().all(|part| part.ready) {
        true => (StatusCode::OK, "ready"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not-ready"),
    };
    (code, Json(Ready { status, parts })).into_response()
}

/// Figures in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", tag = "operations", security(()),
    responses((status = 200, description = "The figures", content_type = "text/plain", body = String)))]
pub(crate) async fn metrics(State(app): State<App>) -> impl IntoResponse {
    let (connections, waiting) = app.services.store.usage();
    metrics::gauge!("rendez_pool_connections").set(connections as f64);
    metrics::gauge!("rendez_pool_waiting").set(waiting as f64);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.render())
}

/// The public keys of the server's own issuer (RFC 7517 section 5).
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "operations", security(()),
    responses((status = 200, description = "The keys", body = Object)))]
pub(crate) async fn keys(State(app): State<App>) -> ([(HeaderName, &'static str); 1], Json<Value>) {
    (FIVE_MINUTES, Json(app.issuer.jwks()))
}

/// What the server's own issuer is and where its keys are (RFC 8414 section 2).
#[utoipa::path(get, path = "/.well-known/openid-configuration", tag = "operations", security(()),
    responses((status = 200, description = "The issuer's metadata", body = Object)))]
pub(crate) async fn issuer(State(app): State<App>) -> ([(HeaderName, &'static str); 1], Json<Value>) {
    (FIVE_MINUTES, Json(app.issuer.metadata(&app.settings.public_url)))
}
