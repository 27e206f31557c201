//! Bearer tokens for people with an account here.
//!
//! Invariants: what is typed and what is answered is in no log and in no cache; the limits are those of the sign-in
//! page; a wrong address and a wrong password look the same. Partners get their tokens from an issuer instead.

use std::fmt;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use rendez_domain::identity::{self, IdentityRefusal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Fields, FromFields, Open, read};
use crate::problem::{Problem, codes};
use crate::state::App;

/// Who wants a token.
#[derive(ToSchema)]
pub struct Credentials {
    /// The account's e-mail address.
    #[schema(example = "name@example.org")]
    email: String,
    /// Its password.
    password: String,
}

/// Neither the address nor the password.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

impl FromFields for Credentials {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let email = fields.required("email", read::text(1..=254));
        let password = fields.required("password", read::secret);
        Some(Self { email: email?, password: password? })
    }
}

/// A bearer token (RFC 6749 section 5.1).
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
pub struct TokenView {
    /// What to send as `Authorization: Bearer`.
    access_token: String,
    /// Always `Bearer`.
    #[schema(value_type = String, example = "Bearer")]
    token_type: &'static str,
    /// How many seconds it is good for.
    #[schema(example = 86400)]
    expires_in: i64,
}

/// A bearer token of the server's own issuer for an account.
#[utoipa::path(post, path = "/v1/tokens", tag = "operations", security(()), request_body = Credentials,
    responses((status = 200, description = "The token", body = TokenView)))]
pub(crate) async fn issue(
    State(app): State<App>,
    Open { ctx, body }: Open<Credentials>,
) -> Result<([(HeaderName, &'static str); 1], Json<TokenView>), Problem> {
    app.admission.check_sign_in(ctx.origin.address, &body.email)?;
    let (actor, account) = identity::sign_in_for_token(&ctx, &body.email, &body.password).await?;
    let lifetime = app.issuer.longest_token();
    let view = TokenView {
        access_token: app.issuer.issue_for(&actor, account, lifetime)?,
        token_type: "Bearer",
        expires_in: lifetime.as_secs(),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(view)))
}

impl From<IdentityRefusal> for Problem {
    fn from(refusal: IdentityRefusal) -> Self {
        match refusal {
            IdentityRefusal::Fault(fault) => fault.into(),
            IdentityRefusal::Denied(denied) => denied.into(),
            IdentityRefusal::EmailTaken => Self::new(&codes::EMAIL_TAKEN),
            // A password that no account can have.
            IdentityRefusal::Password(_) | IdentityRefusal::WrongCredentials => {
                Self::new(&codes::WRONG_CREDENTIALS)
            }
            IdentityRefusal::NotFound => Self::not_found(),
            IdentityRefusal::Key(key) => key.into(),
            IdentityRefusal::LastManager | IdentityRefusal::OtherRole => Self::new(&codes::CONFLICT),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_password_is_taken_as_it_is_and_never_shown() {
        let body = json!({"email": " a@b.example ", "password": "  ends with blanks  "});
        let read = Fields::of(&body, Credentials::read).expect("fits");
        assert_eq!((read.email.as_str(), read.password.as_str()), ("a@b.example", "  ends with blanks  "));
        assert_eq!(format!("{read:?}"), "Credentials(…)");
        let wrong = Fields::of(&json!({"email": "", "password": 3}), Credentials::read).expect_err("wrong");
        assert!(wrong.iter().all(|error| !error.detail.contains('3')), "{wrong:?}");
    }
}
