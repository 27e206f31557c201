//! The index's own file.

use rendez_domain::search::feed::IndexSettings;
use rendez_testkit::World;

use crate::nodes::{Node, half_hours, until};

fn kept_in(folder: &tempfile::TempDir) -> IndexSettings {
    IndexSettings { file: Some(folder.path().join("search.index")), ..IndexSettings::default() }
}

async fn stopped(node: Node, folder: &tempfile::TempDir) {
    let before = std::fs::metadata(folder.path().join("search.index")).and_then(|file| file.modified()).ok();
    node.stop.cancel();
    until("the file is written", async || {
        let now = std::fs::metadata(folder.path().join("search.index")).and_then(|file| file.modified()).ok();
        now.is_some() && now != before
    })
    .await;
}

#[tokio::test]
async fn a_restart_reads_the_file_and_then_what_happened_since() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::new().await;
    let (one, other) = (world.practitioner(half_hours()).await, world.practitioner(half_hours()).await);
    let (day, same_day) = (world.open_day(&one, 3, 60).await, world.open_day(&other, 3, 60).await);
    stopped(Node::with(&world, kept_in(&folder)).await, &folder).await;

    let ana = world.patient().await;
    world.book(ana, world.slot(&one, day.start())).await;
    // Only a reading of everything would notice this one.
    world
        .database
        .connect()
        .await
        .execute(
            "INSERT INTO claim (calendar_id, starts_at, ends_at, kind, owner_id)
             SELECT calendar_id, $2, $3, 'clinic', id FROM practitioner WHERE id = $1",
            &[&other.id.uuid(), &same_day.start(), &same_day.end()],
        )
        .await
        .expect("taken");
    let node = Node::with(&world, kept_in(&folder)).await;
    assert!(!node.offers(one.id, day.start()).await, "booked while it was away");
    assert!(node.offers(other.id, same_day.start()).await, "it was read from the file");
    assert_eq!(node.check().await.differing, 1);
    node.assert_right(2).await;
}

#[tokio::test]
async fn a_file_that_is_cut_foreign_or_too_old_is_passed_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("search.index");
    let world = World::new().await;
    let dentist = world.practitioner(half_hours()).await;
    let day = world.open_day(&dentist, 3, 60).await;
    stopped(Node::with(&world, kept_in(&folder)).await, &folder).await;
    let whole = std::fs::read(&path).expect("a file");

    let other = World::new().await;
    let elsewhere = Node::with(&other, kept_in(&folder)).await;
    assert!(!elsewhere.offers(dentist.id, day.start()).await, "another database");
    drop(elsewhere);

    std::fs::write(&path, &whole[..whole.len() - 9]).expect("cut");
    Node::with(&world, kept_in(&folder)).await.assert_right(1).await;

    std::fs::write(&path, &whole).expect("whole again");
    let client = world.database.connect().await;
    client
        .batch_execute(
            "UPDATE change_horizon SET xid = pg_current_xact_id(); UPDATE practitioner SET telehealth = true",
        )
        .await
        .expect("the log is dropped, and nobody tells of a change");
    Node::with(&world, kept_in(&folder)).await.assert_right(1).await;

    std::fs::write(&path, &whole).expect("whole again");
    client
        .batch_execute("UPDATE change_horizon SET xid = '0'; UPDATE practitioner SET telehealth = false")
        .await
        .expect("a change");
    world.let_pass(jiff::SignedDuration::from_hours(25)).await;
    Node::with(&world, kept_in(&folder)).await.assert_right(1).await;
}
