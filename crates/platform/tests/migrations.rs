//! Migrations on a real database: once each, all or nothing, and never backwards.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use rendez_platform::migrations::{Migration, MigrationError, embedded, run};
use rendez_testkit::TestDatabase;

fn migration(name: &str, sql: &str) -> Migration {
    Migration { name: name.to_owned(), sql: sql.to_owned() }
}

fn with(more: &[Migration]) -> Vec<Migration> {
    embedded().into_iter().chain(more.iter().cloned()).collect()
}

#[tokio::test]
async fn what_has_run_does_not_run_again_and_new_files_do() {
    let database = TestDatabase::new().await;
    let mut client = database.connect().await;
    assert!(run(&mut client, &embedded()).await.unwrap().is_empty(), "the template had them all");
    let more = [
        migration("9001_create_thing", "CREATE TABLE thing (a int); INSERT INTO thing VALUES (1)"),
        migration("9002_index_thing", "-- no-transaction\nCREATE INDEX CONCURRENTLY thing_a ON thing (a)"),
    ];
    let mut other = database.connect().await;
    let all = with(&more);
    let (one, two) = tokio::join!(run(&mut client, &all), run(&mut other, &all));
    let mut ran = [one.unwrap(), two.unwrap()].concat();
    ran.sort();
    assert_eq!(ran, ["9001_create_thing", "9002_index_thing"], "two at once share them");
}

#[tokio::test]
async fn a_failing_file_leaves_nothing_and_the_lock_is_free_again() {
    let database = TestDatabase::new().await;
    let mut client = database.connect().await;
    let broken = with(&[migration("9001_break", "CREATE TABLE thing (a int); SELECT 1 / 0")]);
    let failed = run(&mut client, &broken).await.unwrap_err();
    assert!(matches!(failed, MigrationError::Failed { ref name, .. } if name == "9001_break"), "{failed}");
    let mut other = database.connect().await;
    let mended = with(&[migration("9001_break", "CREATE TABLE thing (a int)")]);
    assert_eq!(run(&mut other, &mended).await.unwrap(), ["9001_break"]);
}

#[tokio::test]
async fn an_index_that_was_not_finished_is_made_anew() {
    let database = TestDatabase::new().await;
    let mut client = database.connect().await;
    let index = "-- no-transaction\n-- One of each.\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS thing_a ON thing (a);";
    let all = with(&[
        migration("9001_create_thing", "CREATE TABLE thing (a int); INSERT INTO thing VALUES (1), (1)"),
        migration("9002_index_thing", index),
    ]);
    run(&mut client, &all).await.unwrap_err();
    let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'thing_a'::regclass";
    assert!(!client.query_one(valid, &[]).await.unwrap().get::<_, bool>(0), "it stays behind");
    client.batch_execute("TRUNCATE thing").await.unwrap();
    assert_eq!(run(&mut client, &all).await.unwrap(), ["9002_index_thing"]);
    assert!(client.query_one(valid, &[]).await.unwrap().get::<_, bool>(0));
}

#[tokio::test]
async fn an_older_program_and_an_edited_file_are_refused() {
    let database = TestDatabase::new().await;
    let mut client = database.connect().await;
    run(&mut client, &with(&[migration("9001_newer", "SELECT 1")])).await.unwrap();
    let refused = run(&mut client, &embedded()).await.unwrap_err();
    assert!(matches!(refused, MigrationError::Newer { ref name } if name == "9001_newer"), "{refused}");
    let refused = run(&mut client, &with(&[migration("9001_newer", "SELECT 2")])).await.unwrap_err();
    assert!(matches!(refused, MigrationError::Changed { .. }), "{refused}");
}
