//! What can be booked now: schedule minus claims, as the database sees them at this instant.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rendez_platform::fault::Fault;
use rendez_platform::store::{Conn, Prepared};
use rendez_vocab::ids::{AppointmentId, PatientId, PractitionerId, SlotId, VisitTypeId};
use rendez_vocab::{Actor, TimeRange};

use super::error::BookingRefusal;
use super::rooms::Rooms;
use crate::availability::{self, Busy, Schedule, Slot, Verdict, VisitType};
use crate::ctx::Ctx;
use crate::timeline::{Claim, ClaimKind, seen};

/// How far ahead of a taken slot its alternatives are looked for.
const ALTERNATIVES_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 21);
/// And how far before it, when too few follow.
const EARLIER_WITHIN: SignedDuration = SignedDuration::from_hours(24 * 7);
/// How many alternatives a refused caller gets.
const ALTERNATIVES: usize = 5;

/// The slots of a window.
#[derive(Debug, Clone)]
pub struct OfferedSlots {
    /// By start.
    pub slots: Vec<Slot>,
    /// The caller's own holds in the window.
    pub own_holds: Vec<OwnHold>,
    /// The instant for which this is true, by the database's clock.
    pub as_of: Timestamp,
}

/// A hold of the caller, which they see as theirs and not as taken.
#[derive(Debug, Clone, Copy)]
pub struct OwnHold {
    /// Which appointment.
    pub appointment: AppointmentId,
    /// The time it blocks.
    pub range: TimeRange,
    /// Until when it stands.
    pub expires_at: Timestamp,
}

/// What each rule says to a time.
#[derive(Debug, Clone)]
pub struct ExplainedSlot {
    /// Every rule in order.
    pub verdicts: Vec<Verdict>,
    /// Whether all let it pass.
    pub offered: bool,
    /// By the database's clock.
    pub as_of: Timestamp,
}

/// A practitioner's timeline of a window and the schedule that belongs to it.
struct Reading {
    schedule: Arc<Schedule>,
    claims: Vec<(Claim, Option<PatientId>)>,
    rooms: Rooms,
    now: Timestamp,
}

/// What a patient can book of a visit type between two instants; with `limit` the first so many.
pub async fn slots(
    ctx: &Ctx,
    practitioner: PractitionerId,
    visit_type: VisitTypeId,
    window: TimeRange,
    limit: Option<usize>,
) -> Result<OfferedSlots, BookingRefusal> {
    let reach = reach(window);
    let conn = ctx.store.read_fresh().await?;
    let (now, version, busy) = busy(&conn, practitioner, reach).await?.ok_or(BookingRefusal::NotFound)?;
    let own_holds = match ctx.actor {
        Actor::Patient(own) => own_holds(&conn, own, practitioner, window).await?,
        _ => Vec::new(),
    };
    drop(conn);
    let schedule =
        ctx.schedules.at_version(&ctx.store, practitioner, version).await?.ok_or(BookingRefusal::NotFound)?;
    let visit_type = schedule.visit_type(visit_type).ok_or(BookingRefusal::NotFound)?;
    let rooms = Rooms::read(&ctx.store, &[&schedule], reach).await?;
    let slots = rooms.slots(&schedule, visit_type, window, now, &busy, limit);
    Ok(OfferedSlots { slots, own_holds, as_of: now })
}

/// A practitioner's free times of a window as they are at one instant, for any of their visit types.
pub(crate) struct FreeTimes {
    /// What the times are computed from.
    pub(crate) schedule: Arc<Schedule>,
    /// The instant for which they are true, by the database's clock.
    pub(crate) as_of: Timestamp,
    window: TimeRange,
    busy: Vec<TimeRange>,
    rooms: Rooms,
}

impl FreeTimes {
    /// Reads once what takes the practitioner's time; `None` if there is no such practitioner.
    pub(crate) async fn read(
        ctx: &Ctx,
        practitioner: PractitionerId,
        window: TimeRange,
    ) -> Result<Option<Self>, Fault> {
        let reach = reach(window);
        let conn = ctx.store.read_fresh().await?;
        let Some((as_of, version, busy)) = busy(&conn, practitioner, reach).await? else { return Ok(None) };
        drop(conn);
        let schedule = ctx.schedules.at_version(&ctx.store, practitioner, version).await?;
        let Some(schedule) = schedule else { return Ok(None) };
        let rooms = Rooms::read(&ctx.store, &[&schedule], reach).await?;
        Ok(Some(Self { schedule, as_of, window, busy, rooms }))
    }

    /// What can be booked of a visit type, in order.
    pub(crate) fn of(&self, visit_type: &VisitType) -> Vec<Slot> {
        self.rooms.slots(&self.schedule, visit_type, self.window, self.as_of, &self.busy, None)
    }
}

