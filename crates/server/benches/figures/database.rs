//! SQL beside the server: the private PostgreSQL is reached by its socket, with the password of the data directory.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tokio_postgres::{Client, Config, NoTls};

/// A connection to the database of a data directory.
pub(crate) struct Database {
    /// The connection.
    pub(crate) client: Client,
    /// The folder of the socket.
    pub(crate) socket_folder: PathBuf,
    /// The password of the user `rendez`.
    pub(crate) password: String,
    /// The data directory.
    pub(crate) data_dir: PathBuf,
}

impl Database {
    /// Connects to the private PostgreSQL of a running server.
    pub(crate) async fn connect(data_dir: &Path) -> Result<Self> {
        let password = std::fs::read_to_string(data_dir.join("postgres.password"))?.trim().to_owned();
        let socket_folder = PathBuf::from(lock_file_line(data_dir, SOCKET_FOLDER_LINE)?);
        let mut config = Config::new();
        config.host_path(&socket_folder).port(5432).user("rendez").dbname("rendez").password(&password);
        let (client, connection) = config.connect(NoTls).await?;
        tokio::spawn(connection);
        Ok(Self { client, socket_folder, password, data_dir: data_dir.to_owned() })
    }

    /// Its address as `--database-url` takes it.
    pub(crate) fn url(&self) -> String {
        let folder = self.socket_folder.to_string_lossy().replace('/', "%2F");
        format!("postgresql://rendez:{}@{folder}:5432/rendez", self.password)
    }

    /// A single number.
    pub(crate) async fn number(&self, sql: &str) -> Result<i64> {
        Ok(self.client.query_one(sql, &[]).await?.get(0))
    }

    /// What makes commits durable, as PostgreSQL itself says it.
    pub(crate) async fn durability(&self) -> Result<String> {
        let mut said = Vec::new();
        for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
            let value: String = self.client.query_one(&format!("SHOW {setting}"), &[]).await?.get(0);
            said.push(format!("{setting} {value}"));
        }
        Ok(said.join(", "))
    }

    /// Pairs of neighbouring exclusive claims of one calendar that overlap. The constraint is not asked: the rows are.
    pub(crate) async fn overlaps(&self) -> Result<i64> {
        self.number(
            "SELECT count(*) FROM (
                SELECT starts_at, max(ends_at) OVER (PARTITION BY calendar_id ORDER BY starts_at, id
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy_until
                FROM claim WHERE exclusive) c
             WHERE busy_until > starts_at",
        )
        .await
    }
}

/// Lines of `postmaster.pid`, counted from 0 (PostgreSQL's `pidfile.h`).
const PID_LINE: usize = 0;
const SOCKET_FOLDER_LINE: usize = 4;

/// The process id of the PostgreSQL that runs on a data directory.
pub(crate) fn postmaster(data_dir: &Path) -> Result<i32> {
    Ok(lock_file_line(data_dir, PID_LINE)?.parse()?)
}

fn lock_file_line(data_dir: &Path, line: usize) -> Result<String> {
    let path = data_dir.join("postgres/postmaster.pid");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    Ok(text.lines().nth(line).context("a line is missing")?.trim().to_owned())
}
