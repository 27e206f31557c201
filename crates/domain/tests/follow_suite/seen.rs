//! What is done is seen: on the node that did it by the next search, on others soon.

use jiff::SignedDuration;
use jiff::civil::{Weekday, time};
use rendez_domain::booking::{self, OverbookRequest};
use rendez_domain::directory::{
    self, NewLocation, NewOpenings, NewPractitioner, NewRoom, NewTimeOff, NewVisitType, OpeningHours,
    Practitioner, PractitionerChange, WeeklyOpening,
};
use rendez_domain::search::feed::IndexSettings;
use rendez_testkit::World;
use rendez_testkit::world::{first_visit_type, new_practitioner, rennes};
use rendez_vocab::{Actor, TimeRange};
use serde_json::Value;

use crate::nodes::{Node, colleague, database_now, half_hours, later, minutes, until};

#[tokio::test]
async fn a_hold_and_its_end_are_seen_by_the_next_search_on_the_same_node() {
    let world = World::new().await;
    let dentist = world.practitioner(half_hours()).await;
    let day = world.open_day(&dentist, 3, 90).await;
    let node = Node::of(&world).await;
    node.stop_following().await;
    let (ana, first) = (node.world.patient().await, day.start());
    assert!(node.offers(dentist.id, first).await);

    let held = node.world.hold(ana, node.world.slot(&dentist, first)).await.expect("a hold");
    assert!(!node.offers(dentist.id, first).await, "held");
    assert!(node.offers(dentist.id, later(first, minutes(30))).await, "the next is still free");

    booking::cancel(&node.world.ctx(Actor::Patient(ana)), held.id, None, None).await.expect("in time");
    assert!(node.offers(dentist.id, first).await, "given up");
}

#[tokio::test]
async fn a_move_frees_one_time_and_takes_another() {
    let world = World::new().await;
    let dentist = world.practitioner(half_hours()).await;
    let day = world.open_day(&dentist, 3, 90).await;
    let node = Node::of(&world).await;
    node.stop_following().await;
    let (ana, first) = (node.world.patient().await, day.start());
    let second = later(first, minutes(60));
    let visit = node.world.book(ana, node.world.slot(&dentist, first)).await;

    let ctx = node.world.ctx(Actor::Patient(ana));
    booking::reschedule(&ctx, visit.id, None, node.world.slot(&dentist, second)).await.expect("it is free");
    assert!(node.offers(dentist.id, first).await);
    assert!(!node.offers(dentist.id, second).await);
}

#[tokio::test]
async fn what_the_desk_does_to_a_schedule_is_seen_by_the_next_search_on_the_same_node() {
    let world = World::new().await;
    let node = Node::of(&world).await;
    node.stop_following().await;
    let world = &node.world;
    let dentist = world.practitioner(half_hours()).await;
    assert_eq!(node.next(&dentist).await, [], "nobody has opened anything");

    let day = world.open_day(&dentist, 3, 60).await;
    assert_eq!(node.next(&dentist).await, [day.start(), later(day.start(), minutes(30))]);

    let off = NewTimeOff {
        range: TimeRange::new(day.start(), later(day.start(), minutes(30))).expect("a range"),
        reason: None,
    };
    let away =
        directory::take_time_off(&world.admin(), dentist.id, off, |_| Value::Null).await.expect("time off");
    assert_eq!(node.next(&dentist).await, [later(day.start(), minutes(30))]);
    let rendez_domain::idempotency::Answer::Fresh(away) = away else { panic!("nothing to replay") };
    directory::end_time_off(&world.admin(), dentist.id, away.time_off.id).await.expect("it ends");
    assert_eq!(node.next(&dentist).await.len(), 2);

    let shorter = NewVisitType { duration_minutes: 20, ..NewVisitType::default() };
    directory::visit_type_change(
        &world.admin(),
        dentist.id,
        Some(first_visit_type(&dentist)),
        None,
        shorter,
        |_| Value::Null,
    )
    .await
    .expect("a shorter visit");
    assert_eq!(node.next(&dentist).await.get(1), Some(&later(day.start(), minutes(20))));

    let opening = world.opening_id("SELECT id FROM opening").await;
    directory::delete_opening(&world.admin(), dentist.id, opening).await.expect("it is theirs");
    assert_eq!(node.next(&dentist).await, []);

    let monday = WeeklyOpening {
        weekday: Weekday::Monday,
        starts: time(9, 0, 0, 0),
        ends: time(10, 0, 0, 0),
        location: None,
        visit_types: Vec::new(),
        valid_from: None,
        valid_until: None,
        every_weeks: 1,
    };
    let hours = OpeningHours { weekly: vec![monday], ..OpeningHours::default() };
    directory::put_opening_hours(&world.admin(), dentist.id, None, hours).await.expect("opening hours");
    assert_eq!(node.next(&dentist).await.len(), 3);

    let gone = PractitionerChange { active: Some(false), ..PractitionerChange::default() };
    directory::update_practitioner(&world.admin(), dentist.id, None, gone).await.expect("a change");
    assert_eq!(node.next(&dentist).await, []);
}

