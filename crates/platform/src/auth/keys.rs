//! The issuer's key pairs: ECDSA on P-256 (RFC 7518 section 3.4, `ES256`), one PKCS#8 file each.
//!
//! A file is called `<unix seconds of its making>-<kid>.p8`; the kid is the key's RFC 7638 thumbprint, so a renamed or
//! damaged file is noticed. The age stands in the name because copies and backups change a file's own times.

use std::path::Path;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use rendez_vocab::Entropy;

use super::key_files;
use crate::fault::Fault;

const SUFFIX: &str = ".p8";
/// A key made by a process whose clock is a little ahead of ours may sign at once.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// A key pair and what we say about it in public.
pub(super) struct SigningKey {
    pub(super) kid: String,
    pub(super) made_at: Timestamp,
    pub(super) private: EncodingKey,
    pub(super) public: DecodingKey,
    pub(super) jwk: Jwk,
}

/// The keys of a directory, the newest first.
#[derive(Default)]
pub(super) struct KeySet(Vec<SigningKey>);

impl SigningKey {
    /// A new key pair and the PKCS#8 document to keep. Its randomness is the crypto library's own, which takes no other.
    fn generate(made_at: Timestamp) -> Result<(Self, Vec<u8>), Fault> {
        let document = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .and_then(|pair| pair.to_pkcs8v1())
            .map_err(|error| Fault::new("making a signing key", error))?;
        Ok((Self::from_pkcs8(document.as_ref(), made_at)?, document.as_ref().to_vec()))
    }

    fn from_pkcs8(document: &[u8], made_at: Timestamp) -> Result<Self, Fault> {
        let private = EncodingKey::from_ec_der(document);
        let read = || {
            let mut jwk = Jwk::from_encoding_key(&private, Algorithm::ES256)?;
            let kid = jwk.thumbprint(ThumbprintHash::SHA256)?;
            jwk.common.key_id = Some(kid.clone());
            jwk.common.public_key_use = Some(PublicKeyUse::Signature);
            Ok((kid, DecodingKey::from_jwk(&jwk)?, jwk))
        };
        let (kid, public, jwk) = read()
            .map_err(|error: jsonwebtoken::errors::Error| Fault::new("reading a signing key", error))?;
        Ok(Self { kid, made_at, private, public, jwk })
    }

    fn file_name(&self) -> String {
        format!("{}-{}{SUFFIX}", self.made_at.as_second(), self.kid)
    }
}

impl KeySet {
    /// Reads the keys of a directory that are at most `lifetime` old; older ones are deleted.
    pub(super) fn load(dir: &Path, now: Timestamp, lifetime: SignedDuration) -> Result<Self, Fault> {
        let mut keys = Vec::new();
        for entry in std::fs::read_dir(dir)? {
            let path = entry?.path();
            let Some((made_at, kid)) = path.file_name().and_then(|name| name.to_str()).and_then(parse_name)
            else {
                continue;
            };
            if now.duration_since(made_at) > lifetime {
                // Another process may have been faster.
                let _ = std::fs::remove_file(&path);
                continue;
            }
            let key = SigningKey::from_pkcs8(&std::fs::read(&path)?, made_at)?;
            if key.kid != kid {
                return Err(Fault::plain("a file of signing keys does not hold the key that its name says"));
            }
            keys.push(key);
        }
        keys.sort_by(|a, b| (b.made_at, &b.kid).cmp(&(a.made_at, &a.kid)));
        Ok(Self(keys))
    }

    /// Adds a new key to a directory.
    pub(super) fn add(dir: &Path, now: Timestamp, entropy: &dyn Entropy) -> Result<(), Fault> {
        let (key, document) = SigningKey::generate(now)?;
        key_files::publish(dir, &key.file_name(), &document, entropy)
    }

    /// The key that signs: the newest, while it is younger than `rotate_after`.
    pub(super) fn signing(&self, now: Timestamp, rotate_after: SignedDuration) -> Option<&SigningKey> {
        self.0.iter().find(|key| {
            let age = now.duration_since(key.made_at);
            -CLOCK_SKEW <= age && age < rotate_after
        })
    }

    /// The key of this name, if a token may still be signed with it.
    pub(super) fn find(&self, kid: &str, now: Timestamp, lifetime: SignedDuration) -> Option<&SigningKey> {
        self.living(now, lifetime).find(|key| key.kid == kid)
    }

    /// The keys that a token may still be signed with.
    pub(super) fn living(
        &self,
        now: Timestamp,
        lifetime: SignedDuration,
    ) -> impl Iterator<Item = &SigningKey> {
        self.0.iter().filter(move |key| now.duration_since(key.made_at) <= lifetime)
    }
}

fn parse_name(name: &str) -> Option<(Timestamp, &str)> {
    let (seconds, kid) = name.strip_suffix(SUFFIX)?.split_once('-')?;
    Some((Timestamp::from_second(seconds.parse().ok()?).ok()?, kid))
}
