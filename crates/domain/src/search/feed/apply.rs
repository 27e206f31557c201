//! Reads again what changed, and puts it into the index.
//!
//! The stamp of each practitioner is taken before the reading. If it has moved when the reading is to be put in, somebody
//! else has read later or has just taken a time, and the reading is repeated: so an old reading never undoes a new one.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rendez_index::{Applied, Span, Stamp};
use rendez_platform::fault::Fault;
use rendez_platform::store::{Conn, Store};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{LocationId, PractitionerId};
use tokio_postgres::IsolationLevel;
use uuid::Uuid;

use super::held::Held;
use super::packer::{Made, Packer};
use super::people::{self, REACH, Rows, Which, claims_window, span, taken, uuids};
use super::rooms::{Needs, Rooms};
use super::work::{Work, hull};
use crate::availability::HolidayCalendar;

/// Practitioners that are read whole at a time.
const AT_A_TIME: usize = 500;
/// The longest wait for one answer of the database.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is taken of each asked practitioner's time in a range and around it, with a hold's deadline.
const CLAIMS: &str = "SELECT asked.n, c.starts_at, c.ends_at, c.expires_at
    FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY AS asked (id, starts, ends, n)
    JOIN practitioner p ON p.id = asked.id
    JOIN claim c ON c.calendar_id = p.calendar_id AND c.starts_at > asked.starts - interval '48 hours' AND c.starts_at < asked.ends
        AND c.ends_at > asked.starts AND (c.expires_at IS NULL OR c.expires_at > rendez_now())";
/// The live holds of practitioners' time.
const LIVE_HOLDS: &str = "SELECT p.id, c.starts_at, c.ends_at, c.expires_at FROM practitioner p JOIN claim c ON c.calendar_id = p.calendar_id
    WHERE p.id = ANY ($1) AND c.starts_at > $2::timestamptz - interval '48 hours' AND c.expires_at > rendez_now()";
const ROOMS_OF_VISITS: &str =
    "SELECT a.id, r.location_id FROM appointment a JOIN room r ON r.id = a.room_id WHERE a.id = ANY ($1)";

/// Does the work. What could not be done when it fails is still in there.
pub(super) async fn apply(
    store: &Store,
    holidays: &Arc<HolidayCalendar>,
    held: &Arc<Held>,
    work: &mut Work,
) -> Result<(), Fault> {
    let now = held.now();
    work.cut(claims_window(now, now).0, held.until());
    // Before anybody leaves the work: whoever is read whole may have taken a room as well.
    if !held.rooms.is_empty() {
        widen(store, held, work).await?;
    }
    work.visits.clear();
    while let Some(first) = work.whole.first().copied() {
        let ids: Vec<PractitionerId> = work.whole.range(first..).take(AT_A_TIME).copied().collect();
        let left = whole(store, holidays, held, &ids).await?;
        for id in ids.iter().filter(|id| !left.contains(id)) {
            work.whole.remove(id);
            work.ranges.remove(id);
        }
    }
    while !work.ranges.is_empty() {
        let asked: Vec<(PractitionerId, TimeRange)> =
            work.ranges.iter().map(|(id, range)| (*id, *range)).collect();
        let left = ranges(store, held, &asked).await?;
        work.ranges.retain(|id, _| left.contains(id));
    }
    Ok(())
}

/// Reads practitioners whole; the answer is who must be read once more.
async fn whole(
    store: &Store,
    holidays: &Arc<HolidayCalendar>,
    held: &Arc<Held>,
    ids: &[PractitionerId],
) -> Result<Vec<PractitionerId>, Fault> {
    let one_at_a_time = Arc::clone(&held.whole).lock_owned().await;
    let stamps: Vec<Option<Stamp>> = ids.iter().map(|id| held.index.stamp(*id)).collect();
    let read = read(store, holidays, held, ids).await?;
    let (held, ids) = (Arc::clone(held), ids.to_vec());
    // Whoever waits for it may go; it is done to its end.
    let putting = tokio::task::spawn_blocking(move || {
        let _one_at_a_time = one_at_a_time;
        let mut made: HashMap<_, _> = read.made.into_iter().map(|made| (made.practitioner, made)).collect();
        let mut left = Vec::new();
        for (id, stamp) in ids.into_iter().zip(stamps) {
            match made.remove(&id) {
                Some(made) => {
                    held.rooms.set(id, made.needs);
                    if held.index.put(made.packed, Some(stamp)) == Applied::Overtaken {
                        left.push(id);
                    }
                }
                None => {
                    held.rooms.set(id, None);
                    held.index.remove(id);
                }
            }
        }
        left
    });
    putting.await.map_err(|error| Fault::new("putting practitioners into the index", error))
}

