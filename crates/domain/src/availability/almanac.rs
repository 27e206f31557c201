//! The calendar of some weeks by the clocks of some zones, read once and used for many practitioners.
//!
//! Looking up what a zone's clock shows is most of the work of expanding a week, and everybody in a town shares it. On
//! days near which no clock changes, wall time is a sum; only on the others the zone is asked each time.

use std::sync::Arc;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::model::HolidayCalendar;
use super::wall;

const SECOND: i64 = 1_000_000_000;
const DAY_SECONDS: i64 = 86_400;
/// A day is plain when no clock changes from so long before its midnight until as long after that of the day after the
/// next: no zone was ever set by more than a day.
const MARGIN_SECONDS: i64 = 26 * 3600;

/// Clocks and holidays from a local day on.
pub struct Almanac {
    from: Timestamp,
    counted_from: Timestamp,
    days: i32,
    holidays: Arc<HolidayCalendar>,
    clocks: Vec<(String, Arc<Clock>)>,
}

impl Almanac {
    /// From the local day of `from` on; it ends so many local days after that of `counted_from`, in every zone.
    pub fn new(from: Timestamp, counted_from: Timestamp, days: u16, holidays: Arc<HolidayCalendar>) -> Self {
        Self { from, counted_from, days: days.into(), holidays, clocks: Vec::new() }
    }

    pub(super) fn clock(&mut self, name: &str, zone: &TimeZone) -> Arc<Clock> {
        if let Some((_, clock)) = self.clocks.iter().find(|(known, _)| known == name) {
            return Arc::clone(clock);
        }
        let first = wall::date(zone, self.from);
        let end = wall::date(zone, self.counted_from).checked_add(self.days.days()).unwrap_or(first);
        let clock = Arc::new(Clock::new(zone, first, end.max(first), &self.holidays));
        self.clocks.push((name.to_owned(), Arc::clone(&clock)));
        clock
    }
}

/// One zone's days.
pub(super) struct Clock {
    /// From the day before the window, because a shift may pass midnight, to the day after it, because a visit may.
    pub days: Vec<Day>,
    /// Of the first of `days`.
    pub weekday: Weekday,
    /// The window, in nanoseconds since the Unix epoch: the first midnight inside, the first after.
    pub begin: i64,
    pub end: i64,
}

/// One date.
pub(super) struct Day {
    pub date: Date,
    pub holiday: bool,
    /// Midnight in nanoseconds since the Unix epoch, if wall time can be added to it on this day and the next.
    pub midnight: Option<i64>,
}

impl Clock {
    fn new(zone: &TimeZone, first: Date, end: Date, holidays: &HolidayCalendar) -> Self {
        let before = first.yesterday().unwrap_or(first);
        let midnight = |date: Date| wall::instant(zone, date.to_datetime(Time::midnight()));
        let start = midnight(before).unwrap_or(Timestamp::MIN);
        let margin = 4 * DAY_SECONDS;
        let look = Timestamp::from_second(start.as_second().saturating_sub(margin)).unwrap_or(start);
        let last = midnight(end).map_or(i64::MAX, Timestamp::as_second).saturating_add(margin);
        let changes: Vec<i64> = zone
            .following(look)
            .map(|change| change.timestamp().as_second())
            .take_while(|change| *change <= last)
            .collect();
        let plain = |midnight: &Timestamp| {
            let at = midnight.as_second();
            let near = at - MARGIN_SECONDS..=at + 2 * DAY_SECONDS + MARGIN_SECONDS;
            !changes.iter().any(|change| near.contains(change))
        };
        let days = std::iter::successors(Some(before), |date| date.tomorrow().ok())
            .take_while(|date| *date <= end)
            .map(|date| Day {
                date,
                holiday: holidays.contains(date),
                midnight: midnight(date).filter(plain).map(|at| at.as_second().saturating_mul(SECOND)),
            })
            .collect();
        let nanos = |date| midnight(date).map_or(i64::MAX, |at| at.as_second().saturating_mul(SECOND));
        Self { days, weekday: before.weekday(), begin: nanos(first), end: nanos(end) }
    }

    /// The place of a date among the days; it may lie before or behind them.
    pub(super) fn place(&self, date: Date) -> i64 {
        let first = self.days.first().map_or(date, |day| day.date);
        date.since(first).map_or(0, |span| span.get_days().into())
    }
}

/// A wall time in nanoseconds since midnight.
pub(super) fn nanos(time: Time) -> i64 {
    let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    seconds * SECOND + i64::from(time.subsec_nanosecond())
}
