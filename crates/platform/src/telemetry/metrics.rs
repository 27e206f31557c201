//! Metrics in Prometheus' text format.
//!
//! The recorder belongs to the process: it is made once, whoever asks first. Invariant: histograms of seconds have fixed
//! buckets from one millisecond to ten seconds. Labels are words of a small set, never ids.

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::fault::Fault;

/// The upper bounds of the buckets of every histogram whose name ends in `_seconds`.
pub const LATENCY_BUCKETS_SECONDS: [f64; 13] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Histograms keep every value until somebody drains them.
const UPKEEP: Duration = Duration::from_secs(5);
const MEMORY: &str = "process_resident_memory_bytes";

/// When the process started, in seconds since 1970.
pub const STARTED: &str = "process_start_time_seconds";

static INSTALLED: OnceLock<Option<Metrics>> = OnceLock::new();

/// The process' metrics. Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
}

impl Metrics {
    /// The recorder of this process, installed upon the first call. A fault if another recorder was installed before.
    pub fn of_process() -> Result<Self, Fault> {
        INSTALLED
            .get_or_init(|| {
                let recorder = PrometheusBuilder::new()
                    .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &LATENCY_BUCKETS_SECONDS)
                    .ok()?
                    .build_recorder();
                let handle = recorder.handle();
                metrics::set_global_recorder(recorder).ok()?;
                metrics::describe_gauge!(
                    MEMORY,
                    metrics::Unit::Bytes,
                    "Memory of this process that is in use now."
                );
                Some(Self { handle })
            })
            .clone()
            .ok_or(Fault::plain("the process has another metrics recorder"))
    }

    /// Every metric in Prometheus' text format, version 0.0.4: the answer of `/metrics`.
    pub fn render(&self) -> String {
        measure_process();
        self.handle.render()
    }

    /// Starts the task that keeps histograms small, until `stop`. One a process is enough.
    pub fn spawn_upkeep(&self, stop: CancellationToken) -> JoinHandle<()> {
        let handle = self.handle.clone();
        tokio::spawn(async move {
            let mut beat = tokio::time::interval(UPKEEP);
            while stop.run_until_cancelled(beat.tick()).await.is_some() {
                handle.run_upkeep();
            }
        })
    }
}

/// The memory of this process in bytes (`VmRSS` of proc(5), `/proc/self/status`); `None` where there is no such file.
pub fn resident_memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// When this process started, in seconds since 1970: the 22nd field of `/proc/self/stat`, in hundredths of a second since
/// the machine did (proc(5)). `None` where there is no such file.
fn started_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is a name in brackets that may hold anything.
    let ticks: f64 = stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()?;
    let machine = std::fs::read_to_string("/proc/stat").ok()?;
    let boot: f64 = machine.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    Some(boot + ticks / 100.0)
}

fn measure_process() {
    if let Some(bytes) = resident_memory_bytes() {
        metrics::gauge!(MEMORY).set(bytes as f64);
    }
    if let Some(seconds) = started_seconds() {
        metrics::gauge!(STARTED).set(seconds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_fall_into_fixed_buckets_and_memory_is_told() {
        let metrics = Metrics::of_process().expect("the first recorder");
        assert!(Metrics::of_process().is_ok(), "asking twice gives the same");
        metrics::histogram!("a_test_seconds", "route" => "/v1/slots").record(0.003);
        let text = metrics.render();
        assert!(text.contains(r#"a_test_seconds_bucket{route="/v1/slots",le="0.0025"} 0"#), "{text}");
        assert!(text.contains(r#"a_test_seconds_bucket{route="/v1/slots",le="0.005"} 1"#), "{text}");
        if cfg!(target_os = "linux") {
            assert!(resident_memory_bytes().is_some_and(|bytes| bytes > 1024 * 1024));
            assert!(text.contains("process_resident_memory_bytes "), "{text}");
        }
    }

    #[tokio::test]
    async fn upkeep_ends_when_it_is_told() {
        let stop = CancellationToken::new();
        let upkeep = Metrics::of_process().expect("a recorder").spawn_upkeep(stop.clone());
        stop.cancel();
        upkeep.await.expect("ended without a panic");
    }
}
