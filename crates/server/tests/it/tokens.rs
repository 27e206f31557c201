//! Whose word is believed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use rendez_domain::directory::NewPatient;
use rendez_domain::identity::{self, NewPatientAccount};
use rendez_vocab::Actor;
use serde_json::{Value, json};

use crate::app::{AUDIENCE, ISSUER, TestApp};
use crate::client::text;

const PASSWORD: &str = "correct horse battery";

/// Somebody who signs up.
fn ben() -> NewPatientAccount {
    NewPatientAccount {
        patient: NewPatient {
            given_name: "Ben".into(),
            family_name: "Le Bris".into(),
            ..NewPatient::default()
        },
        email: "ben@example.org".into(),
        consents: Vec::new(),
        password: PASSWORD.into(),
    }
}

fn operator() -> Actor {
    Actor::Admin("operator".into())
}

#[tokio::test]
async fn anybody_can_verify_a_token_with_the_published_keys() {
    let app = TestApp::start().await;
    let token = app.token(&operator(), SignedDuration::from_hours(1));
    let about = app.nobody().get("/.well-known/openid-configuration").await.ok();
    assert_eq!(about["issuer"], ISSUER);
    assert_eq!(about["jwks_uri"], "http://localhost/.well-known/jwks.json");
    let published = app.nobody().get("/.well-known/jwks.json").await;
    assert_eq!(published.header("cache-control"), "public, max-age=300");
    assert!(!published.text.contains("\"d\""), "no private part");
    let keys: JwkSet = serde_json::from_str(&published.text).expect("a JWK set");

    let kid = decode_header(&token).expect("a header").kid.expect("a key id");
    let key = DecodingKey::from_jwk(keys.find(&kid).expect("the key is published")).expect("a public key");
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_issuer(&[ISSUER]);
    rules.set_audience(&[AUDIENCE]);
    let claims = decode::<Value>(&token, &key, &rules).expect("genuine").claims;
    assert_eq!((&claims["sub"], &claims["role"]), (&json!("operator"), &json!("admin")));
}

#[tokio::test]
async fn a_token_that_is_not_ours_is_refused_even_where_nobody_may_read() {
    let app = TestApp::start().await;
    let good = app.token(&operator(), SignedDuration::from_hours(1));
    let [head, claims, signature] = parts(&good);
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let none = part(json!({"alg": "none", "typ": "JWT"}));
    let symmetric = part(json!({"alg": "HS256", "typ": "JWT"}));
    let more =
        json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "root", "role": "admin", "exp": 4_102_444_800_i64});
    let other_app = TestApp::start().await;
    for (what, token) in [
        ("expired", app.token(&operator(), SignedDuration::from_secs(-120))),
        ("of another server with the same name", other_app.token(&operator(), SignedDuration::from_hours(1))),
        ("for another audience", app.token_of(ISSUER, "somebody-else", &operator())),
        ("of another issuer with our keys", app.token_of("https://evil.test", AUDIENCE, &operator())),
        ("alg none", format!("{none}.{claims}.")),
        ("alg none with a signature", format!("{none}.{claims}.{signature}")),
        ("another algorithm", format!("{symmetric}.{claims}.{signature}")),
        ("other claims", format!("{head}.{}.{signature}", part(more))),
        ("without a signature", format!("{head}.{claims}.")),
        ("cut", good[..good.len() - 4].to_owned()),
        ("nonsense", "abc".to_owned()),
        ("endless", "x".repeat(9_000)),
    ] {
        let caller = app.with_token(&token);
        for path in ["/v1/appointments", "/v1/search"] {
            let answer = caller.get(path).await;
            assert_eq!(answer.status, 401, "{what}: {path} {}", answer.text);
            assert!(answer.header("www-authenticate").contains("invalid_token"), "{what}");
            let problem = answer.refused(401, "invalid-token");
            assert!(!problem.to_string().contains(&token), "{what}");
        }
    }
    app.with_token(&good).get("/v1/search").await.ok();
    let twice = app.with_token(&good).get("/v1/search").header("authorization", "Bearer x").await;
    twice.refused(401, "invalid-token");
    let basic = app.nobody().get("/v1/search").header("authorization", "Basic b3BlcmF0b3I6eA==").await;
    basic.refused(401, "invalid-token");
}

#[tokio::test]
async fn somebody_with_an_account_gets_a_token_for_address_and_password() {
    let app = TestApp::start().await;
    identity::register_patient(&app.world.ctx(Actor::Nobody), ben()).await.expect("an account");
    let ask = |email: &str, password: &str| {
        app.nobody().post("/v1/tokens", json!({"email": email, "password": password}))
    };
    let answer = ask("Ben@example.org", PASSWORD).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let made = answer.ok();
    assert_eq!(made["token_type"], "Bearer");
    assert!(made["expires_in"].as_i64().is_some_and(|seconds| seconds > 0));
    let mine = app.with_token(&text(&made["access_token"])).get("/v1/appointments").await.ok();
    assert_eq!(mine["appointments"], json!([]));

    let wrong = ask("ben@example.org", "another password").await.refused(401, "wrong-credentials");
    let unknown = ask("nobody@example.org", "another password").await.refused(401, "wrong-credentials");
    assert_eq!(wrong, unknown, "who has an account is not told");
    app.nobody()
        .post("/v1/tokens", json!({"email": 1}))
        .await
        .wrong_fields(&["/email not-a-text", "/password missing"]);
    app.close().await;
}

#[tokio::test]
async fn a_token_ends_with_what_ends_the_sessions_of_its_account() {
    let app = TestApp::start().await;
    let made = identity::register_patient(&app.world.ctx(Actor::Nobody), ben()).await.expect("an account");
    let ctx = app.world.ctx(made.actor.clone());
    let token = async |password: &str| {
        let asked = json!({"email": "ben@example.org", "password": password});
        text(&app.nobody().post("/v1/tokens", asked).await.ok()["access_token"])
    };
    let ends = async |token: &str| {
        let refused = app.with_token(token).get("/v1/appointments").await.refused(401, "invalid-token");
        assert_eq!(refused["detail"], "The token was ended. Ask for a new one.");
        // Nor does it pass where nobody may read: its bearer believes to be somebody.
        app.with_token(token).get("/v1/search").await.refused(401, "invalid-token");
    };

    let before = token(PASSWORD).await;
    app.with_token(&before).get("/v1/appointments").await.ok();
    identity::end_other_sessions(&ctx, None).await.expect("signed out elsewhere");
    ends(&before).await;
    let first = token(PASSWORD).await;
    identity::change_password(&ctx, PASSWORD, "another horse entirely", None).await.expect("a new password");
    ends(&first).await;
    let second = token("another horse entirely").await;
    app.with_token(&second).get("/v1/appointments").await.ok();
    rendez_domain::personal::delete_account(&ctx, "another horse entirely").await.expect("deleted");
    ends(&second).await;
    // A token of the command line belongs to no account.
    app.with_token(&app.token(&operator(), SignedDuration::from_hours(1))).get("/v1/search").await.ok();
    app.close().await;
}

fn parts(token: &str) -> [&str; 3] {
    let parts: Vec<&str> = token.split('.').collect();
    parts.try_into().expect("three parts")
}
