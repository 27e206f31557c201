//! Requests with idempotency keys, and what became of each.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use rendez_platform::auth::entropy::SystemEntropy;
use rendez_platform::auth::{Issuer, IssuerSettings};
use rendez_vocab::Actor;
use rendez_vocab::clock::SystemClock;
use serde_json::Value;

/// A request that may be sent again as it is.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) body: Value,
    pub(crate) key: String,
}

/// The server's word.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    /// It was done.
    pub(crate) fn is_done(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// It says nothing about the world, only that the same request may be sent again.
    pub(crate) fn is_to_come_back(&self) -> bool {
        self.status == 503 || matches!(self.body["code"].as_str(), Some("idempotency-key-in-use" | "busy"))
    }
}

/// Somebody with an admin's token.
pub(crate) struct Client {
    token: String,
    http: reqwest::Client,
    address: SocketAddr,
}

impl Client {
    /// A client of the server that keeps its keys in this folder.
    pub(crate) fn new(folder: &Path, address: SocketAddr) -> Self {
        let settings = IssuerSettings::in_data_dir(folder, "rendez", "rendez");
        let issuer = Issuer::open(settings, Arc::new(SystemClock), Arc::new(SystemEntropy))
            .expect("the server's issuer");
        let token =
            issuer.issue(&Actor::Admin("crash".into()), SignedDuration::from_hours(24)).expect("a token");
        Self { token, http: reqwest::Client::new(), address }
    }

    /// Sends a request; `None` if the server died over it.
    pub(crate) async fn send(&self, request: &Request) -> Option<Answer> {
        let sent = self
            .http
            .post(format!("http://{}{}", self.address, request.path))
            .bearer_auth(&self.token)
            .header("Idempotency-Key", &request.key)
            .json(&request.body)
            .send()
            .await
            .ok()?;
        let status = sent.status().as_u16();
        let body: Value = sent.json().await.ok()?;
        Some(Answer { status, body })
    }
}
