//! The link of an invitation: whoever opens it chooses a password and works for the practice from then on.
//!
//! Invariant: the link is the only proof, counts once, and is told of nowhere but in its own address and form.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use rendez_domain::identity::{self, IdentityRefusal, Invitation, LinkToken, Rights};

use crate::pages::error::PageError;
use crate::pages::fields::Field;
use crate::pages::form::Posted;
use crate::pages::page::{Notice, Page};
use crate::pages::sign_in::begin;
use crate::pages::visitor::Visitor;

#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationPage {
    page: Page,
    heading: String,
    text: String,
    email: String,
    notice: Option<Notice>,
    action: String,
    password: Field,
    button: String,
}

/// `GET /invitations/{token}`
pub(in crate::pages) async fn show(visitor: Visitor, Path(token): Path<String>) -> Response {
    visitor
        .answer(async {
            let read = LinkToken::read(&token).ok_or(PageError::NotFound)?;
            let open = identity::invitation(&visitor.ctx, read).await?;
            Ok(page(&visitor, &token, &open, None, StatusCode::OK))
        })
        .await
}

/// `POST /invitations/{token}`
pub(in crate::pages) async fn accept(Path(token): Path<String>, posted: Posted) -> Response {
    posted
        .answer(async {
            let address = posted.ctx.origin.address;
            let read = LinkToken::read(&token).ok_or(PageError::NotFound)?;
            let open = identity::invitation(&posted.ctx, read).await?;
            posted.app.admission.check_sign_in(address, &open.email).map_err(|_| PageError::TooMany)?;
            let wrong =
                match identity::accept_invitation(&posted.ctx, read, posted.verbatim("password")).await {
                    Ok(account) => return begin(posted.visitor(), account, "/practice/patients").await,
                    Err(IdentityRefusal::Password(_)) => "wrong-password-short",
                    Err(IdentityRefusal::WrongCredentials) => "sign-in-wrong",
                    Err(IdentityRefusal::OtherRole | IdentityRefusal::EmailTaken) => "invitation-other-role",
                    Err(refusal) => return Err(refusal.into()),
                };
            let wrong = Some(posted.t(wrong));
            Ok(page(posted.visitor(), &token, &open, wrong, StatusCode::UNPROCESSABLE_ENTITY))
        })
        .await
}

fn page(
    visitor: &Visitor,
    token: &str,
    open: &Invitation,
    wrong: Option<String>,
    status: StatusCode,
) -> Response {
    let rights = visitor.t(match open.rights {
        Rights::Desk => "rights-desk",
        Rights::Manager => "rights-manager",
    });
    let (kind, hint, button) = if open.has_account {
        ("current-password", "invitation-known", "invitation-join")
    } else {
        ("new-password", "field-password-hint", "invitation-accept")
    };
    let frame = visitor.page();
    let shown = InvitationPage {
        heading: frame.t1("invitation-title", "practice", &open.organization),
        text: frame.t1("invitation-text", "rights", rights),
        email: open.email.clone(),
        notice: None,
        action: format!("/invitations/{token}"),
        password: Field {
            autocomplete: kind,
            wrong,
            ..Field::new("password", "password", visitor.t("field-password"), "")
                .required()
                .at_most(200)
                .hint(visitor.t(hint))
        },
        button: visitor.t(button),
        page: frame,
    };
    visitor.show(status, &shown)
}
