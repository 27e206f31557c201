//! Brings a database to the schema that this program was built with.
//!
//! The files of `migrations/` (`NNNN_verb_noun.sql`) are compiled in and run once each, in order, by one process at a
//! time. A file runs in one transaction together with the note that it ran; a file whose first line is
//! `-- no-transaction` holds exactly one statement that cannot (`CREATE INDEX CONCURRENTLY`) and may run twice.
//! A file that ran is never edited again, and a program never works on a schema that is newer than itself.

use std::time::Duration;

use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};
use tokio_postgres::Client;

use crate::fault::Fault;

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../migrations");

/// Any number will do as long as nothing else in the database takes it.
const LOCK: i64 = 0x72656e64657a;
/// Polling instead of waiting inside PostgreSQL: a waiter holds a snapshot, which `CREATE INDEX CONCURRENTLY` of the
/// process that has the lock would wait for, and neither would end.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The file's name without `.sql`; its number comes first, so names sort.
    pub name: String,
    /// What it does.
    pub sql: String,
}

/// Why the database is not at this program's schema.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// A newer program has been here.
    #[error("the database was migrated by a newer rendez (`{name}` is not known here); start that version")]
    Newer {
        /// The migration that this program does not have.
        name: String,
    },
    /// A file was edited after it ran.
    #[error("migration `{name}` was changed after it ran here; changes go into a new file")]
    Changed {
        /// The migration.
        name: String,
    },
    /// A statement failed; its migration has left nothing behind.
    #[error("migration `{name}` failed")]
    Failed {
        /// The migration.
        name: String,
        /// What PostgreSQL said.
        source: Fault,
    },
    /// Something else broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<tokio_postgres::Error> for MigrationError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Fault(Fault::from(error).while_doing("migrating the database"))
    }
}

/// The files compiled into this program, in order.
pub fn embedded() -> Vec<Migration> {
    let mut files: Vec<Migration> = FOLDER
        .files()
        .filter_map(|file| {
            let name = file.path().file_name()?.to_str()?.strip_suffix(".sql")?;
            Some(Migration { name: name.to_owned(), sql: file.contents_utf8()?.to_owned() })
        })
        .collect();
    files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    files
}

/// Runs what has not run yet of `migrations` (usually [`embedded`]) and names what ran. Waits while another process
/// migrates.
pub async fn run(client: &mut Client, migrations: &[Migration]) -> Result<Vec<String>, MigrationError> {
    while !client.query_one("SELECT pg_try_advisory_lock($1)", &[&LOCK]).await?.get::<_, bool>(0) {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    // A pool's connection may have a limit that is right for requests; an index takes as long as it takes.
    client.batch_execute("SET statement_timeout = 0").await?;
    let result = run_locked(client, migrations).await;
    let release = format!("SELECT pg_advisory_unlock({LOCK}); RESET statement_timeout");
    client.batch_execute(&release).await?;
    result
}

async fn run_locked(client: &mut Client, migrations: &[Migration]) -> Result<Vec<String>, MigrationError> {
    client
        .batch_execute(
            "SET client_min_messages = warning;
             CREATE TABLE IF NOT EXISTS schema_migration (
                 name     text PRIMARY KEY,
                 checksum bytea       NOT NULL,
                 ran_at   timestamptz NOT NULL DEFAULT now()
             );
             RESET client_min_messages",
        )
        .await?;
    let rows = client.query("SELECT name, checksum FROM schema_migration", &[]).await?;
    let ran: Vec<(String, Vec<u8>)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    if let Some((name, _)) = ran.iter().find(|(name, _)| migrations.iter().all(|known| known.name != *name)) {
        return Err(MigrationError::Newer { name: name.clone() });
    }
    let mut report = Vec::new();
    for migration in migrations {
        let checksum = Sha256::digest(&migration.sql).to_vec();
        match ran.iter().find(|(name, _)| *name == migration.name) {
            Some((_, before)) if *before == checksum => {}
            Some(_) => return Err(MigrationError::Changed { name: migration.name.clone() }),
            None => {
                apply(client, migration, &checksum).await.map_err(|error| MigrationError::Failed {
                    name: migration.name.clone(),
                    source: error.into(),
                })?;
                report.push(migration.name.clone());
            }
        }
    }
    Ok(report)
}

async fn apply(
    client: &mut Client,
    migration: &Migration,
    checksum: &[u8],
) -> Result<(), tokio_postgres::Error> {
    const NOTE: &str = "INSERT INTO schema_migration (name, checksum) VALUES ($1, $2)";
    if migration.sql.starts_with("-- no-transaction") {
        drop_unfinished_index(client, &migration.sql).await?;
        client.batch_execute(&migration.sql).await?;
        client.execute(NOTE, &[&migration.name, &checksum]).await?;
        return Ok(());
    }
    let transaction = client.transaction().await?;
    transaction.batch_execute(&migration.sql).await?;
    transaction.execute(NOTE, &[&migration.name, &checksum]).await?;
    transaction.commit().await
}

/// An index whose making was interrupted stays behind invalid, and `IF NOT EXISTS` would leave it so.
async fn drop_unfinished_index(client: &Client, sql: &str) -> Result<(), tokio_postgres::Error> {
    let Some(name) = concurrent_index(sql) else { return Ok(()) };
    let invalid = "SELECT indexrelid::regclass::text FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid";
    if let Some(row) = client.query_opt(invalid, &[&name]).await? {
        let name: &str = row.get(0);
        client.batch_execute(&format!("DROP INDEX CONCURRENTLY {name}")).await?;
    }
    Ok(())
}

/// The name of the index that a file makes with `CREATE INDEX CONCURRENTLY`.
fn concurrent_index(sql: &str) -> Option<&str> {
    let mut words = sql
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"))
        .flat_map(str::split_whitespace)
        .skip_while(|word| !word.eq_ignore_ascii_case("INDEX"))
        .skip(1);
    words.next().filter(|word| word.eq_ignore_ascii_case("CONCURRENTLY"))?;
    words.find(|word| !["IF", "NOT", "EXISTS"].iter().any(|known| word.eq_ignore_ascii_case(known)))
}
