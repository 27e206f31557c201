//! One private PostgreSQL for a whole test run, with a migrated template to copy databases from.
//!
//! `with-postgres` starts it for a command and names it in [`VARIABLE`]. Without that, the first test of a process
//! starts one that ends with the process. Neither is durable: that is what makes it fast.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rendez_platform::migrations;
use rendez_platform::private_postgres::{PrivatePostgres, PrivatePostgresSettings};
use rendez_vocab::entropy::SeededEntropy;
use tokio_postgres::{Client, Config, NoTls};

/// The environment variable that holds the URL of a cluster whose template is ready.
pub const VARIABLE: &str = "RENDEZ_TEST_POSTGRES";

/// The migrated database that each test's own is a copy of.
pub(crate) const TEMPLATE: &str = "rendez_template";

const FOLDER_PREFIX: &str = "rendez-test-";

/// A running throw-away cluster.
#[derive(Debug)]
pub struct TestCluster {
    postgres: PrivatePostgres,
    folder: PathBuf,
}

impl TestCluster {
    /// Starts a cluster in a temporary folder and migrates the template.
    pub async fn start() -> Result<Self> {
        tidy_after_the_dead();
        let folder = std::env::temp_dir().join(format!("{FOLDER_PREFIX}{}", std::process::id()));
        // PostgreSQL may run as another user, who has to get through.
        std::fs::DirBuilder::new().mode(0o711).recursive(true).create(&folder)?;
        let settings = PrivatePostgresSettings {
            durable: false,
            max_connections: 400,
            ..PrivatePostgresSettings::new(&folder)
        };
        let postgres = PrivatePostgres::start(&settings, &SeededEntropy::new(1)).await?;
        let cluster = Self { postgres, folder };
        cluster.make_template().await?;
        Ok(cluster)
    }

    /// The URL for [`VARIABLE`].
    pub fn url(&self) -> &str {
        self.postgres.url()
    }

    /// How to connect to the cluster's own database, which is empty.
    pub fn config(&self) -> &Config {
        self.postgres.config()
    }

    /// Stops the server and removes its folder.
    pub async fn stop(self) -> Result<()> {
        self.postgres.stop().await?;
        std::fs::remove_dir_all(&self.folder).context("removing the test cluster")
    }

    async fn make_template(&self) -> Result<()> {
        connect(self.config()).await?.batch_execute(&format!("CREATE DATABASE {TEMPLATE}")).await?;
        let (mut client, connection) = self.config().clone().dbname(TEMPLATE).connect(NoTls).await?;
        let connection = tokio::spawn(connection);
        migrations::run(&mut client, &migrations::embedded()).await?;
        // Tables whose statistics are known need no analysis in each copy.
        client.batch_execute("ANALYZE").await?;
        drop(client);
        // A database is copied only while nobody is connected to it.
        connection.await??;
        Ok(())
    }
}

/// Connects; the connection is driven by a task of the caller's runtime.
pub(crate) async fn connect(config: &Config) -> Result<Client> {
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Folders of processes that could not remove them. Their PostgreSQL ended with them.
fn tidy_after_the_dead() {
    let entries = std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(FOLDER_PREFIX)?.parse::<i32>().ok());
        if pid.is_some_and(is_dead) && !still_runs(&entry.path()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn is_dead(pid: i32) -> bool {
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None) == Err(nix::errno::Errno::ESRCH)
}

fn still_runs(folder: &Path) -> bool {
    folder.join("postgres/postmaster.pid").exists()
}