/// One row, however much is booked: the ranges travel as two arrays.
const BUSY: &str = concat!(
    "SELECT rendez_now(), p.schedule_version, busy.starts, busy.ends
     FROM practitioner p, LATERAL (SELECT array_agg(c.starts_at) AS starts, array_agg(c.ends_at) AS ends FROM (
         SELECT c.starts_at, c.ends_at FROM claim c WHERE c.calendar_id = p.calendar_id AND ",
    crate::timeline::sees!(),
    " AND (c.expires_at IS NULL OR c.expires_at > rendez_now()) ORDER BY c.starts_at) c) busy WHERE p.id = $1"
);

/// The database's present, the schedule's version and what takes the practitioner's time, by start.
pub(super) async fn busy(
    conn: &Conn,
    practitioner: PractitionerId,
    window: TimeRange,
) -> Result<Option<(Timestamp, i64, Vec<TimeRange>)>, Fault> {
    let row = conn.maybe_row(BUSY, &[&practitioner.uuid(), &window.start(), &window.end()]).await?;
    Ok(row.map(|row| {
        let starts: Option<Vec<Timestamp>> = row.get(2);
        let ends: Option<Vec<Timestamp>> = row.get(3);
        let ranges = starts.into_iter().flatten().zip(ends.into_iter().flatten());
        (row.get(0), row.get(1), ranges.filter_map(|(start, end)| TimeRange::new(start, end).ok()).collect())
    }))
}

const OWN_HOLDS: &str = "SELECT a.id, a.claim_starts_at, a.claim_ends_at, h.expires_at
    FROM hold h JOIN appointment a ON a.id = h.appointment_id
    WHERE h.patient_id IN (SELECT person FROM people_of($1) AS person) AND a.practitioner_id = $2 AND h.expires_at > rendez_now() AND a.starts_at >= $3 AND a.starts_at < $4
    ORDER BY a.starts_at";

async fn own_holds(
    conn: &Conn,
    patient: PatientId,
    practitioner: PractitionerId,
    window: TimeRange,
) -> Result<Vec<OwnHold>, Fault> {
    let rows = conn
        .rows(OWN_HOLDS, &[&patient.uuid(), &practitioner.uuid(), &window.start(), &window.end()])
        .await?;
    let own = rows.iter().filter_map(|row| {
        Some(OwnHold {
            appointment: AppointmentId::from_uuid(row.get(0)),
            range: TimeRange::new(row.get(1), row.get(2)).ok()?,
            expires_at: row.get(3),
        })
    });
    Ok(own.collect())
}

/// Buffers reach over a window's edges, at most 8 hours each way, and a visit is no longer than a day.
pub(super) fn reach(window: TimeRange) -> TimeRange {
    let day = SignedDuration::from_hours(24);
    TimeRange::new(
        window.start().checked_sub(day).unwrap_or(window.start()),
        window.end().checked_add(day * 2).unwrap_or(window.end()),
    )
    .unwrap_or(window)
}

/// Why a time is offered or not, rule by rule.
pub async fn explain(
    ctx: &Ctx,
    practitioner: PractitionerId,
    visit_type: VisitTypeId,
    start: Timestamp,
) -> Result<ExplainedSlot, BookingRefusal> {
    let day = SignedDuration::from_hours(24);
    let window = TimeRange::new(
        start.checked_sub(day).map_err(|_| BookingRefusal::NotFound)?,
        start.checked_add(day * 2).map_err(|_| BookingRefusal::NotFound)?,
    )
    .map_err(|_| BookingRefusal::NotFound)?;
    let reading = read(ctx, practitioner, window).await?;
    let busy: Vec<Busy<'_>> = reading
        .claims
        .iter()
        .filter(|(claim, _)| claim.is_live(reading.now))
        .map(|(claim, _)| Busy { range: claim.range, kind: claim.kind.as_str() })
        .collect();
    let mut verdicts = availability::explain(&reading.schedule, visit_type, start, reading.now, &busy, None)
        .ok_or(BookingRefusal::NotFound)?;
    verdicts.extend(room_verdict(&reading, visit_type, start));
    let offered = verdicts.iter().all(|verdict| verdict.passed);
    Ok(ExplainedSlot { verdicts, offered, as_of: reading.now })
}

/// Whether a room that the visit needs is free, if it needs one. Where the visit would be is the opening's word; without
/// one the main location's rooms are judged.
fn room_verdict(reading: &Reading, visit_type: VisitTypeId, start: Timestamp) -> Option<Verdict> {
    let schedule = &reading.schedule;
    let visit_type = schedule.visit_type(visit_type).filter(|visit_type| visit_type.room_kind.is_some())?;
    let blocked = visit_type.blocked_at(start)?;
    let opened = availability::opening_ranges(schedule, blocked);
    let location = opened.first().map_or(schedule.default_location, |open| open.location);
    let passed = reading.rooms.suffice(visit_type, location, blocked);
    let detail = if passed {
        "A room of the kind is free."
    } else {
        "Every room of the kind that the visit needs is taken."
    };
    Some(Verdict { rule: "room", passed, detail: detail.into() })
}

/// What stands around a slot that could not be had.
pub(super) struct Around {
    /// An expired hold is all that stands in the way, or part of it.
    pub(super) blocked_by_expired: bool,
    blockers: Vec<(Claim, Option<PatientId>)>,
    alternatives: Vec<Slot>,
}

impl Around {
    /// The refusal for somebody who holds time for these patients.
    pub(super) fn refusal(self, own: &[PatientId]) -> BookingRefusal {
        let yours = self.blockers.iter().find(|(claim, whose)| {
            claim.kind == ClaimKind::Hold && whose.is_some_and(|whose| own.contains(&whose))
        });
        match yours {
            Some((claim, _)) => {
                BookingRefusal::AlreadyYours { appointment: AppointmentId::from_uuid(claim.owner) }
            }
            None => BookingRefusal::SlotTaken { alternatives: self.alternatives },
        }
    }
}

/// Looks at what stands in the way of a slot, and at the next free ones.
pub(super) async fn around(
    ctx: &Ctx,
    schedule: &Schedule,
    slot: SlotId,
    blocked: TimeRange,
) -> Result<Around, BookingRefusal> {
    let until = blocked.end().checked_add(ALTERNATIVES_WITHIN).map_err(|_| BookingRefusal::NotFound)?;
    let since = blocked.start().checked_sub(EARLIER_WITHIN).map_err(|_| BookingRefusal::NotFound)?;
    let window = TimeRange::new(since, until).map_err(|_| BookingRefusal::NotFound)?;
    let conn = ctx.store.read_fresh().await?;
    let (now, _, claims) = claims(&conn, slot.practitioner, window).await?.ok_or(BookingRefusal::NotFound)?;
    drop(conn);
    let rooms = Rooms::read(&ctx.store, &[schedule], window).await?;
    let visit_type = schedule.visit_type(slot.visit_type).ok_or(BookingRefusal::NotFound)?;
    let blockers: Vec<_> =
        claims.iter().filter(|(claim, _)| claim.range.overlaps(blocked)).copied().collect();
    let busy: Vec<TimeRange> =
        claims.iter().filter(|(claim, _)| claim.is_live(now)).map(|(claim, _)| claim.range).collect();
    let offered = |from, to, limit| match TimeRange::new(from, to) {
        Ok(range) => rooms.slots(schedule, visit_type, range, now, &busy, limit),
        Err(_) => Vec::new(),
    };
    let mut alternatives = offered(blocked.start(), until, Some(ALTERNATIVES));
    if alternatives.len() < ALTERNATIVES {
        let earlier = offered(since.max(now), blocked.start(), None);
        let wanted = ALTERNATIVES - alternatives.len();
        alternatives.splice(0..0, earlier.iter().copied().skip(earlier.len().saturating_sub(wanted)));
    }
    Ok(Around {
        blocked_by_expired: blockers.iter().any(|(claim, _)| !claim.is_live(now)),
        alternatives,
        blockers,
    })
}

/// Schedule and claims that belong together: the claims' statement also reads the schedule's version.
async fn read(ctx: &Ctx, practitioner: PractitionerId, window: TimeRange) -> Result<Reading, BookingRefusal> {
    let reach = reach(window);
    let conn = ctx.store.read_fresh().await?;
    let (now, version, claims) = claims(&conn, practitioner, reach).await?.ok_or(BookingRefusal::NotFound)?;
    drop(conn);
    let schedule =
        ctx.schedules.at_version(&ctx.store, practitioner, version).await?.ok_or(BookingRefusal::NotFound)?;
    let rooms = Rooms::read(&ctx.store, &[&schedule], reach).await?;
    Ok(Reading { schedule, claims, rooms, now })
}

/// Holds also say whose they are, so that a patient's own is told from others'.
const CLAIMS: &str = concat!(
    "SELECT rendez_now(), p.schedule_version, c.starts_at, c.ends_at, c.kind, c.owner_id, c.expires_at, h.patient_id
     FROM practitioner p LEFT JOIN claim c ON c.calendar_id = p.calendar_id AND ",
    crate::timeline::sees!(),
    " LEFT JOIN appointment h ON c.kind = 'hold' AND h.id = c.owner_id WHERE p.id = $1 ORDER BY c.starts_at"
);

type Claims = Vec<(Claim, Option<PatientId>)>;

/// The database's present, the schedule's version and the claims of a window, expired holds included, by start.
async fn claims(
    conn: &Conn,
    practitioner: PractitionerId,
    window: TimeRange,
) -> Result<Option<(Timestamp, i64, Claims)>, Fault> {
    let rows = conn.rows(CLAIMS, &[&practitioner.uuid(), &window.start(), &window.end()]).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let head = (first.get(0), first.get(1));
    let claims = rows
        .iter()
        .filter_map(|row| {
            let whose = row.get::<_, Option<uuid::Uuid>>(7).map(PatientId::from_uuid);
            Some((seen(row, 2)?, whose))
        })
        .collect();
    Ok(Some((head.0, head.1, claims)))
}
