//! The server's own secret, and what is authenticated with it: CSRF tokens and values in cookies.
//!
//! All processes of one data directory share it (`<data_dir>/keys/csrf`, 32 random bytes, made on first use).
//! Everything is HMAC-SHA256 (RFC 2104) over a purpose and the content, so that a value signed for one purpose is
//! nothing for another. Signed values can be read by whoever has them: they are authentic, not secret.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rendez_vocab::Entropy;

use super::key_files;
use crate::fault::Fault;

const FILE_NAME: &str = "csrf";
const SECRET_BYTES: usize = 32;
const MAC_BYTES: usize = 32;
const NONCE_BYTES: usize = 16;
const CSRF_PURPOSE: &str = "csrf";

/// The server's own secret. Cheap to clone.
#[derive(Clone)]
pub struct ServerSecret {
    key: hmac::Key,
    entropy: Arc<dyn Entropy>,
}

impl ServerSecret {
    /// Reads the secret of a data directory, or makes it.
    pub fn open(data_dir: &Path, entropy: Arc<dyn Entropy>) -> Result<Self, Fault> {
        let dir = key_files::keys_dir(data_dir);
        key_files::prepare(&dir)?;
        let path = dir.join(FILE_NAME);
        if !path.try_exists()? {
            let mut secret = [0u8; SECRET_BYTES];
            entropy.fill(&mut secret);
            key_files::publish(&dir, FILE_NAME, &secret, &*entropy)?;
        }
        let secret = std::fs::read(path)?;
        if secret.len() != SECRET_BYTES {
            return Err(Fault::plain("the file of the server's secret has a wrong length"));
        }
        Ok(Self { key: hmac::Key::new(hmac::HMAC_SHA256, &secret), entropy })
    }

    /// A token to put into a form. `bound_to` is the hash of the session's token, or of the anonymous cookie's: the token
    /// of one visitor is nothing for another. Each call gives another text for the same visitor, so that compressing
    /// the page leaks nothing about it.
    pub fn csrf_token(&self, bound_to: &[u8]) -> String {
        let mut token = [0u8; NONCE_BYTES + MAC_BYTES];
        let (nonce, mac) = token.split_at_mut(NONCE_BYTES);
        self.entropy.fill(nonce);
        mac.copy_from_slice(self.mac(CSRF_PURPOSE, &[nonce, bound_to]).as_ref());
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Whether the token came from a form that this server gave to the same visitor. Takes constant time for tokens of the
    /// right length.
    pub fn is_csrf_token(&self, bound_to: &[u8], token: &str) -> bool {
        let Ok(token) = URL_SAFE_NO_PAD.decode(token) else { return false };
        if token.len() != NONCE_BYTES + MAC_BYTES {
            return false;
        }
        let (nonce, mac) = token.split_at(NONCE_BYTES);
        self.fits(CSRF_PURPOSE, &[nonce, bound_to], mac)
    }

    /// A value for a cookie that only this server can have written: three parts of base64url and digits with dots
    /// between. `purpose` is a fixed word, such as `hold`; after `expires_at` (whole seconds) it counts no more.
    pub fn sign(&self, purpose: &str, value: &str, expires_at: Timestamp) -> String {
        let expires = expires_at.as_second();
        let mac = self.mac(purpose, &[&expires.to_be_bytes(), value.as_bytes()]);
        format!("{}.{expires}.{}", URL_SAFE_NO_PAD.encode(value), URL_SAFE_NO_PAD.encode(mac.as_ref()))
    }

    /// The value that [`Self::sign`] wrote for this purpose, unless its time is over or somebody changed it.
    pub fn read_signed(&self, purpose: &str, signed: &str, now: Timestamp) -> Option<String> {
        let mut parts = signed.split('.');
        let value = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        let expires: i64 = parts.next()?.parse().ok()?;
        let mac = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        let genuine = parts.next().is_none() && self.fits(purpose, &[&expires.to_be_bytes(), &value], &mac);
        (genuine && now.as_second() < expires).then(|| String::from_utf8(value).ok())?
    }

    fn mac(&self, purpose: &str, parts: &[&[u8]]) -> hmac::Tag {
        hmac::sign(&self.key, &message(purpose, parts))
    }

    fn fits(&self, purpose: &str, parts: &[&[u8]], mac: &[u8]) -> bool {
        hmac::verify(&self.key, &message(purpose, parts), mac).is_ok()
    }
}

/// Each part with its length in front, so that no two lists of parts make the same message.
fn message(purpose: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut message = Vec::new();
    for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
        message.extend_from_slice(&(part.len() as u64).to_be_bytes());
        message.extend_from_slice(part);
    }
    message
}

impl fmt::Debug for ServerSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::super::test_support::entropy;
    use super::*;

    fn secret(dir: &tempfile::TempDir, seed: u64) -> ServerSecret {
        ServerSecret::open(dir.path(), entropy(seed)).expect("a secret in a directory of our own")
    }

    #[test]
    fn a_form_counts_for_the_visitor_it_was_given_to() {
        let data = tempfile::tempdir().expect("a directory");
        let server = secret(&data, 1);
        let token = server.csrf_token(b"session one");
        assert!(server.is_csrf_token(b"session one", &token));
        assert!(
            secret(&data, 2).is_csrf_token(b"session one", &token),
            "another process of the same directory"
        );
        assert!(!server.is_csrf_token(b"session two", &token));
        assert_ne!(server.csrf_token(b"session one"), token);
        for wrong in ["", "x", &token[1..], &"A".repeat(64), "ä"] {
            assert!(!server.is_csrf_token(b"session one", wrong));
        }
        let elsewhere = tempfile::tempdir().expect("a directory");
        assert!(!secret(&elsewhere, 3).is_csrf_token(b"session one", &token), "another installation");
    }

    #[test]
    fn a_signed_value_comes_back_for_its_purpose_and_in_its_time() {
        let data = tempfile::tempdir().expect("a directory");
        let server = secret(&data, 1);
        let now: Timestamp = "2026-12-01T10:00:00Z".parse().expect("a literal");
        let end = now + SignedDuration::from_mins(30);
        let signed = server.sign("hold", "slot_é.1", end);
        assert_eq!(server.read_signed("hold", &signed, now).as_deref(), Some("slot_é.1"));
        assert_eq!(server.read_signed("claim", &signed, now), None);
        assert_eq!(server.read_signed("hold", &signed, end), None);

        let [value, expires, mac] = signed.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
        let later = expires.parse::<i64>().expect("digits") + 1;
        let other = URL_SAFE_NO_PAD.encode("slot_2");
        for forged in [
            format!("{value}.{later}.{mac}"),
            format!("{other}.{expires}.{mac}"),
            format!("{value}.{expires}"),
            format!("{signed}.x"),
            String::new(),
        ] {
            assert_eq!(server.read_signed("hold", &forged, now), None, "{forged}");
        }
    }

    #[test]
    fn a_cut_secret_is_noticed_and_nothing_prints_it() {
        let data = tempfile::tempdir().expect("a directory");
        assert_eq!(format!("{:?}", secret(&data, 1)), "ServerSecret(…)");
        std::fs::write(data.path().join("keys/csrf"), b"short").expect("written");
        assert!(ServerSecret::open(data.path(), entropy(1)).is_err());
    }
}
