//! The database of a command that works for a while and ends: found, started and brought up to date as the server does it.

use std::path::Path;

use anyhow::Result;
use rendez_platform::auth::entropy::SystemEntropy;
use rendez_platform::config::Settings;
use rendez_platform::private_postgres::{PrivatePostgres, PrivatePostgresSettings};
use rendez_platform::store::Store;
use tokio::signal::unix::{SignalKind, signal};

use crate::wiring;

/// An open database. A private PostgreSQL runs as long as this is open.
pub(crate) struct Database {
    /// Connections to it.
    pub(crate) store: Store,
    private: Option<PrivatePostgres>,
}

/// Settings of a command: the file's and the environment's, and the flag for the database over both.
pub(crate) fn settings(config: Option<&Path>, database_url: Option<&str>) -> Result<Settings> {
    let mut settings = Settings::load(config, std::env::vars())?;
    if let Some(url) = database_url {
        settings.database.url = Some(url.to_owned());
    }
    settings.validate()?;
    Ok(settings)
}

/// Opens the database that the settings name, else the private one of the data directory.
pub(crate) async fn open(data_dir: &Path, settings: &Settings) -> Result<Database> {
    let private = match &settings.database.url {
        Some(_) => None,
        None => {
            let private = PrivatePostgresSettings {
                bin_dir: settings.database.bin_dir.clone(),
                ..PrivatePostgresSettings::new(data_dir)
            };
            Some(PrivatePostgres::start(&private, &SystemEntropy).await?)
        }
    };
    let config = match (&private, &settings.database.url) {
        (Some(private), _) => private.config().clone(),
        (None, url) => url.as_deref().unwrap_or_default().parse()?,
    };
    let store = wiring::store(&config, settings).await?;
    Ok(Database { store, private })
}

/// Waits until somebody wants the command to end: Ctrl-C, or SIGTERM as systems send it.
pub(crate) async fn interrupted() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
        _ = terminate.recv() => Ok(()),
    }
}

impl Database {
    /// Closes the connections and stops a private PostgreSQL in order.
    pub(crate) async fn close(self) -> Result<()> {
        self.store.close();
        if let Some(private) = self.private {
            private.stop().await?;
        }
        Ok(())
    }
}
