//! One import from its first line to its report, over as many starts of the program as it takes.

use std::sync::Arc;
use std::time::Duration;

use rendez_platform::fault::Fault;
use rendez_platform::store::{Conn, Store, Transaction};
use rendez_vocab::{Clock, Entropy};
use tokio_postgres::types::Json;

use super::stage::Finding;
use super::tally::Tally;
use super::{enter, places, stage, write};
use crate::regions::Pack;

/// Any number will do as long as nothing else in the database takes it.
const LOCK: i64 = 0x696d706f7274;
/// A program that was killed keeps its lock until PostgreSQL notices, which takes until the end of its last statement.
const LOCK_TRIES: u32 = 300;
const LOCK_EVERY: Duration = Duration::from_millis(100);

/// Which files are imported, and as what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Whose numbers they hold, such as `rpps` or `csv:clinics`.
    pub system: String,
    /// How the files are written.
    pub format: String,
    /// Tells these files from others.
    pub fingerprint: Vec<u8>,
}

/// What an import does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Lines are put aside.
    Reading,
    /// Places are entered.
    Placing,
    /// Practitioners are entered.
    Entering,
    /// Whoever runs it reads the findings.
    Reporting,
    /// Nothing.
    Done,
}

impl Phase {
    const ALL: [(Self, &str); 5] = [
        (Self::Reading, "reading"),
        (Self::Placing, "placing"),
        (Self::Entering, "entering"),
        (Self::Reporting, "reporting"),
        (Self::Done, "done"),
    ];

    pub(super) fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(phase, _)| *phase == self).map_or("done", |(_, name)| name)
    }

    fn after(self) -> Self {
        match self {
            Self::Reading => Self::Placing,
            Self::Placing => Self::Entering,
            Self::Entering => Self::Reporting,
            Self::Reporting | Self::Done => Self::Done,
        }
    }

    fn named(name: &str) -> Self {
        Self::ALL.iter().find(|(_, known)| *known == name).map_or(Self::Done, |(phase, _)| *phase)
    }
}

/// Up to where the files are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Position {
    /// Which file, from 0.
    pub file: i16,
    /// So many bytes of it, after unpacking.
    pub bytes: i64,
    /// So many lines of it.
    pub lines: i64,
}

/// An import at work. It holds a connection and the lock that keeps other imports out.
pub struct Import {
    pub(super) conn: Conn,
    pub(super) id: i64,
    pub(super) system: String,
    pub(super) progress: Progress,
    pub(super) pack: &'static Pack,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    resumed: bool,
    given_up: usize,
    /// How many places or practitioners the database bears in a batch: fewer while it refuses one of them.
    at_once: i64,
}

/// What the row of the run says.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    pub(super) phase: Phase,
    pub(super) position: Position,
    pub(super) entered_to: String,
    pub(super) tally: Tally,
}

impl Import {
    /// Goes on with an unfinished import of the same files, or begins one. `anew` gives an unfinished one up.
    pub async fn open(
        store: &Store,
        pack: &'static Pack,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        source: &Source,
        anew: bool,
    ) -> Result<Self, Fault> {
        let mut conn = store.read_fresh().await?;
        // A batch takes longer than a request may. Commits need not wait for the disk, because what they did and how far
        // the run has come are lost together.
        conn.batch_execute(
            "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET synchronous_commit = off",
        )
        .await?;
        lock(&conn).await?;
        conn.batch_execute(write::TEMPORARY_TABLES).await?;
        let known = if anew { None } else { unfinished(&conn, source).await? };
        let resumed = known.is_some();
        let (id, progress, given_up) = match known {
            Some((id, progress)) => (id, progress, 0),
            None => {
                let given_up = give_up(&mut conn, source).await?;
                let (id, progress) = begin(&mut conn, source).await?;
                (id, progress, given_up)
            }
        };
        let (system, at_once) = (source.system.clone(), i64::MAX);
        Ok(Self { conn, id, system, progress, pack, clock, entropy, resumed, given_up, at_once })
    }

