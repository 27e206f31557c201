//! The figures that the project promises, measured against the program as it is shipped.
//!
//! `make bench` prints them all; `cargo bench -p rendez-server --bench figures -- race slots` only some. Each figure
//! starts the binary on a data directory and a port of its own and talks to it over TCP; rows by the thousand are
//! entered by SQL. Server, PostgreSQL and this driver share one machine, so every figure includes the driver's own
//! cost. A wrong answer (lost, double, 5xx where none may be) ends the run with exit code 1, a missed speed does not:
//! speed depends on the machine, truth does not.
//!
//! Settings come from the environment: `RENDEZ_FIGURES_DIR` (where data directories are made: a real disk, or the
//! durable figures mean nothing) and `RENDEZ_FIGURES_SECONDS` (the length of the long load, 60 by default). `country` and
//! `compare` make a country of `RENDEZ_FIGURES_PRACTITIONERS` (500,000 by default) and keep it in `RENDEZ_FIGURES_COUNTRY`
//! for the next run, if that names a folder. `import` brings in files of `RENDEZ_FIGURES_LINES` lines (500,000 by default).

mod booking;
mod bookings;
mod ceiling;
mod country;
mod crash_points;
mod database;
mod http;
mod import;
mod ledger;
mod load;
mod machine;
mod nothing_lost;
mod pages;
mod pgbench;
mod practices;
mod race;
mod report;
mod search;
mod server;
mod slots;
mod stage;
mod start;
mod tally;
mod tokens;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};

use report::Report;

/// A figure that takes longer is stopped and counts as broken.
const LONGEST: Duration = Duration::from_secs(45 * 60);

/// A machine that does more than this before a figure is not its figure's own.
const QUIET: f64 = 0.1;

const NAMES: &[&str] = &[
    "race",
    "bookings",
    "ceiling",
    "slots",
    "crash-points",
    "nothing-lost",
    "start",
    "search",
    "pages",
    "import",
    "country",
    "compare",
];

fn main() -> ExitCode {
    // Cargo adds `--bench`; what else begins with a dash belongs to other harnesses.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if let Some(unknown) = wanted.iter().find(|word| !NAMES.contains(&word.as_str())) {
        eprintln!("there is no figure `{unknown}`; there are: {}", NAMES.join(", "));
        return ExitCode::from(2);
    }
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("no runtime: {error}");
            return ExitCode::from(2);
        }
    };
    let mut report = Report::default();
    for name in NAMES.iter().filter(|name| wanted.is_empty() || wanted.iter().any(|word| word == *name)) {
        report.begin(name);
        if let Ok(busy) = runtime.block_on(machine::busy())
            && busy > QUIET
        {
            report.line(format!(
                "the machine was {:.0} % busy before: speeds are not to be trusted",
                busy * 100.0
            ));
        }
        if let Err(error) = runtime.block_on(measure(name, &mut report)) {
            report.must(false, format!("the figure could not be taken: {error:#}"));
        }
    }
    report.summary();
    if report.is_broken() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

async fn measure(name: &str, report: &mut Report) -> Result<()> {
    let figure = async {
        match name {
            "race" => race::measure(report).await,
            "bookings" => bookings::measure(report).await,
            "ceiling" => ceiling::measure(report).await,
            "slots" => slots::measure(report).await,
            "crash-points" => crash_points::run(report).await,
            "nothing-lost" => nothing_lost::measure(report).await,
            "start" => start::measure(report).await,
            "pages" => pages::measure(report).await,
            "import" => import::measure(report).await,
            "country" => country::measure(report).await,
            "compare" => country::compare(report).await,
            _ => search::measure(report).await,
        }
    };
    tokio::time::timeout(LONGEST, figure).await.context("it took too long")?
}

/// How long the long loads last.
fn load_length() -> Duration {
    let asked = std::env::var("RENDEZ_FIGURES_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(asked.unwrap_or(60).clamp(5, 600))
}
