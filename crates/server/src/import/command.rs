//! The command from its arguments to its last word.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use rendez_domain::directory::bulk::{Import, Phase, Source};
use rendez_domain::regions::Pack;
use rendez_platform::auth::entropy::SystemEntropy;
use rendez_platform::store::Store;
use rendez_vocab::clock::SystemClock;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::clerk::Clerk;
use super::reading::{self, Input};
use super::report;
use super::source::{self, Consumed, Unusable};
use crate::cli::ImportPractitioners;
use crate::{database, wiring};

/// Practitioners or places in a transaction. Followers of changes see nothing new while one runs, so it is short.
const AT_ONCE: i64 = 250;
/// Batches that wait between the reader and PostgreSQL.
const WAITING: usize = 4;

/// Runs `rendez import practitioners`.
pub(crate) async fn import(arguments: ImportPractitioners) -> Result<()> {
    let files = &arguments.files;
    let first = files.first().context("a file is needed")?;
    let format = arguments.format.of(first)?;
    let inputs: Vec<Input> = files.iter().map(|path| Input::look(path, format)).collect::<Result<_>>()?;
    for input in inputs.iter().filter(|input| !input.unread.is_empty()) {
        println!("{}: nobody reads the columns {}", input.path.display(), input.unread.join(", "));
    }
    let system = format.system(arguments.source.as_deref()).map_err(|reason| Unusable::new(first, reason))?;
    let fingerprint = source::fingerprint(files).map_err(|error| Unusable::new(first, error.to_string()))?;
    let source = Source { system, format: format.as_str().to_owned(), fingerprint };
    let report = arguments.report.clone().unwrap_or_else(|| {
        let mut name = first.as_os_str().to_owned();
        name.push(".report.csv");
        PathBuf::from(name)
    });

    report::check(&report)?;

    let settings = database::settings(arguments.config.as_deref(), arguments.database_url.as_deref())?;
    let database = database::open(&arguments.data_dir, &settings).await?;
    let work =
        run(&database.store, wiring::pack(&settings)?, &source, arguments.restart, inputs, files, &report);
    let outcome = tokio::select! {
        outcome = work => outcome,
        _ = database::interrupted() => Err(anyhow::anyhow!("interrupted; started again with the same files it goes on")),
    };
    let closed = database.close().await;
    outcome.and(closed)
}

async fn run(
    store: &Store,
    pack: &'static Pack,
    source: &Source,
    anew: bool,
    inputs: Vec<Input>,
    files: &[PathBuf],
    report: &std::path::Path,
) -> Result<()> {
    let began = Instant::now();
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    let mut import = Import::open(store, pack, clock, entropy, source, anew).await?;
    if import.given_up() > 0 {
        println!("giving up an interrupted import of the same source: the lines it had read are forgotten");
    }
    if import.is_resumed() {
        println!("going on with an import that was interrupted; --restart begins anew");
    }
    if import.phase() == Phase::Reading {
        read(&mut import, pack, inputs).await?;
    }
    enter(&mut import).await?;
    report::write(&import, report, files).await?;
    import.finish().await?;
    print!("{}", report::table(import.tally(), began.elapsed().as_secs_f64()));
    println!("  report: {}", report.display());
    Ok(())
}

/// Reads the files and puts their lines aside.
async fn read(import: &mut Import, pack: &'static Pack, inputs: Vec<Input>) -> Result<()> {
    let from = import.position();
    let sizes: Vec<u64> = inputs.iter().map(|input| input.size).collect();
    let bar = bar(sizes.iter().sum(), "reading   {bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
    let consumed = Consumed::default();
    let (sender, mut batches) = mpsc::channel(WAITING);
    let seen = consumed.clone();
    let reader = tokio::task::spawn_blocking(move || {
        reading::read(&inputs, from, &mut Clerk::new(pack), &seen, &sender);
    });
    while let Some(batch) = batches.recv().await {
        let batch = batch?;
        import.stage(&batch).await?;
        let file = usize::try_from(batch.position.file).unwrap_or_default().min(sizes.len());
        let before: u64 = sizes[..file].iter().sum();
        let inside = if batch.position.bytes == 0 { 0 } else { consumed.bytes() };
        bar.set_position(before + inside);
    }
    reader.await?;
    bar.finish_and_clear();
    import.end_reading().await?;
    Ok(())
}

/// Enters what was put aside.
async fn enter(import: &mut Import) -> Result<()> {
    let tally = import.tally();
    let settled = tally.created + tally.updated + tally.unchanged + tally.skipped + tally.bad;
    let lines = |count: i64| u64::try_from(count).unwrap_or_default();
    let bar = bar(lines(tally.read), "entering  {bar:40} {human_pos}/{human_len} lines {per_sec} {eta}");
    bar.set_position(lines(settled));
    while import.phase() == Phase::Placing {
        bar.inc(lines(import.place(AT_ONCE).await?));
    }
    while import.phase() == Phase::Entering {
        bar.inc(lines(import.enter(AT_ONCE).await?));
    }
    bar.finish_and_clear();
    Ok(())
}

/// A bar for a terminal; elsewhere it says nothing.
fn bar(length: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style)
}
