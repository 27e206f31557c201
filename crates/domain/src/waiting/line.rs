//! Who gets the free times of a practitioner: the line of those whom they fit, in the order of asking.
//!
//! Invariant: one worker at a time gives a practitioner's times away, and nobody is passed over: a time that could not be
//! given to the first of the line is given to nobody else in the same round, unless it does not fit the first.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rendez_platform::fault::Fault;
use rendez_platform::store::Prepared;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{AppointmentId, LocationId, PatientId, PractitionerId, SlotId, VisitTypeId, WishId};
use tokio_postgres::Row;
use uuid::Uuid;

use super::model::{Hours, Weekdays, When};
use super::offer::{Made, Offer, minutes_to_decide, offer};
use crate::availability::{Schedule, Slot, VisitType};
use crate::booking::{self, FreeTimes};
use crate::ctx::Ctx;

/// How many of the line are read at once.
const AT_ONCE: i64 = 100;
/// How many practitioners of an area are asked for one wish, the nearest first.
const NEAREST: i64 = 50;
/// Who is offered a time has at least so long to say yes; a time too near for that is offered to nobody.
const LEAST_TO_DECIDE: SignedDuration = SignedDuration::from_mins(15);
/// How often a line is asked anew because the world moved under it.
const TRIES: usize = 8;

/// A time that was offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// To whom.
    pub wish: WishId,
    /// The hold.
    pub appointment: AppointmentId,
}

/// Somebody in the line, with what must be known of them to give them a time of this practitioner.
struct Waiting {
    wish: WishId,
    patient: PatientId,
    version: i64,
    asked_at: Timestamp,
    /// Only this visit type.
    visit_type: Option<VisitTypeId>,
    most_minutes: Option<u32>,
    when: When,
    /// Of the practitioner's places those that are near enough; `None` for all.
    places: Option<Vec<LocationId>>,
    /// They have been here before.
    known: bool,
    /// Starts that they were offered before, or cannot have.
    declined: Vec<Timestamp>,
    /// What takes their own time.
    busy: Vec<TimeRange>,
}

const LINE: &str = "
SELECT w.id, w.patient_id, w.version, w.asked_at, w.visit_type_id, w.most_minutes, w.weekdays, w.from_minute, w.until_minute,
    w.first_day, w.last_day, w.practitioner_id IS NULL,
    ARRAY(SELECT l.id FROM location l
        WHERE (l.id = p.location_id OR l.id IN (SELECT f.location_id FROM practitioner_location f WHERE f.practitioner_id = p.id))
          AND rendez_km(l.latitude, l.longitude, w.latitude, w.longitude) <= w.radius_km),
    EXISTS (SELECT FROM appointment a WHERE a.patient_id = w.patient_id AND a.practitioner_id = p.id
        AND a.status IN ('booked', 'arrived', 'fulfilled') AND a.starts_at < rendez_now()),
    ARRAY(SELECT o.starts_at FROM wish_offer o WHERE o.wish_id = w.id AND o.practitioner_id = p.id),
    busy.starts, busy.ends
FROM practitioner p
CROSS JOIN LATERAL (
    (SELECT * FROM wish d WHERE d.practitioner_id = p.id AND d.status = 'waiting' AND (d.asked_at, d.id) > ($2, $3)
     ORDER BY d.asked_at, d.id LIMIT $4)
    UNION ALL
    (SELECT * FROM wish e WHERE e.specialty = p.specialty AND e.practitioner_id IS NULL AND e.status = 'waiting'
        AND (e.asked_at, e.id) > ($2, $3) AND EXISTS (SELECT FROM location l
            WHERE (l.id = p.location_id OR l.id IN (SELECT f.location_id FROM practitioner_location f WHERE f.practitioner_id = p.id))
              AND e.latitude BETWEEN l.latitude - 1 AND l.latitude + 1
              AND rendez_km(l.latitude, l.longitude, e.latitude, e.longitude) <= e.radius_km)
     ORDER BY e.asked_at, e.id LIMIT $4)
) w
JOIN patient x ON x.id = w.patient_id
CROSS JOIN LATERAL (
    SELECT array_agg(c.starts_at) AS starts, array_agg(c.ends_at) AS ends FROM claim c
    WHERE c.calendar_id = x.calendar_id AND c.starts_at > rendez_now() - interval '48 hours' AND c.ends_at > rendez_now()
      AND (c.expires_at IS NULL OR c.expires_at > rendez_now())
) busy
WHERE p.id = $1 AND w.expires_at > rendez_now()
ORDER BY w.asked_at, w.id LIMIT $4";

