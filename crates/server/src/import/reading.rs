//! Files into batches of lines that were understood, on a thread of its own, so that reading goes on while PostgreSQL writes.

use std::path::{Path, PathBuf};

use anyhow::Result;
use rendez_domain::directory::bulk::{Batch, Finding, Position, StagedLine, StagedPlace};
use tokio::sync::mpsc;

use super::clerk::{self, Clerk};
use super::delimited::{Dialect, Header, Row};
use super::lines::{Lines, Next};
use super::source::{self, Consumed, Unusable};
use super::taken::{Bad, Taken};
use super::{Format, fhir, nppes, our_csv, rpps};

/// Lines in a batch.
const BATCH: i64 = 2000;
/// So much of a bad line stands in the report.
const EXCERPT: usize = 200;

/// A file that can be imported.
pub(super) struct Input {
    pub(super) path: PathBuf,
    pub(super) size: u64,
    layout: Layout,
    /// Columns that nobody reads.
    pub(super) unread: Vec<String>,
}

type Take = fn(&Row<'_>, &mut Clerk) -> Result<Taken, Bad>;

enum Layout {
    Resources,
    /// The first line, at its number, names the columns.
    Columns {
        header: Header,
        at: u64,
        take: Take,
    },
}

impl Input {
    /// Looks at the beginning of a file.
    pub(super) fn look(path: &Path, format: Format) -> Result<Self> {
        let unusable = |reason: String| Unusable::new(path, reason);
        let size = std::fs::metadata(path).map_err(|error| unusable(error.to_string()))?.len();
        if let Some(reason) = source::foreign(path).map_err(|error| unusable(error.to_string()))? {
            return Err(unusable(reason.into()).into());
        }
        let mut input = Self { path: path.to_owned(), size, layout: Layout::Resources, unread: Vec::new() };
        if format == Format::Fhir {
            return Ok(input);
        }
        let reader =
            source::open(path, 0, &Consumed::default()).map_err(|error| unusable(error.to_string()))?;
        let mut lines = Lines::new(reader, 0, 0);
        let first = loop {
            match lines.next().map_err(|error| unusable(error.to_string()))? {
                Next::Line(line) if line.trim_ascii().is_empty() => {}
                Next::Line(line) => break String::from_utf8_lossy(line).into_owned(),
                Next::TooLong(_) | Next::End => {
                    return Err(unusable("it has no line that names the columns".into()).into());
                }
            }
        };
        type Check = fn(&Header) -> Result<Vec<String>, String>;
        let (dialect, check, take): (Dialect, Check, Take) = match format {
            Format::Rpps => (rpps::DIALECT, rpps::check, rpps::take),
            Format::Nppes => (nppes::DIALECT, nppes::check, nppes::take),
            _ => (our_csv::dialect(&first), our_csv::check, our_csv::take),
        };
        let header = Header::read(&first, dialect)
            .map_err(|bad| unusable(format!("{}: {}", bad.field, bad.reason)))?;
        input.unread = check(&header).map_err(unusable)?;
        input.layout = Layout::Columns { header, at: lines.count, take };
        Ok(input)
    }

    fn take(&self, line: &str, clerk: &mut Clerk) -> Result<Taken, Bad> {
        match &self.layout {
            Layout::Resources => fhir::take(line, clerk),
            Layout::Columns { header, take, .. } => take(&header.row(line)?, clerk),
        }
    }

    fn is_header(&self, number: u64) -> bool {
        matches!(self.layout, Layout::Columns { at, .. } if at >= number)
    }
}

/// Reads files from a position on. Ends early when nobody wants the batches any more.
pub(super) fn read(
    inputs: &[Input],
    from: Position,
    clerk: &mut Clerk,
    consumed: &Consumed,
    batches: &mpsc::Sender<Result<Batch>>,
) {
    let mut start = from;
    for (number, input) in (0i16..).zip(inputs).skip(usize::try_from(from.file).unwrap_or_default()) {
        let outcome = read_file(number, input, start, clerk, consumed, batches);
        if let Err(error) = outcome {
            // If nobody listens, whoever did has failed already and says why.
            let _ = batches.blocking_send(Err(error));
            return;
        }
        start = Position::default();
    }
}

fn read_file(
    number: i16,
    input: &Input,
    from: Position,
    clerk: &mut Clerk,
    consumed: &Consumed,
    batches: &mpsc::Sender<Result<Batch>>,
) -> Result<()> {
    let unusable = |error: std::io::Error| Unusable::new(&input.path, error.to_string());
    let skip = u64::try_from(from.bytes).unwrap_or_default();
    let reader = source::open(&input.path, skip, consumed).map_err(unusable)?;
    let mut lines = Lines::new(reader, skip, u64::try_from(from.lines).unwrap_or_default());
    let mut batch = Batch::default();
    loop {
        let before = lines.count;
        let (text, too_long) = match lines.next().map_err(unusable)? {
            Next::End => break,
            Next::Line(line) if input.is_header(before + 1) || line.trim_ascii().is_empty() => continue,
            Next::Line(line) => (line, false),
            Next::TooLong(line) => (line, true),
        };
        batch.tally.read += 1;
        let line = i64::try_from(before + 1).unwrap_or(i64::MAX);
        if let Err(bad) = put(&mut batch, text, too_long, (number, line), input, clerk) {
            let excerpt = excerpt(text);
            batch.tally.bad += 1;
            batch.findings.push(Finding {
                file: number,
                line,
                field: bad.field,
                reason: bad.reason,
                excerpt,
            });
        }
        if batch.tally.read >= BATCH {
            batch.position = Position {
                file: number,
                bytes: i64::try_from(lines.bytes).unwrap_or(i64::MAX),
                lines: i64::try_from(lines.count).unwrap_or(i64::MAX),
            };
            batch.tally.add(&std::mem::take(&mut clerk.notices));
            if batches.blocking_send(Ok(std::mem::take(&mut batch))).is_err() {
                return Ok(());
            }
        }
    }
    batch.position = Position { file: number + 1, bytes: 0, lines: 0 };
    batch.tally.add(&std::mem::take(&mut clerk.notices));
    let _ = batches.blocking_send(Ok(batch));
    Ok(())
}

/// Puts a line where it belongs in the batch.
fn put(
    batch: &mut Batch,
    text: &[u8],
    too_long: bool,
    (file, line): (i16, i64),
    input: &Input,
    clerk: &mut Clerk,
) -> Result<(), Bad> {
    if too_long {
        return Err(Bad::new("line", "it is longer than a mebibyte"));
    }
    let text = std::str::from_utf8(text).map_err(|_| Bad::new("line", "it is not UTF-8"))?;
    if text.contains('\0') || text.contains("\\u0000") {
        return Err(Bad::new("line", "it holds a character that no text has (U+0000)"));
    }
    match input.take(text, clerk)? {
        Taken::Skipped(reason) => batch.tally.skip(&reason, 1),
        Taken::Place(place) => {
            batch.places.push(StagedPlace { place: clerk::bounded(*place), is_line: true, file, line })
        }
        Taken::Practitioner(about) => {
            let staged = StagedLine::new(about.person, file, line, &about.said);
            let mut staged = staged.map_err(|_| Bad::new("line", "it cannot be kept"))?;
            (staged.own, staged.via) = (about.own, about.via);
            batch.lines.push(staged);
            let place = about.place.map(clerk::bounded);
            batch.places.extend(place.map(|place| StagedPlace { place, is_line: false, file, line }));
        }
    }
    Ok(())
}

fn excerpt(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(&line[..line.len().min(EXCERPT * 4)]);
    let printable: String =
        text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    clerk::shortened(&printable, EXCERPT).to_owned()
}
