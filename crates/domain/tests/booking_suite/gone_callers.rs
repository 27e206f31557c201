//! The caller goes away in the middle: the write runs to its end or never began, and the connections stay healthy.

use std::future::Future;
use std::pin::pin;

use futures_util::poll;
use jiff::SignedDuration;
use rendez_domain::booking::{self, HoldRequest, Status};
use rendez_testkit::World;
use rendez_vocab::Actor;
use rendez_vocab::ids::PatientId;
use tokio_postgres::Client;

/// Asks a request for so many moments and then drops it. A moment is a round trip of another connection.
async fn abandon<T>(request: impl Future<Output = T>, moments: usize, bystander: &Client) {
    let mut request = pin!(request);
    for _ in 0..moments {
        if poll!(request.as_mut()).is_ready() {
            return;
        }
        bystander.query_one("SELECT 1", &[]).await.expect("a round trip");
    }
}

/// Waits until nobody works in the database any more.
async fn quiet(client: &Client) {
    let others = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'";
    loop {
        let busy: i64 = client.query_one(others, &[]).await.expect("a count").get(0);
        if busy == 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
}

fn keyed(world: &World, patient: PatientId, route: &str) -> rendez_domain::Ctx {
    world.patient_with_key(patient, route, "the-key")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_or_confirmation_that_is_abandoned_happens_once_or_not_at_all() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 15 * 60).await;
    let bystander = world.database.connect().await;
    for moments in 0..24 {
        let patient = world.patient().await;
        let place = i64::try_from(moments).expect("small");
        let slot = world.slot(&practitioner, day.start() + SignedDuration::from_mins(15 * place));
        let ctx = keyed(&world, patient, "POST /v1/appointments");
        abandon(booking::hold(&ctx, HoldRequest { slot, patient, reason: None }), moments, &bystander).await;
        quiet(&bystander).await;
        world.assert_consistent().await;
        let request = HoldRequest { slot, patient, reason: None };
        let held = retry(|| booking::hold(&ctx, request.clone())).await;
        assert_eq!((held.status, held.version), (Status::Held, 1));
        let id = held.id;
        assert_eq!(
            world
                .count(&format!("SELECT count(*) FROM appointment WHERE patient_id = '{}'", patient.uuid()))
                .await,
            1
        );

        let ctx = keyed(&world, patient, "POST /v1/appointments/{id}/confirm");
        abandon(booking::confirm(&ctx, id, Some(1), None), moments, &bystander).await;
        quiet(&bystander).await;
        let booked = retry(|| booking::confirm(&ctx, id, Some(1), None)).await;
        assert_eq!((booked.id, booked.status, booked.version), (id, Status::Booked, 2));
    }
    let (_, waiting) = world.services.store.usage();
    assert_eq!(waiting, 0, "nobody waits for a connection that was lost");
    let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    quiet(&bystander).await;
    assert_eq!(world.count(open).await, 0);
    // Every connection of the pool still serves.
    for _ in 0..16 {
        world
            .services
            .store
            .read_fresh()
            .await
            .expect("a connection")
            .query_one("SELECT 1", &[])
            .await
            .expect("served");
    }
    world.assert_consistent().await;
}

/// The abandoned try may still be about to begin, and then its key is in use for a moment.
async fn retry<T, F>(request: impl Fn() -> F) -> T
where
    F: Future<Output = Result<T, booking::BookingRefusal>>,
{
    loop {
        match request().await {
            Ok(answer) => return answer,
            Err(booking::BookingRefusal::Key(_) | booking::BookingRefusal::Busy) => {
                tokio::task::yield_now().await
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_abandoned_move_leaves_the_patient_with_one_time() {
    let world = World::new().await;
    let practitioner = world.practitioner(vec![]).await;
    let day = world.open_day(&practitioner, 3, 30).await;
    let slots =
        [0, 15].map(|minutes| world.slot(&practitioner, day.start() + SignedDuration::from_mins(minutes)));
    let bystander = world.database.connect().await;
    let ana = world.patient().await;
    let id = world.book(ana, slots[0]).await.id;
    for moments in 0..16 {
        let ctx = world.ctx(Actor::Patient(ana));
        let to = slots[(moments + 1) % 2];
        abandon(booking::reschedule(&ctx, id, None, to), moments, &bystander).await;
        quiet(&bystander).await;
        world.assert_consistent().await;
    }
    let seen = retry(|| async { booking::find(&world.admin(), id).await }).await;
    assert_eq!(seen.status, Status::Booked);
    world.assert_consistent().await;
}
