//! How much is let in, what the others are told, and what becomes of a write that nobody waits for.

use std::time::Duration;

use rendez_web::middleware::admission::Limits;
use serde_json::json;
use tokio::time::Instant;
use tokio_postgres::Client;

use crate::app::{PATIENCE, Setup, TestApp};
use crate::client::text;
use crate::practice::{Practice, patient};

/// Nobody writes an appointment until it is lifted. It has no transaction id, so that no follower waits for its end.
struct Blockade(Client);

impl Blockade {
    async fn of(app: &TestApp) -> Self {
        let client = app.world.database.connect().await;
        client.batch_execute("BEGIN; LOCK TABLE appointment IN EXCLUSIVE MODE").await.expect("a lock");
        Self(client)
    }

    /// Comes back when somebody waits at it.
    async fn is_met(&self, app: &TestApp) {
        let waiting = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
            WHERE d.datname = current_database() AND NOT l.granted";
        until(app, waiting, "nobody came to the lock").await;
    }

    async fn lift(self) {
        self.0.batch_execute("COMMIT").await.expect("the lock is given back");
    }
}

/// Comes back when a statement counts something.
async fn until(app: &TestApp, sql: &str, otherwise: &str) {
    let deadline = Instant::now() + PATIENCE;
    while app.world.count(sql).await == 0 {
        assert!(Instant::now() < deadline, "{otherwise}");
    }
}

const VISITS: &str = "SELECT count(*) FROM appointment";

fn limited(limit: impl FnOnce(&mut Limits)) -> Setup {
    let mut setup = Setup::default();
    limit(&mut setup.limits);
    setup
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let app = TestApp::with(limited(|limits| limits.requests_per_minute_per_caller = 3)).await;
    let (one, other) = (app.partner("one"), app.partner("other"));
    for _ in 0..3 {
        one.get("/v1/search").await.ok();
    }
    let refused = one.get("/v1/search").await;
    assert!((1..=60).contains(&refused.retry_after()), "{}", refused.retry_after());
    refused.refused(429, "rate-limited");
    other.get("/v1/search").await.ok();
    app.nobody().get("/v1/search").await.ok();
}

#[tokio::test]
async fn an_address_that_asks_too_often_is_counted_as_the_proxy_saw_it() {
    let app = TestApp::with(limited(|limits| limits.requests_per_minute_per_address = 2)).await;
    let from = async |addresses: &str| {
        app.nobody().get("/v1/specialties").header("x-forwarded-for", addresses).await
    };
    from("192.0.2.1").await.ok();
    from("203.0.113.5, 192.0.2.1").await.ok();
    let refused = from("198.51.100.7, 192.0.2.1").await;
    assert!(refused.retry_after() >= 1);
    refused.refused(429, "rate-limited");
    from("192.0.2.2").await.ok();
    app.nobody().get("/healthz").header("x-forwarded-for", "192.0.2.1").await.ok();
}

#[tokio::test]
async fn a_full_house_sheds_and_never_hangs() {
    let app = TestApp::with(limited(|limits| limits.max_in_flight = 1)).await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 60).await;
    let ana = patient(&app).await;
    let blockade = Blockade::of(&app).await;
    let body = json!({"slot_id": slots[0], "patient_id": ana});
    let slow = tokio::spawn(app.patient(&ana).post("/v1/appointments", body).into_future());
    blockade.is_met(&app).await;

    let started = Instant::now();
    let shed = app.nobody().get("/v1/specialties").await;
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert_eq!(shed.retry_after(), 1);
    shed.refused(503, "overloaded");
    app.nobody().get("/healthz").await.ok();

    blockade.lift().await;
    slow.await.expect("no panic").made();
    app.nobody().get("/v1/specialties").await.ok();
    app.close().await;
}

#[tokio::test]
async fn a_write_outlives_its_request_and_the_key_finds_its_answer() {
    let app = TestApp::with(Setup { request_timeout: Duration::from_secs(3), ..Setup::default() }).await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 60).await;
    let ana = patient(&app).await;
    let caller = app.patient(&ana);
    let body = json!({"slot_id": slots[0], "patient_id": ana});
    let blockade = Blockade::of(&app).await;
    let late = caller.post("/v1/appointments", body.clone()).key("mine").await;
    assert_eq!(late.retry_after(), 1);
    late.refused(503, "timed-out");
    blockade.lift().await;

    until(&app, VISITS, "the write did not run to its end").await;
    let found = caller.post("/v1/appointments", body).key("mine").await.made();
    let mine = caller.get("/v1/appointments").await.ok();
    assert_eq!(text(&mine["appointments"][0]["id"]), text(&found["id"]));
    assert_eq!(app.world.count(VISITS).await, 1);
    app.close().await;
}

#[tokio::test]
async fn a_client_that_hangs_up_leaves_no_half_a_write() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 60).await;
    let ana = patient(&app).await;
    let caller = app.patient(&ana);
    let body = json!({"slot_id": slots[0], "patient_id": ana});
    let blockade = Blockade::of(&app).await;
    let gone = tokio::spawn(caller.post("/v1/appointments", body.clone()).key("mine").into_future());
    blockade.is_met(&app).await;
    gone.abort();
    assert!(gone.await.is_err_and(|error| error.is_cancelled()));
    blockade.lift().await;

    until(&app, VISITS, "the write did not run to its end").await;
    caller.post("/v1/appointments", body).key("mine").await.made();
    assert_eq!(app.world.count(VISITS).await, 1);
    app.close().await;
}
