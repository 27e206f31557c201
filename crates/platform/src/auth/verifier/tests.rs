//! Tokens as an attacker, a stranger and an honest caller would send them.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{EncodingKey, Header};
use rendez_vocab::Clock;
use rendez_vocab::ids::PatientId;
use serde_json::{Value, json};

use super::super::test_support::{MovableClock, entropy, issuer};
use super::*;

struct Scene {
    data: tempfile::TempDir,
    clock: Arc<MovableClock>,
    issuer: Arc<Issuer>,
    verifier: Verifier,
}

impl Scene {
    fn new() -> Self {
        let data = tempfile::tempdir().expect("a directory");
        let clock = MovableClock::at("2026-12-01T10:00:00Z");
        let issuer = issuer(data.path(), &clock, 1);
        Self { data, clock, verifier: Verifier::new(Arc::clone(&issuer)), issuer }
    }

    fn patient(&self) -> Actor {
        Actor::Patient(PatientId::new(self.clock.now(), &*entropy(5)))
    }

    fn token(&self) -> String {
        self.issuer.issue(&self.patient(), SignedDuration::from_hours(1)).expect("issued")
    }

    async fn verify(&self, token: &str) -> Result<Actor, TokenRefusal> {
        Ok(self.verifier.verify(token, self.clock.now()).await?.actor)
    }

    /// A token with the issuer's real key, but with claims of our choice.
    fn signed(&self, change: impl FnOnce(&mut Value)) -> String {
        let token = self.token();
        let header = jsonwebtoken::decode_header(&token).expect("our header");
        let mut claims = jsonwebtoken::dangerous::insecure_decode_claims(&token).expect("our claims");
        change(&mut claims);
        let file = std::fs::read_dir(self.data.path().join("keys")).expect("readable").next().expect("a key");
        let key = std::fs::read(file.expect("a key").path()).expect("readable");
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ec_der(&key)).expect("signed")
    }
}

fn with_header(token: &str, header: &Value) -> String {
    let (_, rest) = token.split_once('.').expect("three parts");
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
}

#[tokio::test]
async fn an_honest_token_is_believed_until_it_ends_even_when_remembered() {
    let scene = Scene::new();
    let token = scene.token();
    for _ in 0..2 {
        assert_eq!(scene.verify(&token).await.expect("genuine"), scene.patient());
    }
    scene.clock.advance(SignedDuration::from_secs(3599));
    assert!(scene.verify(&token).await.is_ok(), "verified again after five minutes");
    scene.clock.advance(SignedDuration::from_secs(1));
    assert!(matches!(scene.verify(&token).await, Err(TokenRefusal::Expired)), "the remembered one ends too");

    let late = Verifier::new(Arc::clone(&scene.issuer));
    assert!(matches!(late.verify(&token, scene.clock.now()).await, Err(TokenRefusal::Expired)));
}

#[tokio::test]
async fn a_token_of_the_command_is_believed_by_the_running_server() {
    let scene = Scene::new();
    scene.clock.advance(SignedDuration::from_hours(31 * 24));
    let command = issuer(scene.data.path(), &scene.clock, 2);
    let token = command.issue(&scene.patient(), SignedDuration::from_hours(1)).expect("issued");
    assert!(scene.verify(&token).await.is_ok(), "an unknown key makes the server look again");
}

#[tokio::test]
async fn no_signature_and_shared_secrets_are_refused() {
    let scene = Scene::new();
    let token = scene.token();
    let none = with_header(&token, &json!({ "alg": "none", "typ": "JWT" }));
    assert!(matches!(scene.verify(&none).await, Err(TokenRefusal::Malformed)));
    let bare = format!("{}.", none.rsplit_once('.').expect("three parts").0);
    assert!(scene.verify(&bare).await.is_err());

    // The classic: the public key, which everybody has, used as a shared secret.
    let claims: Value = jsonwebtoken::dangerous::insecure_decode_claims(&token).expect("our claims");
    let kid = jsonwebtoken::decode_header(&token).expect("our header").kid;
    let public = scene.issuer.jwks().to_string();
    let header = Header { kid, ..Header::new(Algorithm::HS256) };
    let shared = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(public.as_bytes()));
    assert!(matches!(scene.verify(&shared.expect("signed")).await, Err(TokenRefusal::WrongAlgorithm)));
}

