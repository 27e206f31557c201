//! Random practices around days on which a clock changes.

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use rendez_domain::availability::{Closure, Opening, OpeningRule, Schedule, TimeOff, VisitType};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{TimeOffId, VisitTypeId};
use uuid::Uuid;

use crate::builders::{date, location, location_id, opening_id, practice, visit, visit_type_id};

/// Zones with a date next to which their clock changes, or whose offset is odd.
const DAYS: [(&str, &str); 19] = [
    ("Europe/Paris", "2026-03-29"),
    ("Europe/Paris", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Asia/Kathmandu", "2026-12-31"),
    ("Asia/Kolkata", "2026-06-01"),
    ("Australia/Eucla", "2026-02-01"),
    ("America/Santiago", "2026-04-05"),
    ("America/Santiago", "2026-09-06"),
    ("Africa/Cairo", "2026-04-24"),
    ("Africa/Cairo", "2026-10-30"),
    ("America/Sao_Paulo", "2018-11-04"),
    ("America/Sao_Paulo", "2018-02-18"),
    // Set back from one minute past midnight to the day before.
    ("America/St_Johns", "2010-11-07"),
    ("America/Havana", "2026-11-01"),
    // A day that never was.
    ("Pacific/Apia", "2011-12-30"),
    ("Europe/Paris", "2041-03-31"),
];

/// A practice and a question to it. Every instant is a whole minute.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) schedule: Schedule,
    pub(crate) window: TimeRange,
    pub(crate) now: Timestamp,
    /// Sorted by start.
    pub(crate) claims: Vec<TimeRange>,
}

/// The visit type that the worlds ask for; there is another one beside it.
pub(crate) fn asked() -> VisitTypeId {
    visit_type_id(0)
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    (0..DAYS.len(), 0..DAYS.len()).prop_flat_map(|(here, there)| {
        let day = date(DAYS[here].1);
        let middle = day.to_zoned(jiff::tz::TimeZone::UTC).expect("midnight in UTC").timestamp();
        let base = (visit_type(), vec(rule(day), 1..6), vec(closure(day), 0..3), vec(opening(middle), 0..4));
        let rest = (vec(span(middle, 4, 600), 0..3), vec(span(middle, 4, 120), 0..25), holidays(day));
        let question = (span(middle, 1, 4000), -3000..300i64, any::<bool>());
        (base, rest, question).prop_map(move |(base, rest, (window, now, works))| {
            let mut schedule = practice(DAYS[here].0, 30);
            schedule.locations.push(location(1, DAYS[there].0));
            schedule.visit_types = vec![base.0, visit(1, 20)];
            (schedule.rules, schedule.closures, schedule.openings) = (base.1, base.2, base.3);
            for (number, opening) in schedule.openings.iter_mut().enumerate() {
                opening.id = opening_id(number as u128);
            }
            let off = |range| TimeOff { id: TimeOffId::from_uuid(Uuid::nil()), range };
            schedule.time_off = rest.0.into_iter().map(off).collect();
            schedule.works_public_holidays = works;
            schedule.holidays = std::sync::Arc::new(rest.2.into_iter().collect());
            let mut claims = rest.1;
            claims.sort_unstable();
            World { schedule, window, now: plus(window.start(), now), claims }
        })
    })
}

fn visit_type() -> impl Strategy<Value = VisitType> {
    let lengths = prop_oneof![5..60u32, 1..300u32];
    let buffers = (prop_oneof![Just(0u32), 0..40u32], prop_oneof![Just(0u32), 0..40u32]);
    (lengths, buffers, 0..600u32, 2..6u32).prop_map(|(duration, (before, after), notice, horizon)| {
        VisitType {
            buffer_before_minutes: before,
            buffer_after_minutes: after,
            min_notice_minutes: notice,
            max_horizon_days: horizon,
            ..visit(0, duration)
        }
    })
}

fn rule(day: Date) -> impl Strategy<Value = OpeningRule> {
    let from = option::weighted(0.25, (-20..4i32).prop_map(move |days| plus_days(day, days)));
    let until = option::weighted(0.2, (-2..9i32).prop_map(move |days| plus_days(day, days)));
    // Most shifts start on the day itself or on the one before: that is where clocks change.
    let weekday =
        prop_oneof![3 => -1..1i32, 1 => -3..4i32].prop_map(move |days| plus_days(day, days).weekday());
    let weeks = prop_oneof![3 => Just(1u8), 1 => 0..4u8];
    (0..2u128, weekday, clock(), clock(), only(), from, until, weeks).prop_map(
        |(place, weekday, starts, ends, visit_types, valid_from, valid_until, every_weeks)| OpeningRule {
            location: location_id(place),
            weekday,
            starts,
            ends,
            visit_types,
            valid_from,
            valid_until,
            every_weeks,
        },
    )
}

/// Often a whole hour of the night, when clocks change.
fn clock() -> impl Strategy<Value = Time> {
    let at = |minute: i32| Time::midnight() + i64::from(minute).minutes();
    prop_oneof![(0..1440).prop_map(at), (0..24).prop_map(move |hour| at(hour * 60)), (0..240).prop_map(at)]
}

fn only() -> impl Strategy<Value = Vec<VisitTypeId>> {
    prop_oneof![4 => Just(vec![]), 1 => Just(vec![asked()]), 1 => Just(vec![visit_type_id(1)])]
}

fn closure(day: Date) -> impl Strategy<Value = Closure> {
    (-2..3i32, clock(), 1..1500i64).prop_map(move |(days, time, length)| {
        let starts = plus_days(day, days).to_datetime(time);
        Closure { starts, ends: starts + length.minutes() }
    })
}

fn opening(middle: Timestamp) -> impl Strategy<Value = Opening> {
    (0..2u128, span(middle, 2, 400), only()).prop_map(|(place, range, visit_types)| Opening {
        id: opening_id(0),
        location: location_id(place),
        range,
        visit_types,
    })
}

fn holidays(day: Date) -> impl Strategy<Value = Vec<Date>> {
    vec((-2..3i32).prop_map(move |days| plus_days(day, days)), 0..2)
}

/// A range that starts at most `days` from the middle and lasts at most `length` minutes.
fn span(middle: Timestamp, days: i64, length: i64) -> impl Strategy<Value = TimeRange> {
    (-days * 1440..days * 1440, 1..length).prop_map(move |(from, length)| {
        TimeRange::new(plus(middle, from), plus(middle, from + length)).expect("a length above zero")
    })
}

fn plus(instant: Timestamp, minutes: i64) -> Timestamp {
    instant.checked_add(SignedDuration::from_mins(minutes)).expect("an instant near the day")
}

fn plus_days(day: Date, days: i32) -> Date {
    day.checked_add(days.days()).expect("a date near the day")
}
