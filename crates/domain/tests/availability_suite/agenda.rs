//! The grids of an agenda offer what the list of slots offers, read as the index reads them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Weekday::{Friday, Monday, Saturday};
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;
use rendez_domain::availability::{
    Agenda, Almanac, OpeningRule, Schedule, ScheduleLocation, agenda, bookable, slots,
};
use rendez_index::{Moment, Shift, VisitType as Measures};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{LocationId, VisitTypeId};

use crate::builders::{Building, at, opening_id, practice, range, visit, visit_type_id, weekly};
use crate::worlds::world;

const DAYS: u16 = 9;

/// By visit type and start: where.
type Starts = BTreeMap<(VisitTypeId, i64), LocationId>;

fn read(schedule: &Schedule, agenda: &Agenda, window: TimeRange) -> Starts {
    let mut found = Starts::new();
    for place in &agenda.places {
        assert!(place.shifts.is_sorted_by_key(|shift| shift.anchor) && place.closed.is_sorted());
        for shift in &place.shifts {
            for (number, visit_type) in bookable(schedule).enumerate() {
                if shift.visit_types & (1 << number) == 0 {
                    continue;
                }
                let measures = measures(visit_type);
                let known = Shift {
                    anchor: Moment::MIN,
                    span_minutes: shift.span_minutes,
                    runs_on: shift.runs_on,
                    visit_types: shift.visit_types,
                };
                for count in 0..known.starts(&measures) {
                    let start = shift.anchor + i64::from(count) * i64::from(measures.step());
                    let instant = Timestamp::from_second(start).expect("an instant");
                    let closed = place.closed.binary_search(&(number as u8, start)).is_ok();
                    if !closed && window.contains_instant(instant) {
                        let elsewhere = found.insert((visit_type.id, start), place.location);
                        assert!(
                            elsewhere.is_none_or(|other| other == place.location),
                            "a start has one place"
                        );
                    }
                }
            }
        }
    }
    found
}

fn measures(visit_type: &rendez_domain::availability::VisitType) -> Measures {
    Measures {
        id: visit_type.id,
        duration_minutes: visit_type.duration_minutes as u16,
        buffer_before_minutes: visit_type.buffer_before_minutes as u16,
        buffer_after_minutes: visit_type.buffer_after_minutes as u16,
        min_notice_minutes: 0,
        max_horizon_days: 365,
        telehealth: false,
        known_only: false,
    }
}

fn listed(schedule: &Schedule, window: TimeRange, claims: &[TimeRange]) -> Starts {
    let mut schedule = schedule.clone();
    for visit_type in &mut schedule.visit_types {
        (visit_type.min_notice_minutes, visit_type.max_horizon_days) = (0, 1095);
    }
    let types: Vec<VisitTypeId> = bookable(&schedule).map(|visit_type| visit_type.id).collect();
    types
        .into_iter()
        .flat_map(|id| slots(&schedule, id, window, window.start(), claims, None))
        .map(|slot| ((slot.visit_type, slot.start.as_second()), slot.location))
        .collect()
}

/// The days that every location's window has.
fn common_window(schedule: &Schedule, from: Timestamp) -> TimeRange {
    let midnight = |location: &ScheduleLocation, date: Date| {
        date.to_datetime(Time::midnight())
            .to_zoned(location.time_zone.clone())
            .expect("a midnight")
            .timestamp()
    };
    let first = |location: &ScheduleLocation| location.time_zone.to_datetime(from).date();
    let begin = schedule.locations.iter().map(|location| midnight(location, first(location))).max();
    let end = schedule
        .locations
        .iter()
        .map(|location| {
            midnight(location, first(location).checked_add(i32::from(DAYS).days()).expect("a date"))
        })
        .min();
    TimeRange::new(begin.expect("a location"), end.expect("a location")).expect("some days")
}

fn almanac(schedule: &Schedule, from: Timestamp) -> Almanac {
    Almanac::new(from, from, DAYS, Arc::clone(&schedule.holidays))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_agenda_is_the_list_of_slots(world in world(), odd in 0..90i64) {
        let mut schedule = world.schedule;
        // Openings may begin and end within a minute.
        for opening in &mut schedule.openings {
            let later = |at: Timestamp, by: i64| at.checked_add(SignedDuration::from_millis(by * 700)).expect("an instant");
            opening.range = TimeRange::new(later(opening.range.start(), odd), later(opening.range.end(), odd * 2)).expect("a range");
        }
        let window = common_window(&schedule, world.window.start());
        let agenda = agenda(&schedule, &mut almanac(&schedule, world.window.start()));
        let grids = read(&schedule, &agenda, window);
        prop_assert_eq!(&grids, &listed(&schedule, window, &[]));

        let free: Starts = grids
            .into_iter()
            .filter(|((visit_type, start), _)| {
                let visit_type = schedule.visit_type(*visit_type).expect("its own");
                let blocked = visit_type.blocked_at(Timestamp::from_second(*start).expect("an instant")).expect("a range");
                !world.claims.iter().any(|claim| claim.overlaps(blocked))
            })
            .collect();
        prop_assert_eq!(free, listed(&schedule, window, &world.claims));
    }
}

