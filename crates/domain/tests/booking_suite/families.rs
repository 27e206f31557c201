//! Booking for somebody else: who may, until when, and what a hold for another keeps to.

use jiff::civil::{Date, date};
use jiff::{SignedDuration, ToSpan};
use rendez_domain::availability::WhoMayBook;
use rendez_domain::booking::{self, AppointmentFilter, BookingRefusal, HoldRequest, Status};
use rendez_domain::directory::{self, DirectoryRefusal, NewVisitType};
use rendez_domain::identity::{self, CareRefusal, Person, Relation};
use rendez_domain::{Ctx, notify};
use rendez_testkit::World;
use rendez_vocab::Actor;
use rendez_vocab::ids::{PatientId, SlotId};

fn lila() -> Person {
    Person {
        given_name: "Lila".into(),
        family_name: "Martin".into(),
        birth_date: date(2020, 5, 4),
        relation: Relation::Child,
    }
}

fn grandmother() -> Person {
    Person {
        given_name: "Odette".into(),
        family_name: "Martin".into(),
        birth_date: date(1941, 2, 3),
        relation: Relation::Parent,
    }
}

async fn add(ctx: &Ctx, person: Person) -> PatientId {
    identity::add_person(ctx, person).await.expect("a person to care for")
}

fn own() -> AppointmentFilter {
    AppointmentFilter { limit: 50, ..AppointmentFilter::default() }
}

#[tokio::test]
async fn a_mother_books_moves_and_cancels_for_her_child_and_nobody_else_does() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 120).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    let (hers, his) = (world.ctx(Actor::Patient(ana)), world.ctx(Actor::Patient(bob)));
    let child = add(&hers, lila()).await;

    let slot = world.slot(&practitioner, day.start());
    let request = HoldRequest { slot, patient: child, reason: None };
    let strange = booking::hold(&his, request.clone()).await;
    assert!(matches!(strange, Err(BookingRefusal::NotFound)), "{strange:?}");
    // Nor for the mother, whom the operator entered.
    let strange = booking::hold(&his, HoldRequest { slot, patient: ana, reason: None }).await;
    assert!(matches!(strange, Err(BookingRefusal::NotFound)), "{strange:?}");
    let of_ana = AppointmentFilter { patient: Some(ana), ..own() };
    assert!(matches!(booking::list(&his, &of_ana).await, Err(BookingRefusal::NotFound)));
    let held = booking::hold(&hers, request).await.expect("her child");
    assert_eq!(held.patient, child);
    for answer in [
        booking::find(&his, held.id).await,
        booking::confirm(&his, held.id, None, None).await,
        booking::cancel(&his, held.id, None, None).await,
        booking::assign(&his, held.id, bob).await,
        booking::come_back(&his, held.id).await,
    ] {
        assert!(matches!(answer, Err(BookingRefusal::NotFound)), "{answer:?}");
    }
    let visit = booking::confirm(&hers, held.id, None, None).await.expect("hers to confirm");
    let later = world.slot(&practitioner, day.start() + SignedDuration::from_mins(30));
    let moved = booking::reschedule(&his, visit.id, None, later).await;
    assert!(matches!(moved, Err(BookingRefusal::NotFound)), "{moved:?}");
    booking::reschedule(&hers, visit.id, None, later).await.expect("hers to move");

    let mine = world.book(ana, slot).await;
    let listed = booking::list(&hers, &own()).await.expect("a list").appointments;
    assert_eq!(listed.iter().map(|one| one.id).collect::<Vec<_>>(), [mine.id, visit.id], "by their starts");
    let only = AppointmentFilter { patient: Some(child), ..own() };
    assert_eq!(booking::list(&hers, &only).await.expect("the child's").appointments.len(), 1);
    assert!(matches!(booking::list(&his, &only).await, Err(BookingRefusal::NotFound)));
    assert!(booking::list(&his, &own()).await.expect("none").appointments.is_empty());

    // Of the record itself the mother sees what she entered, and no more of it than that.
    let record = directory::patient(&hers, child).await;
    assert!(matches!(record, Err(DirectoryRefusal::NotFound)), "{record:?}");
    let cancelled = booking::cancel(&hers, visit.id, None, None).await.expect("hers to cancel");
    assert_eq!(cancelled.status, Status::Cancelled);
    world.assert_consistent().await;
}

