//! Who looks at a page: session, language, and what binds forms to a browser.
//!
//! Invariants: the session's cookie proves an actor and nothing else does; each page that carries a form is bound to
//! the session, or to the number of an anonymous browser; an answer to a visitor is never kept by a shared cache. It
//! knows no page.

use std::convert::Infallible;
use std::ops::Deref;
use std::sync::Arc;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use rendez_domain::Ctx;
use rendez_domain::identity::{self, Rights, SignedIn};
use rendez_platform::auth::SessionToken;
use rendez_platform::auth::session::{self, Session};
use rendez_platform::fault::Fault;
use rendez_vocab::Actor;

use super::cookies;
use super::error::PageError;
use super::page::{Page, Person};
use crate::extract::caller::context;
use crate::i18n::Locale;
use crate::state::App;

/// How long a chosen language is remembered.
const LANGUAGE_LASTS: SignedDuration = SignedDuration::from_hours(24 * 365);

/// The visitor of one request. Cheap to clone.
#[derive(Clone)]
pub struct Visitor(Arc<Inner>);

/// What [`Visitor`] is made of.
pub struct Inner {
    /// The state of the router.
    pub(super) app: App,
    /// The request's context, with the actor that the session proved.
    pub(super) ctx: Ctx,
    /// The language of the answer.
    pub(super) locale: Locale,
    person: Option<Person>,
    /// What CSRF tokens are bound to: the session's hash, or the anonymous number.
    bound_to: Vec<u8>,
    /// An anonymous number that the browser does not have yet.
    new_number: Option<String>,
    /// The language that this very request chose.
    chosen: Option<Locale>,
    /// Path and query without the language switch.
    address: String,
    /// The session's token as the browser sent it, alive or not: to end it.
    pub(super) token: Option<SessionToken>,
    /// What the browser remembers of a slot chosen before signing in.
    pub(super) wish: Option<String>,
    /// Why the session could not be read.
    broken: Option<Arc<Fault>>,
}

impl Deref for Visitor {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let visitor = recognise(parts, app).await;
        parts.extensions.insert(visitor.clone());
        Ok(visitor)
    }
}

async fn recognise(parts: &Parts, app: &App) -> Visitor {
    let (address, chosen) = without_language(parts);
    let token = cookies::read(app, &parts.headers, cookies::SESSION)
        .and_then(|value| SessionToken::from_cookie(&value));
    let (signed_in, broken) = match &token {
        Some(token) => match signed_in(parts, app, token).await {
            Ok(found) => (found, None),
            Err(fault) => (None, Some(Arc::new(fault))),
        },
        None => (None, None),
    };
    let (ctx, person, bound_to, new_number) = match signed_in {
        Some((session, ctx, person)) => (ctx, Some(person), session.hash.as_bytes().to_vec(), None),
        None => {
            let known = cookies::read(app, &parts.headers, cookies::VISITOR)
                .filter(|number| (16..=64).contains(&number.len()));
            let number = known.clone().unwrap_or_else(|| random_text(app));
            let new = known.is_none().then(|| number.clone());
            (context(parts, app, Actor::Nobody), None, number.into_bytes(), new)
        }
    };
    let locale = language_of(app, &parts.headers, chosen);
    Visitor(Arc::new(Inner {
        app: app.clone(),
        ctx,
        locale,
        person,
        bound_to,
        new_number,
        chosen,
        address,
        token,
        wish: cookies::read(app, &parts.headers, cookies::WISH),
        broken,
    }))
}

/// The language of the answer: the one just chosen, the one chosen before, what the browser asks for, the region's.
pub(super) fn language_of(app: &App, headers: &HeaderMap, chosen: Option<Locale>) -> Locale {
    chosen
        .or_else(|| cookies::read(app, headers, cookies::LANGUAGE).and_then(|tag| Locale::named(&tag)))
        .or_else(|| Locale::accepted(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?))
        .or_else(|| Locale::named(app.services.pack.default_locale()))
        .unwrap_or_default()
}

/// The session of a token with its actor, if both are alive.
async fn signed_in(
    parts: &Parts,
    app: &App,
    token: &SessionToken,
) -> Result<Option<(Session, Ctx, Person)>, Fault> {
    let conn = app.services.store.read_fresh().await?;
    let Some(session) = session::find(&*conn, token).await? else { return Ok(None) };
    session::touch(&*conn, &session, app.settings.sessions).await?;
    drop(conn);
    let nobody = context(parts, app, Actor::Nobody);
    let Some(who) = identity::signed_in(&nobody, session.account).await? else { return Ok(None) };
    let person = person(&who);
    Ok(Some((session, Ctx { actor: who.actor, ..nobody }, person)))
}

/// What the pages show of somebody who is signed in.
fn person(who: &SignedIn) -> Person {
    let manages = who.rights == Some(Rights::Manager);
    Person {
        name: who.name.clone().unwrap_or_else(|| who.actor.role().to_owned()),
        practice: !matches!(who.actor, Actor::Patient(_)),
        edits: manages || matches!(who.actor, Actor::Practitioner(_)),
        manages,
        operates: matches!(who.actor, Actor::Admin(_)),
    }
}

