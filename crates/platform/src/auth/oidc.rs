//! The public keys of a configured OIDC issuer.
//!
//! They are found by OpenID Connect Discovery 1.0 (section 4) and fetched over HTTPS; plain HTTP is accepted only on the
//! machine itself. Invariants: redirects are not followed, answers have a size and a time limit, a token that names
//! an unknown key makes us ask again at most once a minute, and one request at a time. Keys once fetched serve on
//! while the issuer cannot be reached, for a day.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use reqwest::{Client, Url, redirect};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::TokenRefusal;
use crate::fault::Fault;

/// What we accept: public-key signatures only (RFC 8725 section 3.1), so no published key can act as a shared secret.
const ACCEPTED: &[Algorithm] = &[
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];
const MAX_DOCUMENT_BYTES: usize = 256 * 1024;
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// After keys were fetched, an unknown one makes us ask again no sooner than this.
const REFETCH_PAUSE: SignedDuration = SignedDuration::from_mins(1);
/// After a fetch that failed, the next try comes no sooner than this.
const RETRY_PAUSE: SignedDuration = SignedDuration::from_secs(5);
/// Keys are fetched again when they are older than this, so that withdrawn ones go.
const FRESH_FOR: SignedDuration = SignedDuration::from_hours(1);
/// Keys older than this count no more, even if the issuer cannot be reached.
const USABLE_FOR: SignedDuration = SignedDuration::from_hours(24);

/// Which OIDC issuer is accepted.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// Its issuer identifier, exactly as its tokens and its discovery document spell it.
    pub issuer: String,
    /// The `aud` that its tokens for us carry.
    pub audience: String,
}

/// The keys of an OIDC issuer, fetched when they are first needed.
pub struct OidcKeys {
    settings: OidcSettings,
    discovery: Url,
    http: Client,
    state: Arc<RwLock<State>>,
    /// Whoever holds it is the one that fetches.
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default, Clone)]
struct State {
    fetched: Option<Arc<Fetched>>,
    /// The last try, and whether it failed.
    tried: Option<(Timestamp, bool)>,
}

struct Fetched {
    keys: Vec<Jwk>,
    at: Timestamp,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

/// Keys stay JSON at first: one that we cannot read must not hide the others.
#[derive(Deserialize)]
struct KeyDocument {
    keys: Vec<serde_json::Value>,
}

impl OidcKeys {
    /// Prepares for an issuer; nothing is fetched yet. Refused with a fault when the issuer is no HTTPS address (or an
    /// HTTP one of this machine).
    pub fn new(settings: OidcSettings) -> Result<Self, Fault> {
        let address = format!("{}/.well-known/openid-configuration", settings.issuer.trim_end_matches('/'));
        let discovery = trusted_url(&address)?;
        let http = Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(REQUEST_TIMEOUT)
            .no_proxy()
            .user_agent("rendez")
            .build()
            .map_err(|error| Fault::new("preparing to fetch an issuer's keys", error))?;
        Ok(Self { settings, discovery, http, state: Arc::default(), turn: Arc::default() })
    }

    /// The issuer identifier.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// The audience that its tokens for us carry.
    pub fn audience(&self) -> &str {
        &self.settings.audience
    }

    /// The key that a token names. A token without a `kid` gets the issuer's only key of the algorithm, if there is one.
    pub(super) async fn public_key(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
        now: Timestamp,
    ) -> Result<DecodingKey, TokenRefusal> {
        if !ACCEPTED.contains(&algorithm) {
            return Err(TokenRefusal::WrongAlgorithm);
        }
        let state = self.state();
        let known = state.usable(now).and_then(|fetched| fetched.find(kid, algorithm));
        let fresh = state.fetched.as_ref().is_some_and(|fetched| age(fetched.at, now) < FRESH_FOR);
        if let Some(jwk) = &known
            && (fresh || !state.may_try(now))
        {
            return decoding_key(jwk);
        }
        let failed = self.fetch(now).await.err();
        let state = self.state();
        match (state.usable(now).and_then(|fetched| fetched.find(kid, algorithm)), failed) {
            (Some(jwk), _) => decoding_key(&jwk),
            (None, Some(fault)) => Err(TokenRefusal::IssuerUnreachable(fault)),
            (None, None) if state.usable(now).is_none() => Err(TokenRefusal::IssuerUnreachable(
                Fault::plain("an issuer's keys could not be fetched a moment ago"),
            )),
            (None, None) => Err(TokenRefusal::UnknownKey),
        }
    }

