//! The pages: server-rendered HTML that works without a script.
//!
//! A handler reads the request, asks `rendez-domain` and fills a template of `templates/`. Every POST carries a token
//! that binds it to its visitor, and a key that makes sending it twice harmless; every string comes from `locales/`.
//! No rule of the business stands here.

mod agenda;
mod appointment;
mod assets;
mod cookies;
mod day;
mod error;
mod form;
mod hold;
mod mail;
mod page;
mod practitioner;
mod query;
mod reschedule;
mod search;
mod sign_in;
mod sign_up;
mod views;
mod visitor;
mod visits;
mod week;
mod when;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use rendez_vocab::Actor;

use self::error::PageError;
pub use self::error::without_visitor;
use self::visitor::Visitor;
use crate::state::App;

/// Every page's URL.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(search::home))
        .route("/search", get(search::results))
        .route("/practitioners/{id}", get(practitioner::show))
        .route("/hold", post(hold::hold).get(start_over))
        .route("/sign-in", get(sign_in::form).post(sign_in::sign_in))
        .route("/sign-up", get(sign_up::form).post(sign_up::sign_up))
        .route("/sign-out", post(sign_in::sign_out).get(start_over))
        .route("/visits", get(visits::show))
        .route("/appointments/{id}", get(appointment::show))
        .route("/appointments/{id}/confirm", get(appointment::confirm_form).post(appointment::confirm))
        .route("/appointments/{id}/cancel", get(appointment::cancel_form).post(appointment::cancel))
        .route("/appointments/{id}/move", get(reschedule::form).post(reschedule::reschedule))
        .route("/appointments/{id}/outcome", post(appointment::outcome))
        .route("/practice/agenda", get(agenda::show))
        .route("/practice/agenda/columns", get(agenda::columns))
        .route("/practice/agenda/stream", get(agenda::stream))
        .route("/practice/book", get(agenda::form).post(agenda::book))
        .route("/practice/book/patients", post(agenda::find).get(start_over))
        .route("/practice/block", post(agenda::block).get(start_over))
        .route("/practice/block/end", post(agenda::unblock).get(start_over))
        .route("/practice/visits/{id}", get(agenda::visit))
        .route("/practice/visits/{id}/cancel", post(agenda::cancel).get(start_over))
        .route("/practice/visits/{id}/move", get(agenda::move_form).post(agenda::move_visit))
        .route("/practice/day", get(day::show))
        .route("/dev/mail", get(mail::list))
        .route("/dev/mail/{id}", get(mail::show))
        .route("/dev/mail/{id}/visit.ics", get(mail::attachment))
        .route("/static/{digest}/{name}", get(assets::serve))
}

/// Somebody opened by hand what only a form is sent to.
async fn start_over() -> Response {
    visitor::go("/")
}

/// Who is signed in by the session of a request: nobody without one that lives. The visitor is kept with the request.
pub async fn signed_in(parts: &mut Parts, app: &App) -> Actor {
    if !cookies::has_session(app, &parts.headers) {
        return Actor::Nobody;
    }
    let Ok(visitor) = Visitor::from_request_parts(parts, app).await;
    visitor.actor().clone()
}

/// The page for an address where nothing is: for the router's fallback outside the API.
pub async fn not_found(visitor: Visitor) -> Response {
    visitor.answer(async { Err(PageError::NotFound) }).await
}
