//! The change log on a real database: nothing skipped, gaps noticed, retention by the day.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rendez_platform::change_log::{
    Batch, ChangeCursor, ChangeFeed, FeedItem, Reading, head, maintain_partitions, read_after, timeline,
};
use rendez_platform::store::{Conn, Store};
use rendez_testkit::TestDatabase;
use tokio_postgres::Client;
use tokio_util::sync::CancellationToken;

async fn write(client: &Client, kind: &str) {
    client.execute("INSERT INTO change (kind) VALUES ($1)", &[&kind]).await.unwrap();
}

async fn read(conn: &Conn, cursor: ChangeCursor, limit: u32) -> Batch {
    match read_after(conn, cursor, limit).await.unwrap() {
        Reading::Batch(batch) => batch,
        Reading::Gap => panic!("no gap was expected"),
    }
}

/// Reads until there are so many. Transactions of other tests run in the same cluster, and readers wait for those too.
async fn read_all(conn: &Conn, mut cursor: ChangeCursor, expected: usize) -> Batch {
    let mut changes = Vec::new();
    loop {
        let batch = read(conn, cursor, 2).await;
        assert!(batch.changes.len() <= 2, "no more than was asked for");
        cursor = batch.cursor;
        changes.extend(batch.changes);
        if changes.len() >= expected {
            return Batch { changes, ..batch };
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn kinds(batch: &Batch) -> Vec<&str> {
    batch.changes.iter().map(|change| change.kind.as_str()).collect()
}

async fn connections(database: &TestDatabase) -> (Store, Conn, Client) {
    let store = database.store();
    let conn = store.read_fresh().await.unwrap();
    (store, conn, database.connect().await)
}

#[tokio::test]
async fn a_transaction_that_commits_late_is_not_skipped() {
    let database = TestDatabase::new().await;
    let (_store, conn, mut slow) = connections(&database).await;
    let fast = database.connect().await;

    let transaction = slow.transaction().await.unwrap();
    transaction.execute("INSERT INTO change (kind) VALUES ('late')", &[]).await.unwrap();
    write(&fast, "early").await;
    let batch = read(&conn, ChangeCursor::START, 10).await;
    assert!(batch.changes.is_empty(), "what came after a running transaction waits for it");
    transaction.commit().await.unwrap();

    let batch = read_all(&conn, batch.cursor, 2).await;
    assert_eq!(kinds(&batch), ["late", "early"]);
    assert!(read(&conn, batch.cursor, 10).await.changes.is_empty());
}

#[tokio::test]
async fn a_long_log_is_read_in_pieces_and_the_head_lies_after_it() {
    let database = TestDatabase::new().await;
    let (_store, conn, client) = connections(&database).await;
    client
        .batch_execute("INSERT INTO change (kind) SELECT 'k' || i FROM generate_series(1, 5) i")
        .await
        .unwrap();
    let batch = read_all(&conn, ChangeCursor::START, 5).await;
    assert_eq!(kinds(&batch), ["k1", "k2", "k3", "k4", "k5"]);
    assert!(head(&conn).await.unwrap() >= batch.changes[4].cursor);
}

#[tokio::test]
async fn a_follower_passes_on_what_is_written_after_its_start() {
    let database = TestDatabase::new().await;
    let (store, _conn, client) = connections(&database).await;
    let (feed, follower) = ChangeFeed::new(store);
    let mut listener = feed.subscribe();
    let stop = CancellationToken::new();
    let running = tokio::spawn(follower.run(stop.clone()));

    // It starts somewhere between these; everything after the first one that it sees has to come, in order.
    let mut seen = Vec::new();
    for number in 0..50 {
        write(&client, &number.to_string()).await;
        feed.waker().wake();
    }
    write(&client, "last").await;
    while seen.last().is_none_or(|kind| kind != "last") {
        let item = tokio::time::timeout(Duration::from_secs(20), listener.recv()).await;
        match item.expect("an item in time").unwrap() {
            FeedItem::Change(change) => seen.push(change.kind.clone()),
            FeedItem::Gap => panic!("no gap was expected"),
        }
    }
    let expected: Vec<String> = (0..50).map(|number| number.to_string()).chain(["last".to_owned()]).collect();
    assert!(expected.ends_with(&seen), "{seen:?}");
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn days_past_retention_are_dropped_and_who_was_away_too_long_learns_of_the_gap() {
    let database = TestDatabase::new().await;
    let (_store, conn, mut client) = connections(&database).await;
    let today: Timestamp = "2026-12-30T10:00:00Z".parse().unwrap();
    let day = SignedDuration::from_hours(24);
    let insert = "INSERT INTO change (kind, at) VALUES ($1, $2)";
    client.execute(insert, &[&"first", &today]).await.unwrap();

    assert_eq!(maintain_partitions(&mut client, today, 7).await.unwrap(), 0);
    assert_eq!(maintain_partitions(&mut client, today, 7).await.unwrap(), 0, "twice is as good as once");
    let partitions = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'change'::regclass";
    assert_eq!(
        client.query_one(partitions, &[]).await.unwrap().get::<_, i64>(0),
        9,
        "eight days and the default"
    );
    let stray = "SELECT count(*) FROM change_default";
    assert_eq!(
        client.query_one(stray, &[]).await.unwrap().get::<_, i64>(0),
        0,
        "the first row moved to its day"
    );

    let mut first = read_all(&conn, ChangeCursor::START, 1).await;
    while first.cursor.seq != i64::MAX {
        first = read(&conn, first.cursor, 10).await;
    }
    client.execute(insert, &[&"second", &(today + day)]).await.unwrap();
    let idle = read_all(&conn, ChangeCursor::START, 2).await;
    assert_eq!(kinds(&idle), ["first", "second"], "each is found in its day");

    assert_eq!(maintain_partitions(&mut client, today + day * 8, 7).await.unwrap(), 1);
    assert_eq!(
        kinds(&read_all(&conn, first.cursor, 1).await),
        ["second"],
        "who had read the dropped day goes on"
    );
    assert_eq!(read_after(&conn, ChangeCursor::START, 10).await.unwrap(), Reading::Gap);
    assert_eq!(maintain_partitions(&mut client, today + day * 30, 7).await.unwrap(), 8 + 7);
}

#[tokio::test]
async fn who_has_read_what_the_database_does_not_know_any_more_learns_of_the_gap() {
    let database = TestDatabase::new().await;
    let (_store, conn, client) = connections(&database).await;
    let next: String =
        client.query_one("SELECT pg_snapshot_xmax(pg_current_snapshot())::text", &[]).await.unwrap().get(0);
    // Other tests write to the same server meanwhile.
    let next: u64 = next.parse::<u64>().unwrap() + 1_000_000;
    let ahead = ChangeCursor { xid: next, seq: i64::MAX };
    assert_eq!(read_after(&conn, ahead, 10).await.unwrap(), Reading::Gap);
    let here = read_after(&conn, head(&conn).await.unwrap(), 10).await.unwrap();
    let Reading::Batch(here) = here else { panic!("the head is no gap") };
    assert_eq!(here.timeline, timeline(&client).await.unwrap());
    assert_eq!(here.timeline.map(|timeline| timeline.len()), Some(8));
}
