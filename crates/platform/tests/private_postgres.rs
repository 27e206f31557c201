//! The private PostgreSQL on a real machine: started, killed in every way, and started again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so")]

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rendez_platform::private_postgres::{PrivatePostgres, PrivatePostgresSettings, StartError};
use rendez_vocab::entropy::SeededEntropy;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio_postgres::{Client, NoTls};
use tokio_util::sync::CancellationToken;

/// Set for the helper process only: the data directory that it works on.
const HELPER: &str = "RENDEZ_HELPER_DATA_DIR";

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    // As root PostgreSQL runs as somebody else, who has to get through.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711)).unwrap();
    folder
}

async fn start(data_dir: &Path, durable: bool) -> Result<PrivatePostgres, StartError> {
    let settings = PrivatePostgresSettings { durable, ..PrivatePostgresSettings::new(data_dir) };
    PrivatePostgres::start(&settings, &SeededEntropy::new(7)).await
}

async fn connect(postgres: &PrivatePostgres) -> Client {
    let (client, connection) = postgres.config().connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

fn kill_9(pid: u32) {
    kill(Pid::from_raw(i32::try_from(pid).unwrap()), Signal::SIGKILL).unwrap();
}

#[tokio::test]
async fn it_starts_stops_and_starts_again_and_a_second_server_is_refused() {
    let folder = folder();
    let data_dir = folder.path().join("new/data");
    let postgres = start(&data_dir, true).await.unwrap();
    let client = connect(&postgres).await;
    client.batch_execute("CREATE TABLE kept AS SELECT 1").await.unwrap();
    let setting =
        client.query_one("SELECT current_setting('fsync') || current_setting('synchronous_commit')", &[]);
    assert_eq!(setting.await.unwrap().get::<_, String>(0), "onon");

    let refused = start(&data_dir, true).await.unwrap_err();
    assert!(matches!(refused, StartError::InUse { .. }), "{refused}");
    assert!(refused.to_string().contains(&format!("(pid {})", std::process::id())), "{refused}");

    let owner = std::fs::metadata(format!("/proc/{}", postgres.pid().unwrap())).unwrap().uid();
    assert_ne!(owner, 0, "PostgreSQL never runs as root");
    let mode = std::fs::metadata(data_dir.join("postgres.password")).unwrap().mode();
    assert_eq!(mode & 0o777, 0o600);
    let url: tokio_postgres::Config = postgres.url().parse().unwrap();
    assert_eq!(url.get_hosts(), postgres.config().get_hosts());
    postgres.stop().await.unwrap();

    let postgres = start(&data_dir, true).await.unwrap();
    connect(&postgres).await.query_one("SELECT * FROM kept", &[]).await.unwrap();
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_killed_with_9_leaves_nothing_that_stops_the_next_start() {
    let folder = folder();
    for round in 0..2 {
        let mut helper = tokio::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_helper_that_is_killed", "--nocapture"])
            .env(HELPER, folder.path())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(helper.stdout.take().unwrap()).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.contains("committed") {
                break;
            }
        }
        kill_9(helper.id().unwrap());
        helper.wait().await.unwrap();

        let postgres = start(folder.path(), true).await.unwrap();
        let rows = connect(&postgres).await.query("SELECT * FROM kept", &[]).await.unwrap();
        assert_eq!(rows.len(), round + 1, "what was committed is there");
        postgres.stop().await.unwrap();
    }
}

#[tokio::test]
async fn the_helper_that_is_killed() {
    let Ok(data_dir) = std::env::var(HELPER) else { return };
    let postgres = start(Path::new(&data_dir), true).await.unwrap();
    let client = connect(&postgres).await;
    client
        .batch_execute("CREATE TABLE IF NOT EXISTS kept (a int); INSERT INTO kept VALUES (1)")
        .await
        .unwrap();
    println!("committed");
    postgres.lost().await;
}

#[tokio::test]
async fn a_crashed_postgresql_comes_back_at_the_same_address() {
    let folder = folder();
    let postgres = start(folder.path(), true).await.unwrap();
    connect(&postgres).await.batch_execute("CREATE TABLE kept AS SELECT 1").await.unwrap();
    let before = postgres.pid().unwrap();
    kill_9(before);
    let client = loop {
        if postgres.pid().is_some_and(|pid| pid != before)
            && let Ok((client, connection)) = postgres.config().connect(NoTls).await
        {
            tokio::spawn(connection);
            break client;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    client.query_one("SELECT * FROM kept", &[]).await.unwrap();
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn a_stop_during_the_start_leaves_nothing_running_and_nothing_broken() {
    let folder = folder();
    let settings = PrivatePostgresSettings { durable: false, ..PrivatePostgresSettings::new(folder.path()) };
    let enough = CancellationToken::new();
    enough.cancel();
    let refused =
        PrivatePostgres::start_unless(&settings, &SeededEntropy::new(7), &enough).await.unwrap_err();
    assert!(matches!(refused, StartError::Interrupted), "{refused}");
    assert!(!folder.path().join("postgres/postmaster.pid").exists(), "it does not run");
    let postgres = start(folder.path(), false).await.unwrap();
    connect(&postgres).await;
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn half_a_cluster_and_a_pid_file_of_a_stranger_do_not_matter_and_a_long_path_works() {
    let folder = folder();
    let data_dir = folder.path().join("long-".repeat(20));
    std::fs::create_dir_all(data_dir.join("postgres.unfinished/base")).unwrap();
    let postgres = start(&data_dir, false).await.unwrap();
    postgres.stop().await.unwrap();

    let stranger = format!("{}\n/elsewhere\n", std::os::unix::process::parent_id());
    std::fs::write(data_dir.join("postgres/postmaster.pid"), stranger).unwrap();
    let postgres = start(&data_dir, false).await.unwrap();
    connect(&postgres).await;
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn a_folder_that_the_unprivileged_user_cannot_enter_is_named() {
    if !nix::unistd::Uid::effective().is_root() {
        return;
    }
    let folder = TempDir::new().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let refused = start(&folder.path().join("data"), false).await.unwrap_err();
    assert!(matches!(refused, StartError::Unreachable { .. }), "{refused}");
}
