//! Reads practitioners whole, with everything that takes their time: statements that travel together, for a list of ids
//! or for a range of them.
//!
//! Somebody whose rows cannot be understood stays out, and keeps nobody else out.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rendez_index::{Moment, Span};
use rendez_platform::fault::Fault;
use rendez_platform::store::Transaction;
use rendez_vocab::ids::{LocationId, PractitionerId};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, ToSql, Type};
use uuid::Uuid;

use crate::availability::{HolidayCalendar, Schedule, rows};

/// A visit and its buffers reach no farther (8 hours before, a day and 8 hours behind), so no claim farther away blocks it.
pub(super) const REACH: SignedDuration = SignedDuration::from_hours(40);
/// A local day of the present may have begun so long ago.
const A_DAY: SignedDuration = SignedDuration::from_hours(26);

/// A practitioner as the database has them.
#[derive(Debug)]
pub(super) struct Person {
    /// What they open.
    pub schedule: Schedule,
    pub given_name: String,
    pub family_name: String,
    pub specialty: Option<String>,
    pub sector: Option<String>,
    pub languages: Vec<String>,
    pub phone: Option<String>,
    pub telehealth: bool,
    /// The locations of the schedule, in its order: the main one first.
    pub places: Vec<Place>,
    /// What takes their time.
    pub busy: Vec<Span>,
}

/// A location as people read it.
#[derive(Debug)]
pub(super) struct Place {
    pub name: String,
    pub line: String,
    pub postal_code: String,
    pub city: String,
    pub country: String,
    pub position: Option<(f64, f64)>,
}

/// Of whom to read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Which<'a> {
    /// Of these.
    Ids(&'a [Uuid]),
    /// Of all from the first to the last.
    Range(Uuid, Uuid),
}

/// The statements, with the condition on the practitioner's id and the parameters that bound the claims.
struct Statements {
    heads: &'static str,
    places: &'static str,
    visit_types: &'static str,
    rules: &'static str,
    closures: &'static str,
    openings: &'static str,
    time_off: &'static str,
    busy: &'static str,
}

