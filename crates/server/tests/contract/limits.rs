//! Too much, too often, too long: refused at once and told when to come back.

use std::time::Duration;

use rendez_vocab::Actor;
use rendez_web::middleware::admission::Limits;
use serde_json::json;

use crate::app::{GENEROUS, TestApp, admin};

const PATIENT: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_caller_and_an_address_have_their_budgets() {
    let app = TestApp::with(Limits { requests_per_minute_per_caller: 3, ..GENEROUS }, PATIENT).await;
    let (ana, bob) = (app.world.patient().await, app.world.patient().await);
    let mine = async |id| app.get(&Actor::Patient(id), "/v1/appointments").await;
    for _ in 0..3 {
        assert_eq!(mine(ana).await.status, 200);
    }
    let refused = mine(ana).await;
    assert_eq!(refused.problem(), (429, "rate-limited"));
    assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1));
    assert_eq!(mine(bob).await.status, 200, "each has their own");

    let app = TestApp::with(Limits { requests_per_minute_per_address: 2, ..GENEROUS }, PATIENT).await;
    for _ in 0..2 {
        assert_eq!(app.get(&Actor::Nobody, "/v1/specialties").await.status, 200);
    }
    assert_eq!(app.get(&Actor::Nobody, "/v1/specialties").await.problem(), (429, "rate-limited"));
    assert_eq!(app.get(&Actor::Nobody, "/healthz").await.status, 200, "a probe is never turned away");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_not_read() {
    let app = TestApp::new().await;
    let body = json!({ "given_name": "A".repeat(70 * 1024), "family_name": "B" });
    let refused = app.ask(&admin(), "POST", "/v1/patients", body).await;
    assert_eq!(refused.problem(), (413, "body-too-large"));
}

#[tokio::test]
async fn what_takes_too_long_or_is_too_much_is_told_to_come_back() {
    let app = TestApp::with(Limits { max_in_flight: 1, ..GENEROUS }, Duration::from_millis(500)).await;
    let ana = Actor::Patient(app.world.patient().await);
    // Somebody locks the table that every request for a patient's visits reads.
    let mut locker = app.world.database.connect().await;
    let lock = locker.transaction().await.expect("a transaction");
    lock.batch_execute("LOCK TABLE appointment IN ACCESS EXCLUSIVE MODE").await.expect("a lock");
    let stuck = app.get(&ana, "/v1/appointments");
    let watcher = app.world.database.connect().await;
    let beside = async {
        // The first has the only place as soon as PostgreSQL sees it wait.
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while watcher.query_one(waiting, &[]).await.expect("a count").get::<_, i64>(0) == 0 {
            tokio::task::yield_now().await;
        }
        app.get(&Actor::Nobody, "/v1/specialties").await
    };
    let (stuck, beside) = tokio::join!(stuck, beside);
    assert_eq!(stuck.problem(), (503, "timed-out"));
    assert!(!stuck.header("retry-after").is_empty());
    assert_eq!(beside.problem(), (503, "overloaded"));
    assert!(!beside.header("retry-after").is_empty());
    lock.rollback().await.expect("the end of it");
    assert_eq!(app.get(&ana, "/v1/appointments").await.status, 200);
}

#[tokio::test]
async fn a_write_that_timed_out_is_done_and_its_key_finds_the_answer() {
    let app = TestApp::with(GENEROUS, Duration::from_millis(500)).await;
    let practitioner = app.world.practitioner(vec![]).await;
    let day = app.world.open_day(&practitioner, 3, 60).await;
    let ana = app.world.patient().await;
    let slot = app.world.slot(&practitioner, day.start());
    let mut locker = app.world.database.connect().await;
    let lock = locker.transaction().await.expect("a transaction");
    lock.batch_execute("LOCK TABLE claim IN SHARE MODE").await.expect("a lock");
    let body = json!({ "slot_id": slot, "patient_id": ana });
    let actor = Actor::Patient(ana);
    let late = app.post_with_key(&actor, "/v1/appointments", "k", body.clone()).await;
    assert_eq!(late.problem(), (503, "timed-out"));
    lock.rollback().await.expect("the end of it");
    let answer = loop {
        let again = app.post_with_key(&actor, "/v1/appointments", "k", body.clone()).await;
        match again.problem() {
            (409, "idempotency-key-in-use" | "busy") => tokio::task::yield_now().await,
            _ => break again,
        }
    };
    assert_eq!((answer.status, answer.body["version"].as_i64()), (201, Some(1)), "{}", answer.body);
    assert_eq!(app.world.count("SELECT count(*) FROM appointment").await, 1);
    app.world.assert_consistent().await;
}
