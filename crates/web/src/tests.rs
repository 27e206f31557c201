//! The surface without a database behind it: what is refused before any business is asked, and how.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use rendez_domain::availability::{HolidayCalendar, ScheduleCache};
use rendez_domain::committed::Nobody;
use rendez_domain::ctx::BookingSettings;
use rendez_domain::search::Searching;
use rendez_domain::{Services, regions};
use rendez_platform::auth::session::SessionLifetime;
use rendez_platform::auth::{Issuer, IssuerSettings, Passwords, ServerSecret, Verifier};
use rendez_platform::change_log::ChangeFeed;
use rendez_platform::store::{Store, StoreSettings};
use rendez_platform::telemetry::health::Readiness;
use rendez_platform::telemetry::metrics::Metrics;
use rendez_vocab::clock::FixedClock;
use rendez_vocab::entropy::SeededEntropy;
use rendez_vocab::ids::PatientId;
use rendez_vocab::{Actor, Clock, Entropy};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::api::live::Live;
use crate::middleware::admission::{Admission, Limits};
use crate::state::{App, AppParts, WebSettings};

const LIMITS: Limits = Limits {
    max_in_flight: 100,
    max_streams: 10,
    requests_per_minute_per_caller: 0,
    requests_per_minute_per_address: 0,
    sign_ins_per_minute_per_address: 0,
};

/// A server whose database does not answer, and the directory of its keys.
struct Server {
    router: Router,
    issuer: Arc<Issuer>,
    _data: tempfile::TempDir,
}

impl Server {
    fn new(limits: Limits) -> Self {
        let data = tempfile::tempdir().expect("a directory");
        let now: Timestamp = "2026-12-01T10:00:00Z".parse().expect("a literal");
        let clock: Arc<dyn Clock> = Arc::new(FixedClock(now));
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(7));
        let issuer = IssuerSettings::in_data_dir(data.path(), "http://localhost", "rendez");
        let issuer = Arc::new(Issuer::open(issuer, clock.clone(), entropy.clone()).expect("an issuer"));
        let nowhere = "host=/nonexistent user=nobody".parse().expect("a configuration");
        let settings = StoreSettings { wait: Duration::from_millis(50), ..StoreSettings::default() };
        let store = Store::new(&nowhere, &settings).expect("a pool");
        let (feed, _follower) = ChangeFeed::new(store.clone());
        let services = Services {
            store,
            schedules: ScheduleCache::new(HolidayCalendar::default()),
            booking: BookingSettings::default(),
            pack: regions::pack("fr".parse().expect("a literal")).expect("the pack of France"),
            passwords: Passwords::new(entropy.clone()),
            clock,
            entropy: entropy.clone(),
            waker: feed.waker(),
            committed: Arc::new(Nobody),
            search: Searching::default(),
            public_url: "http://rendez.test".into(),
        };
        let hours = SignedDuration::from_hours;
        let app = App::new(AppParts {
            services: Arc::new(services),
            verifier: Verifier::new(issuer.clone()),
            issuer: issuer.clone(),
            secret: ServerSecret::open(data.path(), entropy).expect("a secret"),
            readiness: Readiness::new(),
            metrics: Metrics::of_process().expect("a recorder"),
            live: Live::new(feed),
            admission: Admission::new(limits),
            stop: CancellationToken::new(),
            settings: WebSettings {
                public_url: "http://localhost".to_owned(),
                request_timeout: Duration::from_secs(5),
                max_body_bytes: 10_000,
                trusted_proxies: 1,
                sessions: SessionLifetime { idle: hours(1), total: hours(2) },
            },
            demo: None,
        });
        Self { router: crate::router(app).expect("a router"), issuer, _data: data }
    }

    fn token(&self) -> String {
        let actor = Actor::Patient(PatientId::new(Timestamp::UNIX_EPOCH, &SeededEntropy::new(1)));
        self.issuer.issue(&actor, SignedDuration::from_hours(1)).expect("a token")
    }

    async fn send(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.expect("always an answer")
    }

    /// Method, path, token or not, body: the status and code of the answer.
    async fn ask(&self, method: &str, path: &str, token: Option<&str>, body: &str) -> (u16, String) {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let response = self.send(request.body(Body::from(body.to_owned())).expect("a request")).await;
        let status = response.status().as_u16();
        (status, json_of(response).await["code"].as_str().unwrap_or_default().to_owned())
    }
}

