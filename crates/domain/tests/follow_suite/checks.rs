//! An index that is wrong is found out and healed.

use rendez_domain::search::feed::{CheckRefusal, CheckReport};
use rendez_testkit::World;

use crate::nodes::{Node, TAKE, database_now, half_hours, until};

#[tokio::test]
async fn what_nobody_told_the_index_is_found_and_mended() {
    let world = World::new().await;
    let mut dentists = Vec::new();
    for _ in 0..5 {
        dentists.push(world.practitioner(half_hours()).await);
    }
    let day = world.open_day(&dentists[0], 3, 60).await;
    let client = world.database.connect().await;
    client
        .execute("UPDATE practitioner SET active = false WHERE id = $1", &[&dentists[3].id.uuid()])
        .await
        .expect("one is away");
    let node = Node::of(&world).await;
    node.assert_right(4).await;

    // Behind its back: somebody's time is taken, one goes, one vanishes, one comes.
    client
        .execute(
            "INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id)
             SELECT calendar_id, $2, $3, 'clinic', id FROM practitioner WHERE id = $1",
            &[&dentists[0].id.uuid(), &day.start(), &day.end()],
        )
        .await
        .expect("taken");
    client
        .execute("UPDATE practitioner SET active = false WHERE id = $1", &[&dentists[1].id.uuid()])
        .await
        .expect("gone");
    client
        .execute("UPDATE practitioner SET active = true WHERE id = $1", &[&dentists[3].id.uuid()])
        .await
        .expect("come");
    let last = dentists[4].id.uuid();
    for table in ["visit_type", "practitioner_location", "practitioner"] {
        let key = if table == "practitioner" { "id" } else { "practitioner_id" };
        client.execute(&format!("DELETE FROM {table} WHERE {key} = $1"), &[&last]).await.expect("vanished");
    }
    assert!(node.offers(dentists[0].id, day.start()).await, "nobody has told it");

    let report = node.check().await;
    let found = CheckReport {
        practitioners: 3,
        differing: 1,
        missing: 1,
        left_over: 2,
        repaired: 4,
        millis: report.millis,
    };
    assert_eq!(report, found);
    assert!(!node.offers(dentists[0].id, day.start()).await);
    node.assert_right(3).await;
    let (_, last) = node.index().progress().last_check.expect("a check");
    assert_eq!((last.differing, last.missing, last.left_over), (0, 0, 0));
}

#[tokio::test]
async fn one_check_at_a_time() {
    let world = World::new().await;
    world.practitioner(half_hours()).await;
    let node = Node::of(&world).await;
    let mut client = world.database.connect().await;
    let lock = client.transaction().await.expect("a transaction");
    lock.batch_execute("LOCK TABLE opening_rule IN ACCESS EXCLUSIVE MODE").await.expect("a lock");
    let first = node.index().check();
    let second = async {
        until("the first has begun", async || node.index().progress().checking.is_some()).await;
        let refused = node.index().check().await;
        lock.commit().await.expect("the first may go on");
        refused
    };
    let (first, second) = tokio::join!(first, second);
    assert!(matches!(second, Err(CheckRefusal::Running)), "{second:?}");
    assert_eq!(first.expect("a report").practitioners, 1);
    assert_eq!(node.index().progress().checking, None);
}

#[tokio::test]
async fn a_check_ends_with_the_index_that_it_checks() {
    let world = World::new().await;
    world.practitioner(half_hours()).await;
    let node = Node::of(&world).await;
    let mut client = world.database.connect().await;
    let wall = client.transaction().await.expect("a transaction");
    wall.batch_execute("LOCK TABLE opening_rule IN ACCESS EXCLUSIVE MODE").await.expect("a lock");
    let losing = async {
        until("the check has begun", async || node.index().progress().checking.is_some()).await;
        let other = world.database.connect().await;
        let set = "UPDATE change_horizon SET xid = (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000)::text::xid8";
        other.batch_execute(set).await.expect("a gap");
        until("the index is lost", async || node.index().view().expect("an index").stale).await;
        other.batch_execute("UPDATE change_horizon SET xid = '0'").await.expect("the log is there again");
    };
    let (checked, ()) = tokio::join!(node.index().check(), losing);
    assert!(matches!(checked, Err(CheckRefusal::Fault(_))), "{checked:?}");
    assert!(matches!(node.index().check().await, Err(CheckRefusal::NotLoaded)), "there is no other yet");
    assert_eq!(node.index().progress().checking, None);
    wall.commit().await.expect("everybody can be read");
    until("there is a new index", async || !node.index().view().expect("an index").stale).await;
    node.assert_right(1).await;
}

#[tokio::test]
async fn whoever_was_missing_does_not_come_in_as_they_were() {
    let world = World::new().await;
    let dentist = world.practitioner(half_hours()).await;
    let day = world.open_day(&dentist, 3, 60).await;
    let client = world.database.connect().await;
    let id = dentist.id.uuid();
    client.execute("UPDATE practitioner SET active = false WHERE id = $1", &[&id]).await.expect("away");
    let node = Node::of(&world).await;
    client.execute("UPDATE practitioner SET active = true WHERE id = $1", &[&id]).await.expect("untold");

    // While somebody writes, the check waits between reading and putting.
    let mut slow = world.database.connect().await;
    let writing = slow.transaction().await.expect("a transaction");
    writing.batch_execute("SELECT pg_current_xact_id()").await.expect("an id");
    client.batch_execute("SELECT pg_current_xact_id()").await.expect("a later one, which has ended");
    let meanwhile = async {
        until("the check has begun", async || node.index().progress().checking.is_some()).await;
        for _ in 0..100 {
            database_now(&world).await;
        }
        client.execute(TAKE, &[&id, &day.start(), &day.end()]).await.expect("taken");
        writing.commit().await.expect("nothing was written");
    };
    let (report, ()) = tokio::join!(node.check(), meanwhile);
    assert_eq!((report.missing, report.repaired), (1, 1), "{report:?}");
    node.settle().await;
    assert!(!node.offers(dentist.id, day.start()).await, "what happened before they came is known");
    node.assert_right(1).await;
}
