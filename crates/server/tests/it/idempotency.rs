//! The same request twice has one effect and one answer.

use serde_json::json;

use crate::app::TestApp;
use crate::client::text;
use crate::practice::{Practice, act, patient};

#[tokio::test]
async fn a_repeated_hold_gets_the_first_answer() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 60).await;
    let ana = patient(&app).await;
    let caller = app.patient(&ana);
    let body = json!({"slot_id": slots[0], "patient_id": ana});
    let first = caller.post("/v1/appointments", body.clone()).key("k1").await.made();
    act(&caller, &first, "confirm", json!({})).await.ok();

    let again = caller.post("/v1/appointments", body.clone()).key("k1").await.made();
    assert_eq!(again, first, "as it was answered, although the visit is booked by now");
    let other = json!({"slot_id": slots[1], "patient_id": ana});
    caller.post("/v1/appointments", other).key("k1").await.refused(422, "idempotency-key-reused");
    assert_eq!(app.world.count("SELECT count(*) FROM appointment").await, 1);

    let confirm = format!("/v1/appointments/{}/confirm", text(&first["id"]));
    caller.post(&confirm, json!({})).key("k1").await.refused(409, "already-confirmed");
    app.close().await;
}

#[tokio::test]
async fn every_command_about_a_visit_can_be_repeated() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 60).await;
    let ana = patient(&app).await;
    let caller = app.patient(&ana);
    let body = json!({"slot_id": slots[0], "patient_id": ana});
    let held = caller.post("/v1/appointments", body).await.made();
    let path = |action: &str| format!("/v1/appointments/{}/{action}", text(&held["id"]));
    for (action, body) in [
        ("confirm", json!({"reason": "A cough"})),
        ("reschedule", json!({"slot_id": slots[2]})),
        ("cancel", json!({"reason": "Well again"})),
    ] {
        let first = caller.post(path(action), body.clone()).key("same").await.ok();
        let again = caller.post(path(action), body).key("same").await.ok();
        assert_eq!(first, again, "{action}");
    }
    let read = caller.get(format!("/v1/appointments/{}", text(&held["id"]))).await.ok();
    assert_eq!(read["version"], 4, "each was done once");
    app.close().await;
}

#[tokio::test]
async fn what_was_refused_may_be_tried_again_with_the_same_key() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 15).await;
    let (ana, ben) = (patient(&app).await, patient(&app).await);
    let anas = json!({"slot_id": slots[0], "patient_id": ana});
    let held = app.patient(&ana).post("/v1/appointments", anas).await.made();
    let body = json!({"slot_id": slots[0], "patient_id": ben});
    let caller = app.patient(&ben);
    caller.post("/v1/appointments", body.clone()).key("wish").await.refused(409, "slot-taken");

    act(&app.patient(&ana), &held, "cancel", json!({})).await.ok();

    caller.post("/v1/appointments", body).key("wish").await.made();
    app.close().await;
}

#[tokio::test]
async fn a_key_belongs_to_its_caller() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 60).await;
    for slot in &slots[..2] {
        let somebody = patient(&app).await;
        let body = json!({"slot_id": slot, "patient_id": somebody});
        let made = app.patient(&somebody).post("/v1/appointments", body).key("1").await.made();
        assert_eq!(made["patient_id"], somebody);
    }
    app.close().await;
}

#[tokio::test]
async fn what_makes_a_record_makes_it_once() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let admin = app.admin();
    let opening = json!({"ranges": [{"start": app.at(3, 10, 0), "end": app.at(3, 11, 0)}]});
    for (path, body) in [
        ("/v1/practitioners".to_owned(), json!({"given_name": "Yann", "family_name": "Morvan"})),
        ("/v1/patients".to_owned(), json!({"given_name": "Ana", "family_name": "Martin"})),
        (practice.path("/openings"), opening),
        (practice.path("/time-off"), json!({"start": app.at(5, 0, 0), "end": app.at(6, 0, 0)})),
        (practice.path("/visit-types"), json!({"name": "Check", "duration_minutes": 30})),
        (format!("/v1/organizations/{}/locations", practice.organization), json!({"name": "Annexe"})),
        (format!("/v1/locations/{}/rooms", practice.location), json!({"kind": "x-ray", "name": "Room 1"})),
    ] {
        let first = admin.post(&path, body.clone()).key("once").await;
        let tag = first.header("etag").to_owned();
        let again = admin.post(&path, body.clone()).key("once").await;
        assert_eq!(again.header("idempotency-replayed"), "true", "{path}");
        assert_eq!(again.header("etag"), tag, "{path}");
        assert_eq!(again.made(), first.made(), "{path}");
        let mut other = body;
        other["name"] = json!("Another");
        let reused = admin.post(&path, other).key("once").await;
        assert!(reused.status == 422, "{path}: {}", reused.text);
    }
    assert_eq!(app.world.count("SELECT count(*) FROM patient").await, 1);
    assert_eq!(app.world.count("SELECT count(*) FROM practitioner").await, 2);
    app.close().await;
}

#[tokio::test]
async fn a_key_that_cannot_be_one_is_refused() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let body = json!({"given_name": "Ana", "family_name": "Martin"});
    for key in ["", "two words", &"x".repeat(256)] {
        admin.post("/v1/patients", body.clone()).key(key).await.refused(422, "invalid-idempotency-key");
    }
    assert_eq!(app.world.count("SELECT count(*) FROM patient").await, 0);
    app.close().await;
}
