//! Lines put aside as they are read, so that they may come in any order and in any number of files.

use rendez_platform::fault::Fault;
use rendez_platform::store::{Conn, Transaction};
use serde_json::value::RawValue;
use tokio_postgres::types::Json;

use super::copy::{copy, row};
use super::model::{Place, Said};
use super::run::{Import, Position};
use super::tally::Tally;

/// All lines about one practitioner are in memory at once.
const LINES_AT_MOST: i64 = 1000;
/// Lines that name another line, in a transaction.
const AT_ONCE: i64 = 1000;

/// A line about a practitioner.
#[derive(Debug, Clone)]
pub struct StagedLine {
    /// What the source calls the practitioner; empty when only the line named by `via` tells.
    pub person: String,
    /// Which file.
    pub file: i16,
    /// Which line of it.
    pub line: i64,
    /// What the source calls this line, if others name it.
    pub own: Option<String>,
    /// The line that tells whose this one is.
    pub via: Option<String>,
    /// What it says, as JSON of [`Said`].
    pub said: Box<RawValue>,
}

/// A place that a line describes.
#[derive(Debug, Clone, PartialEq)]
pub struct StagedPlace {
    /// What is said of it.
    pub place: Place,
    /// Whether the line describes nothing else: such a line is counted.
    pub is_line: bool,
    /// Which file.
    pub file: i16,
    /// Which line of it.
    pub line: i64,
}

/// A line that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which file.
    pub file: i16,
    /// Which line of it.
    pub line: i64,
    /// What is wrong in it.
    pub field: String,
    /// Why.
    pub reason: String,
    /// The beginning of the line.
    pub excerpt: String,
}

/// Some lines as they were read. Its tally counts the lines, those skipped and those bad.
#[derive(Debug, Default)]
pub struct Batch {
    /// Lines about practitioners.
    pub lines: Vec<StagedLine>,
    /// Places that lines describe.
    pub places: Vec<StagedPlace>,
    /// Bad lines.
    pub findings: Vec<Finding>,
    /// What is known of the lines already.
    pub tally: Tally,
    /// Where the next batch begins.
    pub position: Position,
}

impl StagedLine {
    /// A line about a practitioner whom the source calls `person`.
    pub fn new(person: String, file: i16, line: i64, said: &Said) -> Result<Self, serde_json::Error> {
        let said = serde_json::value::to_raw_value(said)?;
        Ok(Self { person, file, line, own: None, via: None, said })
    }
}

impl Import {
    /// Puts lines aside. Of a place that is said several times the first saying counts.
    pub async fn stage(&mut self, batch: &Batch) -> Result<(), Fault> {
        self.save_staged(batch).await
    }
}

pub(super) async fn write(
    tx: &Transaction<'_>,
    run: i64,
    batch: &Batch,
    tally: &mut Tally,
) -> Result<(), Fault> {
    let rows = batch
        .lines
        .iter()
        .map(|line| row![run, &line.person, line.file, line.line, &line.own, &line.via, Json(&line.said)]);
    copy(tx, &format!("import_line_{run}"), "run_id, person, file_no, line, own, via, said", rows.collect())
        .await?;
    let rows = batch
        .places
        .iter()
        .map(|one| row![&one.place.key, one.is_line, one.file, one.line, Json(&one.place)]);
    copy(tx, "staging_place", "key, is_line, file_no, line, said", rows.collect()).await?;
    let kept = tx
        .query_one(
            "WITH kept AS (
                INSERT INTO import_place (run_id, key, is_line, file_no, line, said)
                SELECT $1, key, is_line, file_no, line, said FROM staging_place ORDER BY ordinal ON CONFLICT DO NOTHING RETURNING is_line
             ) SELECT (SELECT count(*) FROM staging_place WHERE is_line) - (SELECT count(*) FROM kept WHERE is_line)",
            &[&run],
        )
        .await?;
    let repeated: i64 = kept.get(0);
    if repeated > 0 {
        tally.skip("the place stands in the files twice", repeated);
    }
    let rows = batch
        .findings
        .iter()
        .map(|one| row![run, one.file, one.line, &one.field, &one.reason, &one.excerpt])
        .collect();
    copy(tx, "import_finding", "run_id, file_no, line, field, reason, excerpt", rows).await
}