fn same(schedule: &Schedule, from: &str) -> Starts {
    let window = common_window(schedule, at(from));
    let grids = read(schedule, &agenda(schedule, &mut almanac(schedule, at(from))), window);
    assert_eq!(grids, listed(schedule, window, &[]));
    grids
}

#[test]
fn a_visit_runs_from_one_shift_into_the_next_that_touches_it() {
    let practice = practice("Europe/Paris", 50).open(Monday, "08:00", "10:00").open(Monday, "10:00", "12:00");
    assert_eq!(
        same(&practice, "2026-11-23T00:00Z").len(),
        2 * 5,
        "8:00, 8:50, 9:40 which runs on, 10:00, 10:50"
    );
}

#[test]
fn a_morning_that_is_half_closed_keeps_its_grid() {
    let practice = practice("Europe/Paris", 25)
        .open(Friday, "08:00", "12:00")
        .closed("2026-11-27T09:10", "2026-11-27T10:05");
    assert_eq!(same(&practice, "2026-11-23T00:00Z").len(), 2 + 4);
}

#[test]
fn of_two_places_with_the_same_start_the_earlier_rule_wins() {
    let mut practice = practice("Europe/Paris", 30);
    practice.locations.push(crate::builders::location(1, "Atlantic/Canary"));
    practice.rules = vec![
        OpeningRule { location: crate::builders::location_id(1), ..weekly(Monday, "08:00", "09:00") },
        weekly(Monday, "09:00", "11:00"),
    ];
    let starts = same(&practice, "2026-11-23T05:00Z");
    assert_eq!(
        starts.values().filter(|location| **location == crate::builders::location_id(1)).count(),
        2 * 2
    );
    assert_eq!(starts.len(), 2 * 4, "two there, and two more here");
}

#[test]
fn a_night_over_the_windows_end_is_cut_there() {
    let practice = practice("Europe/Paris", 60).open(Monday, "22:00", "06:00");
    // Nine days from Sunday: the second Monday is the last day.
    assert_eq!(same(&practice, "2026-11-22T12:00Z").len(), 8 + 2);
}

#[test]
fn an_opening_longer_than_a_grid_can_say_is_several() {
    let mut practice = practice("UTC", 25).opened_once("2026-11-23T00:00:30Z", "2027-01-20T00:00:10Z");
    practice.visit_types.push(visit(1, 20));
    let mut almanac =
        Almanac::new(at("2026-11-23T00:00Z"), at("2026-11-23T00:00Z"), 64, Arc::clone(&practice.holidays));
    let window = range("2026-11-23T00:00Z", "2027-01-26T00:00Z");
    assert_eq!(read(&practice, &agenda(&practice, &mut almanac), window), listed(&practice, window, &[]));
}

#[test]
fn nobody_who_is_not_active_opens_anything_and_the_65th_visit_type_is_left_out() {
    let mut practice = practice("Europe/Paris", 30).open(Saturday, "08:00", "09:00");
    practice.visit_types = (0..70).map(|number| visit(number, 30)).collect();
    practice.visit_types[0].active = false;
    let starts = same(&practice, "2026-11-23T00:00Z");
    assert_eq!(starts.len(), 64 * 2);
    assert!(starts.keys().all(|(id, _)| *id != visit_type_id(65) && *id != visit_type_id(0)));
    practice.active = false;
    assert_eq!(same(&practice, "2026-11-23T00:00Z").len(), 0);
}

#[test]
fn two_openings_at_once_offer_a_start_once() {
    let mut practice = practice("Europe/Paris", 30)
        .opened_once("2026-11-23T08:00Z", "2026-11-23T10:00Z")
        .opened_once("2026-11-23T09:00Z", "2026-11-23T11:00Z");
    practice.openings[1].id = opening_id(7);
    assert_eq!(same(&practice, "2026-11-23T00:00Z").len(), 6);
}
