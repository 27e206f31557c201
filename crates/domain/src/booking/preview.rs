//! What a change of a schedule would do, before it is saved: the slots that result, and the booked visits that it
//! would leave outside.
//!
//! Invariant: nothing is written, and nothing is computed anew: slots and verdicts come from `availability`, for the
//! schedule as it is and as it would be. A visit that was outside before is not blamed on the change.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rendez_platform::fault::Fault;
use rendez_platform::store::{Conn, Prepared};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{AppointmentId, LocationId, OrganizationId, PatientId, PractitionerId, VisitTypeId};
use uuid::Uuid;

use super::error::BookingRefusal;
use super::offers::{busy, reach};
use super::rooms::Rooms;
use crate::availability::{Draft, NotOffered, Schedule, ScheduleLocation, Slot, VisitType, check};
use crate::ctx::Ctx;
use crate::identity::access;

/// How many days are shown.
const DAYS: i32 = 14;
/// How many booked visits are judged. No practitioner has more ahead.
const VISITS: i64 = 2000;

/// What would be.
#[derive(Debug, Clone)]
pub struct SchedulePreview {
    /// The next two weeks, by date at the main location.
    pub days: Vec<DayOfSlots>,
    /// Booked visits that the change would leave outside, by start.
    pub struck: Vec<StruckVisit>,
    /// The zone of the main location: its IANA name.
    pub time_zone: String,
    /// For which instant this is true, by the database's clock.
    pub as_of: Timestamp,
}

/// The slots of one day.
#[derive(Debug, Clone)]
pub struct DayOfSlots {
    /// Which day.
    pub date: Date,
    /// How many slots there are now, of all visit types.
    pub before: usize,
    /// How many there would be.
    pub after: usize,
    /// The starts there would be, by visit type in the order in which patients see them.
    pub starts: Vec<(VisitTypeId, Vec<Timestamp>)>,
}

/// A booked visit that would be left outside.
#[derive(Debug, Clone)]
pub struct StruckVisit {
    /// Which one.
    pub id: AppointmentId,
    /// Whose.
    pub patient: PatientId,
    /// What for.
    pub visit_type: VisitTypeId,
    /// When.
    pub range: TimeRange,
    /// Its own zone.
    pub time_zone: String,
    /// What would be in its way.
    pub why: Why,
}

/// Why a visit would be left outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// No opening would cover it.
    Outside,
    /// A closure would.
    Closed,
    /// It lies on a public holiday.
    Holiday,
    /// The practitioner would be away.
    Away,
    /// The practitioner would be at another place then.
    Elsewhere,
    /// The visit type could not be booked any more.
    NotOffered,
    /// Nothing: it keeps the length and the place that it was booked with.
    Kept,
}

/// What a draft would do to a practitioner's schedule. Only for those who may change it.
pub async fn preview(
    ctx: &Ctx,
    practitioner: PractitionerId,
    mut draft: Draft,
) -> Result<SchedulePreview, BookingRefusal> {
    let before = ctx.schedules.reload(&ctx.store, practitioner).await?.ok_or(BookingRefusal::NotFound)?;
    access::manage_practitioner(&ctx.actor, practitioner, before.organization)?;
    let conn = ctx.store.read_fresh().await?;
    draft.locations = locations(&conn, &before, &draft).await?;
    let changed = draft.visit_type.clone();
    let after = Arc::new(draft.applied_to(&before));
    let zone = before
        .location(before.default_location)
        .map_or((TimeZone::UTC, "UTC".to_owned()), |at| (at.time_zone.clone(), at.time_zone_name.clone()));
    let visits = booked(&conn, practitioner).await?;
    let now: Timestamp = conn.row("SELECT rendez_now()", &[]).await?.get(0);
    let today = zone.0.to_datetime(now).date();
    let window = days_from(today, now, &zone.0).ok_or(Fault::plain("the end of the calendar is near"))?;
    let (as_of, _, taken) =
        busy(&conn, practitioner, reach(window)).await?.ok_or(BookingRefusal::NotFound)?;
    drop(conn);
    let rooms = Rooms::read(&ctx.store, &[&before, &after], reach(window)).await?;
    let found = |schedule: &Schedule| -> Vec<Slot> {
        let each = schedule.visit_types.iter();
        each.flat_map(|visit_type| rooms.slots(schedule, visit_type, window, as_of, &taken, None)).collect()
    };
    let (old, new) = (found(&before), found(&after));
    let days = (0..DAYS)
        .filter_map(|ahead| today.checked_add(ahead.days()).ok())
        .map(|date| DayOfSlots {
            date,
            before: old.iter().filter(on_date(&zone.0, date)).count(),
            after: new.iter().filter(on_date(&zone.0, date)).count(),
            starts: after
                .visit_types
                .iter()
                .map(|visit_type| {
                    let starts = new.iter().filter(|slot| slot.visit_type == visit_type.id);
                    (visit_type.id, starts.filter(on_date(&zone.0, date)).map(|slot| slot.start).collect())
                })
                .filter(|(_, starts): &(_, Vec<Timestamp>)| !starts.is_empty())
                .collect(),
        })
        .collect();
    let struck = visits
        .into_iter()
        .filter_map(|visit| match &changed {
            Some(changed) => concerned(changed, visit),
            None => struck(&before, &after, visit),
        })
        .collect();
    Ok(SchedulePreview { days, struck, time_zone: zone.1, as_of })
}

