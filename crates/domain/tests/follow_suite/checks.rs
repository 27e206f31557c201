//! An index that is wrong is found out and healed.

use rendez_domain::search::feed::{CheckRefusal, CheckReport};
use rendez_testkit::World;

use crate::nodes::{Node, half_hours, until};

#[tokio::test]
async fn what_nobody_told_the_index_is_found_and_mended() {
    let world = World::new().await;
    let mut dentists = Vec::new();
    for _ in 0..4 {
        dentists.push(world.practitioner(half_hours()).await);
    }
    let day = world.open_day(&dentists[0], 3, 60).await;
    let client = world.database.connect().await;
    client
        .execute("UPDATE practitioner SET active = false WHERE id = $1", &[&dentists[3].id.uuid()])
        .await
        .expect("one is away");
    let node = Node::of(&world).await;
    node.assert_right(3).await;

    // Behind its back: somebody's time is taken, somebody goes, somebody comes.
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
    assert!(node.offers(dentists[0].id, day.start()).await, "nobody has told it");

    let report = node.check().await;
    let found = CheckReport {
        practitioners: 3,
        differing: 1,
        missing: 1,
        left_over: 1,
        repaired: 3,
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
