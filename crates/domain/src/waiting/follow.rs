//! Follows the change log: whose time may be free again, and what became of the times that were offered.
//!
//! The worker's sweep reads from a position that it keeps in `follower` and promises a job for each practitioner for
//! whom somebody waits, in the transaction that moves the position on: a worker that dies or was away loses nothing, and
//! what comes twice does nothing twice. A second sweep looks again, now and then, for those for whom time itself changes
//! something: a horizon that moves on, a hold of their own that ended.

use rendez_platform::change_log::{Batch, Change, ChangeCursor, Reading, head, read_after};
use rendez_platform::crash;
use rendez_platform::fault::Fault;
use rendez_platform::store::{Conn, Prepared, Transaction};
use uuid::Uuid;

use crate::ctx::Ctx;

/// Changes in one reading.
const BATCH: u32 = 1_000;
/// The position is kept so often when there is nothing to do, so that retention never overtakes it.
const KEEP_EVERY_MINUTES: i32 = 10;
/// How often a wish is looked at without any news.
const LOOK_EVERY_MINUTES: i32 = 60;
/// Wishes that one sweep looks at again.
const LOOK_AT_ONCE: i64 = 200;

const POSITION: &str = "SELECT xid::text, seq, updated_at < rendez_now() - make_interval(mins => $1) FROM follower WHERE name = 'waiting'";

/// Only who has read from where we stand may move us on.
const MOVE_ON: &str = "
INSERT INTO follower (name, xid, seq, updated_at) VALUES ('waiting', $1::text::xid8, $2, rendez_now())
ON CONFLICT (name) DO UPDATE SET xid = excluded.xid, seq = excluded.seq, updated_at = excluded.updated_at
WHERE follower.xid = $3::text::xid8 AND follower.seq = $4";

/// For each of these practitioners, and of those who need a room that one of them may have freed, for whom somebody
/// waits: those who named them, and those who are near enough. No circle is wider than 100 kilometres, which is less than
/// a degree of latitude.
const PROMISE: &str = "
WITH place AS (
    SELECT r.location_id FROM room r WHERE r.active AND r.location_id IN (
        SELECT f.location_id FROM practitioner f WHERE f.id = ANY ($1::uuid[])
        UNION SELECT f.location_id FROM practitioner_location f WHERE f.practitioner_id = ANY ($1::uuid[]))
), asked AS (
    SELECT unnest($1::uuid[]) AS id
    UNION
    SELECT v.practitioner_id FROM visit_type v WHERE v.active AND v.room_kind IS NOT NULL AND v.practitioner_id IN (
        SELECT q.id FROM practitioner q WHERE q.location_id IN (SELECT location_id FROM place)
        UNION SELECT q.practitioner_id FROM practitioner_location q WHERE q.location_id IN (SELECT location_id FROM place))
)
INSERT INTO job (kind, payload)
SELECT 'waiting.freed', jsonb_build_object('practitioner', p.id)
FROM asked JOIN practitioner p ON p.id = asked.id
WHERE p.active AND (
    EXISTS (SELECT FROM wish w WHERE w.practitioner_id = p.id AND w.status = 'waiting')
    OR EXISTS (SELECT FROM location l JOIN wish w ON w.specialty = p.specialty AND w.latitude BETWEEN l.latitude - 1 AND l.latitude + 1
               WHERE (l.id = p.location_id OR l.id IN (SELECT f.location_id FROM practitioner_location f WHERE f.practitioner_id = p.id))
                 AND w.status = 'waiting' AND w.practitioner_id IS NULL
                 AND rendez_km(l.latitude, l.longitude, w.latitude, w.longitude) <= w.radius_km))
ORDER BY p.id";

/// The order of the locks is that of the ids, and rows in somebody's hands are left for the next time.
const SETTLE: &str = "
WITH ended AS (
    SELECT w.id, a.status FROM wish w JOIN appointment a ON a.id = w.appointment_id
    WHERE w.status = 'offered' AND a.status <> 'held' AND ($1::uuid[] IS NULL OR a.id = ANY ($1::uuid[]))
    ORDER BY w.id FOR UPDATE OF w SKIP LOCKED
)
UPDATE wish w SET version = w.version + 1, updated_at = rendez_now(),
    status = CASE WHEN ended.status IN ('booked', 'arrived', 'fulfilled', 'no-show') THEN 'taken' ELSE 'lapsed' END
FROM ended WHERE w.id = ended.id";

/// The same for one patient, with holds past their deadline that nobody has released yet.
pub(super) const SETTLE_OF_PATIENT: &str = "
UPDATE wish w SET version = w.version + 1, updated_at = rendez_now(),
    status = CASE WHEN a.status IN ('booked', 'arrived', 'fulfilled', 'no-show') THEN 'taken' ELSE 'lapsed' END
FROM appointment a
WHERE w.patient_id = $1 AND w.status = 'offered' AND a.id = w.appointment_id AND (a.status <> 'held' OR a.hold_expires_at <= rendez_now())";

const EXPIRE: &str = "UPDATE wish SET status = 'expired', version = version + 1, updated_at = rendez_now()
    WHERE id = ANY (ARRAY(SELECT id FROM wish WHERE status = 'waiting' AND expires_at <= rendez_now()
        ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED))";