/// Gives a practitioner's free times to those who wait for them, in order: the job that follows a change. Safe to run
/// twice and by several at once.
pub async fn offer_freed(ctx: &Ctx, practitioner: PractitionerId) -> Result<Vec<Given>, Fault> {
    // One at a time, whatever the number of workers. The lock is the transaction's, so it ends however this ends.
    let mut conn = ctx.store.read_fresh().await?;
    let turn = conn.transaction().await?;
    turn.batch_execute(
        "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = '30s'",
    )
    .await?;
    let lock = "SELECT pg_advisory_xact_lock(hashtextextended('waiting:' || $1::uuid::text, 0))";
    turn.execute(lock, &[&practitioner.uuid()]).await?;
    let given = give(ctx, practitioner).await;
    turn.rollback().await?;
    given
}

async fn give(ctx: &Ctx, practitioner: PractitionerId) -> Result<Vec<Given>, Fault> {
    let mut given = Vec::new();
    for _ in 0..TRIES {
        if round(ctx, practitioner, &mut given).await? {
            return Ok(given);
        }
    }
    Err(Fault::passing("offering free times", "others kept coming first"))
}

/// Goes through the line once, with one reading of the times. `false` if the world moved under it: whoever comes next
/// would see times that those before did not, so the line is asked anew from its head.
async fn round(ctx: &Ctx, practitioner: PractitionerId, given: &mut Vec<Given>) -> Result<bool, Fault> {
    let Some(mut times) = Times::read(ctx, practitioner).await? else { return Ok(true) };
    let mut after = (Timestamp::UNIX_EPOCH, Uuid::nil());
    loop {
        let line = line(ctx, practitioner, after).await?;
        let more = i64::try_from(line.len()).unwrap_or(AT_ONCE) >= AT_ONCE;
        for mut waiting in line {
            after = (waiting.asked_at, waiting.wish.uuid());
            match serve(ctx, &mut times, &mut waiting).await? {
                Served::With(appointment) => given.push(Given { wish: waiting.wish, appointment }),
                Served::Nothing => {}
                Served::WorldMoved => return Ok(false),
            }
        }
        if !more {
            return Ok(true);
        }
    }
}

/// Those who stand in the line behind a place in it, for whom the practitioner is near enough.
async fn line(
    ctx: &Ctx,
    practitioner: PractitionerId,
    after: (Timestamp, Uuid),
) -> Result<Vec<Waiting>, Fault> {
    let conn = ctx.store.read_fresh().await?;
    let rows = conn.rows(LINE, &[&practitioner.uuid(), &after.0, &after.1, &AT_ONCE]).await?;
    Ok(rows.iter().filter_map(waiting).collect())
}

fn waiting(row: &Row) -> Option<Waiting> {
    let minute = |column: usize| u16::try_from(row.get::<_, i16>(column)).unwrap_or(0);
    let (starts, ends): (Option<Vec<Timestamp>>, Option<Vec<Timestamp>>) = (row.get(15), row.get(16));
    let busy = starts.into_iter().flatten().zip(ends.into_iter().flatten());
    let near: Vec<Uuid> = row.get(12);
    Some(Waiting {
        wish: WishId::from_uuid(row.get(0)),
        patient: PatientId::from_uuid(row.get(1)),
        version: row.get(2),
        asked_at: row.get(3),
        visit_type: row.get::<_, Option<_>>(4).map(VisitTypeId::from_uuid),
        most_minutes: row.get::<_, Option<i32>>(5).and_then(|most| u32::try_from(most).ok()),
        when: When {
            weekdays: Weekdays::from_bits(row.get(6)),
            hours: Hours::new(minute(7), minute(8))?,
            first_day: row.get(9),
            last_day: row.get(10),
        },
        places: row.get::<_, bool>(11).then(|| near.into_iter().map(LocationId::from_uuid).collect()),
        known: row.get(13),
        declined: row.get(14),
        busy: busy.filter_map(|(start, end)| TimeRange::new(start, end).ok()).collect(),
    })
}

