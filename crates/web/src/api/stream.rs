//! A practitioner's slots as they come and go: Server-Sent Events (HTML Living Standard, section 9.2).
//!
//! Invariants: `hello` comes first and is read after the listening began, so nothing is missed between; an event carries
//! a range and nothing about a person; a stream ends when the server stops, and the browser comes back by itself.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream};
use jiff::{SignedDuration, Timestamp};
use rendez_domain::Ctx;
use rendez_domain::booking;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::PractitionerId;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::live::{Listener, LiveEvent};
use super::slots::{active_visit_types, schedule};
use crate::extract::{Caller, Id};
use crate::middleware::admission::StreamPlace;
use crate::problem::Problem;
use crate::state::App;

/// Proxies and browsers give up on a connection that is silent for longer.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a browser waits before it comes back.
const RETRY: Duration = Duration::from_secs(2);

/// Follow a practitioner's slots.
///
/// Server-Sent Events: `hello` with `as_of`, then `taken` and `freed` with `start` and `end`, within a second of the
/// commit; `reset` asks to read the slots anew.
#[utoipa::path(get, path = "/v1/practitioners/{id}/slots/stream", tag = "slots", security(()),
    responses((status = 200, description = "Events", content_type = "text/event-stream", body = String)))]
pub(crate) async fn follow(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<PractitionerId>,
) -> Result<Response, Problem> {
    let place = app.admission.open_stream(caller.ctx.origin.address)?;
    schedule(&caller.ctx, id).await?;
    let listener = app.live.follow(id);
    let as_of = as_of(&caller.ctx, id).await?;
    let events = Events { hello: Some(as_of), listener, stop: app.stop.clone(), _place: place };
    let stream = Sse::new(events.stream()).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // Proxies of the nginx family hold answers back otherwise.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, stream).into_response())
}

/// The database's present: from a reading of one minute of slots.
async fn as_of(ctx: &Ctx, id: PractitionerId) -> Result<Timestamp, Problem> {
    let now = ctx.clock.now();
    let schedule = schedule(ctx, id).await?;
    let minute =
        now.checked_add(SignedDuration::from_mins(1)).ok().and_then(|end| TimeRange::new(now, end).ok());
    match (active_visit_types(&schedule).first(), minute) {
        (Some(visit_type), Some(minute)) => {
            Ok(booking::slots(ctx, id, *visit_type, minute, Some(1)).await?.as_of)
        }
        _ => Ok(now),
    }
}

struct Events {
    hello: Option<Timestamp>,
    listener: Listener,
    stop: CancellationToken,
    _place: StreamPlace,
}

impl Events {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut events| async move {
            let event = match events.hello.take() {
                Some(as_of) => {
                    Event::default().event("hello").retry(RETRY).data(json!({ "as_of": as_of }).to_string())
                }
                None => loop {
                    let heard = events.stop.clone().run_until_cancelled(events.listener.next()).await??;
                    if let Some(event) = written(heard) {
                        break event;
                    }
                },
            };
            Some((Ok(event), events))
        })
    }
}

/// An event as it is sent; `None` for what concerns no slot.
fn written(event: LiveEvent) -> Option<Event> {
    let range = |name: &str, start: Timestamp, end: Timestamp| {
        Event::default().event(name).data(json!({ "start": start, "end": end }).to_string())
    };
    match event {
        LiveEvent::Taken { start, end } => Some(range("taken", start, end)),
        LiveEvent::Freed { start, end } => Some(range("freed", start, end)),
        LiveEvent::Reset => Some(Event::default().event("reset").data("{}")),
        LiveEvent::Noted => None,
    }
}
