//! What happens while everybody is read, and before the end of the log is reached.

use std::sync::Arc;

use rendez_domain::search::feed::{IndexSettings, SearchIndex};
use rendez_index::{Moment, Query, Scratch, Span};
use rendez_platform::telemetry::health::Readiness;
use rendez_testkit::World;
use tokio_util::sync::CancellationToken;

use crate::nodes::{Gate, Node, TAKE, half_hours, later, minutes, until};

#[tokio::test]
async fn what_is_committed_or_begun_while_everybody_is_read_is_seen() {
    let world = World::new().await;
    let dentist = world.practitioner(half_hours()).await;
    let day = world.open_day(&dentist, 3, 90).await;
    let (first, second, third) =
        (day.start(), later(day.start(), minutes(30)), later(day.start(), minutes(60)));
    let gate = Gate::before_reading_everybody(&world).await;
    gate.close().await;
    // The position in the log is taken, and nobody is read yet.
    let reading = tokio::spawn({
        let world = world.clone();
        async move { Node::just_loaded(&world, IndexSettings::default()).await }
    });
    gate.until_somebody_waits().await;
    world.book(world.patient().await, world.slot(&dentist, first)).await;
    let mut slow = world.database.connect().await;
    let begun = slow.transaction().await.expect("a transaction");
    let taken = [&dentist.id.uuid() as &(dyn tokio_postgres::types::ToSql + Sync), &second, &third];
    begun.execute(TAKE, &taken).await.expect("taken, if it is committed");
    gate.open().await;
    let node = reading.await.expect("a node");
    assert!(!node.offers(dentist.id, first).await, "committed while it was loading");
    assert!(node.offers(dentist.id, second).await, "not committed");
    begun.commit().await.expect("committed");
    until("the slow one is seen", async || !node.offers(dentist.id, second).await).await;
    assert!(node.offers(dentist.id, third).await);
    node.settle().await;
    node.assert_right(1).await;
}

#[tokio::test]
async fn nobody_is_sent_here_before_a_long_log_has_been_read_to_its_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings =
        IndexSettings { file: Some(folder.path().join("search.index")), ..IndexSettings::default() };
    let world = World::new().await;
    let dentist = world.practitioner(half_hours()).await;
    let day = world.open_day(&dentist, 3, 60).await;
    let before = Node::with(&world, settings.clone()).await;
    before.stop_following().await;
    assert!(settings.file.as_ref().is_some_and(|file| file.exists()));

    let client = world.database.connect().await;
    client
        .execute(
            "INSERT INTO change (kind, practitioner_id, starts_at, ends_at)
             SELECT 'released', $1, $2, $3 FROM generate_series(1, 9000)",
            &[&dentist.id.uuid(), &day.start(), &day.end()],
        )
        .await
        .expect("a long log");
    client.execute(TAKE, &[&dentist.id.uuid(), &day.start(), &day.end()]).await.expect("taken at last");

    let pack = world.services.pack;
    let holidays = pack.holidays(2020..=2040).into_iter().map(|(date, _)| date).collect();
    let index = Arc::new(SearchIndex::new(world.database.store(), pack, holidays, settings));
    let (readiness, stop) = (Readiness::new(), CancellationToken::new());
    let alarm = world.services.waker.alarm();
    let running = tokio::spawn(Arc::clone(&index).run(alarm, readiness.part("search index"), stop.clone()));
    let free = || {
        let view = index.view()?;
        let now = view.reader.now();
        let in_a_week = Moment::from_unix(now.unix() + 7 * 86_400);
        let query = Query::in_window(Span::new(now, in_a_week));
        Some(view.reader.search(&query, &mut Scratch::default()).hits.len())
    };
    assert!(!readiness.is_ready());
    until("it is ready", async || {
        let is_ready = readiness.is_ready();
        if let Some(free) = free() {
            assert_eq!(free, 0, "whoever asks sees the end of the log");
        }
        is_ready
    })
    .await;
    assert_eq!(free(), Some(0));
    stop.cancel();
    running.await.expect("it ends");
    assert!(!readiness.is_ready(), "nobody follows any more");
}
