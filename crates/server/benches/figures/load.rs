//! The two ways to put load on a server.
//!
//! An open loop asks at its own pace, as people do: a slow answer delays nobody's question, and the wait is counted
//! from the instant when the question was due, so a stall shows in full (no coordinated omission). A closed loop has
//! so many clients that each ask again once they are answered: it finds the highest rate, its latencies mean little.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Starts `work` so many times a second and waits until the last has ended. `work` gets the instant at which it was
/// due; the timer wakes up to a millisecond late, which its latency then includes.
pub(crate) async fn open_loop<F, Fut>(a_second: f64, length: Duration, work: F) -> Result<()>
where
    F: Fn(Instant) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for turn in 0..(a_second * length.as_secs_f64()) as u64 {
        let due = begun + Duration::from_secs_f64(turn as f64 / a_second);
        if due > Instant::now() {
            tokio::time::sleep_until(due).await;
        }
        running.spawn(work(due));
        while let Some(ended) = running.try_join_next() {
            ended?;
        }
    }
    while let Some(ended) = running.join_next().await {
        ended?;
    }
    Ok(())
}

/// Lets so many clients work one turn after another; how many turns a second they ended after the warm-up.
pub(crate) async fn closed_loop<F, Fut>(
    clients: usize,
    warm_up: Duration,
    length: Duration,
    work: F,
) -> Result<f64>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let work = Arc::new(work);
    let turns = Arc::new(AtomicU64::new(0));
    let from = Instant::now() + warm_up;
    let until = from + length;
    let mut running = JoinSet::new();
    for _ in 0..clients {
        let (work, turns) = (Arc::clone(&work), Arc::clone(&turns));
        running.spawn(async move {
            while Instant::now() < until {
                work().await;
                let now = Instant::now();
                if from <= now && now < until {
                    turns.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
    while let Some(ended) = running.join_next().await {
        ended?;
    }
    Ok(turns.load(Ordering::Relaxed) as f64 / length.as_secs_f64())
}
