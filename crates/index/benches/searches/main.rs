//! The figures of the index by itself: no database, no network, one country in memory.
//!
//! `cargo bench -p rendez-index --bench searches` prints them all, with words behind `--` only some:
//! `-- searches names`. A country of 500,000 practitioners is made first; `RENDEZ_BENCH_PRACTITIONERS` makes another.
//! Rates are for one core. They are given by processor time of the thread, which says something even beside other
//! work, and by the wall clock; percentiles are by the wall clock, call by call.

mod changes;
mod clock;
#[path = "../country/mod.rs"]
mod country;
mod growth;
mod made;
mod mix;
mod names;
mod report;
mod speed;

use country::Country;
use made::Made;
use report::Report;

const FIGURES: [&str; 7] = ["start", "memory", "searches", "names", "changes", "growth", "snapshot"];
const SEED: u64 = 2026;

fn main() -> std::process::ExitCode {
    // Cargo adds `--bench`; what else begins with a dash belongs to other harnesses.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if let Some(unknown) = wanted.iter().find(|word| !FIGURES.contains(&word.as_str())) {
        eprintln!("there is no figure `{unknown}`; there are: {}", FIGURES.join(", "));
        return std::process::ExitCode::from(2);
    }
    let is_wanted = |figure: &str| wanted.is_empty() || wanted.iter().any(|word| word == figure);
    let practitioners = std::env::var("RENDEZ_BENCH_PRACTITIONERS").ok().and_then(|text| text.parse().ok());
    let report = &mut Report::default();

    let made = Made::new(Country::new(SEED, practitioners.unwrap_or(500_000)));
    if is_wanted("start") {
        made.report_start(report);
    }
    if is_wanted("memory") {
        made.report_memory(report);
    }
    if is_wanted("searches") {
        speed::measure(&made, report);
    }
    if is_wanted("names") {
        names::measure(&made, report);
    }
    if is_wanted("changes") {
        changes::measure(&made, report);
    }
    if is_wanted("growth") {
        growth::measure(&made, report);
    }
    if is_wanted("snapshot") {
        made.report_snapshot(report);
    }
    report.summary();
    std::process::ExitCode::SUCCESS
}
