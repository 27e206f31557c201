//! A private calendar that programs subscribe to: the visits of a patient and of the people they care for.
//!
//! Invariants: whoever has the address reads the calendar and can do nothing else; the address holds 256 random bits, is
//! shown once, and only its SHA-256 is stored; a patient has at most one, and a new one ends the old one at once. A visit
//! keeps its UID, its SEQUENCE rises with each change, and a cancelled one says so. Owns the table `calendar_feed`.

use std::fmt;

use jiff::Timestamp;
use rendez_platform::fault::Fault;
use rendez_platform::store::Prepared;
use rendez_vocab::ids::AppointmentId;
use rendez_vocab::{Entropy, TimeRange};
use sha2::{Digest, Sha256};

use super::ics::{self, Entry, Visit};
use crate::ctx::Ctx;
use crate::identity::access::{self, Denied};

const TOKEN_BYTES: usize = 32;
/// How far back a calendar reaches.
const PAST_DAYS: i32 = 90;
/// More visits than anybody has in a calendar; the latest of them.
const MOST: i64 = 500;

/// What the address holds. It is shown by [`FeedToken::reveal`] only, never by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedToken([u8; TOKEN_BYTES]);

impl FeedToken {
    fn new(entropy: &dyn Entropy) -> Self {
        let mut token = [0u8; TOKEN_BYTES];
        entropy.fill(&mut token);
        Self(token)
    }

    /// The token that a text spells: 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 2 * TOKEN_BYTES {
            return None;
        }
        let mut token = [0u8; TOKEN_BYTES];
        for (byte, pair) in token.iter_mut().zip(digits.chunks_exact(2)) {
            let digit =
                |at: usize| char::from(pair[at]).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            *byte = digit(0)? << 4 | digit(1)?;
        }
        Some(Self(token))
    }

    /// The token as it stands in the address. Whoever has it reads the calendar.
    pub fn reveal(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0).to_vec()
    }
}

impl fmt::Debug for FeedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FeedToken(…)")
    }
}

/// A feed was refused.
#[derive(Debug, thiserror::Error)]
pub enum FeedRefusal {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Our side broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<tokio_postgres::Error> for FeedRefusal {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// Gives the caller a calendar with a new address. An older address opens nothing any more.
pub async fn renew_feed(ctx: &Ctx) -> Result<FeedToken, FeedRefusal> {
    let patient = access::people(&ctx.actor)?;
    let token = FeedToken::new(&*ctx.entropy);
    let sql = "WITH made AS (
            INSERT INTO calendar_feed (patient_id, token_hash, created_at) VALUES ($1, $2, rendez_now())
            ON CONFLICT (patient_id) DO UPDATE SET token_hash = EXCLUDED.token_hash, created_at = EXCLUDED.created_at RETURNING patient_id)
        INSERT INTO audit (actor, action, subject_id, address, request_id)
        SELECT $3, 'calendar.renew', patient_id, $4::text::inet, $5 FROM made";
    let address = ctx.origin.address.map(|address| address.to_string());
    let conn = ctx.store.read_fresh().await?;
    let statement = conn.prepare_cached(sql).await?;
    conn.execute(
        &statement,
        &[&patient.uuid(), &token.hash(), &ctx.actor.to_string(), &address, &ctx.origin.request_id],
    )
    .await?;
    Ok(token)
}

/// Takes the caller's calendar away: its address opens nothing any more. Without one nothing happens.
pub async fn revoke_feed(ctx: &Ctx) -> Result<(), FeedRefusal> {
    let patient = access::people(&ctx.actor)?;
    let sql = "WITH gone AS (DELETE FROM calendar_feed WHERE patient_id = $1 RETURNING patient_id)
        INSERT INTO audit (actor, action, subject_id, address, request_id)
        SELECT $2, 'calendar.revoke', patient_id, $3::text::inet, $4 FROM gone";
    let address = ctx.origin.address.map(|address| address.to_string());
    let conn = ctx.store.read_fresh().await?;
    let statement = conn.prepare_cached(sql).await?;
    conn.execute(&statement, &[&patient.uuid(), &ctx.actor.to_string(), &address, &ctx.origin.request_id])
        .await?;
    Ok(())
}

/// Since when the caller has a calendar.
pub async fn feed_since(ctx: &Ctx) -> Result<Option<Timestamp>, FeedRefusal> {
    let patient = access::people(&ctx.actor)?;
    let conn = ctx.store.read_fresh().await?;
    Ok(conn
        .maybe_row("SELECT created_at FROM calendar_feed WHERE patient_id = $1", &[&patient.uuid()])
        .await?
        .map(|row| row.get(0)))
}

/// What was only held and then given back was never a visit, and says nothing in a calendar.
const VISITS: &str = "SELECT a.id, a.version, a.starts_at, a.ends_at, a.updated_at, a.status = 'cancelled',
        concat(v.name, ' – ', p.given_name, ' ', p.family_name, CASE WHEN x.id <> f.patient_id THEN ' (' || x.given_name || ')' END),
        concat_ws(', ', nullif(l.name, '—'), nullif(l.line, ''), nullif(concat_ws(' ', nullif(l.postal_code, ''), nullif(l.city, '')), ''))
    FROM calendar_feed f, LATERAL people_of(f.patient_id) AS person
        JOIN appointment a ON a.patient_id = person
            AND a.starts_at > rendez_now() - make_interval(days => $2)
            AND a.status IN ('booked', 'arrived', 'fulfilled', 'no-show', 'cancelled')
        JOIN patient x ON x.id = a.patient_id JOIN practitioner p ON p.id = a.practitioner_id
        JOIN location l ON l.id = a.location_id JOIN visit_type v ON v.id = a.visit_type_id
    WHERE f.token_hash = $1 AND (a.status <> 'cancelled' OR EXISTS (
        SELECT FROM audit u WHERE u.subject_id = a.id AND u.action IN ('appointment.confirm', 'appointment.overbook')))
    ORDER BY a.starts_at DESC, a.id LIMIT $3";

/// The calendar of an address, as iCalendar; `None` if the address is nobody's. The same visits make the same text.
pub async fn feed(ctx: &Ctx, token: &FeedToken) -> Result<Option<String>, Fault> {
    let conn = ctx.store.read_fresh().await?;
    if conn.maybe_row("SELECT FROM calendar_feed WHERE token_hash = $1", &[&token.hash()]).await?.is_none() {
        return Ok(None);
    }
    let rows = conn.rows(VISITS, &[&token.hash(), &PAST_DAYS, &MOST]).await?;
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows.iter().rev() {
        let visit = Visit {
            id: AppointmentId::from_uuid(row.get(0)),
            version: row.get(1),
            range: TimeRange::new(row.get(2), row.get(3))
                .map_err(|error| Fault::new("reading a visit", error))?,
            changed_at: row.get(4),
            summary: row.get(6),
            place: row.get(7),
        };
        entries.push(Entry { visit, is_cancelled: row.get(5) });
    }
    Ok(Some(ics::feed(&entries)))
}

#[cfg(test)]
mod tests {
    use rendez_vocab::entropy::SeededEntropy;

    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_shown_and_does_not_show_itself() {
        let token = FeedToken::new(&SeededEntropy::new(1));
        let text = token.reveal();
        assert_eq!((text.len(), FeedToken::parse(&text)), (64, Some(token.clone())));
        assert_eq!(format!("{token:?}"), "FeedToken(…)");
        for wrong in ["", "00", &text[1..], &text.replace(|_: char| true, "g"), &"é".repeat(32)] {
            assert_eq!(FeedToken::parse(wrong), None, "{wrong}");
        }
    }
}
