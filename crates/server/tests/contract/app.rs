//! A server in this process, and people who ask it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use rendez_platform::auth::session::SessionLifetime;
use rendez_platform::auth::{Issuer, IssuerSettings, ServerSecret, Verifier};
use rendez_platform::change_log::ChangeFeed;
use rendez_platform::telemetry::health::{Part, Readiness};
use rendez_platform::telemetry::metrics::Metrics;
use rendez_testkit::World;
use rendez_vocab::Actor;
use rendez_web::api::live::Live;
use rendez_web::middleware::admission::{Admission, Limits};
use rendez_web::serve::{ServeSettings, serve};
use rendez_web::{App, AppParts, WebSettings};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// No limit that a test does not ask for.
pub(crate) const GENEROUS: Limits = Limits {
    max_in_flight: 512,
    max_streams: 100,
    requests_per_minute_per_caller: 0,
    requests_per_minute_per_address: 0,
    sign_ins_per_minute_per_address: 0,
};

/// A server with its database; both end with it.
pub(crate) struct TestApp {
    pub(crate) world: World,
    issuer: Arc<Issuer>,
    address: SocketAddr,
    http: reqwest::Client,
    _database: Part,
    _data: tempfile::TempDir,
    _stop: DropGuard,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Reply {
    /// A header's value, empty without one.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A field of the body as text.
    pub(crate) fn text(&self, field: &str) -> String {
        self.body[field].as_str().unwrap_or_else(|| panic!("no text `{field}` in {}", self.body)).to_owned()
    }

    /// The status and the problem's code.
    pub(crate) fn problem(&self) -> (u16, &str) {
        if self.status >= 400 {
            assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.body);
            assert_eq!(self.body["status"].as_u64(), Some(self.status.into()));
        }
        (self.status, self.body["code"].as_str().unwrap_or_default())
    }

    /// The pointers of the wrong fields, in order.
    pub(crate) fn wrong_fields(&self) -> Vec<&str> {
        let errors = self.body["errors"].as_array().into_iter().flatten();
        errors.filter_map(|error| error["pointer"].as_str()).collect()
    }
}

impl TestApp {
    pub(crate) async fn new() -> Self {
        Self::with(GENEROUS, Duration::from_secs(30)).await
    }

    pub(crate) async fn with(limits: Limits, request_timeout: Duration) -> Self {
        let world = World::new().await;
        let data = tempfile::tempdir().expect("a folder");
        let services = Arc::clone(&world.services);
        let settings = IssuerSettings::in_data_dir(data.path(), "rendez", "rendez");
        let issuer = Issuer::open(settings, Arc::clone(&services.clock), Arc::clone(&services.entropy));
        let issuer = Arc::new(issuer.expect("an issuer"));
        let stop = CancellationToken::new();
        let (feed, follower) = ChangeFeed::new(services.store.clone());
        let live = Live::new(feed);
        live.spawn(stop.clone());
        tokio::spawn(follower.run(stop.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let readiness = Readiness::new();
        let database = readiness.part("database");
        database.ready();
        let hours = SignedDuration::from_hours;
        let app = App::new(AppParts {
            verifier: Verifier::new(Arc::clone(&issuer)),
            issuer: Arc::clone(&issuer),
            secret: ServerSecret::open(data.path(), Arc::clone(&services.entropy)).expect("a secret"),
            readiness,
            metrics: Metrics::of_process().expect("a recorder"),
            live,
            admission: Admission::new(limits),
            stop: stop.clone(),
            settings: WebSettings {
                public_url: format!("http://{address}"),
                request_timeout,
                max_body_bytes: 64 * 1024,
                trusted_proxies: 0,
                sessions: SessionLifetime { idle: hours(24), total: hours(240) },
            },
            services,
            demo: None,
        });
        let router = rendez_web::router(app).expect("a router");
        let serving = ServeSettings { shutdown: Duration::ZERO, ..ServeSettings::default() };
        tokio::spawn(serve(listener, router, serving, stop.clone()));
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        let http = http.expect("a client");
        Self { world, issuer, address, http, _database: database, _data: data, _stop: stop.drop_guard() }
    }

    /// A request of somebody, to be completed.
    pub(crate) fn request(&self, actor: &Actor, method: &str, path: &str) -> RequestBuilder {
        let method: Method = method.parse().expect("a method");
        let request = self.http.request(method, format!("http://{}{path}", self.address));
        match actor {
            Actor::Nobody => request,
            actor => {
                request.bearer_auth(self.issuer.issue(actor, SignedDuration::from_hours(1)).expect("a token"))
            }
        }
    }

    /// Sends it and reads the whole answer.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Reply {
        let answer = request.send().await.expect("an answer");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.bytes().await.expect("the whole of it");
        let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into());
        Reply { status, headers, body }
    }

    /// Asks without a body.
    pub(crate) async fn get(&self, actor: &Actor, path: &str) -> Reply {
        self.send(self.request(actor, "GET", path)).await
    }

    /// Sends a JSON body.
    pub(crate) async fn ask(&self, actor: &Actor, method: &str, path: &str, body: Value) -> Reply {
        self.send(self.request(actor, method, path).json(&body)).await
    }

    /// POSTs a JSON body under an idempotency key.
    pub(crate) async fn post_with_key(&self, actor: &Actor, path: &str, key: &str, body: Value) -> Reply {
        self.send(self.request(actor, "POST", path).header("idempotency-key", key).json(&body)).await
    }

    /// Changes under a condition.
    pub(crate) async fn ask_if(
        &self,
        actor: &Actor,
        method: &str,
        path: &str,
        tag: &str,
        body: Value,
    ) -> Reply {
        self.send(self.request(actor, method, path).header("if-match", tag).json(&body)).await
    }
}

/// Somebody who may everything.
pub(crate) fn admin() -> Actor {
    Actor::Admin("root".into())
}
