//! Parts of the country into the tables: one transaction for each part, every row by COPY.

use jiff::Timestamp;
use jiff::civil::{Time, time};
use rendez_domain::regions::{Pack, search_key};
use rendez_platform::fault::Fault;
use rendez_platform::store::Transaction;
use rendez_vocab::Actor;

use super::patients::Patient;
use super::practices::{Practice, Practitioner};
use crate::bulk::copy::{copy, row};

/// How many rows were written, and how much time they are about.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Written {
    /// Rows of all tables.
    pub(super) rows: u64,
    /// Rows of the timeline.
    pub(super) claims: u64,
    /// Opening time of the coming days, in seconds.
    pub(super) opened: i64,
    /// How much of it is taken.
    pub(super) taken: i64,
}

/// Writes practices with all that belongs to them.
pub(super) async fn practices(
    tx: &Transaction<'_>,
    pack: &Pack,
    practices: &[Practice],
) -> Result<Written, Fault> {
    let mut rows = 0;
    let mut count = |copied: u64| rows += copied;
    let everybody = || {
        practices.iter().flat_map(|practice| practice.practitioners.iter().map(move |one| (practice, one)))
    };
    let calendars = everybody().map(|(_, one)| row![one.calendar, "practitioner", true]);
    copy(tx, "calendar", "id, kind, exclusive", Box::new(calendars), &mut count).await?;
    places(tx, pack, practices, &mut count).await?;
    let lines = everybody().map(|(practice, one)| {
        row![
            one.id.uuid(),
            practice.id.uuid(),
            one.calendar,
            practice.locations.first().map(|location| location.id.uuid()),
            &one.given_name,
            &one.family_name,
            search_key(&format!("{} {}", one.family_name, one.given_name)),
            one.specialty,
            one.sector,
            &one.languages,
            &one.phone,
            &one.email,
            one.accepts_new_patients,
            one.visit_types.iter().any(|visit_type| visit_type.telehealth),
            one.works_public_holidays,
        ]
    });
    let columns = "id, organization_id, calendar_id, location_id, given_name, family_name, search_name, specialty, sector,
        languages, phone, email, accepts_new_patients, telehealth, works_public_holidays";
    copy(tx, "practitioner", columns, Box::new(lines), &mut count).await?;
    let second = everybody().filter_map(|(practice, one)| {
        let second = practice.locations.get(1).filter(|_| one.week.iter().any(|shift| shift.elsewhere))?;
        Some(row![one.id.uuid(), second.id.uuid()])
    });
    copy(tx, "practitioner_location", "practitioner_id, location_id", Box::new(second), &mut count).await?;
    visit_types(tx, practices, &mut count).await?;
    opening_rules(tx, practices, &mut count).await?;
    let mut written = claims(tx, practices).await?;
    written.rows += rows;
    Ok(written)
}

async fn places(
    tx: &Transaction<'_>,
    pack: &Pack,
    practices: &[Practice],
    count: &mut (dyn FnMut(u64) + Send),
) -> Result<(), Fault> {
    let region = pack.region();
    let country = region.as_str().to_ascii_uppercase();
    let rows = practices.iter().map(|one| row![one.id.uuid(), region.as_str(), &one.name]);
    copy(tx, "organization", "id, region, name", Box::new(rows), count).await?;
    let country = &country;
    let rows = practices.iter().flat_map(|practice| {
        practice.locations.iter().map(move |location| {
            row![
                location.id.uuid(),
                practice.id.uuid(),
                &practice.name,
                &location.line,
                &location.town.postal_code,
                &location.town.name,
                country,
                location.latitude,
                location.longitude,
                pack.time_zone_name_at(location.town),
            ]
        })
    });
    let columns =
        "id, organization_id, name, line, postal_code, city, country, latitude, longitude, time_zone";
    copy(tx, "location", columns, Box::new(rows), count).await
}

