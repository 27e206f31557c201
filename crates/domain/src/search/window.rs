//! From when until when somebody looks.

use jiff::{SignedDuration, Timestamp};
use rendez_vocab::TimeRange;

use super::model::{SearchRefusal, SearchRequest};

const USUAL: SignedDuration = SignedDuration::from_hours(24 * 28);
/// The widest window, and how far ahead the index reaches.
pub(super) const WIDEST: SignedDuration = SignedDuration::from_hours(24 * 62);
/// Whoever counts 62 days from the present by another clock means no more than that.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(1);

/// The window of a request as of an instant.
pub(super) fn window(request: &SearchRequest, now: Timestamp) -> Result<TimeRange, SearchRefusal> {
    let from = request.from.map_or(now, |from| from.max(now));
    let widest = from.checked_add(WIDEST).unwrap_or(Timestamp::MAX);
    if request.to.is_some_and(|to| to.duration_since(widest) > CLOCKS_DIFFER) {
        return Err(SearchRefusal::WideWindow);
    }
    let to = request.to.unwrap_or_else(|| from.checked_add(USUAL).unwrap_or(widest)).min(widest);
    TimeRange::new(from, to).map_err(|_| SearchRefusal::EmptyWindow)
}

/// Whether the index knows nothing of times from then on.
pub fn is_beyond_reach(from: Timestamp, now: Timestamp) -> bool {
    from >= now.checked_add(WIDEST).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * number)
    }

    fn asked(from: Option<i64>, to: Option<i64>) -> Result<(Timestamp, Timestamp), SearchRefusal> {
        let request = SearchRequest { from: from.map(day), to: to.map(day), ..SearchRequest::default() };
        window(&request, day(100)).map(|window| (window.start(), window.end()))
    }

    #[test]
    fn a_window_is_judged_from_when_it_really_begins() {
        assert_eq!(asked(None, None).expect("usual"), (day(100), day(128)));
        assert_eq!(asked(Some(50), Some(150)).expect("50 days are left"), (day(100), day(150)));
        assert_eq!(asked(None, Some(162)).expect("the widest"), (day(100), day(162)));
        assert!(matches!(asked(None, Some(163)), Err(SearchRefusal::WideWindow)));
        assert!(matches!(asked(Some(110), Some(173)), Err(SearchRefusal::WideWindow)));
        assert!(matches!(asked(Some(50), Some(100)), Err(SearchRefusal::EmptyWindow)));
        let a_little_late =
            SearchRequest { to: Some(day(162) + SignedDuration::from_mins(5)), ..SearchRequest::default() };
        assert_eq!(window(&a_little_late, day(100)).expect("by another clock").end(), day(162));
    }
}
