//! Lists of appointments: filters, order, pages.

use std::collections::BTreeSet;

use serde_json::json;

use crate::app::TestApp;
use crate::client::{Caller, each, list, text};
use crate::practice::{Practice, act, book, hold, patient};

/// Every page of a list, as ids; the pages' sizes are checked.
async fn pages(caller: &Caller, path: &str, limit: usize) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor = String::new();
    loop {
        let answer = caller.get(format!("{path}&limit={limit}{cursor}")).await.ok();
        let page = each(&answer["appointments"], "id");
        assert!(page.len() <= limit);
        ids.extend(page);
        match answer.get("next_cursor") {
            Some(next) => cursor = format!("&cursor={}", text(next)),
            None => return ids,
        }
        assert!(ids.len() < 100, "the pages never end");
    }
}

#[tokio::test]
async fn pages_have_no_gap_and_no_double() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let slots = practice.open(app.at(3, 10, 0), 11 * 15).await;
    let mut made = BTreeSet::new();
    for slot in &slots {
        let somebody = patient(&app).await;
        made.insert(text(&book(&app, slot, &somebody).await["id"]));
    }
    let desk = app.desk(&practice.organization);
    let path = format!("/v1/appointments?practitioner_id={}", practice.practitioner);
    for limit in [1, 2, 3, 5, 11, 20] {
        let ids = pages(&desk, &path, limit).await;
        assert_eq!(ids.len(), 11, "limit {limit}");
        assert_eq!(ids.iter().cloned().collect::<BTreeSet<_>>(), made, "limit {limit}");
    }
    let whole = desk.get(&path).await.ok();
    let starts = each(&whole["appointments"], "start");
    assert!(starts.is_sorted(), "{starts:?}");
    app.close().await;
}

#[tokio::test]
async fn overbooked_visits_with_the_same_start_are_paged_apart() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    practice.open(app.at(3, 10, 0), 15).await;
    let desk = app.desk(&practice.organization);
    for _ in 0..5 {
        let somebody = patient(&app).await;
        let body = json!({
            "practitioner_id": practice.practitioner, "visit_type_id": practice.visit_type, "patient_id": somebody,
            "start": app.at(3, 10, 0), "overbook_reason": "An accident with a bus",
        });
        desk.post("/v1/appointments", body).await.made();
    }
    let path = format!("/v1/appointments?practitioner_id={}", practice.practitioner);
    let ids: BTreeSet<String> = pages(&desk, &path, 2).await.into_iter().collect();
    assert_eq!(ids.len(), 5);
    app.close().await;
}

#[tokio::test]
async fn filters_narrow_a_list() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let early = practice.open(app.at(3, 10, 0), 60).await;
    let late = practice.open(app.at(6, 10, 0), 60).await;
    let (ana, ben) = (patient(&app).await, patient(&app).await);
    let booked = book(&app, &early[0], &ana).await;
    let cancelled = book(&app, &early[1], &ana).await;
    act(&app.patient(&ana), &cancelled, "cancel", json!({})).await.ok();
    let held = hold(&app.patient(&ana), &late[0], &ana).await.made();
    let bens = book(&app, &late[1], &ben).await;
    let of = |visit: &serde_json::Value| text(&visit["id"]);

    let caller = app.patient(&ana);
    let found = async |caller: &Caller, query: String| {
        each(&caller.get(format!("/v1/appointments?{query}")).await.ok()["appointments"], "id")
    };
    assert_eq!(found(&caller, String::new()).await, [of(&booked), of(&cancelled), of(&held)], "her own");
    assert_eq!(found(&caller, "status=booked".into()).await, [of(&booked)]);
    assert_eq!(found(&caller, "status=held,cancelled".into()).await, [of(&cancelled), of(&held)]);
    assert_eq!(found(&caller, format!("from={}", app.at(5, 0, 0))).await, [of(&held)]);
    assert_eq!(found(&caller, format!("to={}", app.at(3, 10, 15))).await, [of(&booked)], "half-open");
    assert_eq!(found(&caller, format!("patient_id={ana}&status=booked")).await, [of(&booked)]);
    caller.get(format!("/v1/appointments?patient_id={ben}")).await.refused(404, "not-found");

    let doctor = app.practitioner(&practice.practitioner);
    assert_eq!(found(&doctor, "status=booked".into()).await, [of(&booked), of(&bens)]);
    let desk = app.desk(&practice.organization);
    desk.get("/v1/appointments").await.wrong_fields(&["/patient_id missing"]);
    assert_eq!(found(&desk, format!("patient_id={ben}")).await, [of(&bens)]);
    let stranger = app.desk(&Practice::usual(&app).await.organization);
    assert!(found(&stranger, format!("patient_id={ana}")).await.is_empty());
    assert!(found(&stranger, format!("practitioner_id={}", practice.practitioner)).await.is_empty());
    app.close().await;
}

#[tokio::test]
async fn a_list_that_is_asked_for_wrongly_is_refused() {
    let app = TestApp::start().await;
    let ana = patient(&app).await;
    let caller = app.patient(&ana);
    let query = "limit=101&cursor=nonsense&status=sleeping&from=2027-01-01T00:00:00&patient_id=prac_x&page=2";
    caller.get(format!("/v1/appointments?{query}")).await.wrong_fields(&[
        "/cursor not-a-cursor",
        "/from offset-missing",
        "/limit out-of-range",
        "/page unknown-field",
        "/patient_id not-an-id",
        "/status not-one-of",
    ]);
    let empty = caller.get("/v1/appointments").await.ok();
    assert_eq!(list(&empty["appointments"]).len(), 0);
    assert_eq!(empty.get("next_cursor"), None);
    app.close().await;
}