#[tokio::test]
async fn whatever_another_node_does_is_seen_soon() {
    let world = World::new().await;
    let (here, there) = (Node::of(&world).await, Node::of(&world).await);
    let dentist = here.world.practitioner(half_hours()).await;
    let day = here.world.open_day(&dentist, 3, 90).await;
    let first = day.start();
    until("the opening is seen", async || there.offers(dentist.id, first).await).await;

    let ana = here.world.patient().await;
    let visit = here.world.book(ana, here.world.slot(&dentist, first)).await;
    until("the booking is seen", async || !there.offers(dentist.id, first).await).await;

    booking::cancel(&here.world.ctx(Actor::Patient(ana)), visit.id, None, None).await.expect("in time");
    until("the cancellation is seen", async || there.offers(dentist.id, first).await).await;

    let over = OverbookRequest {
        practitioner: dentist.id,
        visit_type: first_visit_type(&dentist),
        patient: ana,
        start: later(first, minutes(10)),
        end: None,
        overbook_reason: "pain".into(),
        reason: None,
    };
    booking::overbook(&here.world.desk_of(&dentist), over).await.expect("squeezed in");
    assert!(!here.offers(dentist.id, first).await);
    until("the other visit is seen", async || !there.offers(dentist.id, first).await).await;
    there.assert_right(1).await;
}

#[tokio::test]
async fn a_hold_past_its_deadline_is_free_though_no_worker_has_run() {
    let world = World::new().await;
    let dentist = world.practitioner(half_hours()).await;
    let day = world.open_day(&dentist, 3, 30).await;
    let (here, there) = (Node::of(&world).await, Node::of(&world).await);
    let ana = here.world.patient().await;
    here.world.hold(ana, here.world.slot(&dentist, day.start())).await.expect("a hold");
    let late = Node::of(&world).await;
    until("it is seen elsewhere", async || !there.offers(dentist.id, day.start()).await).await;
    assert!(!late.offers(dentist.id, day.start()).await, "it was there when this one was loaded");

    world.let_pass(minutes(31)).await;
    for node in [&here, &there, &late] {
        until("it is free again", async || node.offers(dentist.id, day.start()).await).await;
        node.assert_right(1).await;
    }
}

/// Two practitioners who share a place with one room, both open at the same time.
struct Sharing {
    one: Practitioner,
    other: Practitioner,
    day: TimeRange,
}

/// Enters them. The room is there last, if at all.
async fn sharing(world: &World, with_room: bool) -> Sharing {
    let echo =
        NewVisitType { room_kind: Some("echo".into()), duration_minutes: 30, ..NewVisitType::default() };
    let one = world.practitioner(vec![echo.clone()]).await;
    let place = one.locations[0].id;
    let day = world.open_day(&one, 3, 60).await;
    let other = colleague(world, &one, vec![echo]).await;
    let shared = NewOpenings { ranges: vec![day], visit_types: Vec::new(), location: Some(place) };
    directory::open(&world.admin(), other.id, shared, |_| Value::Null).await.expect("an opening");
    if with_room {
        add_room(world, &one).await;
    }
    Sharing { one, other, day }
}

async fn add_room(world: &World, at: &Practitioner) {
    let room = NewRoom { kind: "echo".into(), name: "Salle 1".into() };
    directory::add_room(&world.admin(), at.locations[0].id, room, |_| Value::Null).await.expect("a room");
}

#[tokio::test]
async fn the_last_room_is_taken_for_everybody_who_needs_one() {
    let world = World::new().await;
    let (here, there) = (Node::of(&world).await, Node::of(&world).await);
    let Sharing { one, other, day } = sharing(&here.world, false).await;
    here.settle().await;
    assert!(!here.offers(one.id, day.start()).await, "there is no room");
    add_room(&here.world, &one).await;
    for node in [&here, &there] {
        until("the room is there", async || {
            node.offers(one.id, day.start()).await && node.offers(other.id, day.start()).await
        })
        .await;
    }

    let ana = here.world.patient().await;
    let visit = here.world.book(ana, here.world.slot(&one, day.start())).await;
    assert!(!here.offers(one.id, day.start()).await);
    for node in [&here, &there] {
        until("nobody has a room", async || !node.offers(other.id, day.start()).await).await;
        assert!(
            node.offers(other.id, later(day.start(), minutes(30))).await,
            "half an hour later there is one"
        );
    }
    booking::cancel(&here.world.ctx(Actor::Patient(ana)), visit.id, None, None).await.expect("in time");
    for node in [&here, &there] {
        until("the room is free", async || node.offers(other.id, day.start()).await).await;
        node.assert_right(2).await;
    }
}

