//! The pages: server-rendered HTML that works without a script.
//!
//! A handler reads the request, asks `rendez-domain` and fills a template of `templates/`. Every POST carries a token
//! that binds it to its visitor, and a key that makes sending it twice harmless; every string comes from `locales/`.
//! No rule of the business stands here.

mod account;
mod agenda;
mod appointment;
mod assets;
mod calendar;
mod confirm;
mod cookies;
mod day;
mod door;
mod error;
mod fields;
mod form;
mod hold;
mod mail;
mod my_data;
mod ops;
mod page;
mod password;
mod people;
mod person_form;
mod practice;
mod practitioner;
mod query;
mod reschedule;
mod search;
mod settings;
mod sign_in;
mod sign_up;
mod styleguide;
mod views;
mod visitor;
mod visits;
mod waiting;
mod week;
mod when;
mod work_account;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use rendez_vocab::Actor;

use self::error::PageError;
pub use self::error::without_visitor;
use self::practice::{invitation, patient, patients, staff, trail};
use self::settings::{hours, profile, time_off, visit_types};
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
        .route("/password/forgotten", get(password::forgotten).post(password::send))
        .route("/password/new/{token}", get(password::form).post(password::set))
        .route("/sign-out", post(sign_in::sign_out).get(start_over))
        .route("/visits", get(visits::show))
        .route("/appointments/{id}", get(appointment::show))
        .route("/appointments/{id}/confirm", get(confirm::form).post(confirm::confirm))
        .route("/appointments/{id}/leave", post(confirm::leave))
        .route("/appointments/{id}/stay", post(confirm::stay))
        .route("/appointments/{id}/cancel", get(appointment::cancel_form).post(appointment::cancel))
        .route("/appointments/{id}/move", get(reschedule::form).post(reschedule::reschedule))
        .route("/appointments/{id}/outcome", post(appointment::outcome))
        .route("/account", get(account::show))
        .route("/account/profile", post(account::profile).get(to_account))
        .route("/account/email", post(account::email).get(to_account))
        .route("/account/password", post(account::password).get(to_account))
        .route("/account/consents", post(account::consents).get(to_account))
        .route("/account/sessions", post(account::sessions).get(to_account))
        .route("/account/export", get(my_data::export))
        .route("/account/delete", get(my_data::delete_form).post(my_data::delete))
        .route("/goodbye", get(my_data::goodbye))
        .route("/calendar", get(calendar::show).post(calendar::change))
        .route("/people", get(people::list).post(people::add))
        .route("/people/{id}", get(people::form).post(people::correct))
        .route("/people/{id}/end", post(people::end))
        .route("/waiting", get(waiting::show).post(waiting::leave))
        .route("/waiting/{id}/withdraw", post(waiting::withdraw))
        .route("/waiting/{id}/decline", post(waiting::decline))
        .route("/waiting/{id}/again", post(waiting::again))
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
        .route("/practice/hours", get(hours::show).post(hours::send))
        .route("/practice/hours/time-off", post(time_off::take).get(start_over))
        .route("/practice/hours/time-off/{id}/end", post(time_off::end))
        .route("/practice/visit-types", get(visit_types::list).post(visit_types::order))
        .route("/practice/visit-types/{id}", get(visit_types::show).post(visit_types::send))
        .route("/practice/profile", get(profile::show).post(profile::send))
        .route("/practice/patients", get(patients::show).post(patients::search))
        .route("/practice/patients/{id}", get(patient::show))
        .route("/practice/patients/{id}/block", post(patient::block))
        .route("/practice/patients/{id}/unblock", post(patient::unblock))
        .route("/practice/staff", get(staff::show).post(staff::invite))
        .route("/practice/staff/{id}/rights", post(staff::rights))
        .route("/practice/staff/{id}/remove", post(staff::remove))
        .route("/practice/staff/invitations/{id}/withdraw", post(staff::withdraw))
        .route("/practice/trail", get(trail::show))
        .route("/invitations/{token}", get(invitation::show).post(invitation::accept))
        .route("/ops", get(ops::show))
        .route("/ops/jobs", get(ops::confirm).post(ops::act))
        .route("/styleguide", get(styleguide::show))
        .route("/dev/mail", get(mail::list))
        .route("/dev/mail/{id}", get(mail::show))
        .route("/dev/mail/{id}/visit.ics", get(mail::attachment))
        .route("/static/{digest}/{name}", get(assets::serve))
}

/// Somebody opened by hand what only a form is sent to.
async fn start_over() -> Response {
    visitor::go("/")
}

/// The same for the forms of the account's page: reloading what one of them answered leads back there.
async fn to_account() -> Response {
    visitor::go("/account")
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
