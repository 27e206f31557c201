//! Pages for what cannot be done, each saying what to do next.
//!
//! Invariant: a fault shows an incident number and nothing of its cause; a refusal of booking becomes a sentence that
//! names the next step.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, Response};
use rendez_domain::booking::BookingRefusal;
use rendez_domain::directory::DirectoryRefusal;
use rendez_domain::identity::access::Denied;
use rendez_domain::identity::{CareRefusal, IdentityRefusal};
use rendez_domain::notify::FeedRefusal;
use rendez_domain::practice::PracticeRefusal;
use rendez_platform::fault::Fault;

use super::page::{Link, Page};
use super::visitor::{Visitor, go, language_of};
use crate::i18n::Locale;
use crate::problem::Incident;
use crate::state::App;

/// Why a page could not be shown, or a form not be carried out.
pub(super) enum PageError {
    /// Nothing is there, or not for this visitor.
    NotFound,
    /// Somebody has to sign in first.
    SignIn,
    /// The account does not include it.
    Forbidden,
    /// The form did not come from a page of this visitor.
    ForeignForm,
    /// The form was given to somebody who has been signed out since, on the page with this path.
    SignedOut { from: String },
    /// The form was longer than any of ours.
    TooLong,
    /// Too many tries.
    TooMany,
    /// Booking says no.
    Refused(BookingRefusal),
    /// The visitor waits for too many things.
    TooManyWishes {
        /// How many one may have.
        limit: i16,
    },
    /// Our side broke.
    Fault(Arc<Fault>),
}

impl From<Fault> for PageError {
    fn from(fault: Fault) -> Self {
        Self::Fault(Arc::new(fault))
    }
}

impl From<Denied> for PageError {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::SignIn => Self::SignIn,
            Denied::Forbidden => Self::Forbidden,
        }
    }
}

impl From<BookingRefusal> for PageError {
    fn from(refusal: BookingRefusal) -> Self {
        match refusal {
            BookingRefusal::NotFound => Self::NotFound,
            BookingRefusal::Denied(denied) => denied.into(),
            BookingRefusal::Fault(fault) => fault.into(),
            other => Self::Refused(other),
        }
    }
}

impl From<CareRefusal> for PageError {
    fn from(refusal: CareRefusal) -> Self {
        match refusal {
            CareRefusal::Denied(denied) => denied.into(),
            CareRefusal::Fault(fault) => fault.into(),
            CareRefusal::Key(key) => Self::Refused(BookingRefusal::Key(key)),
            // What a form can tell at its fields, the form tells.
            _ => Self::NotFound,
        }
    }
}

impl From<IdentityRefusal> for PageError {
    fn from(refusal: IdentityRefusal) -> Self {
        match refusal {
            IdentityRefusal::Denied(denied) => denied.into(),
            IdentityRefusal::Fault(fault) => fault.into(),
            // What a form can tell at its fields, the form tells.
            _ => Self::NotFound,
        }
    }
}

impl From<FeedRefusal> for PageError {
    fn from(refusal: FeedRefusal) -> Self {
        match refusal {
            FeedRefusal::Denied(denied) => denied.into(),
            FeedRefusal::Fault(fault) => fault.into(),
        }
    }
}

impl From<DirectoryRefusal> for PageError {
    fn from(refusal: DirectoryRefusal) -> Self {
        match refusal {
            DirectoryRefusal::Denied(denied) => denied.into(),
            DirectoryRefusal::Fault(fault) => fault.into(),
            // What a form can correct is said beside its fields; whatever else it is, what was asked for is not there.
            _ => Self::NotFound,
        }
    }
}

