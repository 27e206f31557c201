//! The line: who gets a time, and who gets it then.

use rendez_domain::booking::{self, Status};
use rendez_domain::idempotency::Answer;
use rendez_domain::waiting::{self, Ahead, WishStatus};
use rendez_testkit::World;
use rendez_vocab::Actor;
use serde_json::Value;

use crate::room::{Full, any_time, catch_up, leave, minutes, seen, server, somebody_waits, status, wishes};

#[tokio::test]
async fn who_asked_first_gets_it_then_the_next_and_nobody_twice() {
    let world = World::new().await;
    let full = Full::new(&world).await;
    let mut line = Vec::new();
    for _ in 0..3 {
        line.push(somebody_waits(&world, &full.practitioner).await);
    }
    assert_eq!(catch_up(&world).await, [], "nothing is free");
    full.free(&world).await;

    let given = catch_up(&world).await;
    assert_eq!(wishes(&given), [line[0].id]);
    let first = seen(&world, &line[0]).await;
    let offered = first.offered.expect("a time");
    assert_eq!(
        (first.status, offered.start, offered.appointment),
        (WishStatus::Offered, full.start, given[0].appointment)
    );
    let held = booking::find(&world.ctx(Actor::Patient(line[0].patient)), offered.appointment)
        .await
        .expect("theirs");
    assert_eq!((held.status, held.hold_expires_at), (Status::Held, offered.expires_at));
    assert_eq!(status(&world, &line[1]).await, WishStatus::Waiting);

    // The first says no: the second has it.
    let declined =
        waiting::decline(&world.ctx(Actor::Patient(line[0].patient)), line[0].id).await.expect("offered");
    assert_eq!(declined.status, WishStatus::Lapsed);
    assert_eq!(wishes(&catch_up(&world).await), [line[1].id]);

    // The second does nothing: the third has it.
    world.let_pass(minutes(24 * 60)).await;
    assert_eq!(status(&world, &line[1]).await, WishStatus::Lapsed, "whether or not a worker has noted it");
    booking::sweep(&server(&world)).await.expect("a sweep");
    assert_eq!(wishes(&catch_up(&world).await), [line[2].id]);

    // The third takes it, and the line is done.
    let third = seen(&world, &line[2]).await.offered.expect("a time");
    booking::confirm(&world.ctx(Actor::Patient(line[2].patient)), third.appointment, None, None)
        .await
        .expect("in time");
    assert_eq!(status(&world, &line[2]).await, WishStatus::Taken);
    assert_eq!(catch_up(&world).await, []);
    assert_eq!(world.count("SELECT count(*) FROM wish WHERE status = 'taken'").await, 1, "it has been noted");
    assert_eq!(world.count("SELECT count(*) FROM wish WHERE status = 'lapsed'").await, 2);
    world.assert_consistent().await;
}

#[tokio::test]
async fn who_waits_again_stands_at_the_end_and_is_not_offered_the_same_time() {
    let world = World::new().await;
    let full = Full::new(&world).await;
    let ana = somebody_waits(&world, &full.practitioner).await;
    let bob = somebody_waits(&world, &full.practitioner).await;
    full.free(&world).await;
    assert_eq!(wishes(&catch_up(&world).await), [ana.id]);
    let ctx = world.ctx(Actor::Patient(ana.patient));
    waiting::decline(&ctx, ana.id).await.expect("offered");
    let Answer::Fresh(again) =
        waiting::wait_again(&ctx, ana.id, None, |_| Value::Null).await.expect("lapsed")
    else {
        panic!("nothing to replay")
    };
    assert_eq!((again.status, again.ahead), (WishStatus::Waiting, Some(Ahead::Exactly(1))), "behind bob");
    assert_eq!(wishes(&catch_up(&world).await), [bob.id]);
    waiting::decline(&world.ctx(Actor::Patient(bob.patient)), bob.id).await.expect("offered");
    assert_eq!(catch_up(&world).await, [], "ana has said no to this very time");

    // Another time is another matter.
    let later = world.open_day(&full.practitioner, 4, 15).await;
    assert_eq!(wishes(&catch_up(&world).await), [ana.id]);
    assert_eq!(seen(&world, &ana).await.offered.expect("a time").start, later.start());
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_visit_that_moves_away_frees_its_time() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 30).await;
    let (ana, bob) = (world.patient().await, world.patient().await);
    let first = world.book(ana, world.slot(&practitioner, day.start())).await;
    let second = world.book(bob, world.slot(&practitioner, day.start() + minutes(15))).await;
    let wish = somebody_waits(&world, &practitioner).await;
    assert_eq!(catch_up(&world).await, []);
    let next = world.open_day(&practitioner, 5, 15).await;
    let elsewhere = world.slot(&practitioner, next.start());
    booking::reschedule(&world.ctx(Actor::Patient(ana)), first.id, None, elsewhere).await.expect("free");
    assert_eq!(wishes(&catch_up(&world).await), [wish.id]);
    assert_eq!(seen(&world, &wish).await.offered.expect("a time").start, day.start());
    drop(second);
    world.assert_consistent().await;
}

