//! What is offered to whom, and that a booking is judged by the rules of now.

use std::sync::Arc;

use jiff::SignedDuration;
use rendez_domain::availability::{NotOffered, WhoMayBook};
use rendez_domain::booking::{self, BookingRefusal, HoldRequest};
use rendez_domain::directory::{self, NewPractitioner, NewVisitType, PractitionerChange};
use rendez_testkit::{World, world::new_practitioner};
use rendez_vocab::Actor;
use rendez_vocab::clock::SystemClock;
use rendez_vocab::ids::SlotId;

#[tokio::test]
async fn buffers_are_kept_free_around_each_visit() {
    let world = World::new().await;
    let long = NewVisitType {
        duration_minutes: 20,
        buffer_before_minutes: 5,
        buffer_after_minutes: 10,
        ..NewVisitType::default()
    };
    let practitioner = world.practitioner(vec![long, NewVisitType::default()]).await;
    let day = world.open_day(&practitioner, 3, 105).await;
    let [long, short] = [0, 1].map(|place| practitioner.visit_types[place].id);
    let offered = booking::slots(&world.admin(), practitioner.id, long, day, None).await.expect("slots");
    let starts: Vec<i64> =
        offered.slots.iter().map(|slot| slot.start.duration_since(day.start()).as_mins()).collect();
    assert_eq!(starts, [0, 35, 70], "visit, buffers, visit");

    let ana = world.patient().await;
    world.hold(ana, SlotId::new(practitioner.id, long, offered.slots[1].start)).await.expect("free");
    // It blocks minutes 30 to 65, so of the short ones 30, 45 and 60 are gone.
    let offered = booking::slots(&world.admin(), practitioner.id, short, day, None).await.expect("slots");
    let starts: Vec<i64> =
        offered.slots.iter().map(|slot| slot.start.duration_since(day.start()).as_mins()).collect();
    assert_eq!(starts, [0, 15, 75, 90]);
    let bob = world.patient().await;
    let in_the_buffer = SlotId::new(practitioner.id, short, day.start() + SignedDuration::from_mins(60));
    assert!(matches!(world.hold(bob, in_the_buffer).await, Err(BookingRefusal::SlotTaken { .. })));
    world.assert_consistent().await;
}

#[tokio::test]
async fn some_visits_are_for_known_and_some_for_new_patients() {
    let world = World::new().await;
    let of = |who_may_book| NewVisitType { who_may_book, ..NewVisitType::default() };
    let practitioner =
        world.practitioner(vec![of(WhoMayBook::Anyone), of(WhoMayBook::Known), of(WhoMayBook::New)]).await;
    let soon = world.open_day(&practitioner, 3, 60).await;
    let later = world.open_day(&practitioner, 10, 60).await;
    let slot = |kind: usize, place: i64| {
        let start = later.start() + SignedDuration::from_mins(15 * place);
        SlotId::new(practitioner.id, practitioner.visit_types[kind].id, start)
    };
    let ana = world.patient().await;
    let early = world.hold(ana, slot(1, 0)).await;
    assert!(matches!(early, Err(BookingRefusal::KnownPatientsOnly)), "{early:?}");
    let first = world.book(ana, world.slot(&practitioner, soon.start())).await;
    let still = world.hold(ana, slot(1, 0)).await;
    assert!(matches!(still, Err(BookingRefusal::KnownPatientsOnly)), "the first visit lies ahead: {still:?}");
    world.let_pass(SignedDuration::from_hours(4 * 24)).await;
    world.hold(ana, slot(1, 0)).await.expect("she has been here");
    let not_new = world.hold(ana, slot(2, 1)).await;
    assert!(matches!(not_new, Err(BookingRefusal::NewPatientsOnly)), "{not_new:?}");

    // The practice takes nobody new any more: what was for anyone is for those who have been here.
    let change = PractitionerChange { accepts_new_patients: Some(false), ..PractitionerChange::default() };
    directory::update_practitioner(&world.admin(), practitioner.id, None, change).await.expect("a change");
    let bob = world.patient().await;
    let refused = world.hold(bob, slot(0, 2)).await;
    assert!(matches!(refused, Err(BookingRefusal::KnownPatientsOnly)), "{refused:?}");
    world.hold(ana, slot(0, 2)).await.expect("she has been here");

    // Who did not come has not been here.
    booking::settle(&world.admin(), first.id, None, booking::Outcome::NoShow).await.expect("it has begun");
    let absent = world.hold(ana, slot(1, 3)).await;
    assert!(matches!(absent, Err(BookingRefusal::KnownPatientsOnly)), "{absent:?}");
    world.assert_consistent().await;
}

