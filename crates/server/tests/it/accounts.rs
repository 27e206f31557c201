//! What an account opens: tokens for programs, sessions for pages.

use jiff::SignedDuration;
use rendez_domain::directory::NewPatient;
use rendez_domain::identity::{self, Account, NewPatientAccount};
use rendez_platform::auth::SessionToken;
use rendez_platform::auth::session::{self, SessionLifetime};
use rendez_vocab::Actor;
use serde_json::json;

use crate::app::{Setup, TestApp};

const EMAIL: &str = "ana@example.org";
const PASSWORD: &str = "a password of ana's";

async fn account(app: &TestApp) -> Account {
    let patient = NewPatient {
        given_name: "Ana".into(),
        family_name: "Le Goff".into(),
        birth_date: None,
        email: Some(EMAIL.into()),
        phone: None,
        locale: None,
    };
    let new =
        NewPatientAccount { patient, email: EMAIL.into(), consents: Vec::new(), password: PASSWORD.into() };
    identity::register_patient(&app.world.ctx(Actor::Nobody), new).await.expect("an account")
}

#[tokio::test]
async fn address_and_password_give_a_token_that_opens_what_is_ones_own() {
    let app = TestApp::start().await;
    account(&app).await;
    let ask = async |email: &str, password: &str| {
        app.nobody().post("/v1/tokens", json!({"email": email, "password": password})).await
    };
    let answer = ask("Ana@Example.org", PASSWORD).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"), "{}", answer.text);
    assert_eq!(answer.body["token_type"], "Bearer");
    assert!(answer.body["expires_in"].as_i64().is_some_and(|seconds| seconds > 0));
    let token = answer.body["access_token"].as_str().expect("a token");
    app.with_token(token).get("/v1/appointments").await.ok();
    for (email, password) in [(EMAIL, "something else"), ("nobody@example.org", PASSWORD), (EMAIL, "")] {
        let answer = ask(email, password).await;
        assert!(!answer.text.contains(email), "what was typed is not told again");
        answer.refused(401, "wrong-credentials");
    }
    app.close().await;
}

#[tokio::test]
async fn pages_of_somebody_signed_in_spend_their_own_budget_and_not_the_address_s() {
    let mut setup = Setup::default();
    setup.limits.requests_per_minute_per_address = 1;
    setup.limits.requests_per_minute_per_caller = 3;
    let app = TestApp::with(setup).await;
    let account = account(&app).await;
    let services = &app.world.services;
    let token = SessionToken::new(&*services.entropy);
    let conn = services.store.read_fresh().await.expect("a connection");
    let lifetime =
        SessionLifetime { idle: SignedDuration::from_hours(1), total: SignedDuration::from_hours(2) };
    session::create(&*conn, &token, account.id, lifetime).await.expect("a session");
    drop(conn);
    let cookie = format!("session={}", token.reveal());
    let visits = async |cookie: &str| app.nobody().get("/visits").header("cookie", cookie).await.status;
    for _ in 0..3 {
        assert_eq!(visits(&cookie).await, 200);
    }
    assert_eq!(visits(&cookie).await, 429, "the account's budget is spent");
    assert_eq!(visits("session=invented").await, 303, "the address has one of its own");
    assert_eq!(visits("session=invented").await, 429);
    app.close().await;
}
