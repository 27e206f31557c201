//! The agenda as it changes: Server-Sent Events that say whose day to look at again.
//!
//! Invariant: an event names a practitioner and nothing else; whoever hears it reads the column anew, and sees what they
//! may see. A stream ends when the server stops, and the browser comes back by itself.

use std::convert::Infallible;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream, StreamExt};
use rendez_domain::identity::access;
use rendez_vocab::ids::PractitionerId;

use super::super::error::PageError;
use super::super::query::Lenient;
use super::super::visitor::Visitor;
use super::asked::{Asked, House, Question};
use crate::api::live::Listener;
use crate::middleware::admission::StreamPlace;

/// Proxies and browsers give up on a connection that is silent for longer.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a browser waits before it comes back.
const RETRY: Duration = Duration::from_secs(2);

/// `GET /practice/agenda/stream`
pub(in crate::pages) async fn stream(visitor: Visitor, Lenient(asked): Lenient<Asked>) -> Response {
    visitor
        .answer(async {
            access::practice(&visitor.ctx.actor)?;
            let house = House::of(&visitor).await?;
            let question = Question::read(&visitor, &asked, &house).await?.ok_or(PageError::NotFound)?;
            let place = visitor
                .app
                .admission
                .open_stream(visitor.ctx.origin.address)
                .map_err(|_| PageError::TooMany)?;
            // A shared room may be taken by any colleague.
            let colleagues = house.people.iter().filter(|_| !question.rooms.is_empty());
            let mut ids: Vec<PractitionerId> =
                question.people.iter().chain(colleagues).map(|person| person.id).collect();
            ids.sort_unstable();
            ids.dedup();
            let listeners = ids.into_iter().map(|id| (id, visitor.app.live.follow(id)));
            let events =
                events(listeners.collect(), place).take_until(visitor.app.stop.clone().cancelled_owned());
            let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT));
            let headers = [
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                // Proxies of the nginx family hold answers back otherwise.
                (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
            ];
            Ok((headers, stream).into_response())
        })
        .await
}

/// `hello` first, so that whoever listens knows that nothing is missed from here on; then `changed` with whose day.
fn events(
    listeners: Vec<(PractitionerId, Listener)>,
    place: StreamPlace,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let changes =
        listeners.into_iter().map(|(id, listener)| {
            let heard = stream::unfold(listener, |mut listener| async move {
                listener.next().await.map(|_| ((), listener))
            });
            heard.map(move |()| Event::default().event("changed").data(id.to_string())).boxed()
        });
    let hello = stream::once(async { Event::default().event("hello").retry(RETRY).data("{}") });
    hello.chain(stream::select_all(changes)).map(move |event| {
        // The place is given back when the stream ends.
        let _kept = &place;
        Ok(event)
    })
}
