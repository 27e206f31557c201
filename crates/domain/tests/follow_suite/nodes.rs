//! Processes with an index, and what they offer.

use std::sync::Arc;

use jiff::civil::{Weekday, time};
use jiff::{SignedDuration, Timestamp};
use rendez_domain::directory::{
    self, NewPractitioner, NewVisitType, OpeningHours, Practitioner, WeeklyOpening,
};
use rendez_domain::search::feed::{CheckRefusal, CheckReport, IndexSettings, SearchIndex};
use rendez_domain::search::{SearchRequest, Source, search};
use rendez_testkit::World;
use rendez_testkit::world::new_practitioner;
use rendez_vocab::Actor;
use rendez_vocab::ids::PractitionerId;
use tokio_util::sync::CancellationToken;

/// Somebody else takes a practitioner's ($1) time from $2 to $3, and only the log tells of it.
pub(crate) const TAKE: &str =
    "WITH taken AS (INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id)
        SELECT calendar_id, $2, $3, 'clinic', id FROM practitioner WHERE id = $1)
    INSERT INTO change (kind, practitioner_id, starts_at, ends_at) VALUES ('claimed', $1, $2, $3)";

/// A process with an index.
pub(crate) struct Node {
    pub(crate) world: World,
    pub(crate) stop: CancellationToken,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Node {
    pub(crate) async fn of(world: &World) -> Self {
        Self::with(world, IndexSettings::default()).await
    }

    /// A process that has seen everything that was done before it was asked for.
    pub(crate) async fn with(world: &World, settings: IndexSettings) -> Self {
        let node = Self::just_loaded(world, settings).await;
        // Transactions of other tests hold up the log for a moment.
        node.settle().await;
        node
    }

    /// A process that may still have to read what transactions under way hold up.
    pub(crate) async fn just_loaded(world: &World, settings: IndexSettings) -> Self {
        let (world, stop) = world.searching_process(settings).await;
        Self { world, stop }
    }

    pub(crate) fn index(&self) -> &SearchIndex {
        self.world.services.search.index.as_deref().expect("it has one")
    }

    /// Lets nobody follow the database any more, so that only what this process does itself is seen.
    pub(crate) async fn stop_following(&self) {
        self.stop.cancel();
        // The last step of the follower may be under way. Then three hold the index: it, searches and commands.
        let index = self.world.services.search.index.as_ref().expect("it has one");
        until("the follower has gone", async || Arc::strong_count(index) == 2).await;
    }

    /// Waits until everything that was committed before now is seen.
    pub(crate) async fn settle(&self) {
        let now = database_now(&self.world).await;
        until("the index is as of now", async || self.index().view().is_some_and(|view| view.as_of >= now))
            .await;
    }

    /// Whether a start is among what the node offers of somebody.
    pub(crate) async fn offers(&self, practitioner: PractitionerId, start: Timestamp) -> bool {
        let end = start.checked_add(SignedDuration::from_secs(1)).expect("a near time");
        let request =
            SearchRequest { from: Some(start), to: Some(end), limit: 100, ..SearchRequest::default() };
        let results = search(&self.world.ctx(Actor::Nobody), &request).await.expect("an answer");
        assert_eq!(results.source, Source::Index);
        results
            .results
            .iter()
            .any(|found| found.practitioner == practitioner && found.starts.contains(&start))
    }

    /// The next three starts that the node offers of somebody.
    pub(crate) async fn next(&self, practitioner: &Practitioner) -> Vec<Timestamp> {
        let request = SearchRequest {
            to: Some(
                self.world
                    .services
                    .clock
                    .now()
                    .checked_add(SignedDuration::from_hours(24 * 61))
                    .expect("a date"),
            ),
            limit: 100,
            ..SearchRequest::default()
        };
        let results = search(&self.world.ctx(Actor::Nobody), &request).await.expect("an answer");
        assert_eq!(results.source, Source::Index);
        let found = results.results.into_iter().find(|found| found.practitioner == practitioner.id);
        found.map(|found| found.starts).unwrap_or_default()
    }

    /// Compares everything, after the pass that may be under way because a night has gone by.
    pub(crate) async fn check(&self) -> CheckReport {
        loop {
            match self.index().check().await {
                Err(CheckRefusal::Running) => tokio::task::yield_now().await,
                checked => return checked.expect("a check"),
            }
        }
    }

    /// Proves that the index is as a new one would be.
    pub(crate) async fn assert_right(&self, practitioners: u64) {
        let report = self.check().await;
        let expected = CheckReport { practitioners, millis: report.millis, ..CheckReport::default() };
        assert_eq!(report, expected);
    }
}

pub(crate) async fn database_now(world: &World) -> Timestamp {
    world.database.connect().await.query_one("SELECT rendez_now()", &[]).await.expect("a clock").get(0)
}

/// Looks again and again until something is so.
pub(crate) async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let patience = std::time::Duration::from_secs(60);
    let look = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(patience, look).await.unwrap_or_else(|_| panic!("it never happened: {what}"));
}

pub(crate) fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

pub(crate) fn later(instant: Timestamp, by: SignedDuration) -> Timestamp {
    instant.checked_add(by).expect("a near time")
}

/// One visit type of half an hour.
pub(crate) fn half_hours() -> Vec<NewVisitType> {
    vec![NewVisitType { duration_minutes: 30, ..NewVisitType::default() }]
}

/// Enters somebody who also works where another does.
pub(crate) async fn colleague(
    world: &World,
    of: &Practitioner,
    visit_types: Vec<NewVisitType>,
) -> Practitioner {
    let new = NewPractitioner { organization: Some(of.organization), visit_types, ..new_practitioner() };
    let colleague = world.enter(new).await;
    let evening = WeeklyOpening {
        weekday: Weekday::Sunday,
        starts: time(22, 0, 0, 0),
        ends: time(23, 0, 0, 0),
        location: Some(of.locations[0].id),
        visit_types: Vec::new(),
        valid_from: None,
        valid_until: None,
        every_weeks: 1,
    };
    let hours = OpeningHours { weekly: vec![evening], ..OpeningHours::default() };
    directory::put_opening_hours(&world.admin(), colleague.id, None, hours).await.expect("opening hours");
    colleague
}

/// Stands before every reading of everybody, and keeps up nothing else: a lock on a table would hold up the log.
pub(crate) struct Gate(tokio_postgres::Client);

impl Gate {
    pub(crate) async fn before_reading_everybody(world: &World) -> Self {
        let client = world.database.connect().await;
        let name = world.database.config().get_dbname().expect("a name").to_owned();
        let sql = format!(
            "CREATE FUNCTION pg_export_snapshot() RETURNS text LANGUAGE plpgsql AS $$ BEGIN
                PERFORM pg_advisory_xact_lock_shared(1); RETURN pg_catalog.pg_export_snapshot(); END $$;
             ALTER DATABASE {name} SET search_path = public, pg_catalog"
        );
        client.batch_execute(&sql).await.expect("a gate");
        Self(client)
    }

    pub(crate) async fn close(&self) {
        self.0.batch_execute("SELECT pg_advisory_lock(1)").await.expect("it is closed");
    }

    pub(crate) async fn open(&self) {
        self.0.batch_execute("SELECT pg_advisory_unlock(1)").await.expect("it is open");
    }

    pub(crate) async fn until_somebody_waits(&self) {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        until("somebody stands before the gate", async || {
            self.0.query_one(sql, &[]).await.expect("a count").get::<_, i64>(0) > 0
        })
        .await;
    }
}
