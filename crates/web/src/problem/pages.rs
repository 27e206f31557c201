//! The pages behind a problem's `type`: what each code means, for the person who writes a client.

use std::fmt::Write;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::codes::{self, Code};
use crate::state::App;

/// `/problems` and `/problems/{code}`.
pub fn routes() -> Router<App> {
    Router::new().route("/problems", get(all)).route("/problems/{code}", get(one))
}

async fn all() -> Html<String> {
    let mut list = String::from("<ul>");
    for code in codes::ALL {
        // Writing into a string cannot fail.
        let _ =
            write!(list, "<li>{} <a href=\"/problems/{}\">{}</a></li>", code.status, code.name, code.name);
    }
    list.push_str("</ul>");
    Html(page("Problems of this API", &list))
}

async fn one(Path(name): Path<String>) -> Response {
    match codes::named(&name) {
        Some(code) => Html(page(code.title, &explanation(code))).into_response(),
        None => {
            let body = "<p>There is no problem of this name. <a href=\"/problems\">All problems</a></p>";
            (StatusCode::NOT_FOUND, Html(page("Unknown problem", body))).into_response()
        }
    }
}

fn explanation(code: &Code) -> String {
    format!(
        "<p>HTTP status {}, code <code>{}</code></p><p>{}</p><p><a href=\"/problems\">All problems</a></p>",
        code.status, code.name, code.next
    )
}

/// A page without style or script. Only texts of the register go in, so nothing needs escaping.
fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_of_the_register_needs_escaping() {
        for code in codes::ALL {
            assert!(
                !code.title.contains(['<', '>', '&']) && !code.next.contains(['<', '>', '&']),
                "{}",
                code.name
            );
        }
    }
}