/// Practitioners as they are now.
pub(super) struct ReadAgain {
    /// Those who can be found, packed.
    pub made: Vec<Made>,
    /// The same, packed for earlier days, if some here may be.
    pub earlier: Vec<Made>,
    /// The database's present at the reading.
    pub now: Timestamp,
}

/// Reads practitioners whole and packs them.
pub(super) async fn read(
    store: &Store,
    holidays: &Arc<HolidayCalendar>,
    held: &Held,
    ids: &[PractitionerId],
) -> Result<ReadAgain, Fault> {
    let mut conn = store.read_fresh().await?;
    let answer = tokio::time::timeout(PATIENCE, read_rows(&mut conn, held, &uuids(ids))).await;
    let (rows, rooms, now) = conn.answered(answer)?;
    let (mut packers, holidays) = (packers(held, holidays), Arc::clone(holidays));
    let packing = tokio::task::spawn_blocking(move || {
        let people = rows.people(&holidays);
        let mut pack = |packer: &mut Packer| -> Vec<Made> {
            people.iter().filter_map(|person| packer.pack(person, &rooms)).collect()
        };
        let earlier = packers.split_off(1).iter_mut().flat_map(&mut pack).collect();
        (packers.first_mut().map(pack).unwrap_or_default(), earlier)
    });
    let (made, earlier) = packing.await.map_err(|error| Fault::new("packing practitioners", error))?;
    Ok(ReadAgain { made, earlier, now })
}

async fn read_rows(conn: &mut Conn, held: &Held, ids: &[Uuid]) -> Result<(Rows, Rooms, Timestamp), Fault> {
    let claims = claims_window(held.now(), held.until());
    let tx = conn
        .build_transaction()
        .read_only(true)
        .isolation_level(IsolationLevel::RepeatableRead)
        .start()
        .await?;
    let rows = people::read(&tx, Which::Ids(ids), claims).await?;
    let rooms = Rooms::read(&*tx, Some(&rows.rooms_wanted_at()), claims).await?;
    let holds = tx.prepare_cached(LIVE_HOLDS).await?;
    for row in tx.query(&holds, &[&ids, &claims.0]).await? {
        held.hold_ends(PractitionerId::from_uuid(row.get(0)), &row, 1);
    }
    let now = tx.query_one("SELECT rendez_now()", &[]).await?.get(0);
    tx.commit().await?;
    Ok((rows, rooms, now))
}

/// A packer for the latest count of days, then one for each earlier one.
pub(super) fn packers(held: &Held, holidays: &Arc<HolidayCalendar>) -> Vec<Packer> {
    let settings = held.index.settings();
    let packer = |rolled| Packer::new(settings.clone(), Arc::clone(&held.words), rolled, holidays);
    held.rolls().into_iter().rev().map(packer).collect()
}

/// Adds whoever shares rooms with those whose time was touched.
async fn widen(store: &Store, held: &Held, work: &mut Work) -> Result<(), Fault> {
    let mut touched: HashMap<LocationId, TimeRange> = HashMap::new();
    let mut touch = |place: LocationId, range: TimeRange| {
        touched.entry(place).and_modify(|known| *known = hull(*known, range)).or_insert(range);
    };
    for (id, range) in &work.ranges {
        let needs = held.rooms.needs(*id);
        needs.iter().flat_map(|needs| &needs.places).for_each(|place| touch(*place, *range));
    }
    if !work.visits.is_empty() {
        let visits: Vec<Uuid> = work.visits.keys().copied().collect();
        let conn = store.read_fresh().await?;
        let asking = async {
            let statement = conn.prepare_cached(ROOMS_OF_VISITS).await?;
            Ok(conn.query(&statement, &[&visits]).await?)
        };
        let answer = tokio::time::timeout(PATIENCE, asking).await;
        for row in conn.answered(answer)? {
            if let Some(range) = work.visits.get(&row.get::<_, Uuid>(0)) {
                touch(LocationId::from_uuid(row.get(1)), *range);
            }
        }
    }
    for (place, range) in touched {
        for user in held.rooms.at(&[place]) {
            work.range(user, range);
        }
    }
    Ok(())
}

