//! Visits that need a room or a device besides the practitioner.

use jiff::SignedDuration;
use jiff::civil::{Weekday, time};
use rendez_domain::agenda::{self, AgendaRequest};
use rendez_domain::booking::{self, BookingRefusal, HoldRequest, Status};
use rendez_domain::directory::{
    self, NewOpenings, NewPractitioner, NewRoom, NewVisitType, OpeningHours, Practitioner, WeeklyOpening,
};
use rendez_testkit::{World, world::new_practitioner};
use rendez_vocab::{Actor, TimeRange};

/// Two colleagues who share one place, both open at the same time for ultrasound, which needs a room of the kind `echo`.
struct Practice {
    world: World,
    colleagues: [Practitioner; 2],
    day: TimeRange,
}

async fn practice(rooms: usize) -> Practice {
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
    // The colleague works one evening a week in the first one's rooms, and so may open there.
    let evening = WeeklyOpening {
        weekday: Weekday::Sunday,
        starts: time(22, 0, 0, 0),
        ends: time(23, 0, 0, 0),
        location: Some(place),
        visit_types: Vec::new(),
        valid_from: None,
        valid_until: None,
        every_weeks: 1,
    };
    let hours = OpeningHours { weekly: vec![evening], ..OpeningHours::default() };
    directory::put_opening_hours(&world.admin(), other.id, None, hours).await.expect("opening hours");
    let day = world.open_day(&one, 3, 60).await;
    let there = NewOpenings { ranges: vec![day], visit_types: Vec::new(), location: Some(place) };
    directory::open(&world.admin(), other.id, there, |_| serde_json::Value::Null).await.expect("an opening");
    for number in 0..rooms {
        let room = NewRoom { kind: "echo".into(), name: format!("Salle {number}") };
        directory::add_room(&world.admin(), place, room, |_| serde_json::Value::Null).await.expect("a room");
    }
    Practice { world, colleagues: [one, other], day }
}

#[tokio::test]
async fn without_a_free_room_there_is_no_visit_and_nothing_is_left_over() {
    let Practice { world, colleagues: [one, other], day } = practice(1).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    let first = world.hold(ana, world.slot(&one, day.start())).await.expect("the room is free");
    assert!(first.room.is_some());

    let second = world.hold(bob, world.slot(&other, day.start())).await;
    assert!(matches!(second, Err(BookingRefusal::NoRoomFree)), "{second:?}");
    assert_eq!(
        world.count("SELECT count(*) FROM claim").await,
        3,
        "practitioner, room and patient of the one visit"
    );
    assert_eq!(world.count("SELECT count(*) FROM appointment").await, 1);

    booking::cancel(&world.ctx(Actor::Patient(ana)), first.id, None, None).await.expect("in time");
    let now = world.hold(bob, world.slot(&other, day.start())).await.expect("the room is free again");
    assert_eq!(now.room, first.room);
    world.assert_consistent().await;
}

