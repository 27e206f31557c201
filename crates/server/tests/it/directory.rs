//! Practitioners, patients, organizations, locations, rooms, visit types.

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::client::{each, list, text};
use crate::practice::{Practice, book, patient, rennes};

#[tokio::test]
async fn a_practitioner_is_made_whole() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let body = json!({
        "given_name": "Anne", "family_name": "Le Goff", "specialty": "cardiology", "languages": ["fr", "br"],
        "sector": "sector-2-optam", "phone": "+33 2 99 00 00 00", "email": "anne@example.org", "accepts_new_patients": false, "telehealth": true,
        "location": rennes(),
        "visit_types": [
            {"name": "First visit", "duration_minutes": 45, "buffer_after_minutes": 5, "min_notice_minutes": 60,
             "max_horizon_days": 90, "hold_minutes": 10, "telehealth": true},
            {"name": "Control", "duration_minutes": 20},
        ],
    });
    let answer = admin.post("/v1/practitioners", body.clone()).await;
    let tag = answer.header("etag").to_owned();
    let made = answer.made();
    for (field, value) in body.as_object().expect("an object") {
        if !matches!(field.as_str(), "location" | "visit_types") {
            assert_eq!(&made[field], value, "{field}");
        }
    }
    assert_eq!(tag, format!("\"{}\"", made["version"]));
    assert_eq!(made["location"]["city"], "Rennes");
    assert_eq!(made["location"]["time_zone"], "Europe/Paris");
    assert_eq!(made["active"], true);
    let first = &made["visit_types"][0];
    assert_eq!((&first["name"], &first["hold_minutes"]), (&json!("First visit"), &json!(10)));
    let control = &made["visit_types"][1];
    assert_eq!((&control["min_notice_minutes"], &control["max_horizon_days"]), (&json!(1440), &json!(365)));
    assert_eq!((&control["hold_minutes"], &control["buffer_before_minutes"]), (&json!(30), &json!(0)));
    assert!(text(&first["id"]).starts_with("vt_") && text(&made["id"]).starts_with("prac_"));
    let path = format!("/v1/practitioners/{}", text(&made["id"]));
    assert_eq!(app.nobody().get(path).await.ok(), made, "public, and the same");
    app.close().await;
}

#[tokio::test]
async fn a_bare_practitioner_has_one_visit_type_of_a_quarter() {
    let app = TestApp::start().await;
    let made = app
        .admin()
        .post("/v1/practitioners", json!({"given_name": "Yann", "family_name": "Morvan"}))
        .await
        .made();
    let visit_types = list(&made["visit_types"]);
    assert_eq!(visit_types.len(), 1);
    assert_eq!(visit_types[0]["duration_minutes"], 15);
    assert_eq!(made["accepts_new_patients"], true);
    assert_eq!(made["telehealth"], false);
    app.close().await;
}

#[tokio::test]
async fn all_wrong_fields_are_named_at_once() {
    let app = TestApp::start().await;
    let body = json!({
        "given_name": "", "specialty": 7, "languages": ["french"], "phone": "call me", "email": "nobody",
        "telehealth": "yes", "surname": "X",
        "location": {"line": "x", "latitude": 91.0, "time_zone": "Europe/Rennes"},
        "visit_types": [{"name": "Visit", "duration_minutes": 0}, {"duration_minutes": 1.5, "hold_minutes": "30"}],
    });
    app.admin().post("/v1/practitioners", body).await.wrong_fields(&[
        "/email not-an-email",
        "/family_name missing",
        "/given_name empty",
        "/languages/0 not-a-language",
        "/location/latitude out-of-range",
        "/location/longitude missing",
        "/location/name missing",
        "/location/time_zone unknown-time-zone",
        "/phone not-a-phone-number",
        "/specialty not-a-text",
        "/surname unknown-field",
        "/telehealth not-a-boolean",
        "/visit_types/0/duration_minutes out-of-range",
        "/visit_types/1/duration_minutes not-an-integer",
        "/visit_types/1/hold_minutes not-an-integer",
        "/visit_types/1/name missing",
    ]);
    let unknown = json!({"given_name": "A", "family_name": "B", "specialty": "alchemy"});
    app.admin().post("/v1/practitioners", unknown).await.wrong_fields(&["/specialty unknown-specialty"]);
    let unknown = json!({"given_name": "A", "family_name": "B", "sector": "sector-9"});
    app.admin().post("/v1/practitioners", unknown).await.wrong_fields(&["/sector unknown-sector"]);
    app.close().await;
}

