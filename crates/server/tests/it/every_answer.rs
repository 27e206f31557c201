//! What holds for every URL: media types, methods, problems, ids, times, headers.

use reqwest::Method;
use serde_json::json;

use crate::app::{Setup, TestApp};
use crate::client::text;
use crate::practice::{Practice, book, hold, patient};

#[tokio::test]
async fn a_body_that_cannot_be_read_is_told_apart() {
    let app = TestApp::start().await;
    let admin = app.admin();
    let send =
        |media_type: &str, body: Vec<u8>| admin.ask(Method::POST, "/v1/patients").body(media_type, body);
    send("application/json", b"{\"given_name\": ".to_vec()).await.refused(400, "malformed-json");
    send("application/json", b"{\"given_name\": \"\xff\"}".to_vec()).await.refused(400, "malformed-json");
    send("text/plain", b"{}".to_vec()).await.refused(415, "unsupported-media-type");
    send("application/x-www-form-urlencoded", b"a=b".to_vec()).await.refused(415, "unsupported-media-type");
    send("application/json", b"[]".to_vec()).await.refused(422, "invalid-fields");
    send("application/json", b"null".to_vec()).await.refused(422, "invalid-fields");
    let deep = format!("{{\"given_name\": {}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    send("application/json", deep.into_bytes()).await.refused(400, "malformed-json");
    let long = format!("{{\"given_name\": \"{}\"}}", "x".repeat(70_000));
    send("application/json", long.into_bytes()).await.refused(413, "body-too-large");
    let named = br#"{"given_name": "Ana", "family_name": "Martin"}"#.to_vec();
    send("application/json; charset=utf-8", named).await.made();
    app.close().await;
}

#[tokio::test]
async fn a_url_knows_its_methods() {
    let app = TestApp::start().await;
    let admin = app.admin();
    for (method, path, allowed) in [
        (Method::DELETE, "/v1/patients", "POST"),
        (Method::PUT, "/v1/appointments", "GET,HEAD,POST"),
        (Method::POST, "/v1/search", "GET,HEAD"),
    ] {
        let answer = admin.ask(method, path).await;
        let mut methods: Vec<&str> = answer.header("allow").split(',').map(str::trim).collect();
        methods.sort_unstable();
        assert_eq!(methods.join(","), allowed, "{path}");
        answer.refused(405, "method-not-allowed");
    }
    for path in ["/v1/nothing", "/v1", "/v1/appointments/", "/v2/search"] {
        admin.get(path).await.refused(404, "unknown-url");
    }
    app.close().await;
}

#[tokio::test]
async fn an_id_of_another_kind_is_not_found() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let ana = patient(&app).await;
    let (admin, unknown) = (app.admin(), practice.practitioner.replace("prac_", ""));
    for path in [
        format!("/v1/practitioners/{ana}"),
        format!("/v1/practitioners/{unknown}"),
        format!("/v1/practitioners/{}x", practice.practitioner),
        format!("/v1/practitioners/{}", practice.practitioner.to_uppercase()),
        "/v1/practitioners/prac_01h2xcejqtf2nbrexx3vqjhp41".to_owned(),
        format!("/v1/practitioners/{ana}/slots"),
        format!("/v1/practitioners/{ana}/slots/explain?start={}", app.at(3, 10, 0)),
        format!("/v1/practitioners/{ana}/slots/stream"),
        format!("/v1/patients/{}", practice.practitioner),
        format!("/v1/patients/pat_{unknown}"),
        format!("/v1/appointments/{ana}"),
        format!("/v1/appointments/apt_{unknown}"),
        format!("/v1/appointments/apt_{unknown}/audit"),
        format!("/v1/organizations/{}", practice.location),
        format!("/v1/locations/{}", practice.organization),
        format!("/v1/locations/{}/rooms", practice.organization),
        "/v1/patients/%00".to_owned(),
        "/v1/patients/%FF".to_owned(),
        "/v1/patients/'%20OR%201=1".to_owned(),
    ] {
        let answer = admin.get(&path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
        answer.refused(404, "not-found");
    }
    hold(&admin, "slot_0", &ana).await.wrong_fields(&["/slot_id not-an-id"]);
    let answer = hold(&admin, &practice.visit_type, &practice.practitioner).await;
    answer.wrong_fields(&["/patient_id not-an-id", "/slot_id not-an-id"]);
    app.close().await;
}

#[tokio::test]
async fn times_come_with_any_offset_and_leave_in_utc() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let day = app.at(3, 0, 0).to_string().replace("T00:00:00Z", "");
    let body = json!({"ranges": [{"start": format!("{day}T15:30:00+05:30"), "end": format!("{day}T05:15:00-05:00")}]});
    let opened = app.admin().post(practice.path("/openings"), body).await.made();
    assert_eq!(opened["openings"][0]["start"], format!("{day}T10:00:00Z"));
    assert_eq!(opened["openings"][0]["end"], format!("{day}T10:15:00Z"));
    let ana = patient(&app).await;
    let visit = book(&app, &text(&opened["slots"][0]["id"]), &ana).await;
    assert_eq!(visit["start"], format!("{day}T10:00:00Z"));
    assert!(text(&visit["created_at"]).ends_with('Z'));
    app.close().await;
}