/// Reads ranges of practitioners' time; the answer is who must be read once more.
async fn ranges(
    store: &Store,
    held: &Arc<Held>,
    asked: &[(PractitionerId, TimeRange)],
) -> Result<Vec<PractitionerId>, Fault> {
    // Whoever is not here comes whole when they come.
    let known: Vec<Touched> = asked
        .iter()
        .filter_map(|(id, range)| {
            let stamp = held.index.stamp(*id)?;
            Some(Touched { id: *id, range: *range, stamp, needs: held.rooms.needs(*id), busy: Vec::new() })
        })
        .collect();
    if known.is_empty() {
        return Ok(Vec::new());
    }
    let conn = store.read_fresh().await?;
    let answer = tokio::time::timeout(PATIENCE, read_claims(&conn, held, known)).await;
    let (known, rooms) = conn.answered(answer)?;
    let held = Arc::clone(held);
    let putting = tokio::task::spawn_blocking(move || {
        let put = |touched: &Touched| {
            let range = span(touched.range.start(), touched.range.end());
            held.index.refresh(touched.id, range, Some(touched.stamp), |visit| {
                !touched.busy.iter().any(|span| span.overlaps(visit.blocked))
                    && touched.needs.as_ref().is_none_or(|needs| rooms.suffice(needs, visit))
            })
        };
        let left = known.iter().filter(|touched| put(touched) == Applied::Overtaken);
        left.map(|touched| touched.id).collect()
    });
    putting.await.map_err(|error| Fault::new("putting times into the index", error))
}

/// Somebody whose time was touched, and what is read of it.
struct Touched {
    id: PractitionerId,
    range: TimeRange,
    stamp: Stamp,
    needs: Option<Arc<Needs>>,
    busy: Vec<Span>,
}

/// Adds what takes the time of each, and reads the rooms that they may need.
async fn read_claims(
    conn: &Conn,
    held: &Held,
    mut known: Vec<Touched>,
) -> Result<(Vec<Touched>, Rooms), Fault> {
    let ids: Vec<Uuid> = known.iter().map(|touched| touched.id.uuid()).collect();
    let before = |at: Timestamp| at.checked_sub(REACH).unwrap_or(at);
    let behind = |at: Timestamp| at.checked_add(REACH).unwrap_or(at);
    let starts: Vec<Timestamp> = known.iter().map(|touched| before(touched.range.start())).collect();
    let ends: Vec<Timestamp> = known.iter().map(|touched| behind(touched.range.end())).collect();
    let needs = known.iter().filter_map(|touched| touched.needs.as_ref());
    let places: BTreeSet<LocationId> = needs.flat_map(|needs| needs.places.iter().copied()).collect();
    let places: Vec<LocationId> = places.into_iter().collect();

    let statement = conn.prepare_cached(CLAIMS).await?;
    let rows = conn.query(&statement, &[&ids, &starts, &ends]).await?;
    let rooms = match starts.iter().copied().min().zip(ends.iter().copied().max()) {
        Some(window) => Rooms::read(&****conn, Some(&places), window).await?,
        None => Rooms::default(),
    };
    for row in &rows {
        let number = usize::try_from(row.get::<_, i64>(0) - 1).unwrap_or(usize::MAX);
        if let Some(touched) = known.get_mut(number) {
            touched.busy.push(taken(row, 1));
            held.hold_ends(touched.id, row, 1);
        }
    }
    Ok((known, rooms))
}