    /// How many unfinished imports of the same source were given up for it: what they had put aside is forgotten.
    pub fn given_up(&self) -> usize {
        self.given_up
    }

    /// Whether an earlier start has begun it.
    pub fn is_resumed(&self) -> bool {
        self.resumed
    }

    /// What comes next.
    pub fn phase(&self) -> Phase {
        self.progress.phase
    }

    /// Up to where the files are read.
    pub fn position(&self) -> Position {
        self.progress.position
    }

    /// What became of the lines so far.
    pub fn tally(&self) -> &Tally {
        &self.progress.tally
    }

    /// Every line is put aside: finds the practitioners of lines that name another line, and sees to it that nobody has more
    /// lines than fit into the memory.
    pub async fn end_reading(&mut self) -> Result<(), Fault> {
        let id = self.id;
        // What follows reads these tables by key, and needs to know how large they are.
        self.conn.batch_execute(&format!("ANALYZE import_line_{id}, import_place_{id}")).await?;
        loop {
            let mut next = self.progress.clone();
            let tx = self.conn.transaction().await?;
            let resolved = stage::resolve(&tx, id, &mut next.tally).await?;
            save(&tx, id, &next).await?;
            tx.commit().await?;
            self.progress = next;
            if resolved == 0 {
                break;
            }
        }
        for person in stage::crowds(&self.conn, id).await? {
            let mut next = self.progress.clone();
            let tx = self.conn.transaction().await?;
            stage::thin(&tx, id, &person, &mut next.tally).await?;
            save(&tx, id, &next).await?;
            tx.commit().await?;
            self.progress = next;
        }
        let mut next = self.progress.clone();
        next.phase = Phase::Placing;
        let tx = self.conn.transaction().await?;
        save(&tx, id, &next).await?;
        tx.commit().await?;
        self.progress = next;
        Ok(())
    }

    /// Enters the next places, at most `limit`; the last call moves on to the practitioners. Says how many lines it settled.
    pub async fn place(&mut self, limit: i64) -> Result<i64, Fault> {
        self.step(Phase::Placing, limit).await
    }

    /// Enters the next practitioners, at most `limit`; the last call moves on to the report. Says how many lines it settled.
    pub async fn enter(&mut self, limit: i64) -> Result<i64, Fault> {
        self.step(Phase::Entering, limit).await
    }

    /// One batch. If the database refuses what somebody in it says, smaller and smaller ones find them, and their lines
    /// become bad: whoever comes after them is still entered.
    async fn step(&mut self, phase: Phase, limit: i64) -> Result<i64, Fault> {
        loop {
            let at_once = self.at_once.min(limit);
            match self.try_step(phase, at_once, None).await {
                Ok(lines) => {
                    self.at_once = self.at_once.saturating_mul(2);
                    return Ok(lines);
                }
                Err(fault) if fault.is_about_data() && at_once > 1 => self.at_once = at_once / 2,
                Err(fault) if fault.is_about_data() => {
                    let reason = format!("the database refuses it: {fault:?}");
                    return self.try_step(phase, 1, Some(&reason)).await;
                }
                Err(fault) => return Err(fault),
            }
        }
    }

