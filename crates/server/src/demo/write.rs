//! The demo's world into the tables, in one transaction.

use jiff::{SignedDuration, Timestamp};
use rendez_domain::regions::{Pack, search_key};
use rendez_platform::fault::Fault;
use rendez_platform::store::Transaction;
use rendez_vocab::{Actor, TimeRange};
use uuid::Uuid;

use super::people;
use super::world::{Appointment, Patient, Practice, Practitioner};
use crate::bulk::copy::{copy, row};

/// No claim is longer (constraint `claim_range`); a longer absence is several.
const LONGEST_CLAIM: SignedDuration = SignedDuration::from_hours(48);

/// Everything that is written.
pub(super) struct World {
    pub practices: Vec<Practice>,
    pub patients: Vec<Patient>,
    pub appointments: Vec<Appointment>,
}

impl World {
    fn practitioners(&self) -> impl Iterator<Item = (&Practice, &Practitioner)> {
        self.practices
            .iter()
            .flat_map(|practice| practice.practitioners.iter().map(move |one| (practice, one)))
    }
}

/// Writes directory, openings, patients, visits and claims. `wrote(done, total)` counts rows.
pub(super) async fn write(
    tx: &Transaction<'_>,
    pack: &Pack,
    world: &World,
    wrote: impl Fn(u64, u64) + Send + Sync,
) -> Result<(), Fault> {
    let claims = claims(world);
    let people = world.practitioners().count() + world.patients.len();
    // The few rows beside these do not show on a bar.
    let total = u64::try_from(2 * people + world.appointments.len() + claims.len()).unwrap_or(u64::MAX);
    let mut done = 0;
    let mut progress = |rows: u64| {
        done += rows;
        wrote(done.min(total), total);
    };
    calendars(tx, world, &mut progress).await?;
    practices(tx, pack, world).await?;
    practitioners(tx, pack, world, &mut progress).await?;
    openings(tx, world).await?;
    patients(tx, pack, &world.patients, &mut progress).await?;
    appointments(tx, pack, &world.appointments, &mut progress).await?;
    let rows = claims
        .iter()
        .map(|claim| row![claim.calendar, claim.range.start(), claim.range.end(), claim.kind, claim.owner]);
    copy(tx, "claim", "calendar_id, starts_at, ends_at, kind, owner_id", Box::new(rows), &mut progress).await
}