#[tokio::test]
async fn who_no_longer_cares_may_do_nothing_and_leaves_no_visit_behind() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let ctx = world.ctx(Actor::Patient(world.patient().await));
    let odette = add(&ctx, grandmother()).await;
    let slot = world.slot(&practitioner, day.start());
    let request = HoldRequest { slot, patient: odette, reason: None };
    let held = booking::hold(&ctx, request.clone()).await.expect("hers");
    let refused = identity::end_care(&ctx, odette).await;
    assert!(matches!(refused, Err(CareRefusal::VisitsAhead)), "{refused:?}");
    booking::cancel(&ctx, held.id, None, None).await.expect("given back");
    identity::end_care(&ctx, odette).await.expect("nothing is to come");
    identity::end_care(&ctx, odette).await.expect("twice is no error");

    assert!(matches!(booking::hold(&ctx, request).await, Err(BookingRefusal::NotFound)));
    assert!(matches!(booking::find(&ctx, held.id).await, Err(BookingRefusal::NotFound)));
    assert!(booking::list(&ctx, &own()).await.expect("a list").appointments.is_empty());
    assert!(identity::people(&ctx).await.expect("a list").is_empty());
    let corrected = identity::correct_person(&ctx, odette, 1, grandmother()).await;
    assert!(matches!(corrected, Err(CareRefusal::NotFound)), "{corrected:?}");
    assert_eq!(
        world.count("SELECT count(*) FROM audit WHERE action IN ('care.declare', 'care.end')").await,
        2
    );
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_child_comes_of_age() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 6, 60).await;
    let ctx = world.ctx(Actor::Patient(world.patient().await));
    let today: Date = ctx.pack.time_zone().to_datetime(ctx.clock.now()).date();
    // In three days she is eighteen; the visit is in six.
    let nearly = today.checked_add(3.days()).expect("a near day").checked_sub(18.years()).expect("a day");
    let child = add(&ctx, Person { birth_date: nearly, ..lila() }).await;
    let slot = world.slot(&practitioner, day.start());
    let held =
        booking::hold(&ctx, HoldRequest { slot, patient: child, reason: None }).await.expect("a minor");
    let visit = booking::confirm(&ctx, held.id, None, None).await.expect("a minor");
    world.let_pass(SignedDuration::from_hours(24 * 4)).await;
    assert!(matches!(booking::find(&ctx, visit.id).await, Err(BookingRefusal::NotFound)));
    let people = identity::people(&ctx).await.expect("a list");
    assert!(people[0].is_over, "she is told so: {people:?}");

    // To call a minor an adult lengthens nothing; an adult is no child.
    let called = add(&ctx, Person { relation: Relation::Other, ..lila() }).await;
    let people = identity::people(&ctx).await.expect("a list");
    let until = people.iter().find(|person| person.patient == called).and_then(|person| person.until);
    assert!(until.is_some_and(|until| until.to_string().starts_with("2038-05-03T22:00")), "{until:?}");
    let grown = Person { birth_date: date(2000, 1, 1), ..lila() };
    assert!(matches!(identity::add_person(&ctx, grown).await, Err(CareRefusal::OfAge)));
    world.assert_consistent().await;
}

#[tokio::test]
async fn nobody_cares_for_more_people_than_the_limit_and_a_form_sent_twice_enters_one() {
    let world = World::new().await;
    let ana = world.patient().await;
    let keyed = world.patient_with_key(ana, "POST /people", "one");
    let first = add(&keyed, lila()).await;
    assert_eq!(add(&keyed, lila()).await, first);
    let ctx = world.ctx(Actor::Patient(ana));
    let others = (1..identity::MOST_PEOPLE).map(|_| identity::add_person(&ctx, lila()));
    futures_util::future::try_join_all(others).await.expect("all at once, up to the limit");
    assert!(matches!(identity::add_person(&ctx, lila()).await, Err(CareRefusal::TooMany)));
    assert_eq!(world.count("SELECT count(*) FROM care").await, i64::from(identity::MOST_PEOPLE));
    assert_eq!(world.count("SELECT count(*) FROM patient").await, 1 + i64::from(identity::MOST_PEOPLE));

    let desk = world.ctx(Actor::Staff { subject: "desk".into(), organizations: Vec::new() });
    assert!(matches!(identity::people(&desk).await, Err(CareRefusal::Denied(_))));
    assert!(matches!(identity::people(&world.ctx(Actor::Nobody)).await, Err(CareRefusal::Denied(_))));
}

