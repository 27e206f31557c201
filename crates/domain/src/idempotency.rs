//! The same request twice has one effect and one answer.
//!
//! The caller's key is scoped to caller and route. Only successes are stored: a refusal changed nothing, so the same
//! key may try again. The row is written in the transaction of the work itself, so there is no moment in which the
//! work is done and the answer is not kept (Idempotency-Key HTTP header field, IETF draft, section 2).

use rendez_platform::fault::Fault;
use rendez_platform::store::{Prepared, Store, Transaction};
use serde_json::Value;
use tokio_postgres::types::ToSql;

/// What identifies a repeated request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Who asks: the actor as text.
    pub caller: String,
    /// Method and path pattern, such as `POST /v1/patients`.
    pub route: String,
    /// The header's value.
    pub key: String,
    /// SHA-256 of the path and the body.
    pub fingerprint: Vec<u8>,
}

/// The four parameters that booking's statements take, all null without a key.
pub(crate) struct KeyParams<'a>(Option<&'a IdempotencyKey>);

impl<'a> KeyParams<'a> {
    pub(crate) const fn new(key: Option<&'a IdempotencyKey>) -> Self {
        Self(key)
    }

    pub(crate) fn caller(&self) -> Option<&'a str> {
        self.0.map(|key| key.caller.as_str())
    }

    pub(crate) fn route(&self) -> Option<&'a str> {
        self.0.map(|key| key.route.as_str())
    }

    pub(crate) fn key(&self) -> Option<&'a str> {
        self.0.map(|key| key.key.as_str())
    }

    pub(crate) fn fingerprint(&self) -> Option<&'a [u8]> {
        self.0.map(|key| key.fingerprint.as_slice())
    }
}

/// A stored answer.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The HTTP status of the first answer.
    pub status: u16,
    /// What the answer was made of.
    pub answer: Value,
}

/// What became of a command that may be repeated.
#[derive(Debug, Clone)]
pub enum Answer<T> {
    /// It was done now.
    Fresh(T),
    /// It was done before; this is the first answer.
    Replayed(Stored),
}

/// Why a key cannot be used now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefusal {
    /// The first request with this key still runs.
    #[error("a request with this key is still running")]
    InUse,
    /// The key was used for another request.
    #[error("this key was used for another request")]
    Reused,
}

const FIND: &str =
    "SELECT status, answer, fingerprint FROM idempotency WHERE caller = $1 AND route = $2 AND key = $3";

/// The stored answer of a key, if there is one.
pub async fn find(
    conn: &impl rendez_platform::store::GenericClient,
    key: &IdempotencyKey,
) -> Result<Option<Result<Stored, KeyRefusal>>, Fault> {
    let row = conn.maybe_row(FIND, &[&key.caller, &key.route, &key.key]).await?;
    Ok(row.map(|row| {
        if row.get::<_, Vec<u8>>(2) == key.fingerprint {
            Ok(Stored { status: u16::try_from(row.get::<_, i16>(0)).unwrap_or(200), answer: row.get(1) })
        } else {
            Err(KeyRefusal::Reused)
        }
    }))
}

/// Begins the work of a key inside its transaction: looks for an earlier answer, takes the key's lock and looks again. Whoever
/// only repeats takes no lock, so that the end of their transaction is in nobody's way.
pub(crate) async fn begin(
    tx: &Transaction<'_>,
    key: Option<&IdempotencyKey>,
) -> Result<Option<Result<Stored, KeyRefusal>>, Fault> {
    let Some(key) = key else { return Ok(None) };
    if let Some(earlier) = find(tx, key).await? {
        return Ok(Some(earlier));
    }
    let free: bool = tx
        .row(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(concat_ws(E'\\n', $1::text, $2::text, $3::text), 2))",
            &[&key.caller, &key.route, &key.key],
        )
        .await?
        .get(0);
    if !free {
        return Ok(Some(Err(KeyRefusal::InUse)));
    }
    find(tx, key).await
}

/// For work that is no change of the database: keeps its answer before it is begun. Whoever repeats the request gets that
/// answer, and is told not to begin again.
pub async fn once(
    store: &Store,
    key: Option<IdempotencyKey>,
    status: u16,
    answer: Value,
) -> Result<Result<Answer<()>, KeyRefusal>, Fault> {
    store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            Ok(match begin(&tx, key.as_ref()).await? {
                Some(Ok(stored)) => Ok(Answer::Replayed(stored)),
                Some(Err(refusal)) => Err(refusal),
                None => {
                    remember(&tx, key.as_ref(), status, &answer).await?;
                    tx.commit().await?;
                    Ok(Answer::Fresh(()))
                }
            })
        })
        .await
}

/// Stores the answer in the transaction of the work.
pub(crate) async fn remember(
    tx: &Transaction<'_>,
    key: Option<&IdempotencyKey>,
    status: u16,
    answer: &Value,
) -> Result<(), Fault> {
    let Some(key) = key else { return Ok(()) };
    let status = i16::try_from(status).unwrap_or(200);
    let params: [&(dyn ToSql + Sync); 6] =
        [&key.caller, &key.route, &key.key, &key.fingerprint, &status, answer];
    tx.execute(
        "INSERT INTO idempotency (caller, route, key, fingerprint, status, answer_kind, answer) VALUES ($1, $2, $3, $4, $5, 'body', $6)",
        &params,
    )
    .await?;
    Ok(())
}

/// How many answers one statement forgets: few enough to end well within the statement's time.
const FORGOTTEN_AT_ONCE: i64 = 5000;

/// Forgets answers older than so many hours; returns how many.
pub async fn purge(store: &Store, hours: u32) -> Result<u64, Fault> {
    let conn = store.read_fresh().await?;
    let hours = i32::try_from(hours).unwrap_or(i32::MAX);
    let statement = conn
        .prepare_cached(
            "DELETE FROM idempotency WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM idempotency WHERE created_at < rendez_now() - make_interval(hours => $1) LIMIT $2))",
        )
        .await?;
    let mut total = 0;
    loop {
        let forgotten = conn.execute(&statement, &[&hours, &FORGOTTEN_AT_ONCE]).await?;
        total += forgotten;
        if forgotten < FORGOTTEN_AT_ONCE.unsigned_abs() {
            return Ok(total);
        }
    }
}
