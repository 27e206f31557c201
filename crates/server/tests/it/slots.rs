//! What is offered, to whom, and why.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::app::TestApp;
use crate::client::{each, list, text};
use crate::practice::{Practice, book, hold, patient};

#[tokio::test]
async fn held_booked_and_near_times_are_not_offered() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 60).await;
    let (ana, ben) = (patient(&app).await, patient(&app).await);
    assert_eq!(practice.offered(&app).await, 4);
    let held = hold(&app.patient(&ana), &slots[0], &ana).await.made();
    book(&app, &slots[1], &ben).await;

    let offered = practice.offered_to(&app.nobody()).await;
    assert_eq!(each(&offered["slots"], "id"), slots[2..]);
    assert_eq!(offered.get("own_holds"), None);
    let to_ana = practice.offered_to(&app.patient(&ana)).await;
    assert_eq!(
        each(&to_ana["own_holds"], "appointment_id"),
        [text(&held["id"])],
        "she sees her hold as hers"
    );

    app.world.let_pass(SignedDuration::from_hours(60)).await;
    assert_eq!(practice.offered(&app).await, 0, "a day's notice is asked for");
    app.close().await;
}

#[tokio::test]
async fn what_lies_beyond_the_horizon_is_not_offered() {
    let app = TestApp::start().await;
    let visit_types =
        json!([{"name": "Check", "duration_minutes": 30, "max_horizon_days": 10, "min_notice_minutes": 0}]);
    let practice = Practice::with(&app, json!({ "visit_types": visit_types })).await;
    let near = practice.open(app.at(9, 10, 0), 60).await;
    let far = practice.open(app.at(12, 10, 0), 60).await;
    assert_eq!(each(&practice.offered_to(&app.nobody()).await["slots"], "id"), near);
    let ana = patient(&app).await;
    let problem = hold(&app.patient(&ana), &far[0], &ana).await.refused(409, "too-far");
    assert_eq!(problem["horizon_days"], 10);
    app.close().await;
}

#[tokio::test]
async fn a_window_a_visit_type_and_a_limit_narrow_the_answer() {
    let app = TestApp::start().await;
    let visit_types =
        json!([{"name": "Short", "duration_minutes": 15}, {"name": "Long", "duration_minutes": 60}]);
    let practice = Practice::with(&app, json!({ "visit_types": visit_types })).await;
    practice.open(app.at(3, 10, 0), 60).await;
    practice.open(app.at(5, 10, 0), 60).await;
    let nobody = app.nobody();
    let count = async |query: String| {
        let answer = nobody.get(practice.path(&format!("/slots?{query}"))).await.ok();
        assert!(text(&answer["as_of"]).parse::<Timestamp>().is_ok());
        list(&answer["slots"]).len()
    };
    assert_eq!(count(String::new()).await, 10);
    assert_eq!(count(format!("visit_type_id={}", practice.visit_type)).await, 8);
    assert_eq!(count(format!("from={}&to={}", app.at(4, 0, 0), app.at(6, 0, 0))).await, 5);
    assert_eq!(count(format!("to={}", app.at(4, 0, 0))).await, 5);
    assert_eq!(count("limit=3".to_owned()).await, 3);
    assert_eq!(count(format!("from={}&to={}", app.at(3, 10, 30), app.at(3, 10, 45))).await, 1, "half-open");
    app.close().await;
}

#[tokio::test]
async fn a_window_that_makes_no_sense_is_refused() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let nobody = app.nobody();
    for (query, expected) in [
        ("from=2027-01-01T00:00:00", "/from offset-missing"),
        ("from=2027-01-02T00:00:00Z&to=2027-01-01T00:00:00Z", "/to not-after-from"),
        ("from=2027-01-01T00:00:00Z&to=2027-12-01T00:00:00Z", "/to too-long"),
        ("limit=0", "/limit out-of-range"),
        ("visit_type_id=pat_01h2xcejqtf2nbrexx3vqjhp41", "/visit_type_id not-an-id"),
        ("form=2027-01-01T00:00:00Z", "/form unknown-field"),
        ("to=2020-01-01T00:00:00Z&limit=1&limit=2", "/limit repeated"),
    ] {
        nobody.get(practice.path(&format!("/slots?{query}"))).await.wrong_fields(&[expected]);
    }
    let foreign = Practice::usual(&app).await.visit_type;
    nobody.get(practice.path(&format!("/slots?visit_type_id={foreign}"))).await.refused(404, "not-found");
    app.close().await;
}

