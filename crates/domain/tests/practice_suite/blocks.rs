//! Patients who are asked to call.

use rendez_domain::booking::{self, BookingRefusal, HoldRequest};
use rendez_domain::practice::{self, PracticeRefusal};
use rendez_vocab::Actor;

use crate::house::{House, enter};

#[tokio::test]
async fn whom_the_practice_asks_to_call_cannot_book_online_but_the_desk_can_for_them() {
    let house = House::new().await;
    let world = &house.world;
    let day = world.open_day(&house.doctor, 3, 60).await;
    let slot = world.slot(&house.doctor, day.start());
    let ana = house.patient("Ana", "Martin").await;
    let at = house.place(&house.as_desk()).await;
    practice::block_from_online_booking(&house.as_desk(), &at, ana, " missed three ").await.expect("a block");

    let refused = world.hold(ana, slot).await;
    assert!(matches!(refused, Err(BookingRefusal::BlockedByPractice)), "{refused:?}");
    assert_eq!(world.count("SELECT count(*) FROM claim").await, 0, "nothing is left over");
    let elsewhere = world.practitioner(vec![]).await;
    let other_day = world.open_day(&elsewhere, 4, 60).await;
    world.hold(ana, world.slot(&elsewhere, other_day.start())).await.expect("others know nothing of it");

    let request = HoldRequest { slot, patient: ana, reason: None };
    booking::hold(&house.as_desk(), request).await.expect("the desk books for her");
    let record = practice::patient_record(&house.as_desk(), &at, ana).await.expect("hers");
    assert_eq!(record.block.expect("a block").reason, "missed three");

    practice::unblock(&house.as_desk(), &at, ana).await.expect("unblocked");
    let later = world.slot(&house.doctor, day.start() + jiff::SignedDuration::from_mins(30));
    world.hold(ana, later).await.expect("she may again");
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_visit_cannot_be_moved_to_where_none_could_be_booked() {
    let house = House::new().await;
    let world = &house.world;
    let day = world.open_day(&house.doctor, 3, 60).await;
    let elsewhere = world.practitioner(vec![]).await;
    let other_day = world.open_day(&elsewhere, 4, 60).await;
    let ana = house.patient("Ana", "Martin").await;
    let visit = world.book(ana, world.slot(&elsewhere, other_day.start())).await;
    let at = house.place(&house.as_desk()).await;
    practice::block_from_online_booking(&house.as_desk(), &at, ana, "missed three").await.expect("a block");
    let ctx = world.ctx(Actor::Patient(ana));
    let moved = booking::reschedule(&ctx, visit.id, None, world.slot(&house.doctor, day.start())).await;
    assert!(matches!(moved, Err(BookingRefusal::BlockedByPractice)), "{moved:?}");
    let still = booking::find(&ctx, visit.id).await.expect("hers");
    assert_eq!(still.range.start(), other_day.start(), "as it was");
    world.assert_consistent().await;
}

#[tokio::test]
async fn nobody_blocks_another_practices_patient_or_without_a_reason() {
    let house = House::new().await;
    let stranger = house.world.practitioner(vec![]).await;
    let theirs = enter(&house.world.desk_of(&stranger), "Bob", "Quatremaille").await;
    let at = house.place(&house.as_desk()).await;
    let foreign = practice::block_from_online_booking(&house.as_desk(), &at, theirs, "why not").await;
    assert!(matches!(foreign, Err(PracticeRefusal::NotFound)), "{foreign:?}");
    let ana = house.patient("Ana", "Martin").await;
    let empty = practice::block_from_online_booking(&house.as_desk(), &at, ana, "  ").await;
    assert!(matches!(empty, Err(PracticeRefusal::ReasonMissing)), "{empty:?}");
    assert_eq!(house.world.count("SELECT count(*) FROM patient_block").await, 0);
}
