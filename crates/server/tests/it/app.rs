//! The whole HTTP surface in this process: the real router behind the real accept loop, over a database of the test's own.
//!
//! Tokens come from the application's own issuer. It does not know what a test asks for: that is `client` and `practice`.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use rendez_domain::availability::{HolidayCalendar, ScheduleCache};
use rendez_domain::committed::Nobody;
use rendez_domain::ctx::BookingSettings;
use rendez_domain::search::Searching;
use rendez_domain::search::feed::{IndexSettings, SearchIndex};
use rendez_domain::{Services, regions};
use rendez_platform::auth::entropy::SystemEntropy;
use rendez_platform::auth::session::SessionLifetime;
use rendez_platform::auth::{Issuer, IssuerSettings, Passwords, ServerSecret, Verifier};
use rendez_platform::change_log::{ChangeFeed, Follower};
use rendez_platform::store::{Store, StoreSettings};
use rendez_platform::telemetry::health::Readiness;
use rendez_platform::telemetry::metrics::Metrics;
use rendez_testkit::{TestDatabase, World};
use rendez_vocab::Actor;
use rendez_vocab::clock::SystemClock;
use rendez_vocab::ids::OrganizationId;
use rendez_web::api::live::Live;
use rendez_web::internal::{NodeSettings, Nodes};
use rendez_web::middleware::admission::{Admission, Limits};
use rendez_web::serve::{ServeSettings, serve};
use rendez_web::{App, AppParts, WebSettings};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::client::Caller;

/// The name in the own issuer's tokens.
pub(crate) const ISSUER: &str = "https://rendez.test";
/// Whom the tokens are for.
pub(crate) const AUDIENCE: &str = "rendez";
/// No test waits longer for something that must happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What a test wants to be different.
pub(crate) struct Setup {
    pub(crate) limits: Limits,
    pub(crate) request_timeout: Duration,
    pub(crate) max_body_bytes: usize,
    pub(crate) public_url: &'static str,
    /// Searches are answered from an index.
    pub(crate) index: bool,
    /// Or by these search nodes.
    pub(crate) nodes: Option<NodeSettings>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            limits: Limits {
                max_in_flight: 200,
                max_streams: 20,
                requests_per_minute_per_caller: 0,
                requests_per_minute_per_address: 0,
                sign_ins_per_minute_per_address: 0,
            },
            request_timeout: Duration::from_secs(30),
            max_body_bytes: 64 * 1024,
            public_url: "http://localhost",
            index: false,
            nodes: None,
        }
    }
}

/// A running application.
pub(crate) struct TestApp {
    /// Its database, and the business behind its back.
    pub(crate) world: World,
    nobody: Caller,
    issuer: Arc<Issuer>,
    stop: CancellationToken,
    data: TempDir,
}

impl TestApp {
    /// With limits that no test meets by accident.
    pub(crate) async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    /// With something different.
    pub(crate) async fn with(setup: Setup) -> Self {
        let database = Arc::new(TestDatabase::new().await);
        let stop = CancellationToken::new();
        let remote = setup.nodes.clone().map(|nodes| Nodes::new(nodes).expect("addresses of nodes"));
        let search = Searching { remote: remote.map(|nodes| Arc::new(nodes) as _), ..Searching::default() };
        let (services, feed, follower) = process(&database, search, setup.index, &stop).await;
        let world = World { database, services };
        Self::of(&setup, world, (feed, follower), stop).await
    }

    /// The same application on another process's services.
    pub(crate) async fn answering_as(&self, world: World) -> Self {
        let (feed, follower) = ChangeFeed::new(world.services.store.clone());
        Self::of(&Setup::default(), world, (feed, follower), CancellationToken::new()).await
    }

    async fn of(
        setup: &Setup,
        world: World,
        (feed, follower): (ChangeFeed, Follower),
        stop: CancellationToken,
    ) -> Self {
        let data = tempfile::tempdir().expect("a directory");
        let live = Live::new(feed);
        live.spawn(stop.clone());
        tokio::spawn(follower.run(stop.clone()));
        let app = app(setup, &world, live, data.path(), stop.clone());
        let issuer = Arc::clone(&app.issuer);
        let router = rendez_web::router(app).expect("a router");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let nobody = Caller::nobody(format!("http://{}", listener.local_addr().expect("bound")));
        tokio::spawn(serve(listener, router, ServeSettings::default(), stop.clone()));
        Self { world, nobody, issuer, stop, data }
    }

    /// Somebody who is not signed in.
    pub(crate) fn nobody(&self) -> Caller {
        self.nobody.clone()
    }

    /// Somebody with this very token.
    pub(crate) fn with_token(&self, token: &str) -> Caller {
        self.nobody.with_token(token)
    }

    /// Where its keys are.
    pub(crate) fn data_dir(&self) -> &std::path::Path {
        self.data.path()
    }

    /// An operator.
    pub(crate) fn admin(&self) -> Caller {
        self.as_actor(&Actor::Admin("operator".into()))
    }

    /// A patient.
    pub(crate) fn patient(&self, id: &str) -> Caller {
        self.as_actor(&Actor::Patient(id.parse().expect("a patient's id")))
    }

    /// A practitioner.
    pub(crate) fn practitioner(&self, id: &str) -> Caller {
        self.as_actor(&Actor::Practitioner(id.parse().expect("a practitioner's id")))
    }

