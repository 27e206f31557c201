//! The practitioner is away: what is free is gone at once, what is booked is listed and stays.

use jiff::SignedDuration;
use rendez_domain::availability::NotOffered;
use rendez_domain::booking::{self, BookingRefusal};
use rendez_domain::directory::{self, NewTimeOff, Practitioner, TakenTimeOff};
use rendez_domain::idempotency::Answer;
use rendez_testkit::World;
use rendez_vocab::{Actor, TimeRange};

async fn take_off(world: &World, practitioner: &Practitioner, range: TimeRange) -> TakenTimeOff {
    let new = NewTimeOff { range, reason: Some("congrès".into()) };
    let desk = world.desk_of(practitioner);
    match directory::take_time_off(&desk, practitioner.id, new, |_| serde_json::Value::Null)
        .await
        .expect("time off")
    {
        Answer::Fresh(taken) => taken,
        Answer::Replayed(_) => panic!("nothing to replay"),
    }
}

async fn free(world: &World, practitioner: &Practitioner, window: TimeRange) -> usize {
    let visit_type = practitioner.visit_types[0].id;
    booking::slots(&world.admin(), practitioner.id, visit_type, window, None)
        .await
        .expect("slots")
        .slots
        .len()
}

fn hour(day: TimeRange, from_minutes: i64, until_minutes: i64) -> TimeRange {
    let at = |minutes| day.start() + SignedDuration::from_mins(minutes);
    TimeRange::new(at(from_minutes), at(until_minutes)).expect("a literal range")
}

#[tokio::test]
async fn an_absence_lists_what_it_strikes_and_takes_what_is_free() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 120).await;
    let (ana, bob, eva) = (world.patient().await, world.patient().await, world.patient().await);
    let booked =
        world.book(ana, world.slot(&practitioner, day.start() + SignedDuration::from_mins(30))).await;
    let held = world
        .hold(bob, world.slot(&practitioner, day.start() + SignedDuration::from_mins(60)))
        .await
        .expect("free");
    world.book(eva, world.slot(&practitioner, day.start() + SignedDuration::from_mins(105))).await;

    let taken = take_off(&world, &practitioner, hour(day, 20, 100)).await;
    let struck: Vec<_> = taken.struck.iter().map(|struck| (struck.id, struck.status.as_str())).collect();
    assert_eq!(struck, [(booked.id, "booked"), (held.id, "held")], "eva's visit lies behind it");
    assert_eq!(free(&world, &practitioner, day).await, 1, "only the first quarter is left");
    let inside =
        world.hold(eva, world.slot(&practitioner, day.start() + SignedDuration::from_mins(45))).await;
    assert!(matches!(inside, Err(BookingRefusal::NotOffered(NotOffered::TimeOff))), "{inside:?}");

    // A hold from before cannot become a visit in the absence; a booked visit given up does not become free.
    let confirmed = booking::confirm(&world.ctx(Actor::Patient(bob)), held.id, None, None).await;
    assert!(matches!(confirmed, Err(BookingRefusal::NotOffered(NotOffered::TimeOff))), "{confirmed:?}");
    booking::cancel(&world.ctx(Actor::Patient(ana)), booked.id, None, None).await.expect("in time");
    let away = "SELECT count(*) FROM claim WHERE kind = 'time-off'";
    assert_eq!(world.count(away).await, 4, "three free parts and the visit that was given up");
    world.let_pass(SignedDuration::from_mins(31)).await;
    booking::sweep(&world.admin()).await.expect("a sweep");
    assert_eq!(world.count(away).await, 5, "the expired hold's time too");
    world.assert_consistent().await;

    directory::end_time_off(&world.desk_of(&practitioner), practitioner.id, taken.time_off.id)
        .await
        .expect("theirs");
    assert_eq!(world.count(away).await, 0);
    assert_eq!(free(&world, &practitioner, day).await, 7, "all but eva's");
    world.assert_consistent().await;
}

#[tokio::test]
async fn of_two_absences_that_overlap_the_other_stays_when_one_ends() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 120).await;
    let first = take_off(&world, &practitioner, hour(day, 0, 60)).await;
    let second = take_off(&world, &practitioner, hour(day, 30, 90)).await;
    assert_eq!(free(&world, &practitioner, day).await, 2);
    world.assert_consistent().await;

    let desk = world.desk_of(&practitioner);
    directory::end_time_off(&desk, practitioner.id, first.time_off.id).await.expect("theirs");
    assert_eq!(free(&world, &practitioner, day).await, 4, "30 to 90 is still away");
    let ana = world.patient().await;
    world.book(ana, world.slot(&practitioner, day.start())).await;
    assert_eq!(directory::list_time_off(&desk, practitioner.id).await.expect("theirs").len(), 1);
    directory::end_time_off(&desk, practitioner.id, second.time_off.id).await.expect("theirs");
    let twice = directory::end_time_off(&desk, practitioner.id, second.time_off.id).await;
    assert!(matches!(twice, Err(directory::DirectoryRefusal::NotFound)), "{twice:?}");
    assert_eq!(free(&world, &practitioner, day).await, 7);
    world.assert_consistent().await;
}

#[tokio::test]
async fn three_weeks_away_hold_no_gap() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let before = world.open_day(&practitioner, 3, 60).await;
    let after = world.open_day(&practitioner, 30, 60).await;
    for day in 4..25 {
        world.open_day(&practitioner, day, 60).await;
    }
    let ana = world.patient().await;
    let middle = before.start() + SignedDuration::from_hours(24 * 10);
    let visit = world.book(ana, world.slot(&practitioner, middle)).await;
    let weeks = TimeRange::new(before.end(), before.end() + SignedDuration::from_hours(24 * 21))
        .expect("three weeks");
    let taken = take_off(&world, &practitioner, weeks).await;
    assert_eq!(taken.struck.len(), 1);
    let all = TimeRange::new(before.start(), after.end()).expect("a month");
    assert_eq!(free(&world, &practitioner, all).await, 8, "the days before and after");
    booking::cancel(&world.desk_of(&practitioner), visit.id, None, None).await.expect("the desk may");
    assert_eq!(free(&world, &practitioner, all).await, 8);
    let claims = "SELECT count(*) FROM claim WHERE ends_at - starts_at > interval '48 hours'";
    assert_eq!(world.count(claims).await, 0, "no claim is longer than a reader looks back");
    world.assert_consistent().await;
    directory::end_time_off(&world.desk_of(&practitioner), practitioner.id, taken.time_off.id)
        .await
        .expect("theirs");
    assert_eq!(free(&world, &practitioner, all).await, 23 * 4);
    world.assert_consistent().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn booking_and_taking_time_off_at_once_leave_one_truth() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 240).await;
    let mut racers = Vec::new();
    for place in 0..16 {
        let patient = world.patient().await;
        let slot = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15 * place));
        let world = world.clone();
        racers.push(tokio::spawn(async move { world.hold(patient, slot).await }));
    }
    let taken = take_off(&world, &practitioner, day).await;
    let mut held = 0;
    for racer in racers {
        match racer.await.expect("no panic") {
            Ok(_) => held += 1,
            Err(BookingRefusal::SlotTaken { .. } | BookingRefusal::NotOffered(NotOffered::TimeOff)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(taken.struck.len(), held, "whoever came first is listed, whoever came later was refused");
    assert_eq!(free(&world, &practitioner, day).await, 0);
    world.assert_consistent().await;
}