/// What somebody in the line got.
enum Served {
    With(AppointmentId),
    Nothing,
    WorldMoved,
}

/// Offers somebody the first time that fits them, if one does.
async fn serve(ctx: &Ctx, times: &mut Times, waiting: &mut Waiting) -> Result<Served, Fault> {
    while let Some((slot, minutes)) = times.first_for(ctx, waiting) {
        let wanted = Offer {
            wish: waiting.wish,
            version: waiting.version,
            patient: waiting.patient,
            slot: SlotId::new(times.free.schedule.practitioner, slot.visit_type, slot.start),
            minutes,
        };
        match offer(ctx, &times.free.schedule, wanted).await? {
            Made::Offered(appointment) => {
                times.gone.push(appointment.claimed);
                return Ok(Served::With(appointment.id));
            }
            Made::Gone | Made::NotThisPatient => return Ok(Served::Nothing),
            // Whoever has it now, nobody of this line gets it before the line is asked anew from its head.
            Made::NotThisTime => times.gone_starts.push(slot.start),
            Made::NotTogether => waiting.declined.push(slot.start),
            Made::Again => return Ok(Served::WorldMoved),
        }
    }
    Ok(Served::Nothing)
}

/// A practitioner's free times of one reading, kept in step with what is given away.
struct Times {
    free: FreeTimes,
    /// Those of a visit type, computed when somebody waits for it.
    slots: HashMap<VisitTypeId, Vec<Slot>>,
    /// What was given away in this round.
    gone: Vec<TimeRange>,
    /// What could not be given.
    gone_starts: Vec<Timestamp>,
}

impl Times {
    /// `None` for a practitioner with whom nothing can be booked.
    async fn read(ctx: &Ctx, practitioner: PractitionerId) -> Result<Option<Self>, Fault> {
        let schedule = ctx.schedules.reload(&ctx.store, practitioner).await?;
        let Some(schedule) = schedule.filter(|schedule| schedule.active) else { return Ok(None) };
        let Some(window) = horizon(ctx.clock.now(), &schedule) else { return Ok(None) };
        // What expired holds still block is free.
        booking::release_in(ctx, vec![schedule.calendar], window).await?;
        let free = FreeTimes::read(ctx, practitioner, window).await?;
        Ok(free.map(|free| Self { free, slots: HashMap::new(), gone: Vec::new(), gone_starts: Vec::new() }))
    }

    /// The first time that fits somebody, of the visit types in the order in which patients see them, with the minutes
    /// that they have to decide.
    fn first_for(&mut self, ctx: &Ctx, waiting: &Waiting) -> Option<(Slot, i32)> {
        let (schedule, now) = (Arc::clone(&self.free.schedule), self.free.as_of);
        for visit_type in schedule.visit_types.iter().filter(|known| suits(&schedule, known, waiting)) {
            self.slots.entry(visit_type.id).or_insert_with(|| self.free.of(visit_type));
            let good = |slot: &&Slot| {
                fits(&schedule, slot, waiting)
                    && self.is_there(visit_type, slot)
                    && leaves_time(ctx, visit_type, slot, now)
            };
            if let Some(slot) = self.slots.get(&visit_type.id).and_then(|slots| slots.iter().find(good)) {
                let zone = schedule.location(slot.location).map(|at| &at.time_zone);
                let least = ctx.booking.offer.max(SignedDuration::from_mins(visit_type.hold_minutes.into()));
                return Some((*slot, minutes_to_decide(now, least, zone)));
            }
        }
        None
    }

