//! Days and zones that are easy to get wrong.

use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday};
use jiff::civil::{Weekday, time};
use rendez_domain::availability::{Slot, Source, opening_ranges, slots, slots_of_opening};

use crate::builders::{
    Building, at, date, location, location_id, opening_id, practice, range, the_visit, visit, visit_type_id,
};

const WEEK: [Weekday; 7] =
    [Monday, Weekday::Tuesday, Weekday::Wednesday, Thursday, Friday, Saturday, Weekday::Sunday];

#[test]
fn ninety_minutes_make_six_slots_of_fifteen() {
    let practice = practice("Europe/Paris", 15).open(Monday, "10:00", "11:30");
    assert_eq!(
        practice.starts("2026-11-23T00:00Z", "2026-11-24T00:00Z"),
        ["09:00", "09:15", "09:30", "09:45", "10:00", "10:15"].map(|time| format!("2026-11-23T{time}:00Z"))
    );
}

#[test]
fn buffers_widen_the_grid_and_may_lie_outside_of_the_opening() {
    let practice = practice("UTC", 30).buffers(5, 10).open(Monday, "09:00", "10:15");
    assert_eq!(
        practice.starts("2026-11-23T00:00Z", "2026-11-24T00:00Z"),
        ["2026-11-23T09:00:00Z", "2026-11-23T09:45:00Z"]
    );
}

#[test]
fn the_night_of_the_change_is_an_hour_shorter_in_spring_and_longer_in_autumn() {
    let cases = [
        ("Europe/Paris", "2026-03-28", 7),
        ("Europe/Paris", "2026-10-24", 9),
        ("America/New_York", "2026-03-07", 7),
        ("America/New_York", "2026-10-31", 9),
        ("America/Santiago", "2026-09-05", 7),
        ("America/Santiago", "2026-04-04", 9),
        ("Asia/Kathmandu", "2026-03-28", 8),
    ];
    for (zone, saturday, hours) in cases {
        let night = practice(zone, 60).open(Saturday, "22:00", "06:00");
        let zoned = |day: i8, hour| {
            let day = date(saturday).checked_add(jiff::Span::new().days(day)).unwrap();
            day.to_datetime(time(hour, 0, 0, 0)).in_tz(zone).unwrap().timestamp().to_string()
        };
        let starts = night.starts(&zoned(0, 12), &zoned(1, 12));
        assert_eq!(starts.len(), hours, "{zone} {saturday}");
        assert_eq!(starts[0], zoned(0, 22), "{zone} {saturday}");
        for pair in starts.windows(2) {
            assert_eq!(
                at(&pair[1]).duration_since(at(&pair[0])).as_mins(),
                60,
                "{zone}: none lost or doubled"
            );
        }
    }
}

#[test]
fn half_an_hour_is_skipped_and_repeated_on_lord_howe() {
    let early = practice("Australia/Lord_Howe", 15).open(Sunday, "01:00", "03:00");
    assert_eq!(early.walls("2026-09-26T12:00Z", "2026-09-27T12:00Z").len(), 8, "an ordinary Sunday");
    let spring = early.walls("2026-10-03T12:00Z", "2026-10-04T12:00Z");
    let walls: Vec<String> = spring.iter().map(|wall| wall.time().strftime("%H:%M").to_string()).collect();
    assert_eq!(walls, ["01:00", "01:15", "01:30", "01:45", "02:30", "02:45"]);
    let autumn = early.walls("2026-04-04T12:00Z", "2026-04-05T12:00Z");
    let walls: Vec<String> = autumn.iter().map(|wall| wall.time().strftime("%H:%M").to_string()).collect();
    assert_eq!(
        walls,
        ["01:00", "01:15", "01:30", "01:45", "01:30", "01:45", "02:00", "02:15", "02:30", "02:45"]
    );
}

