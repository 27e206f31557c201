//! The program under measurement: started, watched, stopped and killed by its process id.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::time::Instant;

use crate::http::{self, Connections};

const READY_WITHIN: Duration = Duration::from_secs(90);
const STOPPED_WITHIN: Duration = Duration::from_secs(60);
/// How often a starting server is asked. It is the error of every start time.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A running `rendez serve`. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    log: PathBuf,
}

impl Server {
    /// Starts the server and waits until `path` is answered with 200; how long that took.
    pub(crate) async fn start(
        data_dir: &Path,
        address: SocketAddr,
        demo: bool,
        path: &str,
    ) -> Result<(Self, Duration)> {
        let flags: &[&str] = if demo { &["--demo"] } else { &[] };
        Self::start_with(data_dir, address, flags, path).await
    }

    /// The same with any flags.
    ///
    /// The limits of how often who may ask are lifted: all load comes from one address. All else is as shipped.
    pub(crate) async fn start_with(
        data_dir: &Path,
        address: SocketAddr,
        flags: &[&str],
        path: &str,
    ) -> Result<(Self, Duration)> {
        let log = data_dir.with_extension("log");
        let output = File::options().append(true).create(true).open(&log)?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_rendez"));
        command.arg("serve").arg("--data-dir").arg(data_dir).arg("--listen").arg(address.to_string());
        command.args(flags);
        for limit in
            ["REQUESTS_PER_MINUTE_PER_CALLER", "REQUESTS_PER_MINUTE_PER_ADDRESS", "SIGN_IN_PER_MINUTE"]
        {
            command.env(format!("RENDEZ_LIMITS__{limit}"), "0");
        }
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).kill_on_drop(true);
        let begun = Instant::now();
        let child = command.spawn().context("starting rendez")?;
        let mut server = Self { child, address, log };
        server.answers(path, begun + READY_WITHIN).await?;
        Ok((server, begun.elapsed()))
    }

    /// The process id.
    pub(crate) fn pid(&self) -> Result<i32> {
        Ok(i32::try_from(self.child.id().context("the server has ended")?)?)
    }

    /// Whether the process lives.
    pub(crate) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it the hard way (SIGKILL).
    pub(crate) async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.context("killing rendez")
    }

    /// Ends it as an operator does (SIGTERM).
    pub(crate) async fn stop(mut self) -> Result<()> {
        kill(Pid::from_raw(self.pid()?), Signal::SIGTERM)?;
        let status =
            tokio::time::timeout(STOPPED_WITHIN, self.child.wait()).await.context("it does not stop")??;
        if status.success() { Ok(()) } else { bail!("it ended with {status}: {}", self.log_tail()) }
    }

    /// Resident memory of the server process alone, in megabytes of 1,000,000 bytes (`VmRSS`).
    pub(crate) fn resident_mb(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()?))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: f64 = line.split_whitespace().next().context("no number")?.parse()?;
        Ok(kib * 1024.0 / 1e6)
    }

    async fn answers(&mut self, path: &str, until: Instant) -> Result<()> {
        let request = http::get(path, None);
        loop {
            let asked = Connections::new(self.address, 1).ask(&request).await;
            if asked.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended with {status}: {}", self.log_tail());
            }
            if Instant::now() >= until {
                bail!("it does not answer {path}: {}", self.log_tail());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    fn log_tail(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(8)..].join(" | ")
    }
}

/// An address of this machine on a port that nobody uses now.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
