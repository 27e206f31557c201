//! How long things take, for a thread and for whoever waits for it.

#![allow(clippy::disallowed_methods, reason = "a measurement reads the clock itself")]

use std::time::{Duration, Instant};

use nix::sched::{CpuSet, sched_setaffinity};
use nix::time::{ClockId, clock_gettime};
use nix::unistd::Pid;

/// Since when something is measured.
#[derive(Clone, Copy)]
pub(crate) struct Watch {
    wall: Instant,
    processor: Duration,
}

/// What a [`Watch`] shows.
#[derive(Clone, Copy)]
pub(crate) struct Spent {
    /// By the wall clock.
    pub(crate) wall: Duration,
    /// What this thread had of a processor.
    pub(crate) processor: Duration,
}

impl Watch {
    pub(crate) fn start() -> Self {
        Self { wall: Instant::now(), processor: processor_time() }
    }

    pub(crate) fn read(&self) -> Spent {
        Spent { wall: self.wall.elapsed(), processor: processor_time() - self.processor }
    }
}

/// The present by the wall clock.
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Nanoseconds since then.
pub(crate) fn nanos_since(then: Instant) -> u32 {
    u32::try_from(then.elapsed().as_nanos()).unwrap_or(u32::MAX)
}

/// Keeps this thread on one processor, if the machine has it.
pub(crate) fn stay_on(processor: usize) {
    let mut set = CpuSet::new();
    if set.set(processor).is_ok() {
        sched_setaffinity(Pid::from_raw(0), &set).ok();
    }
}

/// Lets this thread run on every processor again.
pub(crate) fn stay_anywhere() {
    let mut set = CpuSet::new();
    (0..CpuSet::count()).for_each(|processor| set.set(processor).unwrap_or_default());
    sched_setaffinity(Pid::from_raw(0), &set).ok();
}

fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}

/// Sorted times of many calls.
pub(crate) struct Times(Vec<u32>);

impl Times {
    pub(crate) fn new(mut nanos: Vec<u32>) -> Self {
        nanos.sort_unstable();
        Self(nanos)
    }

    /// Microseconds within which so many percent of the calls ended.
    pub(crate) fn micros(&self, percent: f64) -> f64 {
        let at = (self.0.len() as f64 * percent / 100.0) as usize;
        self.0.get(at.min(self.0.len().saturating_sub(1))).map_or(0.0, |nanos| f64::from(*nanos) / 1000.0)
    }

    /// Mean microseconds.
    pub(crate) fn mean(&self) -> f64 {
        self.0.iter().map(|nanos| f64::from(*nanos)).sum::<f64>() / 1000.0 / self.0.len().max(1) as f64
    }

    /// The usual line.
    pub(crate) fn text(&self) -> String {
        let [half, most, all] = [50.0, 99.0, 99.9].map(|percent| self.micros(percent));
        format!("p50 {half:.1} µs, p99 {most:.1} µs, p99.9 {all:.1} µs, mean {:.2} µs", self.mean())
    }
}