async fn calendars(
    tx: &Transaction<'_>,
    world: &World,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<(), Fault> {
    let practitioners = world.practitioners().map(|(_, one)| (one.schedule.calendar, "practitioner"));
    let rooms =
        world.practices.iter().flat_map(|practice| practice.rooms.iter().map(|room| (room.calendar, "room")));
    let patients = world.patients.iter().map(|patient| (patient.calendar, "patient"));
    let rows = practitioners.chain(rooms).chain(patients).map(|(id, kind)| row![id, kind, true]);
    copy(tx, "calendar", "id, kind, exclusive", Box::new(rows), progress).await
}

async fn practices(tx: &Transaction<'_>, pack: &Pack, world: &World) -> Result<(), Fault> {
    let region = pack.region();
    let country = region.as_str().to_ascii_uppercase();
    let rows = world.practices.iter().map(|one| row![one.organization.uuid(), region.as_str(), &one.name]);
    copy(tx, "organization", "id, region, name", Box::new(rows), &mut |_| ()).await?;
    let rows = world.practices.iter().map(|one| {
        row![
            one.location.uuid(),
            one.organization.uuid(),
            &one.name,
            &one.line,
            &one.postal_code,
            &one.city,
            &country,
            one.latitude,
            one.longitude,
            pack.time_zone_name(),
        ]
    });
    let columns =
        "id, organization_id, name, line, postal_code, city, country, latitude, longitude, time_zone";
    copy(tx, "location", columns, Box::new(rows), &mut |_| ()).await?;
    let rows = world.practices.iter().flat_map(|practice| {
        let at = practice.location.uuid();
        practice.rooms.iter().map(move |room| row![room.id.uuid(), at, room.calendar, room.kind, room.name])
    });
    copy(tx, "room", "id, location_id, calendar_id, kind, name", Box::new(rows), &mut |_| ()).await
}

async fn practitioners(
    tx: &Transaction<'_>,
    pack: &Pack,
    world: &World,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<(), Fault> {
    let rows = world.practitioners().map(|(_, one)| {
        let schedule = &one.schedule;
        row![
            schedule.practitioner.uuid(),
            schedule.organization.uuid(),
            schedule.calendar,
            schedule.default_location.uuid(),
            &one.given_name,
            &one.family_name,
            search_key(&format!("{} {}", one.family_name, one.given_name)),
            one.specialty,
            one.sector,
            &one.languages,
            &one.phone,
            &one.email,
            people::about(pack.default_locale(), &one.family_name),
            schedule.accepts_new_patients,
            schedule.visit_types.iter().any(|visit_type| visit_type.telehealth),
            schedule.works_public_holidays,
            schedule.version,
        ]
    });
    let columns = "id, organization_id, calendar_id, location_id, given_name, family_name, search_name, specialty, sector, languages,
        phone, email, about, accepts_new_patients, telehealth, works_public_holidays, schedule_version";
    copy(tx, "practitioner", columns, Box::new(rows), progress).await?;
    let count = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let rows = world.practitioners().flat_map(|(_, one)| {
        one.schedule.visit_types.iter().zip(0i16..).map(move |(visit_type, position)| {
            row![
                visit_type.id.uuid(),
                one.schedule.practitioner.uuid(),
                &visit_type.name,
                count(visit_type.duration_minutes),
                count(visit_type.buffer_before_minutes),
                count(visit_type.buffer_after_minutes),
                count(visit_type.min_notice_minutes),
                count(visit_type.max_horizon_days),
                count(visit_type.hold_minutes),
                visit_type.telehealth,
                visit_type.who_may_book.as_str(),
                &visit_type.room_kind,
                position,
            ]
        })
    });
    let columns = "id, practitioner_id, name, duration_minutes, buffer_before_minutes, buffer_after_minutes, min_notice_minutes,
        max_horizon_days, hold_minutes, telehealth, who_may_book, room_kind, position";
    copy(tx, "visit_type", columns, Box::new(rows), &mut |_| ()).await
}

async fn openings(tx: &Transaction<'_>, world: &World) -> Result<(), Fault> {
    let rows = world.practitioners().flat_map(|(_, one)| {
        one.schedule.rules.iter().map(|rule| {
            row![
                one.schedule.practitioner.uuid(),
                rule.location.uuid(),
                i16::from(rule.weekday.to_monday_one_offset()),
                rule.starts,
                rule.ends,
                rule.visit_types.iter().map(|id| id.uuid()).collect::<Vec<Uuid>>(),
                rule.valid_from,
                i16::from(rule.every_weeks),
            ]
        })
    });
    let columns =
        "practitioner_id, location_id, weekday, starts, ends, visit_type_ids, valid_from, every_weeks";
    copy(tx, "opening_rule", columns, Box::new(rows), &mut |_| ()).await?;
    let rows = world.practitioners().flat_map(|(_, one)| {
        let whose = one.schedule.practitioner.uuid();
        one.schedule.closures.iter().map(move |closure| row![whose, closure.starts, closure.ends, "Congés"])
    });
    copy(tx, "closure", "practitioner_id, starts, ends, reason", Box::new(rows), &mut |_| ()).await?;
    let rows = world.practitioners().flat_map(|(_, one)| {
        one.schedule.openings.iter().map(|opening| {
            row![
                opening.id.uuid(),
                one.schedule.practitioner.uuid(),
                opening.location.uuid(),
                opening.range.start(),
                opening.range.end(),
            ]
        })
    });
    copy(tx, "opening", "id, practitioner_id, location_id, starts_at, ends_at", Box::new(rows), &mut |_| ())
        .await?;
    let rows = world.practitioners().flat_map(|(_, one)| {
        let whose = one.schedule.practitioner.uuid();
        one.schedule
            .time_off
            .iter()
            .map(move |off| row![off.id.uuid(), whose, off.range.start(), off.range.end(), "Formation"])
    });
    copy(tx, "time_off", "id, practitioner_id, starts_at, ends_at, reason", Box::new(rows), &mut |_| ()).await
}

async fn patients(
    tx: &Transaction<'_>,
    pack: &Pack,
    patients: &[Patient],
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<(), Fault> {
    let region = pack.region();
    let registered_by = Actor::Server.to_string();
    let rows = patients.iter().map(|one| {
        row![
            one.id.uuid(),
            region.as_str(),
            one.calendar,
            &one.given_name,
            &one.family_name,
            one.birth_date,
            &one.email,
            &one.phone,
            &one.locale,
            &registered_by,
        ]
    });
    let columns =
        "id, region, calendar_id, given_name, family_name, birth_date, email, phone, locale, registered_by";
    copy(tx, "patient", columns, Box::new(rows), progress).await
}

async fn appointments(
    tx: &Transaction<'_>,
    pack: &Pack,
    appointments: &[Appointment],
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<(), Fault> {
    let rows = appointments.iter().map(|one| {
        row![
            one.id.uuid(),
            one.patient.uuid(),
            one.practitioner.uuid(),
            one.organization.uuid(),
            one.location.uuid(),
            one.visit_type.uuid(),
            one.room.map(|(id, _)| id.uuid()),
            one.visit.start(),
            one.visit.end(),
            pack.time_zone_name(),
            one.status,
            one.reason,
            one.cancel_reason,
            one.telehealth,
            one.policy_version,
            one.version,
            one.created_at,
            one.updated_at,
            one.practitioner_calendar,
            one.patient_calendar,
            one.room.map(|(_, calendar)| calendar),
            one.blocked.start(),
            one.blocked.end(),
        ]
    });
    let columns = "id, patient_id, practitioner_id, organization_id, location_id, visit_type_id, room_id, starts_at, ends_at,
        time_zone, status, reason, cancel_reason, telehealth, policy_version, version, created_at, updated_at,
        practitioner_calendar, patient_calendar, room_calendar, claim_starts_at, claim_ends_at";
    copy(tx, "appointment", columns, Box::new(rows), progress).await
}

/// A row of the timeline.
struct Claim {
    calendar: i64,
    range: TimeRange,
    kind: &'static str,
    owner: Uuid,
}

/// What visits and absences take of everybody's time. Sorted, because the timeline's indexes are filled fastest so.
fn claims(world: &World) -> Vec<Claim> {
    let mut claims = Vec::with_capacity(world.appointments.len() * 2);
    for made in world.appointments.iter().filter(|made| made.status != "cancelled") {
        let mut claim = |calendar, range| {
            claims.push(Claim { calendar, range, kind: "appointment", owner: made.id.uuid() });
        };
        claim(made.practitioner_calendar, made.blocked);
        claim(made.patient_calendar, made.visit);
        if let Some((_, calendar)) = made.room {
            claim(calendar, made.blocked);
        }
    }
    for (_, one) in world.practitioners() {
        let (calendar, owner) = (one.schedule.calendar, one.schedule.practitioner.uuid());
        for piece in one.schedule.time_off.iter().flat_map(|off| pieces(off.range)) {
            claims.push(Claim { calendar, range: piece, kind: "time-off", owner });
        }
    }
    claims.sort_unstable_by_key(|claim| (claim.calendar, claim.range));
    claims
}

/// A range in pieces that a claim may have.
fn pieces(range: TimeRange) -> Vec<TimeRange> {
    let starts = std::iter::successors(Some(range.start()), |start: &Timestamp| {
        start.checked_add(LONGEST_CLAIM).ok().filter(|next| *next < range.end())
    });
    starts
        .filter_map(|start| {
            let end = start.checked_add(LONGEST_CLAIM).unwrap_or(range.end());
            TimeRange::new(start, end.min(range.end())).ok()
        })
        .collect()
}
