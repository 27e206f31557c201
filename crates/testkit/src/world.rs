//! A small practice to test with: services over a database of the test's own, and builders in a receptionist's words.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use rendez_domain::availability::{HolidayCalendar, ScheduleCache};
use rendez_domain::booking::{Appointment, BookingRefusal, HoldRequest};
use rendez_domain::committed::Nobody;
use rendez_domain::ctx::BookingSettings;
use rendez_domain::directory::{
    self, NewLocation, NewOpenings, NewPatient, NewPractitioner, NewVisitType, OpenedRange, Practitioner,
};
use rendez_domain::idempotency::{Answer, IdempotencyKey};
use rendez_domain::search::Searching;
use rendez_domain::search::feed::{IndexSettings, SearchIndex};
use rendez_domain::{Ctx, Origin, Services, booking, regions};
use rendez_platform::auth::Passwords;
use rendez_platform::auth::entropy::SystemEntropy;
use rendez_platform::change_log::ChangeFeed;
use rendez_platform::store::{Store, StoreSettings};
use rendez_platform::telemetry::health::Readiness;
use rendez_vocab::clock::SystemClock;
use rendez_vocab::ids::{OpeningId, PatientId, SlotId, VisitTypeId};
use rendez_vocab::{Actor, Clock, TimeRange};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::{TestDatabase, consistency};

/// Services over a database of the test's own.
#[derive(Clone)]
pub struct World {
    /// The database.
    pub database: Arc<TestDatabase>,
    /// What commands work with.
    pub services: Arc<Services>,
}

impl World {
    /// An empty region.
    pub async fn new() -> Self {
        Self::with_clock(Arc::new(SystemClock)).await
    }

    /// An empty region whose first process has this clock.
    pub async fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self::over(TestDatabase::new().await, clock).await
    }

    /// An empty region over a database.
    pub async fn over(database: TestDatabase, clock: Arc<dyn Clock>) -> Self {
        let database = Arc::new(database);
        let services = Arc::new(services(store(&database, 8), clock));
        regions::install(&services.store, services.pack).await.expect("the region can be installed");
        Self { database, services }
    }

    /// A second process over the same database: a pool, caches and a clock of its own.
    pub fn another_process(&self, clock: Arc<dyn Clock>) -> Self {
        let services = Arc::new(services(store(&self.database, 4), clock));
        Self { database: Arc::clone(&self.database), services }
    }

    /// A further process that answers searches from an index of its own, which has been loaded and follows until the token
    /// is cancelled.
    pub async fn searching_process(&self, settings: IndexSettings) -> (Self, CancellationToken) {
        let mut services = services(store(&self.database, 8), Arc::new(SystemClock));
        // The nightly pass mends what a test wants to find, at whatever time of day the test runs.
        let sql = "SELECT (rendez_now() AT TIME ZONE $1)::time - interval '1 hour'";
        let zone = services.pack.time_zone_name().to_owned();
        let hour_ago =
            self.database.connect().await.query_one(sql, &[&zone]).await.expect("a time of day").get(0);
        let settings = IndexSettings { check_at: hour_ago, ..settings };
        let index =
            SearchIndex::new(services.store.clone(), services.pack, holidays(services.pack), settings);
        let index = Arc::new(index);
        let stop = CancellationToken::new();
        let part = Readiness::new().part("search index");
        tokio::spawn(Arc::clone(&index).run(services.waker.alarm(), part, stop.clone()));
        while index.view().is_none() {
            tokio::task::yield_now().await;
        }
        services.committed = Arc::clone(&index) as _;
        services.search.index = Some(index);
        (Self { database: Arc::clone(&self.database), services: Arc::new(services) }, stop)
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
        self.enter(NewPractitioner { visit_types, ..new_practitioner() }).await
    }

    /// Enters a practitioner.
    pub async fn enter(&self, new: NewPractitioner) -> Practitioner {
        match directory::create_practitioner(&self.admin(), new, |_| Value::Null)
            .await
            .expect("a practitioner")
        {
            Answer::Fresh(made) => made,
            Answer::Replayed(_) => panic!("nothing to replay"),
        }
    }

    /// Somebody who works at the desk of a practitioner's organization.
    pub fn desk_of(&self, practitioner: &Practitioner) -> Ctx {
        self.ctx(Actor::Staff { subject: "desk".into(), organizations: vec![practitioner.organization] })
    }

    /// A patient, without an address for mails.
    pub async fn patient(&self) -> PatientId {
        self.enter_patient(None).await
    }

    /// A patient who gets mails.
    pub async fn patient_with_mail(&self, email: &str) -> PatientId {
        self.enter_patient(Some(email.into())).await
    }

    async fn enter_patient(&self, email: Option<String>) -> PatientId {
        let new = NewPatient {
            given_name: "Ana".into(),
            family_name: "Martin".into(),
            email,
            ..NewPatient::default()
        };
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
        self.open(practitioner, range).await;
        range
    }

    /// Opens a range of a practitioner for every visit type.
    pub async fn open(&self, practitioner: &Practitioner, range: TimeRange) -> OpenedRange {
        let new = NewOpenings { ranges: vec![range], visit_types: Vec::new(), location: None };
        match directory::open(&self.admin(), practitioner.id, new, |_| Value::Null).await.expect("an opening")
        {
            Answer::Fresh(mut opened) => opened.pop().expect("one range, one opening"),
            Answer::Replayed(_) => panic!("nothing to replay"),
        }
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
        booking::confirm(&self.ctx(Actor::Patient(patient)), held.id, None, None).await.expect("a booking")
    }

    /// Lets time pass for everybody: the database's clock is the one that counts.
    pub async fn let_pass(&self, time: SignedDuration) {
        self.database.shift_clock(time).await;
    }

    /// Stops the database's clock at an instant, so that a test can stand right before a deadline.
    pub async fn stop_clock_at(&self, instant: Timestamp) {
        let sql = format!(
            "CREATE OR REPLACE FUNCTION rendez_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
             RETURN '{instant}'::timestamptz"
        );
        self.database.connect().await.batch_execute(&sql).await.expect("the clock's function is replaced");
    }

    /// The id of an opening that a statement finds.
    pub async fn opening_id(&self, sql: &str) -> OpeningId {
        OpeningId::from_uuid(
            self.database.connect().await.query_one(sql, &[]).await.expect("one opening").get(0),
        )
    }

    /// What a statement counts.
    pub async fn count(&self, sql: &str) -> i64 {
        self.database.connect().await.query_one(sql, &[]).await.expect("a count").get(0)
    }

    /// Proves that the timeline and the appointments agree: nothing overlaps, every live visit has its claims, no claim
    /// is left over.
    pub async fn assert_consistent(&self) {
        consistency::check(&self.database.connect().await).await;
    }
}

