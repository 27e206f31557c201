//! What goes wrong around the index.

use rendez_testkit::World;

use crate::nodes::{Node, half_hours, until};

#[tokio::test]
async fn a_gap_in_the_log_is_answered_from_what_was_there_until_everything_is_read_anew() {
    let world = World::new().await;
    let dentist = world.practitioner(half_hours()).await;
    let day = world.open_day(&dentist, 3, 60).await;
    let node = Node::of(&world).await;

    let mut client = world.database.connect().await;
    let wall = client.transaction().await.expect("a transaction");
    // Nobody can read everything while this is locked.
    wall.batch_execute("LOCK TABLE opening_rule IN ACCESS EXCLUSIVE MODE").await.expect("a lock");
    let other = world.database.connect().await;
    other
        .batch_execute(
            "UPDATE change_horizon SET xid = (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000)::text::xid8;
             INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id)
             SELECT p.calendar_id, o.starts_at, o.ends_at, 'clinic', p.id FROM practitioner p JOIN opening o ON o.practitioner_id = p.id",
        )
        .await
        .expect("a gap, and a change that the log does not tell");
    until("the index is stale", async || node.index().view().expect("an index").stale).await;
    assert!(node.offers(dentist.id, day.start()).await, "it goes on answering");

    other.batch_execute("UPDATE change_horizon SET xid = '0'").await.expect("the log is there again");
    wall.commit().await.expect("everybody can be read");
    until("there is a new index", async || !node.index().view().expect("an index").stale).await;
    assert!(!node.offers(dentist.id, day.start()).await);
    node.assert_right(1).await;
}

#[tokio::test]
async fn connections_that_break_are_made_again() {
    let world = World::new().await;
    let dentist = world.practitioner(half_hours()).await;
    let day = world.open_day(&dentist, 3, 60).await;
    let node = Node::of(&world).await;
    let ana = world.patient().await;
    let client = world.database.connect().await;
    for _ in 0..3 {
        client
            .batch_execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            .await
            .expect("every connection is cut");
        node.settle().await;
    }
    world.book(ana, world.slot(&dentist, day.start())).await;
    until("the booking is seen", async || !node.offers(dentist.id, day.start()).await).await;
    node.assert_right(1).await;
}
