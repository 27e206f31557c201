//! When a practitioner works: one-off openings, weekly hours, closures, absences.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::client::{each, list, text};
use crate::practice::{Practice, book, hold, patient};

#[tokio::test]
async fn an_hour_and_a_half_makes_six_slots_of_a_quarter() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let body = json!({"ranges": [{"start": app.at(3, 10, 0), "end": app.at(3, 11, 30)}]});
    let opened = app.admin().post(practice.path("/openings"), body).await.made();

    let openings = list(&opened["openings"]);
    assert_eq!(openings.len(), 1);
    assert!(text(&openings[0]["id"]).starts_with("opn_"));
    assert_eq!(openings[0]["location_id"], practice.location);
    let slots = list(&opened["slots"]);
    assert_eq!(slots.len(), 6);
    for (number, slot) in slots.iter().enumerate() {
        let minutes = i64::try_from(number).expect("few") * 15;
        assert_eq!(slot["start"], json!(app.at(3, 10, minutes)));
        assert_eq!(slot["end"], json!(app.at(3, 10, minutes + 15)));
        assert_eq!(slot["visit_type_id"], practice.visit_type);
        assert!(text(&slot["id"]).starts_with("slot_"));
    }
    let offered = practice.offered_to(&app.nobody()).await;
    assert_eq!(each(&offered["slots"], "id"), each(&opened["slots"], "id"));
    assert_eq!(offered["time_zone"], "Europe/Paris");
    app.close().await;
}

#[tokio::test]
async fn an_opening_that_overlaps_another_is_refused_whole() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    practice.open(app.at(3, 10, 0), 60).await;
    let admin = app.admin();
    let range = |from: i64, to: i64| json!({"start": app.at(3, from, 0), "end": app.at(3, to, 0)});

    let overlapping =
        json!({"ranges": [range(14, 15), {"start": app.at(3, 10, 30), "end": app.at(3, 12, 0)}]});
    admin.post(practice.path("/openings"), overlapping).await.refused(409, "opening-overlaps");
    let with_itself = json!({"ranges": [range(14, 16), range(15, 17)]});
    admin.post(practice.path("/openings"), with_itself).await.refused(409, "opening-overlaps");
    assert_eq!(practice.offered(&app).await, 4, "nothing of either request was opened");

    let next_to_it = json!({"ranges": [range(11, 12)]});
    admin.post(practice.path("/openings"), next_to_it).await.made();
    app.close().await;
}

#[tokio::test]
async fn an_opening_taken_back_offers_no_more_but_keeps_what_is_booked() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let body = json!({"ranges": [{"start": app.at(3, 10, 0), "end": app.at(3, 11, 0)}]});
    let opened = app.admin().post(practice.path("/openings"), body).await.made();
    let slots = each(&opened["slots"], "id");
    let ana = patient(&app).await;
    let visit = book(&app, &slots[0], &ana).await;
    let path = practice.path(&format!("/openings/{}", text(&opened["openings"][0]["id"])));

    let other = Practice::usual(&app).await;
    let astray = path.replace(&practice.practitioner, &other.practitioner);
    app.admin().delete(&astray).await.refused(404, "not-found");
    assert_eq!(app.admin().delete(&path).await.status, 204);

    assert_eq!(practice.offered(&app).await, 0);
    let read = app.patient(&ana).get(format!("/v1/appointments/{}", text(&visit["id"]))).await.ok();
    assert_eq!(read["status"], "booked");
    app.admin().delete(&path).await.refused(404, "not-found");
    app.close().await;
}

#[tokio::test]
async fn time_off_strikes_visits_and_hides_its_slots() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 60).await;
    let (ana, ben) = (patient(&app).await, patient(&app).await);
    let booked = book(&app, &slots[0], &ana).await;
    let held = hold(&app.patient(&ben), &slots[1], &ben).await.made();
    let desk = app.desk(&practice.organization);
    let body = json!({"start": app.at(3, 10, 0), "end": app.at(3, 10, 45), "reason": "A course"});
    let taken = desk.post(practice.path("/time-off"), body).await.made();

    assert_eq!(each(&taken["appointments"], "id"), [text(&booked["id"]), text(&held["id"])]);
    assert_eq!(each(&taken["appointments"], "status"), ["booked", "held"]);
    assert_eq!(each(&taken["appointments"], "patient_id"), [ana, ben]);
    assert_eq!(practice.offered(&app).await, 1, "the last quarter of the hour");
    let clara = patient(&app).await;
    hold(&app.patient(&clara), &slots[2], &clara).await.is(409);

    let listed = desk.get(practice.path("/time-off")).await.ok();
    assert_eq!(listed["time_off"][0]["reason"], "A course");
    app.nobody().get(practice.path("/time-off")).await.refused(401, "unauthenticated");
    app.patient(&clara).get(practice.path("/time-off")).await.refused(403, "forbidden");
    let path = practice.path(&format!("/time-off/{}", text(&taken["id"])));
    assert_eq!(desk.delete(&path).await.status, 204);
    assert_eq!(practice.offered(&app).await, 2, "the two that nobody has");
    app.close().await;
}

