//! What every answer carries, and what the server says about itself.

use rendez_vocab::Actor;

use crate::app::{TestApp, admin};

#[tokio::test]
async fn every_answer_is_protected_and_numbered() {
    let app = TestApp::new().await;
    for path in ["/", "/v1/specialties", "/v1/appointments", "/v1/nothing", "/docs", "/healthz"] {
        let answer = app.get(&Actor::Nobody, path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe-eval"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-request-id").len(), 32, "{path}");
        assert!(
            !answer.header("referrer-policy").is_empty() && !answer.header("cache-control").is_empty(),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_server_describes_itself() {
    let app = TestApp::new().await;
    let document = app.get(&Actor::Nobody, "/openapi.json").await;
    assert_eq!((document.status, document.body["openapi"].as_str()), (200, Some("3.1.0")));
    assert!(document.body["paths"].as_object().is_some_and(|paths| paths.len() > 20));
    let docs = app.get(&Actor::Nobody, "/docs").await;
    assert!(matches!(docs.status, 200 | 302 | 303 | 307 | 308), "{}", docs.status);
    let keys = app.get(&Actor::Nobody, "/.well-known/jwks.json").await;
    assert!(keys.body["keys"].as_array().is_some_and(|keys| !keys.is_empty()));
    assert!(keys.body["keys"][0].get("d").is_none(), "the private part stays here");
    assert_eq!(app.get(&Actor::Nobody, "/readyz").await.status, 200);
    app.get(&admin(), "/v1/appointments/expire").await;
    let figures = app.get(&Actor::Nobody, "/metrics").await;
    let text = figures.body.as_str().unwrap_or_default();
    for name in ["rendez_http_request_duration_seconds", "rendez_pool_connections"] {
        assert!(text.contains(name), "{name}");
    }
}
