//! Everything that a write needs of its request: who asks, the idempotency key, the version, the body.

use axum::RequestExt;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use rendez_domain::Ctx;
use rendez_vocab::Actor;
use serde_json::Value;

use super::caller::{SignedIn, context};
use super::fields::{Fields, FromFields};
use super::{idempotency, if_match};
use crate::problem::{Problem, codes};
use crate::state::App;

/// A write by somebody who is signed in.
pub struct Command<T> {
    /// The request's context, with the idempotency key if the caller sent one.
    pub ctx: Ctx,
    /// The version that the caller wants to change.
    pub if_match: Option<i64>,
    /// The body.
    pub body: T,
}

/// A body from somebody who need not be signed in, whatever token came with it. It is never kept for a repetition.
pub struct Open<T> {
    /// The request's context, of nobody.
    pub ctx: Ctx,
    /// The body.
    pub body: T,
}

/// The body of a command that needs none: nothing, or an empty object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nothing;

impl FromFields for Nothing {
    fn read(_: &mut Fields<'_>) -> Option<Self> {
        Some(Self)
    }
}

impl<T: FromFields> FromRequest<App> for Command<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.with_limited_body().into_parts();
        let SignedIn { mut ctx } = SignedIn::from_request_parts(&mut parts, app).await?;
        let if_match = if_match::version(&parts.headers)?;
        let bytes = whole(body, app).await?;
        ctx.idempotency = idempotency::key(
            &parts.headers,
            &ctx.actor,
            &parts.method,
            route(&parts),
            parts.uri.path(),
            &bytes,
        )?;
        Ok(Self { ctx, if_match, body: body_of(&parts.headers, &bytes)? })
    }
}

impl<T: FromFields> FromRequest<App> for Open<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (parts, body) = request.with_limited_body().into_parts();
        let bytes = whole(body, app).await?;
        Ok(Self { ctx: context(&parts, app, Actor::Nobody), body: body_of(&parts.headers, &bytes)? })
    }
}

async fn whole(body: Body, app: &App) -> Result<Bytes, Problem> {
    Ok(body.collect().await.map_err(|_| too_large(app))?.to_bytes())
}

fn route(parts: &Parts) -> &str {
    parts.extensions.get::<MatchedPath>().map_or(parts.uri.path(), MatchedPath::as_str)
}

fn too_large(app: &App) -> Problem {
    let detail = format!("The body was cut off or has more than {} bytes.", app.settings.max_body_bytes);
    Problem::because(&codes::TOO_LARGE, detail)
}

fn body_of<T: FromFields>(headers: &HeaderMap, bytes: &[u8]) -> Result<T, Problem> {
    let value = if bytes.is_empty() {
        Value::Object(serde_json::Map::new())
    } else if is_json(headers) {
        serde_json::from_slice(bytes).map_err(|error| {
            let detail =
                format!("The body is not JSON in UTF-8: line {}, column {}.", error.line(), error.column());
            Problem::because(&codes::MALFORMED_JSON, detail)
        })?
    } else {
        return Err(Problem::new(&codes::NOT_ACCEPTED_TYPE));
    };
    Fields::of(&value, T::read).map_err(Problem::fields)
}

/// `application/json` or a type that ends in `+json`, whatever its parameters (RFC 6839 section 3.1).
fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(value)) = headers.get(header::CONTENT_TYPE).map(|value| value.to_str()) else { return false };
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read(content_type: Option<&'static str>, body: &[u8]) -> Result<Nothing, &'static str> {
        let headers = content_type.map(|value| (header::CONTENT_TYPE, HeaderValue::from_static(value)));
        body_of(&headers.into_iter().collect(), body).map_err(|problem| problem.code().name)
    }

    #[test]
    fn a_body_is_one_json_object_and_says_so() {
        assert_eq!(read(None, b""), Ok(Nothing));
        assert_eq!(read(Some("application/json; charset=utf-8"), b"{}"), Ok(Nothing));
        assert_eq!(read(Some("application/merge-patch+json"), b"{}"), Ok(Nothing));
        assert_eq!(read(None, b"{}"), Err("unsupported-media-type"));
        assert_eq!(read(Some("text/plain"), b"{}"), Err("unsupported-media-type"));
        assert_eq!(read(Some("application/json"), b"{"), Err("malformed-json"));
        assert_eq!(read(Some("application/json"), b"{\"a\":\"\xff\"}"), Err("malformed-json"));
        assert_eq!(read(Some("application/json"), b"[]"), Err("invalid-fields"));
        assert_eq!(read(Some("application/json"), b"{\"a\":1}"), Err("invalid-fields"));
    }
}
