//! The server's own issuer of bearer tokens: rotating ES256 keys in the data directory, published as a JWK set.
//!
//! Invariants: a key signs only while it is younger than `rotate_after`, and stays known until the last token it may
//! have signed is over; then its file is deleted. Several processes may use one directory (the server and the
//! `rendez token` command): a key that another one made is found when a token names it, or a minute later by itself.
//! It does not know who may have a token; whoever calls [`Issuer::issue`] has checked that.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Header};
use rendez_vocab::{Actor, Clock, Entropy};
use serde_json::json;

use super::claims::{self, Audience, TokenAccount, TokenClaims};
use super::key_files;
use super::keys::KeySet;
use crate::fault::Fault;

/// An unknown key id makes us read the directory again, at most this often.
const RELOAD_PAUSE: SignedDuration = SignedDuration::from_secs(1);
/// The published set is read from the directory again when it is older than this.
const PUBLISHED_AGE: SignedDuration = SignedDuration::from_mins(1);
/// Keys stay known for this long after their last token, for clocks that differ.
const MARGIN: SignedDuration = SignedDuration::from_hours(1);

/// How the own issuer works.
#[derive(Debug, Clone)]
pub struct IssuerSettings {
    /// Where the key files are. Made if missing, for the owner only.
    pub keys_dir: PathBuf,
    /// The `iss` of its tokens, usually the public address of the installation.
    pub issuer: String,
    /// The `aud` of its tokens.
    pub audience: String,
    /// A key older than this signs no more; a new one takes its place.
    pub rotate_after: SignedDuration,
    /// No token lives longer.
    pub longest_token: SignedDuration,
}

impl IssuerSettings {
    /// Keys in `<data_dir>/keys`, a new one every 30 days, tokens of at most 24 hours.
    pub fn in_data_dir(data_dir: &Path, issuer: &str, audience: &str) -> Self {
        Self {
            keys_dir: key_files::keys_dir(data_dir),
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            rotate_after: SignedDuration::from_hours(30 * 24),
            longest_token: SignedDuration::from_hours(24),
        }
    }

    fn key_lifetime(&self) -> SignedDuration {
        self.rotate_after + self.longest_token + MARGIN
    }
}

/// The server's own issuer.
pub struct Issuer {
    settings: IssuerSettings,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    keys: RwLock<Arc<KeySet>>,
    /// When the directory was last read. Whoever holds it is the one that reads.
    read_at: Mutex<Timestamp>,
}

