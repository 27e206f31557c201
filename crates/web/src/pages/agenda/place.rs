//! Where things stand in a day's column: minutes from its first hour, written as classes of `agenda.css`.
//!
//! Invariant: lengths are elapsed time, so a day on which the clocks change is as long as it is; labels are read from the
//! place's own clock.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rendez_vocab::TimeRange;

use super::super::when;

/// The hours of a day that are shown when nothing asks for more.
const USUAL: (i8, i8) = (8, 18);

/// One day on the clock of one place, or the shown hours of it.
#[derive(Debug, Clone)]
pub(super) struct Stretch {
    pub(super) range: TimeRange,
    pub(super) zone: TimeZone,
    /// The clock is changed within it.
    pub(super) changes: bool,
}

impl Stretch {
    /// A day from one hour to another; 24 is the end of the day.
    pub(super) fn new(date: Date, zone: &TimeZone, (from, until): (i8, i8)) -> Option<Self> {
        let at = |hour: i8| match hour {
            24 => Some(when::start_of(when::days_after(date, 1), zone)),
            hour => Some(date.at(hour, 0, 0, 0).to_zoned(zone.clone()).ok()?.timestamp()),
        };
        let range = TimeRange::new(at(from)?, at(until)?).ok()?;
        let hours = i64::from(until) - i64::from(from);
        Some(Self { range, zone: zone.clone(), changes: range.duration().as_hours() != hours })
    }

    /// The classes of a range, as far as it lies inside.
    pub(super) fn place(&self, range: TimeRange) -> Option<String> {
        let inside = self.range.intersection(range)?;
        let (from, long) = (self.minutes_to(inside.start()), inside.duration().as_mins().max(1));
        Some(format!("{} dh{} dm{}", hours_and_minutes(from), long / 60, long % 60))
    }

    /// The classes of an instant, if it lies inside.
    pub(super) fn point(&self, at: Timestamp) -> Option<String> {
        self.range.contains_instant(at).then(|| hours_and_minutes(self.minutes_to(at)))
    }

    /// The classes of its length.
    pub(super) fn length(&self) -> String {
        let long = self.range.duration().as_mins();
        format!("dh{} dm{}", long / 60, long % 60)
    }

    /// `09:05`, on the place's clock.
    pub(super) fn clock(&self, at: Timestamp) -> String {
        when::clock(self.zone.to_datetime(at).time())
    }

    /// It in pieces of so many minutes.
    pub(super) fn pieces(&self, minutes: i64) -> Vec<TimeRange> {
        let mut pieces = Vec::new();
        let mut from = self.range.start();
        while from < self.range.end() {
            let until = from
                .checked_add(SignedDuration::from_mins(minutes))
                .map_or(self.range.end(), |until| until.min(self.range.end()));
            match TimeRange::new(from, until) {
                Ok(piece) => pieces.push(piece),
                Err(_) => break,
            }
            from = until;
        }
        pieces
    }