#[test]
fn an_opening_inside_the_skipped_hour_is_empty_and_one_that_reaches_in_is_cut() {
    let spring = |starts, ends| {
        practice("Europe/Paris", 15)
            .open(Sunday, starts, ends)
            .starts("2026-03-29T00:00Z", "2026-03-29T12:00Z")
            .len()
    };
    assert_eq!(spring("02:00", "03:00"), 0);
    assert_eq!(spring("02:10", "02:50"), 0);
    assert_eq!(spring("01:30", "02:30"), 2, "until the jump");
    assert_eq!(spring("02:30", "03:30"), 2, "from the jump");
}

#[test]
fn of_a_repeated_hour_an_opening_takes_the_first() {
    let autumn = |starts, ends| {
        practice("Europe/Paris", 30)
            .open(Sunday, starts, ends)
            .starts("2026-10-24T22:00Z", "2026-10-25T12:00Z")
    };
    assert_eq!(autumn("02:00", "03:00").len(), 4, "the wall says three o'clock two hours after it says two");
    assert_eq!(autumn("02:00", "02:30"), ["2026-10-25T00:00:00Z"]);
    assert_eq!(autumn("02:30", "03:30").first().unwrap(), "2026-10-25T00:30:00Z");
}

#[test]
fn zones_of_odd_minutes_keep_their_wall_clock() {
    for (zone, first) in [
        ("Asia/Kathmandu", "2026-06-01T03:15:00Z"),
        ("Asia/Kolkata", "2026-06-01T03:30:00Z"),
        ("Australia/Eucla", "2026-06-01T00:15:00Z"),
    ] {
        let practice = practice(zone, 20).open(Monday, "09:00", "12:00");
        let starts = practice.starts("2026-05-31T12:00Z", "2026-06-01T12:00Z");
        assert_eq!((starts.len(), starts[0].as_str()), (9, first), "{zone}");
    }
}

#[test]
fn a_midnight_that_does_not_exist_starts_the_day_at_the_jump() {
    for (zone, day, jump) in [
        ("America/Santiago", Sunday, "2026-09-06T04:00:00Z"),
        ("Africa/Cairo", Friday, "2026-04-23T22:00:00Z"),
        ("America/Sao_Paulo", Sunday, "2018-11-04T03:00:00Z"),
    ] {
        let early = practice(zone, 30).open(day, "00:00", "02:00");
        let until = at(jump).checked_add(jiff::SignedDuration::from_hours(12)).unwrap().to_string();
        let from = at(jump).checked_sub(jiff::SignedDuration::from_hours(12)).unwrap().to_string();
        let starts = early.starts(&from, &until);
        assert_eq!((starts.len(), starts[0].as_str()), (2, jump), "{zone}: from one o'clock to two");
    }
}

#[test]
fn a_shift_until_midnight_ends_there_and_a_whole_day_lasts_until_the_same_time() {
    let evening = practice("Europe/Paris", 60).open(Monday, "22:00", "00:00");
    assert_eq!(
        evening.starts("2026-06-01T00:00Z", "2026-06-02T12:00Z"),
        ["2026-06-01T20:00:00Z", "2026-06-01T21:00:00Z"]
    );
    let whole = practice("Europe/Paris", 60).open(Saturday, "08:00", "08:00");
    assert_eq!(whole.starts("2026-06-06T00:00Z", "2026-06-08T00:00Z").len(), 24);
    assert_eq!(whole.starts("2026-03-28T00:00Z", "2026-03-30T00:00Z").len(), 23);
    assert_eq!(whole.starts("2026-10-24T00:00Z", "2026-10-26T00:00Z").len(), 25);
}

#[test]
fn a_practice_that_never_closes_has_visits_over_midnight() {
    let mut always = practice("Europe/Paris", 50);
    for weekday in WEEK {
        always = always.open(weekday, "00:00", "00:00");
    }
    let starts = always.starts("2026-06-01T22:00Z", "2026-06-02T22:00Z");
    assert_eq!(starts.len(), 29, "each day's grid begins anew at midnight");
    assert_eq!(starts[28], "2026-06-02T21:20:00Z", "until ten past midnight, though the question ends there");
}

