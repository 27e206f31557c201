//! Writes that are not a booking: taking whatever is still free of a range.

use jiff::Timestamp;
use rendez_platform::fault::Fault;
use rendez_platform::store::{Prepared, Transaction};
use rendez_vocab::TimeRange;
use uuid::Uuid;

use super::model::{ClaimKind, LONGEST_CLAIM};

const FILL: &str = "
WITH gap AS MATERIALIZED (
    SELECT unnest(tstzmultirange(tstzrange(piece.starts_at, piece.ends_at)) - coalesce((
        SELECT range_agg(tstzrange(c.starts_at, c.ends_at)) FROM claim c
        WHERE c.calendar_id = $1 AND c.exclusive
          AND c.starts_at > piece.starts_at - interval '48 hours' AND c.starts_at < piece.ends_at AND c.ends_at > piece.starts_at
    ), '{}')) AS range
    FROM unnest($2::timestamptz[], $3::timestamptz[]) AS piece (starts_at, ends_at)
), taken AS (
    INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id)
    SELECT $1, lower(range), upper(range), $4, $5 FROM gap ORDER BY range
    ON CONFLICT DO NOTHING
    RETURNING id
)
SELECT (SELECT count(*) FROM gap) - (SELECT count(*) FROM taken)";

/// How often a racer may take a gap between our look and our claim before we give up.
const ROUNDS: usize = 20;

/// Takes every part of the range that nobody has taken, so that nothing new can be booked in it.
pub(crate) async fn fill(
    tx: &Transaction<'_>,
    calendar: i64,
    range: TimeRange,
    kind: ClaimKind,
    owner: Uuid,
) -> Result<(), Fault> {
    let (starts, ends): (Vec<Timestamp>, Vec<Timestamp>) =
        pieces(range).into_iter().map(|piece| (piece.start(), piece.end())).unzip();
    for _ in 0..ROUNDS {
        let lost: i64 = tx.row(FILL, &[&calendar, &starts, &ends, &kind.as_str(), &owner]).await?.get(0);
        if lost == 0 {
            return Ok(());
        }
    }
    Err(Fault::passing("taking the free parts of a range", "others kept taking them first"))
}

/// The range in pieces that a claim may have.
fn pieces(range: TimeRange) -> Vec<TimeRange> {
    let mut pieces = Vec::new();
    let mut from = range.start();
    while from < range.end() {
        let until = from.checked_add(LONGEST_CLAIM).map_or(range.end(), |end| end.min(range.end()));
        match TimeRange::new(from, until) {
            Ok(piece) => pieces.push(piece),
            Err(_) => break,
        }
        from = until;
    }
    pieces
}
