//! Reads practitioners' schedules: seven statements that travel together, however many practitioners.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use rendez_platform::fault::Fault;
use rendez_platform::store::Conn;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{LocationId, OpeningId, OrganizationId, PractitionerId, TimeOffId, VisitTypeId};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::{
    Closure, HolidayCalendar, Opening, OpeningRule, Schedule, ScheduleLocation, TimeOff, VisitType,
    WhoMayBook,
};

const PRACTITIONERS: &str =
    "SELECT id, calendar_id, organization_id, location_id, schedule_version, active, accepts_new_patients,
    works_public_holidays FROM practitioner WHERE id = ANY ($1)";
const LOCATIONS: &str = "SELECT at.practitioner_id, l.id, l.organization_id, l.time_zone FROM (
    SELECT id AS practitioner_id, location_id FROM practitioner WHERE id = ANY ($1)
    UNION SELECT practitioner_id, location_id FROM practitioner_location WHERE practitioner_id = ANY ($1)) at JOIN location l ON l.id = at.location_id";
/// The visit types of several practitioners; [`visit_type`] reads a row.
pub(crate) const VISIT_TYPES: &str = "SELECT practitioner_id, id, name, duration_minutes, buffer_before_minutes, buffer_after_minutes, min_notice_minutes,
    max_horizon_days, hold_minutes, telehealth, who_may_book, room_kind, active
    FROM visit_type WHERE practitioner_id = ANY ($1) ORDER BY position, id";
const RULES: &str = "SELECT practitioner_id, location_id, weekday, starts, ends, visit_type_ids, valid_from, valid_until, every_weeks
    FROM opening_rule WHERE practitioner_id = ANY ($1) ORDER BY id";
const CLOSURES: &str = "SELECT practitioner_id, starts, ends FROM closure
    WHERE practitioner_id = ANY ($1) AND ends > rendez_now()::timestamp - interval '2 days'";
const OPENINGS: &str =
    "SELECT practitioner_id, id, location_id, starts_at, ends_at, visit_type_ids FROM opening
    WHERE practitioner_id = ANY ($1) AND ends_at > rendez_now() - interval '2 days' ORDER BY starts_at";
const TIME_OFF: &str = "SELECT practitioner_id, id, starts_at, ends_at FROM time_off
    WHERE practitioner_id = ANY ($1) AND ends_at > rendez_now() - interval '2 days'";

/// The schedules of these practitioners as they stand, unknown ones left out. One snapshot: `repeatable read`.
pub(crate) async fn load(
    conn: &mut Conn,
    practitioners: &[PractitionerId],
    holidays: &Arc<HolidayCalendar>,
) -> Result<Vec<Schedule>, Fault> {
    let tx = conn
        .build_transaction()
        .read_only(true)
        .isolation_level(tokio_postgres::IsolationLevel::RepeatableRead)
        .start()
        .await?;
    let ids: Vec<Uuid> = practitioners.iter().map(|id| id.uuid()).collect();
    let prepare = |sql: &'static str| tx.prepare_cached(sql);
    let (heads, locations, visit_types, rules, closures, openings, time_off) = futures_util::try_join!(
        prepare(PRACTITIONERS),
        prepare(LOCATIONS),
        prepare(VISIT_TYPES),
        prepare(RULES),
        prepare(CLOSURES),
        prepare(OPENINGS),
        prepare(TIME_OFF)
    )?;
    let key: [&(dyn ToSql + Sync); 1] = [&ids];
    let (heads, locations, visit_types, rules, closures, openings, time_off) = futures_util::try_join!(
        tx.query(&heads, &key),
        tx.query(&locations, &key),
        tx.query(&visit_types, &key),
        tx.query(&rules, &key),
        tx.query(&closures, &key),
        tx.query(&openings, &key),
        tx.query(&time_off, &key)
    )?;
    tx.commit().await?;
    let mut schedules: HashMap<Uuid, Schedule> =
        heads.iter().map(|row| (row.get(0), head(row, holidays))).collect();
    for row in &locations {
        let location = location(row)?;
        add(&mut schedules, row, |schedule| schedule.locations.push(location));
    }
    for row in &visit_types {
        add(&mut schedules, row, |schedule| schedule.visit_types.push(visit_type(row)));
    }
    for row in &rules {
        add(&mut schedules, row, |schedule| schedule.rules.push(rule(row)));
    }
    for row in &closures {
        add(&mut schedules, row, |schedule| schedule.closures.push(closure(row)));
    }
    for row in &openings {
        add(&mut schedules, row, |schedule| schedule.openings.extend(opening(row)));
    }
    for row in &time_off {
        add(&mut schedules, row, |schedule| schedule.time_off.extend(away(row)));
    }
    Ok(schedules.into_values().collect())
}

