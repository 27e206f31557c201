//! The desk books and moves with its own time as it likes, within what is open and free.

use jiff::SignedDuration;
use rendez_domain::availability::{NotOffered, WhoMayBook};
use rendez_domain::booking::{self, BookingRefusal, HoldRequest, Status};
use rendez_domain::directory::{self, NewTimeOff, NewVisitType};
use rendez_domain::identity::access::Denied;
use rendez_testkit::World;
use rendez_vocab::ids::{PatientId, SlotId};
use rendez_vocab::{Actor, TimeRange};
use serde_json::Value;

fn request(slot: SlotId, patient: PatientId) -> HoldRequest {
    HoldRequest { slot, patient, reason: Some("by telephone".into()) }
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

#[tokio::test]
async fn the_rules_made_for_patients_do_not_bind_the_desk() {
    let world = World::new().await;
    let strict = NewVisitType {
        min_notice_minutes: 60 * 24 * 30,
        who_may_book: WhoMayBook::Known,
        ..NewVisitType::default()
    };
    let practitioner = world.practitioner(vec![strict]).await;
    let day = world.open_day(&practitioner, 2, 120).await;
    let (desk, ana) = (world.desk_of(&practitioner), world.patient().await);
    let between = world.slot(&practitioner, day.start() + minutes(7));
    let patient = world.ctx(Actor::Patient(ana));
    let refused = booking::hold(&patient, request(between, ana)).await;
    assert!(matches!(refused, Err(BookingRefusal::NotOffered(NotOffered::NotOnGrid))), "{refused:?}");

    let booked = booking::book_at_desk(&desk, request(between, ana)).await.expect("open and free");
    assert_eq!((booked.status, booked.range.start()), (Status::Booked, day.start() + minutes(7)));
    assert_eq!(booked.reason.as_deref(), Some("by telephone"));
    world.assert_consistent().await;

    let bob = world.patient().await;
    let over = booking::book_at_desk(&desk, request(world.slot(&practitioner, day.start()), bob)).await;
    assert!(matches!(over, Err(BookingRefusal::SlotTaken { .. })), "{over:?}");
    let twice = world.slot(&practitioner, day.start() + minutes(60));
    booking::book_at_desk(&desk, request(twice, bob)).await.expect("free");
    let elsewhere = booking::book_at_desk(&desk, request(twice, ana)).await;
    assert!(matches!(elsewhere, Err(BookingRefusal::SlotTaken { .. })), "{elsewhere:?}");
    assert_eq!(world.count("SELECT count(*) FROM appointment WHERE status = 'booked'").await, 2);
    assert_eq!(world.count("SELECT count(*) FROM hold").await, 0, "no hold is left over");
    world.assert_consistent().await;
}

#[tokio::test]
async fn what_is_not_open_is_not_the_desks_either() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 120).await;
    let (desk, ana) = (world.desk_of(&practitioner), world.patient().await);
    let late = world.slot(&practitioner, day.end() - minutes(5));
    let refused = booking::book_at_desk(&desk, request(late, ana)).await;
    assert!(matches!(refused, Err(BookingRefusal::NotOffered(NotOffered::NoOpening))), "{refused:?}");
    let range = TimeRange::new(day.start(), day.start() + minutes(30)).expect("a range");
    directory::take_time_off(&desk, practitioner.id, NewTimeOff { range, reason: None }, |_| Value::Null)
        .await
        .expect("the desk may");
    let away = booking::book_at_desk(&desk, request(world.slot(&practitioner, day.start()), ana)).await;
    assert!(matches!(away, Err(BookingRefusal::NotOffered(NotOffered::TimeOff))), "{away:?}");

    let elsewhere = world.practitioner(vec![]).await;
    let free = world.slot(&practitioner, day.start() + minutes(60));
    let stranger = booking::book_at_desk(&world.desk_of(&elsewhere), request(free, ana)).await;
    assert!(matches!(stranger, Err(BookingRefusal::Denied(Denied::Forbidden))), "{stranger:?}");
    let patient = booking::book_at_desk(&world.ctx(Actor::Patient(ana)), request(free, ana)).await;
    assert!(matches!(patient, Err(BookingRefusal::Denied(Denied::Forbidden))), "{patient:?}");
    assert_eq!(world.count("SELECT count(*) FROM appointment").await, 0);
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_visit_is_moved_and_moved_back() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 120).await;
    let (desk, ana, bob) = (world.desk_of(&practitioner), world.patient().await, world.patient().await);
    let at = |after: i64| world.slot(&practitioner, day.start() + minutes(after));
    let visit = booking::book_at_desk(&desk, request(at(5), ana)).await.expect("free");
    booking::book_at_desk(&desk, request(at(60), bob)).await.expect("free");

    let moved = booking::move_at_desk(&desk, visit.id, Some(visit.version), at(35)).await.expect("free");
    assert_eq!((moved.id, moved.range.start()), (visit.id, day.start() + minutes(35)));
    let stale = booking::move_at_desk(&desk, visit.id, Some(visit.version), at(90)).await;
    assert!(matches!(stale, Err(BookingRefusal::VersionMismatch)), "{stale:?}");
    let taken = booking::move_at_desk(&desk, visit.id, Some(moved.version), at(55)).await;
    assert!(matches!(taken, Err(BookingRefusal::SlotTaken { .. })), "{taken:?}");
    let back = booking::move_at_desk(&desk, visit.id, Some(moved.version), at(5)).await.expect("still free");
    assert_eq!(back.range, visit.range);
    world.assert_consistent().await;

    let patient = booking::move_at_desk(&world.ctx(Actor::Patient(ana)), visit.id, None, at(35)).await;
    assert!(matches!(patient, Err(BookingRefusal::Denied(Denied::Forbidden))), "{patient:?}");
}

#[tokio::test]
async fn a_form_that_is_sent_twice_books_once() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let (desk, ana) = (world.desk_of(&practitioner), world.patient().await);
    let key = world.patient_with_key(ana, "POST /practice/book", "k").idempotency;
    let desk = rendez_domain::Ctx { idempotency: key, ..desk };
    let slot = world.slot(&practitioner, day.start());
    let first = booking::book_at_desk(&desk, request(slot, ana)).await.expect("free");
    let second = booking::book_at_desk(&desk, request(slot, ana)).await.expect("the same visit");
    assert_eq!((first.id, second.status), (second.id, Status::Booked));
    assert_eq!(world.count("SELECT count(*) FROM appointment").await, 1);
    world.assert_consistent().await;
}
