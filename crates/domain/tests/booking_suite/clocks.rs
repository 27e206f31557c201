//! One clock decides: the database's.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rendez_domain::booking::{self, BookingRefusal, Status};
use rendez_domain::directory::NewVisitType;
use rendez_testkit::World;
use rendez_vocab::clock::{FixedClock, SystemClock};
use rendez_vocab::{Actor, Clock};

#[tokio::test]
async fn a_machine_whose_clock_is_an_hour_off_changes_nothing() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let now = SystemClock.now();
    for (place, hours) in [(0, -1), (1, 1)] {
        let off = world.another_process(Arc::new(FixedClock(now + SignedDuration::from_hours(hours))));
        let patient = world.patient().await;
        let slot = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15 * place));
        let held = off.hold(patient, slot).await.expect("free");
        let deadline = held.hold_expires_at.expect("a deadline");
        assert!(
            held.created_at.duration_since(now).abs() < SignedDuration::from_mins(10),
            "stamped by the database"
        );
        assert_eq!(deadline.duration_since(held.created_at), SignedDuration::from_mins(30));
        let offered =
            booking::slots(&off.admin(), practitioner.id, slot.visit_type, day, None).await.expect("slots");
        assert!(offered.as_of.duration_since(now).abs() < SignedDuration::from_mins(10));
        let booked =
            booking::confirm(&off.ctx(Actor::Patient(patient)), held.id, None, None).await.expect("in time");
        assert_eq!(booked.status, Status::Booked);
    }
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_hold_is_good_until_its_deadline_and_not_at_it() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 30).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    let morning: Timestamp = day.start() - SignedDuration::from_hours(48);
    world.stop_clock_at(morning).await;
    let of_ana = world.hold(ana, world.slot(&practitioner, day.start())).await.expect("free");
    let next = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15));
    let of_bob = world.hold(bob, next).await.expect("free");
    let deadline = morning + SignedDuration::from_mins(30);
    assert_eq!((of_ana.hold_expires_at, of_bob.hold_expires_at), (Some(deadline), Some(deadline)));

    world.stop_clock_at(deadline - SignedDuration::from_millis(1)).await;
    booking::confirm(&world.ctx(Actor::Patient(ana)), of_ana.id, None, None)
        .await
        .expect("a millisecond before");
    world.stop_clock_at(deadline).await;
    let late = booking::confirm(&world.ctx(Actor::Patient(bob)), of_bob.id, None, None).await;
    assert!(matches!(late, Err(BookingRefusal::HoldExpired)), "{late:?}");
    let released = booking::expire_due(&world.admin()).await.expect("an admin may");
    assert_eq!(
        released.iter().map(|one| (one.id, one.status)).collect::<Vec<_>>(),
        [(of_bob.id, Status::Expired)]
    );
    world.assert_consistent().await;
}

#[tokio::test]
async fn notice_and_horizon_are_kept_to_the_instant() {
    let world = World::new().await;
    let strict = NewVisitType { min_notice_minutes: 120, max_horizon_days: 2, ..NewVisitType::default() };
    let practitioner = world.practitioner(vec![strict]).await;
    let day = world.open_day(&practitioner, 3, 30).await;
    let slot = world.slot(&practitioner, day.start());
    let ana = world.patient().await;
    let (two_hours, two_days) = (SignedDuration::from_hours(2), SignedDuration::from_hours(48));
    let moment = SignedDuration::from_micros(1);

    world.stop_clock_at(day.start() - two_days).await;
    let too_far = world.hold(ana, slot).await;
    assert!(matches!(too_far, Err(BookingRefusal::TooFar { horizon_days: 2 })), "{too_far:?}");
    world.stop_clock_at(day.start() - two_days + moment).await;
    let held = world.hold(ana, slot).await.expect("inside the horizon");
    booking::cancel(&world.ctx(Actor::Patient(ana)), held.id, None, None).await.expect("in time");

    world.stop_clock_at(day.start() - two_hours + moment).await;
    let too_soon = world.hold(ana, slot).await;
    assert!(matches!(too_soon, Err(BookingRefusal::TooSoon { notice_minutes: 120 })), "{too_soon:?}");
    world.stop_clock_at(day.start() - two_hours).await;
    let held = world.hold(ana, slot).await.expect("just in time");
    let grace = held.hold_expires_at.expect("a deadline").duration_since(day.start() - two_hours);
    assert_eq!(grace, SignedDuration::from_mins(5));
    world.assert_consistent().await;
}