#[tokio::test]
async fn weekly_hours_hold_by_the_wall_clock_of_the_location() {
    let app = TestApp::start().await;
    let practice = Practice::with(&app, json!({"works_public_holidays": true})).await;
    let admin = app.admin();
    let hours = json!({
        "weekly": [{"weekday": "monday", "start": "09:00", "end": "10:00"}],
        "closures": [],
    });
    let put = admin.put(practice.path("/opening-hours"), hours).await.ok();
    assert_eq!(put["weekly"][0]["weekday"], "monday");
    assert_eq!(put["weekly"][0]["start"], "09:00");
    assert_eq!(put["weekly"][0]["every_weeks"], 1);
    assert_eq!(app.nobody().get(practice.path("/opening-hours")).await.ok(), put, "like a sign on the door");

    let paris = TimeZone::get("Europe/Paris").expect("a zone");
    let path = practice.path(&format!("/slots?from={}&to={}", app.at(2, 0, 0), app.at(86, 0, 0)));
    let offered = list(&app.nobody().get(path).await.ok()["slots"]);
    assert_eq!(offered.len(), 12 * 4, "twelve Mondays");
    for slot in &offered {
        let wall = start(slot).to_zoned(paris.clone());
        assert_eq!((wall.weekday(), wall.hour()), (Weekday::Monday, 9), "{wall}");
    }

    let monday = start(&offered[0]).to_zoned(paris).date();
    let closed = json!({
        "weekly": [{"weekday": "monday", "start": "09:00", "end": "10:00"}],
        "closures": [{"start": format!("{monday}T09:30"), "end": next_day(monday), "reason": "Moving house"}],
    });
    admin.put(practice.path("/opening-hours"), closed).await.ok();
    let left = list(&practice.offered_to(&app.nobody()).await["slots"]);
    let that_day = |slot: &&Value| (start(&offered[0])..start(&offered[4])).contains(&start(slot));
    assert_eq!(left.iter().filter(that_day).count(), 2);
    let sign = app.nobody().get(practice.path("/opening-hours")).await.ok();
    assert_eq!(sign["closures"][0]["reason"], Value::Null, "the reason is the practice's own");
    app.close().await;
}

#[tokio::test]
async fn wrong_hours_are_all_named_at_once() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let admin = app.admin();
    let hours = json!({
        "weekly": [
            {"weekday": "someday", "start": "9:00", "end": "10:00"},
            {"weekday": "monday", "start": "09:00", "end": "10:00", "every_weeks": 2, "colour": "red"},
        ],
        "closures": [{"start": "2026-12-24", "end": "2026-12-24"}],
    });
    admin.put(practice.path("/opening-hours"), hours).await.wrong_fields(&[
        "/closures/0/end not-after-start",
        "/weekly/0/start not-a-wall-time",
        "/weekly/0/weekday not-one-of",
        "/weekly/1/colour unknown-field",
        "/weekly/1/valid_from missing",
    ]);
    let openings = json!({"ranges": [
        {"start": "2026-12-30T10:00:00", "end": "2026-12-30T11:00:00Z"},
        {"start": "2026-12-30T11:00:00Z", "end": "2026-12-30T11:00:00Z"},
        {"start": "2026-12-30T11:00:00Z"},
    ]});
    admin.post(practice.path("/openings"), openings).await.wrong_fields(&[
        "/ranges/0/start offset-missing",
        "/ranges/1/end not-after-start",
        "/ranges/2/end missing",
    ]);
    let foreign = Practice::usual(&app).await;
    let openings = json!({
        "ranges": [{"start": app.at(3, 10, 0), "end": app.at(3, 11, 0)}], "visit_type_ids": [foreign.visit_type],
    });
    let answer = admin.post(practice.path("/openings"), openings).await;
    let problem = answer.refused(422, "invalid-fields");
    assert_eq!(problem["errors"][0]["code"], "unknown-reference", "{problem}");
    app.close().await;
}

#[tokio::test]
async fn an_absence_that_is_reversed_or_longer_than_a_year_is_refused() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let desk = app.desk(&practice.organization);
    let now = app.world.services.clock.now();
    let too_long = now.checked_add(SignedDuration::from_hours(24 * 400)).expect("near");
    let body = json!({"start": now, "end": too_long});
    desk.post(practice.path("/time-off"), body).await.wrong_fields(&["/end too-long"]);
    let reversed = json!({"start": now, "end": now});
    desk.post(practice.path("/time-off"), reversed).await.wrong_fields(&["/end not-after-start"]);
    app.close().await;
}

fn start(slot: &Value) -> Timestamp {
    text(&slot["start"]).parse().expect("an instant")
}

fn next_day(date: Date) -> Date {
    date.checked_add(1.day()).expect("near")
}
