//! The search index of the process that answers, for operators: how it is, and whether it says what the database says.

use std::sync::Arc;

use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use rendez_domain::Ctx;
use rendez_domain::idempotency::{self, Answer};
use rendez_domain::identity::access;
use rendez_domain::search::feed::{CheckRefusal, CheckReport, Part, Phase, Progress, SearchIndex};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{first_with, render};
use crate::extract::{Command, Nothing, SignedIn};
use crate::problem::{Problem, codes};

/// So many practitioners of so many.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Part)]
pub struct CountView {
    /// Done.
    pub done: u64,
    /// Of all.
    pub of: u64,
}

impl From<Part> for CountView {
    fn from(part: Part) -> Self {
        Self { done: part.done, of: part.of }
    }
}

/// What a check found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IndexCheck)]
pub struct CheckView {
    /// When it ended.
    pub ended_at: Timestamp,
    /// Practitioners that were compared.
    pub practitioners: u64,
    /// Those of whom the index said something else than the database.
    pub differing: u64,
    /// Those that the index lacked.
    pub missing: u64,
    /// Those that only the index knew.
    pub left_over: u64,
    /// How many of all these were mended.
    pub repaired: u64,
    /// How long it took, in milliseconds.
    pub millis: u64,
}

/// The search index of the process that answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Index)]
pub struct IndexView {
    /// `none` (this process has no index), `waiting`, `loading`, `following` or `rebuilding`.
    #[schema(value_type = String, example = "following")]
    pub phase: &'static str,
    /// While it reads everything: how far it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<CountView>,
    /// Practitioners in it.
    pub practitioners: u64,
    /// Their places: each is looked for by itself.
    pub places: u64,
    /// The memory that it takes.
    pub bytes: u64,
    /// Everything that was committed before this instant is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Timestamp>,
    /// How long ago that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lag_seconds: Option<f64>,
    /// Whether answers carry the notice `stale`.
    pub stale: bool,
    /// How far a check is that runs now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checking: Option<CountView>,
    /// What the last check found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_check: Option<CheckView>,
}

impl IndexView {
    fn of(ctx: &Ctx) -> Self {
        match &ctx.search.index {
            Some(index) => Self::new(index.progress()),
            None => Self { phase: "none", ..Self::new(Progress::default()) },
        }
    }

    fn new(known: Progress) -> Self {
        let (phase, part) = match known.phase {
            Phase::Waiting => ("waiting", None),
            Phase::Loading(part) => ("loading", Some(part)),
            Phase::Following => ("following", None),
            Phase::Rebuilding(part) => ("rebuilding", Some(part)),
        };
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Self {
            phase,
            progress: part.map(CountView::from),
            practitioners: count(known.size.practitioners),
            places: count(known.size.lanes),
            bytes: count(known.size.bytes),
            as_of: known.as_of,
            lag_seconds: known.lag_seconds,
            stale: known.stale,
            checking: known.checking.map(CountView::from),
            last_check: known.last_check.map(|(ended_at, report)| check(ended_at, report)),
        }
    }
}

fn check(ended_at: Timestamp, report: CheckReport) -> CheckView {
    CheckView {
        ended_at,
        practitioners: report.practitioners,
        differing: report.differing,
        missing: report.missing,
        left_over: report.left_over,
        repaired: report.repaired,
        millis: report.millis,
    }
}

/// How the index of this process is (admin).
#[utoipa::path(get, path = "/v1/index", tag = "operations",
    responses((status = 200, description = "Its size, its age, and the last check", body = IndexView)))]
pub(crate) async fn find(SignedIn { ctx }: SignedIn) -> Result<Json<IndexView>, Problem> {
    access::administer(&ctx.actor)?;
    Ok(Json(IndexView::of(&ctx)))
}

/// Compare the whole index of this process with the database, and mend what differs (admin). `GET /v1/index` tells how far
/// it is and what it found; while one runs no second one begins.
#[utoipa::path(post, path = "/v1/index/check", tag = "operations",
    responses((status = 202, description = "It runs", body = IndexView)))]
pub(crate) async fn begin_check(command: Command<Nothing>) -> Result<Response, Problem> {
    access::administer(&command.ctx.actor)?;
    let Some(index) = command.ctx.search.index.clone().filter(|index| index.view().is_some()) else {
        return Err(Problem::new(&codes::NO_INDEX));
    };
    let view = IndexView::of(&command.ctx);
    let (store, key) = (&command.ctx.store, command.ctx.idempotency.clone());
    let answer = idempotency::once(store, key, StatusCode::ACCEPTED.as_u16(), render(&view)).await??;
    if let Answer::Fresh(()) = answer {
        tokio::spawn(run_check(index));
    }
    Ok(first_with(StatusCode::ACCEPTED, answer, |()| view, None))
}

async fn run_check(index: Arc<SearchIndex>) {
    // What was found it says itself.
    if let Err(CheckRefusal::Fault(fault)) = index.check().await {
        tracing::warn!(error = ?fault, "the index could not be compared with the database");
    }
}