#[tokio::test]
async fn every_rule_says_why_a_time_is_offered_or_not() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 60).await;
    let why = async |start: Timestamp| {
        let path =
            practice.path(&format!("/slots/explain?start={start}&visit_type_id={}", practice.visit_type));
        app.nobody().get(path).await.ok()
    };
    let failed = |answer: &serde_json::Value| -> Vec<String> {
        let rules = list(&answer["rules"]);
        rules.iter().filter(|rule| rule["passed"] == false).map(|rule| text(&rule["rule"])).collect()
    };
    let good = why(app.at(3, 10, 0)).await;
    assert_eq!(good["offered"], true);
    assert_eq!(good["start"], json!(app.at(3, 10, 0)));
    let rules = each(&good["rules"], "rule");
    for rule in [
        "practitioner-active",
        "visit-type-active",
        "opening",
        "grid",
        "closure",
        "public-holiday",
        "time-off",
        "notice",
        "horizon",
        "claims",
    ] {
        assert!(rules.contains(&rule.to_owned()), "{rule} is missing in {rules:?}");
    }
    assert!(list(&good["rules"]).iter().all(|rule| !text(&rule["detail"]).is_empty()));

    let ana = patient(&app).await;
    book(&app, &slots[0], &ana).await;
    let taken = why(app.at(3, 10, 0)).await;
    assert_eq!((&taken["offered"], failed(&taken)), (&json!(false), vec!["claims".to_owned()]));
    assert!(!taken.to_string().contains(&ana), "who has it is nobody's business");
    assert_eq!(failed(&why(app.at(3, 10, 5)).await)[0], "grid");
    assert!(failed(&why(app.at(4, 10, 0)).await).contains(&"opening".to_owned()));
    let past = failed(&why(app.at(-3, 10, 0)).await);
    assert!(
        past.contains(&"opening".to_owned()) && past.contains(&"notice".to_owned()),
        "all of them: {past:?}"
    );
    let far = failed(&why(app.at(500, 10, 0)).await);
    assert!(far.contains(&"horizon".to_owned()), "{far:?}");
    app.nobody().get(practice.path("/slots/explain")).await.wrong_fields(&["/start missing"]);
    app.close().await;
}

#[tokio::test]
async fn pages_of_slots_have_no_gap_and_no_double() {
    let app = TestApp::start().await;
    // Two visit types that begin at the same times: the start alone does not tell slots apart.
    let visit_types =
        json!([{"name": "First", "duration_minutes": 15}, {"name": "Control", "duration_minutes": 15}]);
    let practice = Practice::with(&app, json!({ "visit_types": visit_types })).await;
    practice.open(app.at(3, 10, 0), 75).await;
    practice.open(app.at(6, 10, 0), 60).await;
    let whole = practice.offered_to(&app.nobody()).await;
    assert_eq!(whole.get("next_cursor"), None);
    let mut whole = each(&whole["slots"], "id");
    assert_eq!(whole.len(), 18);
    whole.sort();
    for limit in [1, 2, 3, 5, 18] {
        let (mut seen, mut starts, mut cursor) = (Vec::new(), Vec::new(), String::new());
        loop {
            let page = app.nobody().get(practice.path(&format!("/slots?limit={limit}{cursor}"))).await.ok();
            assert!(list(&page["slots"]).len() <= limit);
            seen.extend(each(&page["slots"], "id"));
            starts.extend(each(&page["slots"], "start"));
            match page.get("next_cursor") {
                Some(next) if seen.len() < 50 => cursor = format!("&cursor={}", text(next)),
                _ => break,
            }
        }
        assert!(starts.is_sorted(), "limit {limit}: {starts:?}");
        seen.sort();
        assert_eq!(seen, whole, "limit {limit}");
    }
    app.nobody().get(practice.path("/slots?cursor=nonsense")).await.wrong_fields(&["/cursor not-a-cursor"]);
    app.close().await;
}
