//! What is written down with each booking: audit, change log, versions, answers for repeated requests.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use jiff::SignedDuration;
use rendez_domain::booking::{self, BookingRefusal, HoldRequest, Outcome, OverbookRequest, Status};
use rendez_domain::directory::{self, NewTimeOff, OpeningHours, PractitionerChange};
use rendez_domain::idempotency::{Answer, IdempotencyKey, KeyRefusal};
use rendez_domain::{Ctx, Origin};
use rendez_testkit::World;
use rendez_vocab::Actor;
use rendez_vocab::clock::SystemClock;
use rendez_vocab::ids::AppointmentId;

fn with_key(ctx: Ctx, key: &str, body: &str) -> Ctx {
    let key = IdempotencyKey {
        caller: ctx.actor.to_string(),
        route: "POST /v1/appointments".into(),
        key: key.into(),
        fingerprint: body.as_bytes().to_vec(),
    };
    Ctx { idempotency: Some(key), ..ctx }
}

/// Kind and status of each change about a visit, in order.
async fn changes(world: &World, id: AppointmentId) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', kind, detail ->> 'status') FROM change WHERE subject_id = $1 ORDER BY xid, seq";
    let rows = world.database.connect().await.query(sql, &[&id.uuid()]).await.expect("changes");
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn who_did_what_when_and_from_where_stands_in_the_audit() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let ana = world.patient().await;
    let origin =
        Origin { address: Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))), request_id: Some("req-1".into()) };
    let patient = Ctx { origin: origin.clone(), ..world.ctx(Actor::Patient(ana)) };
    let desk = Ctx { origin, ..world.desk_of(&practitioner) };
    let slot = world.slot(&practitioner, day.start());
    let later = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15));
    let held = booking::hold(&patient, HoldRequest { slot, patient: ana, reason: None }).await.expect("free");
    booking::confirm(&patient, held.id, None, None).await.expect("in time");
    booking::reschedule(&desk, held.id, None, later).await.expect("free");
    world.stop_clock_at(later.start()).await;
    booking::settle(&desk, held.id, None, Outcome::Arrived).await.expect("in time");
    booking::settle(&desk, held.id, None, Outcome::Fulfilled).await.expect("done");

    let client = world.database.connect().await;
    let sql = "SELECT actor, action, version, host(address), request_id FROM audit WHERE subject_id = $1 ORDER BY id";
    let rows = client.query(sql, &[&held.id.uuid()]).await.expect("the audit");
    let told: Vec<(String, String, i64)> =
        rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    let by =
        |actor: &str, action: &str, version| (actor.to_owned(), format!("appointment.{action}"), version);
    let who = format!("patient:{ana}");
    let expected = [
        by(&who, "hold", 1),
        by(&who, "confirm", 2),
        by("staff:desk", "reschedule", 3),
        by("staff:desk", "arrived", 4),
        by("staff:desk", "fulfilled", 5),
    ];
    assert_eq!(told, expected);
    for row in &rows {
        assert_eq!((row.get::<_, &str>(3), row.get::<_, &str>(4)), ("192.0.2.7", "req-1"));
    }
    let followers = [
        "claimed",
        "appointment booked",
        "released moved",
        "claimed moved",
        "appointment arrived",
        "appointment fulfilled",
    ];
    assert_eq!(changes(&world, held.id).await, followers);
    for forbidden in ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"] {
        assert!(client.batch_execute(forbidden).await.is_err(), "{forbidden}");
    }
    world.assert_consistent().await;
}