macro_rules! statements {
    ($which:literal, $from:literal, $until:literal) => {
        Statements {
            heads: concat!(
                "SELECT id, calendar_id, organization_id, location_id, schedule_version, active, accepts_new_patients, works_public_holidays,
                    given_name, family_name, specialty, sector, languages, phone, telehealth FROM practitioner WHERE id ", $which),
            places: concat!(
                "SELECT p.id, l.id, l.organization_id, l.time_zone, l.name, l.line, l.postal_code, l.city, l.country, l.latitude, l.longitude, 0 AS place
                    FROM practitioner p JOIN location l ON l.id = p.location_id WHERE p.id ", $which,
                " UNION ALL SELECT f.practitioner_id, l.id, l.organization_id, l.time_zone, l.name, l.line, l.postal_code, l.city, l.country, l.latitude,
                    l.longitude, 1 FROM practitioner_location f JOIN location l ON l.id = f.location_id WHERE f.practitioner_id ", $which),
            visit_types: concat!(
                "SELECT practitioner_id, id, name, duration_minutes, buffer_before_minutes, buffer_after_minutes, min_notice_minutes,
                    max_horizon_days, hold_minutes, telehealth, who_may_book, room_kind, active
                    FROM visit_type WHERE practitioner_id ", $which, " ORDER BY practitioner_id, position, id"),
            rules: concat!(
                "SELECT practitioner_id, location_id, weekday, starts, ends, visit_type_ids, valid_from, valid_until, every_weeks
                    FROM opening_rule WHERE practitioner_id ", $which, " ORDER BY practitioner_id, id"),
            closures: concat!(
                "SELECT practitioner_id, starts, ends FROM closure
                    WHERE practitioner_id ", $which, " AND ends > rendez_now()::timestamp - interval '2 days'"),
            openings: concat!(
                "SELECT practitioner_id, id, location_id, starts_at, ends_at, visit_type_ids FROM opening
                    WHERE practitioner_id ", $which, " AND ends_at > rendez_now() - interval '2 days' ORDER BY practitioner_id, starts_at"),
            time_off: concat!(
                "SELECT practitioner_id, id, starts_at, ends_at FROM time_off
                    WHERE practitioner_id ", $which, " AND ends_at > rendez_now() - interval '2 days'"),
            busy: concat!(
                "SELECT p.id, busy.starts, busy.ends FROM practitioner p, LATERAL (
                    SELECT array_agg(c.starts_at) AS starts, array_agg(c.ends_at) AS ends FROM claim c WHERE c.calendar_id = p.calendar_id
                        AND c.starts_at > ", $from, "::timestamptz - interval '48 hours' AND c.starts_at < ", $until, "::timestamptz
                        AND c.ends_at > ", $from, "::timestamptz AND (c.expires_at IS NULL OR c.expires_at > rendez_now())) busy
                    WHERE busy.starts IS NOT NULL AND p.id ", $which),
        }
    };
}

const OF_IDS: Statements = statements!("= ANY ($1)", "$2", "$3");
const OF_RANGE: Statements = statements!("BETWEEN $1 AND $2", "$3", "$4");

/// What is read of whom, before it is understood: that is work for another thread.
pub(super) struct Rows {
    heads: Vec<Row>,
    places: Vec<Row>,
    visit_types: Vec<Row>,
    rules: Vec<Row>,
    closures: Vec<Row>,
    openings: Vec<Row>,
    time_off: Vec<Row>,
    busy: Vec<Row>,
}

/// The claims that may matter to somebody who looks from the local day of `now` until `until`.
pub(super) fn claims_window(now: Timestamp, until: Timestamp) -> (Timestamp, Timestamp) {
    let from = now.checked_sub(A_DAY + REACH).unwrap_or(Timestamp::MIN);
    (from, until.checked_add(A_DAY + REACH).unwrap_or(Timestamp::MAX))
}

/// Reads within a transaction. With one snapshot for all of its statements what they say fits together; without, whoever was
/// changed between them has to be read once more.
pub(super) async fn read(
    tx: &Transaction<'_>,
    which: Which<'_>,
    claims: (Timestamp, Timestamp),
) -> Result<Rows, Fault> {
    let (statements, key): (_, Vec<&(dyn ToSql + Sync)>) = match &which {
        Which::Ids(ids) => (&OF_IDS, vec![ids]),
        Which::Range(first, last) => (&OF_RANGE, vec![first, last]),
    };
    let mut busy_key = key.clone();
    busy_key.extend([&claims.0 as &(dyn ToSql + Sync), &claims.1]);
    let ask = async |sql: &'static str, key: &[&(dyn ToSql + Sync)]| {
        let statement = tx.prepare_cached(sql).await?;
        tx.query(&statement, key).await
    };
    let (heads, places, visit_types, rules, closures, openings, time_off, busy) = futures_util::try_join!(
        ask(statements.heads, &key),
        ask(statements.places, &key),
        ask(statements.visit_types, &key),
        ask(statements.rules, &key),
        ask(statements.closures, &key),
        ask(statements.openings, &key),
        ask(statements.time_off, &key),
        ask(statements.busy, &busy_key)
    )?;
    Ok(Rows { heads, places, visit_types, rules, closures, openings, time_off, busy })
}

impl Rows {
    /// The locations of those who have a visit type that needs a room.
    pub(super) fn rooms_wanted_at(&self) -> Vec<LocationId> {
        let needy: HashSet<Uuid> = self
            .visit_types
            .iter()
            .filter(|row| row.get::<_, bool>(12) && row.get::<_, Option<&str>>(11).is_some())
            .map(|row| row.get(0))
            .collect();
        let places = self.places.iter().filter(|row| needy.contains(&row.get::<_, Uuid>(0)));
        places.map(|row| LocationId::from_uuid(row.get(1))).collect()
    }

    /// The people in these rows, active or not, but for those whose rows cannot be understood.
    pub(super) fn people(self, holidays: &Arc<HolidayCalendar>) -> Vec<Person> {
        let heads = self.heads.iter();
        let mut people: Vec<Person> =
            heads.filter_map(|row| understood(row.get(0), || person(row, holidays))).collect();
        let numbers: HashMap<Uuid, usize> = people
            .iter()
            .enumerate()
            .map(|(number, person)| (person.schedule.practitioner.uuid(), number))
            .collect();
        let mut lost: HashSet<Uuid> = HashSet::new();
        let mut each = |rows: &[Row], put: &mut dyn FnMut(&mut Person, &Row)| {
            for row in rows {
                let id: Uuid = row.get(0);
                let Some(person) = numbers.get(&id).and_then(|number| people.get_mut(*number)) else {
                    continue;
                };
                if !lost.contains(&id) && understood(id, || put(person, row)).is_none() {
                    lost.insert(id);
                }
            }
        };
        each(&self.places, &mut put_place);
        each(&self.visit_types, &mut |person, row| person.schedule.visit_types.push(rows::visit_type(row)));
        each(&self.rules, &mut |person, row| person.schedule.rules.push(rows::rule(row)));
        each(&self.closures, &mut |person, row| person.schedule.closures.push(rows::closure(row)));
        each(&self.openings, &mut |person, row| person.schedule.openings.extend(rows::opening(row)));
        each(&self.time_off, &mut |person, row| person.schedule.time_off.extend(rows::away(row)));
        each(&self.busy, &mut |person, row| person.busy = busy(row, 1));
        people.retain(|person| !lost.contains(&person.schedule.practitioner.uuid()));
        people
    }
}

/// Does something for one practitioner. What the database lets somebody write past this program's rules may be beyond what
/// its types can hold, such as a closure without end; then nobody else shall suffer.
pub(super) fn understood<T>(practitioner: Uuid, doing: impl FnOnce() -> T) -> Option<T> {
    let done = std::panic::catch_unwind(AssertUnwindSafe(doing));
    if done.is_err() {
        metrics::counter!("rendez_index_unreadable_total").increment(1);
        tracing::error!(%practitioner, "what the database has of a practitioner cannot be understood; they are not found");
    }
    done.ok()
}

fn person(row: &Row, holidays: &Arc<HolidayCalendar>) -> Person {
    Person {
        schedule: rows::head(row, holidays),
        given_name: row.get(8),
        family_name: row.get(9),
        specialty: row.get(10),
        sector: row.get(11),
        languages: row.get(12),
        phone: row.get(13),
        telehealth: row.get(14),
        places: Vec::new(),
        busy: Vec::new(),
    }
}

/// The main place comes before the others; one of these may be the main one again. A place with a clock that this program
/// does not know opens nothing.
fn put_place(person: &mut Person, row: &Row) {
    let id = LocationId::from_uuid(row.get(1));
    if person.schedule.location(id).is_some() {
        return;
    }
    let Ok(location) = rows::location(row) else { return };
    let latitude: Option<f64> = row.get(9);
    let place = Place {
        name: row.get(4),
        line: row.get(5),
        postal_code: row.get(6),
        city: row.get(7),
        country: row.get(8),
        position: latitude.zip(row.get(10)),
    };
    // The main one is at the front, the others follow by id, whatever order the rows came in.
    let is_main = id == person.schedule.default_location;
    let behind = person
        .schedule
        .locations
        .iter()
        .position(|known| is_main || (known.id != person.schedule.default_location && known.id > id));
    let at = behind.unwrap_or(person.schedule.locations.len());
    person.schedule.locations.insert(at, location);
    person.places.insert(at, place);
}

/// Ranges from two arrays of instants.
pub(super) fn busy(row: &Row, column: usize) -> Vec<Span> {
    let starts: Vec<Instant> = row.get::<_, Option<_>>(column).unwrap_or_default();
    let ends: Vec<Instant> = row.get::<_, Option<_>>(column + 1).unwrap_or_default();
    starts.into_iter().zip(ends).map(|(start, end)| Span::new(start.floor(), end.ceil())).collect()
}

/// A range from two columns of instants, which may be without end.
pub(super) fn taken(row: &Row, column: usize) -> Span {
    Span::new(row.get::<_, Instant>(column).floor(), row.get::<_, Instant>(column + 1).ceil())
}

/// A range of instants as the index counts: a second that is only partly taken is taken.
pub(super) fn span(start: Timestamp, end: Timestamp) -> Span {
    let ceil = end.as_second() + i64::from(end.subsec_nanosecond() > 0);
    let floor = start.as_second() - i64::from(start.subsec_nanosecond() < 0);
    Span::new(Moment::from_unix(floor), Moment::from_unix(ceil))
}

/// An instant as PostgreSQL sends it, in microseconds since 2000: millions are read, and only seconds of them used.
#[derive(Debug, Clone, Copy)]
struct Instant(i64);

const POSTGRES_EPOCH: i64 = 946_684_800;
const MICROS: i64 = 1_000_000;

impl Instant {
    fn floor(self) -> Moment {
        Moment::from_unix(self.0.div_euclid(MICROS) + POSTGRES_EPOCH)
    }

    fn ceil(self) -> Moment {
        Moment::from_unix(
            self.0.div_euclid(MICROS) + i64::from(self.0.rem_euclid(MICROS) > 0) + POSTGRES_EPOCH,
        )
    }
}

impl FromSql<'_> for Instant {
    fn from_sql(_: &Type, raw: &[u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(i64::from_be_bytes(raw.try_into()?)))
    }

    fn accepts(kind: &Type) -> bool {
        *kind == Type::TIMESTAMPTZ
    }
}

/// The ids as they are known elsewhere.
pub(super) fn uuids(ids: &[PractitionerId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.uuid()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_of_a_second_is_taken() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let moment = |text: &str| Moment::from_unix(at(text).as_second());
        assert_eq!(
            span(at("2026-11-21T10:00:00.9Z"), at("2026-11-21T10:30:00.1Z")),
            Span::new(moment("2026-11-21T10:00:00Z"), moment("2026-11-21T10:30:01Z"))
        );
        let micros = (at("2026-11-21T10:00:00Z").as_second() - POSTGRES_EPOCH) * MICROS;
        assert_eq!(Instant(micros).floor(), moment("2026-11-21T10:00:00Z"));
        assert_eq!(Instant(micros).ceil(), moment("2026-11-21T10:00:00Z"));
        assert_eq!(Instant(micros + 1).ceil(), moment("2026-11-21T10:00:01Z"));
    }
}
