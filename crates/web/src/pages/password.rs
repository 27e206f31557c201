//! A password that was forgotten: asking for a link by mail, and choosing another password with it.
//!
//! Invariants: the answer to an address is the same, and comes no sooner, whether it has an account or not; a link is the only
//! proof and is told of nowhere but in its own address and form.

use std::time::Duration;

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use rendez_domain::identity::{self, IdentityRefusal, LinkMail, LinkToken};
use rendez_platform::auth::Passwords;
use serde::Deserialize;

use super::account::password_wrong;
use super::error::PageError;
use super::fields::Field;
use super::form::Posted;
use super::page::{Notice, Page};
use super::query::Lenient;
use super::sign_in::begin;
use super::sign_up::is_address;
use super::visitor::{Visitor, go};
use crate::i18n::Locale;

/// How long an answer takes at least: longer than writing a mail does, so that the time tells nothing either.
const ANSWER_TAKES: Duration = Duration::from_millis(500);

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// What has just been done.
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "password_forgotten.html")]
struct ForgottenPage {
    page: Page,
    notice: Option<Notice>,
    email: Field,
}

#[derive(Template)]
#[template(path = "password_new.html")]
struct NewPage {
    page: Page,
    email: String,
    action: String,
    password: Field,
}

#[derive(Template)]
#[template(path = "password_over.html")]
struct OverPage {
    page: Page,
}

/// `GET /password/forgotten`
pub(super) async fn forgotten(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            let notice = (asked.done == "sent").then(|| Notice::plain(visitor.t("forgotten-sent")));
            let page = ForgottenPage { page: visitor.page(), notice, email: address_field(&visitor, "") };
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}

fn address_field(visitor: &Visitor, email: &str) -> Field {
    Field {
        autocomplete: "username",
        ..Field::new("email", "email", visitor.t("field-email"), email).required().at_most(254)
    }
}

/// `POST /password/forgotten`
pub(super) async fn send(posted: Posted) -> Response {
    posted
        .answer(async {
            let email = posted.field("email");
            let mut field = address_field(posted.visitor(), email);
            if !is_address(email) || email.len() > 254 {
                field.refuse(posted.t("wrong-email"));
                let page = ForgottenPage {
                    page: posted.page().at("/password/forgotten"),
                    notice: None,
                    email: field,
                };
                return Ok(posted.show(StatusCode::UNPROCESSABLE_ENTITY, &page));
            }
            let address = posted.ctx.origin.address;
            posted.app.admission.check_sign_in(address, email).map_err(|_| PageError::TooMany)?;
            let ctx = posted.once("POST /password/forgotten", &[email]);
            let words = mail_in_words(posted.visitor());
            let asked = identity::forgot_password(&ctx, email, words);
            let (asked, ()) = tokio::join!(asked, tokio::time::sleep(ANSWER_TAKES));
            asked?;
            Ok(go("/password/forgotten?done=sent"))
        })
        .await
}

/// The mail in the language of the account's other mails, or else in that of whoever asks.
fn mail_in_words(visitor: &Visitor) -> impl FnOnce(Option<&str>, &LinkToken) -> LinkMail + Send + use<> {
    let (asked_in, base) = (visitor.locale, visitor.app.settings.public_url.clone());
    move |language, token| {
        let locale = language.and_then(Locale::named).unwrap_or(asked_in);
        let link = format!("{base}/password/new/{}", token.reveal());
        LinkMail {
            subject: locale.text("forgotten-mail-subject"),
            body: locale.text_with("forgotten-mail-body", [("link", link.into())]),
        }
    }
}

/// `GET /password/new/{token}`
pub(super) async fn form(visitor: Visitor, Path(token): Path<String>) -> Response {
    visitor
        .answer(async {
            let Some(email) = owner(&visitor, &token).await? else { return Ok(over(&visitor)) };
            Ok(new_page(&visitor, &token, email, None))
        })
        .await
}

/// `POST /password/new/{token}`
pub(super) async fn set(Path(token): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            posted.app.admission.check_sign_up(posted.ctx.origin.address).map_err(|_| PageError::TooMany)?;
            let (Some(read), Some(email)) = (LinkToken::read(&token), owner(&posted, &token).await?) else {
                return Ok(over(&posted));
            };
            let new = posted.verbatim("password");
            if let Err(refusal) = Passwords::check(new) {
                let wrong = posted.t(password_wrong(refusal));
                return Ok(new_page(&posted, &token, email, Some(wrong)));
            }
            match identity::reset_password(&posted.ctx, read, new).await {
                Ok(account) => begin(&posted, account, "").await,
                Err(IdentityRefusal::NotFound) => Ok(over(&posted)),
                Err(refusal) => Err(refusal.into()),
            }
        })
        .await
}

/// The address of the account behind a link, while it counts.
async fn owner(visitor: &Visitor, token: &str) -> Result<Option<String>, PageError> {
    let Some(read) = LinkToken::read(token) else { return Ok(None) };
    match identity::reset_owner(&visitor.ctx, read).await {
        Ok(email) => Ok(Some(email)),
        Err(IdentityRefusal::NotFound) => Ok(None),
        Err(refusal) => Err(refusal.into()),
    }
}

fn new_page(visitor: &Visitor, token: &str, email: String, wrong: Option<String>) -> Response {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let action = format!("/password/new/{token}");
    let page = NewPage {
        page: visitor.page().at(action.clone()),
        email,
        action,
        password: Field {
            autocomplete: "new-password",
            wrong,
            ..Field::new("password", "password", visitor.t("account-password-new"), "")
                .required()
                .at_most(200)
                .hint(visitor.t("field-password-hint"))
        },
    };
    visitor.show(status, &page)
}

/// A link that does not count: nobody learns whether it ever did.
fn over(visitor: &Visitor) -> Response {
    let page = OverPage { page: visitor.page().at("/password/forgotten") };
    visitor.show(StatusCode::NOT_FOUND, &page)
}
