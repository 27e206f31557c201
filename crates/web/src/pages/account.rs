//! A patient's own account: who they are, how they sign in, what they agreed to, where they are signed in. For those who
//! work here the same address shows [`super::work_account`].
//!
//! Invariants: each part is a form of its own, judged alone, and keeps what was typed but for passwords; what changes how
//! somebody signs in asks for the password, and guessing it here is slowed down as it is when signing in.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use rendez_domain::directory::{self, PatientChange};
use rendez_domain::identity::{self, IdentityRefusal, OwnAccount, OwnSession};
use rendez_platform::auth::session::SessionHash;
use rendez_platform::auth::{PasswordRefusal, Passwords, SessionToken};
use rendez_vocab::Actor;
use serde::Deserialize;

use super::error::PageError;
use super::form::Posted;
use super::page::{Notice, Page};
use super::query::Lenient;
use super::sign_up::is_address;
use super::visitor::{Visitor, go};
use super::{when, work_account};
use crate::i18n::Locale;

/// The longest name.
const NAME: usize = 100;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// What has just been done.
    #[serde(default)]
    done: String,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    page: Page,
    notice: Option<Notice>,
    given_name: String,
    family_name: String,
    phone: String,
    email: String,
    new_email: String,
    languages: Vec<Tongue>,
    consents: Vec<Agreement>,
    sessions: Vec<SessionView>,
    wrong: Wrong,
}

/// A language in which mails can be written.
struct Tongue {
    tag: &'static str,
    name: &'static str,
    chosen: bool,
}

/// Something that the patient agreed to, or may.
struct Agreement {
    key: String,
    text: String,
    given: bool,
    required: bool,
}

/// A browser in which somebody is signed in.
pub(super) struct SessionView {
    pub(super) since: String,
    pub(super) is_this: bool,
}

impl SessionView {
    /// The same of each.
    pub(super) fn all(visitor: &Visitor, sessions: &[OwnSession]) -> Vec<Self> {
        let zone = visitor.ctx.pack.time_zone_name();
        let view = |session: &OwnSession| Self {
            since: when::moment(visitor.locale, &when::on_clock_of(zone, session.since)),
            is_this: session.is_this,
        };
        sessions.iter().map(view).collect()
    }
}

/// What is wrong, by field.
#[derive(Default)]
pub(super) struct Wrong(pub(super) Vec<(&'static str, String)>);

impl Wrong {
    pub(super) fn at(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, text)| text.as_str())
    }

    fn mark(&mut self, field: &'static str, text: String) {
        self.0.push((field, text));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// `GET /account`
pub(super) async fn show(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            let notice = match asked.done.as_str() {
                "profile" | "consents" => Some("account-kept"),
                "email" => Some("account-email-changed"),
                "password" => Some("account-password-changed"),
                "sessions" => Some("account-sessions-ended"),
                _ => None,
            };
            let notice = notice.map(|key| Notice::good(visitor.t(key)));
            if visitor.is_practice() {
                return work_account::page(&visitor, notice, Wrong::default()).await;
            }
            let account = identity::own_account(&visitor.ctx, this(&visitor)).await?;
            Ok(visitor.show(StatusCode::OK, &page(&visitor, &account, notice, Wrong::default())))
        })
        .await
}

/// The session that asks.
pub(super) fn this(visitor: &Visitor) -> Option<SessionHash> {
    visitor.token.as_ref().map(SessionToken::hash)
}

fn page(visitor: &Visitor, account: &OwnAccount, notice: Option<Notice>, wrong: Wrong) -> AccountPage {
    let mails_in = account.locale.as_deref().and_then(Locale::named).unwrap_or(visitor.locale);
    AccountPage {
        page: Page { address: "/account".to_owned(), ..visitor.page() },
        notice,
        given_name: account.given_name.clone(),
        family_name: account.family_name.clone(),
        phone: account.phone.clone().unwrap_or_default(),
        email: account.email.clone(),
        new_email: String::new(),
        languages: Locale::ALL
            .into_iter()
            .map(|locale| Tongue { tag: locale.tag(), name: locale.own_name(), chosen: locale == mails_in })
            .collect(),
        consents: visitor
            .ctx
            .pack
            .consents()
            .iter()
            .map(|consent| Agreement {
                key: consent.key.clone(),
                text: consent.text.get(visitor.locale.tag()).to_owned(),
                given: account.consents.contains(&consent.key),
                required: consent.required,
            })
            .collect(),
        sessions: SessionView::all(visitor, &account.sessions),
        wrong,
    }
}

