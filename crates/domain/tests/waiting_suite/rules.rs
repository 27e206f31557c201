//! What is offered at all: the rules of booking hold for those who wait too.

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rendez_domain::booking;
use rendez_domain::directory::{
    self, NewOpenings, NewPractitioner, NewRoom, NewTimeOff, NewVisitType, OpeningHours, WeeklyOpening,
};
use rendez_domain::idempotency::Answer;
use rendez_domain::waiting::{Hours, Weekdays, WishStatus};
use rendez_testkit::World;
use rendez_testkit::world::new_practitioner;
use rendez_vocab::{Actor, TimeRange};
use serde_json::Value;

use crate::room::{Full, any_time, catch_up, leave, minutes, seen, somebody_waits, status, wishes};

#[tokio::test]
async fn a_new_opening_and_the_end_of_time_off_are_free_time() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let first = somebody_waits(&world, &practitioner).await;
    let second = somebody_waits(&world, &practitioner).await;
    assert_eq!(catch_up(&world).await, []);
    let day = world.open_day(&practitioner, 3, 15).await;
    assert_eq!(wishes(&catch_up(&world).await), [first.id]);

    let later = world.open_day(&practitioner, 6, 15).await;
    let away = NewTimeOff { range: later, reason: None };
    let off = directory::take_time_off(&world.admin(), practitioner.id, away, |_| Value::Null).await;
    let Ok(Answer::Fresh(off)) = off else { panic!("an admin may") };
    assert_eq!(catch_up(&world).await, [], "the practitioner is away");
    directory::end_time_off(&world.admin(), practitioner.id, off.time_off.id).await.expect("it is there");
    assert_eq!(wishes(&catch_up(&world).await), [second.id]);
    assert_eq!(seen(&world, &first).await.offered.expect("a time").start, day.start());
    assert_eq!(seen(&world, &second).await.offered.expect("a time").start, later.start());
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_free_time_that_fits_is_offered_to_a_new_wish_at_once() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    catch_up(&world).await;
    let wish = somebody_waits(&world, &practitioner).await;
    assert_eq!(wishes(&catch_up(&world).await), [wish.id]);
    assert_eq!(seen(&world, &wish).await.offered.expect("a time").start, day.start(), "the first of them");
}

#[tokio::test]
async fn notice_shortens_an_offer_and_in_the_end_forbids_it() {
    let world = World::new().await;
    let visit_type = NewVisitType { min_notice_minutes: 24 * 60, ..NewVisitType::default() };
    let practitioner = world.practitioner(vec![visit_type]).await;
    let wish = somebody_waits(&world, &practitioner).await;
    let now: Timestamp =
        world.database.connect().await.query_one("SELECT rendez_now()", &[]).await.expect("a clock").get(0);
    let soon = now.checked_add(24.hours().minutes(5)).expect("tomorrow");
    let soon = soon.round(jiff::Unit::Minute).expect("a whole minute");
    world.open(&practitioner, TimeRange::new(soon, soon + minutes(15)).expect("a range")).await;
    assert_eq!(catch_up(&world).await, [], "too late to decide");
    let start = soon + minutes(30);
    world.open(&practitioner, TimeRange::new(start, start + minutes(15)).expect("a range")).await;
    assert_eq!(wishes(&catch_up(&world).await), [wish.id]);
    let offered = seen(&world, &wish).await.offered.expect("a time");
    let latest = start - minutes(24 * 60) + minutes(5);
    assert_eq!((offered.start, offered.expires_at), (start, Some(latest)), "until the notice and its grace");
}

#[tokio::test]
async fn days_and_hours_are_those_of_the_place() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let paris = TimeZone::get("Europe/Paris").expect("a zone");
    let patient = world.patient().await;
    let mut wish = any_time(&world, patient, &practitioner);
    // Every day from 10:00 to 11:00 in Paris, but for the weekday of the third day.
    let third = wish.first_day.checked_add(3.days()).expect("a near day");
    let others: Vec<Weekday> = Weekdays::ALL.days().filter(|day| *day != third.weekday()).collect();
    wish.weekdays = Weekdays::of(&others).expect("six days");
    wish.hours = Hours::new(10 * 60, 11 * 60).expect("hours");
    let wish = leave(&world, wish).await.expect("a wish");
    for days in [3, 4] {
        let day = third.checked_add((days - 3_i64).days()).expect("a near day");
        let open = |hour| day.at(hour, 0, 0, 0).to_zoned(paris.clone()).expect("a time").timestamp();
        world.open(&practitioner, TimeRange::new(open(8), open(13)).expect("a range")).await;
    }
    assert_eq!(wishes(&catch_up(&world).await), [wish.id]);
    let start = seen(&world, &wish).await.offered.expect("a time").start;
    let expected = third.tomorrow().expect("a day").at(10, 0, 0, 0);
    assert_eq!(paris.to_datetime(start), expected);
}

