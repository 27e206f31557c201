//! Logs to standard error, and traces to an OTLP collector if one is configured.
//!
//! Standard output belongs to the commands. Invariant: the exporter's own traffic is not traced, so it cannot feed
//! itself; and no setting lets a library's line through that would show a statement's values or a mail. Traces go out in batches from a thread of their own and are lost, not waited for, if nobody takes them.

use std::io::IsTerminal;
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Subscriber};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Filter, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use crate::fault::Fault;

const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);
/// Talking to the collector must not make spans.
const NEVER_TRACED: &str = "hyper=off,hyper_util=off,reqwest=off,rustls=off,opentelemetry=off,opentelemetry_sdk=off,\
                            opentelemetry_otlp=off,opentelemetry_http=off";

/// Libraries whose finer lines show what passes through them: statements' values, mails, headers.
const CARRIERS: [&str; 8] =
    ["tokio_postgres", "lettre", "hyper", "hyper_util", "h2", "reqwest", "rustls", "tower_http"];

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    Json,
    /// For people; coloured on a terminal.
    Pretty,
}

/// What is logged and where traces go.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// How lines look.
    pub format: LogFormat,
    /// `level` or `target=level`, with commas between, such as `info,rendez_platform=debug`.
    pub filter: String,
    /// The base address of an OTLP collector that speaks HTTP, such as `http://127.0.0.1:4318`.
    pub otlp_endpoint: Option<String>,
}

/// The running telemetry; keep it until the end and then call [`Telemetry::shutdown`].
#[must_use]
pub struct Telemetry {
    traces: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Sends what is still waiting, for at most five seconds.
    pub async fn shutdown(self) {
        if let Some(traces) = self.traces {
            // The exporter blocks. That nobody took the last traces is no reason to fail.
            let _ = tokio::task::spawn_blocking(move || traces.shutdown_with_timeout(EXPORT_TIMEOUT)).await;
        }
    }
}

/// Starts logging for the whole process; a fault if that was done before or the settings make no sense.
pub fn init(settings: &LogSettings) -> Result<Telemetry, Fault> {
    let colours = std::io::stderr().is_terminal();
    let (subscriber, telemetry) = build(settings, std::io::stderr, colours)?;
    subscriber.try_init().map_err(|error| Fault::new("starting to log", error))?;
    Ok(telemetry)
}

fn build<W>(
    settings: &LogSettings,
    writer: W,
    colours: bool,
) -> Result<(impl Subscriber + Send + Sync + use<W>, Telemetry), Fault>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match settings.format {
        LogFormat::Json => fmt::layer()
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .with_writer(writer)
            .boxed(),
        LogFormat::Pretty => fmt::layer().with_ansi(colours).with_writer(writer).boxed(),
    };
    let traces = settings.otlp_endpoint.as_deref().map(traces_to).transpose()?;
    let spans = match &traces {
        Some(traces) => {
            let layer = tracing_opentelemetry::layer().with_tracer(traces.tracer("rendez"));
            Some(layer.with_filter(filter(&format!("{},{NEVER_TRACED}", settings.filter))?))
        }
        None => None,
    };
    let subscriber =
        tracing_subscriber::registry().with(lines.with_filter(filter(&settings.filter)?)).with(spans);
    Ok((subscriber, Telemetry { traces }))
}

/// What the setting asks for, but for what would tell about people: no setting lets that through.
fn filter<S: Subscriber>(text: &str) -> Result<impl Filter<S> + use<S>, Fault> {
    let asked = EnvFilter::try_new(text).map_err(|error| Fault::new("reading the log filter", error))?;
    Ok(asked.and(filter_fn(|line| *line.level() <= Level::INFO || !is_of_carrier(line.target()))))
}

fn is_of_carrier(target: &str) -> bool {
    CARRIERS.contains(&target.split("::").next().unwrap_or_default())
}

fn traces_to(endpoint: &str) -> Result<SdkTracerProvider, Fault> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .with_timeout(EXPORT_TIMEOUT)
        .build()
        .map_err(|error| Fault::new("preparing to export traces", error))?;
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(Resource::builder().with_service_name("rendez").build())
        .build())
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Page {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().expect("not poisoned").clone()).expect("text")
        }
    }

    impl io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("not poisoned").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn settings(format: LogFormat, filter: &str) -> LogSettings {
        LogSettings { format, filter: filter.to_owned(), otlp_endpoint: None }
    }

    fn logged(settings: &LogSettings) -> String {
        let page = Page::default();
        let writer = page.clone();
        let (subscriber, _telemetry) =
            build(settings, move || writer.clone(), false).expect("valid settings");
        tracing::subscriber::with_default(subscriber, || {
            tracing::info_span!("request", route = "/v1/slots").in_scope(|| {
                tracing::info!(attempt = 2, "a job will be tried again");
                tracing::debug!("detail");
            });
        });
        page.text()
    }

    #[test]
    fn json_is_one_object_a_line() {
        let text = logged(&settings(LogFormat::Json, "info"));
        let line: serde_json::Value = serde_json::from_str(text.trim_end()).expect("one JSON object");
        assert_eq!(line["message"], "a job will be tried again");
        assert_eq!(line["attempt"], 2);
        assert_eq!(line["span"]["route"], "/v1/slots");
    }

    #[test]
    fn the_filter_decides_and_a_wrong_one_is_a_fault() {
        assert!(!logged(&settings(LogFormat::Pretty, "info")).contains("detail"));
        assert!(logged(&settings(LogFormat::Pretty, "debug")).contains("detail"));
        assert_eq!(logged(&settings(LogFormat::Pretty, "off")), "");
        assert!(build(&settings(LogFormat::Pretty, "info,x=loud"), io::sink, false).is_err());
    }

    #[test]
    fn no_filter_shows_what_passes_through_a_library() {
        let page = Page::default();
        let writer = page.clone();
        let asked = settings(LogFormat::Pretty, "trace,tokio_postgres::query=trace");
        let (subscriber, _telemetry) = build(&asked, move || writer.clone(), false).expect("valid settings");
        tracing::subscriber::with_default(subscriber, || {
            tracing::debug!(target: "tokio_postgres::query", "the values of a statement");
            tracing::info!(target: "tokio_postgres", "a notice");
        });
        let text = page.text();
        assert!(text.contains("a notice") && !text.contains("values"), "{text}");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_collector_gets_the_spans_that_waited() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}/", listener.local_addr().expect("bound"));
        let collector = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("the exporter comes");
            let mut request = Vec::new();
            let mut chunk = [0u8; 4096];
            while !request.windows(11).any(|bytes| bytes == b"a-test-span") {
                let length = stream.read(&mut chunk).await.expect("readable");
                assert_ne!(length, 0, "the exporter hung up");
                request.extend_from_slice(&chunk[..length]);
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.expect("writable");
            String::from_utf8_lossy(&request).into_owned()
        });
        let mut settings = settings(LogFormat::Json, "info");
        settings.otlp_endpoint = Some(endpoint);
        let (subscriber, telemetry) = build(&settings, io::sink, false).expect("valid settings");
        tracing::subscriber::with_default(subscriber, || tracing::info_span!("a-test-span").in_scope(|| ()));
        telemetry.shutdown().await;
        let request = collector.await.expect("the span arrived");
        assert!(request.starts_with("POST /v1/traces "), "{request}");
    }
}
