//! Readings of the timeline, in time order by the primary key.

use rendez_vocab::TimeRange;
use tokio_postgres::Row;

use super::model::{Claim, ClaimKind};

/// The condition of a join `LEFT JOIN claim c ON …` with parameters `$2` (from) and `$3` (until), as text for `concat!`: no
/// claim is longer than 48 hours, so the key's order bounds the search on both sides.
macro_rules! sees {
    () => {
        "c.starts_at > $2::timestamptz - interval '48 hours' AND c.starts_at < $3::timestamptz AND c.ends_at > $2::timestamptz"
    };
}
pub(crate) use sees;

/// A claim from five columns: start, end, kind, owner, deadline; `None` where the join found none.
pub(crate) fn seen(row: &Row, from: usize) -> Option<Claim> {
    Some(Claim {
        range: TimeRange::new(row.get::<_, Option<_>>(from)?, row.get(from + 1)).ok()?,
        kind: ClaimKind::named(row.get(from + 2))?,
        owner: row.get(from + 3),
        expires_at: row.get(from + 4),
    })
}
