//! An OIDC issuer as a small HTTP server on this machine, able to rotate its keys, to be down and to lie.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jsonwebtoken::{EncodingKey, Header};
use rendez_vocab::{Actor, Clock};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::super::test_support::{MovableClock, issuer};
use super::super::{TokenRefusal, Verifier};
use super::*;

struct Provider {
    address: String,
    keys: Mutex<Vec<Value>>,
    answer: Mutex<Answer>,
    asked: AtomicUsize,
}

#[derive(Clone, Copy, PartialEq)]
enum Answer {
    Honest,
    Down,
    Redirect,
    OtherIssuer,
    Endless,
}

impl Provider {
    async fn start() -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let provider = Arc::new(Self {
            address: format!("http://{}", listener.local_addr().expect("bound")),
            keys: Mutex::default(),
            answer: Mutex::new(Answer::Honest),
            asked: AtomicUsize::new(0),
        });
        let serving = Arc::clone(&provider);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = Arc::clone(&serving);
                tokio::spawn(async move { serving.serve(stream).await });
            }
        });
        provider
    }

    async fn serve(&self, mut stream: TcpStream) {
        let mut request = vec![0u8; 4096];
        let length = stream.read(&mut request).await.unwrap_or(0);
        let path =
            String::from_utf8_lossy(&request[..length]).split(' ').nth(1).unwrap_or_default().to_owned();
        let (status, body) = self.page(&path);
        let answer = format!(
            "HTTP/1.1 {status}\r\nlocation: {}/elsewhere\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        // The client may have hung up, which is what some of these tests are about.
        let _ = stream.write_all(answer.as_bytes()).await;
    }

    fn page(&self, path: &str) -> (&'static str, String) {
        let answer = *self.answer.lock().expect("not poisoned");
        match (path, answer) {
            (_, Answer::Down) => ("503 Service Unavailable", String::new()),
            ("/.well-known/openid-configuration", Answer::Redirect) => ("302 Found", String::new()),
            ("/.well-known/openid-configuration" | "/elsewhere", _) => {
                let issuer =
                    if answer == Answer::OtherIssuer { "https://elsewhere.test" } else { &self.address };
                (
                    "200 OK",
                    json!({ "issuer": issuer, "jwks_uri": format!("{}/keys", self.address) }).to_string(),
                )
            }
            ("/keys", Answer::Endless) => ("200 OK", " ".repeat(MAX_DOCUMENT_BYTES + 1)),
            ("/keys", _) => {
                self.asked.fetch_add(1, Ordering::SeqCst);
                ("200 OK", json!({ "keys": *self.keys.lock().expect("not poisoned") }).to_string())
            }
            _ => ("404 Not Found", String::new()),
        }
    }

    fn become_(&self, answer: Answer) {
        *self.answer.lock().expect("not poisoned") = answer;
    }

    /// Publishes a new key and gives its private part.
    fn publish(&self, kid: &str, change: impl FnOnce(&mut Value)) -> EncodingKey {
        let document = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .and_then(|pair| pair.to_pkcs8v1())
            .expect("a key");
        let private = EncodingKey::from_ec_der(document.as_ref());
        let jwk = Jwk::from_encoding_key(&private, Algorithm::ES256).expect("a public part");
        let mut jwk = serde_json::to_value(jwk).expect("JSON");
        jwk["kid"] = kid.into();
        change(&mut jwk);
        self.keys.lock().expect("not poisoned").push(jwk);
        private
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn token(&self, kid: Option<&str>, key: &EncodingKey, now: Timestamp) -> String {
        let claims = json!({
            "iss": self.address, "aud": ["rendez-web", "other"], "sub": "clinic-47", "role": "system",
            "exp": now.as_second() + 600,
        });
        let header = Header { kid: kid.map(str::to_owned), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, &claims, key).expect("signed")
    }
}

struct Scene {
    provider: Arc<Provider>,
    clock: Arc<MovableClock>,
    verifier: Verifier,
    _data: tempfile::TempDir,
}

impl Scene {
    async fn new() -> Self {
        let provider = Provider::start().await;
        let data = tempfile::tempdir().expect("a directory");
        let clock = MovableClock::at("2026-12-01T10:00:00Z");
        let settings = OidcSettings { issuer: provider.address.clone(), audience: "rendez-web".to_owned() };
        let oidc = OidcKeys::new(settings).expect("an address of this machine");
        let verifier = Verifier::new(issuer(data.path(), &clock, 1)).with_oidc(oidc);
        Self { provider, clock, verifier, _data: data }
    }

    async fn try_key(&self, kid: Option<&str>, key: &EncodingKey) -> Result<Actor, TokenRefusal> {
        let now = self.clock.now();
        Ok(self.verifier.verify(&self.provider.token(kid, key, now), now).await?.actor)
    }
}

#[tokio::test]
async fn a_token_of_the_configured_issuer_is_believed_and_its_keys_are_kept() {
    let scene = Scene::new().await;
    let key = scene.provider.publish("one", |_| ());
    for _ in 0..3 {
        let actor = scene.try_key(Some("one"), &key).await.expect("genuine");
        assert_eq!(actor, Actor::System("clinic-47".to_owned()));
        scene.clock.advance(SignedDuration::from_secs(1));
    }
    assert!(scene.try_key(None, &key).await.is_ok(), "the only key needs no name");
    assert_eq!(scene.provider.asked(), 1);
}

#[tokio::test]
async fn an_unknown_key_is_asked_for_once_a_minute() {
    let scene = Scene::new().await;
    let one = scene.provider.publish("one", |_| ());
    scene.try_key(Some("one"), &one).await.expect("genuine");
    let two = scene.provider.publish("two", |_| ());
    for _ in 0..5 {
        assert!(matches!(scene.try_key(Some("two"), &two).await, Err(TokenRefusal::UnknownKey)));
    }
    assert_eq!(scene.provider.asked(), 1);
    scene.clock.advance(SignedDuration::from_secs(60));
    assert!(scene.try_key(Some("two"), &two).await.is_ok());
    assert_eq!(scene.provider.asked(), 2);
}

#[tokio::test]
async fn many_callers_at_once_ask_once() {
    let scene = Arc::new(Scene::new().await);
    let key = scene.provider.publish("one", |_| ());
    let now = scene.clock.now();
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let (scene, token) = (Arc::clone(&scene), scene.provider.token(Some("one"), &key, now));
            tokio::spawn(async move { scene.verifier.verify(&token, now).await.is_ok() })
        })
        .collect();
    for caller in callers {
        assert!(caller.await.expect("no panic"));
    }
    assert_eq!(scene.provider.asked(), 1);
}