#[tokio::test]
async fn what_is_known_of_a_person_is_corrected_by_who_read_it() {
    let world = World::new().await;
    let ctx = world.ctx(Actor::Patient(world.patient().await));
    let child = add(&ctx, lila()).await;
    let right = Person { given_name: "Leïla".into(), ..lila() };
    identity::correct_person(&ctx, child, 1, right.clone()).await.expect("she read version 1");
    let again = identity::correct_person(&ctx, child, 1, right).await;
    assert!(matches!(again, Err(CareRefusal::VersionMismatch)), "{again:?}");
    let people = identity::people(&ctx).await.expect("a list");
    assert_eq!((people[0].given_name.as_str(), people[0].version), ("Leïla", 2));
    let stranger = world.ctx(Actor::Patient(world.patient().await));
    let strange = identity::correct_person(&stranger, child, 2, lila()).await;
    assert!(matches!(strange, Err(CareRefusal::NotFound)), "{strange:?}");
}

#[tokio::test]
async fn a_hold_is_given_to_the_child_without_ever_being_let_go() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 120).await;
    let ana = world.patient().await;
    let ctx = world.ctx(Actor::Patient(ana));
    let child = add(&ctx, lila()).await;
    let slot = world.slot(&practitioner, day.start());
    let held = world.hold(ana, slot).await.expect("free");
    let given = booking::assign(&ctx, held.id, child).await.expect("her child");
    assert_eq!((given.patient, given.status), (child, Status::Held));
    assert_eq!((given.hold_expires_at, given.version), (held.hold_expires_at, held.version + 1));
    booking::assign(&ctx, held.id, child).await.expect("it is the child's already");
    world.assert_consistent().await;

    // Her own time is free again, and the time that she holds for the child is still known as hers.
    let again = booking::hold(&ctx, HoldRequest { slot, patient: ana, reason: None }).await;
    assert!(
        matches!(again, Err(BookingRefusal::AlreadyYours { appointment }) if appointment == held.id),
        "{again:?}"
    );
    let other = world.practitioner(vec![]).await;
    world.open_day(&other, 3, 120).await;
    world.hold(ana, world.slot(&other, day.start())).await.expect("she is free then");
    // The child is not: what overlaps is refused, and the hold stays as it was.
    let third = world.practitioner(vec![]).await;
    world.open_day(&third, 3, 120).await;
    let bob = world.patient().await;
    let _ = world.hold(bob, world.slot(&third, day.start())).await.expect("free");
    let half_past = day.start() + SignedDuration::from_mins(30);
    let second = world.hold(ana, world.slot(&third, half_past)).await.expect("free");
    booking::assign(&ctx, second.id, child).await.expect("another time of the child's");
    let back = booking::assign(&ctx, held.id, ana).await;
    assert!(matches!(back, Err(BookingRefusal::PatientOverlap)), "she holds another visit then: {back:?}");
    assert_eq!(booking::find(&ctx, held.id).await.expect("hers").patient, child);
    let booked = booking::confirm(&ctx, held.id, None, None).await.expect("in time");
    assert_eq!(booked.patient, child);
    let late = booking::assign(&ctx, held.id, ana).await;
    assert!(matches!(late, Err(BookingRefusal::AlreadyConfirmed)), "{late:?}");
    world.assert_consistent().await;
}

