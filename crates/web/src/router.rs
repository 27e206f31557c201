//! The table of contents: every URL of the API. The pages' URLs stand in `pages`.

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use axum::{Router, middleware};
use rendez_platform::fault::Fault;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate, SizeAbove};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::appointments::{audit, commands, queries};
use crate::api::{
    completion, explain, feed, index, locations, opening_hours, openings, operations, patients,
    practitioners, search, slots, stream, time_off, tokens, visit_types, wishes,
};
use crate::middleware::shell;
use crate::problem::{Problem, codes};
use crate::state::App;
use crate::{docs, pages, problem};

/// Shorter answers are not worth compressing.
const COMPRESS_ABOVE_BYTES: u64 = 1024;

/// The URLs of the API. A test compares the comments with the handlers' own words.
fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(docs::Head::openapi())
        .routes(routes!(practitioners::create)) //                     POST /v1/practitioners
        .routes(routes!(practitioners::find, practitioners::change)) //  GET PATCH /v1/practitioners/{id}
        .routes(routes!(visit_types::add)) //                          POST /v1/practitioners/{id}/visit-types
        .routes(routes!(visit_types::replace)) //                      PUT /v1/practitioners/{id}/visit-types/{visit_type_id}
        .routes(routes!(opening_hours::find, opening_hours::replace)) // GET PUT /v1/practitioners/{id}/opening-hours
        .routes(routes!(openings::open)) //                            POST /v1/practitioners/{id}/openings
        .routes(routes!(openings::delete)) //                          DELETE /v1/practitioners/{id}/openings/{opening_id}
        .routes(routes!(time_off::list, time_off::take)) //            GET POST /v1/practitioners/{id}/time-off
        .routes(routes!(time_off::end)) //                             DELETE /v1/practitioners/{id}/time-off/{time_off_id}
        .routes(routes!(slots::list)) //                               GET /v1/practitioners/{id}/slots
        .routes(routes!(explain::explain)) //                          GET /v1/practitioners/{id}/slots/explain
        .routes(routes!(stream::follow)) //                            GET /v1/practitioners/{id}/slots/stream
        .routes(routes!(locations::organization)) //                   GET /v1/organizations/{id}
        .routes(routes!(locations::list, locations::add)) //           GET POST /v1/organizations/{id}/locations
        .routes(routes!(practitioners::of_organization)) //            GET /v1/organizations/{id}/practitioners
        .routes(routes!(locations::find)) //                           GET /v1/locations/{id}
        .routes(routes!(locations::rooms, locations::add_room)) //     GET POST /v1/locations/{id}/rooms
        .routes(routes!(patients::create)) //                          POST /v1/patients
        .routes(routes!(patients::find, patients::change)) //          GET PATCH /v1/patients/{id}
        .routes(routes!(queries::list, commands::hold)) //             GET POST /v1/appointments
        .routes(routes!(commands::expire)) //                          POST /v1/appointments/expire
        .routes(routes!(queries::find)) //                             GET /v1/appointments/{id}
        .routes(routes!(audit::trail)) //                              GET /v1/appointments/{id}/audit
        .routes(routes!(commands::confirm)) //                         POST /v1/appointments/{id}/confirm
        .routes(routes!(commands::cancel)) //                          POST /v1/appointments/{id}/cancel
        .routes(routes!(commands::reschedule)) //                      POST /v1/appointments/{id}/reschedule
        .routes(routes!(commands::outcome)) //                         POST /v1/appointments/{id}/outcome
        .routes(routes!(wishes::list, wishes::leave)) //               GET POST /v1/wishes
        .routes(routes!(wishes::find)) //                              GET /v1/wishes/{id}
        .routes(routes!(wishes::withdraw)) //                          POST /v1/wishes/{id}/withdraw
        .routes(routes!(wishes::wait_again)) //                        POST /v1/wishes/{id}/wait-again
        .routes(routes!(feed::read)) //                                GET /v1/calendars/{token}
        .routes(routes!(search::search)) //                            GET /v1/search
        .routes(routes!(completion::specialties)) //                   GET /v1/specialties
        .routes(routes!(completion::places)) //                        GET /v1/places
        .routes(routes!(completion::completions)) //                   GET /v1/completions
        .routes(routes!(index::find)) //                               GET /v1/index
        .routes(routes!(index::begin_check)) //                        POST /v1/index/check
        .routes(routes!(tokens::issue)) //                             POST /v1/tokens
        .routes(routes!(operations::alive)) //                         GET /healthz
        .routes(routes!(operations::ready)) //                         GET /readyz
        .routes(routes!(operations::metrics)) //                       GET /metrics
        .routes(routes!(operations::keys)) //                          GET /.well-known/jwks.json
        .routes(routes!(operations::issuer)) //                        GET /.well-known/openid-configuration
}

/// The whole of the HTTP surface.
pub fn router(app: App) -> Result<Router, Fault> {
    let (api, description) = api().split_for_parts();
    let worth_it = DefaultPredicate::new().and(SizeAbove::new(COMPRESS_ABOVE_BYTES));
    Ok(Router::new()
        .merge(api)
        .merge(docs::routes(&docs::complete(description))?)
        .merge(problem::pages::routes())
        .merge(pages::routes())
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown)
        .layer(DefaultBodyLimit::max(app.settings.max_body_bytes))
        .layer(middleware::from_fn_with_state(app.clone(), shell::shell))
        .layer(CompressionLayer::new().gzip(true).compress_when(worth_it))
        .with_state(app))
}

/// The description of the API (OpenAPI 3.1).
pub fn document() -> utoipa::openapi::OpenApi {
    docs::complete(api().into_openapi())
}

/// A URL that nobody knows: a problem for programs, a page for people.
async fn unknown(State(app): State<App>, request: Request) -> Response {
    match shell::is_for_people(&request) {
        true => pages::not_found.call(request, app).await,
        false => Problem::new(&codes::UNKNOWN_URL).into_response(),
    }
}

/// A method that the URL does not know; axum adds `Allow`.
async fn wrong_method() -> Problem {
    Problem::new(&codes::METHOD_NOT_ALLOWED)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_comments_name_the_urls() {
        let source = include_str!("router.rs");
        let mut written: BTreeSet<(String, String)> = BTreeSet::new();
        for line in source.lines().filter(|line| line.trim_start().starts_with(".routes(routes!(")) {
            let (_, comment) = line.split_once("//").expect("each line has a comment");
            let (methods, path) = comment.trim().rsplit_once(' ').expect("methods and a path");
            for method in methods.split_whitespace() {
                written.insert((method.to_owned(), path.to_owned()));
            }
        }
        let described = serde_json::to_value(document()).expect("JSON");
        let mut known = BTreeSet::new();
        for (path, item) in described["paths"].as_object().expect("paths") {
            for method in ["get", "post", "put", "patch", "delete"] {
                if item.get(method).is_some() {
                    known.insert((method.to_uppercase(), path.clone()));
                }
            }
        }
        assert_eq!(written, known);
    }
}
