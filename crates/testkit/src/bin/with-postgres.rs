//! `with-postgres COMMAND…` runs a command with a throw-away PostgreSQL for its tests, and ends with its exit code.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitCode;

use anyhow::{Context, Result};
use rendez_testkit::cluster::{TestCluster, VARIABLE};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let program = arguments.next().context("usage: with-postgres COMMAND [ARGUMENT]…")?;
    // Ctrl-C reaches the command too, as it is in our process group: we wait for it and then tidy up.
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;

    let cluster = TestCluster::start().await?;
    let child = Command::new(&program).args(arguments).env(VARIABLE, cluster.url()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            cluster.stop().await?;
            return Err(error).with_context(|| format!("starting {}", program.display()));
        }
    };
    let status = loop {
        tokio::select! {
            status = child.wait() => break status,
            _ = interrupt.recv() => {}
            _ = terminate.recv() => child.start_kill()?,
        }
    };
    cluster.stop().await?;
    let status = status?;
    let code = status.code().or(status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}
