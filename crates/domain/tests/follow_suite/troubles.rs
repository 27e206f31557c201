//! What goes wrong around the index.

use std::sync::Arc;

use rendez_domain::directory::{NewLocation, NewPractitioner, Practitioner};
use rendez_domain::search::feed::{IndexSettings, Phase};
use rendez_testkit::cable::Cable;
use rendez_testkit::world::{new_practitioner, rennes};
use rendez_testkit::{TestDatabase, World};
use rendez_vocab::clock::SystemClock;

use crate::nodes::{Gate, Node, TAKE, half_hours, until};

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

async fn behind_a_cable() -> (World, Cable) {
    let (database, cable) = TestDatabase::new().await.behind_a_cable().await;
    (World::over(database, Arc::new(SystemClock)).await, cable)
}

#[tokio::test]
async fn connections_that_say_nothing_any_more_are_given_up_and_time_goes_on_meanwhile() {
    let (world, cable) = behind_a_cable().await;
    let dentist = world.practitioner(half_hours()).await;
    let day = world.open_day(&dentist, 3, 60).await;
    let node = Node::of(&world).await;
    cable.fall_silent();
    let client = world.database.connect().await;
    let before = node.index().view().expect("an index").reader.now();
    until("the present moves on", async || node.index().view().expect("an index").reader.now() > before)
        .await;

    client
        .batch_execute(
            "INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id)
             SELECT p.calendar_id, o.starts_at, o.ends_at, 'clinic', p.id FROM practitioner p JOIN opening o ON o.practitioner_id = p.id;
             INSERT INTO change (kind, practitioner_id, starts_at, ends_at)
             SELECT 'claimed', practitioner_id, starts_at, ends_at FROM opening",
        )
        .await
        .expect("a change");
    until("the change is seen", async || !node.offers(dentist.id, day.start()).await).await;
    node.settle().await;
    node.assert_right(1).await;
}

#[tokio::test]
async fn a_process_ends_in_time_though_the_database_says_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (world, cable) = behind_a_cable().await;
    world.practitioner(half_hours()).await;
    let kept = IndexSettings { file: Some(folder.path().join("search.index")), ..IndexSettings::default() };
    let node = Node::with(&world, kept).await;
    cable.fall_silent();
    tokio::time::timeout(std::time::Duration::from_secs(30), node.stop_following())
        .await
        .expect("it ends in time");
}

#[tokio::test]
async fn one_who_cannot_be_understood_keeps_nobody_else_out() {
    let world = World::new().await;
    let (one, other) = (world.practitioner(half_hours()).await, world.practitioner(half_hours()).await);
    let (day, same_day) = (world.open_day(&one, 3, 60).await, world.open_day(&other, 3, 60).await);
    let node = Node::of(&world).await;
    assert!(node.offers(one.id, day.start()).await);
    let client = world.database.connect().await;
    let close = |whom: &Practitioner, sql: &str| sql.replace("$1", &format!("'{}'", whom.id.uuid()));
    let without_end = close(
        &one,
        "INSERT INTO closure (practitioner_id, starts, ends) VALUES ($1, now()::timestamp, 'infinity');
         INSERT INTO change (kind, practitioner_id) VALUES ('schedule', $1);
         INSERT INTO change (kind, practitioner_id, starts_at, ends_at) VALUES ('claimed', $1, '-infinity', 'infinity')",
    );
    client.batch_execute(&without_end).await.expect("a closure without end");
    world.book(world.patient().await, world.slot(&other, same_day.start())).await;
    until("the other's booking is seen", async || !node.offers(other.id, same_day.start()).await).await;
    assert!(!node.offers(one.id, day.start()).await, "nobody knows when they are there");
    node.assert_right(1).await;

    let late = Node::of(&world).await;
    late.assert_right(1).await;
    let mended = close(
        &one,
        "DELETE FROM closure WHERE practitioner_id = $1; INSERT INTO change (kind, practitioner_id) VALUES ('schedule', $1)",
    );
    client.batch_execute(&mended).await.expect("it is gone");
    for node in [&node, &late] {
        until("they are found again", async || node.offers(one.id, day.start()).await).await;
        node.assert_right(2).await;
    }
}

#[tokio::test]
async fn bookings_are_seen_while_a_new_index_with_a_new_zone_is_read() {
    let world = World::new().await;
    let dentist = world.practitioner(half_hours()).await;
    let day = world.open_day(&dentist, 3, 60).await;
    let gate = Gate::before_reading_everybody(&world).await;
    let node = Node::of(&world).await;

    gate.close().await;
    let far = NewLocation { time_zone: "Asia/Kathmandu".into(), ..rennes() };
    let doctor = world.enter(NewPractitioner { location: Some(far), ..new_practitioner() }).await;
    let far_day = world.open_day(&doctor, 3, 60).await;
    until("everything is read anew", async || matches!(node.index().progress().phase, Phase::Rebuilding(_)))
        .await;
    let other = world.database.connect().await;
    other.execute(TAKE, &[&dentist.id.uuid(), &day.start(), &day.end()]).await.expect("a change");
    until("the change is seen", async || !node.offers(dentist.id, day.start()).await).await;
    assert!(!node.index().view().expect("an index").stale);
    assert!(matches!(node.index().progress().phase, Phase::Rebuilding(_)), "it is not read yet");
    gate.open().await;
    until("the new zone is there", async || node.offers(doctor.id, far_day.start()).await).await;
    node.assert_right(2).await;
}

#[tokio::test]
async fn a_standby_that_took_over_and_lacks_the_last_changes_is_read_anew() {
    let world = World::new().await;
    let dentist = world.practitioner(half_hours()).await;
    let day = world.open_day(&dentist, 3, 60).await;
    let folder = tempfile::tempdir().expect("a folder");
    let kept = IndexSettings { file: Some(folder.path().join("search.index")), ..IndexSettings::default() };
    let node = Node::with(&world, kept.clone()).await;
    world.book(world.patient().await, world.slot(&dentist, day.start())).await;
    node.settle().await;
    assert!(!node.offers(dentist.id, day.start()).await);
    until("the file is written", async || folder.path().join("search.index").exists()).await;

    let client = world.database.connect().await;
    let name = world.database.config().get_dbname().expect("a name");
    client
        .batch_execute(&format!(
            "CREATE FUNCTION pg_walfile_name(pg_lsn) RETURNS text LANGUAGE sql AS $$ SELECT '00000002' || repeat('0', 16) $$;
             ALTER DATABASE {name} SET search_path = public, pg_catalog;
             DELETE FROM claim;
             SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ))
        .await
        .expect("another history, in which nobody has booked");
    until("it is offered", async || node.offers(dentist.id, day.start()).await).await;
    node.assert_right(1).await;
    drop(node);
    Node::with(&world, kept).await.assert_right(1).await;
}
