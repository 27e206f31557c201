//! From a bearer token to an actor.
//!
//! Invariants (RFC 8725): the algorithm is one of a fixed list of public-key algorithms and belongs to the key; `exp`,
//! `iss` and `aud` are required; the issuer decides which keys count, so a key of one issuer never vouches for
//! another. A token that was verified is remembered for a few minutes, because checking a signature costs about
//! 100 µs; its end is looked at each time all the same.

use std::sync::Arc;

use aws_lc_rs::digest;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use quick_cache::sync::Cache;
use rendez_vocab::Actor;
use serde::Deserialize;

use super::claims::{self, TokenAccount, TokenClaims};
use super::{Issuer, OidcKeys, TokenRefusal};

/// Longer ones are refused unread.
const MAX_TOKEN_BYTES: usize = 8 * 1024;
/// How many verified tokens are remembered.
const REMEMBERED: usize = 20_000;
/// A verified token is verified again after this time, so that a key withdrawn by its issuer stops counting.
const REMEMBERED_FOR: SignedDuration = SignedDuration::from_mins(5);
/// A token may come from a machine whose clock is ahead of ours by this much.
const NOT_BEFORE_LEEWAY_SECONDS: i64 = 30;

/// Verifies bearer tokens of the own issuer and, if configured, of one OIDC issuer.
pub struct Verifier {
    own: Arc<Issuer>,
    oidc: Option<OidcKeys>,
    verified: Cache<[u8; 32], Arc<Verified>>,
}

/// What a token proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Who asks.
    pub actor: Actor,
    /// The account that it was given to, if it was one: the token counts only as long as the account says so.
    pub account: Option<TokenAccount>,
}

/// A token that was genuine when it was looked at.
struct Verified {
    proof: Proof,
    expires_at: f64,
    verified_at: Timestamp,
}

#[derive(Deserialize)]
struct IssuerOnly {
    iss: String,
}

impl Verifier {
    /// A verifier of the own issuer's tokens.
    pub fn new(own: Arc<Issuer>) -> Self {
        Self { own, oidc: None, verified: Cache::new(REMEMBERED) }
    }

    /// Accepts the tokens of this issuer too. If it has the same name as the own one, the own one counts.
    #[must_use]
    pub fn with_oidc(mut self, oidc: OidcKeys) -> Self {
        self.oidc = Some(oidc);
        self
    }

    /// Who the token proves is asking. `token` is what stands behind `Bearer `, `now` the present of this process.
    ///
    /// Waits for nothing but the first or a rare later fetch of the OIDC issuer's keys.
    pub async fn verify(&self, token: &str, now: Timestamp) -> Result<Proof, TokenRefusal> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenRefusal::Malformed);
        }
        let mut fingerprint = [0u8; 32];
        fingerprint.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
        if let Some(known) = self.verified.get(&fingerprint)
            && now.duration_since(known.verified_at).abs() < REMEMBERED_FOR
        {
            check_end(known.expires_at, now)?;
            return Ok(known.proof.clone());
        }
        let claims = self.verified_claims(token, now).await?;
        let expires_at = seconds(&claims.exp)?;
        check_end(expires_at, now)?;
        if let Some(not_before) = &claims.nbf
            && seconds(not_before)? > (now.as_second() + NOT_BEFORE_LEEWAY_SECONDS) as f64
        {
            return Err(TokenRefusal::NotYetValid);
        }
        let actor = claims::actor(&claims.role, &claims.sub, &claims.orgs)?;
        // Another issuer's tokens know nothing of our accounts.
        let account = if claims.iss == self.own.name() { claims::account(&claims)? } else { None };
        let proof = Proof { actor, account };
        let verified = Verified { proof: proof.clone(), expires_at, verified_at: now };
        self.verified.insert(fingerprint, Arc::new(verified));
        Ok(proof)
    }

    async fn verified_claims(&self, token: &str, now: Timestamp) -> Result<TokenClaims, TokenRefusal> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenRefusal::Malformed)?;
        // RFC 7515 section 4.1.11: extensions that must be understood, and we understand none.
        if header.crit.is_some() || header.zip.is_some() || header.enc.is_some() {
            return Err(TokenRefusal::Malformed);
        }
        let IssuerOnly { iss } =
            jsonwebtoken::dangerous::insecure_decode_claims(token).map_err(|_| TokenRefusal::Malformed)?;
        if iss == self.own.name() {
            if header.alg != Algorithm::ES256 {
                return Err(TokenRefusal::WrongAlgorithm);
            }
            let kid = header.kid.ok_or(TokenRefusal::UnknownKey)?;
            let key = self.own.public_key(&kid, now).ok_or(TokenRefusal::UnknownKey)?;
            return checked(token, &key, header.alg, self.own.name(), self.own.audience());
        }
        match &self.oidc {
            Some(oidc) if oidc.issuer() == iss => {
                let key = oidc.public_key(header.kid.as_deref(), header.alg, now).await?;
                checked(token, &key, header.alg, oidc.issuer(), oidc.audience())
            }
            _ => Err(TokenRefusal::WrongIssuer),
        }
    }
}

/// Checks signature, issuer and audience. The times are checked by the caller, with the clock that was passed in.
fn checked(
    token: &str,
    key: &DecodingKey,
    algorithm: Algorithm,
    issuer: &str,
    audience: &str,
) -> Result<TokenClaims, TokenRefusal> {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    match jsonwebtoken::decode::<TokenClaims>(token, key, &validation) {
        Ok(data) => Ok(data.claims),
        Err(error) => Err(match error.kind() {
            ErrorKind::InvalidSignature => TokenRefusal::WrongSignature,
            ErrorKind::InvalidAlgorithm | ErrorKind::InvalidKeyFormat => TokenRefusal::WrongAlgorithm,
            ErrorKind::InvalidIssuer => TokenRefusal::WrongIssuer,
            ErrorKind::InvalidAudience => TokenRefusal::WrongAudience,
            _ => TokenRefusal::Malformed,
        }),
    }
}

fn check_end(expires_at: f64, now: Timestamp) -> Result<(), TokenRefusal> {
    if now.as_second() as f64 >= expires_at { Err(TokenRefusal::Expired) } else { Ok(()) }
}

/// RFC 7519's NumericDate: seconds since 1970, possibly with a fraction.
fn seconds(date: &serde_json::Number) -> Result<f64, TokenRefusal> {
    date.as_f64().filter(|seconds| seconds.is_finite()).ok_or(TokenRefusal::Malformed)
}

#[cfg(test)]
mod tests;
