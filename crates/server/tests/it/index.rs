//! The index of a running server, as its operator sees it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use rendez_testkit::{TestDatabase, World};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::app::{AUDIENCE, ISSUER, Setup, TestApp, until};
use crate::client::Caller;

async fn check_by_command(app: &TestApp) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rendez"))
        .args(["index", "check", "--url", app.nobody().base(), "--data-dir"])
        .arg(app.data_dir())
        .env("RENDEZ_AUTH__ISSUER", ISSUER)
        .env("RENDEZ_AUTH__AUDIENCE", AUDIENCE)
        .stdin(Stdio::null())
        .output()
        .await
        .expect("the program runs")
}

#[tokio::test]
async fn an_operator_has_a_wrong_index_found_out_and_healed() {
    let app = TestApp::with(Setup { index: true, ..Setup::default() }).await;
    let dentist = app.world.practitioner(Vec::new()).await;
    let sane = check_by_command(&app).await;
    assert!(sane.status.success(), "{}", String::from_utf8_lossy(&sane.stderr));
    assert!(String::from_utf8_lossy(&sane.stdout).contains("practitioners  1\n"));

    // Nobody tells the index.
    let client = app.world.database.connect().await;
    let sql = "UPDATE practitioner SET telehealth = true WHERE id = $1";
    client.execute(sql, &[&dentist.id.uuid()]).await.expect("a change");
    let wrong = check_by_command(&app).await;
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stdout).contains("differing      1\n"));
    assert!(check_by_command(&app).await.status.success(), "it was mended");
}

#[tokio::test]
async fn an_operator_sees_how_the_index_is() {
    let app = TestApp::with(Setup { index: true, ..Setup::default() }).await;
    app.world.practitioner(Vec::new()).await;
    let index = app.admin().get("/v1/index").await.ok();
    assert_eq!(
        (&index["phase"], &index["practitioners"], &index["stale"]),
        (&"following".into(), &1.into(), &false.into())
    );
    assert_eq!(index["last_check"], Value::Null);
    let check = || app.admin().post("/v1/index/check", Value::Object(Default::default())).key("check-1");
    let begun = check().await;
    assert_eq!(begun.status, 202);
    let last = async || app.admin().get("/v1/index").await.ok()["last_check"].clone();
    until("the check has ended", async || last().await["practitioners"] == 1).await;
    let ended = last().await;
    let again = check().await;
    assert_eq!(again.status, 202);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.body, begun.body, "the first answer");
    assert_eq!(last().await, ended, "and no second check");
}

/// A port that nobody listens on.
fn free_port() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address")
}

/// The real program with one role, with a folder of its own.
struct Program {
    role: &'static str,
    settings: String,
    address: SocketAddr,
    folder: TempDir,
    running: Option<Child>,
}

impl Program {
    fn new(role: &'static str, settings: String) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { role, settings, address: free_port(), folder, running: None }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&mut self, database: &TestDatabase) {
        std::fs::write(self.file("settings.toml"), &self.settings).expect("settings");
        let child = Command::new(env!("CARGO_BIN_EXE_rendez"))
            .args(["serve", "--roles", self.role, "--listen", &self.address.to_string()])
            .args([Path::new("--data-dir"), self.folder.path(), Path::new("--config")])
            .arg(self.file("settings.toml"))
            .args(["--database-url", &database.url()])
            .env("RENDEZ_LIMITS__REQUESTS_PER_MINUTE_PER_ADDRESS", "0")
            .env("RENDEZ_TELEMETRY__LOG_FILTER", "error")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        self.running = Some(child.expect("the program starts"));
    }

    fn caller(&self) -> Caller {
        Caller::nobody(format!("http://{}", self.address))
    }

    async fn until_ready(&self) {
        let ready = format!("http://{}/readyz", self.address);
        until("the program is ready", async || {
            reqwest::get(&ready).await.is_ok_and(|answer| answer.status().is_success())
        })
        .await;
    }

    /// Asks it to stop as a service manager does.
    async fn stop(&mut self) {
        let mut child = self.running.take().expect("it runs");
        let pid = child.id().expect("it has not ended").to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().await.expect("kill").success());
        let ended = tokio::time::timeout(crate::app::PATIENCE, child.wait()).await.expect("it ends in time");
        assert!(ended.expect("a child can be waited for").success());
    }
}

#[tokio::test]
async fn a_program_that_searches_and_one_that_asks_it() {
    let world = World::new().await;
    let dentist = world.practitioner(Vec::new()).await;
    let day = world.open_day(&dentist, 3, 240).await;
    let internal = free_port();
    let token = "only these two know it";
    let mut searching = Program::new(
        "search",
        format!("[search]\ninternal_listen = \"{internal}\"\ninternal_token = \"{token}\"\n"),
    );
    let mut asking = Program::new(
        "api",
        format!(
            "[search]\nnodes = [\"http://{internal}\"]\ninternal_token = \"{token}\"\nnode_timeout_ms = 5000\nhedge_after_ms = 5000\nbreaker_pause_ms = 50\n"
        ),
    );
    asking.start(&world.database);
    asking.until_ready().await;
    let search = async || asking.caller().get("/v1/search?place=Rennes").await.ok();
    let first_offered = |answer: &Value| answer["results"][0]["next_slots"][0]["start"].clone();
    let answer = search().await;
    assert_eq!(answer["notice"], "approximate", "nobody has an index yet");
    let before = first_offered(&answer);
    assert_ne!(before, Value::Null, "{answer}");

    searching.start(&world.database);
    searching.until_ready().await;
    until("the index answers", async || search().await.get("notice").is_none()).await;
    assert_eq!(first_offered(&search().await), before);
    world.book(world.patient().await, world.slot(&dentist, day.start())).await;
    until("the booking is seen", async || first_offered(&search().await) != before).await;

    searching.stop().await;
    let mode =
        std::fs::metadata(searching.file("search.index")).expect("the index's file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "nobody else may read it");
    let answer = search().await;
    assert_eq!(answer["notice"], "approximate", "the database answers");
    assert_ne!(first_offered(&answer), before);

    searching.start(&world.database);
    searching.until_ready().await;
    until("the index answers again", async || search().await.get("notice").is_none()).await;
    assert_ne!(first_offered(&search().await), before);
    searching.stop().await;
    asking.stop().await;
}
