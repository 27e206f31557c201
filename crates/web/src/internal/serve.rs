//! The answering side.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use rendez_domain::Services;
use rendez_domain::search::search_here;
use sha2::{Digest, Sha256};
use tower_http::catch_panic::CatchPanicLayer;

use super::SEARCH;
use super::wire::{Answered, Asked};

/// What the handler works with.
#[derive(Clone)]
struct Node {
    services: Arc<Services>,
    /// The digest of the shared secret: comparing digests tells nothing about the secret by the time it takes.
    secret: [u8; 32],
}

/// A question is small.
const LARGEST_QUESTION: usize = 64 * 1024;
/// Longer than anybody waits for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a process with the index answers on its internal listener.
pub fn router(services: Arc<Services>, token: &str) -> Router {
    let node = Node { services, secret: Sha256::digest(token).into() };
    Router::new().route(SEARCH, post(search)).layer(CatchPanicLayer::new()).with_state(node)
}

/// 200 with the answer; 204 for a search that only the database can answer; 503 while there is no index, or no time.
async fn search(State(node): State<Node>, request: Request) -> Response {
    // Nobody else has a body read.
    if !node.knows(request.headers()) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match tokio::time::timeout(PATIENCE, node.answer(request.into_body())).await {
        Ok(response) => response,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

impl Node {
    async fn answer(&self, body: Body) -> Response {
        let Ok(body) = axum::body::to_bytes(body, LARGEST_QUESTION).await else {
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        };
        let asked: Option<Asked> = serde_json::from_slice(&body).ok();
        let Some(request) = asked.and_then(Asked::request) else {
            return StatusCode::UNPROCESSABLE_ENTITY.into_response();
        };
        match search_here(&self.services, &request).await {
            Ok(Some(results)) => Json(Answered::from(&results)).into_response(),
            Ok(None) if self.is_loaded() => StatusCode::NO_CONTENT.into_response(),
            Ok(None) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            Err(_) => StatusCode::NO_CONTENT.into_response(),
        }
    }

    fn knows(&self, headers: &HeaderMap) -> bool {
        let token = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        token.is_some_and(|token| <[u8; 32]>::from(Sha256::digest(token)) == self.secret)
    }

    fn is_loaded(&self) -> bool {
        self.services.search.index.as_ref().is_some_and(|index| index.view().is_some())
    }
}
