//! Reads everything: one snapshot of the database, in ranges of ids, over several connections at once.
//!
//! The position in the change log is taken before the snapshot, so that whoever follows from there sees some changes twice
//! and misses none. Memory stays bounded by a few ranges; packing goes on beside reading, on other threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rendez_index::Builder;
use rendez_platform::change_log::{ChangeCursor, head};
use rendez_platform::fault::Fault;
use rendez_platform::store::{Conn, Store, Transaction};
use rendez_vocab::ids::PractitionerId;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;
use tokio_postgres::IsolationLevel;
use uuid::Uuid;

use super::Part;
use super::dictionary::Dictionary;
use super::held::Held;
use super::packer::{DAYS, Made, Packer};
use super::people::{self, Which, claims_window};
use super::rooms::Rooms;
use super::words::Words;
use crate::availability::HolidayCalendar;
use crate::regions::Pack;

/// Practitioners in one range.
const AT_A_TIME: i64 = 2_000;
/// The longest wait for one answer of the database.
const PATIENCE: Duration = Duration::from_secs(120);
/// Connections that read.
const READERS: usize = 2;

/// The last id of each range.
const RANGES: &str = "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n, count(*) OVER () AS all_of_them FROM practitioner) numbered
    WHERE n % $1 = 0 OR n = all_of_them ORDER BY id";
const ALL_HOLDS: &str = "SELECT a.practitioner_id, a.claim_starts_at, a.claim_ends_at, h.expires_at FROM hold h JOIN appointment a ON a.id = h.appointment_id";

/// Everybody, cut into ranges of ids.
pub(super) struct Ranges {
    /// The last id of each.
    lasts: Vec<Uuid>,
    /// How many people there are.
    pub of: u64,
}

impl Ranges {
    /// Cuts everybody into ranges.
    pub(super) async fn read(tx: &Transaction<'_>) -> Result<Self, Fault> {
        let rows = tx.query(RANGES, &[&AT_A_TIME]).await?;
        let of: i64 = tx.query_one("SELECT count(*) FROM practitioner", &[]).await?.get(0);
        Ok(Self { lasts: rows.iter().map(|row| row.get(0)).collect(), of: u64::try_from(of).unwrap_or(0) })
    }

    /// The range with a number: everybody after the range before.
    pub(super) fn get(&self, number: usize) -> Option<(Uuid, Uuid)> {
        let last = *self.lasts.get(number)?;
        let first = match number.checked_sub(1).and_then(|before| self.lasts.get(before)) {
            Some(before) => Uuid::from_u128(before.as_u128().saturating_add(1)),
            None => Uuid::nil(),
        };
        Some((first, last))
    }
}

/// An index of everything, and the position in the log from which it must be followed.
pub(super) async fn load(
    store: &Store,
    pack: &'static Pack,
    holidays: &Arc<HolidayCalendar>,
    progress: Arc<dyn Fn(Part) + Send + Sync>,
) -> Result<(Held, ChangeCursor), Fault> {
    let mut conn = store.read_fresh().await?;
    let result = load_by(&mut conn, store, pack, holidays, progress).await;
    if result.is_err() {
        conn.close();
    }
    result
}

async fn load_by(
    conn: &mut Conn,
    store: &Store,
    pack: &'static Pack,
    holidays: &Arc<HolidayCalendar>,
    progress: Arc<dyn Fn(Part) + Send + Sync>,
) -> Result<(Held, ChangeCursor), Fault> {
    let cursor = head(conn).await?;
    let tx = conn
        .build_transaction()
        .read_only(true)
        .isolation_level(IsolationLevel::RepeatableRead)
        .start()
        .await?;
    take_time(&tx).await?;
    let read = Instant::now();
    let row = tx.query_one("SELECT pg_export_snapshot(), rendez_now()", &[]).await?;
    let (snapshot, now): (String, Timestamp) = (row.get(0), row.get(1));
    let zones = tx.query("SELECT DISTINCT time_zone FROM location", &[]).await?;
    let words = Arc::new(Words::new(Dictionary::new(pack, now, zones.iter().map(|row| row.get(0)))));
    let settings = words.now().settings(now);
    let until = now.checked_add(jiff::SignedDuration::from_hours(24 * i64::from(DAYS))).unwrap_or(now);
    let claims = claims_window(now, until);
    let rooms = Arc::new(Rooms::read(&*tx, None, claims).await?);
    let reading = Arc::new(Reading {
        ranges: Ranges::read(&tx).await?,
        next: AtomicUsize::new(0),
        done: AtomicU64::new(0),
        claims,
        rooms,
        words: Arc::clone(&words),
        settings: settings.clone(),
        rolled: now,
        holidays: Arc::clone(holidays),
        progress,
    });
    let holds = tx.query(ALL_HOLDS, &[]).await?;

    let (packed, collected) = mpsc::channel(READERS * 2);
    let collecting = tokio::task::spawn_blocking(move || collect(Builder::new(settings), collected));
    // Whoever gives up the reading ends them as well.
    let mut others = JoinSet::new();
    for _ in 1..READERS {
        let (store, snapshot, reading, packed) =
            (store.clone(), snapshot.clone(), Arc::clone(&reading), packed.clone());
        others.spawn(async move { read_beside(&store, &snapshot, reading, packed).await });
    }
    let mut result = reading.run(&tx, &packed).await;
    drop(packed);
    if result.is_err() {
        // The others need not go on.
        reading.next.store(reading.ranges.lasts.len(), Ordering::Relaxed);
    }
    while let Some(other) = others.join_next().await {
        result = result.and(other.map_err(|error| Fault::new("reading practitioners", error)).flatten());
    }
    let (index, needs) = collecting.await.map_err(|error| Fault::new("building the index", error))?;
    result?;
    tx.commit().await?;

    let held = Held::new(index, words, vec![now], (now, read));
    for (practitioner, needs) in needs {
        held.rooms.set(practitioner, Some(needs));
    }
    end_holds(&held, &holds);
    Ok((held, cursor))
}

