//! The operator's page: how the parts of this process are, what waits, what failed, and what took long.
//!
//! Invariant: every figure is one that `/metrics` prints or a count in the database; nothing of a patient stands here. An
//! action is confirmed on a page of its own before it is done.

mod figures;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use rendez_domain::identity::{SEND_MAIL, access};
use rendez_domain::notify::MailKind;
use rendez_platform::jobs::{self, KindOverview};
use rendez_platform::telemetry::{disk, metrics};
use serde::Deserialize;

use self::figures::{Figures, Latency};
use super::error::PageError;
use super::form::Posted;
use super::page::{Notice, Page};
use super::query::Lenient;
use super::visitor::{Visitor, go};
use super::when;
use crate::i18n::Locale;

/// Routes that are listed.
const SLOWEST: usize = 15;
/// What is shown of an error.
const ERROR: usize = 240;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    done: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    count: u64,
}

/// A part of the process.
struct PartView {
    name: String,
    ready: bool,
    text: String,
}

/// A kind of job.
struct KindView {
    kind: String,
    /// What there is of it: a word, how many, and a class of the style sheet.
    counts: Vec<(String, i64, &'static str)>,
    oldest: String,
    error: String,
    paused: String,
    can_retry: bool,
}

/// A figure with its name.
struct Known {
    label: String,
    value: String,
    kind: &'static str,
}

/// A route with how long it took.
struct RouteView {
    route: String,
    count: u64,
    half: String,
    slowest: String,
}

#[derive(Template)]
#[template(path = "ops.html")]
struct OpsPage {
    page: Page,
    notice: Option<Notice>,
    at: String,
    well: bool,
    parts: Vec<PartView>,
    facts: Vec<Known>,
    kinds: Vec<KindView>,
    /// Command, result and how often.
    bookings: Vec<(String, String, u64)>,
    routes: Vec<RouteView>,
    /// Each region with its zone and languages.
    regions: Vec<(String, String, bool)>,
}

#[derive(Template)]
#[template(path = "ops_confirm.html")]
struct ConfirmPage {
    page: Page,
    heading: String,
    text: String,
    kind: String,
    action: &'static str,
    button: String,
    danger: bool,
}

/// `GET /ops`
pub(super) async fn show(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            access::administer(&visitor.ctx.actor)?;
            let page = overview(&visitor, &asked).await?;
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}

/// What can be done about a kind of job.
const ACTIONS: [&str; 3] = ["retry", "pause", "go-on"];

/// `GET /ops/jobs`: asks whether it is meant.
pub(super) async fn confirm(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            access::administer(&visitor.ctx.actor)?;
            known_kind(&visitor, &asked.kind).await?;
            let action =
                ACTIONS.into_iter().find(|action| *action == asked.done).ok_or(PageError::NotFound)?;
            let frame = visitor.page();
            let say = |part: &str| frame.t1(&format!("ops-{action}-{part}"), "kind", &asked.kind);
            let page = ConfirmPage {
                heading: say("title"),
                text: say("text"),
                button: visitor.t(&format!("ops-{action}")),
                kind: asked.kind.clone(),
                action,
                danger: action == "pause",
                page: frame,
            };
            Ok(visitor.show(StatusCode::OK, &page))
        })
        .await
}

/// `POST /ops/jobs`
pub(super) async fn act(posted: Posted) -> Response {
    posted
        .answer(async {
            access::administer(&posted.ctx.actor)?;
            let (action, kind) = (posted.field("action"), posted.field("kind"));
            known_kind(posted.visitor(), kind).await?;
            let conn = posted.ctx.store.read_fresh().await?;
            let count = match action {
                "retry" => jobs::retry(&*conn, kind).await?,
                "pause" => {
                    jobs::pause(&*conn, kind, &posted.ctx.actor.to_string()).await?;
                    0
                }
                "go-on" => {
                    jobs::go_on(&*conn, kind).await?;
                    0
                }
                _ => return Err(PageError::NotFound),
            };
            tracing::info!(kind, action, actor = %posted.ctx.actor, count, "an operator acted on a kind of jobs");
            Ok(go(&format!("/ops?done={action}&count={count}#jobs")))
        })
        .await
}

/// Kinds that exist, whether or not a job of theirs waits.
fn kinds() -> Vec<&'static str> {
    MailKind::ALL.iter().map(|kind| kind.job()).chain([SEND_MAIL]).collect()
}