    /// One transaction: enters what comes next, or makes it bad for a reason.
    async fn try_step(&mut self, phase: Phase, limit: i64, refused: Option<&str>) -> Result<i64, Fault> {
        let mut next = self.progress.clone();
        let (run, after, tally) = (self.id, self.progress.entered_to.as_str(), &mut next.tally);
        let before = settled(tally);
        let tx = self.conn.transaction().await?;
        let maker =
            Maker { pack: self.pack, clock: &*self.clock, entropy: &*self.entropy, system: &self.system };
        let to = match (phase, refused) {
            (Phase::Placing, None) => places::enter_next(&tx, &maker, run, after, limit, tally).await?,
            (Phase::Placing, Some(reason)) => places::refuse_next(&tx, run, after, reason, tally).await?,
            (_, None) => enter::enter_next(&tx, &maker, run, after, limit, tally).await?,
            (_, Some(reason)) => enter::refuse_next(&tx, run, after, reason, tally).await?,
        };
        match to {
            Some(key) => next.entered_to = key,
            None => {
                next.phase = phase.after();
                next.entered_to = String::new();
            }
        }
        save(&tx, run, &next).await?;
        rendez_platform::crash::point("import.entering");
        tx.commit().await?;
        rendez_platform::crash::point(match phase {
            Phase::Placing => "import.placed",
            _ => "import.entered",
        });
        let lines = settled(&next.tally) - before;
        self.progress = next;
        Ok(lines)
    }

    /// The findings after one, in the order of the files, at most `limit`.
    pub async fn findings(&self, after: (i16, i64), limit: i64) -> Result<Vec<Finding>, Fault> {
        stage::findings(&self.conn, self.id, after, limit).await
    }

    /// The report is written: forgets the lines, and makes sure that what was done is on disk.
    pub async fn finish(&mut self) -> Result<(), Fault> {
        let mut next = self.progress.clone();
        next.phase = Phase::Done;
        let tx = self.conn.transaction().await?;
        tx.batch_execute(&format!(
            "SET LOCAL synchronous_commit = on; DROP TABLE import_line_{id}, import_place_{id};
             DELETE FROM import_finding WHERE run_id = {id};
             UPDATE import_run SET finished_at = transaction_timestamp() WHERE id = {id}",
            id = self.id
        ))
        .await?;
        save(&tx, self.id, &next).await?;
        tx.commit().await?;
        self.progress = next;
        self.conn
            .batch_execute(
                "ANALYZE calendar, organization, location, practitioner, practitioner_location, visit_type, opening_rule, closure,
                    practitioner_identifier, location_identifier, organization_identifier",
            )
            .await?;
        // The connection may serve somebody else after this.
        self.conn.batch_execute("RESET ALL; SELECT pg_advisory_unlock_all()").await?;
        Ok(())
    }

    pub(super) async fn save_staged(&mut self, batch: &stage::Batch) -> Result<(), Fault> {
        let mut next = self.progress.clone();
        next.tally.add(&batch.tally);
        next.position = batch.position;
        let tx = self.conn.transaction().await?;
        stage::write(&tx, self.id, batch, &mut next.tally).await?;
        save(&tx, self.id, &next).await?;
        tx.commit().await?;
        rendez_platform::crash::point("import.staged");
        self.progress = next;
        Ok(())
    }
}

/// What new records are made with.
pub(super) struct Maker<'a> {
    pub(super) pack: &'static Pack,
    pub(super) clock: &'a dyn Clock,
    pub(super) entropy: &'a dyn Entropy,
    pub(super) system: &'a str,
}

fn settled(tally: &Tally) -> i64 {
    tally.created + tally.updated + tally.unchanged + tally.skipped + tally.bad
}

async fn lock(conn: &Conn) -> Result<(), Fault> {
    for _ in 0..LOCK_TRIES {
        if conn.query_one("SELECT pg_try_advisory_lock($1)", &[&LOCK]).await?.get(0) {
            return Ok(());
        }
        tokio::time::sleep(LOCK_EVERY).await;
    }
    Err(Fault::plain("waiting for another import to end"))
}