#[tokio::test]
async fn with_two_rooms_both_colleagues_work() {
    let Practice { world, colleagues: [one, other], day } = practice(2).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    let first = world.book(ana, world.slot(&one, day.start())).await;
    let second = world.book(bob, world.slot(&other, day.start())).await;
    assert_ne!(first.room, second.room);
    assert_eq!(first.location, second.location);
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_moved_visit_takes_its_room_along_or_stays() {
    let Practice { world, colleagues: [one, other], day } = practice(1).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    let later = day.start() + SignedDuration::from_mins(15);
    let of_ana = world.book(ana, world.slot(&one, day.start())).await;
    world.book(bob, world.slot(&other, later)).await;

    let ctx = world.ctx(Actor::Patient(ana));
    let refused = booking::reschedule(&ctx, of_ana.id, None, world.slot(&one, later)).await;
    assert!(matches!(refused, Err(BookingRefusal::NoRoomFree)), "{refused:?}");
    assert_eq!(booking::find(&ctx, of_ana.id).await.expect("hers").range, of_ana.range);
    world.assert_consistent().await;

    let to = world.slot(&other, day.start());
    let moved = booking::reschedule(&ctx, of_ana.id, None, to).await.expect("her own room is free for her");
    assert_eq!((moved.practitioner, moved.room, moved.status), (other.id, of_ana.room, Status::Booked));
    world.assert_consistent().await;
}

#[tokio::test]
async fn an_expired_hold_blocks_no_room_either() {
    let Practice { world, colleagues: [one, other], day } = practice(1).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    world.hold(ana, world.slot(&one, day.start())).await.expect("free");
    world.let_pass(SignedDuration::from_mins(31)).await;
    world
        .hold(bob, world.slot(&other, day.start()))
        .await
        .expect("the room is free, although no worker has run");
    world.assert_consistent().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_colleagues_race_for_the_one_room() {
    let Practice { world, colleagues, day } = practice(1).await;
    for quarter in 0..4 {
        let start = day.start() + SignedDuration::from_mins(15 * quarter);
        let mut racers = Vec::new();
        for practitioner in &colleagues {
            for _ in 0..3 {
                let patient = world.patient().await;
                let (ctx, slot) = (world.ctx(Actor::Patient(patient)), world.slot(practitioner, start));
                racers.push(tokio::spawn(async move {
                    booking::hold(&ctx, HoldRequest { slot, patient, reason: None }).await
                }));
            }
        }
        let mut winners = 0;
        for racer in racers {
            match racer.await.expect("no panic") {
                Ok(_) => winners += 1,
                Err(BookingRefusal::SlotTaken { .. } | BookingRefusal::NoRoomFree) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(winners, 1, "one room, one visit");
    }
    world.assert_consistent().await;
}

#[tokio::test]
async fn an_expired_hold_on_the_room_blocks_nobody_although_no_worker_has_run() {
    let Practice { world, colleagues: [one, other], day } = practice(1).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    world.hold(ana, world.slot(&one, day.start())).await.expect("the room is free");
    world.let_pass(SignedDuration::from_mins(31)).await;
    world.hold(bob, world.slot(&other, day.start())).await.expect("the room's hold has expired");
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_time_without_a_free_room_is_not_offered_and_explain_says_why() {
    let Practice { world, colleagues: [one, other], day } = practice(1).await;
    let slot = world.slot(&other, day.start());
    world.book(world.patient().await, world.slot(&one, day.start())).await;
    let offered = booking::slots(&world.admin(), other.id, slot.visit_type, day, None).await.expect("slots");
    assert_eq!(offered.slots.len(), 3, "the first quarter of the hour has no room");
    assert!(offered.slots.iter().all(|free| free.start > day.start()));
    let why =
        booking::explain(&world.admin(), other.id, slot.visit_type, day.start()).await.expect("a verdict");
    let failed: Vec<&str> =
        why.verdicts.iter().filter(|verdict| !verdict.passed).map(|verdict| verdict.rule).collect();
    assert_eq!(failed, ["room"]);
}

#[tokio::test]
async fn with_enough_rooms_racers_are_not_sent_away() {
    let Practice { world, colleagues: [one, other], day } = practice(2).await;
    for quarter in 0..4 {
        let start = day.start() + SignedDuration::from_mins(15 * quarter);
        let (ana, bob) = (world.patient().await, world.patient().await);
        let (first, second) = tokio::join!(
            world.hold(ana, world.slot(&one, start)),
            world.hold(bob, world.slot(&other, start))
        );
        assert!(first.is_ok() && second.is_ok(), "{first:?} {second:?}");
    }
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_rooms_day_shows_whoever_takes_it() {
    let Practice { world, colleagues: [one, other], day } = practice(1).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    let first = world.book(ana, world.slot(&one, day.start())).await;
    let later = day.start() + SignedDuration::from_mins(30);
    let second = world.book(bob, world.slot(&other, later)).await;
    let desk = world.desk_of(&one);
    let rooms = directory::rooms_of(&desk, &[one.organization]).await.expect("rooms");
    let request = AgendaRequest { practitioners: Vec::new(), rooms: vec![rooms[0].id], window: day };
    let seen = agenda::read(&desk, &request).await.expect("an agenda");
    let visits: Vec<_> = seen.visits.iter().map(|visit| visit.appointment.id).collect();
    assert_eq!(visits, [first.id, second.id]);
    booking::cancel(&desk, first.id, None, None).await.expect("the desk may");
    let seen = agenda::read(&desk, &request).await.expect("an agenda");
    assert_eq!(seen.visits.len(), 1, "a cancelled visit takes no room");

    let elsewhere = world.practitioner(vec![]).await;
    let seen = agenda::read(&world.desk_of(&elsewhere), &request).await.expect("an agenda");
    assert!(seen.visits.is_empty(), "another practice's room shows nothing");
}
