//! Ids in paths.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use crate::problem::Problem;

/// The first id of the path. An id of another kind, or what is none, is 404.
#[derive(Debug, Clone, Copy)]
pub struct Id<T>(pub T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let values = values(parts, state).await?;
        values.first().and_then(|text| text.parse().ok()).map(Self).ok_or_else(Problem::not_found)
    }
}

/// Two ids of one path: the owner's and the record's.
#[derive(Debug, Clone, Copy)]
pub struct Ids<T, U>(pub T, pub U);

impl<T: FromStr, U: FromStr, S: Send + Sync> FromRequestParts<S> for Ids<T, U> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let values = values(parts, state).await?;
        let both = match values.as_slice() {
            [first, second, ..] => first.parse().ok().zip(second.parse().ok()),
            _ => None,
        };
        both.map(|(first, second)| Self(first, second)).ok_or_else(Problem::not_found)
    }
}

async fn values<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Vec<String>, Problem> {
    let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
    Ok(params.iter().map(|(_, value)| value.to_owned()).collect())
}
