//! The highest sustained rate of hold + confirm over HTTP, against the raw ceiling: pgbench running the very same
//! statements on the same cluster, in turns with it, with as many clients and for as long.
//!
//! While pgbench runs, the server is stopped (SIGSTOP), so that the ceiling is PostgreSQL's alone.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rendez_domain::booking::statements;
use tokio::time::Instant;

use crate::booking::{Booker, Tally};
use crate::bookings::PATIENTS;
use crate::http::Connections;
use crate::load::closed_loop;
use crate::pgbench;
use crate::practices::Practices;
use crate::report::Report;
use crate::stage::Stage;

const OVER_HTTP: u8 = 3;
const RAW: u8 = 4;
const PRACTITIONERS: u64 = 200;
const CLIENTS: usize = 32;
const WARM_UP: Duration = Duration::from_secs(3);
const LENGTH: Duration = Duration::from_secs(15);
/// Each way so often, in turns.
const ROUNDS: usize = 3;
/// The followers read what pgbench has changed before the server is measured again.
const CATCH_UP: Duration = Duration::from_secs(4);
const BAR: f64 = 0.6;

pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    let stage = Stage::set().await?;
    // Patients without addresses: mail is work beyond the two statements, which pgbench does not do either.
    let practices = Practices::make(&stage.database, OVER_HTTP, PRACTITIONERS, PATIENTS, false).await?;
    let raw = Practices::make(&stage.database, RAW, PRACTITIONERS, PATIENTS, false).await?;
    let booker = Arc::new(Booker::new(practices, &stage.tokens, Connections::new(stage.address(), CLIENTS))?);
    let script = stage.folder.file("booking.pgbench");
    std::fs::write(&script, pgbench::script(&raw, statements::HOLD, statements::CONFIRM))?;

    let tally = Arc::new(Tally::new());
    let (mut over_http, mut ceiling) = (Vec::new(), Vec::new());
    let (mut base, mut scripts) = (0, 0);
    for round in 1..=ROUNDS {
        let rate = run(&booker, &tally).await?;
        let paused = Paused::new(stage.server.pid()?)?;
        let mut pgbench = async |length| {
            let run = pgbench::run(&stage.database, &script, CLIENTS, length, base).await?;
            scripts += run.total;
            // Clients do not take turns: the fastest may be far ahead of the mean.
            base += 2 * run.total + 100_000;
            anyhow::Ok(run)
        };
        pgbench(WARM_UP).await?;
        let raw_rate = pgbench(LENGTH).await?.a_second;
        drop(paused);
        tokio::time::sleep(CATCH_UP).await;
        report.line(format!(
            "round {round}: over HTTP {rate:>6.0} bookings/s, pgbench {raw_rate:>6.0} bookings/s"
        ));
        over_http.push(rate);
        ceiling.push(raw_rate);
    }
    check(&stage, &raw, scripts).await?;
    report.line(format!(
        "{CLIENTS} clients each way, {} s a round; {}",
        LENGTH.as_secs(),
        stage.database.durability().await?
    ));
    report.line(tally.both.row("hold + confirm"));
    report.must(tally.surprises.total() == 0, format!("no error; other answers: {}", tally.surprises.list()));
    let overlaps = stage.database.overlaps().await?;
    report.must(overlaps == 0, format!("{overlaps} overlaps"));
    let (mean, raw_mean) = (mean(&over_http), mean(&ceiling));
    let ratio = mean / raw_mean;
    report.aim(
        ratio >= BAR,
        format!("{mean:.0} bookings/s, {ratio:.2} of pgbench's {raw_mean:.0} (aim {BAR})"),
    );
    stage.strike().await
}

async fn run(booker: &Arc<Booker>, tally: &Arc<Tally>) -> Result<f64> {
    let (booker, tally) = (Arc::clone(booker), Arc::clone(tally));
    closed_loop(CLIENTS, WARM_UP, LENGTH, move || {
        let (booker, tally) = (Arc::clone(&booker), Arc::clone(&tally));
        async move { booker.book(Instant::now(), &tally).await }
    })
    .await
}

/// A script that books nothing is fast: what pgbench counted must be booked.
async fn check(stage: &Stage, raw: &Practices, scripts: u64) -> Result<()> {
    let ours = raw.is_ours("practitioner_id");
    let sql = format!("SELECT count(*) FROM appointment WHERE {ours} AND status = 'booked'");
    let booked = stage.database.number(&sql).await?;
    ensure!(booked == scripts as i64, "pgbench ran {scripts} scripts and booked {booked} visits");
    Ok(())
}

fn mean(rates: &[f64]) -> f64 {
    rates.iter().sum::<f64>() / rates.len() as f64
}

/// A process that stands still until this is dropped.
struct Paused(Pid);

impl Paused {
    fn new(pid: i32) -> Result<Self> {
        let pid = Pid::from_raw(pid);
        kill(pid, Signal::SIGSTOP)?;
        Ok(Self(pid))
    }
}

impl Drop for Paused {
    fn drop(&mut self) {
        // If it is gone there is nothing to wake.
        let _ = kill(self.0, Signal::SIGCONT);
    }
}
