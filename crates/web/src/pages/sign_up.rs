//! Making a patient's account.
//!
//! Invariant: every field is judged at once and keeps what was typed, but for the password.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use rendez_domain::directory::NewPatient;
use rendez_domain::identity::{self, IdentityRefusal, NewPatientAccount};
use rendez_platform::auth::{PasswordRefusal, Passwords};

use super::error::PageError;
use super::form::Posted;
use super::hold;
use super::page::Page;
use super::query::Lenient;
use super::sign_in::{Asked, begin};
use super::visitor::Visitor;

/// A field of the form.
struct Field {
    name: &'static str,
    label: String,
    kind: &'static str,
    autocomplete: &'static str,
    max: usize,
    required: bool,
    hint: String,
    value: String,
    wrong: Option<String>,
}

impl Field {
    fn is_described(&self) -> bool {
        self.wrong.is_some() || !self.hint.is_empty()
    }
}

/// Something to agree to.
struct Agreement {
    key: String,
    name: String,
    label: String,
    required: bool,
    checked: bool,
    wrong: Option<String>,
}

/// The form with what stands in it and what is wrong with it.
struct SignUpForm {
    fields: Vec<Field>,
    consents: Vec<Agreement>,
}

#[derive(Template)]
#[template(path = "sign_up.html")]
struct SignUpPage {
    page: Page,
    wish: Option<String>,
    next: String,
    form: SignUpForm,
}

/// `GET /sign-up`
pub(super) async fn form(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            let page = SignUpPage {
                page: visitor.page(),
                wish: hold::wish_text(&visitor).await?,
                next: asked.next,
                form: SignUpForm::new(&visitor, |_| ""),
            };
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}

/// `POST /sign-up`
pub(super) async fn sign_up(posted: Posted) -> Response {
    posted
        .answer(async {
            let address = posted.ctx.origin.address;
            posted.app.admission.check_sign_up(address).map_err(|_| PageError::TooMany)?;
            let mut form = SignUpForm::new(posted.visitor(), |name| posted.field(name));
            if let Some(new) = form.judge(&posted) {
                match identity::register_patient(&posted.ctx, new).await {
                    Ok(account) => return begin(posted.visitor(), account, posted.field("next")).await,
                    Err(IdentityRefusal::EmailTaken) => form.mark("email", posted.t("wrong-email-taken")),
                    Err(IdentityRefusal::Fault(fault)) => return Err(fault.into()),
                    Err(IdentityRefusal::Password(_) | IdentityRefusal::WrongCredentials) => {
                        form.mark("password", posted.t("wrong-password-short"));
                    }
                }
            }
            let page = SignUpPage {
                page: posted.page(),
                wish: hold::wish_text(posted.visitor()).await?,
                next: posted.field("next").to_owned(),
                form,
            };
            Ok(posted.show(StatusCode::UNPROCESSABLE_ENTITY, &page))
        })
        .await
}