#[tokio::test]
async fn who_does_not_wait_any_more_gets_nothing() {
    let world = World::new().await;
    let full = Full::new(&world).await;
    let gone = somebody_waits(&world, &full.practitioner).await;
    let next = somebody_waits(&world, &full.practitioner).await;
    let last = somebody_waits(&world, &full.practitioner).await;
    let ctx = world.ctx(Actor::Patient(gone.patient));
    waiting::withdraw(&ctx, gone.id, None, |_| Value::Null).await.expect("waiting");
    full.free(&world).await;
    assert_eq!(wishes(&catch_up(&world).await), [next.id]);
    // With the offer in hand: the time goes on.
    let ctx = world.ctx(Actor::Patient(next.patient));
    waiting::withdraw(&ctx, next.id, None, |_| Value::Null).await.expect("offered");
    assert_eq!(status(&world, &next).await, WishStatus::Withdrawn);
    assert_eq!(wishes(&catch_up(&world).await), [last.id]);
    assert_eq!(status(&world, &next).await, WishStatus::Withdrawn, "still");
    world.assert_consistent().await;
}

#[tokio::test]
async fn the_position_counts_those_who_may_get_the_same_times() {
    let world = World::new().await;
    let full = Full::new(&world).await;
    let other = world.practitioner(vec![]).await;
    let first = somebody_waits(&world, &full.practitioner).await;
    somebody_waits(&world, &other).await;
    // Mornings and evenings never meet.
    let patient = world.patient().await;
    let mut mornings = any_time(&world, patient, &full.practitioner);
    mornings.hours = waiting::Hours::new(6 * 60, 12 * 60).expect("hours");
    let mornings = leave(&world, mornings).await.expect("a wish");
    let patient = world.patient().await;
    let mut evenings = any_time(&world, patient, &full.practitioner);
    evenings.hours = waiting::Hours::new(18 * 60, 24 * 60).expect("hours");
    let evenings = leave(&world, evenings).await.expect("a wish");
    let last = somebody_waits(&world, &full.practitioner).await;
    let mut positions = Vec::new();
    for wish in [&first, &mornings, &evenings, &last] {
        positions.push(seen(&world, wish).await.ahead.expect("it waits"));
    }
    assert_eq!(positions, [0, 1, 1, 3].map(Ahead::Exactly));
    assert_eq!(
        waiting::count_for(&world.desk_of(&full.practitioner), full.practitioner.id).await.expect("theirs"),
        4
    );
    let ctx = world.ctx(Actor::Patient(first.patient));
    waiting::withdraw(&ctx, first.id, None, |_| Value::Null).await.expect("waiting");
    assert_eq!(seen(&world, &last).await.ahead, Some(Ahead::Exactly(2)), "the line moves up");
}

#[tokio::test]
async fn an_offer_outlives_its_page_and_a_blocked_patient_is_passed_over_once() {
    let world = World::new().await;
    let full = Full::new(&world).await;
    let blocked = somebody_waits(&world, &full.practitioner).await;
    let next = somebody_waits(&world, &full.practitioner).await;
    let conn = world.services.store.read_fresh().await.expect("a connection");
    let sql = "INSERT INTO patient_block (organization_id, patient_id, reason, blocked_by) VALUES ($1, $2, 'missed three', 'test')";
    conn.execute(sql, &[&full.practitioner.organization.uuid(), &blocked.patient.uuid()])
        .await
        .expect("a block");
    drop(conn);
    full.free(&world).await;
    assert_eq!(
        wishes(&catch_up(&world).await),
        [next.id],
        "whom the practice asks to call is not offered a time"
    );

    let ctx = world.ctx(Actor::Patient(next.patient));
    let offered = seen(&world, &next).await.offered.expect("a time");
    assert!(waiting::is_offered(&ctx, offered.appointment).await.expect("an answer"));
    booking::leave(&ctx, offered.appointment).await.expect("theirs");
    let held = booking::find(&ctx, offered.appointment).await.expect("theirs");
    assert_eq!(held.hold_expires_at, offered.expires_at, "it was promised for longer than a look at a page");
    world.assert_consistent().await;
}
