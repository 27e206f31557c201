//! A visit's life over HTTP: held, booked, moved, cancelled, attended, expired.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::client::{each, list, text};
use crate::practice::{Practice, act, book, hold, patient};

#[tokio::test]
async fn a_patient_holds_a_slot_and_confirms_it() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 90).await;
    let ana = patient(&app).await;
    let caller = app.patient(&ana);

    let body = json!({"slot_id": slots[0], "patient_id": ana, "reason": "A cough"});
    let answer = caller.post("/v1/appointments", body).await;
    assert_eq!(answer.header("etag"), "\"1\"");
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    let location = answer.header("location").to_owned();
    let held = answer.made();
    assert_eq!(location, format!("/v1/appointments/{}", text(&held["id"])));
    assert_eq!(held["status"], "held");
    assert_eq!(held["start"], json!(app.at(3, 10, 0)));
    assert_eq!(held["end"], json!(app.at(3, 10, 15)));
    assert_eq!(held["time_zone"], "Europe/Paris");
    assert_eq!(held["practitioner_id"], practice.practitioner);
    assert_eq!(held["organization_id"], practice.organization);
    assert_eq!(held["location_id"], practice.location);
    assert_eq!(held["visit_type_id"], practice.visit_type);
    assert_eq!(held["patient_id"], ana);
    assert_eq!(held["reason"], "A cough");
    assert_eq!(held["telehealth"], false);
    assert_eq!(held["version"], 1);
    let minutes = instant(&held["hold_expires_at"]).duration_since(instant(&held["created_at"])).as_mins();
    assert_eq!(minutes, 30, "the usual hold");

    let booked = act(&caller, &held, "confirm", json!({"reason": "A bad cough"})).await;
    assert_eq!(booked.header("etag"), "\"2\"");
    let booked = booked.ok();
    assert_eq!((&booked["status"], &booked["id"]), (&json!("booked"), &held["id"]));
    assert_eq!(booked["reason"], "A bad cough");
    assert_eq!(booked.get("hold_expires_at"), None);

    act(&caller, &held, "confirm", json!({})).await.refused(409, "already-confirmed");
    assert_eq!(caller.get(&location).await.ok(), booked, "what is read is what was answered");
    app.close().await;
}

#[tokio::test]
async fn a_taken_slot_answers_with_the_next_free_ones() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 90).await;
    let (ana, ben) = (patient(&app).await, patient(&app).await);
    let first = hold(&app.patient(&ana), &slots[0], &ana).await.made();

    let problem = hold(&app.patient(&ben), &slots[0], &ben).await.refused(409, "slot-taken");
    let alternatives = list(&problem["alternatives"]);
    assert_eq!(each(&problem["alternatives"], "id")[0], slots[1], "the next one comes first");
    for alternative in &alternatives {
        assert_eq!(alternative["visit_type_id"], practice.visit_type);
        assert_eq!(alternative["location_id"], practice.location);
        assert!(instant(&alternative["end"]) > instant(&alternative["start"]));
    }
    hold(&app.patient(&ben), &text(&alternatives[0]["id"]), &ben).await.made();

    let again = hold(&app.patient(&ana), &slots[0], &ana).await.refused(409, "already-yours");
    assert_eq!(again["appointment_id"], first["id"]);
    app.close().await;
}

#[tokio::test]
async fn of_many_callers_for_one_slot_exactly_one_gets_it() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 90).await;
    let mut racers = Vec::new();
    for _ in 0..12 {
        let ana = patient(&app).await;
        let (caller, slot) = (app.patient(&ana), slots[2].clone());
        racers.push(async move { hold(&caller, &slot, &ana).await });
    }
    let mut winners = 0;
    for answer in futures_util::future::join_all(racers).await {
        match answer.status {
            201 => winners += 1,
            _ => drop(answer.refused(409, "slot-taken")),
        }
    }
    assert_eq!(winners, 1);
    app.close().await;
}

#[tokio::test]
async fn an_expired_hold_cannot_be_confirmed_and_its_time_is_free_again() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 15).await;
    let (ana, ben) = (patient(&app).await, patient(&app).await);
    let held = hold(&app.patient(&ana), &slots[0], &ana).await.made();
    assert_eq!(practice.offered(&app).await, 0);

    app.world.let_pass(SignedDuration::from_mins(31)).await;

    act(&app.patient(&ana), &held, "confirm", json!({})).await.refused(409, "hold-expired");
    assert_eq!(practice.offered(&app).await, 1);
    hold(&app.patient(&ben), &slots[0], &ben).await.made();
    let read = app.patient(&ana).get(format!("/v1/appointments/{}", text(&held["id"]))).await.ok();
    assert_eq!(read["status"], "expired");
    app.close().await;
}