    fn state(&self) -> State {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fetches the keys unless that was tried just now. Runs to its end in a task of its own: a caller that goes away
    /// must not cost the others their minute.
    async fn fetch(&self, now: Timestamp) -> Result<(), Fault> {
        if !self.state().may_try(now) {
            return Ok(());
        }
        let (http, discovery) = (self.http.clone(), self.discovery.clone());
        let issuer = self.settings.issuer.clone();
        let (state, turn) = (Arc::clone(&self.state), Arc::clone(&self.turn));
        let task = tokio::spawn(async move {
            let _turn = turn.lock().await;
            let may_try = state.read().unwrap_or_else(PoisonError::into_inner).may_try(now);
            if !may_try {
                return Ok(());
            }
            let result = fetch_keys(&http, discovery, &issuer).await;
            let mut state = state.write().unwrap_or_else(PoisonError::into_inner);
            state.tried = Some((now, result.is_err()));
            match result {
                Ok(keys) => {
                    state.fetched = Some(Arc::new(Fetched { keys, at: now }));
                    Ok(())
                }
                Err(fault) => {
                    tracing::warn!(error = ?fault, "the keys of the OIDC issuer could not be fetched");
                    Err(fault)
                }
            }
        });
        task.await.map_err(|error| Fault::new("fetching an issuer's keys", error))?
    }
}

impl State {
    fn may_try(&self, now: Timestamp) -> bool {
        self.tried.is_none_or(|(at, failed)| age(at, now) >= if failed { RETRY_PAUSE } else { REFETCH_PAUSE })
    }

    fn usable(&self, now: Timestamp) -> Option<&Fetched> {
        self.fetched.as_deref().filter(|fetched| age(fetched.at, now) < USABLE_FOR)
    }
}

impl Fetched {
    fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<Jwk> {
        let mut fitting = self.keys.iter().filter(|jwk| fits(jwk, algorithm));
        match kid {
            Some(_) => fitting.find(|jwk| jwk.common.key_id.as_deref() == kid).cloned(),
            None => fitting.next().filter(|_| fitting.next().is_none()).cloned(),
        }
    }
}

/// Whether a published key may verify signatures of this algorithm (RFC 7517 section 4).
fn fits(jwk: &Jwk, algorithm: Algorithm) -> bool {
    let kind_fits = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => matches!(
            algorithm,
            Algorithm::RS256
                | Algorithm::RS384
                | Algorithm::RS512
                | Algorithm::PS256
                | Algorithm::PS384
                | Algorithm::PS512
        ),
        AlgorithmParameters::EllipticCurve(_) => matches!(algorithm, Algorithm::ES256 | Algorithm::ES384),
        AlgorithmParameters::OctetKeyPair(_) => algorithm == Algorithm::EdDSA,
        _ => false,
    };
    let alg = jwk.common.key_algorithm.as_ref();
    kind_fits
        && jwk.common.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature)
        && alg.is_none_or(|alg| alg.to_string() == format!("{algorithm:?}"))
}

fn decoding_key(jwk: &Jwk) -> Result<DecodingKey, TokenRefusal> {
    DecodingKey::from_jwk(jwk).map_err(|_| TokenRefusal::UnknownKey)
}

fn age(since: Timestamp, now: Timestamp) -> SignedDuration {
    now.duration_since(since).abs()
}

async fn fetch_keys(http: &Client, discovery: Url, issuer: &str) -> Result<Vec<Jwk>, Fault> {
    let document: Discovery = fetch_json(http, discovery).await?;
    // Discovery section 4.3: another issuer's document must not speak for this one.
    if document.issuer != issuer {
        return Err(Fault::plain("the discovery document names another issuer"));
    }
    let published: KeyDocument = fetch_json(http, trusted_url(&document.jwks_uri)?).await?;
    Ok(published.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect())
}

async fn fetch_json<T: DeserializeOwned>(http: &Client, url: Url) -> Result<T, Fault> {
    let broken = |error: reqwest::Error| Fault::new("asking the OIDC issuer", error);
    let mut answer = http.get(url).send().await.map_err(broken)?;
    if answer.status() != reqwest::StatusCode::OK {
        return Err(Fault::new("asking the OIDC issuer", format!("it answered {}", answer.status())));
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > MAX_DOCUMENT_BYTES {
            return Err(Fault::plain("the OIDC issuer's answer is too long"));
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).map_err(|error| Fault::new("reading the OIDC issuer's answer", error))
}

fn trusted_url(text: &str) -> Result<Url, Fault> {
    let url = Url::parse(text).map_err(|error| Fault::new("reading the address of an issuer", error))?;
    let here = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        _ => Err(Fault::plain("an OIDC issuer must be reached by https")),
    }
}

#[cfg(test)]
mod tests;
