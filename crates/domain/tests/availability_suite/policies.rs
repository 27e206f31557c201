//! Notice, horizon, claims and refusals.

use jiff::SignedDuration;
use jiff::civil::Weekday::Monday;
use rendez_domain::availability::{NotOffered, Schedule, check, slots};

use crate::builders::{Building, at, practice, range, the_visit, visit_type_id};

/// Half hours on Mondays from nine to twelve, UTC, an hour's notice, 14 days ahead.
fn monday_practice() -> Schedule {
    let mut practice = practice("UTC", 30).open(Monday, "09:00", "12:00");
    practice.visit_types[0].min_notice_minutes = 60;
    practice.visit_types[0].max_horizon_days = 14;
    practice
}

fn refusal(practice: &Schedule, start: &str) -> Option<NotOffered> {
    check(practice, the_visit(), at(start), at("2026-06-01T00:00Z"), SignedDuration::ZERO).err()
}

#[test]
fn notice_and_horizon_bound_the_list() {
    let practice = monday_practice();
    let window = range("2026-06-01T00:00Z", "2026-07-01T00:00Z");
    let offered = slots(&practice, the_visit(), window, at("2026-06-01T10:00Z"), &[], None);
    assert_eq!(offered[0].start, at("2026-06-01T11:00Z"), "exactly the notice");
    assert_eq!(offered.last().unwrap().start, at("2026-06-15T09:30Z"), "before exactly the horizon");
    assert_eq!(offered.len(), 2 + 6 + 2);
}

#[test]
fn a_claim_that_touches_blocks_nothing_and_one_that_reaches_a_buffer_does() {
    let practice = monday_practice().buffers(10, 20);
    let window = range("2026-06-01T00:00Z", "2026-06-02T00:00Z");
    let offered = |claims: &[_]| {
        let found = slots(&practice, the_visit(), window, at("2026-05-31T00:00Z"), claims, None);
        found.iter().map(|slot| slot.start.to_string()).collect::<Vec<_>>()
    };
    let all = ["2026-06-01T09:00:00Z", "2026-06-01T10:00:00Z", "2026-06-01T11:00:00Z"];
    assert_eq!(offered(&[range("2026-06-01T08:00Z", "2026-06-01T08:50Z")]), all, "up to the buffer");
    assert_eq!(
        offered(&[range("2026-06-01T08:00Z", "2026-06-01T08:51Z")]),
        all[1..],
        "into the buffer before"
    );
    assert_eq!(offered(&[range("2026-06-01T11:50Z", "2026-06-01T12:30Z")]), all, "from the buffer on");
    assert_eq!(
        offered(&[range("2026-06-01T11:49Z", "2026-06-01T12:30Z")]),
        all[..2],
        "into the buffer behind"
    );
    let long_and_short = [
        range("2026-06-01T00:00Z", "2026-06-01T10:30Z"),
        range("2026-06-01T01:00Z", "2026-06-01T02:00Z"),
        range("2026-06-01T09:00Z", "2026-06-01T09:10Z"),
    ];
    assert_eq!(offered(&long_and_short), all[2..], "a long claim is not forgotten behind short ones");
}

#[test]
fn each_refusal_has_its_reason() {
    let mut practice = monday_practice()
        .closed("2026-06-01T10:00", "2026-06-01T10:30")
        .away("2026-06-01T11:00Z", "2026-06-01T11:10Z")
        .holiday("2026-06-08");
    let cases = [
        ("2026-06-01T09:00Z", None),
        ("2026-06-01T09:10Z", Some(NotOffered::NotOnGrid)),
        ("2026-06-01T09:00:00.5Z", Some(NotOffered::NotOnGrid)),
        ("2026-06-01T08:30Z", Some(NotOffered::NoOpening)),
        ("2026-06-01T11:45Z", Some(NotOffered::NoOpening)),
        ("2026-06-01T10:00Z", Some(NotOffered::Closed)),
        ("2026-06-01T11:00Z", Some(NotOffered::TimeOff)),
        ("2026-06-08T09:00Z", Some(NotOffered::Holiday)),
        ("2026-06-15T09:00Z", Some(NotOffered::TooFar { latest: at("2026-06-15T00:00Z") })),
    ];
    for (start, expected) in cases {
        assert_eq!(refusal(&practice, start), expected, "{start}");
    }
    let stranger = check(
        &practice,
        visit_type_id(9),
        at("2026-06-01T09:00Z"),
        at("2026-06-01T00:00Z"),
        SignedDuration::ZERO,
    );
    assert_eq!(stranger, Err(NotOffered::UnknownVisitType));
    practice.active = false;
    assert_eq!(refusal(&practice, "2026-06-01T09:00Z"), Some(NotOffered::Inactive));
    assert!(practice.starts("2026-06-01T00:00Z", "2026-06-02T00:00Z").is_empty());
}

#[test]
fn grace_lets_a_booking_finish_that_began_in_time() {
    let practice = monday_practice();
    let book = |now: &str, grace| {
        check(&practice, the_visit(), at("2026-06-01T09:00Z"), at(now), SignedDuration::from_mins(grace))
            .map(|offer| (offer.range, offer.blocked))
    };
    let visit = range("2026-06-01T09:00Z", "2026-06-01T09:30Z");
    assert_eq!(book("2026-06-01T08:00Z", 0), Ok((visit, visit)));
    let late = Err(NotOffered::TooSoon { earliest: at("2026-06-01T09:05Z") });
    assert_eq!(book("2026-06-01T08:05Z", 0), late);
    assert_eq!(book("2026-06-01T08:05Z", 5), Ok((visit, visit)));
    assert!(book("2026-06-01T08:05:00.000000001Z", 5).is_err());
}

#[test]
fn a_limit_gives_the_first_ones() {
    let practice = monday_practice();
    let window = range("2026-06-01T00:00Z", "2026-07-01T00:00Z");
    let found = slots(&practice, the_visit(), window, window.start(), &[], Some(8));
    assert_eq!((found.len(), found[7].start), (8, at("2026-06-08T09:30Z")), "over an empty week");
    assert!(slots(&practice, the_visit(), window, window.start(), &[], Some(0)).is_empty());
}

#[test]
fn a_quarter_of_a_year_is_the_sum_of_its_days() {
    let mut practice = practice("America/New_York", 90);
    for weekday in Monday.cycle_forward().take(7) {
        practice = practice.open(weekday, "20:00", "04:30");
    }
    let mut days = Vec::new();
    let mut day = range("2026-09-01T05:00Z", "2026-09-02T05:00Z");
    while day.start() < at("2026-12-01T05:00Z") {
        days.extend(practice.starts(&day.start().to_string(), &day.end().to_string()));
        day = range(&day.end().to_string(), &(day.end() + SignedDuration::from_hours(24)).to_string());
    }
    assert_eq!(practice.starts("2026-09-01T05:00Z", "2026-12-01T05:00Z"), days);
    assert_eq!(
        days.len(),
        1 + 90 * 5 + 1 + 3,
        "the end of a night, the nights, the longer one, and a beginning"
    );
}
