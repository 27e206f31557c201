//! Child processes of a test: the real program, and chromedriver. Each ends with its value.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rendez_testkit::TestDatabase;
use tokio::process::{Child, Command};
use tokio::time::Instant;

/// Longer than the slowest machine needs.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A running child that answers HTTP.
pub(crate) struct Program {
    child: Child,
    /// Where it listens, as the beginning of a URL.
    pub(crate) url: String,
}

impl Program {
    /// `rendez serve --demo` over a test's database, with its files in a folder.
    pub(crate) async fn rendez(database: &TestDatabase, folder: &Path) -> Self {
        let address = free_port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_rendez"));
        command
            .args(["serve", "--demo", "--listen", &address.to_string(), "--database-url", &database.url()])
            .arg("--data-dir")
            .arg(folder)
            .env("RENDEZ_LIMITS__REQUESTS_PER_MINUTE_PER_ADDRESS", "0")
            .env("RENDEZ_TELEMETRY__LOG_FILTER", "warn")
            .stdout(Stdio::null());
        Self::start(command, address, "/readyz").await
    }

    /// The driver of the browser.
    pub(crate) async fn chromedriver() -> Self {
        let address = free_port();
        let mut command = Command::new("chromedriver");
        command
            .arg(format!("--port={}", address.port()))
            .arg("--silent")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self::start(command, address, "/status").await
    }

    async fn start(mut command: Command, address: SocketAddr, ready: &str) -> Self {
        let name = command.as_std().get_program().to_string_lossy().into_owned();
        let child = command.stdin(Stdio::null()).kill_on_drop(true).spawn().unwrap_or_else(|error| {
            panic!("{name} cannot be started: {error}. These tests need the packages chromium and chromium-driver.")
        });
        let mut program = Self { child, url: format!("http://{address}") };
        program.wait_until_ready(&name, ready).await;
        program
    }

    async fn wait_until_ready(&mut self, name: &str, path: &str) {
        let deadline = Instant::now() + PATIENCE;
        let http = reqwest::Client::new();
        let ready = format!("{}{path}", self.url);
        let mut beat = tokio::time::interval(LOOK_EVERY);
        loop {
            beat.tick().await;
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                panic!("{name} ended before it was ready: {status}");
            }
            match http.get(&ready).send().await {
                Ok(answer) if answer.status().is_success() => return,
                _ => assert!(Instant::now() < deadline, "{name} is not ready"),
            }
        }
    }
}

/// A port that nobody listens on.
fn free_port() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address")
}