async fn unfinished(conn: &Conn, source: &Source) -> Result<Option<(i64, Progress)>, Fault> {
    let row = conn
        .query_opt(
            "SELECT id, state, file_no, bytes_done, lines_done, entered_to, read, created, updated, unchanged, skipped, bad,
                practitioners_created, practitioners_updated, practitioners_unchanged, skips, notices
             FROM import_run WHERE fingerprint = $1 AND system = $2 AND format = $3 AND state NOT IN ('done', 'abandoned')
             ORDER BY id DESC LIMIT 1",
            &[&source.fingerprint, &source.system, &source.format],
        )
        .await?;
    Ok(row.map(|row| {
        let tally = Tally {
            read: row.get(6),
            created: row.get(7),
            updated: row.get(8),
            unchanged: row.get(9),
            skipped: row.get(10),
            bad: row.get(11),
            practitioners_created: row.get(12),
            practitioners_updated: row.get(13),
            practitioners_unchanged: row.get(14),
            skips: row.get::<_, Json<_>>(15).0,
            notices: row.get::<_, Json<_>>(16).0,
        };
        let position = Position { file: row.get(2), bytes: row.get(3), lines: row.get(4) };
        let phase = Phase::named(row.get(1));
        (row.get(0), Progress { phase, position, entered_to: row.get(5), tally })
    }))
}

async fn begin(conn: &mut Conn, source: &Source) -> Result<(i64, Progress), Fault> {
    let tx = conn.transaction().await?;
    let id: i64 = tx
        .query_one(
            "INSERT INTO import_run (system, format, fingerprint) VALUES ($1, $2, $3) RETURNING id",
            &[&source.system, &source.format, &source.fingerprint],
        )
        .await?
        .get(0);
    tx.batch_execute(&format!(
        "CREATE TABLE import_line_{id} PARTITION OF import_line FOR VALUES IN ({id});
         CREATE INDEX ON import_line_{id} (own) WHERE own IS NOT NULL;
         CREATE TABLE import_place_{id} PARTITION OF import_place FOR VALUES IN ({id})"
    ))
    .await?;
    tx.commit().await?;
    let progress = Progress {
        phase: Phase::Reading,
        position: Position::default(),
        entered_to: String::new(),
        tally: Tally::default(),
    };
    Ok((id, progress))
}

/// Forgets what unfinished imports of the source have put aside: it is about people, and nobody comes back for it.
async fn give_up(conn: &mut Conn, source: &Source) -> Result<usize, Fault> {
    let left = conn
        .query(
            "SELECT id FROM import_run WHERE system = $1 AND state NOT IN ('done', 'abandoned')",
            &[&source.system],
        )
        .await?;
    for row in &left {
        let id: i64 = row.get(0);
        let tx = conn.transaction().await?;
        tx.batch_execute(&format!(
            "DROP TABLE import_line_{id}, import_place_{id}; DELETE FROM import_finding WHERE run_id = {id};
             UPDATE import_run SET state = 'abandoned', finished_at = transaction_timestamp() WHERE id = {id}"
        ))
        .await?;
        tx.commit().await?;
    }
    Ok(left.len())
}

/// Moves the run on, in the transaction that did the work.
async fn save(tx: &Transaction<'_>, id: i64, progress: &Progress) -> Result<(), Fault> {
    let tally = &progress.tally;
    tx.execute(
        "UPDATE import_run SET state = $2, file_no = $3, bytes_done = $4, lines_done = $5, entered_to = $6, read = $7, created = $8,
            updated = $9, unchanged = $10, skipped = $11, bad = $12, practitioners_created = $13, practitioners_updated = $14,
            practitioners_unchanged = $15, skips = $16, notices = $17
         WHERE id = $1",
        &[
            &id,
            &progress.phase.as_str(),
            &progress.position.file,
            &progress.position.bytes,
            &progress.position.lines,
            &progress.entered_to,
            &tally.read,
            &tally.created,
            &tally.updated,
            &tally.unchanged,
            &tally.skipped,
            &tally.bad,
            &tally.practitioners_created,
            &tally.practitioners_updated,
            &tally.practitioners_unchanged,
            &Json(&tally.skips),
            &Json(&tally.notices),
        ],
    )
    .await?;
    Ok(())
}
