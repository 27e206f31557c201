//! Passwords: Argon2id (RFC 9106), a few at a time.
//!
//! Invariants: a password is in no log and no error; an unknown account takes as long as a wrong password; at most two
//! hashes run at once, because each takes 19 MiB and a tenth of a second of a core, and whoever would wait too long is
//! told to come back. It does not know accounts.

use std::sync::Arc;
use std::time::Duration;

use argon2::{Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rendez_vocab::Entropy;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use crate::fault::Fault;

/// Fewer characters are refused.
pub const MIN_CHARS: usize = 10;
/// More characters are refused.
pub const MAX_CHARS: usize = 200;

/// How many hashes run at once.
const AT_ONCE: usize = 2;
/// How long a request waits for its turn.
const WAIT: Duration = Duration::from_secs(5);

/// Why a new password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    /// Fewer than [`MIN_CHARS`] characters.
    #[error("a password has at least {MIN_CHARS} characters")]
    TooShort,
    /// More than [`MAX_CHARS`] characters.
    #[error("a password has at most {MAX_CHARS} characters")]
    TooLong,
}

/// What hashing a new password can end with.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// The caller can choose another one.
    #[error(transparent)]
    Refused(#[from] PasswordRefusal),
    /// Our side broke, or is too busy for a moment.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Hashes and verifies passwords. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    entropy: Arc<dyn Entropy>,
    /// A hash that no password has, for accounts that do not exist.
    nobodys: Arc<str>,
}

impl Passwords {
    /// Salts come from `entropy`.
    pub fn new(entropy: Arc<dyn Entropy>) -> Self {
        let mut random = [0u8; 16 + Params::DEFAULT_OUTPUT_LEN];
        entropy.fill(&mut random);
        let (salt, hash) = random.split_at(16);
        let nobodys = format!(
            "$argon2id$v=19$m={},t={},p={}${}${}",
            Params::DEFAULT_M_COST,
            Params::DEFAULT_T_COST,
            Params::DEFAULT_P_COST,
            STANDARD_NO_PAD.encode(salt),
            STANDARD_NO_PAD.encode(hash)
        );
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), entropy, nobodys: nobodys.into() }
    }

    /// Whether a new password may be taken, without hashing it: for checking a form.
    pub fn check(password: &str) -> Result<(), PasswordRefusal> {
        canonical(password).map(drop)
    }

    /// The hash to store, as a PHC string. Takes about a tenth of a second.
    pub async fn hash(&self, password: &str) -> Result<String, HashError> {
        let password = canonical(password)?;
        let mut salt = [0u8; 16];
        self.entropy.fill(&mut salt);
        let hash = self
            .in_turn(move || {
                Argon2::default()
                    .hash_password_with_salt(password.as_bytes(), &salt)
                    .map(|hash: PasswordHash| hash.to_string())
            })
            .await?;
        Ok(hash.map_err(|error| Fault::new("hashing a password", error))?)
    }

    /// Whether the password fits the stored hash. Give `None` for an account that does not exist: the answer is no, after
    /// the same time.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool, Fault> {
        // Longer or shorter ones were never taken; they are still worth the usual time.
        let (password, possible) = match canonical(password) {
            Ok(password) => (password, stored.is_some()),
            Err(_) => (String::new(), false),
        };
        let stored = stored.unwrap_or(&self.nobodys).to_owned();
        let fits = self
            .in_turn(move || {
                let stored = PasswordHash::new(&stored)?;
                Ok(Argon2::default().verify_password(password.as_bytes(), &stored).is_ok())
            })
            .await?
            .map_err(|error: argon2::password_hash::phc::Error| {
                Fault::new("reading a stored password hash", error)
            })?;
        Ok(fits && possible)
    }

    /// Runs the work on a thread that may be busy, when it is its turn. The turn belongs to the work, not to the
    /// caller: one that goes away does not let a third hash start.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let turn = tokio::time::timeout(WAIT, Arc::clone(&self.turns).acquire_owned())
            .await
            .map_err(|late| Fault::passing("waiting for a turn to hash a password", late))?
            .map_err(|closed| Fault::new("waiting for a turn to hash a password", closed))?;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        })
        .await
        .map_err(|error| Fault::new("hashing a password", error))
    }
}

/// The password as it is hashed: NFKC, so that one keyboard's é is another's (NIST SP 800-63B section 3.1.1.2).
fn canonical(password: &str) -> Result<String, PasswordRefusal> {
    if password.len() > MAX_CHARS * 4 {
        return Err(PasswordRefusal::TooLong);
    }
    let password: String = password.nfkc().collect();
    match password.chars().count() {
        0..MIN_CHARS => Err(PasswordRefusal::TooShort),
        MIN_CHARS..=MAX_CHARS => Ok(password),
        _ => Err(PasswordRefusal::TooLong),
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::entropy;
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let passwords = Passwords::new(entropy(1));
        let hash = passwords.hash("correct horse é").await.expect("hashed");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(passwords.verify("correct horse é", Some(&hash)).await.expect("verified"));
        assert!(
            passwords.verify("correct horse e\u{301}", Some(&hash)).await.expect("verified"),
            "another keyboard"
        );
        assert!(!passwords.verify("correct horse e", Some(&hash)).await.expect("verified"));
        assert!(!passwords.verify("short", Some(&hash)).await.expect("verified"));
        assert_ne!(passwords.hash("correct horse é").await.expect("hashed"), hash, "salted");
    }

    #[tokio::test]
    async fn an_account_that_does_not_exist_costs_a_whole_hash_and_never_opens() {
        let passwords = Passwords::new(entropy(1));
        let nobodys = PasswordHash::new(&passwords.nobodys).expect("a PHC string");
        let real = passwords.hash("correct horse").await.expect("hashed");
        let real = PasswordHash::new(&real).expect("a PHC string");
        assert_eq!(nobodys.params, real.params);
        assert_eq!(nobodys.hash.map(|hash| hash.len()), real.hash.map(|hash| hash.len()));
        assert!(!passwords.verify("correct horse", None).await.expect("verified"));
    }

    #[tokio::test]
    async fn a_damaged_hash_is_a_fault_and_not_a_yes() {
        assert!(Passwords::new(entropy(1)).verify("correct horse", Some("plain text")).await.is_err());
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(Passwords::check("123456789"), Err(PasswordRefusal::TooShort));
        assert_eq!(Passwords::check("éééééééééé"), Ok(()));
        assert_eq!(Passwords::check(&"é".repeat(200)), Ok(()));
        assert_eq!(Passwords::check(&"x".repeat(201)), Err(PasswordRefusal::TooLong));
        assert_eq!(Passwords::check(&"x".repeat(100_000)), Err(PasswordRefusal::TooLong));
    }
}
