//! A page's session: a row of the table `session` behind a cookie of 256 random bits.
//!
//! Invariants: the database holds only the token's SHA-256, so a copy of it opens nothing; the database's clock decides
//! when a session ends; a session that is used lives on, up to an end that nothing moves. It does not know what the
//! account may do.

use std::fmt;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use deadpool_postgres::GenericClient;
use jiff::{SignedDuration, Timestamp};
use rendez_vocab::Entropy;
use rendez_vocab::ids::AccountId;

use crate::fault::Fault;
use crate::store::Prepared;

const TOKEN_BYTES: usize = 32;

/// What the cookie holds. It is shown by [`SessionToken::reveal`] only, never by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken([u8; TOKEN_BYTES]);

/// The SHA-256 of a token: what the database knows it by, and what its CSRF tokens are bound to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SessionHash([u8; 32]);

impl SessionToken {
    /// A new token: 256 random bits.
    pub fn new(entropy: &dyn Entropy) -> Self {
        let mut token = [0u8; TOKEN_BYTES];
        entropy.fill(&mut token);
        Self(token)
    }

    /// The token in a cookie's value (base64url without padding), if it is one.
    pub fn from_cookie(value: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(value).ok()?.try_into().ok().map(Self)
    }

    /// The cookie's value: 43 characters. Whoever has it is signed in.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What the database knows it by.
    pub fn hash(&self) -> SessionHash {
        let mut hash = [0u8; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, &self.0).as_ref());
        SessionHash(hash)
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

impl SessionHash {
    /// The 32 bytes of `session.token_hash`.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SessionHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionHash(…)")
    }
}

/// A live session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Whose it is.
    pub account: AccountId,
    /// What the database knows it by.
    pub hash: SessionHash,
    /// When it ends unless it is used before.
    pub expires_at: Timestamp,
    created_at: Timestamp,
    /// The database's present when this was read.
    read_at: Timestamp,
}

impl Session {
    /// Whether half of its idle time has passed, and its last end is not reached.
    fn is_due(&self, lifetime: SessionLifetime) -> bool {
        self.expires_at < self.read_at + lifetime.idle / 2
            && self.expires_at < self.created_at + lifetime.total
    }
}

/// How long sessions live.
#[derive(Debug, Clone, Copy)]
pub struct SessionLifetime {
    /// One that is not used for this long ends.
    pub idle: SignedDuration,
    /// One ends this long after signing in, however much it is used.
    pub total: SignedDuration,
}

/// Begins a session that ends after `lifetime.idle` unless [`touch`] is called.
pub async fn create(
    client: &impl GenericClient,
    token: &SessionToken,
    account: AccountId,
    lifetime: SessionLifetime,
) -> Result<Session, Fault> {
    let hash = token.hash();
    let statement = client
        .prepare_cached(
            "INSERT INTO session (token_hash, account_id, created_at, expires_at)
             VALUES ($1, $2, rendez_now(), rendez_now() + make_interval(secs => $3)) RETURNING expires_at, created_at",
        )
        .await?;
    let idle = lifetime.idle.min(lifetime.total).as_secs_f64();
    let row = client.query_one(&statement, &[&hash.as_bytes(), &account.uuid(), &idle]).await?;
    let (expires_at, created_at) = (row.get(0), row.get(1));
    Ok(Session { account, hash, expires_at, created_at, read_at: created_at })
}

/// The session of a token, if it is alive.
pub async fn find(client: &impl GenericClient, token: &SessionToken) -> Result<Option<Session>, Fault> {
    let hash = token.hash();
    let row = client
        .maybe_row(
            "SELECT account_id, expires_at, created_at, rendez_now() FROM session
             WHERE token_hash = $1 AND expires_at > rendez_now()",
            &[&hash.as_bytes()],
        )
        .await?;
    Ok(row.map(|row| Session {
        account: AccountId::from_uuid(row.get(0)),
        hash,
        expires_at: row.get(1),
        created_at: row.get(2),
        read_at: row.get(3),
    }))
}

/// Moves the end of a live session that was just used. Writes only when half of its idle time has passed, so it may be
/// called upon every request; says whether it wrote.
pub async fn touch(
    client: &impl GenericClient,
    session: &Session,
    lifetime: SessionLifetime,
) -> Result<bool, Fault> {
    if !session.is_due(lifetime) {
        return Ok(false);
    }
    let statement = client
        .prepare_cached(
            "UPDATE session
             SET expires_at = LEAST(rendez_now() + make_interval(secs => $2::float8), created_at + make_interval(secs => $3))
             WHERE token_hash = $1 AND expires_at > rendez_now()
               AND expires_at < rendez_now() + make_interval(secs => $2::float8 / 2)
               AND expires_at < created_at + make_interval(secs => $3)",
        )
        .await?;
    let (idle, total) = (lifetime.idle.as_secs_f64(), lifetime.total.as_secs_f64());
    let moved = client.execute(&statement, &[&session.hash.as_bytes(), &idle, &total]).await?;
    Ok(moved > 0)
}

/// Ends the session of a token: signing out. Ending one that is not there is no error.
pub async fn revoke(client: &impl GenericClient, token: &SessionToken) -> Result<(), Fault> {
    let statement = client.prepare_cached("DELETE FROM session WHERE token_hash = $1").await?;
    client.execute(&statement, &[&token.hash().as_bytes()]).await?;
    Ok(())
}

/// Ends every session of an account, as after a change of its password; says how many.
pub async fn revoke_all(client: &impl GenericClient, account: AccountId) -> Result<u64, Fault> {
    let statement = client.prepare_cached("DELETE FROM session WHERE account_id = $1").await?;
    Ok(client.execute(&statement, &[&account.uuid()]).await?)
}

/// Deletes sessions that have ended, at most `limit`; says how many. For a periodic sweep.
pub async fn purge(client: &impl GenericClient, limit: i64) -> Result<u64, Fault> {
    let statement = client
        .prepare_cached(
            "DELETE FROM session WHERE token_hash IN
             (SELECT token_hash FROM session WHERE expires_at <= rendez_now() LIMIT $1 FOR UPDATE SKIP LOCKED)",
        )
        .await?;
    Ok(client.execute(&statement, &[&limit]).await?)
}

#[cfg(test)]
mod tests;
