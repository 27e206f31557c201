//! Several workers, slow ones, and ones that were away.

use std::sync::Arc;

use rendez_domain::booking;
use rendez_domain::waiting::{self, WishStatus};
use rendez_testkit::World;
use rendez_vocab::Actor;
use rendez_vocab::clock::SystemClock;

use crate::room::{Full, catch_up, minutes, seen, server, somebody_waits, status, wishes};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_at_once_offer_each_time_once_and_in_order() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let mut line = Vec::new();
    for _ in 0..8 {
        line.push(somebody_waits(&world, &practitioner).await);
    }
    catch_up(&world).await;
    // Five times for eight.
    let day = world.open_day(&practitioner, 3, 75).await;
    let other = world.another_process(Arc::new(SystemClock));
    let workers: Vec<_> = [&world, &other, &world, &other]
        .map(|process| {
            let ctx = server(process);
            let id = practitioner.id;
            tokio::spawn(async move { waiting::offer_freed(&ctx, id).await.expect("the job is done") })
        })
        .into_iter()
        .collect();
    let mut given = Vec::new();
    for worker in workers {
        given.extend(worker.await.expect("no panic"));
    }
    given.extend(catch_up(&world).await);
    assert_eq!(wishes(&given), line[..5].iter().map(|wish| wish.id).collect::<Vec<_>>());
    for (place, wish) in line[..5].iter().enumerate() {
        let place = i64::try_from(place).expect("few");
        assert_eq!(
            seen(&world, wish).await.offered.expect("a time").start,
            day.start() + minutes(15 * place)
        );
    }
    for wish in &line[5..] {
        assert_eq!(status(&world, wish).await, WishStatus::Waiting);
    }
    world.assert_consistent().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_and_the_public_never_give_one_time_to_two() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    for _ in 0..6 {
        somebody_waits(&world, &practitioner).await;
    }
    catch_up(&world).await;
    let day = world.open_day(&practitioner, 3, 60).await;
    let mut racing = Vec::new();
    for place in 0..4 {
        let (world, patient) = (world.clone(), world.patient().await);
        let slot = world.slot(&practitioner, day.start() + minutes(15 * place));
        racing.push(tokio::spawn(async move {
            let _ = world.hold(patient, slot).await;
        }));
    }
    for _ in 0..2 {
        let (ctx, id) = (server(&world), practitioner.id);
        racing.push(tokio::spawn(async move {
            waiting::offer_freed(&ctx, id).await.expect("the job is done");
        }));
    }
    for one in racing {
        one.await.expect("no panic");
    }
    catch_up(&world).await;
    assert_eq!(world.count("SELECT count(*) FROM appointment WHERE status = 'held'").await, 4);
    assert_eq!(
        world.count("SELECT count(*) FROM wish w JOIN appointment a ON a.id = w.appointment_id WHERE w.status = 'offered' AND a.patient_id = w.patient_id").await,
        world.count("SELECT count(*) FROM wish_offer").await
    );
    world.assert_consistent().await;
}

#[tokio::test]
async fn a_worker_that_was_away_misses_nothing() {
    let world = World::new().await;
    let (one, two) = (Full::new(&world).await, Full::new(&world).await);
    let (first, second) =
        (somebody_waits(&world, &one.practitioner).await, somebody_waits(&world, &two.practitioner).await);
    catch_up(&world).await;
    one.free(&world).await;
    two.free(&world).await;
    let mut given = wishes(&catch_up(&world).await);
    given.sort_unstable();
    let mut expected = [first.id, second.id];
    expected.sort_unstable();
    assert_eq!(given, expected);
}

#[tokio::test]
async fn a_log_that_was_dropped_before_it_was_read_leads_to_a_look_at_everybody() {
    let world = World::new().await;
    let full = Full::new(&world).await;
    let wish = somebody_waits(&world, &full.practitioner).await;
    catch_up(&world).await;
    full.free(&world).await;
    let client = world.database.connect().await;
    client
        .batch_execute(
            "WITH gone AS (DELETE FROM change RETURNING xid)
             UPDATE change_horizon SET xid = (SELECT xid FROM gone ORDER BY xid DESC LIMIT 1)",
        )
        .await
        .expect("retention");
    // Nobody has a change to read; the position itself tells.
    waiting::follow(&server(&world)).await.expect("a gap is no fault");
    assert_eq!(wishes(&catch_up(&world).await), [wish.id]);
}

#[tokio::test]
async fn what_only_time_changes_is_looked_at_again_within_the_hour() {
    let world = World::new().await;
    let full = Full::new(&world).await;
    let elsewhere = world.practitioner(vec![]).await;
    let day = world.open_day(&elsewhere, 5, 60).await;
    let wish = somebody_waits(&world, &full.practitioner).await;
    let mut holds = Vec::new();
    for place in 0..3 {
        let slot = world.slot(&elsewhere, day.start() + minutes(15 * place));
        holds.push(world.hold(wish.patient, slot).await.expect("free"));
    }
    full.free(&world).await;
    assert_eq!(catch_up(&world).await, [], "too many holds");
    // The holds are given back to somebody for whom nobody waits: no change tells.
    let ctx = world.ctx(Actor::Patient(wish.patient));
    booking::cancel(&ctx, holds[0].id, None, None).await.expect("held");
    assert_eq!(catch_up(&world).await, []);
    world.let_pass(minutes(61)).await;
    assert_eq!(wishes(&catch_up(&world).await), [wish.id]);
}

#[tokio::test]
async fn a_follower_with_nothing_to_do_writes_nothing() {
    let world = World::new().await;
    catch_up(&world).await;
    let at = |world: &World| {
        let world = world.clone();
        async move { world.count("SELECT (extract(epoch FROM updated_at) * 1000000)::bigint FROM follower").await }
    };
    let before = at(&world).await;
    for _ in 0..3 {
        waiting::follow(&server(&world)).await.expect("nothing");
    }
    assert_eq!(at(&world).await, before);
    world.let_pass(minutes(11)).await;
    waiting::follow(&server(&world)).await.expect("nothing");
    assert_ne!(at(&world).await, before, "so that retention never overtakes it");
}