#[tokio::test]
async fn a_room_that_is_taken_by_somebody_who_has_changed_as_well_is_taken_for_all() {
    let world = World::new().await;
    let Sharing { one, other, day } = sharing(&world, true).await;
    let node = Node::of(&world).await;
    assert!(node.offers(other.id, day.start()).await);

    // While somebody writes, the log is read to no farther: what follows is read together.
    let mut client = world.database.connect().await;
    let writing = client.transaction().await.expect("a transaction");
    writing.batch_execute("SELECT pg_current_xact_id()").await.expect("an id");
    let change = PractitionerChange { telehealth: Some(true), ..PractitionerChange::default() };
    directory::update_practitioner(&world.admin(), one.id, None, change).await.expect("a change");
    world.book(world.patient().await, world.slot(&one, day.start())).await;
    writing.commit().await.expect("nothing was written");

    node.settle().await;
    assert!(!node.offers(other.id, day.start()).await, "the room is taken");
    node.assert_right(2).await;
}

#[tokio::test]
async fn somebody_in_a_zone_that_is_new_here_is_found_soon() {
    let world = World::new().await;
    let node = Node::of(&world).await;
    let far = NewLocation { time_zone: "Asia/Kathmandu".into(), ..rennes() };
    let doctor = node.world.enter(NewPractitioner { location: Some(far), ..new_practitioner() }).await;
    let day = node.world.open_day(&doctor, 3, 30).await;
    until("there is an index with that zone", async || node.offers(doctor.id, day.start()).await).await;
    node.assert_right(1).await;
}

#[tokio::test]
async fn the_days_roll_on() {
    let world = World::new().await;
    let dentist = world.practitioner(half_hours()).await;
    let every_day = |weekday| WeeklyOpening {
        weekday,
        starts: time(9, 0, 0, 0),
        ends: time(10, 0, 0, 0),
        location: None,
        visit_types: Vec::new(),
        valid_from: None,
        valid_until: None,
        every_weeks: 1,
    };
    let weekly = Weekday::Monday.cycle_forward().take(7).map(every_day).collect();
    directory::put_opening_hours(
        &world.admin(),
        dentist.id,
        None,
        OpeningHours { weekly, ..OpeningHours::default() },
    )
    .await
    .expect("opening hours");
    let node = Node::with(&world, IndexSettings::default()).await;
    node.assert_right(1).await;
    for _ in 0..3 {
        let before = node.index().progress().last_check.map(|(at, _)| at);
        world.let_pass(SignedDuration::from_hours(25)).await;
        until("the nightly pass has ended", async || {
            let progress = node.index().progress();
            progress.checking.is_none() && progress.last_check.map(|(at, _)| at) != before
        })
        .await;
        let (_, report) = node.index().progress().last_check.expect("it has just been");
        assert_eq!(
            (report.practitioners, report.differing, report.repaired),
            (1, 0, 0),
            "a new day is no difference"
        );
        let now = database_now(&world).await;
        let far = jiff::tz::TimeZone::get("Europe/Paris")
            .expect("a zone")
            .to_datetime(later(now, SignedDuration::from_hours(24 * 61)));
        let nine = far.date().at(9, 0, 0, 0).in_tz("Europe/Paris").expect("a time").timestamp();
        assert!(node.offers(dentist.id, nine).await, "sixty-one days ahead");
        node.assert_right(1).await;
    }
}

#[tokio::test]
async fn midnight_comes_to_each_zone_at_its_own_hour() {
    let world = World::new().await;
    let far = NewLocation { time_zone: "Pacific/Auckland".into(), ..rennes() };
    let there = NewPractitioner { location: Some(far), visit_types: half_hours(), ..new_practitioner() };
    let (near, far) = (world.practitioner(half_hours()).await, world.enter(there).await);
    for doctor in [&near, &far] {
        let weekly = Weekday::Monday.cycle_forward().take(7).map(|weekday| WeeklyOpening {
            weekday,
            starts: time(23, 0, 0, 0),
            ends: time(1, 0, 0, 0),
            location: None,
            visit_types: Vec::new(),
            valid_from: None,
            valid_until: None,
            every_weeks: 1,
        });
        let hours = OpeningHours { weekly: weekly.collect(), ..OpeningHours::default() };
        directory::put_opening_hours(&world.admin(), doctor.id, None, hours).await.expect("opening hours");
    }
    let node = Node::of(&world).await;
    for _ in 0..9 {
        world.let_pass(SignedDuration::from_hours(3)).await;
        let now = database_now(&world).await;
        until("the present has moved on", async || node.index().view().expect("an index").as_of >= now).await;
        until("no pass is under way", async || node.index().progress().checking.is_none()).await;
        node.assert_right(2).await;
        for doctor in [&near, &far] {
            let window =
                TimeRange::new(now, later(now, SignedDuration::from_hours(24 * 61))).expect("a range");
            let visit_type = first_visit_type(doctor);
            let slots = booking::slots(&world.admin(), doctor.id, visit_type, window, Some(3)).await;
            let expected: Vec<_> = slots.expect("slots").slots.into_iter().map(|slot| slot.start).collect();
            assert_eq!(node.next(doctor).await, expected);
        }
    }
}
