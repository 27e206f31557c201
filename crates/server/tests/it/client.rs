//! A caller over HTTP, and what it got.
//!
//! Invariant: an answer is judged as soon as it is read: a problem must be a whole problem.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::{Client, Method, RequestBuilder, redirect};
use serde_json::Value;

/// Somebody who asks.
#[derive(Clone)]
pub(crate) struct Caller {
    http: Client,
    base: String,
    token: Option<String>,
}

impl Caller {
    /// Somebody who has not signed in.
    pub(crate) fn nobody(base: String) -> Self {
        let http = Client::builder().redirect(redirect::Policy::none()).no_proxy().build();
        Self { http: http.expect("a client"), base, token: None }
    }

    /// The same with a token.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// Where the application answers.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn get(&self, path: impl AsRef<str>) -> Ask {
        self.ask(Method::GET, path.as_ref())
    }

    pub(crate) fn post(&self, path: impl AsRef<str>, body: Value) -> Ask {
        self.ask(Method::POST, path.as_ref()).json(&body)
    }

    pub(crate) fn put(&self, path: impl AsRef<str>, body: Value) -> Ask {
        self.ask(Method::PUT, path.as_ref()).json(&body)
    }

    pub(crate) fn patch(&self, path: impl AsRef<str>, body: Value) -> Ask {
        self.ask(Method::PATCH, path.as_ref()).json(&body)
    }

    pub(crate) fn delete(&self, path: impl AsRef<str>) -> Ask {
        self.ask(Method::DELETE, path.as_ref())
    }

    /// Any method, without a body.
    pub(crate) fn ask(&self, method: Method, path: &str) -> Ask {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        Ask(request)
    }
}

/// A request that is not sent yet; waiting for it sends it.
pub(crate) struct Ask(RequestBuilder);

impl Ask {
    pub(crate) fn json(self, body: &Value) -> Self {
        Self(self.0.json(body))
    }

    /// A body of another kind.
    pub(crate) fn body(self, media_type: &str, body: impl Into<reqwest::Body>) -> Self {
        Self(self.0.header("content-type", media_type).body(body))
    }

    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.header(name, value))
    }

    /// With an idempotency key.
    pub(crate) fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Only if the record still has this entity tag.
    pub(crate) fn if_match(self, tag: &str) -> Self {
        self.header("if-match", tag)
    }

    /// The answer as it begins: for streams.
    pub(crate) async fn opened(self) -> reqwest::Response {
        self.0.send().await.expect("an answer")
    }
}

impl IntoFuture for Ask {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let response = self.opened().await;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let text = response.text().await.expect("a body of text");
            let body = serde_json::from_str(&text).unwrap_or(Value::Null);
            Answer { status, headers, text, body }
        })
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// Null if it is not JSON.
    pub(crate) body: Value,
}

impl Answer {
    /// The body of an answer with this status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body
    }

    /// The body of a 200.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        self.is(200)
    }

    /// The body of a 201.
    #[track_caller]
    pub(crate) fn made(self) -> Value {
        self.is(201)
    }

    /// The problem with this status and code: a whole one (RFC 9457), with a page that explains it.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.body["status"], status);
        assert_eq!(self.body["type"], format!("/problems/{code}"));
        for member in ["title", "detail"] {
            assert!(
                self.body[member].as_str().is_some_and(|text| !text.is_empty()),
                "{member}: {}",
                self.text
            );
        }
        self.body
    }

    /// A 422 about exactly these fields, each as `pointer code`, in any order.
    #[track_caller]
    pub(crate) fn wrong_fields(self, expected: &[&str]) {
        let problem = self.refused(422, "invalid-fields");
        let mut found: Vec<String> = problem["errors"]
            .as_array()
            .expect("the fields")
            .iter()
            .map(|error| {
                assert!(error["detail"].as_str().is_some_and(|text| text.len() > 10), "{error}");
                format!(
                    "{} {}",
                    error["pointer"].as_str().unwrap_or("?"),
                    error["code"].as_str().unwrap_or("?")
                )
            })
            .collect();
        found.sort();
        let mut expected: Vec<&str> = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }

    /// A header, empty if it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The seconds of `Retry-After`.
    #[track_caller]
    pub(crate) fn retry_after(&self) -> u64 {
        self.header("retry-after").parse().expect("Retry-After in seconds")
    }
}

/// A text of an answer.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).to_owned()
}

/// A list of an answer.
#[track_caller]
pub(crate) fn list(value: &Value) -> Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}")).clone()
}

/// One member of each item of a list.
#[track_caller]
pub(crate) fn each(value: &Value, member: &str) -> Vec<String> {
    list(value).iter().map(|item| text(&item[member])).collect()
}