    /// Somebody at the desk of an organization.
    pub(crate) fn desk(&self, organization: &str) -> Caller {
        let organization: OrganizationId = organization.parse().expect("an organization's id");
        self.as_actor(&Actor::Staff { subject: "desk".into(), organizations: vec![organization] })
    }

    /// A partner's program.
    pub(crate) fn partner(&self, name: &str) -> Caller {
        self.as_actor(&Actor::System(name.into()))
    }

    /// A token of the own issuer.
    pub(crate) fn token(&self, actor: &Actor, lifetime: SignedDuration) -> String {
        self.issuer.issue(actor, lifetime).expect("a token")
    }

    /// A token signed with the application's own keys, under other names.
    pub(crate) fn token_of(&self, issuer: &str, audience: &str, actor: &Actor) -> String {
        let services = &self.world.services;
        let settings = IssuerSettings::in_data_dir(self.data.path(), issuer, audience);
        let issuer = Issuer::open(settings, services.clock.clone(), services.entropy.clone());
        issuer.expect("the keys are there").issue(actor, SignedDuration::from_hours(1)).expect("a token")
    }

    fn as_actor(&self, actor: &Actor) -> Caller {
        self.with_token(&self.token(actor, SignedDuration::from_hours(1)))
    }

    /// A time so many days ahead, `hour` o'clock UTC and some minutes.
    pub(crate) fn at(&self, days_ahead: i64, hour: i64, minute: i64) -> Timestamp {
        let today = TimeZone::UTC.to_datetime(self.world.services.clock.now()).date();
        let midnight = today.to_zoned(TimeZone::UTC).expect("UTC has every midnight").timestamp();
        let ahead = (days_ahead * 24 + hour).hours().minutes(minute);
        midnight.checked_add(ahead).expect("a near time")
    }

    /// The end of a test: nothing is left over.
    pub(crate) async fn close(self) {
        self.world.assert_consistent().await;
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A process over a database; with an index it is loaded, and followed until the stop.
pub(crate) async fn process(
    database: &TestDatabase,
    search: Searching,
    index: bool,
    stop: &CancellationToken,
) -> (Arc<Services>, ChangeFeed, Follower) {
    let wait = Duration::from_secs(60);
    let store = StoreSettings { pool_size: 8, wait, statement_timeout: wait };
    let store = Store::new(database.config(), &store).expect("a pool on a socket");
    let (feed, follower) = ChangeFeed::new(store.clone());
    let mut services = services(store, &feed);
    regions::install(&services.store, services.pack).await.expect("the region can be installed");
    services.search = search;
    if index {
        let settings = IndexSettings::default();
        let index =
            SearchIndex::new(services.store.clone(), services.pack, holidays(services.pack), settings);
        let index = Arc::new(index);
        let part = Readiness::new().part("search");
        tokio::spawn(Arc::clone(&index).run(feed.waker().alarm(), part, stop.clone()));
        until("the index is loaded", async || index.view().is_some()).await;
        services.committed = index.clone();
        services.search.index = Some(index);
    }
    (Arc::new(services), feed, follower)
}

/// Looks again and again until something is so.
pub(crate) async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let mut beat = tokio::time::interval(Duration::from_millis(5));
    while !is_so().await {
        assert!(tokio::time::Instant::now() < deadline, "it never happened: {what}");
        beat.tick().await;
    }
}

fn holidays(pack: &regions::Pack) -> HolidayCalendar {
    pack.holidays(2020..=2040).into_iter().map(|(date, _)| date).collect()
}

fn services(store: Store, feed: &ChangeFeed) -> Services {
    let pack = regions::pack("fr".parse().expect("a region")).expect("the French pack");
    let entropy = Arc::new(SystemEntropy);
    Services {
        store,
        schedules: ScheduleCache::new(holidays(pack)),
        booking: BookingSettings::default(),
        pack,
        passwords: Passwords::new(entropy.clone()),
        clock: Arc::new(SystemClock),
        entropy,
        waker: feed.waker(),
        committed: Arc::new(Nobody),
        search: Searching::default(),
        public_url: "http://rendez.test".into(),
    }
}

fn app(setup: &Setup, world: &World, live: Live, data: &std::path::Path, stop: CancellationToken) -> App {
    let services = Arc::clone(&world.services);
    let settings = IssuerSettings::in_data_dir(data, ISSUER, AUDIENCE);
    let issuer = Issuer::open(settings, services.clock.clone(), services.entropy.clone());
    let issuer = Arc::new(issuer.expect("keys can be made"));
    App::new(AppParts {
        verifier: Verifier::new(Arc::clone(&issuer)),
        issuer,
        secret: ServerSecret::open(data, services.entropy.clone()).expect("a secret can be made"),
        readiness: Readiness::new(),
        metrics: Metrics::of_process().expect("a recorder"),
        live,
        admission: Admission::new(setup.limits),
        stop,
        settings: WebSettings {
            public_url: setup.public_url.to_owned(),
            request_timeout: setup.request_timeout,
            max_body_bytes: setup.max_body_bytes,
            trusted_proxies: 1,
            sessions: SessionLifetime {
                idle: SignedDuration::from_hours(1),
                total: SignedDuration::from_hours(2),
            },
        },
        services,
        demo: None,
    })
}