async fn known_kind(visitor: &Visitor, kind: &str) -> Result<(), PageError> {
    let conn = visitor.ctx.store.read_fresh().await?;
    let known = jobs::overview(&*conn, &kinds()).await?;
    known.iter().any(|overview| overview.kind == kind).then_some(()).ok_or(PageError::NotFound)
}

async fn overview(visitor: &Visitor, asked: &Asked) -> Result<OpsPage, PageError> {
    let figures = Figures::read(&visitor.app.metrics.render());
    let conn = visitor.ctx.store.read_fresh().await?;
    let kinds = jobs::overview(&*conn, &kinds()).await?;
    drop(conn);
    let parts: Vec<PartView> = visitor
        .app
        .readiness
        .report()
        .into_iter()
        .map(|part| PartView {
            name: part.name.to_owned(),
            ready: part.waiting_for.is_none(),
            text: part.waiting_for.unwrap_or_else(|| visitor.t("ops-ready")),
        })
        .collect();
    let now = visitor.ctx.clock.now();
    let zone = visitor.ctx.pack.time_zone();
    let local = now.to_zoned(zone.clone());
    let notice = match asked.done.as_str() {
        "retry" => Some(Notice::good(visitor.page().tn("ops-retried", "count", asked.count))),
        "pause" => Some(Notice::warn(visitor.t("ops-paused-now"))),
        "go-on" => Some(Notice::good(visitor.t("ops-goes-on-now"))),
        _ => None,
    };
    let bookings = figures.by("rendez_bookings_total", ["command", "result"]);
    let latencies = figures.latencies("rendez_http_request_duration_seconds");
    Ok(OpsPage {
        page: visitor.page().at("/ops"),
        notice,
        at: format!("{} {:02}", when::moment(visitor.locale, &local), local.second()),
        well: parts.iter().all(|part| part.ready),
        parts,
        facts: facts(visitor, &figures, now),
        kinds: kinds.iter().map(|kind| kind_view(visitor, kind, now)).collect(),
        bookings: bookings
            .into_iter()
            .map(|([command, result], count)| {
                (said(visitor, "command", &command), said(visitor, "result", &result), count as u64)
            })
            .collect(),
        routes: latencies.into_iter().take(SLOWEST).map(|latency| route_view(visitor, latency)).collect(),
        regions: rendez_domain::regions::packs()
            .iter()
            .map(|pack| {
                let here = pack.region() == visitor.ctx.pack.region();
                (pack.region().to_string().to_uppercase(), pack.time_zone_name().to_owned(), here)
            })
            .collect(),
    })
}

/// A word of the figures in the visitor's language, or as it is.
fn said(visitor: &Visitor, kind: &str, word: &str) -> String {
    const KNOWN: [&str; 12] = [
        "hold",
        "assign",
        "confirm",
        "cancel",
        "outcome",
        "take-back",
        "reschedule",
        "expire",
        "done",
        "taken",
        "refused",
        "fault",
    ];
    match KNOWN.contains(&word) {
        true => visitor.t(&format!("ops-{kind}-{word}")),
        false => word.to_owned(),
    }
}

fn facts(visitor: &Visitor, figures: &Figures, now: Timestamp) -> Vec<Known> {
    let known = |key: &str, value: String| Known { label: visitor.t(key), value, kind: "" };
    let mut facts = vec![known("ops-version", env!("CARGO_PKG_VERSION").to_owned())];
    if let Some(started) = figures.one(metrics::STARTED) {
        let seconds = (now.as_second() as f64 - started).max(0.0);
        facts.push(known("ops-uptime", length(visitor, seconds)));
    }
    for (key, name) in
        [("ops-change-lag", "rendez_change_lag_seconds"), ("ops-index-lag", "rendez_index_lag_seconds")]
    {
        if let Some(seconds) = figures.one(name) {
            let kind = if seconds > 10.0 { "warn" } else { "" };
            facts.push(Known { kind, ..known(key, length(visitor, seconds)) });
        }
    }
    if let Some(people) = figures.one("rendez_index_practitioners") {
        facts.push(known("ops-index-size", format!("{people:.0}")));
    }
    if let Some(memory) = figures.one("process_resident_memory_bytes") {
        facts.push(known("ops-memory", bytes(visitor, memory)));
    }
    if let (Some(free), Some(size)) = (figures.one(disk::FREE), figures.one(disk::SIZE)) {
        let arguments = [("free", bytes(visitor, free).into()), ("size", bytes(visitor, size).into())];
        let value = visitor.locale.text_with("ops-disk-value", arguments);
        let kind = if free < size / 10.0 { "bad" } else { "" };
        facts.push(Known { kind, ..known("ops-disk", value) });
    }
    let (open, waiting) = visitor.ctx.store.usage();
    let arguments = [("open", open.into()), ("waiting", waiting.into())];
    facts.push(known("ops-pool", visitor.locale.text_with("ops-pool-value", arguments)));
    facts
}