/// The address without the language switch, and what the switch says. The answer to a form has the path alone, since
/// its address is opened anew by a GET.
fn without_language(parts: &Parts) -> (String, Option<Locale>) {
    let path = parts.uri.path();
    if parts.method != Method::GET && parts.method != Method::HEAD {
        return ("/".to_owned(), None);
    }
    let (mut kept, mut chosen) = (Vec::new(), None);
    for pair in parts.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        match pair.strip_prefix("lang=") {
            Some(tag) => chosen = Locale::named(tag).or(chosen),
            None => kept.push(pair),
        }
    }
    let address = if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) };
    (address, chosen)
}

/// 128 random bits as 22 characters of base64url.
fn random_text(app: &App) -> String {
    let mut bytes = [0u8; 16];
    app.services.entropy.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Visitor {
    /// Runs a page's work and answers with what it made, or with the page that explains why not.
    pub(super) async fn answer(&self, work: impl Future<Output = Result<Response, PageError>>) -> Response {
        let result = match &self.broken {
            Some(fault) => Err(PageError::Fault(Arc::clone(fault))),
            None => work.await,
        };
        let mut response = result.unwrap_or_else(|error| error.page(self));
        self.remember(&mut response);
        response
    }

    /// A page.
    pub(super) fn show(&self, status: StatusCode, page: &impl Template) -> Response {
        match page.render() {
            Ok(html) => {
                // What somebody saw while they were signed in is not to be seen with "Back" once they have signed out.
                let kept = if self.person.is_some() { "private, no-store" } else { "private, no-cache" };
                let headers = [
                    (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
                    (header::CACHE_CONTROL, HeaderValue::from_static(kept)),
                    (header::VARY, HeaderValue::from_static("cookie, accept-language")),
                ];
                (status, headers, html).into_response()
            }
            Err(error) => {
                tracing::error!(error = ?error, "a template could not be rendered");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }

    /// The frame of a page.
    pub(super) fn page(&self) -> Page {
        Page {
            locale: self.locale,
            address: self.address.clone(),
            person: self.person.clone(),
            csrf: self.app.secret.csrf_token(&self.bound_to),
            key: random_text(&self.app),
            demo: self.app.demo.is_some(),
            zone: self.ctx.pack.time_zone_name(),
        }
    }

    /// The same visitor, just signed in: pages of this very request belong to the new session.
    pub(super) async fn signed_in(&self, session: &Session) -> Result<Self, Fault> {
        let gone = Fault::plain("an account that has just signed in is gone");
        let who = identity::signed_in(&self.ctx, session.account).await?.ok_or(gone)?;
        let person = person(&who);
        let ctx = Ctx { actor: who.actor, ..self.ctx.clone() };
        Ok(Self(Arc::new(Inner {
            app: self.app.clone(),
            ctx,
            locale: self.locale,
            person: Some(person),
            bound_to: session.hash.as_bytes().to_vec(),
            new_number: None,
            chosen: None,
            address: self.address.clone(),
            token: None,
            wish: None,
            broken: None,
        })))
    }

    /// Whether a form came from a page that we gave to this very visitor.
    pub(super) fn sent_form(&self, csrf: &str) -> bool {
        self.new_number.is_none() && self.app.secret.is_csrf_token(&self.bound_to, csrf)
    }

    /// Who is signed in; nobody without a session that lives.
    pub(crate) fn actor(&self) -> &Actor {
        &self.0.ctx.actor
    }

    /// What the pages call who is signed in.
    pub(super) fn name(&self) -> Option<&str> {
        self.person.as_ref().map(|person| person.name.as_str())
    }

    /// Whether somebody is signed in, and works here rather than being a patient.
    pub(super) fn is_practice(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.practice)
    }

    /// Where the visitor wanted to go, as the value of `next` behind the sign-in page.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// The text of a key.
    pub(super) fn t(&self, key: &str) -> String {
        self.locale.text(key)
    }

    /// Sets the cookies that this request called for.
    fn remember(&self, response: &mut Response) {
        if let Some(number) = &self.new_number {
            cookies::set(&self.app, response, cookies::VISITOR, number.clone(), None);
        }
        if let Some(locale) = self.chosen {
            let tag = locale.tag().to_owned();
            cookies::set(&self.app, response, cookies::LANGUAGE, tag, Some(LANGUAGE_LASTS));
        }
    }
}

/// Sends the browser on with a GET (RFC 9110 section 15.4.4).
pub(super) fn go(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A path of ours to go to, or the start page: never another host's (`//…`) and never one with odd characters.
pub(super) fn local(next: &str) -> &str {
    let fits = next.starts_with('/')
        && !next.starts_with("//")
        && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if fits { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_paths_are_gone_to() {
        assert_eq!(local("/visits?x=1"), "/visits?x=1");
        for foreign in ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a b", "visits"] {
            assert_eq!(local(foreign), "/", "{foreign}");
        }
    }
}