#[tokio::test]
async fn what_changes_the_directory_is_in_the_audit_too() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let (desk, id) = (world.desk_of(&practitioner), practitioner.id);
    let nothing = PractitionerChange::default();
    directory::update_practitioner(&desk, id, None, nothing).await.expect("theirs");
    directory::put_opening_hours(&desk, id, None, OpeningHours::default()).await.expect("theirs");
    let day = world.open_day(&practitioner, 3, 60).await;
    let opening = world.opening_id("SELECT id FROM opening").await;
    directory::delete_opening(&desk, id, opening).await.expect("theirs");
    let off = NewTimeOff { range: day, reason: None };
    let taken = directory::take_time_off(&desk, id, off, |_| serde_json::Value::Null).await.expect("theirs");
    let Answer::Fresh(taken) = taken else { panic!("nothing to replay") };
    directory::end_time_off(&desk, id, taken.time_off.id).await.expect("theirs");

    let sql = "SELECT action FROM audit WHERE subject_id = $1 ORDER BY id";
    let rows = world.database.connect().await.query(sql, &[&id.uuid()]).await.expect("the audit");
    let actions: Vec<&str> = rows.iter().map(|row| row.get(0)).collect();
    let expected = [
        "practitioner.create",
        "practitioner.update",
        "opening-hours.replace",
        "opening.create",
        "opening.delete",
        "time-off.create",
        "time-off.end",
    ];
    assert_eq!(actions, expected);
    let told = "SELECT count(*) FROM change WHERE kind = 'schedule'";
    assert_eq!(world.count(told).await, 7, "followers hear of each change of what may be booked");
    world.assert_consistent().await;
}

#[tokio::test]
async fn state_audit_and_change_are_of_one_transaction() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let ana = world.patient().await;
    let held = world.hold(ana, world.slot(&practitioner, day.start())).await.expect("free");
    let together = format!(
        "SELECT count(*) FROM appointment a JOIN audit u ON u.subject_id = a.id AND u.xmin = a.xmin
         JOIN change c ON c.subject_id = a.id AND c.xmin = a.xmin JOIN hold h ON h.appointment_id = a.id AND h.xmin = a.xmin
         JOIN claim l ON l.owner_id = a.id AND l.xmin = a.xmin WHERE a.id = '{}'",
        held.id.uuid()
    );
    assert_eq!(world.count(&together).await, 2, "with both claims");
    world.let_pass(SignedDuration::from_mins(31)).await;
    booking::sweep(&world.admin()).await.expect("a sweep");
    assert_eq!(changes(&world, held.id).await, ["claimed", "released expired"]);
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_version_that_somebody_else_has_changed_is_refused_by_every_command() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let ana = world.patient().await;
    let held = world.hold(ana, world.slot(&practitioner, day.start())).await.expect("free");
    let later = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15));
    let ctx = world.admin();
    let stale = Some(held.version + 1);
    let answers = [
        booking::confirm(&ctx, held.id, stale, None).await,
        booking::cancel(&ctx, held.id, stale, None).await,
        booking::reschedule(&ctx, held.id, stale, later).await,
        booking::settle(&ctx, held.id, stale, Outcome::Arrived).await,
    ];
    for answer in answers {
        assert!(matches!(answer, Err(BookingRefusal::VersionMismatch)), "{answer:?}");
    }
    let moved = booking::reschedule(&ctx, held.id, Some(1), later).await.expect("the right version");
    assert_eq!((moved.version, moved.status, moved.hold_expires_at), (2, Status::Held, held.hold_expires_at));
    let booked = booking::confirm(&ctx, held.id, Some(2), None).await.expect("the right version");
    booking::cancel(&ctx, held.id, Some(booked.version), None).await.expect("the right version");
    world.assert_consistent().await;
}

