//! A small practice to test with: services over a database of the test's own, and builders in a receptionist's words.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use rendez_domain::availability::{HolidayCalendar, ScheduleCache};
use rendez_domain::booking::{Appointment, BookingRefusal, HoldRequest};
use rendez_domain::ctx::BookingSettings;
use rendez_domain::directory::{self, NewLocation, NewOpenings, NewPatient, NewPractitioner, NewVisitType, Practitioner};
use rendez_domain::idempotency::{Answer, IdempotencyKey};
use rendez_domain::{Ctx, Origin, Services, booking, regions};
use rendez_platform::auth::Passwords;
use rendez_platform::auth::entropy::SystemEntropy;
use rendez_platform::change_log::ChangeFeed;
use rendez_platform::store::Store;
use rendez_vocab::clock::SystemClock;
use rendez_vocab::ids::{PatientId, SlotId, VisitTypeId};
use rendez_vocab::{Actor, TimeRange};
use serde_json::Value;

use crate::TestDatabase;

/// Services over a database of the test's own.
pub struct World {
    /// The database.
    pub database: TestDatabase,
    /// What commands work with.
    pub services: Arc<Services>,
}

impl World {
    /// An empty region.
    pub async fn new() -> Self {
        let database = TestDatabase::new().await;
        let services = Arc::new(services(database.store()));
        regions::install(&services.store, services.pack).await.expect("the region can be installed");
        Self { database, services }
    }

    /// A context for somebody.
    pub fn ctx(&self, actor: Actor) -> Ctx {
        Ctx { services: Arc::clone(&self.services), actor, origin: Origin::default(), idempotency: None }
    }

    /// A context for an admin.
    pub fn admin(&self) -> Ctx {
        self.ctx(Actor::Admin("test".into()))
    }

    /// A context for a patient whose request may be repeated.
    pub fn patient_with_key(&self, patient: PatientId, route: &str, key: &str) -> Ctx {
        let actor = Actor::Patient(patient);
        let idempotency = Some(IdempotencyKey {
            caller: actor.to_string(),
            route: route.into(),
            key: key.into(),
            fingerprint: b"same".to_vec(),
        });
        Ctx { idempotency, ..self.ctx(actor) }
    }

    /// A practitioner in Rennes with these visit types.
    pub async fn practitioner(&self, visit_types: Vec<NewVisitType>) -> Practitioner {
        let new = NewPractitioner {
            organization: None,
            given_name: "Hélène".into(),
            family_name: "Le Goff".into(),
            specialty: Some("general-practice".into()),
            languages: vec!["fr".into()],
            phone: None,
            email: None,
            accepts_new_patients: true,
            telehealth: false,
            works_public_holidays: false,
            location: Some(rennes()),
            visit_types,
        };
        match directory::create_practitioner(&self.admin(), new, |_| Value::Null).await.expect("a practitioner") {
            Answer::Fresh(made) => made,
            Answer::Replayed(_) => panic!("nothing to replay"),
        }
    }

    /// A patient, without an address for mails.
    pub async fn patient(&self) -> PatientId {
        let new =
            NewPatient { given_name: "Ana".into(), family_name: "Martin".into(), ..NewPatient::default() };
        match directory::create_patient(&self.admin(), new, |_| Value::Null).await.expect("a patient") {
            Answer::Fresh(made) => made.id,
            Answer::Replayed(_) => panic!("nothing to replay"),
        }
    }

    /// Opens a practitioner's day, some days ahead, from 8:00 UTC for so many minutes. Returns the range.
    pub async fn open_day(&self, practitioner: &Practitioner, days_ahead: i64, minutes: i64) -> TimeRange {
        let today = self.services.clock_day();
        let start = today.checked_add((days_ahead * 24 + 8).hours()).expect("a near day");
        let end = start.checked_add(minutes.minutes()).expect("a near time");
        let range = TimeRange::new(start, end).expect("a range");
        let new = NewOpenings { ranges: vec![range], visit_types: Vec::new(), location: None };
        directory::open(&self.admin(), practitioner.id, new, |_| Value::Null).await.expect("an opening");
        range
    }

    /// The slot of a practitioner's first visit type at an instant.
    pub fn slot(&self, practitioner: &Practitioner, start: Timestamp) -> SlotId {
        SlotId::new(practitioner.id, first_visit_type(practitioner), start)
    }

    /// A patient holds a slot for themselves.
    pub async fn hold(&self, patient: PatientId, slot: SlotId) -> Result<Appointment, BookingRefusal> {
        booking::hold(&self.ctx(Actor::Patient(patient)), HoldRequest { slot, patient, reason: None }).await
    }

