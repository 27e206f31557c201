//! The accept loop: connections in, requests to the router, and an orderly end.
//!
//! Invariants: who sends nothing is cut off after ten seconds; beyond the caps, the whole and that of an address, a
//! connection is answered 503 and closed, never queued; after `stop` no connection is accepted, requests in flight end within `shutdown`.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use rendez_platform::fault::Fault;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tower::Service;

use crate::middleware::address::Peer;
use crate::middleware::crowd::{Crowd, Seat};
use crate::patience::Patience;

/// How long the head of a request may take to arrive, and an idle connection may stay.
const HEADER_READ: Duration = Duration::from_secs(10);
/// How long a kept connection may wait for its next request: longer than proxies in front keep theirs.
const IDLE: Duration = Duration::from_secs(75);
/// How long a failing `accept` waits: out of file descriptors, which only time cures.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// How connections are served.
#[derive(Debug, Clone, Copy)]
pub struct ServeSettings {
    /// Connections at most.
    pub max_connections: usize,
    /// Connections from one address (IPv6: one /64) at most.
    pub max_connections_per_address: usize,
    /// How long requests in flight may take after the stop.
    pub shutdown: Duration,
    /// Whether HTTP/1 is refused: between processes of one installation.
    pub only_http2: bool,
}

impl Default for ServeSettings {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            max_connections_per_address: 256,
            shutdown: Duration::from_secs(20),
            only_http2: false,
        }
    }
}

/// Serves until `stop`, and then until the requests in flight have ended or their time is over.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: ServeSettings,
    stop: CancellationToken,
) -> Result<(), Fault> {
    let connections = Arc::new(Semaphore::new(settings.max_connections));
    let crowd = Crowd::new(settings.max_connections_per_address);
    let graceful = GracefulShutdown::new();
    let hard_stop = CancellationToken::new();
    let builder = match settings.only_http2 {
        true => Arc::new(builder().http2_only()),
        false => Arc::new(builder()),
    };
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let place = Arc::clone(&connections).try_acquire_owned().ok();
        match place.zip(crowd.enter(peer.ip().to_canonical())) {
            Some(place) => {
                let connection =
                    Connection { builder: builder.clone(), router: router.clone(), peer: Peer(peer), place };
                tokio::spawn(
                    hard_stop.clone().run_until_cancelled_owned(connection.run(stream, graceful.watcher())),
                );
            }
            None => drop(tokio::spawn(turn_away(stream))),
        }
    }
    drop(listener);
    if tokio::time::timeout(settings.shutdown, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time and are cut off");
    }
    hard_stop.cancel();
    Ok(())
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(IDLE).keep_alive(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Some(Duration::from_secs(30)))
        .max_concurrent_streams(Some(200))
        .max_header_list_size(32 * 1024);
    builder
}

struct Connection {
    builder: Arc<auto::Builder<TokioExecutor>>,
    router: Router,
    peer: Peer,
    place: (OwnedSemaphorePermit, Seat),
}

impl Connection {
    async fn run(self, stream: TcpStream, watcher: hyper_util::server::graceful::Watcher) {
        let Self { builder, router, peer, place: _place } = self;
        // Small answers must not wait for more to send; a connection that refuses it still works.
        let _ = stream.set_nodelay(true);
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            let mut router = router.clone();
            async move {
                Ok::<_, Infallible>(
                    router.call(request.map(Body::new)).await.unwrap_or_else(|no| match no {}),
                )
            }
        });
        let stream = TokioIo::new(Patience::new(stream, HEADER_READ));
        let connection = builder.serve_connection(stream, service).into_owned();
        if let Err(error) = watcher.watch(connection).await {
            tracing::debug!(error = %error, "a connection ended early");
        }
    }
}

async fn turn_away(mut stream: TcpStream) {
    metrics::counter!("rendez_connections_refused_total").increment(1);
    // Whoever does not read it within the time sees the connection close.
    let _ = tokio::time::timeout(Duration::from_secs(1), stream.write_all(FULL)).await;
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::AsyncReadExt;
    use tokio::sync::Notify;
    use tokio::task::JoinHandle;

    use super::*;

    struct Server {
        address: std::net::SocketAddr,
        stop: CancellationToken,
        running: JoinHandle<Result<(), Fault>>,
    }

    async fn start(router: Router, settings: ServeSettings) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let stop = CancellationToken::new();
        let running = tokio::spawn(serve(listener, router, settings, stop.clone()));
        Server { address, stop, running }
    }

    async fn ask(address: std::net::SocketAddr) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.expect("connected");
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("sent");
        stream
    }

    async fn rest(mut stream: TcpStream) -> String {
        let mut text = String::new();
        stream.read_to_string(&mut text).await.expect("read to the end");
        text
    }

    #[tokio::test]
    async fn a_request_in_flight_ends_before_the_server_does() {
        let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (begin, wait) = (begun.clone(), go_on.clone());
        let router = Router::new().route(
            "/",
            get(async move || {
                begin.notify_one();
                wait.notified().await;
                "done"
            }),
        );
        let server = start(router, ServeSettings::default()).await;
        let stream = ask(server.address).await;
        begun.notified().await;
        server.stop.cancel();
        go_on.notify_one();
        assert!(rest(stream).await.ends_with("done"));
        server.running.await.expect("no panic").expect("an orderly end");
        assert!(TcpStream::connect(server.address).await.is_err(), "nobody is let in any more");
    }

    #[tokio::test]
    async fn who_does_not_say_what_they_speak_is_cut_off() {
        for words in ["", "P", "PRI * HTTP/2.0\r\n"] {
            let (mut caller, ours) = tokio::io::duplex(64);
            caller.write_all(words.as_bytes()).await.expect("sent");
            let mut ours = Patience::new(ours, Duration::from_millis(1));
            let mut heard = String::new();
            let error = ours.read_to_string(&mut heard).await.expect_err("cut off");
            assert_eq!(error.kind(), std::io::ErrorKind::TimedOut, "{words:?}");
        }
        for words in ["GET / HTTP/1.1\r\n", "PUT", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
            let (mut caller, ours) = tokio::io::duplex(64);
            caller.write_all(words.as_bytes()).await.expect("sent");
            let mut ours = Patience::new(ours, Duration::from_millis(50));
            let mut heard = vec![0; words.len()];
            ours.read_exact(&mut heard).await.expect("heard");
            // Longer than the patience; from here on the protocol's own time-outs count.
            let silence = tokio::time::timeout(Duration::from_millis(100), ours.read_u8()).await;
            assert!(silence.is_err(), "{words:?}");
        }
    }

    #[tokio::test]
    async fn beyond_the_cap_a_connection_is_told_to_come_back() {
        let router = Router::new().route("/", get(async || "inside"));
        let roomy = ServeSettings { shutdown: Duration::ZERO, ..ServeSettings::default() };
        for settings in [
            ServeSettings { max_connections: 1, ..roomy },
            ServeSettings { max_connections_per_address: 1, ..roomy },
        ] {
            one_is_inside_and_the_next_is_not(router.clone(), settings).await;
        }
    }

    async fn one_is_inside_and_the_next_is_not(router: Router, settings: ServeSettings) {
        let server = start(router, settings).await;
        let mut inside = ask(server.address).await;
        let mut first = [0u8; 12];
        inside.read_exact(&mut first).await.expect("an answer");
        assert_eq!(&first, b"HTTP/1.1 200");
        let refused = rest(TcpStream::connect(server.address).await.expect("connected")).await;
        assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("Retry-After: 1"), "{refused}");
        server.stop.cancel();
        server.running.await.expect("no panic").expect("an end");
    }
}
