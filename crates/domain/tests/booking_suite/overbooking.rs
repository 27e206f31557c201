//! The desk squeezes somebody in on purpose.

use jiff::{SignedDuration, Timestamp};
use rendez_domain::Ctx;
use rendez_domain::booking::{self, Appointment, BookingRefusal, OverbookRequest, Status};
use rendez_domain::directory::Practitioner;
use rendez_testkit::World;
use rendez_vocab::Actor;
use rendez_vocab::ids::PatientId;

async fn squeeze_in(
    ctx: &Ctx,
    practitioner: &Practitioner,
    patient: PatientId,
    start: Timestamp,
    why: &str,
) -> Result<Appointment, BookingRefusal> {
    let request = OverbookRequest {
        practitioner: practitioner.id,
        visit_type: practitioner.visit_types[0].id,
        patient,
        start,
        end: None,
        overbook_reason: why.into(),
        reason: None,
    };
    booking::overbook(ctx, request).await
}

#[tokio::test]
async fn an_emergency_lies_over_a_booked_visit_and_is_visible_as_such() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let (ana, bob, eva) = (world.patient().await, world.patient().await, world.patient().await);
    let booked = world.book(ana, world.slot(&practitioner, day.start())).await;
    let desk = world.desk_of(&practitioner);
    let start = day.start() + SignedDuration::from_mins(10);
    let silent = squeeze_in(&desk, &practitioner, bob, start, " ").await;
    assert!(matches!(silent, Err(BookingRefusal::ReasonMissing)), "{silent:?}");

    let squeezed = squeeze_in(&desk, &practitioner, bob, start, "douleur aiguë").await.expect("the desk may");
    assert_eq!((squeezed.status, squeezed.version), (Status::Booked, 1));
    assert_eq!(squeezed.overbook_reason.as_deref(), Some("douleur aiguë"));
    assert_eq!(booking::find(&desk, booked.id).await.expect("still there").status, Status::Booked);
    // It reaches ten minutes into the next quarter, which was free and is guarded now.
    let next = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15));
    let by_accident = world.hold(eva, next).await;
    assert!(matches!(by_accident, Err(BookingRefusal::SlotTaken { .. })), "{by_accident:?}");
    world.assert_consistent().await;

    booking::cancel(&world.ctx(Actor::Patient(bob)), squeezed.id, None, None).await.expect("his own");
    world.hold(eva, next).await.expect("free again");
    assert_eq!(booking::find(&desk, booked.id).await.expect("untouched").version, booked.version);
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_squeezed_in_visit_can_be_moved_to_a_proper_slot() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    world.book(ana, world.slot(&practitioner, day.start())).await;
    let desk = world.desk_of(&practitioner);
    let squeezed = squeeze_in(&desk, &practitioner, bob, day.start(), "urgence").await.expect("the desk may");
    let later = world.slot(&practitioner, day.start() + SignedDuration::from_mins(30));
    let moved = booking::reschedule(&desk, squeezed.id, None, later).await.expect("a proper slot");
    assert_eq!((moved.overbook_reason, moved.status), (None, Status::Booked));
    assert_eq!(world.count("SELECT count(*) FROM claim WHERE kind = 'overbooked'").await, 0);
    world.assert_consistent().await;
}

#[tokio::test]
async fn nobody_but_the_practice_overbooks_and_not_the_patients_own_time() {
    let world = World::new().await;
    let (practitioner, other) = (world.practitioner(vec![]).await, world.practitioner(vec![]).await);
    let day = world.open_day(&practitioner, 3, 60).await;
    world.open_day(&other, 3, 60).await;
    let ana = world.patient().await;
    world.book(ana, world.slot(&other, day.start())).await;
    for stranger in [Actor::Patient(ana), Actor::Practitioner(other.id), Actor::System("portal".into())] {
        let refused = squeeze_in(&world.ctx(stranger), &practitioner, ana, day.start(), "urgence").await;
        assert!(matches!(refused, Err(BookingRefusal::Denied(_))), "{refused:?}");
    }
    let elsewhere = world.desk_of(&other);
    let refused = squeeze_in(&elsewhere, &practitioner, ana, day.start(), "urgence").await;
    assert!(matches!(refused, Err(BookingRefusal::Denied(_))), "{refused:?}");
    let overlap = squeeze_in(&world.desk_of(&practitioner), &practitioner, ana, day.start(), "urgence").await;
    assert!(matches!(overlap, Err(BookingRefusal::PatientOverlap)), "{overlap:?}");
    assert_eq!(
        world.count("SELECT count(*) FROM appointment").await,
        1,
        "nothing is left of the refused ones"
    );
    world.assert_consistent().await;

    let himself = world.ctx(Actor::Practitioner(practitioner.id));
    let free = day.start() + SignedDuration::from_mins(33);
    squeeze_in(&himself, &practitioner, ana, free, "suite").await.expect("over free time as well");
    world.assert_consistent().await;
}

#[tokio::test]
async fn the_time_under_it_is_nobodys_when_the_other_visit_is_given_up() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let (ana, bob, eva) = (world.patient().await, world.patient().await, world.patient().await);
    let slot = world.slot(&practitioner, day.start());
    let under = world.book(ana, slot).await;
    let desk = world.desk_of(&practitioner);
    let squeezed = squeeze_in(&desk, &practitioner, bob, day.start(), "urgence").await.expect("the desk may");
    booking::cancel(&desk, under.id, None, None).await.expect("in time");
    let by_accident = world.hold(eva, slot).await;
    assert!(matches!(by_accident, Err(BookingRefusal::SlotTaken { .. })), "{by_accident:?}");
    let of_eva =
        world.book(eva, world.slot(&practitioner, day.start() + SignedDuration::from_mins(30))).await;
    let moved = booking::reschedule(&desk, of_eva.id, None, slot).await;
    assert!(matches!(moved, Err(BookingRefusal::SlotTaken { .. })), "{moved:?}");
    let visit_type = practitioner.visit_types[0].id;
    let offered = booking::slots(&desk, practitioner.id, visit_type, day, None).await.expect("slots");
    assert!(offered.slots.iter().all(|free| free.start != day.start()), "it is not offered either");
    booking::cancel(&desk, squeezed.id, None, None).await.expect("in time");
    world.hold(ana, slot).await.expect("free at last");
    world.assert_consistent().await;
}

#[tokio::test]
async fn expired_holds_do_not_stand_in_the_way_of_an_emergency() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let other_day = world.open_day(&practitioner, 4, 60).await;
    let ana = world.patient().await;
    world.hold(ana, world.slot(&practitioner, day.start())).await.expect("free");
    world.hold(ana, world.slot(&practitioner, other_day.start())).await.expect("free");
    world.let_pass(SignedDuration::from_mins(31)).await;
    let desk = world.desk_of(&practitioner);
    squeeze_in(&desk, &practitioner, ana, day.start(), "urgence").await.expect("her own hold has expired");
    booking::sweep(&world.admin()).await.expect("a sweep");
    let bob = world.patient().await;
    let guarded = world.hold(bob, world.slot(&practitioner, day.start())).await;
    assert!(
        matches!(guarded, Err(BookingRefusal::SlotTaken { .. })),
        "nobody books into it by accident: {guarded:?}"
    );
    world.assert_consistent().await;
}
