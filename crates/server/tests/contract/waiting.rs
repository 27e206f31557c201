//! The waiting list as partners and apps see it.

use rendez_domain::waiting;
use rendez_vocab::Actor;
use serde_json::json;

use crate::app::{TestApp, admin};

#[tokio::test]
async fn a_wish_is_left_once_read_and_taken_back() {
    let app = TestApp::new().await;
    let practitioner = app.world.practitioner(vec![]).await;
    let patient = app.world.patient().await;
    let ana = Actor::Patient(patient);
    let body = json!({
        "practitioner_id": practitioner.id, "visit_type_id": practitioner.visit_types[0].id,
        "weekdays": ["monday", "friday"], "earliest": "08:00", "latest": "24:00", "last_day": "2027-06-30",
        "first_day": "2027-06-01",
    });
    let made = app.post_with_key(&ana, "/v1/wishes", "k", body.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.body["status"], "waiting");
    assert_eq!(made.body["patient_id"], patient.to_string());
    assert_eq!(made.body["weekdays"], json!(["monday", "friday"]));
    assert_eq!((&made.body["earliest"], &made.body["latest"]), (&json!("08:00"), &json!("24:00")));
    assert_eq!(made.body["ahead"], 0);
    let again = app.post_with_key(&ana, "/v1/wishes", "k", body.clone()).await;
    assert_eq!((again.status, &again.body), (201, &made.body));
    let same = app.ask(&ana, "POST", "/v1/wishes", body).await;
    assert_eq!(same.problem(), (409, "already-wished"));
    assert_eq!(same.body["wish_id"], made.body["id"]);

    let path = format!("/v1/wishes/{}", made.text("id"));
    let read = app.get(&ana, &path).await;
    assert_eq!((read.status, &read.body, read.header("etag")), (200, &made.body, "\"1\""));
    let listed = app.get(&ana, "/v1/wishes").await;
    assert_eq!(listed.body["wishes"], json!([made.body]));
    let stale = app.ask_if(&ana, "POST", &format!("{path}/withdraw"), "\"7\"", json!({})).await;
    assert_eq!(stale.problem(), (412, "version-mismatch"));
    let gone = app.ask(&ana, "POST", &format!("{path}/withdraw"), json!({})).await;
    assert_eq!((gone.status, &gone.body["status"]), (200, &json!("withdrawn")));
    let twice = app.ask(&ana, "POST", &format!("{path}/withdraw"), json!({})).await;
    assert_eq!(twice.problem(), (409, "conflict"));
}

#[tokio::test]
async fn an_offer_names_the_hold_and_waiting_again_is_a_place_at_the_end() {
    let app = TestApp::new().await;
    let practitioner = app.world.practitioner(vec![]).await;
    let ana = Actor::Patient(app.world.patient().await);
    let day = app.world.open_day(&practitioner, 3, 15).await;
    let body = json!({ "specialty": "general-practice", "place": "35000", "radius_km": 10, "visit_minutes": 20,
        "last_day": jiff::tz::TimeZone::UTC.to_datetime(day.end()).date().checked_add(jiff::Span::new().days(1)).expect("a day") });
    let made = app.ask(&ana, "POST", "/v1/wishes", body).await;
    assert_eq!((made.status, &made.body["place"]), (201, &json!("Rennes")), "{}", made.body);
    let server = app.world.ctx(Actor::Server);
    let given = waiting::offer_freed(&server, practitioner.id).await.expect("the job is done");
    let path = format!("/v1/wishes/{}", made.text("id"));
    let offered = app.get(&ana, &path).await;
    assert_eq!(offered.body["status"], "offered");
    assert_eq!(offered.body["offer"]["appointment_id"], given[0].appointment.to_string());
    assert_eq!(offered.body["offer"]["start"], day.start().to_string());
    assert!(offered.body.get("ahead").is_none());
    let cancel = format!("/v1/appointments/{}/cancel", given[0].appointment);
    assert_eq!(app.ask(&ana, "POST", &cancel, json!({})).await.status, 200);
    assert_eq!(app.get(&ana, &path).await.body["status"], "lapsed");
    let again = app.ask(&ana, "POST", &format!("{path}/wait-again"), json!({})).await;
    assert_eq!((again.status, &again.body["status"]), (200, &json!("waiting")));
}

#[tokio::test]
async fn every_wrong_field_of_a_wish_is_named() {
    let app = TestApp::new().await;
    let practitioner = app.world.practitioner(vec![]).await;
    let ana = Actor::Patient(app.world.patient().await);
    for (body, fields) in [
        (json!({}), vec!["/last_day", "/place", "/specialty"]),
        (json!({ "practitioner_id": practitioner.id, "last_day": "2027-06-30" }), vec!["/visit_type_id"]),
        (
            json!({ "specialty": "dermatology", "place": "Rennes", "last_day": "soon", "weekdays": [], "earliest": "12:00", "latest": "11:00" }),
            vec!["/last_day", "/latest", "/weekdays"],
        ),
        (
            json!({ "specialty": "dermatology", "place": "Nowhere at all", "last_day": "2027-06-30" }),
            vec!["/place"],
        ),
        (
            json!({ "specialty": "astrology", "place": "Rennes", "last_day": "2027-06-30" }),
            vec!["/specialty"],
        ),
        (
            json!({ "specialty": "dermatology", "place": "Rennes", "last_day": "2001-06-30", "first_day": "2001-06-01" }),
            vec!["/last_day"],
        ),
        (
            json!({ "specialty": "dermatology", "place": "Rennes", "radius_km": 500, "last_day": "2027-06-30" }),
            vec!["/radius_km"],
        ),
    ] {
        let refused = app.ask(&ana, "POST", "/v1/wishes", body).await;
        let mut wrong = refused.wrong_fields();
        wrong.sort_unstable();
        assert_eq!((refused.status, wrong), (422, fields), "{}", refused.body);
    }
    let whose = json!({ "specialty": "dermatology", "place": "Rennes", "last_day": "2027-06-30" });
    let refused = app.ask(&admin(), "POST", "/v1/wishes", whose).await;
    assert_eq!((refused.status, refused.wrong_fields()), (422, vec!["/patient_id"]));
}

#[tokio::test]
async fn the_sixth_wish_is_one_too_many() {
    let app = TestApp::new().await;
    let ana = Actor::Patient(app.world.patient().await);
    for radius in 1..=6 {
        let body = json!({ "specialty": "dermatology", "place": "Rennes", "radius_km": radius, "last_day": "2027-06-30" });
        let answer = app.ask(&ana, "POST", "/v1/wishes", body).await;
        if radius < 6 {
            assert_eq!(answer.status, 201, "{}", answer.body);
        } else {
            assert_eq!((answer.problem(), &answer.body["limit"]), ((409, "too-many-wishes"), &json!(5)));
        }
    }
    let page = app.get(&ana, "/v1/wishes?limit=3").await;
    assert_eq!(page.body["wishes"].as_array().map(Vec::len), Some(3));
    let next = app.get(&ana, &format!("/v1/wishes?cursor={}", page.text("next_cursor"))).await;
    assert_eq!(next.body["wishes"].as_array().map(Vec::len), Some(2));
    assert!(next.body.get("next_cursor").is_none());
}