    fn is_there(&self, visit_type: &VisitType, slot: &Slot) -> bool {
        let blocked = visit_type.blocked_at(slot.start);
        !self.gone_starts.contains(&slot.start)
            && blocked.is_some_and(|blocked| !self.gone.iter().any(|gone| gone.overlaps(blocked)))
    }
}

/// As far as any of a practitioner's visits can be booked. The process's clock only says where to begin to look: slots are
/// judged by the database's.
fn horizon(now: Timestamp, schedule: &Schedule) -> Option<TimeRange> {
    let day = SignedDuration::from_hours(24);
    let days = schedule.visit_types.iter().map(|known| known.max_horizon_days).max()?;
    let ahead = SignedDuration::from_hours(24 * i64::from(days.min(super::LONGEST_DAYS.unsigned_abs())));
    TimeRange::new(now.checked_sub(day).ok()?, now.checked_add(ahead + day).ok()?).ok()
}

/// Whether somebody waits for such a visit and may book it.
fn suits(schedule: &Schedule, visit_type: &VisitType, waiting: &Waiting) -> bool {
    visit_type.active
        && waiting.visit_type.is_none_or(|wanted| wanted == visit_type.id)
        && waiting.most_minutes.is_none_or(|most| visit_type.duration_minutes <= most)
        && schedule.admits(visit_type, waiting.known)
}

/// Whether a time lies where and when somebody wants it, and they have neither let it go nor something else to do.
fn fits(schedule: &Schedule, slot: &Slot, waiting: &Waiting) -> bool {
    let Some(place) = schedule.location(slot.location) else { return false };
    let Ok(visit) = TimeRange::new(slot.start, slot.end) else { return false };
    waiting.places.as_ref().is_none_or(|near| near.contains(&slot.location))
        && waiting.when.fits(&place.time_zone, visit)
        && !waiting.declined.contains(&slot.start)
        && !waiting.busy.iter().any(|busy| busy.overlaps(visit))
}

/// Whether the visit's notice leaves somebody the time to decide.
fn leaves_time(ctx: &Ctx, visit_type: &VisitType, slot: &Slot, now: Timestamp) -> bool {
    let notice = SignedDuration::from_mins(visit_type.min_notice_minutes.into()) - ctx.booking.notice_grace;
    slot.start.checked_sub(notice).is_ok_and(|latest| latest.duration_since(now) >= LEAST_TO_DECIDE)
}

const WANTED: &str = "
SELECT w.practitioner_id, ARRAY(
    SELECT p.id FROM practitioner p JOIN location l ON l.id = p.location_id
    WHERE w.practitioner_id IS NULL AND p.specialty = w.specialty AND p.active AND l.latitude BETWEEN w.latitude - 1 AND w.latitude + 1
      AND rendez_km(l.latitude, l.longitude, w.latitude, w.longitude) <= w.radius_km
    ORDER BY rendez_km(l.latitude, l.longitude, w.latitude, w.longitude), p.id LIMIT $2)
FROM wish w WHERE w.id = $1 AND w.status = 'waiting'";

/// Looks for a free time for one wish: with whom it names, or with those around its place, the nearest first. Whoever
/// stands before it in a line is served before it. The job of a wish that is new, or that has not been looked at for long.
pub async fn offer_to(ctx: &Ctx, wish: WishId) -> Result<Vec<Given>, Fault> {
    let conn = ctx.store.read_fresh().await?;
    let row = conn.maybe_row(WANTED, &[&wish.uuid(), &NEAREST]).await?;
    drop(conn);
    let Some(row) = row else { return Ok(Vec::new()) };
    let near: Vec<Uuid> = row.get(1);
    let mut given = Vec::new();
    for practitioner in row.get::<_, Option<Uuid>>(0).into_iter().chain(near) {
        given.extend(offer_freed(ctx, PractitionerId::from_uuid(practitioner)).await?);
        if given.iter().any(|given| given.wish == wish) {
            break;
        }
    }
    Ok(given)
}
