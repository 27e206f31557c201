//! The process dies at each point between a request and its answer, and nothing is half done.
//!
//! For each crash point the real program runs random histories over HTTP, every request with an idempotency key, until
//! the armed point ends it as `kill -9` would. It is started again, the requests without an answer are sent again with
//! their keys, and then: what was acknowledged stands, a repeated request gets the first answer, no visit is doubled or
//! lost, no confirmed visit is without its claim, no time has two, and no hold outlives its deadline.
//!
//! `RENDEZ_CRASH_HISTORIES` says how many histories each point gets (3 unless said otherwise), `RENDEZ_CRASH_SEED`
//! repeats a run.

mod client;
mod history;
mod program;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use rendez_domain::booking::CRASH_POINTS;
use tokio::time::Instant;

const WORKERS: usize = 2;

fn from_environment(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wherever_it_dies_nothing_is_half_done() {
    let histories = from_environment("RENDEZ_CRASH_HISTORIES", 3);
    let seed = from_environment("RENDEZ_CRASH_SEED", 20_261_121);
    println!("crash points: {} with {histories} histories each, seed {seed}", CRASH_POINTS.len());
    let started = Instant::now();
    let points: Arc<Mutex<VecDeque<&str>>> = Arc::new(Mutex::new(CRASH_POINTS.into()));
    let workers: Vec<_> = (0..WORKERS)
        .map(|_| {
            let points = Arc::clone(&points);
            tokio::spawn(async move {
                loop {
                    let Some(point) = points.lock().expect("no worker panics inside").pop_front() else {
                        return;
                    };
                    let begun = Instant::now();
                    let told = history::run(point, histories, seed).await;
                    println!("  {point:<24} {told}, {:.1} s", begun.elapsed().as_secs_f64());
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.expect("every history holds");
    }
    println!("crash points done in {:.0} s", started.elapsed().as_secs_f64());
}
