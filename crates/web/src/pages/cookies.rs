//! The cookies that pages set: the session, an anonymous visitor's number, the language, and a wish.
//!
//! Invariant: each is HttpOnly, SameSite=Lax and for the whole site; under https each is Secure and its name says so
//! (`__Host-`, RFC 6265bis section 4.1.3.2). No cookie holds personal data.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use jiff::SignedDuration;

use crate::state::App;

/// Who is signed in: the session's token.
pub(super) const SESSION: &str = "session";
/// A number for somebody who is not signed in, so that forms can be bound to their browser.
pub(super) const VISITOR: &str = "visitor";
/// The language that somebody chose.
pub(super) const LANGUAGE: &str = "language";
/// The slot that somebody chose before signing in, signed.
pub(super) const WISH: &str = "wish";

/// The value of a cookie.
pub(super) fn read(app: &App, headers: &HeaderMap, name: &str) -> Option<String> {
    CookieJar::from_headers(headers).get(&full_name(app, name)).map(|cookie| cookie.value().to_owned())
}

/// Whether the browser sends something that may be a session.
pub(super) fn has_session(app: &App, headers: &HeaderMap) -> bool {
    read(app, headers, SESSION).is_some_and(|value| !value.is_empty())
}

/// Sets a cookie that lasts so long, or until the browser is closed.
pub(super) fn set(
    app: &App,
    response: &mut Response,
    name: &str,
    value: String,
    lasts: Option<SignedDuration>,
) {
    let cookie = Cookie::build((full_name(app, name), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.settings.is_https())
        .build();
    let mut text = cookie.to_string();
    if let Some(lasts) = lasts {
        text.push_str(&format!("; Max-Age={}", lasts.as_secs()));
    }
    if let Ok(text) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, text);
    }
}

/// Takes a cookie away.
pub(super) fn clear(app: &App, response: &mut Response, name: &str) {
    set(app, response, name, String::new(), Some(SignedDuration::ZERO));
}

fn full_name(app: &App, name: &str) -> String {
    if app.settings.is_https() { format!("__Host-{name}") } else { name.to_owned() }
}