impl Issuer {
    /// Opens the directory of keys and makes the first key if there is none that may sign.
    pub fn open(
        settings: IssuerSettings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, Fault> {
        key_files::prepare(&settings.keys_dir)?;
        let issuer =
            Self { settings, clock, entropy, keys: RwLock::default(), read_at: Mutex::new(Timestamp::MIN) };
        issuer.fresh_keys(issuer.clock.now())?;
        Ok(issuer)
    }

    /// The `iss` of its tokens.
    pub fn name(&self) -> &str {
        &self.settings.issuer
    }

    /// The `aud` of its tokens.
    pub fn audience(&self) -> &str {
        &self.settings.audience
    }

    /// How long a token lives at most.
    pub fn longest_token(&self) -> SignedDuration {
        self.settings.longest_token
    }

    /// A bearer token for an actor (RFC 7519), valid from now for `lifetime`, or for `longest_token` if that is less.
    ///
    /// Nobody and the server's own jobs have no token: asking for one is a fault of ours.
    pub fn issue(&self, actor: &Actor, lifetime: SignedDuration) -> Result<String, Fault> {
        self.sign(actor, None, lifetime)
    }

    /// The same for an account: the token also ends when the account ends its tokens.
    pub fn issue_for(
        &self,
        actor: &Actor,
        account: TokenAccount,
        lifetime: SignedDuration,
    ) -> Result<String, Fault> {
        self.sign(actor, Some(account), lifetime)
    }

    fn sign(
        &self,
        actor: &Actor,
        account: Option<TokenAccount>,
        lifetime: SignedDuration,
    ) -> Result<String, Fault> {
        let (sub, orgs) = claims::of_actor(actor).ok_or(Fault::plain("asking for a token for nobody"))?;
        let now = self.clock.now();
        let keys = self.fresh_keys(now)?;
        let key = keys
            .signing(now, self.settings.rotate_after)
            .ok_or(Fault::plain("no signing key although one was just made"))?;
        let mut id = [0u8; 16];
        self.entropy.fill(&mut id);
        let claims = TokenClaims {
            iss: self.settings.issuer.clone(),
            aud: Audience::One(self.settings.audience.clone()),
            sub,
            role: actor.role().to_owned(),
            orgs,
            nbf: None,
            iat: Some(now.as_second().into()),
            exp: (now + lifetime.min(self.settings.longest_token)).as_second().into(),
            jti: Some(URL_SAFE_NO_PAD.encode(id)),
            acc: account.map(|account| account.id.to_string()),
            acc_ver: account.map(|account| account.version),
        };
        let header = Header { kid: Some(key.kid.clone()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, &claims, &key.private)
            .map_err(|error| Fault::new("signing a token", error))
    }

    /// The public keys as a JWK set (RFC 7517 section 5), for `/.well-known/jwks.json`.
    pub fn jwks(&self) -> serde_json::Value {
        let now = self.clock.now();
        self.reload_if_older(now, PUBLISHED_AGE);
        let keys = self.keys();
        let public: Vec<_> = keys.living(now, self.settings.key_lifetime()).map(|key| &key.jwk).collect();
        json!({ "keys": public })
    }

    /// The document for `/.well-known/openid-configuration` and `/.well-known/oauth-authorization-server` (RFC 8414
    /// section 2). `base_url` is the public address of this server without a slash at its end.
    pub fn metadata(&self, base_url: &str) -> serde_json::Value {
        json!({
            "issuer": self.settings.issuer,
            "jwks_uri": format!("{base_url}/.well-known/jwks.json"),
            "response_types_supported": [],
            "grant_types_supported": [],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "claims_supported": ["iss", "aud", "sub", "role", "orgs", "iat", "exp", "jti", "acc", "acc_ver"],
        })
    }

    /// The public key of this id, if one of our tokens may be signed with it.
    pub(super) fn public_key(&self, kid: &str, now: Timestamp) -> Option<DecodingKey> {
        let find = |keys: Arc<KeySet>| {
            keys.find(kid, now, self.settings.key_lifetime()).map(|key| key.public.clone())
        };
        find(self.keys()).or_else(|| {
            self.reload_if_older(now, RELOAD_PAUSE);
            find(self.keys())
        })
    }

    fn keys(&self) -> Arc<KeySet> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keys, among them one that may sign now.
    fn fresh_keys(&self, now: Timestamp) -> Result<Arc<KeySet>, Fault> {
        let may_sign = |keys: &KeySet| keys.signing(now, self.settings.rotate_after).is_some();
        let keys = self.keys();
        if may_sign(&keys) {
            return Ok(keys);
        }
        let mut read_at = self.read_at.lock().unwrap_or_else(PoisonError::into_inner);
        // Another process may have made it already.
        if !may_sign(&*self.reload(&mut read_at, now)?) {
            KeySet::add(&self.settings.keys_dir, now, &*self.entropy)?;
            self.reload(&mut read_at, now)?;
            tracing::info!("a new signing key takes over");
        }
        Ok(self.keys())
    }

    /// Reads the directory again unless that was done within `age`. Files that cannot be read leave the keys as they
    /// were: tokens that were good stay good.
    fn reload_if_older(&self, now: Timestamp, age: SignedDuration) {
        let mut read_at = self.read_at.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(*read_at).abs() < age {
            return;
        }
        if let Err(fault) = self.reload(&mut read_at, now) {
            tracing::warn!(error = ?fault, "the signing keys could not be read again");
        }
    }

    fn reload(&self, read_at: &mut Timestamp, now: Timestamp) -> Result<Arc<KeySet>, Fault> {
        *read_at = now;
        let keys = Arc::new(KeySet::load(&self.settings.keys_dir, now, self.settings.key_lifetime())?);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&keys);
        Ok(keys)
    }
}

#[cfg(test)]
mod tests;