#[test]
fn a_clock_that_is_set_back_over_midnight_does_not_hide_the_new_day() {
    let early = practice("America/St_Johns", 15).open(Sunday, "00:00", "06:00");
    assert_eq!(
        early.starts("2010-11-07T02:00Z", "2010-11-07T02:45Z"),
        ["2010-11-07T02:30:00Z"],
        "Sunday had begun for a minute when it was Saturday again"
    );
}

#[test]
fn a_day_that_a_zone_left_out_has_no_visits() {
    let samoa = practice("Pacific/Apia", 60).open(Friday, "09:00", "17:00");
    assert!(samoa.starts("2011-12-29T00:00Z", "2012-01-01T00:00Z").is_empty());
    assert_eq!(samoa.starts("2012-01-05T00:00Z", "2012-01-07T00:00Z").len(), 8);
}

#[test]
fn every_second_week_is_counted_by_iso_weeks_over_the_new_year() {
    let mut practice = practice("UTC", 60).open(Monday, "09:00", "10:00");
    practice.rules[0].every_weeks = 2;
    practice.rules[0].valid_from = Some(date("2026-12-20"));
    practice.rules[0].valid_until = Some(date("2027-01-25"));
    assert_eq!(
        practice.starts("2026-12-01T00:00Z", "2027-03-01T00:00Z"),
        ["2026-12-28T09:00:00Z", "2027-01-11T09:00:00Z", "2027-01-25T09:00:00Z"],
        "a Sunday ends the week of the 14th, and week 53 is followed by week 1"
    );
}

#[test]
fn a_holiday_takes_the_shift_that_starts_on_it_and_no_other() {
    let mut practice = practice("Europe/Paris", 60)
        .open(Thursday, "22:00", "02:00")
        .open(Friday, "22:00", "02:00")
        .holiday("2026-12-25")
        .opened_once("2026-12-25T09:00Z", "2026-12-25T10:00Z");
    let week = ("2026-12-24T00:00Z", "2026-12-26T12:00Z");
    assert_eq!(
        practice.starts(week.0, week.1),
        [
            "2026-12-24T21:00:00Z",
            "2026-12-24T22:00:00Z",
            "2026-12-24T23:00:00Z",
            "2026-12-25T00:00:00Z",
            "2026-12-25T09:00:00Z",
        ]
    );
    practice.works_public_holidays = true;
    assert_eq!(practice.starts(week.0, week.1).len(), 9);
}

#[test]
fn a_closure_drops_slots_and_moves_none() {
    let practice = practice("Europe/Paris", 30)
        .open(Monday, "09:00", "12:00")
        .opened_once("2026-06-01T12:00Z", "2026-06-01T13:00Z")
        .closed("2026-06-01T09:40", "2026-06-01T10:20")
        .closed("2026-06-01T14:00", "2026-06-01T15:00");
    assert_eq!(
        practice.starts("2026-06-01T00:00Z", "2026-06-02T00:00Z"),
        ["07:00", "08:30", "09:00", "09:30", "12:00", "12:30"].map(|time| format!("2026-06-01T{time}:00Z")),
        "a one-off opening stays open"
    );
}

#[test]
fn a_closure_follows_the_clock_of_each_location() {
    let mut practice = practice("Europe/Paris", 60)
        .open(Monday, "09:00", "12:00")
        .open(Monday, "15:00", "18:00")
        .closed("2026-06-01T00:00", "2026-06-01T12:00");
    practice.locations.push(location(1, "Asia/Kolkata"));
    practice.rules[1].location = location_id(1);
    assert_eq!(
        practice.starts("2026-06-01T00:00Z", "2026-06-02T00:00Z"),
        ["2026-06-01T09:30:00Z", "2026-06-01T10:30:00Z", "2026-06-01T11:30:00Z"],
        "noon has passed in India when it is half past eight in Paris"
    );
}

