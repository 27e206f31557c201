//! A move is a booking like any other: the new time's rules hold.

use jiff::SignedDuration;
use rendez_domain::availability::WhoMayBook;
use rendez_domain::booking::{self, BookingRefusal};
use rendez_domain::directory::NewVisitType;
use rendez_testkit::World;
use rendez_vocab::Actor;
use rendez_vocab::ids::SlotId;

#[tokio::test]
async fn a_moved_hold_does_not_outlast_the_notice_of_its_new_time() {
    let world = World::new().await;
    let patiently = NewVisitType { hold_minutes: 600, min_notice_minutes: 60, ..NewVisitType::default() };
    let practitioner = world.practitioner(vec![patiently]).await;
    let (soon, far) =
        (world.open_day(&practitioner, 1, 30).await, world.open_day(&practitioner, 9, 30).await);
    world.stop_clock_at(soon.start() - SignedDuration::from_mins(90)).await;
    let ana = world.patient().await;
    let held = world.hold(ana, world.slot(&practitioner, far.start())).await.expect("free");
    assert_eq!(held.hold_expires_at, Some(held.created_at + SignedDuration::from_hours(10)));

    let ctx = world.ctx(Actor::Patient(ana));
    let moved = booking::reschedule(&ctx, held.id, None, world.slot(&practitioner, soon.start())).await;
    let deadline = moved.expect("an hour and a half ahead").hold_expires_at.expect("still a hold");
    assert_eq!(soon.start().duration_since(deadline), SignedDuration::from_mins(55), "notice less grace");
    world.assert_consistent().await;

    world.stop_clock_at(soon.start() - SignedDuration::from_mins(54)).await;
    let late = booking::confirm(&ctx, held.id, None, None).await;
    assert!(matches!(late, Err(BookingRefusal::HoldExpired)), "{late:?}");
}

#[tokio::test]
async fn a_move_to_a_visit_for_known_patients_is_not_a_way_around_the_rule() {
    let world = World::new().await;
    let for_known = NewVisitType { who_may_book: WhoMayBook::Known, ..NewVisitType::default() };
    let practitioner = world.practitioner(vec![NewVisitType::default(), for_known]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let ana = world.patient().await;
    let held = world.hold(ana, world.slot(&practitioner, day.start())).await.expect("open to all");
    let known = practitioner.visit_types[1].id;
    let slot = SlotId::new(practitioner.id, known, day.start() + SignedDuration::from_mins(30));
    let moved = booking::reschedule(&world.ctx(Actor::Patient(ana)), held.id, None, slot).await;
    assert!(matches!(moved, Err(BookingRefusal::KnownPatientsOnly)), "{moved:?}");
    world.assert_consistent().await;
}