#[tokio::test]
async fn the_operator_expires_what_is_due_and_sees_it() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 90).await;
    let (ana, ben) = (patient(&app).await, patient(&app).await);
    let first = hold(&app.patient(&ana), &slots[0], &ana).await.made();
    let second = hold(&app.patient(&ben), &slots[3], &ben).await.made();
    let admin = app.admin();
    let none = admin.post("/v1/appointments/expire", json!({})).await.ok();
    assert_eq!(none["appointments"], json!([]));

    app.world.let_pass(SignedDuration::from_mins(31)).await;

    let released = admin.post("/v1/appointments/expire", json!({})).await.ok();
    let mut ids = each(&released["appointments"], "id");
    ids.sort();
    let mut expected = vec![text(&first["id"]), text(&second["id"])];
    expected.sort();
    assert_eq!(ids, expected);
    assert_eq!(each(&released["appointments"], "status"), ["expired", "expired"]);
    let again = admin.ask(reqwest::Method::POST, "/v1/appointments/expire").await.ok();
    assert_eq!(again["appointments"], json!([]), "and a body is not even needed");
    app.close().await;
}

#[tokio::test]
async fn a_move_keeps_the_id_and_frees_the_old_time() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 75).await;
    let (ana, ben) = (patient(&app).await, patient(&app).await);
    let visit = book(&app, &slots[0], &ana).await;
    book(&app, &slots[3], &ben).await;
    let caller = app.patient(&ana);

    let moved = act(&caller, &visit, "reschedule", json!({"slot_id": slots[1]})).await.ok();
    assert_eq!((&moved["id"], &moved["status"]), (&visit["id"], &json!("booked")));
    assert_eq!(moved["start"], json!(app.at(3, 10, 15)));
    assert_eq!(moved["version"], 3);
    assert!(each(&practice.offered_to(&app.nobody()).await["slots"], "id").contains(&slots[0]));

    let taken = act(&caller, &visit, "reschedule", json!({"slot_id": slots[3]})).await;
    let taken = taken.refused(409, "slot-taken");
    assert!(!list(&taken["alternatives"]).is_empty());
    let read = caller.get(format!("/v1/appointments/{}", text(&visit["id"]))).await.ok();
    assert_eq!(read, moved, "exactly as before");
    act(&caller, &visit, "reschedule", json!({"slot_id": slots[1]})).await.refused(409, "same-slot");
    app.close().await;
}

#[tokio::test]
async fn a_cancelled_visit_frees_its_time_and_stays_readable() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 15).await;
    let ana = patient(&app).await;
    let visit = book(&app, &slots[0], &ana).await;
    let caller = app.patient(&ana);

    let cancelled = act(&caller, &visit, "cancel", json!({"reason": "I am well again"})).await.ok();
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(cancelled["cancel_reason"], "I am well again");
    assert_eq!(practice.offered(&app).await, 1);
    let twice = act(&caller, &visit, "cancel", json!({})).await.refused(409, "already-done");
    assert_eq!(twice["appointment_status"], "cancelled");
    act(&caller, &visit, "confirm", json!({})).await.refused(409, "wrong-status");
    let read = caller.get(format!("/v1/appointments/{}", text(&visit["id"]))).await.ok();
    assert_eq!(read["status"], "cancelled");
    app.close().await;
}

#[tokio::test]
async fn the_practice_says_what_became_of_a_visit() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 60).await;
    let (ana, ben) = (patient(&app).await, patient(&app).await);
    let (came, stayed_away) = (book(&app, &slots[0], &ana).await, book(&app, &slots[1], &ben).await);
    let desk = app.desk(&practice.organization);
    let outcome = |status: &str| json!({ "status": status });

    act(&app.patient(&ana), &came, "outcome", outcome("fulfilled")).await.refused(403, "forbidden");
    act(&desk, &stayed_away, "outcome", outcome("no-show")).await.refused(409, "not-started");
    act(&desk, &came, "outcome", outcome("cancelled")).await.wrong_fields(&["/status not-one-of"]);

    app.world.let_pass(SignedDuration::from_hours(4 * 24)).await;

    assert_eq!(act(&desk, &came, "outcome", outcome("arrived")).await.ok()["status"], "arrived");
    assert_eq!(act(&desk, &came, "outcome", outcome("fulfilled")).await.ok()["status"], "fulfilled");
    assert_eq!(act(&desk, &stayed_away, "outcome", outcome("no-show")).await.ok()["status"], "no-show");
    act(&desk, &stayed_away, "outcome", outcome("fulfilled")).await.refused(409, "wrong-status");
    act(&app.patient(&ana), &came, "cancel", json!({})).await;

    let path = format!("/v1/appointments/{}/audit", text(&came["id"]));
    let trail = desk.get(&path).await.ok();
    assert_eq!(each(&trail["entries"], "actor")[2], "staff:desk");
    assert_eq!(list(&trail["entries"]).len(), 4, "held, confirmed, arrived, fulfilled");
    assert!(list(&trail["entries"]).iter().all(|entry| entry["request_id"].is_string()));
    app.close().await;
}