#[test]
fn time_off_takes_from_everything() {
    let practice = practice("UTC", 30)
        .open(Monday, "09:00", "10:00")
        .opened_once("2026-06-01T14:00Z", "2026-06-01T15:00Z")
        .away("2026-06-01T09:30Z", "2026-06-01T14:10Z");
    assert_eq!(
        practice.starts("2026-06-01T00:00Z", "2026-06-02T00:00Z"),
        ["2026-06-01T09:00:00Z", "2026-06-01T14:30:00Z"]
    );
}

#[test]
fn openings_that_meet_are_one_and_keep_their_grids() {
    let practice = practice("UTC", 40)
        .open(Monday, "09:00", "10:00")
        .opened_once("2026-06-01T10:00Z", "2026-06-01T11:00Z");
    assert_eq!(
        practice.starts("2026-06-01T00:00Z", "2026-06-02T00:00Z"),
        ["2026-06-01T09:00:00Z", "2026-06-01T09:40:00Z", "2026-06-01T10:00:00Z"],
        "a visit may go over from one into the other"
    );
}

#[test]
fn a_start_that_two_locations_offer_is_offered_once() {
    let mut practice = practice("UTC", 30)
        .open(Monday, "09:00", "10:00")
        .open(Monday, "09:30", "11:00")
        .opened_once("2026-06-01T10:00Z", "2026-06-01T10:30Z");
    practice.locations.extend([location(1, "UTC"), location(2, "UTC")]);
    practice.rules[1].location = location_id(1);
    practice.openings[0].location = location_id(2);
    let window = range("2026-06-01T00:00Z", "2026-06-02T00:00Z");
    let found = slots(&practice, the_visit(), window, window.start(), &[], None);
    let places: Vec<_> = found.iter().map(|slot| slot.location).collect();
    assert_eq!(places, [0, 0, 2, 1].map(location_id), "one-off first, then the earlier rule");
}

#[test]
fn an_opening_lists_the_slots_it_makes_whatever_the_notice() {
    let mut practice = practice("UTC", 15).opened_once("2026-06-01T10:00:00.25Z", "2026-06-01T11:30:01Z");
    practice.visit_types[0].min_notice_minutes = 525_600;
    practice.visit_types.push(visit(1, 60));
    let made = slots_of_opening(&practice, &practice.openings[0]);
    let short: Vec<&Slot> = made.iter().filter(|slot| slot.visit_type == the_visit()).collect();
    assert_eq!((made.len(), short.len()), (7, 6));
    assert_eq!(short[0].start, at("2026-06-01T10:00:01Z"), "slots start on whole seconds");
    practice.openings[0].visit_types = vec![visit_type_id(1)];
    assert_eq!(slots_of_opening(&practice, &practice.openings[0]).len(), 1);
}

#[test]
fn open_ranges_are_what_is_left_inside_the_window() {
    let practice = practice("UTC", 15)
        .open(Monday, "09:00", "12:00")
        .opened_once("2026-06-01T11:00Z", "2026-06-01T13:00Z")
        .closed("2026-06-01T10:00", "2026-06-01T10:30");
    let found = opening_ranges(&practice, range("2026-06-01T09:30Z", "2026-06-01T12:30Z"));
    assert_eq!(
        found.iter().map(|open| (open.range, open.source)).collect::<Vec<_>>(),
        [
            (range("2026-06-01T09:30Z", "2026-06-01T10:00Z"), Source::Rule(0)),
            (range("2026-06-01T10:30Z", "2026-06-01T12:00Z"), Source::Rule(0)),
            (range("2026-06-01T11:00Z", "2026-06-01T12:30Z"), Source::Opening(opening_id(0))),
        ]
    );
}
