//! A patient's data as a whole: to take along, and to let go.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rendez_domain::identity::{self, IdentityRefusal};
use rendez_domain::personal;

use super::account::{check_guesses, this};
use super::cookies;
use super::error::PageError;
use super::form::Posted;
use super::page::Page;
use super::visitor::{Visitor, go};

#[derive(Template)]
#[template(path = "delete.html")]
struct DeletePage {
    page: Page,
    /// How long what has to be kept of visits is kept.
    months: i32,
    wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "deleted.html")]
struct DeletedPage {
    page: Page,
}

/// `GET /account/export`: everything, as a file.
pub(super) async fn export(visitor: Visitor) -> Response {
    visitor
        .answer(async {
            let all = personal::export(&visitor.ctx).await?;
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8")),
                (
                    header::CONTENT_DISPOSITION,
                    HeaderValue::from_static("attachment; filename=\"rendez.json\""),
                ),
                (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
            ];
            Ok((headers, all).into_response())
        })
        .await
}

/// `GET /account/delete`
pub(super) async fn delete_form(visitor: Visitor) -> Response {
    visitor
        .answer(async {
            identity::own_account(&visitor.ctx, this(&visitor)).await?;
            Ok(visitor.show(StatusCode::OK, &page(&visitor, None)))
        })
        .await
}

fn page(visitor: &Visitor, wrong: Option<String>) -> DeletePage {
    DeletePage {
        page: Page { address: "/account/delete".to_owned(), ..visitor.page() },
        months: visitor.ctx.pack.retention().appointment_months,
        wrong,
    }
}

/// `POST /account/delete`
pub(super) async fn delete(posted: Posted) -> Response {
    posted
        .answer(async {
            identity::access::people(&posted.ctx.actor)?;
            check_guesses(&posted)?;
            match personal::delete_account(&posted.ctx, posted.verbatim("password")).await {
                Ok(()) => {
                    let mut response = go("/goodbye");
                    cookies::clear(&posted.app, &mut response, cookies::SESSION);
                    Ok(response)
                }
                Err(IdentityRefusal::WrongCredentials) => {
                    let wrong = Some(posted.t("account-wrong-password"));
                    Ok(posted.show(StatusCode::UNPROCESSABLE_ENTITY, &page(posted.visitor(), wrong)))
                }
                Err(refusal) => Err(refusal.into()),
            }
        })
        .await
}

/// `GET /goodbye`: where somebody stands who has deleted their account.
pub(super) async fn goodbye(visitor: Visitor) -> Response {
    visitor
        .answer(async {
            Ok::<_, PageError>(visitor.show(StatusCode::OK, &DeletedPage { page: visitor.page() }))
        })
        .await
}
