//! The API's description: OpenAPI 3.1 made from the code, and a page to browse it without any other host.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use rendez_platform::fault::Fault;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder, Type};
use utoipa_swagger_ui::Config;

use crate::problem::{self, FieldError, Problem, ProblemSchema};
use crate::state::App;

/// The viewer sets styles on elements; its scripts are files of ours.
const VIEWER_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
     frame-ancestors 'none'",
);
const BEARER: &str = "bearer";
const KEY: &str =
    "The same key gets the first answer again, for 24 hours (1 to 255 visible ASCII characters).";
const TAG: &str = "The `ETag` of the version that is meant.";

/// What is said before any path.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Rendez",
        version = "1",
        description = "Open booking for healthcare. Instants are RFC 3339 in UTC, ranges half-open; errors are RFC 9457 \
            problems with a stable `code`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "search", description = "Who is free near here"),
        (name = "slots", description = "What can be booked, why, and live"),
        (name = "appointments", description = "Hold, confirm, move, cancel"),
        (name = "waiting list", description = "Wishes, and times that are offered to those who wait"),
        (name = "practitioners", description = "People who give care and what can be booked of them"),
        (name = "opening hours", description = "When they work"),
        (name = "patients", description = "People who receive care"),
        (name = "organizations", description = "Practices, their locations and rooms"),
        (name = "operations", description = "Health, figures, keys")
    ),
    components(schemas(ProblemSchema, FieldError))
)]
pub(crate) struct Head;

/// `/openapi.json` and `/docs`.
pub fn routes(document: &OpenApi) -> Result<Router<App>, Fault> {
    let json =
        serde_json::to_vec(document).map_err(|error| Fault::new("writing the API description", error))?;
    let json = Bytes::from(json);
    let viewer = Arc::new(Config::new(["/openapi.json"]).persist_authorization(false));
    let file = move |path: String| {
        let viewer = Arc::clone(&viewer);
        async move { viewer_file(&path, viewer) }
    };
    let index = file.clone();
    Ok(Router::new()
        .route(
            "/openapi.json",
            get(async move || {
                let headers = [
                    (header::CONTENT_TYPE, "application/json"),
                    (header::CACHE_CONTROL, "public, max-age=300"),
                ];
                (headers, json.clone())
            }),
        )
        .route("/docs", get(async || Redirect::permanent("/docs/")))
        .route("/docs/", get(move || index(String::new())))
        .route("/docs/{*path}", get(move |Path(path): Path<String>| file(path))))
}

fn viewer_file(path: &str, viewer: Arc<Config<'static>>) -> Response {
    match utoipa_swagger_ui::serve(path, viewer) {
        Ok(Some(file)) => {
            let mut response = file.bytes.into_owned().into_response();
            let headers = response.headers_mut();
            if let Ok(media_type) = HeaderValue::from_str(&file.content_type) {
                headers.insert(header::CONTENT_TYPE, media_type);
            }
            headers.insert(header::CONTENT_SECURITY_POLICY, VIEWER_POLICY);
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
            response
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            Problem::from(Fault::new("reading a file of the API's page", error.to_string())).into_response()
        }
    }
}

/// Adds what holds for every operation, so that no handler need repeat it.
pub fn complete(mut document: OpenApi) -> OpenApi {
    let bearer =
        SecurityScheme::Http(Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build());
    document.components.get_or_insert_default().add_security_scheme(BEARER, bearer);
    document.security = Some(vec![SecurityRequirement::new(BEARER, Vec::<String>::new())]);
    for (path, item) in &mut document.paths.paths {
        let names = path_parameters(path);
        for (method, operation) in operations(item) {
            operation.operation_id = Some(operation_id(method, path));
            for name in &names {
                add(operation, path_parameter(name));
            }
            // A token is never kept for a repetition.
            if method == "post" && path != "/v1/tokens" {
                add(operation, header_parameter("Idempotency-Key", KEY));
            }
            if matches!(method, "put" | "patch")
                || method == "post"
                    && ["/v1/appointments/{id}", "/v1/wishes/{id}"].iter().any(|of| path.starts_with(of))
            {
                add(operation, header_parameter("If-Match", TAG));
            }
            operation.responses.responses.insert("default".to_owned(), RefOr::T(problem_response()));
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("get", item.get.as_mut()),
        ("post", item.post.as_mut()),
        ("put", item.put.as_mut()),
        ("patch", item.patch.as_mut()),
        ("delete", item.delete.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation?)))
}

/// Method and path as one word: what generated clients call their functions.
fn operation_id(method: &str, path: &str) -> String {
    let mut id = method.to_owned();
    for step in path.split('/').filter(|step| !step.is_empty() && *step != "v1") {
        let word = step.trim_matches(['{', '}', '.']).replace(['-', '.'], "_");
        id.push_str(if step.starts_with('{') { "_by_" } else { "_" });
        id.push_str(&word);
    }
    id
}

fn path_parameters(path: &str) -> Vec<String> {
    path.split('/')
        .filter_map(|step| step.strip_prefix('{').and_then(|name| name.strip_suffix('}')))
        .map(str::to_owned)
        .collect()
}

fn add(operation: &mut Operation, parameter: Parameter) {
    operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
}

fn path_parameter(name: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(text()))
        .build()
}

fn header_parameter(name: &str, description: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(text()))
        .build()
}

fn text() -> utoipa::openapi::Schema {
    utoipa::openapi::Schema::Object(ObjectBuilder::new().schema_type(Type::String).build())
}

fn problem_response() -> utoipa::openapi::Response {
    ResponseBuilder::new()
        .description("A problem: `code` says which, `detail` what to do")
        .content(
            problem::MEDIA_TYPE,
            ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build(),
        )
        .build()
}

#[cfg(test)]
mod tests {
    use crate::router;

    const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");

    /// A change of the API is a difference in this file that somebody saw.
    #[test]
    fn the_description_is_the_one_in_the_tree() {
        let mut text = serde_json::to_string_pretty(&router::document()).expect("JSON");
        text.push('\n');
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(SNAPSHOT, &text).expect("the snapshot can be written");
        }
        let known = std::fs::read_to_string(SNAPSHOT).unwrap_or_default();
        assert!(
            known == text,
            "the API changed: run the tests with UPDATE_SNAPSHOTS=1 and look at the difference"
        );
    }

    #[test]
    fn every_operation_has_a_name_of_its_own() {
        let document = serde_json::to_value(router::document()).expect("JSON");
        let operations = document["paths"].as_object().expect("paths").values().flat_map(|item| {
            item.as_object()
                .expect("an item")
                .values()
                .filter_map(|operation| operation["operationId"].as_str())
        });
        let mut ids: Vec<&str> = operations.collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
        assert!(ids.contains(&"post_appointments_by_id_confirm"), "{ids:?}");
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = serde_json::to_value(router::document()).expect("JSON");
        let schemas = document["components"]["schemas"].as_object().expect("schemas");
        let text = document.to_string();
        for reference in text.split("\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().expect("the rest of a text");
            assert!(schemas.contains_key(name), "{name}");
        }
        assert_eq!(document["openapi"], "3.1.0");
    }
}