#[tokio::test]
async fn who_has_something_else_to_do_is_passed_over_and_stays_in_the_line() {
    let world = World::new().await;
    let full = Full::new(&world).await;
    let elsewhere = world.practitioner(vec![]).await;
    let day = world.open_day(&elsewhere, 3, 60).await;
    let busy = somebody_waits(&world, &full.practitioner).await;
    world.book(busy.patient, world.slot(&elsewhere, day.start())).await;
    let free = somebody_waits(&world, &full.practitioner).await;
    full.free(&world).await;
    assert_eq!(wishes(&catch_up(&world).await), [free.id]);
    assert_eq!(status(&world, &busy).await, WishStatus::Waiting);
    world.assert_consistent().await;
}

#[tokio::test]
async fn who_holds_too_many_times_already_is_passed_over() {
    let world = World::new().await;
    let full = Full::new(&world).await;
    let elsewhere = world.practitioner(vec![]).await;
    let day = world.open_day(&elsewhere, 5, 60).await;
    let greedy = somebody_waits(&world, &full.practitioner).await;
    for place in 0..3 {
        let slot = world.slot(&elsewhere, day.start() + minutes(15 * place));
        world.hold(greedy.patient, slot).await.expect("free");
    }
    let modest = somebody_waits(&world, &full.practitioner).await;
    full.free(&world).await;
    assert_eq!(wishes(&catch_up(&world).await), [modest.id]);
    assert_eq!(world.count("SELECT count(*) FROM wish_offer").await, 1, "what was not offered is not noted");
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_room_that_a_colleague_gives_back_is_free_time_too() {
    let world = World::new().await;
    let echo = NewVisitType { room_kind: Some("echo".into()), ..NewVisitType::default() };
    let one = world.practitioner(vec![echo.clone()]).await;
    let colleague = NewPractitioner {
        organization: Some(one.organization),
        visit_types: vec![echo],
        ..new_practitioner()
    };
    let other = world.enter(colleague).await;
    let place = one.locations[0].id;
    let evening = WeeklyOpening {
        weekday: Weekday::Sunday,
        starts: jiff::civil::time(22, 0, 0, 0),
        ends: jiff::civil::time(22, 10, 0, 0),
        location: Some(place),
        visit_types: Vec::new(),
        valid_from: None,
        valid_until: None,
        every_weeks: 1,
    };
    let hours = OpeningHours { weekly: vec![evening], ..OpeningHours::default() };
    directory::put_opening_hours(&world.admin(), other.id, None, hours).await.expect("opening hours");
    let room = NewRoom { kind: "echo".into(), name: "Salle 1".into() };
    directory::add_room(&world.admin(), place, room, |_| Value::Null).await.expect("a room");
    let day = world.open_day(&one, 3, 15).await;
    let there = NewOpenings { ranges: vec![day], visit_types: Vec::new(), location: Some(place) };
    directory::open(&world.admin(), other.id, there, |_| Value::Null).await.expect("an opening");
    let patient = world.patient().await;
    let booked = world.book(patient, world.slot(&one, day.start())).await;
    let wish = somebody_waits(&world, &other).await;
    assert_eq!(catch_up(&world).await, [], "the only room is taken");
    booking::cancel(&world.ctx(Actor::Patient(patient)), booked.id, None, None).await.expect("in time");
    assert_eq!(wishes(&catch_up(&world).await), [wish.id]);
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_time_in_the_hands_of_somebody_else_is_not_offered() {
    let world = World::new().await;
    let full = Full::new(&world).await;
    let wish = somebody_waits(&world, &full.practitioner).await;
    full.free(&world).await;
    // Somebody is faster than any worker.
    let quick = world.patient().await;
    let held = world.hold(quick, world.slot(&full.practitioner, full.start)).await.expect("free");
    assert_eq!(catch_up(&world).await, []);
    booking::cancel(&world.ctx(Actor::Patient(quick)), held.id, None, None).await.expect("held");
    assert_eq!(wishes(&catch_up(&world).await), [wish.id]);
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_wish_ends_with_its_last_day() {
    let world = World::new().await;
    let full = Full::new(&world).await;
    let patient = world.patient().await;
    let mut short = any_time(&world, patient, &full.practitioner);
    short.last_day = short.first_day.checked_add(1.days()).expect("tomorrow");
    let short = leave(&world, short).await.expect("a wish");
    world.let_pass(minutes(60 * 24 * 2 + 60)).await;
    assert_eq!(status(&world, &short).await, WishStatus::Expired, "whether or not a worker has noted it");
    catch_up(&world).await;
    assert_eq!(world.count("SELECT count(*) FROM wish WHERE status = 'expired'").await, 1);
}