#[tokio::test]
async fn staff_overbook_on_purpose_with_a_reason() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 30).await;
    let (ana, ben) = (patient(&app).await, patient(&app).await);
    book(&app, &slots[0], &ana).await;
    let desk = app.desk(&practice.organization);
    let mut body = json!({
        "practitioner_id": practice.practitioner, "visit_type_id": practice.visit_type, "patient_id": ben,
        "start": app.at(3, 10, 0),
    });
    desk.post("/v1/appointments", body.clone()).await.wrong_fields(&["/overbook_reason missing"]);
    body["overbook_reason"] = json!("It hurts");
    app.patient(&ben).post("/v1/appointments", body.clone()).await.refused(403, "forbidden");
    body["end"] = json!(app.at(3, 9, 0));
    desk.post("/v1/appointments", body.clone()).await.wrong_fields(&["/end out-of-range"]);
    body["end"] = json!(app.at(3, 10, 10));

    let visit = desk.post("/v1/appointments", body).await.made();
    assert_eq!((&visit["status"], &visit["overbook_reason"]), (&json!("booked"), &json!("It hurts")));
    assert_eq!(visit["end"], json!(app.at(3, 10, 10)));
    app.close().await;
}

#[tokio::test]
async fn a_stale_version_is_refused_and_changes_nothing() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 60).await;
    let ana = patient(&app).await;
    let caller = app.patient(&ana);
    let held = hold(&caller, &slots[0], &ana).await.made();
    let path = |action: &str| format!("/v1/appointments/{}/{action}", text(&held["id"]));

    for (action, body) in
        [("confirm", json!({})), ("cancel", json!({})), ("reschedule", json!({"slot_id": slots[2]}))]
    {
        let refused = caller.post(path(action), body).if_match("\"7\"").await;
        refused.refused(412, "version-mismatch");
    }
    caller.post(path("confirm"), json!({})).if_match("1").await.refused(400, "malformed-header");
    let booked = caller.post(path("confirm"), json!({})).if_match("\"1\"").await.ok();
    assert_eq!(booked["version"], 2);
    caller.post(path("cancel"), json!({})).if_match("\"1\"").await.refused(412, "version-mismatch");
    caller.post(path("cancel"), json!({})).if_match("*").await.ok();
    app.close().await;
}

#[tokio::test]
async fn what_stands_in_the_way_is_named() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let other = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 120).await;
    let same_hour = other.open(app.at(3, 10, 0), 60).await;
    let ana = patient(&app).await;
    let caller = app.patient(&ana);
    hold(&caller, &slots[0], &ana).await.made();
    hold(&caller, &same_hour[0], &ana).await.refused(409, "patient-overlap");
    hold(&caller, &slots[2], &ana).await.made();
    hold(&caller, &slots[4], &ana).await.made();
    let limit = hold(&caller, &slots[6], &ana).await.refused(409, "too-many-holds");
    assert_eq!(limit["limit"], 3);

    let soon = practice.open(app.at(0, 20, 0), 15).await;
    let soon = match soon.is_empty() {
        true => practice.open(app.at(1, 0, 0), 15).await,
        false => soon,
    };
    let ben = patient(&app).await;
    hold(&app.patient(&ben), &soon[0], &ben).await.refused(409, "too-soon");
    let closed = slot_at(&practice, app.at(4, 3, 0));
    let closed = hold(&app.patient(&ben), &closed, &ben).await.refused(409, "not-offered");
    assert_eq!(closed["rule"], "opening");
    let crooked = slot_at(&practice, app.at(3, 10, 20));
    let crooked = hold(&app.patient(&ben), &crooked, &ben).await.refused(409, "not-offered");
    assert_eq!(crooked["rule"], "grid");
    app.close().await;
}

/// The id that a slot at this time would have.
fn slot_at(practice: &Practice, start: Timestamp) -> String {
    let practitioner = practice.practitioner.parse().expect("an id");
    let visit_type = practice.visit_type.parse().expect("an id");
    rendez_vocab::ids::SlotId::new(practitioner, visit_type, start).to_string()
}

fn instant(value: &Value) -> Timestamp {
    text(value).parse().expect("an instant with its offset")
}
