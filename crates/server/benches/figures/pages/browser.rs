//! A headless browser and its driver, both ended with the value.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::Instant;

use crate::server::free_address;

const READY_WITHIN: Duration = Duration::from_secs(30);

/// A browser with one window.
pub(super) struct Browser {
    pub(super) client: Client,
    http: reqwest::Client,
    session: String,
    home: String,
    _driver: Child,
    _profile: TempDir,
}

impl Browser {
    /// Opens one as a phone's size. `home` is where addresses without a host lead.
    pub(super) async fn open(home: SocketAddr) -> Result<Self> {
        let address = free_address()?;
        let driver = Command::new("chromedriver")
            .arg(format!("--port={}", address.port()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("these figures need the package chromium-driver")?;
        let (driver_url, http) = (format!("http://{address}"), reqwest::Client::new());
        let until = Instant::now() + READY_WITHIN;
        while http.get(format!("{driver_url}/status")).send().await.is_err() {
            if Instant::now() > until {
                bail!("chromedriver does not answer");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let profile = tempfile::tempdir()?;
        let args = [
            "--headless".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-background-networking".to_owned(),
            "--window-size=390,844".to_owned(),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        let capabilities = json!({"browserName": "chrome", "goog:chromeOptions": {"args": args}});
        let capabilities = capabilities.as_object().context("an object")?.clone();
        let client =
            ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&driver_url).await?;
        let id = client.session_id().await?.context("a session has a number")?;
        let session = format!("{driver_url}/session/{id}");
        Ok(Self { client, http, session, home: format!("http://{home}"), _driver: driver, _profile: profile })
    }

    /// Opens a page.
    pub(super) async fn go(&self, path: &str) -> Result<()> {
        Ok(self.client.goto(&format!("{}{path}", self.home)).await?)
    }

    /// Runs a script in the page.
    pub(super) async fn run(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    /// Gives the browser itself a command (Chrome DevTools Protocol).
    pub(super) async fn devtools(&self, command: &str, parameters: Value) -> Result<()> {
        let body = json!({"cmd": command, "params": parameters});
        let sent = self.http.post(format!("{}/goog/cdp/execute", self.session)).json(&body).send().await?;
        sent.error_for_status().with_context(|| command.to_owned())?;
        Ok(())
    }

    /// Ends it.
    pub(super) async fn close(self) -> Result<()> {
        Ok(self.client.close().await?)
    }
}