#[tokio::test]
async fn an_unknown_field_is_refused_with_its_place() {
    let app = TestApp::start().await;
    let ana = patient(&app).await;
    let body = json!({"slot": "x", "patient_id": 5, "a/b~c": 1});
    app.patient(&ana).post("/v1/appointments", body).await.wrong_fields(&[
        "/a~1b~0c unknown-field",
        "/patient_id not-a-text",
        "/slot unknown-field",
        "/slot_id missing",
    ]);
    app.close().await;
}

#[tokio::test]
async fn personal_answers_are_not_kept_and_every_answer_is_protected() {
    let app = TestApp::start().await;
    let practice = Practice::usual(&app).await;
    let ana = patient(&app).await;
    let caller = app.patient(&ana);
    for (path, caching) in [
        (format!("/v1/patients/{ana}"), "private, no-cache"),
        ("/v1/appointments".to_owned(), "private, no-cache"),
        (practice.path("/slots"), "private, no-cache"),
        ("/v1/nothing".to_owned(), "private, no-cache"),
        ("/v1/search".to_owned(), "public, max-age=1"),
        ("/v1/specialties".to_owned(), "public, max-age=3600"),
        ("/openapi.json".to_owned(), "public, max-age=300"),
    ] {
        let answer = caller.get(&path).await;
        assert_eq!(answer.header("cache-control"), caching, "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}: only with https");
        assert_eq!(answer.header("x-request-id").len(), 32, "{path}");
    }
    let numbered = caller.get("/v1/nothing").header("x-request-id", "from-the-proxy.1").await;
    assert_eq!(numbered.header("x-request-id"), "from-the-proxy.1");
    app.close().await;
}

#[tokio::test]
async fn behind_https_browsers_are_told_to_stay_there() {
    let app = TestApp::with(Setup { public_url: "https://rendez.test", ..Setup::default() }).await;
    let page = app.nobody().get("/").header("accept", "text/html").await;
    assert_eq!(page.header("strict-transport-security"), "max-age=31536000; includeSubDomains");
    let cookie = page.header("set-cookie");
    assert!(cookie.starts_with("__Host-"), "{cookie}");
    for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{attribute}: {cookie}");
    }
    app.close().await;
}

#[tokio::test]
async fn the_process_tells_how_it_is() {
    let app = TestApp::start().await;
    let nobody = app.nobody();
    assert_eq!(nobody.get("/healthz").await.ok()["status"], "alive");
    assert_eq!(nobody.get("/readyz").await.ok()["status"], "ready");
    nobody.get("/v1/search").await.ok();
    let figures = nobody.get("/metrics").await;
    assert_eq!(figures.status, 200);
    assert!(figures.header("content-type").starts_with("text/plain; version=0.0.4"));
    for name in ["rendez_http_request_duration_seconds", "route=\"/v1/search\"", "rendez_pool_connections"] {
        assert!(figures.text.contains(name), "{name}");
    }
    app.close().await;
}

#[tokio::test]
async fn every_code_that_is_answered_has_a_page() {
    let app = TestApp::start().await;
    let nobody = app.nobody();
    for code in rendez_web::problem::codes::ALL {
        let page = nobody.get(format!("/problems/{}", code.name)).await;
        assert_eq!(page.status, 200, "{}", code.name);
        assert!(page.header("content-type").starts_with("text/html"), "{}", code.name);
    }
    assert_eq!(nobody.get("/problems/of-no-kind").await.status, 404);
    let refused = nobody.get("/v1/appointments").await;
    assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"rendez\"");
    let problem = refused.refused(401, "unauthenticated");
    assert_eq!(nobody.get(text(&problem["type"])).await.status, 200);
    app.close().await;
}
