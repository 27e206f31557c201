//! A patient takes a time, confirms it, or lets it go.

use jiff::SignedDuration;
use rendez_domain::booking::{self, BookingRefusal, HoldRequest, Status};
use rendez_domain::directory::NewVisitType;
use rendez_testkit::World;
use rendez_vocab::Actor;

#[tokio::test]
async fn a_patient_holds_and_confirms_and_the_time_is_theirs() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 90).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    let slot = world.slot(&practitioner, day.start());

    let held = world.hold(ana, slot).await.expect("the time is free");
    assert_eq!(held.status, Status::Held);
    let deadline = held.hold_expires_at.expect("a hold has a deadline");
    assert_eq!(deadline.duration_since(held.created_at), SignedDuration::from_mins(30));

    match world.hold(bob, slot).await {
        Err(BookingRefusal::SlotTaken { alternatives }) => {
            assert_eq!(alternatives.len(), 5, "the rest of the opening");
            assert!(alternatives.iter().all(|free| free.start > day.start()));
        }
        other => panic!("two winners: {other:?}"),
    }
    assert!(
        matches!(world.hold(ana, slot).await, Err(BookingRefusal::AlreadyYours { appointment }) if appointment == held.id)
    );

    let stranger = world.ctx(Actor::Patient(bob));
    assert!(matches!(booking::confirm(&stranger, held.id, None, None).await, Err(BookingRefusal::NotFound)));
    let ctx = world.ctx(Actor::Patient(ana));
    assert!(matches!(
        booking::confirm(&ctx, held.id, Some(7), None).await,
        Err(BookingRefusal::VersionMismatch)
    ));
    let booked = booking::confirm(&ctx, held.id, Some(1), None).await.expect("in time");
    assert_eq!((booked.status, booked.version, booked.hold_expires_at), (Status::Booked, 2, None));
    assert!(matches!(
        booking::confirm(&ctx, held.id, None, None).await,
        Err(BookingRefusal::AlreadyConfirmed)
    ));
    world.assert_consistent().await;
}

#[tokio::test]
async fn an_expired_hold_never_blocks_although_no_worker_has_run() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 30).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    let slot = world.slot(&practitioner, day.start());
    let held = world.hold(ana, slot).await.expect("free");
    world.let_pass(SignedDuration::from_mins(31)).await;

    let offered =
        booking::slots(&world.admin(), practitioner.id, slot.visit_type, day, None).await.expect("slots");
    assert_eq!(offered.slots.len(), 2, "both times are offered again");
    let again = world.hold(bob, slot).await.expect("the deadline has passed");
    assert_ne!(again.id, held.id);
    let late = booking::confirm(&world.ctx(Actor::Patient(ana)), held.id, None, None).await;
    assert!(matches!(late, Err(BookingRefusal::HoldExpired)), "{late:?}");
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 30).await;
    let ana = world.patient().await;
    let slot = world.slot(&practitioner, day.start());
    let ctx = world.patient_with_key(ana, "POST /v1/appointments", "k1");
    let request = HoldRequest { slot, patient: ana, reason: Some("dos".into()) };
    let first = booking::hold(&ctx, request.clone()).await.expect("free");
    let second = booking::hold(&ctx, request).await.expect("the same answer");
    assert_eq!(
        (first.id, first.version, first.hold_expires_at),
        (second.id, second.version, second.hold_expires_at)
    );
    world.assert_consistent().await;
}

#[tokio::test]
async fn cancel_gives_the_time_back_and_a_move_keeps_the_id() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let ana = world.patient().await;
    let ctx = world.ctx(Actor::Patient(ana));
    let first = world.slot(&practitioner, day.start());
    let later = world.slot(&practitioner, day.start() + SignedDuration::from_mins(30));
    let booked = world.book(ana, first).await;

    let moved = booking::reschedule(&ctx, booked.id, None, later).await.expect("the later time is free");
    assert_eq!((moved.id, moved.status, moved.version), (booked.id, Status::Booked, 3));
    assert_eq!(moved.range.start(), later.start());
    world.assert_consistent().await;

    let bob = world.patient().await;
    world.book(bob, first).await;
    let back = booking::reschedule(&ctx, booked.id, None, first).await;
    assert!(matches!(back, Err(BookingRefusal::SlotTaken { .. })), "{back:?}");
    let unmoved = booking::find(&ctx, booked.id).await.expect("still there");
    assert_eq!(unmoved.range.start(), later.start());

    let cancelled = booking::cancel(&ctx, booked.id, None, Some("malade".into())).await.expect("in time");
    assert_eq!(cancelled.status, Status::Cancelled);
    assert!(world.hold(bob, later).await.is_ok(), "the time is free again");
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_patient_cannot_be_in_two_places_nor_hold_too_much() {
    let world = World::new().await;
    let (one, other) = (world.practitioner(vec![]).await, world.practitioner(vec![]).await);
    let day = world.open_day(&one, 3, 90).await;
    world.open_day(&other, 3, 90).await;
    let ana = world.patient().await;
    world.hold(ana, world.slot(&one, day.start())).await.expect("free");
    let both = world.hold(ana, world.slot(&other, day.start())).await;
    assert!(matches!(both, Err(BookingRefusal::PatientOverlap)), "{both:?}");
    for quarter in 1..3 {
        let start = day.start() + SignedDuration::from_mins(15 * quarter);
        world.hold(ana, world.slot(&one, start)).await.expect("two more are allowed");
    }
    let fourth = world.hold(ana, world.slot(&one, day.start() + SignedDuration::from_mins(60))).await;
    assert!(matches!(fourth, Err(BookingRefusal::TooManyHolds { limit: 3 })), "{fourth:?}");
    world.let_pass(SignedDuration::from_mins(31)).await;
    world
        .hold(ana, world.slot(&one, day.start() + SignedDuration::from_mins(60)))
        .await
        .expect("the others expired");
    world.assert_consistent().await;
}

#[tokio::test]
async fn the_notice_is_kept_and_a_flow_begun_in_time_has_its_grace() {
    let world = World::new().await;
    let practitioner =
        world.practitioner(vec![NewVisitType { min_notice_minutes: 1440, ..NewVisitType::default() }]).await;
    let day = world.open_day(&practitioner, 3, 30).await;
    let ana = world.patient().await;
    let slot = world.slot(&practitioner, day.start());
    let until_notice =
        day.start().duration_since(world.services.clock.now()) - SignedDuration::from_hours(24);
    world.let_pass(until_notice - SignedDuration::from_mins(1)).await;
    let held = world.hold(ana, slot).await.expect("24 hours and a minute ahead");
    let deadline = held.hold_expires_at.expect("a deadline");
    assert_eq!(
        day.start().duration_since(deadline),
        SignedDuration::from_mins(1435),
        "five minutes of grace, no more"
    );
    world.let_pass(SignedDuration::from_mins(4)).await;
    booking::confirm(&world.ctx(Actor::Patient(ana)), held.id, None, None).await.expect("within the grace");
    let next = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15));
    world.let_pass(SignedDuration::from_mins(30)).await;
    let late = world.hold(ana, next).await;
    assert!(matches!(late, Err(BookingRefusal::TooSoon { notice_minutes: 1440 })), "{late:?}");
    world.assert_consistent().await;
}
