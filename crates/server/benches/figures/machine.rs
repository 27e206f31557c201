//! What the machine does meanwhile: who takes how much of its processors.
//!
//! A figure that was taken beside a build says little about the program; the processor time that the program took says
//! something even then. Linux only (`proc(5)`).

use std::time::Duration;

use anyhow::{Context, Result};

const LOOK: Duration = Duration::from_secs(1);

/// The share of the processors that is busy right now, from 0 to 1 (`/proc/stat`).
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

/// Processor time since the processes' start, in seconds.
pub(crate) struct Spent {
    server: f64,
    postgres: f64,
    driver: f64,
}

impl Spent {
    /// Reads what server, PostgreSQL with its children, and this driver have spent so far.
    pub(crate) fn until_now(server: i32, postmaster: i32) -> Result<Self> {
        let mut postgres = 0.0;
        for entry in std::fs::read_dir("/proc")?.flatten() {
            let pid = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok());
            // A process may end while it is looked at.
            if let Some(Ok(one)) = pid.map(Process::read)
                && (one.pid == postmaster || one.parent == postmaster)
            {
                postgres += one.seconds;
            }
        }
        let driver = Process::read(i32::try_from(std::process::id())?)?.seconds;
        Ok(Self { server: Process::read(server)?.seconds, postgres, driver })
    }

    /// Milliseconds for each of so many requests since an earlier reading.
    pub(crate) fn each(&self, before: &Self, requests: u64) -> String {
        let ms = |after: f64, before: f64| (after - before) * 1000.0 / requests.max(1) as f64;
        format!(
            "processor time for each: server {:.2} ms, PostgreSQL {:.2} ms, this driver {:.2} ms",
            ms(self.server, before.server),
            ms(self.postgres, before.postgres),
            ms(self.driver, before.driver)
        )
    }
}

struct Process {
    pid: i32,
    parent: i32,
    seconds: f64,
}

impl Process {
    /// Fields are counted from the state, which follows the name in parentheses (`proc_pid_stat(5)`, fields 3 and on).
    fn read(pid: i32) -> Result<Self> {
        let text = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let fields: Vec<&str> = text.rsplit(") ").next().unwrap_or_default().split_whitespace().collect();
        let field = |at: usize| fields.get(at).context("a field is missing");
        let ticks: u64 = field(11)?.parse::<u64>()? + field(12)?.parse::<u64>()?;
        Ok(Self { pid, parent: field(1)?.parse()?, seconds: ticks as f64 / TICKS_A_SECOND })
    }
}

/// `USER_HZ`, which is 100 on every Linux that a server runs on.
const TICKS_A_SECOND: f64 = 100.0;