#[tokio::test]
async fn every_repeated_command_gets_its_first_answer_even_from_another_process() {
    let world = World::new().await;
    let elsewhere = world.another_process(Arc::new(SystemClock));
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    let slot = world.slot(&practitioner, day.start());
    let later = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15));
    let request = HoldRequest { slot, patient: ana, reason: Some("dos".into()) };
    let here = |key: &str| with_key(world.ctx(Actor::Patient(ana)), key, "body");
    let there = |key: &str| with_key(elsewhere.ctx(Actor::Patient(ana)), key, "body");

    let held = booking::hold(&here("hold"), request.clone()).await.expect("free");
    let booked = booking::confirm(&here("confirm"), held.id, Some(1), None).await.expect("in time");
    let moved = booking::reschedule(&here("move"), held.id, Some(2), later).await.expect("free");
    let gone = booking::cancel(&here("cancel"), held.id, Some(3), None).await.expect("in time");
    let id = held.id;
    let squeeze = OverbookRequest {
        practitioner: practitioner.id,
        visit_type: slot.visit_type,
        patient: bob,
        start: day.start(),
        end: None,
        overbook_reason: "urgence".into(),
        reason: None,
    };
    let squeezed =
        booking::overbook(&with_key(world.admin(), "squeeze", "body"), squeeze.clone()).await.expect("free");
    world.let_pass(SignedDuration::from_hours(1)).await;

    let again = [
        (held, booking::hold(&there("hold"), request.clone()).await.expect("first answer")),
        (booked, booking::confirm(&there("confirm"), id, Some(1), None).await.expect("first answer")),
        (moved, booking::reschedule(&there("move"), id, Some(2), later).await.expect("first answer")),
        (gone, booking::cancel(&there("cancel"), id, Some(3), None).await.expect("first answer")),
        (
            squeezed,
            booking::overbook(&with_key(elsewhere.admin(), "squeeze", "body"), squeeze)
                .await
                .expect("first answer"),
        ),
    ];
    for (first, second) in again {
        assert_eq!(format!("{first:?}"), format!("{second:?}"));
    }
    assert_eq!(world.count("SELECT count(*) FROM appointment").await, 2);
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_key_belongs_to_one_request_and_a_refusal_uses_none_up() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    let slot = world.slot(&practitioner, day.start());
    let of_ana = HoldRequest { slot, patient: ana, reason: None };
    let held = booking::hold(&with_key(world.ctx(Actor::Patient(ana)), "k", "a"), of_ana.clone())
        .await
        .expect("free");

    // Bob's key `k` is not Ana's.
    let bobs = |body: &str| with_key(world.ctx(Actor::Patient(bob)), "k", body);
    let of_bob = HoldRequest { patient: bob, ..of_ana.clone() };
    let taken = booking::hold(&bobs("b"), of_bob.clone()).await;
    assert!(matches!(taken, Err(BookingRefusal::SlotTaken { .. })), "{taken:?}");
    assert_eq!(world.count("SELECT count(*) FROM idempotency").await, 1, "a refusal stores nothing");
    booking::cancel(&world.admin(), held.id, None, None).await.expect("in time");
    booking::hold(&bobs("b"), of_bob).await.expect("the same key, now that the time is free");

    let ctx = with_key(world.ctx(Actor::Patient(ana)), "k", "other");
    let later = world.slot(&practitioner, day.start() + SignedDuration::from_mins(30));
    let answers = [
        booking::hold(&ctx, of_ana).await,
        booking::confirm(&ctx, held.id, None, None).await,
        booking::cancel(&ctx, held.id, None, None).await,
        booking::reschedule(&ctx, held.id, None, later).await,
    ];
    for answer in answers {
        assert!(matches!(answer, Err(BookingRefusal::Key(KeyRefusal::Reused))), "{answer:?}");
    }
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_mail_is_owed_only_for_what_was_booked_and_only_to_who_has_an_address() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let (ana, bob) = (world.patient_with_mail("ana@example.org").await, world.patient().await);
    let slots = [0, 15, 30]
        .map(|minutes| world.slot(&practitioner, day.start() + SignedDuration::from_mins(minutes)));
    let booked = world.book(ana, slots[0]).await;
    booking::reschedule(&world.admin(), booked.id, None, slots[1]).await.expect("free");
    booking::cancel(&world.admin(), booked.id, None, None).await.expect("in time");
    let given_up = world.hold(ana, slots[2]).await.expect("free");
    booking::cancel(&world.admin(), given_up.id, None, None).await.expect("a hold owes nobody a mail");
    world.book(bob, slots[0]).await;
    let client = world.database.connect().await;
    let rows =
        client.query("SELECT kind, payload ->> 'version' FROM job ORDER BY id", &[]).await.expect("jobs");
    let owed: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let mail = |kind: &str, version: &str| (format!("mail.{kind}"), version.to_owned());
    assert_eq!(owed, [mail("confirmation", "2"), mail("moved", "3"), mail("cancellation", "4")]);
    world.assert_consistent().await;
}
