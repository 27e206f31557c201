//! Latencies and refusals of a load, gathered while it runs.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hdrhistogram::Histogram;

/// A minute in microseconds: longer waits are counted as this long.
const LONGEST_MICROS: u64 = 60_000_000;

/// Latencies of one kind of request. Microseconds inside, milliseconds on paper.
pub(crate) struct Latencies(Mutex<Histogram<u64>>);

impl Latencies {
    /// None so far.
    pub(crate) fn new() -> Self {
        #[allow(clippy::expect_used, reason = "the bounds are literals")]
        Self(Mutex::new(Histogram::new_with_bounds(1, LONGEST_MICROS, 3).expect("bounds that fit")))
    }

    /// Counts one.
    pub(crate) fn record(&self, latency: Duration) {
        self.lock().saturating_record(u64::try_from(latency.as_micros()).unwrap_or(LONGEST_MICROS).max(1));
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.lock().len()
    }

    /// The latency in milliseconds that this share of the requests does not exceed.
    pub(crate) fn quantile_ms(&self, share: f64) -> f64 {
        self.lock().value_at_quantile(share) as f64 / 1000.0
    }

    /// `p50`, `p99`, `p99.9` and `max`, in milliseconds.
    pub(crate) fn row(&self, name: &str) -> String {
        let at = |share| self.quantile_ms(share);
        format!(
            "{name:<16} n {:>7}   p50 {:>8.2}   p99 {:>8.2}   p99.9 {:>8.2}   max {:>8.2} ms",
            self.count(),
            at(0.5),
            at(0.99),
            at(0.999),
            at(1.0)
        )
    }

    fn lock(&self) -> MutexGuard<'_, Histogram<u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How often each unexpected answer came.
#[derive(Default)]
pub(crate) struct Surprises(Mutex<BTreeMap<String, u64>>);

impl Surprises {
    /// Counts one.
    pub(crate) fn count(&self, what: String) {
        *self.lock().entry(what).or_default() += 1;
    }

    /// How many there are in all.
    pub(crate) fn total(&self) -> u64 {
        self.lock().values().sum()
    }

    /// `3 × 409 busy, 1 × 503 overloaded`, or `none`.
    pub(crate) fn list(&self) -> String {
        let parts: Vec<String> =
            self.lock().iter().map(|(what, times)| format!("{times} × {what}")).collect();
        if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
