//! The same answer by painting minutes, slowly and without looking at the code it judges.
//!
//! A wall time is found by walking the clock: it is the first minute at which the wall shows that time or a later one.
//! That is all the oracle knows of zones.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp, ToSpan};
use rendez_domain::availability::{OpeningRule, Schedule, ScheduleLocation, VisitType};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{LocationId, VisitTypeId};

/// Days painted before and after the window.
const MARGIN_DAYS: i64 = 4;

/// A location's clock, minute by minute.
struct Walk<'a> {
    location: &'a ScheduleLocation,
    origin: Timestamp,
    /// The latest time that the wall has shown up to each minute.
    latest: Vec<DateTime>,
}

impl<'a> Walk<'a> {
    fn new(location: &'a ScheduleLocation, origin: Timestamp, minutes: usize) -> Self {
        let mut latest: Vec<DateTime> = Vec::with_capacity(minutes);
        for minute in 0..minutes {
            let shown = location.time_zone.to_datetime(after(origin, minute as i64));
            latest.push(latest.last().map_or(shown, |before| shown.max(*before)));
        }
        Self { location, origin, latest }
    }

    /// The first minute at which the wall shows `wall` or later.
    fn minute(&self, wall: DateTime) -> usize {
        self.latest.partition_point(|shown| *shown < wall)
    }

    /// The minutes of a range of instants, as far as they are painted.
    fn minutes(&self, range: TimeRange) -> std::ops::Range<usize> {
        minute_of(self.origin, range.start(), self.latest.len())
            ..minute_of(self.origin, range.end(), self.latest.len())
    }

    fn dates(&self) -> Vec<Date> {
        let first = self.latest[0].date().tomorrow().expect("a date");
        first.series(1.day()).take_while(|date| *date <= self.latest[self.latest.len() - 1].date()).collect()
    }
}

/// A shift in minutes since the origin.
struct Painted {
    from: usize,
    until: usize,
    /// The lower one wins a start.
    rank: (u8, u128),
}

/// One location with what is open there.
struct Board {
    location: LocationId,
    shifts: Vec<Painted>,
    open: Vec<bool>,
}

/// Every start in `window` that can be booked at `now`, with its place.
pub(crate) fn starts(
    schedule: &Schedule,
    visit_type: VisitTypeId,
    window: TimeRange,
    now: Timestamp,
    claims: &[TimeRange],
) -> Vec<(Timestamp, LocationId)> {
    let Some(visit_type) = schedule.visit_type(visit_type) else { return Vec::new() };
    let origin = after(window.start(), -MARGIN_DAYS * 1440);
    let minutes = (window.duration().as_mins() + 2 * MARGIN_DAYS * 1440) as usize;
    let mut taken = vec![false; minutes];
    for claim in claims {
        let from = minute_of(origin, claim.start(), minutes);
        let until = minute_of(origin, claim.end(), minutes);
        taken[from..until].fill(true);
    }
    let boards: Vec<Board> = schedule
        .locations
        .iter()
        .map(|location| board(schedule, visit_type, location, origin, minutes))
        .collect();
    let first = (MARGIN_DAYS * 1440) as usize;
    let mut found = Vec::new();
    for minute in first..minutes - first {
        let start = after(origin, minute as i64);
        let ahead = start.duration_since(now);
        if !schedule.active
            || !visit_type.active
            || ahead < SignedDuration::from_mins(i64::from(visit_type.min_notice_minutes))
            || ahead >= SignedDuration::from_hours(24 * i64::from(visit_type.max_horizon_days))
        {
            continue;
        }
        let (before, length, behind) = (
            visit_type.buffer_before_minutes as usize,
            visit_type.duration_minutes as usize,
            visit_type.buffer_after_minutes as usize,
        );
        if taken[minute - before..minute + length + behind].contains(&true) {
            continue;
        }
        let place = boards
            .iter()
            .filter(|board| board.open[minute..minute + length].iter().all(|open| *open))
            .flat_map(|board| board.shifts.iter().map(|shift| (shift, board.location)))
            .filter(|(shift, _)| shift.from <= minute && minute < shift.until)
            .filter(|(shift, _)| (minute - shift.from) % (before + length + behind) == 0)
            .min_by_key(|(shift, _)| shift.rank);
        found.extend(place.map(|(_, location)| (start, location)));
    }
    found
}

fn board(
    schedule: &Schedule,
    visit_type: &VisitType,
    location: &ScheduleLocation,
    origin: Timestamp,
    minutes: usize,
) -> Board {
    let walk = Walk::new(location, origin, minutes);
    let mut board = Board { location: location.id, shifts: Vec::new(), open: vec![false; minutes] };
    for (index, rule) in schedule.rules.iter().enumerate() {
        if rule.location != walk.location.id || !serves(&rule.visit_types, visit_type) {
            continue;
        }
        for date in walk.dates().into_iter().filter(|date| holds(schedule, rule, *date)) {
            let until = if rule.starts < rule.ends { date } else { date.tomorrow().expect("a date") };
            let from = walk.minute(date.to_datetime(rule.starts));
            let until = walk.minute(until.to_datetime(rule.ends));
            if from < until {
                board.open[from..until].fill(true);
                board.shifts.push(Painted { from, until, rank: (1, index as u128) });
            }
        }
    }
    for closure in &schedule.closures {
        let (from, until) = (walk.minute(closure.starts), walk.minute(closure.ends));
        board.open[from..until.max(from)].fill(false);
    }
    for opening in schedule.openings.iter().filter(|opening| opening.location == location.id) {
        let range = walk.minutes(opening.range);
        if serves(&opening.visit_types, visit_type) && !range.is_empty() {
            board.open[range.clone()].fill(true);
            let rank = (0, opening.id.uuid().as_u128());
            board.shifts.push(Painted { from: range.start, until: range.end, rank });
        }
    }
    for off in &schedule.time_off {
        board.open[walk.minutes(off.range)].fill(false);
    }
    board
}

fn serves(only: &[VisitTypeId], visit_type: &VisitType) -> bool {
    only.is_empty() || only.contains(&visit_type.id)
}

fn holds(schedule: &Schedule, rule: &OpeningRule, date: Date) -> bool {
    let week = |date: Date| date.iso_week_date().first_of_week().expect("a week").date();
    let counted = rule.valid_from.is_none_or(|from| {
        let days = week(date).since(week(from)).expect("two dates").get_days();
        (days / 7) % i32::from(rule.every_weeks.max(1)) == 0
    });
    date.weekday() == rule.weekday
        && counted
        && rule.valid_from.is_none_or(|from| from <= date)
        && rule.valid_until.is_none_or(|until| date <= until)
        && (schedule.works_public_holidays || !schedule.holidays.contains(date))
}

fn after(origin: Timestamp, minutes: i64) -> Timestamp {
    origin.checked_add(SignedDuration::from_mins(minutes)).expect("an instant near the window")
}

fn minute_of(origin: Timestamp, instant: Timestamp, minutes: usize) -> usize {
    usize::try_from(instant.duration_since(origin).as_mins().max(0)).expect("no negative number").min(minutes)
}