#[tokio::test]
async fn tampering_is_noticed() {
    let scene = Scene::new();
    let token = scene.token();
    let [header, _, signature] = token.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let mut claims: Value = jsonwebtoken::dangerous::insecure_decode_claims(&token).expect("our claims");
    claims["role"] = "admin".into();
    let forged = format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    assert!(matches!(scene.verify(&forged).await, Err(TokenRefusal::WrongSignature)));

    let stranger_data = tempfile::tempdir().expect("a directory");
    let stranger = issuer(stranger_data.path(), &scene.clock, 77);
    let foreign = stranger.issue(&scene.patient(), SignedDuration::from_hours(1)).expect("issued");
    assert!(matches!(scene.verify(&foreign).await, Err(TokenRefusal::UnknownKey)));
}

#[tokio::test]
async fn every_required_claim_is_required() {
    let scene = Scene::new();
    assert!(scene.verify(&scene.signed(|_| ())).await.is_ok(), "the tool of this test itself");
    let wrong = scene.signed(|claims| claims["aud"] = "somebody-else".into());
    assert!(matches!(scene.verify(&wrong).await, Err(TokenRefusal::WrongAudience)));
    let several = scene.signed(|claims| claims["aud"] = json!(["somebody-else", "rendez"]));
    assert!(scene.verify(&several).await.is_ok());
    let wrong = scene.signed(|claims| claims["iss"] = "https://elsewhere.test".into());
    assert!(matches!(scene.verify(&wrong).await, Err(TokenRefusal::WrongIssuer)));
    for missing in ["exp", "aud", "iss", "sub"] {
        let token = scene.signed(|claims| {
            claims.as_object_mut().expect("an object").remove(missing);
        });
        assert!(matches!(scene.verify(&token).await, Err(TokenRefusal::Malformed)), "without {missing}");
    }
    let early = scene.signed(|claims| claims["nbf"] = json!(scene.clock.now().as_second() + 31));
    assert!(matches!(scene.verify(&early).await, Err(TokenRefusal::NotYetValid)));
    let fraction = scene.signed(|claims| claims["exp"] = json!(scene.clock.now().as_second() as f64 + 0.5));
    assert!(scene.verify(&fraction).await.is_ok());
}

#[tokio::test]
async fn genuine_claims_that_name_nobody_are_refused() {
    let scene = Scene::new();
    let wrong = scene.signed(|claims| claims["sub"] = "prac_01h2xcejqtf2nbrexx3vqjhp41".into());
    assert!(matches!(scene.verify(&wrong).await, Err(TokenRefusal::Unfit(_))));
    let wrong = scene.signed(|claims| claims["role"] = "owner".into());
    assert!(matches!(scene.verify(&wrong).await, Err(TokenRefusal::Unfit(_))));
}

#[tokio::test]
async fn what_is_no_token_is_refused_quietly() {
    let scene = Scene::new();
    let token = scene.token();
    let critical = with_header(&token, &json!({ "alg": "ES256", "kid": "x", "crit": ["b64"], "b64": false }));
    let unnamed = with_header(&token, &json!({ "alg": "ES256" }));
    assert!(matches!(scene.verify(&critical).await, Err(TokenRefusal::Malformed)));
    assert!(matches!(scene.verify(&unnamed).await, Err(TokenRefusal::UnknownKey)));
    for text in ["", ".", "..", "a.b.c", "ey", &"x".repeat(9000)] {
        assert!(matches!(scene.verify(text).await, Err(TokenRefusal::Malformed)));
    }
}