#[tokio::test]
async fn keys_serve_on_while_the_issuer_is_down_but_not_for_ever() {
    let scene = Scene::new().await;
    let key = scene.provider.publish("one", |_| ());
    scene.provider.become_(Answer::Down);
    assert!(matches!(scene.try_key(Some("one"), &key).await, Err(TokenRefusal::IssuerUnreachable(_))));
    scene.provider.become_(Answer::Honest);
    assert!(matches!(scene.try_key(Some("one"), &key).await, Err(TokenRefusal::IssuerUnreachable(_))));
    scene.clock.advance(SignedDuration::from_secs(5));
    assert!(scene.try_key(Some("one"), &key).await.is_ok());

    scene.provider.become_(Answer::Down);
    scene.clock.advance(SignedDuration::from_hours(23));
    assert!(scene.try_key(Some("one"), &key).await.is_ok());
    scene.clock.advance(SignedDuration::from_hours(1));
    assert!(matches!(scene.try_key(Some("one"), &key).await, Err(TokenRefusal::IssuerUnreachable(_))));
}

#[tokio::test]
async fn a_withdrawn_key_stops_counting_within_the_hour() {
    let scene = Scene::new().await;
    let key = scene.provider.publish("one", |_| ());
    scene.try_key(Some("one"), &key).await.expect("genuine");
    scene.provider.keys.lock().expect("not poisoned").clear();
    scene.clock.advance(SignedDuration::from_hours(1));
    assert!(matches!(scene.try_key(Some("one"), &key).await, Err(TokenRefusal::UnknownKey)));
}

#[tokio::test]
async fn a_lying_issuer_is_not_followed() {
    for lie in [Answer::Redirect, Answer::OtherIssuer, Answer::Endless] {
        let scene = Scene::new().await;
        let key = scene.provider.publish("one", |_| ());
        scene.provider.become_(lie);
        assert!(matches!(scene.try_key(Some("one"), &key).await, Err(TokenRefusal::IssuerUnreachable(_))));
    }
}

#[tokio::test]
async fn keys_for_other_purposes_do_not_count_and_odd_ones_do_no_harm() {
    let scene = Scene::new().await;
    scene.provider.keys.lock().expect("not poisoned").push(json!({ "kty": 7 }));
    let encryption = scene.provider.publish("enc", |jwk| jwk["use"] = "enc".into());
    let other = scene.provider.publish("other", |jwk| jwk["alg"] = "ES384".into());
    let good = scene.provider.publish("good", |_| ());
    assert!(scene.try_key(Some("good"), &good).await.is_ok());
    assert!(matches!(scene.try_key(Some("enc"), &encryption).await, Err(TokenRefusal::UnknownKey)));
    assert!(matches!(scene.try_key(Some("other"), &other).await, Err(TokenRefusal::UnknownKey)));
    assert!(matches!(scene.try_key(Some("good"), &other).await, Err(TokenRefusal::WrongSignature)));
}

#[test]
fn only_https_or_this_machine_is_asked() {
    let keys = |issuer: &str| OidcKeys::new(OidcSettings { issuer: issuer.into(), audience: "x".into() });
    assert!(keys("https://login.example.org/realms/care").is_ok());
    assert!(keys("http://127.0.0.1:9/x").is_ok());
    assert!(keys("http://login.example.org").is_err());
    assert!(keys("file:///etc/passwd").is_err());
}