/// A pool that waits as long as a busy machine needs.
fn store(database: &TestDatabase, pool_size: usize) -> Store {
    let wait = Duration::from_secs(60);
    let settings = StoreSettings { pool_size, wait, statement_timeout: wait };
    Store::new(database.config(), &settings).expect("a pool on a socket")
}

fn holidays(pack: &regions::Pack) -> HolidayCalendar {
    pack.holidays(2020..=2040).into_iter().map(|(date, _)| date).collect()
}

/// What every test practice works with.
fn services(store: Store, clock: Arc<dyn Clock>) -> Services {
    let pack = regions::pack("fr".parse().expect("a region")).expect("the French pack");
    let (feed, _) = ChangeFeed::new(store.clone());
    let entropy = Arc::new(SystemEntropy);
    Services {
        store,
        schedules: ScheduleCache::new(holidays(pack)),
        booking: BookingSettings::default(),
        pack,
        passwords: Passwords::new(entropy.clone()),
        clock,
        entropy,
        waker: feed.waker(),
        committed: Arc::new(Nobody),
        search: Searching::default(),
        public_url: "http://rendez.test".into(),
    }
}

/// The visit type that patients see first.
pub fn first_visit_type(practitioner: &Practitioner) -> VisitTypeId {
    practitioner
        .visit_types
        .first()
        .map(|visit_type| visit_type.id)
        .expect("every practitioner has a visit type")
}

/// A general practitioner in Rennes, to be changed as a test needs.
pub fn new_practitioner() -> NewPractitioner {
    NewPractitioner {
        organization: None,
        given_name: "Hélène".into(),
        family_name: "Le Goff".into(),
        specialty: Some("general-practice".into()),
        sector: None,
        languages: vec!["fr".into()],
        phone: None,
        email: None,
        about: None,
        accepts_new_patients: true,
        telehealth: false,
        works_public_holidays: false,
        location: Some(rennes()),
        visit_types: Vec::new(),
    }
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
