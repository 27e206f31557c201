//! What holds for every URL: times, ids, bodies, keys, versions.

use jiff::SignedDuration;
use rendez_vocab::Actor;
use serde_json::json;

use crate::app::{TestApp, admin};

#[tokio::test]
async fn a_time_without_an_offset_is_refused_and_any_offset_is_the_same_instant() {
    let app = TestApp::new().await;
    let practitioner = app.world.practitioner(vec![]).await;
    let path = format!("/v1/practitioners/{}", practitioner.id);
    for guess in ["2027-02-01T10:00:00", "2027-02-01", "tomorrow", "1738404000"] {
        let ranges = json!({ "ranges": [{ "start": guess, "end": "2027-02-01T11:00:00Z" }] });
        let refused = app.ask(&admin(), "POST", &format!("{path}/openings"), ranges).await;
        assert_eq!((refused.status, refused.wrong_fields()), (422, vec!["/ranges/0/start"]), "{guess}");
        let refused = app.get(&Actor::Nobody, &format!("{path}/slots?from={guess}")).await;
        assert_eq!((refused.status, refused.wrong_fields()), (422, vec!["/from"]), "{guess}");
    }
    let ranges =
        json!({ "ranges": [{ "start": "2027-02-01T05:30:00+05:30", "end": "2027-01-31T20:00:00-05:00" }] });
    let made = app.ask(&admin(), "POST", &format!("{path}/openings"), ranges).await;
    let opening = &made.body["openings"][0];
    assert_eq!(opening["start"], "2027-02-01T00:00:00Z");
    assert_eq!(opening["end"], "2027-02-01T01:00:00Z");
}

#[tokio::test]
async fn an_id_of_another_kind_or_of_nobody_is_not_found() {
    let app = TestApp::new().await;
    let practitioner = app.world.practitioner(vec![]).await;
    let ana = app.world.patient().await;
    let wrong = [
        format!("/v1/practitioners/{ana}"),
        format!("/v1/patients/{}", practitioner.id),
        format!("/v1/appointments/{ana}"),
        "/v1/appointments/1".to_owned(),
        "/v1/appointments/apt_01h2xcejqtf2nbrexx3vqjhp41".to_owned(),
        "/v1/patients/pat_01h2xcejqtf2nbrexx3vqjhp41".to_owned(),
        format!("/v1/practitioners/{}", practitioner.id.to_string().to_uppercase()),
    ];
    for path in wrong {
        assert_eq!(app.get(&admin(), &path).await.problem(), (404, "not-found"), "{path}");
    }
    let slot = app.world.slot(&practitioner, jiff::Timestamp::UNIX_EPOCH);
    let crossed = json!({ "slot_id": ana, "patient_id": slot });
    let refused = app.ask(&admin(), "POST", "/v1/appointments", crossed).await;
    assert_eq!((refused.status, refused.wrong_fields().len()), (422, 2), "{}", refused.body);
    assert_eq!(app.get(&admin(), "/v1/nothing").await.problem(), (404, "unknown-url"));
    let method = app.ask(&admin(), "PUT", "/v1/patients", json!({})).await;
    assert_eq!((method.problem(), method.header("allow")), ((405, "method-not-allowed"), "POST"));
}

#[tokio::test]
async fn a_body_is_one_json_object_and_every_wrong_field_is_named_at_once() {
    let app = TestApp::new().await;
    for (content_type, body, expected) in [
        ("application/json", "{", (400, "malformed-json")),
        ("text/plain", "{}", (415, "unsupported-media-type")),
        ("application/json", "[]", (422, "invalid-fields")),
    ] {
        let request =
            app.request(&admin(), "POST", "/v1/patients").header("content-type", content_type).body(body);
        assert_eq!(app.send(request).await.problem(), expected);
    }
    let body = json!({ "given_name": 7, "email": "nobody", "birth_date": "soon", "shoe_size": 38 });
    let refused = app.ask(&admin(), "POST", "/v1/patients", body).await;
    assert_eq!(refused.problem(), (422, "invalid-fields"));
    let mut pointers = refused.wrong_fields();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/birth_date", "/email", "/family_name", "/given_name", "/shoe_size"]);
    for field in ["type", "title", "status", "detail", "code"] {
        assert!(refused.body.get(field).is_some(), "{field} in {}", refused.body);
    }
    let request = app.request(&Actor::Nobody, "GET", "/v1/appointments").bearer_auth("abc.def.ghi");
    let refused = app.send(request).await;
    assert_eq!(refused.problem(), (401, "invalid-token"));
    assert!(refused.header("www-authenticate").starts_with("Bearer"));
}

