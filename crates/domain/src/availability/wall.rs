//! From the wall clock of a zone to instants.
//!
//! Invariant: a later wall time never gives an earlier instant, so a range on the wall is a range of instants or
//! nothing, and never reversed.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use rendez_vocab::TimeRange;

/// The instant at which the clock of the zone shows `wall`: the first of two where the clock is set back, and the
/// jump itself where the clock skips it. `None` outside of the years that instants cover.
pub(super) fn instant(zone: &TimeZone, wall: DateTime) -> Option<Timestamp> {
    match zone.to_ambiguous_timestamp(wall).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(wall).ok(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(wall).ok(),
        AmbiguousOffset::Gap { after, .. } => {
            // Read with the offset that holds after the jump, a skipped wall time lies before the jump.
            let earlier = after.to_timestamp(wall).ok()?;
            zone.following(earlier).find(|jump| jump.offset() == after).map(|jump| jump.timestamp())
        }
    }
}

/// The instants of `[starts, ends)` on the wall; `None` where nothing is left of it.
pub(super) fn range(zone: &TimeZone, starts: DateTime, ends: DateTime) -> Option<TimeRange> {
    TimeRange::new(instant(zone, starts)?, instant(zone, ends)?).ok()
}

/// The date on the wall at an instant.
pub(super) fn date(zone: &TimeZone, instant: Timestamp) -> Date {
    zone.to_datetime(instant).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: &str, wall: &str) -> String {
        let zone = TimeZone::get(zone).unwrap();
        instant(&zone, wall.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn a_skipped_wall_time_is_the_jump() {
        for wall in ["2026-03-29T02:00", "2026-03-29T02:30", "2026-03-29T02:59:59", "2026-03-29T03:00"] {
            assert_eq!(at("Europe/Paris", wall), "2026-03-29T01:00:00Z", "{wall}");
        }
        assert_eq!(at("Australia/Lord_Howe", "2026-10-04T02:10"), "2026-10-03T15:30:00Z", "half an hour");
        assert_eq!(at("America/Santiago", "2026-09-06T00:00"), "2026-09-06T04:00:00Z", "no midnight");
        assert_eq!(at("America/Sao_Paulo", "2018-11-04T00:00"), "2018-11-04T03:00:00Z", "no midnight");
        assert_eq!(at("Africa/Cairo", "2026-04-24T00:30"), "2026-04-23T22:00:00Z", "no midnight");
        assert_eq!(at("Pacific/Apia", "2011-12-30T12:00"), "2011-12-30T10:00:00Z", "a whole day");
        assert_eq!(at("Europe/Paris", "2061-03-27T02:30"), "2061-03-27T01:00:00Z", "beyond the tables");
    }

    #[test]
    fn of_two_equal_wall_times_the_first_counts() {
        assert_eq!(at("Europe/Paris", "2026-10-25T02:30"), "2026-10-25T00:30:00Z");
        assert_eq!(at("America/New_York", "2026-11-01T01:00"), "2026-11-01T05:00:00Z");
        assert_eq!(at("Australia/Lord_Howe", "2026-04-05T01:45"), "2026-04-04T14:45:00Z");
    }

    #[test]
    fn offsets_of_odd_minutes() {
        assert_eq!(at("Asia/Kathmandu", "2026-06-01T09:00"), "2026-06-01T03:15:00Z");
        assert_eq!(at("Asia/Kolkata", "2026-06-01T09:00"), "2026-06-01T03:30:00Z");
        assert_eq!(at("Australia/Eucla", "2026-06-01T09:00"), "2026-06-01T00:15:00Z");
    }
}