/// Gives the next lines that name another line that line's practitioner; one whose other line is not there is bad. Says how
/// many lines it was about.
pub(super) async fn resolve(tx: &Transaction<'_>, run: i64, tally: &mut Tally) -> Result<i64, Fault> {
    let sql = format!(
        "WITH next AS (
            SELECT file_no, line, via FROM import_line_{run} WHERE person = '' ORDER BY file_no, line LIMIT {AT_ONCE}),
         told AS (
            SELECT DISTINCT ON (n.file_no, n.line) n.file_no, n.line, o.person
            FROM next n JOIN import_line_{run} o ON o.own = n.via AND o.person <> ''
            ORDER BY n.file_no, n.line, o.file_no, o.line),
         moved AS (
            UPDATE import_line_{run} l SET person = t.person FROM told t
            WHERE l.person = '' AND l.file_no = t.file_no AND l.line = t.line),
         lost AS (
            DELETE FROM import_line_{run} l USING next n
            WHERE l.person = '' AND l.file_no = n.file_no AND l.line = n.line
                AND NOT EXISTS (SELECT FROM told t WHERE t.file_no = n.file_no AND t.line = n.line)
            RETURNING l.file_no, l.line, l.via),
         found AS (
            INSERT INTO import_finding (run_id, file_no, line, field, reason, excerpt)
            SELECT {run}, file_no, line, 'actor', 'it refers to a line that is not in these files', coalesce(via, '') FROM lost
            RETURNING run_id)
         SELECT (SELECT count(*) FROM next), (SELECT count(*) FROM found)"
    );
    let row = tx.query_one(&sql, &[]).await?;
    tally.bad += row.get::<_, i64>(1);
    Ok(row.get(0))
}

/// Whoever has more lines than are taken.
pub(super) async fn crowds(conn: &Conn, run: i64) -> Result<Vec<String>, Fault> {
    let sql =
        format!("SELECT person FROM import_line_{run} GROUP BY person HAVING count(*) > {LINES_AT_MOST}");
    Ok(conn.query(&sql, &[]).await?.iter().map(|row| row.get(0)).collect())
}

/// Takes the first lines of somebody; the others are bad.
pub(super) async fn thin(
    tx: &Transaction<'_>,
    run: i64,
    person: &str,
    tally: &mut Tally,
) -> Result<(), Fault> {
    let sql = format!(
        "WITH late AS (
            SELECT file_no, line FROM import_line_{run} WHERE person = $1 ORDER BY file_no, line OFFSET {LINES_AT_MOST}),
         gone AS (
            DELETE FROM import_line_{run} l USING late
            WHERE l.person = $1 AND l.file_no = late.file_no AND l.line = late.line RETURNING l.file_no, l.line)
         INSERT INTO import_finding (run_id, file_no, line, field, reason, excerpt)
         SELECT {run}, file_no, line, 'line', 'the practitioner has more than {LINES_AT_MOST} lines', $1 FROM gone"
    );
    let gone = tx.execute(&sql, &[&person]).await?;
    tally.bad += i64::try_from(gone).unwrap_or(i64::MAX);
    Ok(())
}

pub(super) async fn findings(
    conn: &Conn,
    run: i64,
    after: (i16, i64),
    limit: i64,
) -> Result<Vec<Finding>, Fault> {
    let rows = conn
        .query(
            "SELECT file_no, line, field, reason, excerpt FROM import_finding
             WHERE run_id = $1 AND (file_no, line) > ($2, $3) ORDER BY file_no, line LIMIT $4",
            &[&run, &after.0, &after.1, &limit],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| Finding {
            file: row.get(0),
            line: row.get(1),
            field: row.get(2),
            reason: row.get(3),
            excerpt: row.get(4),
        })
        .collect())
}