const LOOK_AGAIN: &str = "
WITH due AS (
    SELECT id FROM wish WHERE status = 'waiting' AND looked_at < rendez_now() - make_interval(mins => $1)
    ORDER BY looked_at, asked_at LIMIT $2 FOR UPDATE SKIP LOCKED
), promised AS (
    INSERT INTO job (kind, payload) SELECT 'waiting.wish', jsonb_build_object('wish', id) FROM due
)
UPDATE wish w SET looked_at = rendez_now() FROM due WHERE w.id = due.id";

/// Reads the log to its head and promises what follows from it: the worker's sweep. Returns how many jobs.
pub async fn follow(ctx: &Ctx) -> Result<u64, Fault> {
    let mut promised = 0;
    loop {
        let conn = ctx.store.read_fresh().await?;
        // Who begins, and who was away too long, looks at everybody.
        let (from, stale, step) = match position(&conn).await? {
            None => (ChangeCursor::START, true, Step::anew(head(&conn).await?)),
            Some((from, stale)) => match read_after(&conn, from, BATCH).await? {
                Reading::Gap => (from, true, Step::anew(head(&conn).await?)),
                Reading::Batch(batch) => (from, stale, Step::of(&batch)),
            },
        };
        drop(conn);
        if step.is_idle && !stale {
            return Ok(promised);
        }
        let more = step.more;
        promised += take(ctx, from, step).await?;
        if !more {
            return Ok(promised);
        }
    }
}

async fn position(conn: &Conn) -> Result<Option<(ChangeCursor, bool)>, Fault> {
    let Some(row) = conn.maybe_row(POSITION, &[&KEEP_EVERY_MINUTES]).await? else { return Ok(None) };
    let xid = row.get::<_, &str>(0).parse().map_err(|error| Fault::new("reading a position", error))?;
    Ok(Some((ChangeCursor { xid, seq: row.get(1) }, row.get(2))))
}

/// What one reading asks for.
struct Step {
    to: ChangeCursor,
    /// Whose time may be free.
    practitioners: Vec<Uuid>,
    /// What may have ended.
    appointments: Vec<Uuid>,
    everybody: bool,
    /// Nothing was read.
    is_idle: bool,
    more: bool,
}

impl Step {
    const fn anew(to: ChangeCursor) -> Self {
        Self {
            to,
            practitioners: Vec::new(),
            appointments: Vec::new(),
            everybody: true,
            is_idle: false,
            more: false,
        }
    }

    fn of(batch: &Batch) -> Self {
        let frees = |change: &&Change| matches!(change.kind.as_str(), "released" | "schedule");
        let ends = |change: &&Change| matches!(change.kind.as_str(), "released" | "appointment");
        let mut practitioners: Vec<Uuid> =
            batch.changes.iter().filter(frees).filter_map(|change| change.practitioner_id).collect();
        practitioners.sort_unstable();
        practitioners.dedup();
        let appointments = batch.changes.iter().filter(ends).filter_map(|change| change.subject_id).collect();
        let more = batch.changes.len() >= BATCH as usize;
        let is_idle = batch.changes.is_empty();
        Self { to: batch.cursor, practitioners, appointments, everybody: false, is_idle, more }
    }
}

/// Promises the jobs and moves on, together. Nothing if somebody else has moved on.
async fn take(ctx: &Ctx, from: ChangeCursor, step: Step) -> Result<u64, Fault> {
    ctx.store
        .write(move |mut conn| async move {
            let tx = conn.transaction().await?;
            let (to, seq) = (step.to.xid.to_string(), step.to.seq);
            let moved = tx.execute(MOVE_ON, &[&to, &seq, &from.xid.to_string(), &from.seq]).await?;
            if moved == 0 {
                return Ok(0);
            }
            let promised = promise(&tx, &step).await?;
            crash::point("follow.before-commit");
            tx.commit().await?;
            Ok(promised)
        })
        .await
}

async fn promise(tx: &Transaction<'_>, step: &Step) -> Result<u64, Fault> {
    if step.everybody {
        tx.execute(SETTLE, &[&Option::<Vec<Uuid>>::None]).await?;
        return Ok(tx
            .execute("UPDATE wish SET looked_at = '-infinity' WHERE status = 'waiting'", &[])
            .await?);
    }
    if !step.appointments.is_empty() {
        tx.execute(SETTLE, &[&Some(&step.appointments)]).await?;
    }
    if step.practitioners.is_empty() {
        Ok(0)
    } else {
        Ok(tx.execute(PROMISE, &[&step.practitioners]).await?)
    }
}

/// Notes which wishes are over, and looks again at those that have not been looked at for an hour: the worker's sweep.
pub async fn look_again(ctx: &Ctx) -> Result<u64, Fault> {
    let conn = ctx.store.read_fresh().await?;
    conn.execute(SETTLE, &[&Option::<Vec<Uuid>>::None]).await?;
    while conn.execute(EXPIRE, &[&LOOK_AT_ONCE]).await? == LOOK_AT_ONCE.unsigned_abs() {}
    let mut total = 0;
    loop {
        let again = conn.execute(LOOK_AGAIN, &[&LOOK_EVERY_MINUTES, &LOOK_AT_ONCE]).await?;
        total += again;
        if again < LOOK_AT_ONCE.unsigned_abs() {
            return Ok(total);
        }
    }
}
