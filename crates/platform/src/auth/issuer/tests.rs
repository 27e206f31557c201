//! Rotation, publication, and two processes on one directory.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Validation, decode, decode_header};

use super::super::test_support::{MovableClock, issuer};
use super::*;

fn admin() -> Actor {
    Actor::Admin("root".to_owned())
}

fn kid(token: &str) -> String {
    decode_header(token).expect("our own header").kid.expect("our own kid")
}

#[test]
fn the_published_set_verifies_a_token_without_our_help() {
    let data = tempfile::tempdir().expect("a directory");
    let clock = MovableClock::at("2026-12-01T10:00:00Z");
    let issuer = issuer(data.path(), &clock, 1);
    let token = issuer.issue(&admin(), SignedDuration::from_hours(2)).expect("issued");

    let published: JwkSet = serde_json::from_value(issuer.jwks()).expect("a JWK set");
    let jwk = published.find(&kid(&token)).expect("the key is published");
    let mut validation = Validation::new(Algorithm::ES256);
    validation.validate_exp = false;
    validation.set_audience(&["rendez"]);
    validation.set_issuer(&["https://rendez.test"]);
    let key = DecodingKey::from_jwk(jwk).expect("a public key");
    let claims: serde_json::Value = decode(&token, &key, &validation).expect("genuine").claims;
    assert_eq!(claims["sub"], "root");
    assert_eq!(claims["role"], "admin");
    assert_eq!(claims["exp"].as_i64(), Some(clock.now().as_second() + 7200));
    assert!(!issuer.jwks().to_string().contains("\"d\""), "no private part is published");
}

#[test]
fn a_key_signs_for_its_time_and_is_known_until_its_last_token_is_over() {
    let data = tempfile::tempdir().expect("a directory");
    let clock = MovableClock::at("2026-12-01T10:00:00Z");
    let issuer = issuer(data.path(), &clock, 1);
    let first = kid(&issuer.issue(&admin(), SignedDuration::from_hours(1)).expect("issued"));
    clock.advance(SignedDuration::from_hours(29 * 24));
    assert_eq!(kid(&issuer.issue(&admin(), SignedDuration::from_hours(1)).expect("issued")), first);

    clock.advance(SignedDuration::from_hours(24));
    let second = kid(&issuer.issue(&admin(), SignedDuration::from_hours(1)).expect("issued"));
    assert_ne!(second, first);
    assert!(issuer.public_key(&first, clock.now()).is_some(), "a token of yesterday may be signed with it");
    assert_eq!(issuer.jwks()["keys"].as_array().map(Vec::len), Some(2));

    clock.advance(SignedDuration::from_hours(26));
    assert!(issuer.public_key(&first, clock.now()).is_none());
    assert_eq!(issuer.jwks()["keys"].as_array().map(Vec::len), Some(1));
    let files = std::fs::read_dir(data.path().join("keys")).expect("readable").count();
    assert_eq!(files, 1, "the old key's file is gone");
}

#[test]
fn two_processes_on_one_directory_know_each_others_keys() {
    let data = tempfile::tempdir().expect("a directory");
    let clock = MovableClock::at("2026-12-01T10:00:00Z");
    let server = issuer(data.path(), &clock, 1);
    let command = issuer(data.path(), &clock, 2);
    let one = kid(&command.issue(&admin(), SignedDuration::from_hours(1)).expect("issued"));
    assert_eq!(kid(&server.issue(&admin(), SignedDuration::from_hours(1)).expect("issued")), one);

    clock.advance(SignedDuration::from_hours(31 * 24));
    let two = kid(&command.issue(&admin(), SignedDuration::from_hours(1)).expect("issued"));
    assert!(server.public_key(&two, clock.now()).is_some());
    assert_eq!(kid(&server.issue(&admin(), SignedDuration::from_hours(1)).expect("issued")), two);
}

#[test]
fn unknown_keys_cost_one_look_a_second() {
    let data = tempfile::tempdir().expect("a directory");
    let clock = MovableClock::at("2026-12-01T10:00:00Z");
    let server = issuer(data.path(), &clock, 1);
    clock.advance(SignedDuration::from_secs(5));
    assert!(server.public_key("unknown", clock.now()).is_none());
    KeySet::add(&data.path().join("keys"), clock.now(), &*super::super::test_support::entropy(9))
        .expect("another process made a key");
    let newest = KeySet::load(&data.path().join("keys"), clock.now(), SignedDuration::from_hours(1))
        .expect("readable")
        .signing(clock.now(), SignedDuration::from_hours(1))
        .map(|key| key.kid.clone())
        .expect("a key");
    assert!(server.public_key(&newest, clock.now()).is_none(), "the directory was read this second");
    clock.advance(SignedDuration::from_secs(1));
    assert!(server.public_key(&newest, clock.now()).is_some());
}

#[test]
fn a_token_lives_no_longer_than_allowed_and_nobody_has_none() {
    let data = tempfile::tempdir().expect("a directory");
    let clock = MovableClock::at("2026-12-01T10:00:00Z");
    let issuer = issuer(data.path(), &clock, 1);
    let token = issuer.issue(&admin(), SignedDuration::from_hours(1000)).expect("issued");
    let claims: serde_json::Value =
        jsonwebtoken::dangerous::insecure_decode_claims(&token).expect("readable");
    assert_eq!(claims["exp"].as_i64(), Some(clock.now().as_second() + 24 * 3600));
    assert!(issuer.issue(&Actor::Nobody, SignedDuration::from_hours(1)).is_err());
    assert!(issuer.issue(&Actor::Server, SignedDuration::from_hours(1)).is_err());
}

#[test]
fn a_damaged_key_file_is_noticed() {
    let data = tempfile::tempdir().expect("a directory");
    let clock = MovableClock::at("2026-12-01T10:00:00Z");
    drop(issuer(data.path(), &clock, 1));
    let name = format!("{}-notthekid.p8", clock.now().as_second());
    let entry = std::fs::read_dir(data.path().join("keys")).expect("readable").next().expect("a key");
    std::fs::rename(entry.expect("a key").path(), data.path().join("keys").join(name)).expect("renamed");
    let settings = IssuerSettings::in_data_dir(data.path(), "https://rendez.test", "rendez");
    assert!(Issuer::open(settings, clock, super::super::test_support::entropy(3)).is_err());
}
