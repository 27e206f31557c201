//! Practitioners and patients by the thousand, entered by SQL, with ids that can be computed from a number.
//!
//! Everybody works Monday to Friday from 8 to 12 and from 13 to 17 in Paris, visits of 15 minutes, without notice. The
//! nth booking of such a group is fixed: its practitioner, start and patient follow from n, no two bookings want the
//! same time, and no patient is wanted in two places. So whatever goes wrong is the server's doing.

use anyhow::{Context, Result};
use jiff::civil::Weekday;
use jiff::{Timestamp, ToSpan, Zoned};
use rendez_vocab::clock::{Clock, SystemClock};
use rendez_vocab::ids::{PatientId, PractitionerId, SlotId, VisitTypeId};
use uuid::Uuid;

use crate::database::Database;

const ZONE: &str = "Europe/Paris";
const HALF_DAYS: [(i8, i8); 2] = [(8, 12), (13, 17)];
const VISIT_MINUTES: i32 = 15;
/// Days of the grid; the visit type's horizon is 365.
const DAYS: i32 = 350;

/// What an id stands for; part of the id's text.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// A practice.
    Organization = 1,
    /// Where it is.
    Location,
    /// Who works there.
    Practitioner,
    /// What can be booked.
    VisitType,
    /// Who books.
    Patient,
    /// What pgbench books: its script has to compute ids too.
    Appointment,
}

/// A group of practitioners and patients that one measurement has for itself.
pub(crate) struct Practices {
    group: u8,
    practitioners: u64,
    patients: u64,
    starts: Vec<Timestamp>,
}

impl Practices {
    /// Enters a group. With `mailed` the patients have addresses, so every confirmation also makes a mail.
    ///
    /// `group` keeps the ids apart; of `patients` there must be at least as many as practitioners.
    pub(crate) async fn make(
        database: &Database,
        group: u8,
        practitioners: u64,
        patients: u64,
        mailed: bool,
    ) -> Result<Self> {
        let sql = Rows { group, practitioners, patients, mailed }.sql();
        database.client.batch_execute(&sql).await.context("entering practitioners and patients")?;
        Ok(Self { group, practitioners, patients, starts: grid(SystemClock.now())? })
    }

    /// A group that a database which is kept from run to run does not have yet.
    pub(crate) async fn free_group(database: &Database) -> Result<u8> {
        let last = "SELECT coalesce(max(get_byte(uuid_send(id), 5)), 0) FROM organization
            WHERE id >= '019a0000-0100-7000-8000-000000000000' AND id < '019a0000-0200-7000-8000-000000000000'";
        let last: i32 = database.client.query_one(last, &[]).await?.get(0);
        u8::try_from(last + 1).context("the country has been measured too often: make it anew")
    }

    /// The slot of the nth booking. After the last one it begins again from the first.
    pub(crate) fn slot(&self, n: u64) -> SlotId {
        let round = n / self.practitioners;
        self.slot_of(n % self.practitioners, round as usize)
    }

    /// The slot of a practitioner that is so many starts from the first.
    pub(crate) fn slot_of(&self, practitioner: u64, turn: usize) -> SlotId {
        SlotId::new(
            self.practitioner(practitioner),
            VisitTypeId::from_uuid(self.uuid(Kind::VisitType, practitioner)),
            self.starts[turn % self.starts.len()],
        )
    }

    /// A practitioner by number.
    pub(crate) fn practitioner(&self, number: u64) -> PractitionerId {
        PractitionerId::from_uuid(self.uuid(Kind::Practitioner, number))
    }

    /// The number of the nth booking's patient.
    pub(crate) const fn patient_number(&self, n: u64) -> u64 {
        n % self.patients
    }

    /// A patient by number.
    pub(crate) fn patient(&self, number: u64) -> PatientId {
        PatientId::from_uuid(self.uuid(Kind::Patient, number))
    }

    /// How many patients there are.
    pub(crate) const fn patients(&self) -> u64 {
        self.patients
    }

    /// How many practitioners there are.
    pub(crate) const fn practitioners(&self) -> u64 {
        self.practitioners
    }

    /// Which group it is.
    pub(crate) const fn group(&self) -> u8 {
        self.group
    }

    /// The first start of the grid.
    pub(crate) fn first_start(&self) -> Timestamp {
        self.starts[0]
    }

    /// The starts of the grid before an instant.
    pub(crate) fn starts_before(&self, until: Timestamp) -> usize {
        self.starts.partition_point(|start| *start < until)
    }

    /// A condition that the practitioners of this group meet.
    pub(crate) fn is_ours(&self, column: &str) -> String {
        format!(
            "{column} IN (SELECT {} FROM generate_series(0, {}) g)",
            id_sql(Kind::Practitioner, self.group),
            self.practitioners - 1
        )
    }

