//! The program is killed at each point between request and answer, by the test that does so, with many histories.

use std::process::Stdio;

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::report::Report;

/// What the issue asks for at each point.
const HISTORIES: &str = "200";

/// Runs the crash test and passes its lines on; `RENDEZ_CRASH_HISTORIES` asks for fewer or more histories.
pub(crate) async fn run(report: &mut Report) -> Result<()> {
    let histories = std::env::var("RENDEZ_CRASH_HISTORIES").unwrap_or_else(|_| HISTORIES.to_owned());
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut test = Command::new(cargo)
        .args(["test", "--quiet", "--release", "-p", "rendez-server", "--test", "crash", "--", "--nocapture"])
        .env("RENDEZ_CRASH_HISTORIES", &histories)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("the crash test cannot be started")?;
    let output = test.stdout.take().context("the crash test has no output")?;
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await? {
        if line.starts_with("crash points") || line.starts_with("  ") {
            report.line(line.trim());
        }
    }
    let held = test.wait().await?.success();
    report.must(held, format!("{histories} histories at each point: nothing half done, lost or double"));
    Ok(())
}
