//! A form that a visitor sent.
//!
//! Invariant: whoever holds a [`Posted`] holds a form that a page of ours gave to this very visitor: its CSRF token has
//! been checked. Fields that a form does not have are empty texts.

use std::collections::HashMap;
use std::ops::Deref;

use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri, header};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rendez_domain::Ctx;
use rendez_domain::idempotency::IdempotencyKey;
use sha2::{Digest, Sha256};

use super::error::PageError;
use super::visitor::Visitor;
use crate::state::App;

/// A form and its visitor.
pub(super) struct Posted {
    visitor: Visitor,
    fields: HashMap<String, String>,
}

impl Deref for Posted {
    type Target = Visitor;

    fn deref(&self) -> &Visitor {
        &self.visitor
    }
}

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(visitor) = Visitor::from_request_parts(&mut parts, app).await;
        let from = form_page(&parts);
        let read = Form::<Vec<(String, String)>>::from_request(Request::from_parts(parts, body), app).await;
        let fields: HashMap<String, String> = match read {
            Ok(Form(fields)) => fields.into_iter().collect(),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(visitor.answer(async { Err(PageError::TooLong) }).await);
            }
            Err(_) => return Err(visitor.answer(async { Err(PageError::ForeignForm) }).await),
        };
        if !fields.get("csrf").is_some_and(|csrf| visitor.sent_form(csrf)) {
            return Err(visitor.answer(async { Err(not_ours(&visitor, from)) }).await);
        }
        Ok(Self { visitor, fields })
    }
}

/// Forms that are given to people who are not signed in.
const FOR_ANYBODY: [&str; 5] = ["/sign-in", "/sign-up", "/hold", "/invitation", "/password"];

/// The path of the page that a form for somebody who is signed in stands on; `None` if it is for anybody.
fn form_page(parts: &Parts) -> Option<String> {
    let path = parts.uri.path();
    if FOR_ANYBODY.iter().any(|open| path.starts_with(open)) {
        return None;
    }
    let from = parts.headers.get(header::REFERER).and_then(|from| from.to_str().ok()?.parse::<Uri>().ok());
    Some(from.and_then(|from| Some(from.path_and_query()?.as_str().to_owned())).unwrap_or_default())
}

/// Why a form is not one that this visitor was given: most often they have been signed out in another window.
fn not_ours(visitor: &Visitor, from: Option<String>) -> PageError {
    match from {
        Some(from) if !visitor.ctx.actor.is_somebody() => PageError::SignedOut { from },
        _ => PageError::ForeignForm,
    }
}

impl Posted {
    /// The visitor who sent it.
    pub(super) fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// A field without blanks around it.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", |value| value.trim())
    }

    /// Whether a field was sent at all.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// A field exactly as it was typed: passwords.
    pub(super) fn verbatim(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// A field of at most so many characters; `None` if it is empty.
    pub(super) fn short_text(&self, name: &str, most: usize) -> Option<String> {
        let text: String = self.field(name).chars().take(most).collect();
        (!text.is_empty()).then_some(text)
    }

    /// The context for a command that sending this form twice must do once. `about` tells apart what one page can send
    /// with the same key: the path's ids and the button that was pressed.
    pub(super) fn once(&self, route: &'static str, about: &[&str]) -> Ctx {
        let mut digest = Sha256::new();
        for part in [self.field("key"), route].iter().chain(about) {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        let digest = digest.finalize();
        let idempotency = (!self.field("key").is_empty()).then(|| IdempotencyKey {
            caller: self.ctx.actor.to_string(),
            route: route.to_owned(),
            key: format!("page-{}", URL_SAFE_NO_PAD.encode(digest)),
            fingerprint: digest.to_vec(),
        });
        Ctx { idempotency, ..self.ctx.clone() }
    }
}