#[tokio::test]
async fn nobody_books_beyond_the_horizon_nor_what_is_no_longer_offered() {
    let world = World::new().await;
    let near = NewVisitType { max_horizon_days: 5, ..NewVisitType::default() };
    let retired = NewVisitType { active: false, ..NewVisitType::default() };
    let practitioner = world.practitioner(vec![near, retired]).await;
    let (day, far) = (world.open_day(&practitioner, 3, 30).await, world.open_day(&practitioner, 7, 30).await);
    let ana = world.patient().await;
    let too_far = world.hold(ana, world.slot(&practitioner, far.start())).await;
    assert!(matches!(too_far, Err(BookingRefusal::TooFar { horizon_days: 5 })), "{too_far:?}");
    let retired =
        world.hold(ana, SlotId::new(practitioner.id, practitioner.visit_types[1].id, day.start())).await;
    assert!(matches!(retired, Err(BookingRefusal::NotOffered(NotOffered::Inactive))), "{retired:?}");
    let beside = world.hold(ana, world.slot(&practitioner, day.start() + SignedDuration::from_mins(5))).await;
    assert!(matches!(beside, Err(BookingRefusal::NotOffered(NotOffered::NotOnGrid))), "{beside:?}");
    let outside = world.hold(ana, world.slot(&practitioner, day.end())).await;
    assert!(matches!(outside, Err(BookingRefusal::NotOffered(NotOffered::NoOpening))), "{outside:?}");
    let other = world.practitioner(vec![]).await;
    let foreign = SlotId::new(practitioner.id, other.visit_types[0].id, day.start());
    let foreign = world.hold(ana, foreign).await;
    assert!(matches!(foreign, Err(BookingRefusal::NotOffered(NotOffered::UnknownVisitType))), "{foreign:?}");

    let gone = PractitionerChange { active: Some(false), ..PractitionerChange::default() };
    directory::update_practitioner(&world.admin(), practitioner.id, None, gone).await.expect("a change");
    let left = world.hold(ana, world.slot(&practitioner, day.start())).await;
    assert!(matches!(left, Err(BookingRefusal::NotOffered(NotOffered::Inactive))), "{left:?}");
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_hold_is_confirmed_by_the_schedule_of_now() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 30).await;
    let other_day = world.open_day(&practitioner, 4, 30).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    let of_ana = world.hold(ana, world.slot(&practitioner, day.start())).await.expect("free");
    let of_bob = world.hold(bob, world.slot(&practitioner, other_day.start())).await.expect("free");

    // The practice takes the second day back while both still hold.
    let opening =
        world.opening_id(&format!("SELECT id FROM opening WHERE starts_at = '{}'", other_day.start())).await;
    directory::delete_opening(&world.desk_of(&practitioner), practitioner.id, opening).await.expect("theirs");
    let booked = booking::confirm(&world.ctx(Actor::Patient(ana)), of_ana.id, None, None)
        .await
        .expect("still offered");
    assert!(booked.policy_version > of_ana.policy_version, "the schedule it was checked against is recorded");
    let refused = booking::confirm(&world.ctx(Actor::Patient(bob)), of_bob.id, None, None).await;
    assert!(matches!(refused, Err(BookingRefusal::NotOffered(NotOffered::NoOpening))), "{refused:?}");
    world.assert_consistent().await;
}

#[tokio::test]
async fn another_process_with_an_old_copy_judges_by_the_schedule_of_now() {
    let world = World::new().await;
    let elsewhere = world.another_process(Arc::new(SystemClock));
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 30).await;
    let ana = world.patient().await;
    let visit_type = practitioner.visit_types[0].id;
    let seen =
        booking::slots(&elsewhere.admin(), practitioner.id, visit_type, day, None).await.expect("slots");
    assert_eq!(seen.slots.len(), 2, "the other process has read the schedule");

    let opening = world.opening_id("SELECT id FROM opening").await;
    directory::delete_opening(&world.admin(), practitioner.id, opening).await.expect("it is there");
    let closed = elsewhere.hold(ana, world.slot(&practitioner, day.start())).await;
    assert!(matches!(closed, Err(BookingRefusal::NotOffered(NotOffered::NoOpening))), "{closed:?}");

    let new_day = world.open_day(&practitioner, 5, 30).await;
    elsewhere
        .hold(ana, world.slot(&practitioner, new_day.start()))
        .await
        .expect("opened a moment ago elsewhere");
    let shown =
        booking::slots(&elsewhere.admin(), practitioner.id, visit_type, new_day, None).await.expect("slots");
    assert_eq!(shown.slots.len(), 1);
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_repeated_request_gets_its_answer_although_the_time_is_closed_now() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 30).await;
    let patient = world.patient().await;
    let ctx = world.patient_with_key(patient, "POST /v1/appointments", "k");
    let request = HoldRequest { slot: world.slot(&practitioner, day.start()), patient, reason: None };
    let first = booking::hold(&ctx, request.clone()).await.expect("free");
    let opening = world.opening_id("SELECT id FROM opening").await;
    directory::delete_opening(&world.admin(), practitioner.id, opening).await.expect("it is there");
    let again = booking::hold(&ctx, request).await.expect("the first answer");
    assert_eq!(again.id, first.id);
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_patient_sees_their_own_hold_as_theirs() {
    let world = World::new().await;
    let practitioner =
        world.enter(NewPractitioner { family_name: "Kermarrec".into(), ..new_practitioner() }).await;
    let day = world.open_day(&practitioner, 3, 30).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    let held = world.hold(ana, world.slot(&practitioner, day.start())).await.expect("free");
    let visit_type = practitioner.visit_types[0].id;
    for (who, theirs) in [(ana, vec![held.id]), (bob, vec![])] {
        let ctx = world.ctx(Actor::Patient(who));
        let seen = booking::slots(&ctx, practitioner.id, visit_type, day, None).await.expect("slots");
        assert_eq!(seen.slots.len(), 1, "the held time is offered to nobody");
        assert_eq!(seen.own_holds.iter().map(|hold| hold.appointment).collect::<Vec<_>>(), theirs);
    }
    let explained =
        booking::explain(&world.admin(), practitioner.id, visit_type, day.start()).await.expect("rules");
    assert!(!explained.offered && explained.verdicts.iter().any(|verdict| !verdict.passed));
    let free = day.start() + SignedDuration::from_mins(15);
    assert!(
        booking::explain(&world.admin(), practitioner.id, visit_type, free).await.expect("rules").offered
    );
    world.assert_consistent().await;
}