async fn json_of(response: Response) -> Value {
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

const APPOINTMENT: &str = "apt_01h2xcejqtf2nbrexx3vqjhp41";
const PRACTITIONER: &str = "prac_01h2xcejqtf2nbrexx3vqjhp41";

#[tokio::test]
async fn nobody_is_kept_out_of_every_url_that_is_not_public() {
    let server = Server::new(LIMITS);
    let document = serde_json::to_value(crate::router::document()).expect("JSON");
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in ["get", "post", "put", "patch", "delete"] {
            let Some(operation) = item.get(method) else { continue };
            if operation["security"] == json!([{}]) {
                continue;
            }
            let garbage =
                path.replace("{id}", "garbage").replace("_id}", "}").replace("{opening}", "garbage");
            let answer = server.ask(&method.to_uppercase(), &garbage, None, "").await;
            assert_eq!(answer, (401, "unauthenticated".to_owned()), "{method} {path}");
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
}

#[tokio::test]
async fn a_token_that_is_not_believed_is_401_even_where_nobody_may_read() {
    let server = Server::new(LIMITS);
    let slots = format!("/v1/practitioners/{PRACTITIONER}/slots");
    assert_eq!(server.ask("GET", &slots, Some("a.b.c"), "").await, (401, "invalid-token".to_owned()));
}

#[tokio::test]
async fn garbage_is_told_apart() {
    let server = Server::new(LIMITS);
    let token = server.token();
    let token = Some(token.as_str());
    for (method, path, body, expected) in [
        ("GET", "/v1/nothing", "", (404, "unknown-url")),
        ("DELETE", "/v1/patients", "", (405, "method-not-allowed")),
        ("GET", "/v1/appointments/garbage", "", (404, "not-found")),
        ("GET", "/v1/appointments/pat_01h2xcejqtf2nbrexx3vqjhp41", "", (404, "not-found")),
        ("POST", "/v1/appointments", "{", (400, "malformed-json")),
        ("POST", "/v1/appointments", "{}", (422, "invalid-fields")),
        ("POST", "/v1/appointments/garbage/confirm", "", (404, "not-found")),
        ("GET", "/v1/appointments?limit=1000", "", (422, "invalid-fields")),
        ("GET", "/v1/search?from=2026-12-01T10:00:00", "", (422, "invalid-fields")),
    ] {
        let answer = server.ask(method, path, token, body).await;
        assert_eq!(answer, (expected.0, expected.1.to_owned()), "{method} {path}");
    }
    let response = server.send(Request::delete("/v1/patients").body(Body::empty()).expect("a request")).await;
    assert_eq!(response.headers()[header::ALLOW], "POST");
    let large = format!("{{\"reason\":\"{}\"}}", "x".repeat(20_000));
    let cancel = format!("/v1/appointments/{APPOINTMENT}/cancel");
    assert_eq!(server.ask("POST", &cancel, token, &large).await, (413, "body-too-large".to_owned()));
}

#[tokio::test]
async fn a_database_that_is_away_is_503_and_told_to_come_back() {
    let server = Server::new(LIMITS);
    let request =
        Request::get(format!("/v1/practitioners/{PRACTITIONER}")).body(Body::empty()).expect("a request");
    let response = server.send(request).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()[header::RETRY_AFTER], "1");
    assert_eq!(json_of(response).await["code"], "unavailable");
}

#[tokio::test]
async fn every_answer_is_numbered_and_protected() {
    let server = Server::new(LIMITS);
    for path in
        ["/healthz", "/v1/nothing", "/openapi.json", "/docs/", "/problems/slot-taken", "/v1/specialties"]
    {
        let response = server.send(Request::get(path).body(Body::empty()).expect("a request")).await;
        let headers = response.headers();
        assert!(headers.contains_key("x-request-id"), "{path}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("script-src"), "{path}: scripts come from this server only");
        assert!(headers.contains_key(header::CACHE_CONTROL), "{path}");
    }
}

#[tokio::test]
async fn who_asks_too_often_from_one_address_is_told_to_wait() {
    let server = Server::new(Limits { requests_per_minute_per_address: 2, ..LIMITS });
    let from = async |address: &str| {
        let request = Request::get("/v1/specialties").header("x-forwarded-for", address);
        let response = server.send(request.body(Body::empty()).expect("a request")).await;
        (response.status().as_u16(), response.headers().contains_key(header::RETRY_AFTER))
    };
    assert_eq!(from("192.0.2.1").await.0, 200);
    assert_eq!(from("192.0.2.1").await.0, 200);
    assert_eq!(from("192.0.2.1").await, (429, true));
    assert_eq!(from("192.0.2.2").await.0, 200);
    assert_eq!(from("203.0.113.9, 192.0.2.1").await, (429, true), "what the caller claims does not count");
}

#[tokio::test]
async fn an_address_pays_only_for_who_is_not_believed() {
    let server = Server::new(Limits {
        requests_per_minute_per_address: 2,
        requests_per_minute_per_caller: 3,
        ..LIMITS
    });
    let from_home = async |path: &str, token: &str| {
        let mut request = Request::get(path).header("x-forwarded-for", "192.0.2.1");
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        server.send(request.body(Body::empty()).expect("a request")).await.status().as_u16()
    };
    let token = server.token();
    for _ in 0..3 {
        assert_eq!(from_home("/v1/appointments/garbage", &token).await, 404);
    }
    assert_eq!(from_home("/v1/appointments/garbage", &token).await, 429, "the caller's own budget");
    for _ in 0..5 {
        assert_eq!(from_home("/static/0/style.css", "").await, 200, "files cost nothing");
    }
    assert_eq!(from_home("/v1/appointments/garbage", "a.b.c").await, 401);
    assert_eq!(from_home("/v1/specialties", "").await, 200);
    assert_eq!(from_home("/v1/specialties", "").await, 429);
    assert_eq!(from_home("/v1/appointments/garbage", "a.b.c").await, 429, "who guesses pays too");
}

#[tokio::test]
async fn a_token_is_asked_for_as_often_as_a_sign_in() {
    let server = Server::new(Limits { sign_ins_per_minute_per_address: 2, ..LIMITS });
    let ask = async |body: &str| server.ask("POST", "/v1/tokens", None, body).await.1;
    assert_eq!(ask("{}").await, "invalid-fields");
    let body = json!({"email": "ana@example.org", "password": "wrong"}).to_string();
    for _ in 0..2 {
        assert_eq!(ask(&body).await, "unavailable", "there is no database");
    }
    assert_eq!(ask(&body).await, "rate-limited");
    assert_eq!(ask(&body.replace("ana@", "ben@")).await, "unavailable", "another account");
}

#[tokio::test]
async fn a_full_house_still_tells_that_it_lives() {
    let server = Server::new(Limits { max_in_flight: 0, ..LIMITS });
    assert_eq!(server.ask("GET", "/v1/specialties", None, "").await, (503, "overloaded".to_owned()));
    assert_eq!(server.ask("GET", "/healthz", None, "").await.0, 200);
    let page = Request::get("/").header(header::ACCEPT, "text/html").header(header::ACCEPT_LANGUAGE, "fr");
    let response = server.send(page.body(Body::empty()).expect("a request")).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()[header::RETRY_AFTER], "1");
    assert!(response.headers()[header::CONTENT_TYPE].to_str().expect("text").starts_with("text/html"));
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    let text = std::str::from_utf8(&body).expect("UTF-8");
    assert!(text.contains("lang=\"fr\"") && text.contains("Trop de monde"), "{text}");
}

#[tokio::test]
async fn long_answers_are_compressed_for_who_can_read_them() {
    let server = Server::new(LIMITS);
    let request = Request::get("/openapi.json").header(header::ACCEPT_ENCODING, "gzip");
    let response = server.send(request.body(Body::empty()).expect("a request")).await;
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
}