#[tokio::test]
async fn the_same_key_replays_the_first_answer_and_belongs_to_one_body() {
    let app = TestApp::new().await;
    let body = json!({ "given_name": "Ana", "family_name": "Martin" });
    let first = app.post_with_key(&admin(), "/v1/patients", "k-1", body.clone()).await;
    let again = app.post_with_key(&admin(), "/v1/patients", "k-1", body.clone()).await;
    assert_eq!((first.status, again.status, &first.body), (201, 201, &again.body));
    assert_eq!(first.header("etag"), again.header("etag"));
    assert_eq!(app.world.count("SELECT count(*) FROM patient").await, 1);
    let other = json!({ "given_name": "Bob", "family_name": "Martin" });
    let reused = app.post_with_key(&admin(), "/v1/patients", "k-1", other).await;
    assert_eq!(reused.problem(), (422, "idempotency-key-reused"));
    let theirs =
        app.post_with_key(&Actor::System("portal".into()), "/v1/patients", "k-1", body.clone()).await;
    assert_ne!(theirs.text("id"), first.text("id"), "a key is its caller's own");
    for unusable in ["", " ", "é", &"k".repeat(256)] {
        let request =
            app.request(&admin(), "POST", "/v1/patients").header("idempotency-key", unusable.as_bytes());
        let refused = app.send(request.json(&body)).await;
        assert_eq!(refused.problem(), (422, "invalid-idempotency-key"), "{unusable:?}");
    }

    let practitioner = app.world.practitioner(vec![]).await;
    let day = app.world.open_day(&practitioner, 3, 60).await;
    let ana = Actor::Patient(first.text("id").parse().expect("an id"));
    let hold =
        json!({ "slot_id": app.world.slot(&practitioner, day.start()), "patient_id": first.text("id") });
    let held = app.post_with_key(&ana, "/v1/appointments", "k-2", hold.clone()).await;
    let path = format!("/v1/appointments/{}/confirm", held.text("id"));
    let confirmed = app.post_with_key(&ana, &path, "k-3", json!({})).await;
    let repeated = [
        (held, app.post_with_key(&ana, "/v1/appointments", "k-2", hold).await),
        (confirmed, app.post_with_key(&ana, &path, "k-3", json!({})).await),
    ];
    for (first, again) in repeated {
        assert_eq!((first.status, &first.body), (again.status, &again.body));
        assert_eq!(first.header("etag"), again.header("etag"));
    }
    let other = app.post_with_key(&ana, &path, "k-3", json!({ "reason": "autre" })).await;
    assert_eq!(other.problem(), (422, "idempotency-key-reused"));
    app.world.assert_consistent().await;
}

#[tokio::test]
async fn the_same_key_for_another_visit_is_another_request() {
    let app = TestApp::new().await;
    let practitioner = app.world.practitioner(vec![]).await;
    let day = app.world.open_day(&practitioner, 3, 60).await;
    let ana = app.world.patient().await;
    let mut paths = Vec::new();
    for quarter in 0..2 {
        let slot = app.world.slot(&practitioner, day.start() + SignedDuration::from_mins(15 * quarter));
        paths.push(format!("/v1/appointments/{}/cancel", app.world.hold(ana, slot).await.expect("free").id));
    }
    let actor = Actor::Patient(ana);
    assert_eq!(app.post_with_key(&actor, &paths[0], "same", json!({})).await.status, 200);
    let other = app.post_with_key(&actor, &paths[1], "same", json!({})).await;
    assert_eq!(other.problem(), (422, "idempotency-key-reused"));
    assert_eq!(app.world.count("SELECT count(*) FROM appointment WHERE status = 'cancelled'").await, 1);
}

#[tokio::test]
async fn if_match_is_honoured_by_every_change_of_a_visit() {
    let app = TestApp::new().await;
    let practitioner = app.world.practitioner(vec![]).await;
    let day = app.world.open_day(&practitioner, 3, 60).await;
    let ana = app.world.patient().await;
    let held = app.world.hold(ana, app.world.slot(&practitioner, day.start())).await.expect("free");
    let later = app.world.slot(&practitioner, day.start() + SignedDuration::from_mins(15));
    for (command, body) in [
        ("confirm", json!({})),
        ("cancel", json!({})),
        ("reschedule", json!({ "slot_id": later })),
        ("outcome", json!({ "status": "arrived" })),
    ] {
        let path = format!("/v1/appointments/{}/{command}", held.id);
        for stale in ["\"9\"", "W/\"1\""] {
            let refused = app.ask_if(&admin(), "POST", &path, stale, body.clone()).await;
            assert_eq!(refused.problem(), (412, "version-mismatch"), "{command} with {stale}");
        }
        let unread = app.ask_if(&admin(), "POST", &path, "1", body).await;
        assert_eq!(unread.problem(), (400, "malformed-header"));
    }
    let path = format!("/v1/appointments/{}/confirm", held.id);
    assert_eq!(app.ask_if(&admin(), "POST", &path, "\"1\"", json!({})).await.status, 200);
}
