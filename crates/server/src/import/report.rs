//! What an import tells the operator at its end: a table, and a file with the lines that could not be taken.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rendez_domain::directory::bulk::{Finding, Import, Tally};

/// Findings that are read at once.
const PAGE: i64 = 5000;

/// Writes the report beside its name first, so that one that is there is whole. It quotes people's data: only its owner
/// may read it.
pub(super) async fn write(import: &Import, to: &Path, files: &[PathBuf]) -> Result<()> {
    let mut beside = to.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let cannot = || format!("the report {} cannot be written", to.display());
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside);
    let mut out = BufWriter::new(file.with_context(cannot)?);
    writeln!(out, "file,line,field,reason,excerpt").with_context(cannot)?;
    let mut after = (-1, 0);
    loop {
        let page = import.findings(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = (last.file, last.line);
        for finding in &page {
            writeln!(out, "{}", row(finding, files)).with_context(cannot)?;
        }
    }
    out.flush().with_context(cannot)?;
    drop(out);
    std::fs::rename(&beside, to).with_context(cannot)
}

fn row(finding: &Finding, files: &[PathBuf]) -> String {
    let file = usize::try_from(finding.file).ok().and_then(|number| files.get(number));
    let file = file.map(|path| path.display().to_string()).unwrap_or_default();
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    format!(
        "{},{},{},{},{}",
        quoted(&file),
        finding.line,
        quoted(&finding.field),
        quoted(&finding.reason),
        quoted(&finding.excerpt)
    )
}

/// The closing table.
pub(super) fn table(tally: &Tally, seconds: f64) -> String {
    let mut text = String::new();
    let mut line = |what: &str, count: i64| {
        // Writing into a text does not fail.
        let _ = writeln!(text, "  {what:<44} {count:>12}");
    };
    line("lines read", tally.read);
    line("  created", tally.created);
    line("  updated", tally.updated);
    line("  unchanged", tally.unchanged);
    line("  skipped", tally.skipped);
    for (reason, count) in &tally.skips {
        line(&format!("    {reason}"), *count);
    }
    line("  bad", tally.bad);
    line("practitioners created", tally.practitioners_created);
    line("practitioners updated", tally.practitioners_updated);
    line("practitioners unchanged", tally.practitioners_unchanged);
    for (what, count) in &tally.notices {
        line(&format!("left out: {what}"), *count);
    }
    let sum = tally.created + tally.updated + tally.unchanged + tally.skipped + tally.bad;
    let verdict = if tally.adds_up() { "every line is accounted for" } else { "LINES ARE MISSING" };
    let _ = writeln!(text, "  {} of {} lines: {verdict}; {seconds:.1} s", sum, tally.read);
    text
}