    /// A patient holds a slot and confirms it.
    pub async fn book(&self, patient: PatientId, slot: SlotId) -> Appointment {
        let held = self.hold(patient, slot).await.expect("a hold");
        booking::confirm(&self.ctx(Actor::Patient(patient)), held.id, None).await.expect("a booking")
    }

    /// Lets time pass for everybody: the database's clock is the one that counts.
    pub async fn let_pass(&self, time: SignedDuration) {
        self.database.shift_clock(time).await;
    }

    /// Proves that the timeline and the appointments agree: nothing overlaps, every live visit has its claims, no claim
    /// is left over.
    pub async fn assert_consistent(&self) {
        let client = self.database.connect().await;
        for (what, sql) in CHECKS {
            let wrong: i64 = client.query_one(*sql, &[]).await.expect(what).get(0);
            assert_eq!(wrong, 0, "{what}");
        }
    }
}

const CHECKS: &[(&str, &str)] = &[
    (
        "exclusive claims that overlap",
        "SELECT count(*) FROM claim a JOIN claim b ON a.calendar_id = b.calendar_id AND a.id < b.id AND a.exclusive AND b.exclusive
            AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at",
    ),
    (
        "live visits without a claim on the practitioner's calendar",
        "SELECT count(*) FROM appointment a WHERE a.status IN ('held', 'booked', 'arrived', 'fulfilled', 'no-show') AND NOT EXISTS (
            SELECT FROM claim c WHERE c.calendar_id = a.practitioner_calendar AND c.owner_id = a.id)",
    ),
    (
        "live visits without a claim on the patient's calendar",
        "SELECT count(*) FROM appointment a WHERE a.status IN ('held', 'booked', 'arrived', 'fulfilled', 'no-show') AND NOT EXISTS (
            SELECT FROM claim c WHERE c.calendar_id = a.patient_calendar AND c.starts_at = a.starts_at AND c.owner_id = a.id)",
    ),
    (
        "claims of visits that ended",
        "SELECT count(*) FROM claim c JOIN appointment a ON a.id = c.owner_id WHERE a.status IN ('cancelled', 'expired')",
    ),
    (
        "claims whose deadline contradicts the visit's state",
        "SELECT count(*) FROM claim c JOIN appointment a ON a.id = c.owner_id
         WHERE (a.status = 'held') <> (c.expires_at IS NOT NULL) OR (a.status = 'held' AND a.hold_expires_at <> c.expires_at)",
    ),
    (
        "holds without their row of the limit, or rows without their hold",
        "SELECT count(*) FROM (SELECT id FROM appointment WHERE status = 'held') a FULL JOIN hold h ON h.appointment_id = a.id
         WHERE a.id IS NULL OR h.appointment_id IS NULL",
    ),
];

/// What every test practice works with.
fn services(store: Store) -> Services {
    let pack = regions::pack("fr".parse().expect("a region")).expect("the French pack");
    let (feed, _) = ChangeFeed::new(store.clone());
    let holidays: HolidayCalendar = pack.holidays(2020..=2040).into_iter().map(|(date, _)| date).collect();
    let entropy = Arc::new(SystemEntropy);
    Services {
        store,
        schedules: ScheduleCache::new(holidays),
        booking: BookingSettings::default(),
        pack,
        passwords: Passwords::new(entropy.clone()),
        clock: Arc::new(SystemClock),
        entropy,
        waker: feed.waker(),
    }
}

/// The visit type that patients see first.
pub fn first_visit_type(practitioner: &Practitioner) -> VisitTypeId {
    practitioner.visit_types.first().map(|visit_type| visit_type.id).expect("every practitioner has a visit type")
}

/// A practice in Rennes.
pub fn rennes() -> NewLocation {
    NewLocation {
        name: "Cabinet des Lices".into(),
        line: "2 place des Lices".into(),
        postal_code: "35000".into(),
        city: "Rennes".into(),
        country: "FR".into(),
        latitude: Some(48.1147),
        longitude: Some(-1.6794),
        time_zone: "Europe/Paris".into(),
    }
}

trait ClockDay {
    /// The beginning of today, UTC.
    fn clock_day(&self) -> Timestamp;
}

impl ClockDay for Services {
    fn clock_day(&self) -> Timestamp {
        let now = self.clock.now();
        let day = TimeZone::UTC.to_datetime(now).date();
        day.to_zoned(TimeZone::UTC).map_or(now, |start| start.timestamp())
    }
}