async fn visit_types(
    tx: &Transaction<'_>,
    practices: &[Practice],
    count: &mut (dyn FnMut(u64) + Send),
) -> Result<(), Fault> {
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let rows = practitioners(practices).flat_map(|one| {
        one.visit_types.iter().zip(0i16..).map(move |(visit_type, position)| {
            row![
                visit_type.id.uuid(),
                one.id.uuid(),
                &visit_type.name,
                number(visit_type.duration_minutes),
                number(visit_type.buffer_before_minutes),
                number(visit_type.buffer_after_minutes),
                number(visit_type.min_notice_minutes),
                number(visit_type.max_horizon_days),
                number(visit_type.hold_minutes),
                visit_type.telehealth,
                visit_type.who_may_book.as_str(),
                position,
            ]
        })
    });
    let columns = "id, practitioner_id, name, duration_minutes, buffer_before_minutes, buffer_after_minutes, min_notice_minutes,
        max_horizon_days, hold_minutes, telehealth, who_may_book, position";
    copy(tx, "visit_type", columns, Box::new(rows), count).await
}

async fn opening_rules(
    tx: &Transaction<'_>,
    practices: &[Practice],
    count: &mut (dyn FnMut(u64) + Send),
) -> Result<(), Fault> {
    let rows = practices.iter().flat_map(|practice| {
        practice.practitioners.iter().flat_map(move |one| {
            one.week.iter().map(move |shift| {
                let at = practice.locations.get(usize::from(shift.elsewhere)).or(practice.locations.first());
                row![
                    one.id.uuid(),
                    at.map(|location| location.id.uuid()),
                    i16::from(shift.weekday.to_monday_one_offset()),
                    on_the_wall(shift.starts),
                    on_the_wall(shift.ends),
                ]
            })
        })
    });
    copy(tx, "opening_rule", "practitioner_id, location_id, weekday, starts, ends", Box::new(rows), count)
        .await
}

async fn claims(tx: &Transaction<'_>, practices: &[Practice]) -> Result<Written, Fault> {
    let mut claims = 0;
    let rows = practitioners(practices).flat_map(|one| {
        one.busy.blocks.iter().filter_map(move |(from, to)| {
            let (from, to) = (Timestamp::from_second(*from).ok()?, Timestamp::from_second(*to).ok()?);
            Some(row![one.calendar, from, to, "clinic", one.id.uuid()])
        })
    });
    let columns = "calendar_id, starts_at, ends_at, kind, owner_id";
    copy(tx, "claim", columns, Box::new(rows), &mut |copied| claims += copied).await?;
    Ok(Written {
        rows: claims,
        claims,
        opened: practitioners(practices).map(|one| one.busy.opened).sum(),
        taken: practitioners(practices).map(|one| one.busy.taken).sum(),
    })
}

/// Writes patients.
pub(super) async fn patients(
    tx: &Transaction<'_>,
    pack: &Pack,
    patients: &[Patient],
) -> Result<Written, Fault> {
    let mut rows = 0;
    let mut count = |copied: u64| rows += copied;
    let calendars = patients.iter().map(|one| row![one.calendar, "patient", true]);
    copy(tx, "calendar", "id, kind, exclusive", Box::new(calendars), &mut count).await?;
    let region = pack.region();
    let registered_by = &Actor::Server.to_string();
    let lines = patients.iter().map(|one| {
        row![
            one.id.uuid(),
            region.as_str(),
            one.calendar,
            &one.given_name,
            &one.family_name,
            one.birth_date,
            &one.email,
            &one.phone,
            pack.default_locale(),
            registered_by,
        ]
    });
    let columns =
        "id, region, calendar_id, given_name, family_name, birth_date, email, phone, locale, registered_by";
    copy(tx, "patient", columns, Box::new(lines), &mut count).await?;
    Ok(Written { rows, ..Written::default() })
}

fn practitioners(practices: &[Practice]) -> impl Iterator<Item = &Practitioner> {
    practices.iter().flat_map(|practice| practice.practitioners.iter())
}

/// Minutes after midnight as a time.
fn on_the_wall(minutes: i64) -> Time {
    let part = |number: i64| i8::try_from(number).unwrap_or(0);
    time(part(minutes / 60 % 24), part(minutes % 60), 0, 0)
}
