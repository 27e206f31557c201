//! `Idempotency-Key` (IETF draft "The Idempotency-Key HTTP Header Field", sections 2.1 to 2.4).

use axum::http::{HeaderMap, Method};
use rendez_domain::idempotency::IdempotencyKey;
use rendez_vocab::Actor;
use sha2::{Digest, Sha256};

use crate::problem::{Problem, codes};

const HEADER: &str = "idempotency-key";
const LENGTH: std::ops::RangeInclusive<usize> = 1..=255;

/// The caller's key for this request, if there is one. `route` is the pattern of the path; the fingerprint covers the
/// method, the path itself and the body.
pub fn key(
    headers: &HeaderMap,
    actor: &Actor,
    method: &Method,
    route: &str,
    path: &str,
    body: &[u8],
) -> Result<Option<IdempotencyKey>, Problem> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let bytes = value.as_bytes();
    let fits =
        LENGTH.contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic) && values.next().is_none();
    match value.to_str() {
        Ok(text) if fits => Ok(Some(IdempotencyKey {
            caller: actor.to_string(),
            route: format!("{method} {route}"),
            key: text.to_owned(),
            fingerprint: fingerprint(method, path, body),
        })),
        _ => Err(Problem::new(&codes::INVALID_KEY)),
    }
}

fn fingerprint(method: &Method, path: &str, body: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in [method.as_str().as_bytes(), path.as_bytes(), body] {
        // Lengths keep two requests apart whose parts only join to the same bytes.
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read(value: &str, body: &[u8]) -> Result<Option<IdempotencyKey>, Problem> {
        let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header");
        let headers = HeaderMap::from_iter([(HEADER.parse().expect("a name"), value)]);
        let actor = Actor::Admin("root".to_owned());
        key(&headers, &actor, &Method::POST, "/v1/patients", "/v1/patients", body)
    }

    #[test]
    fn a_key_belongs_to_its_caller_route_and_body() {
        let one = read("abc", b"{}").expect("fits").expect("is there");
        assert_eq!((one.caller.as_str(), one.route.as_str()), ("admin:root", "POST /v1/patients"));
        let other = read("abc", b"{ }").expect("fits").expect("is there");
        assert_ne!(one.fingerprint, other.fingerprint);
        assert_eq!(one.fingerprint.len(), 32);
    }

    #[test]
    fn what_is_not_visible_ascii_is_no_key() {
        for wrong in ["", "a b", "é", &"x".repeat(256)] {
            assert_eq!(
                read(wrong, b"").expect_err("refused").code().name,
                "invalid-idempotency-key",
                "{wrong}"
            );
        }
        assert!(read(&"x".repeat(255), b"").is_ok());
    }
}