#[tokio::test]
async fn a_change_leaves_out_what_it_does_not_name() {
    let app = TestApp::start().await;
    let practice = Practice::with(&app, json!({"phone": "+33 2 99 00 00 00"})).await;
    let desk = app.desk(&practice.organization);
    let before = desk.get(practice.path("")).await;
    let tag = before.header("etag").to_owned();
    let before = before.ok();

    let changed =
        desk.patch(practice.path(""), json!({"telehealth": true, "phone": null})).if_match(&tag).await;
    assert_ne!(changed.header("etag"), tag);
    let changed = changed.ok();
    assert_eq!((&changed["telehealth"], &changed["phone"]), (&json!(true), &Value::Null));
    assert_eq!(changed["family_name"], before["family_name"]);
    let stale = desk.patch(practice.path(""), json!({"telehealth": false})).if_match(&tag).await;
    stale.refused(412, "version-mismatch");
    desk.patch(practice.path(""), json!({"family_name": null})).await.wrong_fields(&["/family_name null"]);

    let contracted = desk.patch(practice.path(""), json!({"sector": "sector-1"})).await.ok();
    assert_eq!((&contracted["sector"], &contracted["telehealth"]), (&json!("sector-1"), &json!(true)));
    assert_eq!(desk.patch(practice.path(""), json!({"sector": null})).await.ok()["sector"], Value::Null);
    let unknown = desk.patch(practice.path(""), json!({"sector": "sector-9"})).await;
    unknown.wrong_fields(&["/sector unknown-sector"]);
    app.close().await;
}

#[tokio::test]
async fn visit_types_are_added_replaced_and_put_aside() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let desk = app.desk(&practice.organization);
    let added = desk
        .post(practice.path("/visit-types"), json!({"name": "Check", "duration_minutes": 30}))
        .await
        .made();
    let check = text(&added["visit_types"][1]["id"]);
    practice.open(app.at(3, 10, 0), 60).await;
    let aside = json!({"name": "Check", "duration_minutes": 30, "active": false});
    let path = practice.path(&format!("/visit-types/{check}"));
    let after = desk.put(&path, aside).await.ok();
    assert_eq!(after["visit_types"][1]["active"], false);
    assert_eq!(practice.offered(&app).await, 4, "only the usual ones");
    let foreign = Practice::usual(&app).await;
    let astray = practice.path(&format!("/visit-types/{}", foreign.visit_type));
    let body = json!({"name": "Mine", "duration_minutes": 30});
    desk.put(astray, body).await.refused(404, "not-found");
    app.close().await;
}

