//! What else the machine does: a figure that was taken beside a build says little about the program.

use std::time::Duration;

use anyhow::{Context, Result};

const LOOK: Duration = Duration::from_secs(1);

/// The share of the processors that is busy right now, from 0 to 1 (Linux, `/proc/stat`).
pub(crate) async fn busy() -> Result<f64> {
    let before = times()?;
    tokio::time::sleep(LOOK).await;
    let after = times()?;
    let all = (after.0 - before.0).max(1) as f64;
    Ok(1.0 - (after.1 - before.1) as f64 / all)
}

/// All ticks and the idle ones among them (`proc_stat(5)`: user, nice, system, idle, iowait, …).
fn times() -> Result<(u64, u64)> {
    let text = std::fs::read_to_string("/proc/stat")?;
    let line = text.lines().next().context("/proc/stat is empty")?;
    let ticks: Vec<u64> = line.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
    let idle = ticks.iter().skip(3).take(2).sum();
    Ok((ticks.iter().sum(), idle))
}