    fn uuid(&self, kind: Kind, number: u64) -> Uuid {
        let text = format!("{}{}", id_prefix(kind, self.group), ID_NUMBER + number);
        Uuid::parse_str(&text).unwrap_or_default()
    }
}

/// Added to a record's number: 16 decimal digits, of which the first makes the variant of RFC 9562.
pub(crate) const ID_NUMBER: u64 = 8_000_000_000_000_000;

/// The first 16 digits of an id. The other 16 are [`ID_NUMBER`] and the record's number, in decimal, so that pgbench,
/// which only knows integers, can write an id too.
pub(crate) fn id_prefix(kind: Kind, group: u8) -> String {
    format!("019a0000{:02x}{group:02x}7000", kind as u8)
}

fn id_sql(kind: Kind, group: u8) -> String {
    format!("('{}' || ({ID_NUMBER} + g)::text)::uuid", id_prefix(kind, group))
}

/// What the practitioners of a group are called before their number, so that each can be looked for.
pub(crate) fn family_name(group: u8) -> String {
    format!("Figure{group:03}")
}

/// Every start, from the day after tomorrow on.
fn grid(now: Timestamp) -> Result<Vec<Timestamp>> {
    let today: Zoned = now.in_tz(ZONE)?;
    let mut starts = Vec::new();
    for ahead in 2..DAYS {
        let date = today.date().checked_add(ahead.days())?;
        if matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
            continue;
        }
        for (from, until) in HALF_DAYS {
            for quarter in 0..i64::from(until - from) * 60 / i64::from(VISIT_MINUTES) {
                let at =
                    date.at(from, 0, 0, 0).checked_add((quarter * i64::from(VISIT_MINUTES)).minutes())?;
                starts.push(at.in_tz(ZONE)?.timestamp());
            }
        }
    }
    Ok(starts)
}

struct Rows {
    group: u8,
    practitioners: u64,
    patients: u64,
    mailed: bool,
}

impl Rows {
    fn sql(&self) -> String {
        let Self { group, practitioners, patients, mailed } = self;
        let id = |kind| id_sql(kind, *group);
        let (organization, location, practitioner, visit_type, patient) = (
            id(Kind::Organization),
            id(Kind::Location),
            id(Kind::Practitioner),
            id(Kind::VisitType),
            id(Kind::Patient),
        );
        // Far above what the sequence of calendars gives.
        let calendar = |offset: u64| {
            let first = 1_000_000_000 + u64::from(*group) * 10_000_000 + offset;
            format!("(SELECT number::bigint << 40 FROM region WHERE code = 'fr') + {first} + g")
        };
        let (of_practitioner, of_patient) = (calendar(0), calendar(1_000_000));
        let everybody = format!("FROM generate_series(0, {}) g", practitioners - 1);
        let every_patient = format!("FROM generate_series(0, {}) g", patients - 1);
        let name = family_name(*group);
        let email = if *mailed { "'patient' || g || '@figures.example'" } else { "NULL" };
        let rules: String = HALF_DAYS
            .iter()
            .map(|(from, until)| {
                format!(
                    "INSERT INTO opening_rule (practitioner_id, location_id, weekday, starts, ends)
                     SELECT {practitioner}, {location}, day, '{from:02}:00', '{until:02}:00' {everybody}, generate_series(1, 5) day;"
                )
            })
            .collect();
        format!(
            "BEGIN;
             INSERT INTO region (code, number) VALUES ('fr', 1) ON CONFLICT DO NOTHING;
             INSERT INTO organization (id, region, name) SELECT {organization}, 'fr', 'Practice ' || g {everybody};
             INSERT INTO location (id, organization_id, name, city, latitude, longitude, time_zone)
                SELECT {location}, {organization}, 'Practice ' || g, 'Rennes', 48.11, -1.68, '{ZONE}' {everybody};
             INSERT INTO calendar (id, kind, exclusive) SELECT {of_practitioner}, 'practitioner', true {everybody};
             INSERT INTO practitioner (id, organization_id, calendar_id, location_id, given_name, family_name, search_name,
                works_public_holidays)
                SELECT {practitioner}, {organization}, {of_practitioner}, {location}, 'Anne', '{name} ' || g,
                    lower('{name} ') || g || ' anne', true {everybody};
             INSERT INTO visit_type (id, practitioner_id, name, duration_minutes, min_notice_minutes)
                SELECT {visit_type}, {practitioner}, 'Consultation', {VISIT_MINUTES}, 0 {everybody};
             {rules}
             INSERT INTO calendar (id, kind, exclusive) SELECT {of_patient}, 'patient', true {every_patient};
             INSERT INTO patient (id, region, calendar_id, given_name, family_name, email, registered_by)
                SELECT {patient}, 'fr', {of_patient}, 'Paul', 'Figure ' || g, {email}, 'server' {every_patient};
             COMMIT;
             ANALYZE organization, location, calendar, practitioner, visit_type, opening_rule, patient;"
        )
    }
}
