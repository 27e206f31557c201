//! Leaving the page of a hold: the time is soon free for others, unless somebody comes back.

use jiff::SignedDuration;
use rendez_domain::booking::{self, BookingRefusal, LEFT_MINUTES};
use rendez_testkit::World;
use rendez_vocab::Actor;

const SOON: SignedDuration = SignedDuration::from_secs(60 * LEFT_MINUTES as i64 + 1);

#[tokio::test]
async fn who_leaves_gives_the_time_back_two_minutes_later() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    let slot = world.slot(&practitioner, day.start());
    let held = world.hold(ana, slot).await.expect("free");
    let ctx = world.ctx(Actor::Patient(ana));
    booking::leave(&ctx, held.id).await.expect("hers");
    booking::leave(&ctx, held.id).await.expect("twice is no error");
    world.assert_consistent().await;
    assert!(matches!(world.hold(bob, slot).await, Err(BookingRefusal::SlotTaken { .. })), "not yet");
    world.let_pass(SOON).await;
    world.hold(bob, slot).await.expect("free again, whether or not a worker has run");
    let late = booking::come_back(&ctx, held.id).await;
    assert!(matches!(late, Err(BookingRefusal::HoldExpired)), "{late:?}");
    assert!(matches!(booking::confirm(&ctx, held.id, None, None).await, Err(BookingRefusal::HoldExpired)));
    world.assert_consistent().await;
}

#[tokio::test]
async fn who_comes_back_has_the_first_deadline_and_none_that_is_later() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let ana = world.patient().await;
    let held = world.hold(ana, world.slot(&practitioner, day.start())).await.expect("free");
    let ctx = world.ctx(Actor::Patient(ana));
    for _ in 0..2 {
        booking::leave(&ctx, held.id).await.expect("hers");
        world.let_pass(SignedDuration::from_secs(30)).await;
        booking::leave(&ctx, held.id).await.expect("another page of hers");
        let back = booking::come_back(&ctx, held.id).await.expect("hers");
        assert_eq!((back.hold_expires_at, back.version), (held.hold_expires_at, held.version));
        let again = booking::come_back(&ctx, held.id).await.expect("twice is no error");
        assert_eq!(again.hold_expires_at, held.hold_expires_at);
        world.assert_consistent().await;
    }
    // Nearly over, leaving changes nothing: a deadline never comes later.
    world.let_pass(SignedDuration::from_mins(28)).await;
    booking::leave(&ctx, held.id).await.expect("hers");
    let now = booking::find(&ctx, held.id).await.expect("hers");
    assert_eq!(now.hold_expires_at, held.hold_expires_at);
    booking::confirm(&ctx, held.id, None, None).await.expect("in time");
    booking::leave(&ctx, held.id).await.expect("a booked visit stays");
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_hold_that_was_left_can_be_confirmed_and_moved() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let ana = world.patient().await;
    let ctx = world.ctx(Actor::Patient(ana));
    let held = world.hold(ana, world.slot(&practitioner, day.start())).await.expect("free");
    booking::leave(&ctx, held.id).await.expect("hers");
    let later = world.slot(&practitioner, day.start() + SignedDuration::from_mins(30));
    let moved = booking::reschedule(&ctx, held.id, None, later).await.expect("free");
    assert_eq!(moved.hold_expires_at, held.hold_expires_at, "it has its first deadline again");
    world.assert_consistent().await;
    booking::leave(&ctx, held.id).await.expect("hers");
    booking::confirm(&ctx, held.id, None, None).await.expect("in time");
    world.assert_consistent().await;
}