/// Tells an index of the live holds that the database has, so that it knows when they end.
pub(super) async fn read_holds(store: &Store, held: &Held) -> Result<(), Fault> {
    let conn = store.read_fresh().await?;
    let asking = async { Ok(conn.query(ALL_HOLDS, &[]).await?) };
    let answer = tokio::time::timeout(PATIENCE, asking).await;
    end_holds(held, &conn.answered(answer)?);
    Ok(())
}

fn end_holds(held: &Held, rows: &[tokio_postgres::Row]) {
    for row in rows {
        held.hold_ends(PractitionerId::from_uuid(row.get(0)), row, 1);
    }
}

/// A reading of everything takes longer than a request may, but no part of it longer than [`PATIENCE`].
pub(super) async fn take_time(tx: &Transaction<'_>) -> Result<(), Fault> {
    let seconds = PATIENCE.as_secs();
    let sql = format!(
        "SET LOCAL statement_timeout = '{seconds}s'; SET LOCAL idle_in_transaction_session_timeout = 0"
    );
    Ok(tx.batch_execute(&sql).await?)
}

/// Reads a range of everybody. What never answers is given up; its connection must not be used again.
pub(super) async fn read_range(
    tx: &Transaction<'_>,
    (first, last): (Uuid, Uuid),
    claims: (Timestamp, Timestamp),
) -> Result<people::Rows, Fault> {
    let reading = people::read(tx, Which::Range(first, last), claims);
    let late = |late| Fault::passing("waiting for a range of practitioners", late);
    tokio::time::timeout(PATIENCE, reading).await.map_err(late).flatten()
}

type Packed = Vec<Made>;
type Needy = Vec<(PractitionerId, super::rooms::Needs)>;

fn collect(mut builder: Builder, mut packed: mpsc::Receiver<Packed>) -> (rendez_index::Index, Needy) {
    let mut needy = Vec::new();
    while let Some(many) = packed.blocking_recv() {
        for made in many {
            needy.extend(made.needs.map(|needs| (made.practitioner, needs)));
            builder.add(made.packed);
        }
    }
    (builder.finish(), needy)
}

async fn read_beside(
    store: &Store,
    snapshot: &str,
    reading: Arc<Reading>,
    packed: mpsc::Sender<Packed>,
) -> Result<(), Fault> {
    let mut conn = store.read_fresh().await?;
    let result = read_snapshot(&mut conn, snapshot, reading, packed).await;
    if result.is_err() {
        conn.close();
    }
    result
}

async fn read_snapshot(
    conn: &mut Conn,
    snapshot: &str,
    reading: Arc<Reading>,
    packed: mpsc::Sender<Packed>,
) -> Result<(), Fault> {
    let tx = conn
        .build_transaction()
        .read_only(true)
        .isolation_level(IsolationLevel::RepeatableRead)
        .start()
        .await?;
    // The name is the database's own word, and SET takes no parameters.
    tx.batch_execute(&format!("SET TRANSACTION SNAPSHOT '{}'", snapshot.replace('\'', ""))).await?;
    take_time(&tx).await?;
    reading.run(&tx, &packed).await?;
    Ok(tx.commit().await?)
}

/// What the readers share.
struct Reading {
    ranges: Ranges,
    next: AtomicUsize,
    done: AtomicU64,
    claims: (Timestamp, Timestamp),
    rooms: Arc<Rooms>,
    words: Arc<Words>,
    settings: rendez_index::Settings,
    rolled: Timestamp,
    holidays: Arc<HolidayCalendar>,
    progress: Arc<dyn Fn(Part) + Send + Sync>,
}

impl Reading {
    /// Takes range after range until none is left: reads one while the one before is packed.
    async fn run(self: &Arc<Self>, tx: &Transaction<'_>, packed: &mpsc::Sender<Packed>) -> Result<(), Fault> {
        let mut before: Option<JoinHandle<Packed>> = None;
        while let Some(range) = self.ranges.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let rows = read_range(tx, range, self.claims).await?;
            self.hand_on(before.take(), packed).await?;
            let this = Arc::clone(self);
            before = Some(tokio::task::spawn_blocking(move || this.pack(rows)));
        }
        self.hand_on(before, packed).await
    }

    fn pack(&self, rows: people::Rows) -> Packed {
        let mut packer =
            Packer::new(self.settings.clone(), Arc::clone(&self.words), self.rolled, &self.holidays);
        let people = rows.people(&self.holidays);
        let done = self.done.fetch_add(people.len() as u64, Ordering::Relaxed) + people.len() as u64;
        (self.progress)(Part { done, of: self.ranges.of });
        people.iter().filter_map(|person| packer.pack(person, &self.rooms)).collect()
    }

    async fn hand_on(
        &self,
        packing: Option<JoinHandle<Packed>>,
        packed: &mpsc::Sender<Packed>,
    ) -> Result<(), Fault> {
        let Some(packing) = packing else { return Ok(()) };
        let many = packing.await.map_err(|error| Fault::new("packing practitioners", error))?;
        packed.send(many).await.map_err(|_| Fault::plain("handing practitioners to the index"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_leave_no_gap() {
        let ranges = Ranges { lasts: vec![Uuid::from_u128(7), Uuid::from_u128(9)], of: 3 };
        assert_eq!(ranges.get(0), Some((Uuid::nil(), Uuid::from_u128(7))));
        assert_eq!(ranges.get(1), Some((Uuid::from_u128(8), Uuid::from_u128(9))));
        assert_eq!(ranges.get(2), None);
    }
}
