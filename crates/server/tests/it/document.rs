//! The description of the API: whole, true, and browsable without another host.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;

use crate::app::TestApp;
use crate::client::text;

/// Every method and path of a document.
pub(crate) fn operations(document: &Value) -> Vec<(Method, String)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if item.get(method.as_str().to_lowercase()).is_some() {
                found.push((method, path.clone()));
            }
        }
    }
    found
}

#[tokio::test]
async fn the_document_is_whole() {
    let app = TestApp::start().await;
    let answer = app.nobody().get("/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    let document = answer.ok();
    assert!(text(&document["openapi"]).starts_with("3.1."));
    assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
    assert!(document["components"]["securitySchemes"]["bearer"].is_object());

    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    assert!(references.len() > 20);
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("within the document");
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }

    let mut ids = BTreeSet::new();
    for (method, path) in operations(&document) {
        let operation = &document["paths"][&path][method.as_str().to_lowercase()];
        let id = text(&operation["operationId"]);
        assert!(ids.insert(id.clone()), "{id} stands twice");
        assert!(operation["summary"].is_string() || operation["description"].is_string(), "{method} {path}");
        assert!(
            operation["responses"].as_object().is_some_and(|responses| responses.len() > 1),
            "{method} {path}"
        );
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        for name in path.split('/').filter_map(|step| step.strip_prefix('{')?.strip_suffix('}')) {
            let described =
                parameters.iter().any(|parameter| parameter["name"] == name && parameter["in"] == "path");
            assert!(described, "{name} of {method} {path}");
        }
    }
}

#[tokio::test]
async fn every_described_url_is_served() {
    let app = TestApp::start().await;
    let document = app.nobody().get("/openapi.json").await.ok();
    let admin = app.admin();
    for (method, path) in operations(&document) {
        let garbage = path.replace(['{', '}'], "");
        let answer = admin.ask(method.clone(), &garbage).opened().await;
        let status = answer.status().as_u16();
        assert_ne!(status, 405, "{method} {path}");
        assert!(status < 500, "{method} {path}: {status}");
        if status == 404 {
            let body: Value = answer.json().await.expect("a problem");
            assert_eq!(body["code"], "not-found", "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_browser_for_it_loads_nothing_from_elsewhere() {
    let app = TestApp::start().await;
    let nobody = app.nobody();
    let redirect = nobody.get("/docs").await;
    assert_eq!((redirect.status, redirect.header("location")), (308, "/docs/"));
    let page = nobody.get("/docs/").await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").to_owned();
    assert!(policy.starts_with("default-src 'self'") && !policy.contains("http"), "{policy}");
    let mut loaded = 0;
    for address in page.text.split(['"', '\'']).filter(|part| part.ends_with(".js") || part.ends_with(".css"))
    {
        assert!(!address.contains("//"), "{address} is elsewhere");
        let file = nobody.get(format!("/docs/{}", address.trim_start_matches("./"))).await;
        assert_eq!(file.status, 200, "{address}");
        assert!(!file.text.is_empty(), "{address}");
        loaded += 1;
    }
    assert!(loaded >= 3, "{}", page.text);
    assert!(!page.text.contains("http://") && !page.text.contains("https://"), "{}", page.text);
    let start = nobody.get("/docs/swagger-initializer.js").await;
    assert!(start.text.contains("/openapi.json") && !start.text.contains("http"), "{}", start.text);
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get("$ref") {
                references.insert(reference.clone());
            }
            object.values().for_each(|value| collect(value, references));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}
