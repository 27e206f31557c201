//! What every request handler works with: one value a process, cheap to clone.
//!
//! It holds services and settings only; nothing of a single request is kept here.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use rendez_domain::Services;
use rendez_platform::auth::session::SessionLifetime;
use rendez_platform::auth::{Issuer, ServerSecret, Verifier};
use rendez_platform::telemetry::health::Readiness;
use rendez_platform::telemetry::metrics::Metrics;
use tokio_util::sync::CancellationToken;

use crate::api::live::Live;
use crate::middleware::admission::Admission;

/// The state of the router. A clone is one reference count.
#[derive(Clone)]
pub struct App(Arc<AppParts>);

/// What [`App`] is made of; the server's wiring fills it.
pub struct AppParts {
    /// The business.
    pub services: Arc<Services>,
    /// Reads bearer tokens.
    pub verifier: Verifier,
    /// The server's own issuer, whose public keys are published.
    pub issuer: Arc<Issuer>,
    /// Signs CSRF tokens and values in cookies.
    pub secret: ServerSecret,
    /// Whether each part of the process can serve.
    pub readiness: Readiness,
    /// What `/metrics` publishes.
    pub metrics: Metrics,
    /// Changes of the timeline as they are committed: the source of slot streams.
    pub live: Live,
    /// How many requests may run, and how often who may ask.
    pub admission: Admission,
    /// When it is cancelled, open streams end, so that the server can stop.
    pub stop: CancellationToken,
    /// Addresses and limits.
    pub settings: WebSettings,
    /// With demo data: who can sign in, for everybody to see. Kept mails can be read then, too.
    pub demo: Option<Vec<DemoLogin>>,
}

/// An account of the demo, which the sign-in page offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoLogin {
    /// The role's name, as tokens have it.
    pub role: &'static str,
    /// The address to sign in with.
    pub email: &'static str,
    /// The password, which is no secret.
    pub password: &'static str,
}

/// Settings of the HTTP surface.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// The address under which browsers and partners reach the installation, without a slash at its end.
    pub public_url: String,
    /// After this time a request is answered 503; a write that it began runs to its end.
    pub request_timeout: Duration,
    /// A longer body is refused with 413.
    pub max_body_bytes: usize,
    /// Proxies in front that append the caller's address to `X-Forwarded-For`. With 0 the header is not believed.
    pub trusted_proxies: usize,
    /// How long the sessions of pages live.
    pub sessions: SessionLifetime,
}

impl WebSettings {
    /// Whether browsers come by https: cookies are marked secure and HSTS is sent only then.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

impl App {
    /// The state from its parts.
    pub fn new(parts: AppParts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.0
    }
}
