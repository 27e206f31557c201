//! Signing in and out.
//!
//! Invariant: signing in makes a new session and ends the one that the browser had (OWASP ASVS 7.2.4); a wrong address
//! and a wrong password look the same.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use rendez_domain::identity::{self, Account, IdentityRefusal};
use rendez_platform::auth::{SessionToken, session};
use serde::Deserialize;

use super::cookies;
use super::error::PageError;
use super::form::Posted;
use super::hold;
use super::page::Page;
use super::query::Lenient;
use super::visitor::{Visitor, go, local};

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// Where to go afterwards.
    #[serde(default)]
    pub(super) next: String,
    /// `ended` when a form came back here because its session was over.
    #[serde(default)]
    why: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    page: Page,
    wish: Option<String>,
    wrong: Option<String>,
    /// Why somebody who was signed in is asked again, or who is signed in already.
    note: Option<String>,
    email: String,
    next: String,
    demo: Vec<DemoAccount>,
}

/// An account of the demo, offered as a button.
struct DemoAccount {
    role: String,
    email: &'static str,
    password: &'static str,
}

/// The demo's accounts; none outside of the demo.
fn demo_accounts(visitor: &Visitor) -> Vec<DemoAccount> {
    let known = visitor.app.demo.iter().flatten();
    known
        .map(|login| DemoAccount {
            role: visitor.t(&format!("role-{}", login.role)),
            email: login.email,
            password: login.password,
        })
        .collect()
}

/// `GET /sign-in`
pub(super) async fn form(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            let page = SignInPage {
                page: visitor.page(),
                wish: hold::wish_text(&visitor).await?,
                wrong: None,
                note: note(&visitor, &asked.why),
                email: String::new(),
                next: asked.next,
                demo: demo_accounts(&visitor),
            };
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}

/// What is worth knowing before signing in.
fn note(visitor: &Visitor, why: &str) -> Option<String> {
    match visitor.name() {
        Some(name) => Some(visitor.locale.text_with("sign-in-already", [("name", name.into())])),
        None => (why == "ended").then(|| visitor.t("sign-in-ended")),
    }
}

/// `POST /sign-in`
pub(super) async fn sign_in(posted: Posted) -> Response {
    posted
        .answer(async {
            let address = posted.ctx.origin.address;
            let email = posted.field("email");
            posted.app.admission.check_sign_in(address, email).map_err(|_| PageError::TooMany)?;
            match identity::sign_in(&posted.ctx, email, posted.verbatim("password")).await {
                Ok(account) => begin(posted.visitor(), account, posted.field("next")).await,
                Err(IdentityRefusal::Fault(fault)) => Err(fault.into()),
                Err(_) => {
                    let page = SignInPage {
                        page: posted.page(),
                        wish: hold::wish_text(posted.visitor()).await?,
                        wrong: Some(posted.t("sign-in-wrong")),
                        note: None,
                        email: email.to_owned(),
                        next: posted.field("next").to_owned(),
                        demo: demo_accounts(posted.visitor()),
                    };
                    Ok(posted.show(StatusCode::UNPROCESSABLE_ENTITY, &page))
                }
            }
        })
        .await
}

/// Begins a session, takes the time that was wished for, and goes on.
pub(super) async fn begin(visitor: &Visitor, account: Account, next: &str) -> Result<Response, PageError> {
    let app = &visitor.app;
    let token = SessionToken::new(&*app.services.entropy);
    let conn = app.services.store.read_fresh().await?;
    if let Some(old) = &visitor.token {
        session::revoke(&*conn, old).await?;
    }
    let session = session::create(&*conn, &token, account.id, app.settings.sessions).await?;
    drop(conn);
    let signed_in = visitor.signed_in(&session).await?;
    let wish = hold::wish(visitor).filter(|_| !signed_in.is_practice());
    let mut response = match wish {
        Some(slot) => match hold::take(&signed_in, &signed_in.ctx, slot, None).await {
            Ok(response) => response,
            Err(error) => error.page(&signed_in),
        },
        None if next.is_empty() && signed_in.is_practice() => go("/practice/agenda"),
        None if next.is_empty() => go("/visits"),
        None => go(local(next)),
    };
    cookies::set(app, &mut response, cookies::SESSION, token.reveal(), Some(app.settings.sessions.total));
    cookies::clear(app, &mut response, cookies::WISH);
    Ok(response)
}

/// `POST /sign-out`
pub(super) async fn sign_out(posted: Posted) -> Response {
    posted
        .answer(async {
            if let Some(token) = &posted.token {
                let conn = posted.app.services.store.read_fresh().await?;
                session::revoke(&*conn, token).await?;
            }
            let mut response = go("/");
            cookies::clear(&posted.app, &mut response, cookies::SESSION);
            Ok(response)
        })
        .await
}