fn kind_view(visitor: &Visitor, known: &KindOverview, now: Timestamp) -> KindView {
    let count = |key: &str, number: i64, kind: &'static str| (visitor.t(key), number, kind);
    let ago = |at: Timestamp| length(visitor, now.duration_since(at).as_secs_f64().max(0.0));
    KindView {
        kind: known.kind.clone(),
        counts: [
            count("ops-waiting", known.waiting, ""),
            count("ops-later", known.later, ""),
            count("ops-running", known.running, "good"),
            count("ops-failed", known.failed, "warn"),
            count("ops-dead", known.dead, "bad"),
        ]
        .into_iter()
        .filter(|(_, number, _)| *number > 0)
        .collect(),
        oldest: known.oldest.map(|at| visitor.page().t1("ops-oldest", "time", ago(at))).unwrap_or_default(),
        error: known.last_error.as_deref().map(without_people).unwrap_or_default(),
        paused: known
            .paused
            .as_ref()
            .map(|(_, since)| visitor.page().t1("ops-paused-since", "time", ago(*since)))
            .unwrap_or_default(),
        can_retry: known.dead > 0 || known.failed > 0,
    }
}

/// An error's first words, without anything that may be an address or a number of somebody.
fn without_people(error: &str) -> String {
    let digits = |word: &str| word.chars().filter(char::is_ascii_digit).count() >= 6;
    let word =
        |word: &str| if word.contains('@') || digits(word) { "…".to_owned() } else { word.to_owned() };
    let text: Vec<String> = error.split_whitespace().map(word).collect();
    let text = text.join(" ");
    match text.char_indices().nth(ERROR) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn route_view(visitor: &Visitor, latency: Latency) -> RouteView {
    let within = |bound: Option<f64>| match bound {
        Some(seconds) if seconds < 1.0 => format!("≤ {} ms", seconds * 1000.0),
        Some(seconds) => format!("≤ {seconds} s"),
        None => "> 10 s".to_owned(),
    };
    RouteView {
        route: format!("{} {}", latency.method, latency.route),
        count: latency.count,
        half: decimal(visitor, within(latency.half)),
        slowest: decimal(visitor, within(latency.slowest)),
    }
}

/// A length of time in its two largest units.
fn length(visitor: &Visitor, seconds: f64) -> String {
    let whole = seconds as u64;
    let (days, hours, minutes) = (whole / 86_400, whole / 3600 % 24, whole / 60 % 60);
    let text = match (days, hours, minutes) {
        (0, 0, 0) if seconds < 10.0 => format!("{seconds:.1} s"),
        (0, 0, 0) => format!("{whole} s"),
        (0, 0, _) => format!("{minutes} min {} s", whole % 60),
        (0, ..) => format!("{hours} h {minutes} min"),
        _ => format!("{} {hours} h", visitor.page().tn("ops-days", "count", days)),
    };
    decimal(visitor, text)
}

fn bytes(visitor: &Visitor, count: f64) -> String {
    let text = match count {
        large if large >= 1e9 => format!("{:.1} GB", large / 1e9),
        other => format!("{:.0} MB", other / 1e6),
    };
    decimal(visitor, text)
}

/// The decimal comma where the language has one.
fn decimal(visitor: &Visitor, text: String) -> String {
    if visitor.locale == Locale::En { text } else { text.replace('.', ",") }
}

#[cfg(test)]
mod tests {
    use super::without_people;

    #[test]
    fn an_error_tells_of_nobody() {
        let error = "550 5.1.1 <ana@example.org>: no such user, call +33299123456";
        assert_eq!(without_people(error), "550 5.1.1 … no such user, call …");
        assert_eq!(without_people(&"a ".repeat(500)).chars().count(), 241);
    }
}
