//! The metric of the last check. The recorder belongs to the process, so this test has one of its own.

use rendez_domain::search::feed::IndexSettings;
use rendez_platform::telemetry::metrics::Metrics;
use rendez_testkit::World;

#[tokio::test]
async fn the_metric_says_how_many_differed() {
    let metrics = Metrics::of_process().expect("a recorder");
    let says = |line: &str| metrics.render().lines().any(|told| told == line);
    let world = World::new().await;
    let dentist = world.practitioner(Vec::new()).await;
    let (node, stop) = world.searching_process(IndexSettings::default()).await;
    let index = node.services.search.index.clone().expect("it has one");

    // Nobody tells the index.
    let client = world.database.connect().await;
    let sql = "UPDATE practitioner SET telehealth = true WHERE id = $1";
    client.execute(sql, &[&dentist.id.uuid()]).await.expect("a change");
    assert_eq!(index.check().await.expect("a check").differing, 1);
    assert!(says("rendez_index_differences 1"));
    assert!(metrics.render().contains("\nrendez_index_checked_at "), "and when");

    index.check().await.expect("a check");
    assert!(says("rendez_index_differences 0"), "it was mended");
    stop.cancel();
}