    /// The first and the last hour of the day that ranges inside it touch.
    pub(super) fn hours_of(&self, ranges: impl Iterator<Item = TimeRange>) -> Option<(i8, i8)> {
        ranges
            .filter_map(|range| self.range.intersection(range))
            .map(|range| {
                let first = self.zone.to_datetime(range.start()).hour();
                let end = self.zone.to_datetime(range.end());
                let last = if range.end() == self.range.end() {
                    24
                } else {
                    end.hour() + i8::from(end.minute() > 0 || end.second() > 0)
                };
                (first, last.max(first + 1))
            })
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    fn minutes_to(&self, at: Timestamp) -> i64 {
        at.duration_since(self.range.start()).as_mins()
    }
}

fn hours_and_minutes(minutes: i64) -> String {
    format!("h{} m{}", minutes / 60, minutes % 60)
}

/// The hours to show: the usual ones, and all that something touches.
pub(super) fn shown_hours(touched: impl Iterator<Item = (i8, i8)>) -> (i8, i8) {
    touched.fold(USUAL, |shown, touched| (shown.0.min(touched.0), shown.1.max(touched.1)))
}

/// Puts ranges side by side where they overlap: for each, in the order given, its lane and how many lanes its group has.
/// The ranges must be in order of start.
pub(super) fn lanes(ranges: &[TimeRange], most: usize) -> Vec<(usize, usize)> {
    let mut placed: Vec<(usize, usize)> = Vec::with_capacity(ranges.len());
    let (mut group, mut ends): (usize, Vec<Timestamp>) = (0, Vec::new());
    for (number, range) in ranges.iter().enumerate() {
        if ends.iter().all(|end| *end <= range.start()) {
            close(&mut placed, group, ends.len());
            (group, ends) = (number, Vec::new());
        }
        let lane = ends.iter().position(|end| *end <= range.start()).unwrap_or(ends.len()).min(most - 1);
        match ends.get_mut(lane) {
            Some(end) => *end = range.end().max(*end),
            None => ends.push(range.end()),
        }
        placed.push((lane, 0));
    }
    close(&mut placed, group, ends.len());
    placed
}

fn close(placed: &mut [(usize, usize)], group: usize, lanes: usize) {
    for place in placed.iter_mut().skip(group) {
        place.1 = lanes.max(1);
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").expect("a zone")
    }

    fn range(from: &str, until: &str) -> TimeRange {
        TimeRange::new(from.parse().expect("a start"), until.parse().expect("an end")).expect("a range")
    }

    #[test]
    fn a_usual_day_has_its_visits_where_the_clock_says() {
        let day = Stretch::new(date(2026, 6, 15), &paris(), (8, 18)).expect("a day");
        assert!(!day.changes);
        assert_eq!(day.length(), "dh10 dm0");
        let visit = range("2026-06-15T07:15:00Z", "2026-06-15T07:45:00Z");
        assert_eq!(day.place(visit).as_deref(), Some("h1 m15 dh0 dm30"));
        assert_eq!(day.clock(visit.start()), "09:15");
        let before = range("2026-06-15T05:00:00Z", "2026-06-15T06:20:00Z");
        assert_eq!(day.place(before).as_deref(), Some("h0 m0 dh0 dm20"), "what reaches in is cut");
        assert_eq!(day.point("2026-06-15T16:00:00Z".parse().expect("an instant")), None, "half-open");
    }

    #[test]
    fn a_day_of_23_hours_and_one_of_25_are_as_long_as_they_are() {
        let spring = Stretch::new(date(2026, 3, 29), &paris(), (0, 24)).expect("a day");
        assert!(spring.changes);
        assert_eq!(spring.length(), "dh23 dm0");
        let labels: Vec<String> = spring.pieces(60).iter().map(|piece| spring.clock(piece.start())).collect();
        assert_eq!(labels[..4], ["00:00", "01:00", "03:00", "04:00"]);
        let noon = range("2026-03-29T10:00:00Z", "2026-03-29T11:00:00Z");
        assert_eq!(spring.place(noon).as_deref(), Some("h11 m0 dh1 dm0"));

        let autumn = Stretch::new(date(2026, 10, 25), &paris(), (0, 24)).expect("a day");
        assert_eq!(autumn.length(), "dh25 dm0");
        let labels: Vec<String> = autumn.pieces(60).iter().map(|piece| autumn.clock(piece.start())).collect();
        assert_eq!(labels[..5], ["00:00", "01:00", "02:00", "02:00", "03:00"]);
        assert!(!Stretch::new(date(2026, 10, 25), &paris(), (8, 18)).expect("a day").changes);
    }

    #[test]
    fn what_is_open_until_midnight_ends_with_the_day() {
        let day = Stretch::new(date(2026, 6, 15), &paris(), (0, 24)).expect("a day");
        let late = range("2026-06-15T18:30:00Z", "2026-06-15T22:00:00Z");
        assert_eq!(day.hours_of([late].into_iter()), Some((20, 24)));
        let beyond = range("2026-06-15T18:30:00Z", "2026-06-16T01:00:00Z");
        assert_eq!(day.hours_of([beyond].into_iter()), Some((20, 24)));
        assert_eq!(day.place(beyond).as_deref(), Some("h20 m30 dh3 dm30"));
        assert_eq!(shown_hours([(20, 24)].into_iter()), (8, 24));
        assert_eq!(shown_hours([(6, 9), (9, 17)].into_iter()), (6, 18));
    }

    #[test]
    fn visits_that_overlap_stand_side_by_side() {
        let at = |from: &str, until: &str| {
            range(&format!("2026-06-15T{from}:00Z"), &format!("2026-06-15T{until}:00Z"))
        };
        let day = [
            at("08:00", "08:30"),
            at("08:15", "09:00"),
            at("08:30", "08:45"),
            at("09:00", "09:30"),
            at("10:00", "10:30"),
            at("10:00", "10:30"),
            at("10:00", "10:30"),
        ];
        assert_eq!(lanes(&day, 4), [(0, 2), (1, 2), (0, 2), (0, 1), (0, 3), (1, 3), (2, 3)]);
        assert_eq!(lanes(&day, 2)[6], (1, 2), "never more than there is room for");
        assert!(lanes(&[], 4).is_empty());
    }
}
