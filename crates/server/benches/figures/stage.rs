//! Where a figure is taken: a data directory of its own, a server on it, SQL beside it, tokens.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::database::{self, Database};
use crate::machine::Spent;
use crate::server::{self, Server};
use crate::tokens::Tokens;

/// A folder that goes away with the figure.
pub(crate) struct Folder(TempDir);

impl Folder {
    /// Makes one in `RENDEZ_FIGURES_DIR` or among the build's files, that PostgreSQL's user may walk through.
    pub(crate) fn new() -> Result<Self> {
        let base = std::env::var_os("RENDEZ_FIGURES_DIR")
            .map_or_else(|| env!("CARGO_TARGET_TMPDIR").into(), PathBuf::from);
        std::fs::create_dir_all(&base)?;
        let mode = std::fs::Permissions::from_mode(0o711);
        let made = tempfile::Builder::new().prefix("figures-").permissions(mode).tempdir_in(&base);
        Ok(Self(made.with_context(|| format!("a folder in {}", base.display()))?))
    }

    /// The data directory in it.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.0.path().join("data")
    }

    /// A file in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// A fresh server and the ways to it.
pub(crate) struct Stage {
    /// The process.
    pub(crate) server: Server,
    /// A connection beside it.
    pub(crate) database: Database,
    /// Who may ask.
    pub(crate) tokens: Tokens,
    /// Where all of it stands.
    pub(crate) folder: Folder,
}

impl Stage {
    /// Starts a server on a new data directory.
    pub(crate) async fn set() -> Result<Self> {
        Ok(Self::set_with(false).await?.0)
    }

    /// The same, with demo data if asked for; how long it took until the first page came.
    pub(crate) async fn set_with(demo: bool) -> Result<(Self, Duration)> {
        let folder = Folder::new()?;
        let data_dir = folder.data_dir();
        let path = if demo { "/" } else { "/readyz" };
        let (server, took) = Server::start(&data_dir, server::free_address()?, demo, path).await?;
        let database = Database::connect(&data_dir).await?;
        let tokens = Tokens::open(&data_dir)?;
        Ok((Self { server, database, tokens, folder }, took))
    }

    /// Where the server listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// The processor time that server, PostgreSQL and driver have taken so far.
    pub(crate) fn spent(&self) -> Result<Spent> {
        Spent::until_now(self.server.pid()?, database::postmaster(&self.folder.data_dir())?)
    }

    /// Stops the server in order and removes everything.
    pub(crate) async fn strike(self) -> Result<()> {
        drop(self.database);
        self.server.stop().await
    }
}
