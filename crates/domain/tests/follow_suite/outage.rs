//! The database stops and comes back.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use rendez_domain::search::feed::{IndexSettings, SearchIndex};
use rendez_domain::{Services, regions};
use rendez_platform::migrations;
use rendez_platform::private_postgres::{PrivatePostgres, PrivatePostgresSettings};
use rendez_platform::store::{Store, StoreSettings};
use rendez_platform::telemetry::health::Readiness;
use rendez_testkit::World;
use rendez_vocab::entropy::SeededEntropy;
use tokio_util::sync::CancellationToken;

use crate::nodes::{Node, TAKE, half_hours, until};

#[tokio::test]
async fn a_database_that_stops_leaves_stale_answers_and_is_followed_again_when_it_is_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = std::fs::Permissions::from_mode(0o711);
    std::fs::set_permissions(folder.path(), open).expect("PostgreSQL may run as another user");
    let settings = PrivatePostgresSettings { durable: false, ..PrivatePostgresSettings::new(folder.path()) };
    let postgres = PrivatePostgres::start(&settings, &SeededEntropy::new(1)).await.expect("a server");
    let store = Store::new(postgres.config(), &StoreSettings::default()).expect("a pool");
    migrations::run(&mut store.read_fresh().await.expect("a connection"), &migrations::embedded())
        .await
        .expect("a schema");
    let node = process(&store).await;
    let world = &node.world;
    let dentist = world.practitioner(half_hours()).await;
    let day = world.open_day(&dentist, 3, 60).await;
    assert!(node.offers(dentist.id, day.start()).await);
    until("it is fresh", async || !node.index().view().expect("an index").stale).await;

    postgres.stop().await.expect("it stops");
    until("it is stale", async || node.index().view().expect("an index").stale).await;
    assert!(node.index().progress().lag_seconds.is_some_and(|lag| lag >= 5.0));
    assert!(node.offers(dentist.id, day.start()).await, "it goes on answering");
    let before = node.index().view().expect("an index").reader.now();
    until("time goes on", async || node.index().view().expect("an index").reader.now() > before).await;

    let again = PrivatePostgres::start(&settings, &SeededEntropy::new(2)).await.expect("a server");
    until("it is fresh again", async || !node.index().view().expect("an index").stale).await;
    // Somebody else's booking, so that only the log tells of it.
    let other = store.read_fresh().await.expect("a connection");
    other.execute(TAKE, &[&dentist.id.uuid(), &day.start(), &day.end()]).await.expect("a change");
    drop(other);
    until("the change is seen", async || !node.offers(dentist.id, day.start()).await).await;
    node.assert_right(1).await;
    drop(node);
    store.close();
    again.stop().await.expect("it stops");
}

/// A process with an index over a server of the test's own.
async fn process(store: &Store) -> Node {
    // Its own database is not used: the services are what counts.
    let World { database, services } = World::new().await;
    let Ok(services) = Arc::try_unwrap(services) else { panic!("nobody else has them") };
    regions::install(store, services.pack).await.expect("the region can be installed");
    let holidays = services.pack.holidays(2020..=2040).into_iter().map(|(date, _)| date).collect();
    let index = Arc::new(SearchIndex::new(store.clone(), services.pack, holidays, IndexSettings::default()));
    let stop = CancellationToken::new();
    let alarm = services.waker.alarm();
    tokio::spawn(Arc::clone(&index).run(alarm, Readiness::new().part("search index"), stop.clone()));
    until("it is loaded", async || index.view().is_some()).await;
    let mut services = Services { store: store.clone(), committed: Arc::clone(&index) as _, ..services };
    services.search.index = Some(index);
    Node { world: World { database, services: Arc::new(services) }, stop }
}