/// The page once more, with what is wrong.
async fn again(posted: &Posted, wrong: Wrong) -> Result<Response, PageError> {
    if posted.is_practice() {
        return work_account::page(posted.visitor(), None, wrong).await;
    }
    let account = identity::own_account(&posted.ctx, this(posted.visitor())).await?;
    let mut page = page(posted.visitor(), &account, None, wrong);
    for (field, value) in [("given_name", &mut page.given_name), ("family_name", &mut page.family_name)] {
        if page.wrong.at(field).is_some() {
            posted.field(field).clone_into(value);
        }
    }
    if page.wrong.at("phone").is_some() {
        posted.field("phone").clone_into(&mut page.phone);
    }
    if page.wrong.at("email").is_some() || page.wrong.at("email_password").is_some() {
        posted.field("email").clone_into(&mut page.new_email);
    }
    Ok(posted.show(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// `POST /account/profile`
pub(super) async fn profile(posted: Posted) -> Response {
    posted
        .answer(async {
            identity::access::people(&posted.ctx.actor)?;
            let Actor::Patient(own) = posted.ctx.actor else { return Err(PageError::Forbidden) };
            let mut wrong = Wrong::default();
            for (field, label) in [("given_name", "field-given-name"), ("family_name", "field-family-name")] {
                let key = match posted.field(field).chars().count() {
                    0 => "wrong-missing",
                    count if count > NAME => "wrong-too-long",
                    _ => continue,
                };
                let label = posted.t(label);
                wrong.mark(field, posted.locale.text_with(key, [("field", label.into())]));
            }
            let phone = posted.ctx.pack.phone().international(posted.field("phone"));
            if !posted.field("phone").is_empty() && phone.is_none() {
                wrong.mark("phone", posted.t("wrong-phone"));
            }
            if !wrong.is_empty() {
                return again(&posted, wrong).await;
            }
            let language = Locale::named(posted.field("language")).map(|locale| locale.tag().to_owned());
            let change = PatientChange {
                given_name: Some(posted.field("given_name").to_owned()),
                family_name: Some(posted.field("family_name").to_owned()),
                phone: Some(phone),
                locale: language.map(Some),
                ..PatientChange::default()
            };
            directory::update_patient(&posted.ctx, own, None, change).await?;
            Ok(go("/account?done=profile"))
        })
        .await
}

/// Slows down whoever guesses the password of a session that was left open.
pub(super) fn check_guesses(posted: &Posted) -> Result<(), PageError> {
    let who = posted.ctx.actor.to_string();
    posted.app.admission.check_sign_in(posted.ctx.origin.address, &who).map_err(|_| PageError::TooMany)
}

/// `POST /account/email`
pub(super) async fn email(posted: Posted) -> Response {
    posted
        .answer(async {
            identity::access::people(&posted.ctx.actor)?;
            check_guesses(&posted)?;
            let mut wrong = Wrong::default();
            if !is_address(posted.field("email")) || posted.field("email").len() > 254 {
                wrong.mark("email", posted.t("wrong-email"));
                return again(&posted, wrong).await;
            }
            let changed =
                identity::change_email(&posted.ctx, posted.verbatim("password"), posted.field("email"));
            match changed.await {
                Ok(()) => Ok(go("/account?done=email")),
                Err(IdentityRefusal::EmailTaken) => {
                    wrong.mark("email", posted.t("account-email-taken"));
                    again(&posted, wrong).await
                }
                Err(IdentityRefusal::WrongCredentials) => {
                    wrong.mark("email_password", posted.t("account-wrong-password"));
                    again(&posted, wrong).await
                }
                Err(refusal) => Err(refusal.into()),
            }
        })
        .await
}

/// `POST /account/password`
pub(super) async fn password(posted: Posted) -> Response {
    posted
        .answer(async {
            identity::access::signed_in(&posted.ctx.actor)?;
            check_guesses(&posted)?;
            let mut wrong = Wrong::default();
            let new = posted.verbatim("new_password");
            if let Err(refusal) = Passwords::check(new) {
                wrong.mark("new_password", posted.t(password_wrong(refusal)));
                return again(&posted, wrong).await;
            }
            let this = this(posted.visitor());
            match identity::change_password(&posted.ctx, posted.verbatim("password"), new, this).await {
                Ok(()) => Ok(go("/account?done=password")),
                Err(IdentityRefusal::WrongCredentials) => {
                    wrong.mark("password", posted.t("account-wrong-password"));
                    again(&posted, wrong).await
                }
                Err(refusal) => Err(refusal.into()),
            }
        })
        .await
}

/// What to say of a password that does not do.
pub(super) const fn password_wrong(refusal: PasswordRefusal) -> &'static str {
    match refusal {
        PasswordRefusal::TooShort => "wrong-password-short",
        PasswordRefusal::TooLong => "wrong-password-long",
    }
}

/// `POST /account/consents`
pub(super) async fn consents(posted: Posted) -> Response {
    posted
        .answer(async {
            let known = posted.ctx.pack.consents().iter();
            let given: Vec<String> = known
                .filter(|consent| posted.field(&format!("consent-{}", consent.key)) == "yes")
                .map(|consent| consent.key.clone())
                .collect();
            identity::set_consents(&posted.ctx, &given).await?;
            Ok(go("/account?done=consents"))
        })
        .await
}

/// `POST /account/sessions`: ends every other one.
pub(super) async fn sessions(posted: Posted) -> Response {
    posted
        .answer(async {
            identity::end_other_sessions(&posted.ctx, this(posted.visitor())).await?;
            Ok(go("/account?done=sessions"))
        })
        .await
}