impl SignUpForm {
    fn new<'v>(visitor: &Visitor, typed: impl Fn(&str) -> &'v str) -> Self {
        // Name, label, kind, autocomplete (HTML, section 4.10.18.7), most characters, required.
        let fields = [
            ("given_name", "field-given-name", "text", "given-name", 100, true),
            ("family_name", "field-family-name", "text", "family-name", 100, true),
            ("birth_date", "field-birth-date", "date", "bday", 10, true),
            ("phone", "field-phone", "tel", "tel", 30, false),
            ("email", "field-email", "email", "email", 254, true),
            ("password", "field-password", "password", "new-password", 200, true),
        ]
        .into_iter()
        .map(|(name, label, kind, autocomplete, max, required)| Field {
            name,
            label: visitor.t(label),
            kind,
            autocomplete,
            max,
            required,
            hint: if kind == "password" { visitor.t("field-password-hint") } else { String::new() },
            value: if kind == "password" { String::new() } else { typed(name).to_owned() },
            wrong: None,
        })
        .collect();
        let consents = visitor
            .ctx
            .pack
            .consents()
            .iter()
            .map(|consent| {
                let name = format!("consent-{}", consent.key);
                Agreement {
                    key: consent.key.clone(),
                    label: consent.text.get(visitor.locale.tag()).to_owned(),
                    required: consent.required,
                    checked: typed(&name) == "yes",
                    name,
                    wrong: None,
                }
            })
            .collect();
        Self { fields, consents }
    }

    /// Marks what is wrong; the account to make if nothing is.
    fn judge(&mut self, posted: &Posted) -> Option<NewPatientAccount> {
        for field in &mut self.fields {
            let label = field.label.clone();
            let say = |key: &str| posted.locale.text_with(key, [("field", label.into())]);
            let typed = posted.verbatim(field.name);
            if field.required && typed.trim().is_empty() {
                field.wrong = Some(say("wrong-missing"));
            } else if field.kind != "password" && typed.trim().chars().count() > field.max {
                field.wrong = Some(say("wrong-too-long"));
            }
        }
        for consent in self.consents.iter_mut().filter(|consent| consent.required && !consent.checked) {
            consent.wrong = Some(posted.t("wrong-consent"));
        }
        let email = posted.field("email");
        if !email.is_empty() && !is_address(email) {
            self.mark("email", posted.t("wrong-email"));
        }
        let password = posted.verbatim("password");
        match Passwords::check(password) {
            Err(_) if password.trim().is_empty() => {}
            Err(PasswordRefusal::TooShort) => self.mark("password", posted.t("wrong-password-short")),
            Err(PasswordRefusal::TooLong) => self.mark("password", posted.t("wrong-password-long")),
            Ok(()) => {}
        }
        let zone = posted.ctx.pack.time_zone();
        let today = zone.to_datetime(posted.ctx.clock.now()).date();
        let birth_date = posted.field("birth_date").parse::<Date>().ok();
        let plausible = birth_date.is_some_and(|date| date <= today && date.year() >= today.year() - 130);
        if !posted.field("birth_date").is_empty() && !plausible {
            self.mark("birth_date", posted.t("wrong-birth-date"));
        }
        let phone = posted.ctx.pack.phone().international(posted.field("phone"));
        if !posted.field("phone").is_empty() && phone.is_none() {
            self.mark("phone", posted.t("wrong-phone"));
        }
        (!self.has_errors()).then(|| NewPatientAccount {
            patient: NewPatient {
                given_name: posted.field("given_name").to_owned(),
                family_name: posted.field("family_name").to_owned(),
                birth_date,
                email: Some(email.to_owned()),
                phone,
                locale: Some(posted.locale.tag().to_owned()),
            },
            email: email.to_owned(),
            consents: self.given(),
            password: password.to_owned(),
        })
    }

    /// The keys of the consents that are given.
    fn given(&self) -> Vec<String> {
        self.consents.iter().filter(|consent| consent.checked).map(|consent| consent.key.clone()).collect()
    }

    fn mark(&mut self, name: &str, text: String) {
        for field in self.fields.iter_mut().filter(|field| field.name == name) {
            field.wrong = Some(text.clone());
        }
    }

    fn has_errors(&self) -> bool {
        self.fields.iter().any(|field| field.wrong.is_some())
            || self.consents.iter().any(|consent| consent.wrong.is_some())
    }
}

/// Whether a text can be an e-mail address: one `@`, something before it, a domain with a dot behind it, no blanks.
/// Whether it is one, only a mail can tell.
pub(super) fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    !local.is_empty()
        && !domain.contains('@')
        && domain.split('.').count() > 1
        && domain.split('.').all(|label| !label.is_empty())
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';'))
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn an_address_has_two_halves_and_a_domain() {
        for right in ["marie@example.org", "m.le-goff+rdv@mail.example.fr"] {
            assert!(is_address(right), "{right}");
        }
        for wrong in
            ["", "marie", "marie@", "@example.org", "a@b", "a@b.", "a b@c.fr", "a@b.fr, c@d.fr", "a@@b.fr"]
        {
            assert!(!is_address(wrong), "{wrong}");
        }
    }
}
