//! HTTP, and the only crate that knows it: the JSON API and the server-rendered pages.
//!
//! Handlers read a request, call one function of `rendez-domain` and make a view of its answer. No rule of the
//! business stands here, and no SQL. `router` is the table of contents.

pub mod api;
pub mod docs;
pub mod extract;
pub mod i18n;
pub mod internal;
pub mod middleware;
pub mod pages;
mod patience;
pub mod problem;
pub mod router;
pub mod serve;
pub mod state;

#[cfg(test)]
mod tests;

pub use router::router;
pub use state::{App, AppParts, DemoLogin, WebSettings};
