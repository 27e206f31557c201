//! The command itself: opens the database, shows progress, says what was made.

use std::time::Duration;

use anyhow::Result;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use super::{Made, Plan, generate};
use crate::cli::Generate;
use crate::{database, wiring};

/// Makes the country and stops a private PostgreSQL afterwards, also when it is interrupted.
pub(crate) async fn run(arguments: Generate) -> Result<()> {
    let settings = database::settings(arguments.config.as_deref(), arguments.database_url.as_deref())?;
    let pack = wiring::pack(&settings)?;
    let database = database::open(&arguments.data_dir, &settings).await?;
    let plan = Plan {
        practitioners: arguments.practitioners,
        patients: arguments.patients,
        seed: arguments.seed,
        streams: std::thread::available_parallelism().map_or(2, usize::from),
    };
    let bar = ProgressBar::new((plan.practitioners + plan.patients) as u64).with_style(
        ProgressStyle::with_template(
            "people {bar:40} {human_pos}/{human_len}  {per_sec}  {elapsed}, {eta} to go",
        )
        .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    bar.enable_steady_tick(Duration::from_millis(200));
    let moving = bar.clone();
    let made = tokio::select! {
        made = generate(&database.store, pack, plan, move |people| moving.inc(people as u64)) => made.map_err(Into::into),
        _ = database::interrupted() => Err(anyhow::anyhow!("interrupted; what was written so far is no country")),
    };
    let took = bar.elapsed();
    bar.finish_and_clear();
    let closed = database.close().await;
    say(&made?, plan, took);
    closed
}

fn say(made: &Made, plan: Plan, took: Duration) {
    let seconds = took.as_secs_f64();
    println!(
        "{} practitioners and {} patients: {} rows, {} of them on the timeline, in {seconds:.1} s ({} rows/s)",
        HumanCount(plan.practitioners as u64),
        HumanCount(plan.patients as u64),
        HumanCount(made.rows),
        HumanCount(made.claims),
        HumanCount((made.rows as f64 / seconds.max(0.001)) as u64),
    );
    println!(
        "{:.1} % of the opening time of the coming {} days is taken",
        made.busy_share * 100.0,
        super::calendar::DAYS_AHEAD
    );
}