#[tokio::test]
async fn a_patient_is_entered_read_and_changed() {
    let app = TestApp::start().await;
    let body = json!({
        "given_name": "Yann", "family_name": "Morvan", "birth_date": "1980-02-29", "email": "yann@example.org",
        "phone": "+33 6 00 00 00 00", "locale": "fr",
    });
    let made = app.admin().post("/v1/patients", body.clone()).await.made();
    for (field, value) in body.as_object().expect("an object") {
        assert_eq!(&made[field], value, "{field}");
    }
    let id = text(&made["id"]);
    let (path, caller) = (format!("/v1/patients/{id}"), app.patient(&id));
    let read = caller.get(&path).await;
    assert_eq!(read.header("cache-control"), "private, no-cache");
    let tag = read.header("etag").to_owned();
    assert_eq!(read.ok(), made);
    let changed =
        caller.patch(&path, json!({"phone": null, "family_name": "Le Morvan"})).if_match(&tag).await.ok();
    assert_eq!((&changed["phone"], &changed["family_name"]), (&Value::Null, &json!("Le Morvan")));
    caller.patch(&path, json!({"phone": null})).if_match(&tag).await.refused(412, "version-mismatch");
    let wrong = json!({"birth_date": "1980-02-30", "email": "nobody", "given_name": ""});
    caller.patch(&path, wrong).await.wrong_fields(&[
        "/birth_date not-a-date",
        "/email not-an-email",
        "/given_name empty",
    ]);
    let elsewhere = json!({"email": "other@example.org"});
    caller.patch(&path, elsewhere.clone()).await.wrong_fields(&["/email change-on-the-account-page"]);
    caller.patch(&path, json!({"email": "yann@example.org"})).await.ok();
    assert_eq!(app.admin().patch(&path, elsewhere).await.ok()["email"], "other@example.org");
    app.close().await;
}

#[tokio::test]
async fn a_practice_sees_the_record_of_a_patient_who_comes_and_of_no_other() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 60).await;
    let (ana, ben) = (patient(&app).await, patient(&app).await);
    let desk = app.desk(&practice.organization);
    desk.get(format!("/v1/patients/{ana}")).await.refused(404, "not-found");
    book(&app, &slots[0], &ana).await;
    desk.get(format!("/v1/patients/{ana}")).await.ok();
    app.practitioner(&practice.practitioner).get(format!("/v1/patients/{ana}")).await.ok();
    desk.get(format!("/v1/patients/{ben}")).await.refused(404, "not-found");
    let other = Practice::usual(&app).await;
    app.desk(&other.organization).get(format!("/v1/patients/{ana}")).await.refused(404, "not-found");

    let partner = app.partner("hospital");
    let theirs =
        partner.post("/v1/patients", json!({"given_name": "Zoé", "family_name": "Le Bris"})).await.made();
    partner.get(format!("/v1/patients/{}", text(&theirs["id"]))).await.ok();
    partner.get(format!("/v1/patients/{ana}")).await.refused(404, "not-found");
    app.close().await;
}

#[tokio::test]
async fn an_organization_has_locations_rooms_and_people() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let desk = app.desk(&practice.organization);
    let path = format!("/v1/organizations/{}", practice.organization);
    assert_eq!(app.nobody().get(&path).await.ok()["id"], practice.organization);
    let annexe =
        desk.post(format!("{path}/locations"), json!({"name": "Annexe", "city": "Fougères"})).await.made();
    assert_eq!((&annexe["country"], &annexe["time_zone"]), (&json!("FR"), &json!("Europe/Paris")));
    let locations = app.nobody().get(format!("{path}/locations")).await.ok();
    assert_eq!(each(&locations["locations"], "name"), ["Annexe", "Cabinet des Lices"]);
    let location = format!("/v1/locations/{}", text(&annexe["id"]));
    assert_eq!(app.nobody().get(&location).await.ok(), annexe);

    let room =
        desk.post(format!("{location}/rooms"), json!({"kind": "x-ray", "name": "Room 1"})).await.made();
    assert_eq!(desk.get(format!("{location}/rooms")).await.ok()["rooms"], json!([room]));
    let wrong = json!({"kind": "X Ray", "name": ""});
    desk.post(format!("{location}/rooms"), wrong)
        .await
        .wrong_fields(&["/kind not-kebab-case", "/name empty"]);

    let colleague =
        json!({"given_name": "Yann", "family_name": "Morvan", "organization_id": practice.organization});
    desk.post("/v1/practitioners", colleague).await.made();
    let people = desk.get(format!("{path}/practitioners")).await.ok();
    assert_eq!(list(&people["practitioners"]).len(), 2);
    app.close().await;
}