#[tokio::test]
async fn the_rules_hold_for_whom_the_visit_is() {
    let world = World::new().await;
    let for_new = NewVisitType { who_may_book: WhoMayBook::New, ..NewVisitType::default() };
    let for_known = NewVisitType { who_may_book: WhoMayBook::Known, ..NewVisitType::default() };
    let practitioner = world.practitioner(vec![for_new, for_known]).await;
    let day = world.open_day(&practitioner, 3, 240).await;
    let ana = world.patient().await;
    let ctx = world.ctx(Actor::Patient(ana));
    let child = add(&ctx, lila()).await;
    let held = world.hold(ana, world.slot(&practitioner, day.start())).await.expect("she is new here");
    booking::assign(&ctx, held.id, child).await.expect("so is the child");
    booking::confirm(&ctx, held.id, None, None).await.expect("in time");
    world.let_pass(SignedDuration::from_hours(24 * 5)).await;

    let now = ctx.clock.now() + SignedDuration::from_hours(24 * 5);
    assert!(now > day.end(), "the child has been here");
    let next = world.open_day(&practitioner, 9, 240).await;
    let known = |minutes| {
        let start = next.start() + SignedDuration::from_mins(minutes);
        SlotId::new(practitioner.id, practitioner.visit_types[1].id, start)
    };
    let refused = booking::hold(&ctx, HoldRequest { slot: known(0), patient: ana, reason: None }).await;
    assert!(matches!(refused, Err(BookingRefusal::KnownPatientsOnly)), "{refused:?}");
    let request = HoldRequest { slot: known(0), patient: child, reason: None };
    let visit = booking::hold(&ctx, request).await.expect("the child has been here");
    let to_her = booking::assign(&ctx, visit.id, ana).await;
    assert!(matches!(to_her, Err(BookingRefusal::KnownPatientsOnly)), "{to_her:?}");
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_childs_holds_keep_to_the_limit() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 240).await;
    let ana = world.patient().await;
    let ctx = world.ctx(Actor::Patient(ana));
    let child = add(&ctx, lila()).await;
    let at = |minutes: i64| world.slot(&practitioner, day.start() + SignedDuration::from_mins(minutes));
    for minutes in [0, 30, 60] {
        let request = HoldRequest { slot: at(minutes), patient: child, reason: None };
        booking::hold(&ctx, request).await.expect("within the limit");
    }
    let held = world.hold(ana, at(90)).await.expect("her own limit");
    let refused = booking::assign(&ctx, held.id, child).await;
    assert!(matches!(refused, Err(BookingRefusal::TooManyHolds { limit: 3 })), "{refused:?}");
    assert_eq!(booking::find(&ctx, held.id).await.expect("still hers").patient, ana);
    // Holds that are over count no more, whether or not a worker has run.
    world.let_pass(SignedDuration::from_mins(20)).await;
    let fresh = world.hold(ana, at(120)).await.expect("her own limit");
    world.let_pass(SignedDuration::from_mins(15)).await;
    booking::assign(&ctx, fresh.id, child).await.expect("the others are over");
    world.assert_consistent().await;
}

#[tokio::test]
async fn mails_about_a_child_go_to_the_mother() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let ana = world.patient_with_mail("ana@example.org").await;
    let ctx = world.ctx(Actor::Patient(ana));
    let child = add(&ctx, lila()).await;
    let request = HoldRequest { slot: world.slot(&practitioner, day.start()), patient: child, reason: None };
    let held = booking::hold(&ctx, request).await.expect("free");
    let visit = booking::confirm(&ctx, held.id, None, None).await.expect("in time");
    assert_eq!(world.count("SELECT count(*) FROM job WHERE kind = 'mail.confirmation'").await, 1);
    let mailer =
        rendez_platform::mail::Mailer::new(None, "rendez@example.org").expect("a mailer that sends nothing");
    let server = Ctx::server(std::sync::Arc::clone(&world.services));
    notify::deliver(&server, &mailer, notify::MailKind::Confirmation, visit.id, visit.version)
        .await
        .expect("a mail");
    let mails = notify::kept_mails(&server).await.expect("mails");
    assert_eq!(mails[0].to, "ana@example.org");
    assert!(
        mails[0].calendar.as_ref().is_some_and(|file| file.contains("(Lila Martin)")),
        "{:?}",
        mails[0].calendar
    );
    assert!(
        mails[0].body.contains("Ana Martin") && mails[0].body.contains("pour Lila Martin"),
        "{}",
        mails[0].body
    );
}
