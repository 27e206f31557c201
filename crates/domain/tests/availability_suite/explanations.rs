//! Why a time is offered or not.

use jiff::SignedDuration;
use jiff::civil::Weekday::{Monday, Sunday};
use rendez_domain::availability::{Busy, NotOffered, Schedule, WhoMayBook, check, explain};

use crate::builders::{Building, at, location, location_id, practice, range, the_visit, visit_type_id};

const RULES: [&str; 10] = [
    "practitioner-active",
    "visit-type-active",
    "opening",
    "grid",
    "closure",
    "public-holiday",
    "time-off",
    "notice",
    "horizon",
    "claims",
];

fn failed(practice: &Schedule, start: &str, claims: &[Busy<'_>]) -> Vec<&'static str> {
    let verdicts =
        explain(practice, the_visit(), at(start), at("2026-06-01T00:00Z"), claims, None).expect("it has one");
    assert_eq!(
        verdicts.iter().map(|verdict| verdict.rule).collect::<Vec<_>>(),
        RULES,
        "always all, in order"
    );
    verdicts.iter().filter(|verdict| !verdict.passed).map(|verdict| verdict.rule).collect()
}

#[test]
fn every_rule_speaks_for_itself() {
    let mut practice = practice("Europe/Paris", 30)
        .open(Monday, "09:00", "12:00")
        .closed("2026-06-01T10:00", "2026-06-01T10:30")
        .away("2026-06-01T08:10Z", "2026-06-01T08:20Z")
        .holiday("2026-06-08");
    practice.visit_types[0].max_horizon_days = 14;
    let appointment = [Busy { range: range("2026-06-01T07:00Z", "2026-06-01T07:30Z"), kind: "appointment" }];
    assert_eq!(failed(&practice, "2026-06-01T07:30Z", &appointment), [""; 0]);
    assert_eq!(failed(&practice, "2026-06-01T07:00Z", &appointment), ["claims"]);
    assert_eq!(failed(&practice, "2026-06-01T08:00Z", &[]), ["closure", "time-off"], "both, not the first");
    assert_eq!(failed(&practice, "2026-06-01T08:05Z", &[]), ["grid", "closure", "time-off"]);
    assert_eq!(failed(&practice, "2026-06-08T07:00Z", &[]), ["public-holiday"]);
    assert_eq!(failed(&practice, "2026-06-08T20:00Z", &[]), ["opening", "grid", "public-holiday"]);
    assert_eq!(failed(&practice, "2026-06-15T07:00Z", &[]), ["horizon"]);
    assert_eq!(failed(&practice, "2026-05-25T07:00Z", &[]), ["notice"]);
    practice.active = false;
    practice.visit_types[0].active = false;
    assert_eq!(failed(&practice, "2026-06-01T07:00Z", &[]), ["practitioner-active", "visit-type-active"]);
}

#[test]
fn a_one_off_opening_overrides_closure_and_holiday() {
    let practice = practice("UTC", 30)
        .open(Monday, "09:00", "12:00")
        .opened_once("2026-06-08T09:00Z", "2026-06-08T10:00Z")
        .closed("2026-06-08T00:00", "2026-06-09T00:00")
        .holiday("2026-06-08");
    assert_eq!(failed(&practice, "2026-06-08T09:00Z", &[]), [""; 0]);
    assert_eq!(failed(&practice, "2026-06-08T11:00Z", &[]), ["closure", "public-holiday"]);
}

#[test]
fn two_openings_that_fail_for_different_reasons_do_not_pass_together() {
    let mut practice = practice("UTC", 30)
        .open(Monday, "09:00", "12:00")
        .open(Sunday, "20:00", "16:00")
        .closed("2026-06-08T14:30", "2026-06-08T15:30")
        .holiday("2026-06-08");
    practice.locations.push(location(1, "Asia/Kolkata"));
    practice.rules[1].location = location_id(1);
    let start = at("2026-06-08T09:00Z");
    assert_eq!(failed(&practice, "2026-06-08T09:00Z", &[]), ["public-holiday"], "India's is closed");
    let refused = check(&practice, the_visit(), start, at("2026-06-01T00:00Z"), SignedDuration::ZERO);
    assert_eq!(refused, Err(NotOffered::Holiday));
}

#[test]
fn sentences_tell_the_deadline_and_what_takes_the_time() {
    let mut practice = practice("Europe/Paris", 30).open(Monday, "09:00", "12:00");
    practice.visit_types[0].min_notice_minutes = 90;
    let claims = [
        Busy { range: range("2026-06-01T07:20Z", "2026-06-01T07:40Z"), kind: "hold" },
        Busy { range: range("2026-06-01T06:00Z", "2026-06-01T07:10Z"), kind: "clinic" },
    ];
    let verdicts =
        explain(&practice, the_visit(), at("2026-06-01T07:00Z"), at("2026-06-01T06:00Z"), &claims, None)
            .unwrap();
    let detail = |rule: &str| verdicts.iter().find(|verdict| verdict.rule == rule).unwrap().detail.clone();
    assert_eq!(
        detail("notice"),
        "Visits are booked at least 90 minutes ahead: from 2026-06-01 09:30 +02:00 on."
    );
    assert_eq!(detail("claims"), "The time of the visit or of its buffers is taken: clinic, hold.");
}

#[test]
fn who_may_book_is_judged_when_somebody_asks() {
    let mut practice = practice("UTC", 30).open(Monday, "09:00", "12:00");
    let admitted = |practice: &Schedule, known| {
        let now = at("2026-06-01T00:00Z");
        let verdicts =
            explain(practice, the_visit(), at("2026-06-01T09:00Z"), now, &[], Some(known)).unwrap();
        let last = verdicts.last().unwrap();
        assert_eq!(last.rule, "who-may-book");
        last.passed
    };
    for (who, accepts_new, new_patient, known_patient) in [
        (WhoMayBook::Anyone, true, true, true),
        (WhoMayBook::Anyone, false, false, true),
        (WhoMayBook::New, true, true, false),
        (WhoMayBook::New, false, false, false),
        (WhoMayBook::Known, true, false, true),
        (WhoMayBook::Known, false, false, true),
    ] {
        practice.visit_types[0].who_may_book = who;
        practice.accepts_new_patients = accepts_new;
        assert_eq!(admitted(&practice, false), new_patient, "new, {who:?}, {accepts_new}");
        assert_eq!(admitted(&practice, true), known_patient, "known, {who:?}, {accepts_new}");
    }
    let now = at("2026-06-01T00:00Z");
    assert_eq!(explain(&practice, visit_type_id(9), now, now, &[], None), None);
}
