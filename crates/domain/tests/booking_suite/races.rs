//! Many want the same time at the same moment.

use std::future::Future;

use jiff::SignedDuration;
use rendez_domain::booking::{self, Appointment, BookingRefusal, HoldRequest, Status};
use rendez_domain::directory::NewVisitType;
use rendez_domain::idempotency::KeyRefusal;
use rendez_testkit::World;
use rendez_vocab::Actor;
use rendez_vocab::ids::SlotId;

type Booked = Result<Appointment, BookingRefusal>;

/// Starts all at once and waits for all.
async fn together<T: Send + 'static>(
    all: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let running: Vec<_> = all.into_iter().map(tokio::spawn).collect();
    let mut ended = Vec::with_capacity(running.len());
    for one in running {
        ended.push(one.await.expect("no racer panics"));
    }
    ended
}

/// A deadlock would have ended one of the racers; PostgreSQL's own count says the same once its processes have gone.
async fn assert_no_deadlock(world: &World) {
    let client = world.database.connect().await;
    let others = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    client.query_one(others, &[]).await.expect("the others can be ended");
    let count = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(world.count(count).await, 0, "deadlocks");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hundred_callers_for_twenty_slots_exactly_twenty_win() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 300).await;
    let mut callers = Vec::new();
    for place in 0..200 {
        let patient = world.patient().await;
        let slot = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15 * (place % 20)));
        let world = world.clone();
        callers.push(async move { world.hold(patient, slot).await });
    }
    let answers = together(callers).await;
    let winners = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(winners, 20);
    for refusal in answers.into_iter().filter_map(Result::err) {
        assert!(matches!(refusal, BookingRefusal::SlotTaken { .. }), "{refusal:?}");
    }
    world.assert_consistent().await;
    assert_no_deadlock(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn visits_of_odd_lengths_race_for_overlapping_time() {
    let world = World::new().await;
    let lengths = [15, 25, 40].map(|duration_minutes| NewVisitType {
        duration_minutes,
        buffer_after_minutes: duration_minutes % 10,
        ..NewVisitType::default()
    });
    let practitioner = world.practitioner(lengths.to_vec()).await;
    let day = world.open_day(&practitioner, 3, 180).await;
    let mut callers = Vec::new();
    for visit_type in &practitioner.visit_types {
        let offered =
            booking::slots(&world.admin(), practitioner.id, visit_type.id, day, None).await.expect("slots");
        for _ in 0..4 {
            for slot in &offered.slots {
                let slot = SlotId::new(practitioner.id, visit_type.id, slot.start);
                let (world, patient) = (world.clone(), world.patient().await);
                callers.push(async move { world.hold(patient, slot).await });
            }
        }
    }
    let answers = together(callers).await;
    assert!(answers.iter().any(Result::is_ok), "somebody wins");
    for refusal in answers.into_iter().filter_map(Result::err) {
        assert!(matches!(refusal, BookingRefusal::SlotTaken { .. }), "{refusal:?}");
    }
    world.assert_consistent().await;
    assert_no_deadlock(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_patients_who_swap_their_visits_at_the_same_moment_never_lock_each_other() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 45).await;
    let slots = [0, 15, 30]
        .map(|minutes| world.slot(&practitioner, day.start() + SignedDuration::from_mins(minutes)));
    let (ana, bob) = (world.patient().await, world.patient().await);
    let (of_ana, of_bob) = (world.book(ana, slots[0]).await.id, world.book(bob, slots[1]).await.id);
    for round in 0..20 {
        let at = |id| {
            let ctx = world.admin();
            async move { booking::find(&ctx, id).await.expect("still there").range.start() }
        };
        let (one, other) = (at(of_ana).await, at(of_bob).await);
        // Every third round bob moves to the free time instead, and ana right behind him.
        let free = slots.iter().find(|slot| slot.start() != one && slot.start() != other).expect("the third");
        let bobs = if round % 3 == 0 { *free } else { world.slot(&practitioner, one) };
        let anas = world.slot(&practitioner, other);
        let moves = [(Actor::Patient(ana), of_ana, anas), (Actor::Patient(bob), of_bob, bobs)].map(
            |(actor, id, to)| {
                let ctx = world.ctx(actor);
                async move { booking::reschedule(&ctx, id, None, to).await }
            },
        );
        for answer in together(moves).await {
            match answer {
                Ok(moved) => assert_eq!(moved.status, Status::Booked),
                Err(BookingRefusal::SlotTaken { .. } | BookingRefusal::Busy) => {}
                Err(other) => panic!("round {round}: {other:?}"),
            }
        }
        world.assert_consistent().await;
    }
    assert_no_deadlock(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_patient_is_never_in_two_places_even_when_both_are_asked_at_once() {
    let world = World::new().await;
    let practitioners = [world.practitioner(vec![]).await, world.practitioner(vec![]).await];
    let day = world.open_day(&practitioners[0], 3, 150).await;
    world.open_day(&practitioners[1], 3, 150).await;
    for round in 0..10 {
        let patient = world.patient().await;
        let start = day.start() + SignedDuration::from_mins(15 * round);
        let holds = practitioners.each_ref().map(|practitioner| {
            let (world, slot) = (world.clone(), world.slot(practitioner, start));
            async move { world.hold(patient, slot).await }
        });
        let answers = together(holds).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "round {round}: {answers:?}");
        for refusal in answers.into_iter().filter_map(Result::err) {
            assert!(matches!(refusal, BookingRefusal::PatientOverlap | BookingRefusal::Busy), "{refusal:?}");
        }
    }
    world.assert_consistent().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_at_the_same_moment_has_one_effect() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 150).await;
    for round in 0..10 {
        let patient = world.patient().await;
        let slot = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15 * round));
        let repeated = (0..6).map(|_| {
            let ctx = world.patient_with_key(patient, "POST /v1/appointments", "once");
            async move { booking::hold(&ctx, HoldRequest { slot, patient, reason: None }).await }
        });
        let answers: Vec<Booked> = together(repeated).await;
        let first = answers.iter().find_map(|answer| answer.as_ref().ok()).expect("one of them did it");
        for answer in &answers {
            match answer {
                Ok(same) => assert_eq!((same.id, same.version), (first.id, 1)),
                Err(BookingRefusal::Key(KeyRefusal::InUse) | BookingRefusal::Busy) => {}
                Err(other) => panic!("round {round}: {other:?}"),
            }
        }
    }
    assert_eq!(world.count("SELECT count(*) FROM appointment").await, 10);
    world.assert_consistent().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn confirming_and_giving_up_at_once_leaves_one_truth() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 150).await;
    for round in 0..10 {
        let patient = world.patient().await;
        let slot = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15 * round));
        let held = world.hold(patient, slot).await.expect("free");
        let (one, other) = (world.ctx(Actor::Patient(patient)), world.ctx(Actor::Patient(patient)));
        let confirm = tokio::spawn(async move { booking::confirm(&one, held.id, None, None).await });
        let cancel = tokio::spawn(async move { booking::cancel(&other, held.id, None, None).await });
        let confirmed = confirm.await.expect("no panic");
        let cancelled =
            cancel.await.expect("no panic").expect("a hold and a booked visit can both be given up");
        assert_eq!(cancelled.status, Status::Cancelled);
        match confirmed {
            Ok(booked) => assert_eq!((booked.version, cancelled.version), (2, 3)),
            Err(BookingRefusal::WrongStatus) => assert_eq!(cancelled.version, 2),
            Err(other) => panic!("{other:?}"),
        }
    }
    world.assert_consistent().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn confirming_and_expiring_at_the_deadline_leave_one_truth() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let mut held = Vec::new();
    for place in 0..4 {
        let patient = world.patient().await;
        let slot = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15 * place));
        held.push(world.hold(patient, slot).await.expect("free"));
    }
    let deadline = held.iter().filter_map(|held| held.hold_expires_at).max().expect("deadlines");
    world.stop_clock_at(deadline).await;
    let confirms: Vec<_> = held
        .iter()
        .map(|held| {
            let (ctx, id) = (world.ctx(Actor::Patient(held.patient)), held.id);
            tokio::spawn(async move { booking::confirm(&ctx, id, None, None).await })
        })
        .collect();
    let sweeper = world.admin();
    let sweep = tokio::spawn(async move { booking::sweep(&sweeper).await });
    for confirm in confirms {
        let late = confirm.await.expect("no panic");
        assert!(matches!(late, Err(BookingRefusal::HoldExpired)), "{late:?}");
    }
    sweep.await.expect("no panic").expect("a sweep");
    booking::sweep(&world.admin()).await.expect("the rest");
    assert_eq!(world.count("SELECT count(*) FROM appointment WHERE status = 'expired'").await, 4);
    world.assert_consistent().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sweeps_that_meet_share_the_work_and_do_nothing_twice() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 600).await;
    for place in 0..40 {
        let patient = world.patient().await;
        let slot = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15 * place));
        let ctx = world.patient_with_key(patient, "POST /v1/appointments", "k");
        booking::hold(&ctx, HoldRequest { slot, patient, reason: None }).await.expect("free");
    }
    world.let_pass(SignedDuration::from_hours(25)).await;
    let sweeps = (0..4).map(|_| {
        let ctx = world.admin();
        async move { booking::sweep(&ctx).await.expect("a sweep") }
    });
    let store = world.services.store.clone();
    let purge = tokio::spawn(async move { rendez_domain::idempotency::purge(&store, 24).await });
    let released: usize = together(sweeps).await.into_iter().sum();
    assert_eq!(purge.await.expect("no panic").expect("a purge"), 40, "answers of yesterday");
    assert_eq!(released, 40);
    assert_eq!(booking::sweep(&world.admin()).await.expect("a sweep"), 0);
    world.assert_consistent().await;
}