/// Hands a row, whose first column names the practitioner, to that practitioner's schedule.
fn add(schedules: &mut HashMap<Uuid, Schedule>, row: &Row, put: impl FnOnce(&mut Schedule)) {
    if let Some(schedule) = schedules.get_mut(&row.get::<_, Uuid>(0)) {
        put(schedule);
    }
}

pub(crate) fn head(row: &Row, holidays: &Arc<HolidayCalendar>) -> Schedule {
    Schedule {
        practitioner: PractitionerId::from_uuid(row.get(0)),
        calendar: row.get(1),
        organization: OrganizationId::from_uuid(row.get(2)),
        default_location: LocationId::from_uuid(row.get(3)),
        version: row.get(4),
        active: row.get(5),
        accepts_new_patients: row.get(6),
        works_public_holidays: row.get(7),
        locations: Vec::new(),
        visit_types: Vec::new(),
        rules: Vec::new(),
        closures: Vec::new(),
        openings: Vec::new(),
        time_off: Vec::new(),
        holidays: Arc::clone(holidays),
    }
}

pub(crate) fn location(row: &Row) -> Result<ScheduleLocation, Fault> {
    let name: String = row.get(3);
    let time_zone =
        TimeZone::get(&name).map_err(|error| Fault::new("looking up a location's zone", error))?;
    Ok(ScheduleLocation {
        id: LocationId::from_uuid(row.get(1)),
        organization: OrganizationId::from_uuid(row.get(2)),
        time_zone_name: name,
        time_zone,
    })
}

pub(crate) fn visit_type(row: &Row) -> VisitType {
    let count = |column: usize| u32::try_from(row.get::<_, i32>(column)).unwrap_or(0);
    VisitType {
        id: VisitTypeId::from_uuid(row.get(1)),
        name: row.get(2),
        duration_minutes: count(3),
        buffer_before_minutes: count(4),
        buffer_after_minutes: count(5),
        min_notice_minutes: count(6),
        max_horizon_days: count(7),
        hold_minutes: count(8),
        telehealth: row.get(9),
        who_may_book: WhoMayBook::named(row.get(10)).unwrap_or(WhoMayBook::Known),
        room_kind: row.get(11),
        active: row.get(12),
    }
}

fn visit_type_ids(row: &Row, column: usize) -> Vec<VisitTypeId> {
    row.get::<_, Vec<Uuid>>(column).into_iter().map(VisitTypeId::from_uuid).collect()
}

pub(crate) fn rule(row: &Row) -> OpeningRule {
    OpeningRule {
        location: LocationId::from_uuid(row.get(1)),
        weekday: i8::try_from(row.get::<_, i16>(2))
            .ok()
            .and_then(|day| Weekday::from_monday_one_offset(day).ok())
            .unwrap_or(Weekday::Monday),
        starts: row.get::<_, Time>(3),
        ends: row.get::<_, Time>(4),
        visit_types: visit_type_ids(row, 5),
        valid_from: row.get::<_, Option<Date>>(6),
        valid_until: row.get::<_, Option<Date>>(7),
        every_weeks: u8::try_from(row.get::<_, i16>(8)).unwrap_or(1),
    }
}

pub(crate) fn closure(row: &Row) -> Closure {
    Closure { starts: row.get::<_, DateTime>(1), ends: row.get::<_, DateTime>(2) }
}

pub(crate) fn opening(row: &Row) -> Option<Opening> {
    Some(Opening {
        id: OpeningId::from_uuid(row.get(1)),
        location: LocationId::from_uuid(row.get(2)),
        range: TimeRange::new(row.get(3), row.get(4)).ok()?,
        visit_types: visit_type_ids(row, 5),
    })
}

pub(crate) fn away(row: &Row) -> Option<TimeOff> {
    Some(TimeOff {
        id: TimeOffId::from_uuid(row.get(1)),
        range: TimeRange::new(row.get(2), row.get(3)).ok()?,
    })
}
