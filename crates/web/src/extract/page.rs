//! Pages of a list: how many, and after which place.
//!
//! A cursor is opaque to callers: base64url of the parts that the list's order needs. It is not signed, because it opens
//! nothing: each page is read with the caller's own rights.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::fields::{Fields, Read, wrong};
use super::read;

const USUAL: u8 = 20;
const MOST: i64 = 100;
const BETWEEN: char = '~';

/// The `limit` of a query, 1 to 100; 20 without one.
pub fn limit(fields: &mut Fields<'_>) -> u8 {
    fields.optional("limit", read::spelled(read::integer(1..=MOST))).unwrap_or(USUAL)
}

/// Writes a cursor from the two parts of a place.
pub fn cursor(first: impl std::fmt::Display, second: impl std::fmt::Display) -> String {
    URL_SAFE_NO_PAD.encode(format!("{first}{BETWEEN}{second}"))
}

/// Reads the two parts of a cursor that [`cursor`] wrote.
pub fn place<A: std::str::FromStr, B: std::str::FromStr>(value: &Value) -> Read<(A, B)> {
    let parts = value
        .as_str()
        .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| {
            let (first, second) = text.split_once(BETWEEN)?;
            Some((first.parse().ok()?, second.parse().ok()?))
        });
    parts.ok_or_else(|| {
        vec![wrong("not-a-cursor", "Send the `next_cursor` of an answer to the same request.")]
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cursor_comes_back_and_nothing_else_does() {
        assert_eq!(place(&json!(cursor(-7, "x~y"))), Ok((-7_i64, "x~y".to_owned())));
        for wrong in [json!("x"), json!(""), json!(3), json!("fn4")] {
            assert!(place::<i64, String>(&wrong).is_err(), "{wrong}");
        }
    }
}
