//! Query strings, read with the same care as bodies.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde_json::{Map, Value};

use super::fields::{Fields, FromFields};
use crate::problem::{FieldError, Problem, codes};

/// The query string, read field by field. Unknown parameters are refused: a misspelt filter must not widen an answer.
pub struct ApiQuery<T>(pub T);

impl<T: FromFields, S: Send + Sync> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        read(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn read<T: FromFields>(query: &str) -> Result<T, Problem> {
    let pairs: Vec<(String, String)> =
        decoded_pairs(query).ok_or_else(|| Problem::new(&codes::MALFORMED_QUERY))?;
    let mut object = Map::with_capacity(pairs.len());
    let mut twice: Vec<FieldError> = Vec::new();
    for (name, value) in pairs {
        // An empty parameter of a form means that it was left out.
        if value.is_empty() {
            continue;
        }
        if object.insert(name.clone(), Value::String(value)).is_some() {
            let detail = "This parameter stands twice; send it once.".to_owned();
            twice.push(FieldError { pointer: format!("/{name}"), code: "repeated", detail });
        }
    }
    match Fields::of_object(&object, T::read) {
        Ok(value) if twice.is_empty() => Ok(value),
        Ok(_) => Err(Problem::fields(twice)),
        Err(errors) => Err(Problem::fields(twice.into_iter().chain(errors).collect())),
    }
}

/// Decoded pairs (WHATWG URL, "application/x-www-form-urlencoded parsing"); `None` if they are not UTF-8.
fn decoded_pairs(query: &str) -> Option<Vec<(String, String)>> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decoded(name)?, decoded(value)?))
        })
        .collect()
}

fn decoded(text: &str) -> Option<String> {
    if !text.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
        return Some(text.to_owned());
    }
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let (bytes, mut at) = (text.as_bytes(), 0);
    let mut decoded = Vec::with_capacity(bytes.len());
    while let Some(byte) = bytes.get(at) {
        match (byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
                continue;
            }
            (b'+', ..) => decoded.push(b' '),
            // A percent sign that begins no escape stands for itself.
            _ => decoded.push(*byte),
        }
        at += 1;
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::super::read as reads;
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Window {
        from: String,
        limit: Option<u32>,
    }

    impl FromFields for Window {
        fn read(fields: &mut Fields<'_>) -> Option<Self> {
            let from = fields.required("from", reads::text(1..=40));
            let limit = fields.optional("limit", reads::spelled(reads::integer(1..=100)));
            Some(Self { from: from?, limit })
        }
    }

    #[test]
    fn parameters_are_decoded_and_counted() {
        let window = read::<Window>("from=a%2Bb+c&limit=7").expect("fits");
        assert_eq!(window, Window { from: "a+b c".to_owned(), limit: Some(7) });
        let problem = read::<Window>("limit=700&limti=3&from=").expect_err("three errors");
        let mut codes: Vec<_> = problem.errors().iter().map(|error| error.code).collect();
        codes.sort_unstable();
        assert_eq!(codes, ["missing", "out-of-range", "unknown-field"]);
        assert_eq!(read::<Window>("from=a&from=b").expect_err("twice").errors()[0].code, "repeated");
        assert_eq!(read::<Window>("&from=%C3%A9&&limit").expect("fits").from, "é");
        assert_eq!(read::<Window>("from=50%&").expect("fits").from, "50%");
        assert_eq!(read::<Window>("from=%ff").expect_err("not UTF-8").code().name, "malformed-query");
    }
}
