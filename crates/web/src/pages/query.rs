//! The query of a page's address.
//!
//! Invariant: it is never refused. People cut and mistype addresses; what cannot be read counts as left out.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::state::App;

/// What an address asks for, or the default of everything.
pub(super) struct Lenient<T>(pub(super) T);

impl<T: DeserializeOwned + Default> FromRequestParts<App> for Lenient<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        Ok(Self(Query::try_from_uri(&parts.uri).map(|Query(asked)| asked).unwrap_or_default()))
    }
}
