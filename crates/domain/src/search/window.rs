//! From when until when somebody looks.

use jiff::{SignedDuration, Timestamp};
use rendez_vocab::TimeRange;

use super::model::{SearchRefusal, SearchRequest};

const USUAL: SignedDuration = SignedDuration::from_hours(24 * 28);
/// The widest window, and how far ahead the index reaches.
pub(super) const WIDEST: SignedDuration = SignedDuration::from_hours(24 * 62);

/// The window of a request as of an instant.
pub(super) fn window(request: &SearchRequest, now: Timestamp) -> Result<TimeRange, SearchRefusal> {
    let from = request.from.map_or(now, |from| from.max(now));
    let widest = from.checked_add(WIDEST).unwrap_or(Timestamp::MAX);
    let to = request.to.unwrap_or_else(|| from.checked_add(USUAL).unwrap_or(widest)).min(widest);
    TimeRange::new(from, to).map_err(|_| SearchRefusal::EmptyWindow)
}