impl From<PracticeRefusal> for PageError {
    fn from(refusal: PracticeRefusal) -> Self {
        match refusal {
            PracticeRefusal::Denied(denied) => denied.into(),
            PracticeRefusal::Fault(fault) => fault.into(),
            PracticeRefusal::NotFound | PracticeRefusal::ReasonMissing => Self::NotFound,
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    heading: String,
    text: String,
    incident: Option<String>,
    links: Vec<Link>,
}

impl PageError {
    /// The page for a visitor.
    pub(super) fn page(self, visitor: &Visitor) -> Response {
        let t = |key: &str| visitor.t(key);
        let home = || Link::new("/", visitor.t("error-home")).current(true);
        let visits = || Link::new("/visits", visitor.t("error-visits"));
        let (status, heading, text, links) = match &self {
            Self::SignIn => return sign_in_first(visitor),
            Self::SignedOut { from } => {
                return go(&format!("/sign-in?why=ended&next={}", query_value(from)));
            }
            Self::NotFound => {
                (StatusCode::NOT_FOUND, t("error-404-title"), t("error-404-text"), vec![home()])
            }
            Self::Forbidden => {
                let sign_in = Link::new("/sign-in", t("error-sign-in"));
                let links = if visitor.actor().is_somebody() { vec![home()] } else { vec![home(), sign_in] };
                (StatusCode::FORBIDDEN, t("error-403-title"), t("error-403-text"), links)
            }
            Self::ForeignForm => {
                let sign_in = Link::new("/sign-in", t("error-sign-in"));
                (StatusCode::FORBIDDEN, t("error-form-title"), t("error-form-text"), vec![home(), sign_in])
            }
            Self::TooLong => {
                (StatusCode::PAYLOAD_TOO_LARGE, t("error-413-title"), t("error-413-text"), vec![home()])
            }
            Self::TooMany => {
                (StatusCode::TOO_MANY_REQUESTS, t("error-429-title"), t("error-429-text"), vec![home()])
            }
            Self::Refused(refusal) => {
                let text = refusal_text(visitor.locale, refusal);
                let back = match visitor.is_practice() {
                    true => Link::new("/practice/agenda", t("nav-agenda")),
                    false => visits(),
                };
                (StatusCode::CONFLICT, t("error-409-title"), text, vec![back.current(true), home()])
            }
            Self::TooManyWishes { limit } => {
                let text = visitor.locale.text_with("waiting-too-many", [("limit", (*limit).into())]);
                let list = Link::new("/waiting", t("waiting-title")).current(true);
                (StatusCode::CONFLICT, t("error-409-title"), text, vec![list, home()])
            }
            Self::Fault(fault) if fault.is_passing() => {
                (StatusCode::SERVICE_UNAVAILABLE, t("error-503-title"), t("error-503-text"), vec![home()])
            }
            Self::Fault(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                t("error-500-title"),
                t("error-500-text"),
                vec![home(), visits()],
            ),
        };
        let incident = visitor
            .ctx
            .origin
            .request_id
            .clone()
            .filter(|_| matches!(&self, Self::Fault(fault) if !fault.is_passing()));
        let page = ErrorPage { page: visitor.page(), heading, text, incident, links };
        let mut response = visitor.show(status, &page);
        let wait = match status {
            StatusCode::TOO_MANY_REQUESTS => Some("60"),
            StatusCode::SERVICE_UNAVAILABLE => Some("1"),
            _ => None,
        };
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        if let Self::Fault(fault) = self {
            response.extensions_mut().insert(Incident(fault));
        }
        response
    }
}

/// A page for a browser whose request reached no handler, or whose handler broke: who is signed in is not asked, since
/// that needs the very parts that may be missing.
pub fn without_visitor(
    app: &App,
    headers: &HeaderMap,
    status: StatusCode,
    number: &str,
) -> Option<Html<String>> {
    let locale = language_of(app, headers, None);
    let (heading, text) = match status {
        StatusCode::TOO_MANY_REQUESTS => ("error-429-title", "error-429-text"),
        StatusCode::SERVICE_UNAVAILABLE => ("error-503-title", "error-503-text"),
        _ => ("error-500-title", "error-500-text"),
    };
    let page = ErrorPage {
        page: Page::bare(locale),
        heading: locale.text(heading),
        text: locale.text(text),
        incident: (status == StatusCode::INTERNAL_SERVER_ERROR).then(|| number.to_owned()),
        links: vec![Link::new("/", locale.text("error-home")).current(true)],
    };
    page.render().ok().map(Html)
}

fn sign_in_first(visitor: &Visitor) -> Response {
    go(&format!("/sign-in?next={}", query_value(visitor.address())))
}

/// A text as the value of a query parameter (RFC 3986 section 2.1).
pub(super) fn query_value(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// What a refusal of booking means for the visitor, and what they can do.
pub(super) fn refusal_text(locale: Locale, refusal: &BookingRefusal) -> String {
    let key = match refusal {
        BookingRefusal::NotOffered(_) => "refused-not-offered",
        BookingRefusal::TooSoon { .. } => "refused-too-soon",
        BookingRefusal::TooFar { .. } => "refused-too-far",
        BookingRefusal::PatientOverlap => "refused-patient-overlap",
        BookingRefusal::NoRoomFree => "refused-no-room",
        BookingRefusal::TooManyHolds { limit } => {
            return locale.text_with("refused-too-many-holds", [("limit", (*limit).into())]);
        }
        BookingRefusal::KnownPatientsOnly => "refused-known-only",
        BookingRefusal::NewPatientsOnly => "refused-new-only",
        BookingRefusal::BlockedByPractice => "refused-blocked",
        BookingRefusal::HoldExpired => "refused-hold-expired",
        BookingRefusal::AlreadyConfirmed
        | BookingRefusal::Already(_)
        | BookingRefusal::AlreadyYours { .. } => "refused-already",
        BookingRefusal::SlotTaken { .. } => "taken-hold",
        BookingRefusal::AlreadyStarted => "refused-started",
        BookingRefusal::NotStarted => "refused-not-started",
        BookingRefusal::SameSlot => "refused-same-slot",
        BookingRefusal::VersionMismatch => "refused-changed",
        BookingRefusal::Key(_) | BookingRefusal::Busy => "refused-running",
        _ => "refused-wrong-status",
    };
    locale.text(key)
}
