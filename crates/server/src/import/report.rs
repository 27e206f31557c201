//! What an import tells the operator at its end: a table, and a file with the lines that could not be taken.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rendez_domain::directory::bulk::{Finding, Import, Tally};

use super::source::Unusable;

/// Findings that are read at once.
const PAGE: i64 = 5000;

/// Whether a report can be written, before anything else is done.
pub(super) fn check(to: &Path) -> Result<(), Unusable> {
    let unusable = |error: String| Unusable::new(to, format!("no report can be written there: {error}"));
    if to.is_dir() {
        return Err(unusable("it is a folder".into()));
    }
    let beside = beside(to);
    create(&beside).and_then(|_| fs::remove_file(&beside)).map_err(|error| unusable(error.to_string()))
}

/// Writes the report beside its name first, so that one that is there is whole, and sees it to the disk, because the findings
/// are forgotten after it. It quotes people's data: only its owner may read it.
pub(super) async fn write(import: &Import, to: &Path, files: &[PathBuf]) -> Result<()> {
    let cannot = || format!("the report {} cannot be written", to.display());
    let beside = beside(to);
    let mut out = BufWriter::new(create(&beside).with_context(cannot)?);
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
    out.into_inner()
        .map_err(|error| error.into_error())
        .and_then(|file| file.sync_all())
        .with_context(cannot)?;
    fs::rename(&beside, to).with_context(cannot)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).with_context(cannot)
}

fn beside(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// A new file: one that is there would keep its mode.
fn create(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn row(finding: &Finding, files: &[PathBuf]) -> String {
    let file = usize::try_from(finding.file).ok().and_then(|number| files.get(number));
    let file = file.map(|path| path.display().to_string()).unwrap_or_default();
    format!(
        "{},{},{},{},{}",
        quoted(&file),
        finding.line,
        quoted(&finding.field),
        quoted(&finding.reason),
        quoted(&finding.excerpt)
    )
}

/// A cell that a spreadsheet shows as it is, and does not compute.
fn quoted(text: &str) -> String {
    let mark = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
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