fn on_date(zone: &TimeZone, date: Date) -> impl Fn(&&Slot) -> bool {
    let zone = zone.clone();
    move |slot| zone.to_datetime(slot.start).date() == date
}

/// From now until the end of the last day shown.
fn days_from(today: Date, now: Timestamp, zone: &TimeZone) -> Option<TimeRange> {
    let end = today.checked_add(DAYS.days()).ok()?.to_zoned(zone.clone()).ok()?.timestamp();
    TimeRange::new(now, end).ok()
}

/// Whether a visit that is inside now would be outside then, and why.
fn struck(before: &Schedule, after: &Schedule, visit: Booked) -> Option<StruckVisit> {
    if verdict(before, &visit).is_some() {
        return None;
    }
    let why = verdict(after, &visit)?;
    Some(visit.because(why))
}

/// Whether a visit is of a visit type that would change: it stays as it was booked.
fn concerned(changed: &VisitType, visit: Booked) -> Option<StruckVisit> {
    let why = if changed.active { Why::Kept } else { Why::NotOffered };
    (visit.visit_type == changed.id).then(|| visit.because(why))
}

/// What of a schedule is in the way of a visit, notice, horizon and grid aside: it is booked already.
fn verdict(schedule: &Schedule, visit: &Booked) -> Option<Why> {
    let notice = schedule.visit_type(visit.visit_type).map_or(0, |visit_type| visit_type.min_notice_minutes);
    let just_in_time = visit
        .range
        .start()
        .checked_sub(SignedDuration::from_mins(notice.into()))
        .unwrap_or(visit.range.start());
    match check(schedule, visit.visit_type, visit.range.start(), just_in_time, SignedDuration::ZERO) {
        Ok(offer) if offer.location != visit.location => Some(Why::Elsewhere),
        Ok(_) | Err(NotOffered::NotOnGrid | NotOffered::TooSoon { .. } | NotOffered::TooFar { .. }) => None,
        Err(NotOffered::NoOpening) => Some(Why::Outside),
        Err(NotOffered::Closed) => Some(Why::Closed),
        Err(NotOffered::Holiday) => Some(Why::Holiday),
        Err(NotOffered::TimeOff) => Some(Why::Away),
        Err(NotOffered::UnknownVisitType | NotOffered::Inactive) => Some(Why::NotOffered),
    }
}

/// A visit that is booked and ahead.
struct Booked {
    id: AppointmentId,
    patient: PatientId,
    visit_type: VisitTypeId,
    location: LocationId,
    range: TimeRange,
    time_zone: String,
}

impl Booked {
    fn because(self, why: Why) -> StruckVisit {
        let Self { id, patient, visit_type, range, time_zone, .. } = self;
        StruckVisit { id, patient, visit_type, range, time_zone, why }
    }
}

const BOOKED: &str =
    "SELECT id, patient_id, visit_type_id, location_id, starts_at, ends_at, time_zone FROM appointment
    WHERE practitioner_id = $1 AND starts_at > rendez_now()
      AND (status = 'booked' OR (status = 'held' AND hold_expires_at > rendez_now()))
    ORDER BY starts_at, id LIMIT $2";

async fn booked(conn: &Conn, practitioner: PractitionerId) -> Result<Vec<Booked>, Fault> {
    let rows = conn.rows(BOOKED, &[&practitioner.uuid(), &VISITS]).await?;
    let read = rows.iter().filter_map(|row| {
        Some(Booked {
            id: AppointmentId::from_uuid(row.get(0)),
            patient: PatientId::from_uuid(row.get(1)),
            visit_type: VisitTypeId::from_uuid(row.get(2)),
            location: LocationId::from_uuid(row.get(3)),
            range: TimeRange::new(row.get(4), row.get(5)).ok()?,
            time_zone: row.get(6),
        })
    });
    Ok(read.collect())
}

/// The organization's locations that the draft names and the schedule does not know yet.
async fn locations(conn: &Conn, schedule: &Schedule, draft: &Draft) -> Result<Vec<ScheduleLocation>, Fault> {
    let named: Vec<Uuid> = draft
        .named_locations()
        .into_iter()
        .filter(|id| schedule.location(*id).is_none())
        .map(LocationId::uuid)
        .collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let sql =
        "SELECT id, organization_id, time_zone FROM location WHERE id = ANY ($1) AND organization_id = $2";
    let rows = conn.rows(sql, &[&named, &schedule.organization.uuid()]).await?;
    let read = |row: &tokio_postgres::Row| {
        let name: String = row.get(2);
        let zone = TimeZone::get(&name).map_err(|error| Fault::new("looking up a location's zone", error))?;
        Ok(ScheduleLocation {
            id: LocationId::from_uuid(row.get(0)),
            organization: OrganizationId::from_uuid(row.get(1)),
            time_zone_name: name,
            time_zone: zone,
        })
    };
    rows.iter().map(read).collect()
}
