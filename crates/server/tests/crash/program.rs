//! The real program as a child process, armed or not.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rendez_testkit::TestDatabase;
use tokio::process::{Child, Command};
use tokio::time::Instant;

/// Longer than the slowest machine needs.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A running server.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address")
}

impl Program {
    /// Starts it on a test's database and waits until it can serve. The environment arms it or makes it talk.
    pub(crate) async fn start(
        database: &TestDatabase,
        folder: &Path,
        address: SocketAddr,
        environment: &[(&str, &str)],
        log: impl Into<Stdio>,
    ) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_rendez"))
            .args(["serve", "--roles", "api", "--listen", &address.to_string()])
            .arg("--data-dir")
            .arg(folder)
            .args(["--database-url", &database.url()])
            .env("RENDEZ_LIMITS__REQUESTS_PER_MINUTE_PER_CALLER", "0")
            .env("RENDEZ_LIMITS__REQUESTS_PER_MINUTE_PER_ADDRESS", "0")
            .env("RENDEZ_TELEMETRY__LOG_FILTER", "error")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        let mut program = Self { child, address };
        program.wait_until_ready().await;
        program
    }

    async fn wait_until_ready(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        let client = reqwest::Client::new();
        let ready = format!("http://{}/readyz", self.address);
        loop {
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                panic!("the program ended before it was ready: {status}");
            }
            match client.get(&ready).send().await {
                Ok(answer) if answer.status().is_success() => return,
                _ if Instant::now() > deadline => panic!("the program is not ready"),
                _ => tokio::time::sleep(LOOK_EVERY).await,
            }
        }
    }

    /// Waits for its death, which the armed point has brought about.
    pub(crate) async fn wait_until_dead(&mut self) {
        tokio::time::timeout(PATIENCE, self.child.wait())
            .await
            .expect("it dies")
            .expect("a child can be waited for");
    }

    /// Whether the armed point has ended it.
    pub(crate) fn is_dead(&mut self) -> bool {
        self.child.try_wait().expect("a child can be asked").is_some()
    }
}
