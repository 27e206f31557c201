//! A PostgreSQL of our own: found on the machine, initialised, started, kept running and stopped by this process.
//!
//! Invariants: one process works on a data directory at a time (a lock that dies with the process); the cluster's
//! folder is whole or absent; nothing listens on the network; PostgreSQL never runs as root; whatever way this process
//! ends, the next start on the same directory works. It knows no table: migrations come after it.

mod account;
mod binaries;
mod child;
mod error;
mod folder;
mod initdb;
mod leftover;
mod supervisor;
mod tuning;

use std::path::PathBuf;

use rendez_vocab::Entropy;
use tokio::sync::{oneshot, watch};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Config, NoTls};
use tokio_util::sync::{CancellationToken, DropGuard};

pub use error::StartError;

use crate::fault::Fault;
use supervisor::State;

/// The database that the server works in.
const DATABASE: &str = "rendez";

/// Where and how a private PostgreSQL runs.
#[derive(Debug, Clone)]
pub struct PrivatePostgresSettings {
    /// The directory that it may write to; made when missing. Everything of it stands in there.
    pub data_dir: PathBuf,
    /// Where `postgres` and `initdb` are; looked for in the usual places when not set.
    pub bin_dir: Option<PathBuf>,
    /// Connections at most.
    pub max_connections: u16,
    /// Whether commits survive a crash. Only a throw-away cluster of tests says no; it also asks for no password.
    pub durable: bool,
}

impl PrivatePostgresSettings {
    /// A durable cluster in a directory, with binaries from the usual places and 100 connections.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self { data_dir: data_dir.into(), bin_dir: None, max_connections: 100, durable: true }
    }
}

/// A running private PostgreSQL. Dropping it stops the server in the background; [`PrivatePostgres::stop`] waits.
#[derive(Debug)]
pub struct PrivatePostgres {
    config: Config,
    url: String,
    state: watch::Receiver<State>,
    stop: CancellationToken,
    _stop_when_dropped: DropGuard,
}

impl PrivatePostgres {
    /// Starts PostgreSQL on the data directory, initialising it the first time, and waits until it accepts
    /// connections: tens of milliseconds on an existing directory, a few seconds on a new one.
    ///
    /// `entropy` makes the password of a new cluster.
    pub async fn start(
        settings: &PrivatePostgresSettings,
        entropy: &dyn Entropy,
    ) -> Result<Self, StartError> {
        Self::start_unless(settings, entropy, &CancellationToken::new()).await
    }

    /// The same, unless `enough` is cancelled before PostgreSQL is ready: then what was begun is stopped in order, and
    /// the answer is [`StartError::Interrupted`]. A cluster that is just being made is made to its end first.
    pub async fn start_unless(
        settings: &PrivatePostgresSettings,
        entropy: &dyn Entropy,
        enough: &CancellationToken,
    ) -> Result<Self, StartError> {
        let mut bytes = [0u8; 24];
        entropy.fill(&mut bytes);
        let fresh_password: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();

        let stop = CancellationToken::new();
        let stop_when_dropped = stop.clone().drop_guard();
        let (sender, mut receiver) = oneshot::channel();
        let (thread_settings, thread_stop) = (settings.clone(), stop.clone());
        std::thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || supervisor::run(&thread_settings, &fresh_password, sender, &thread_stop))?;
        let started = tokio::select! {
            started = &mut receiver => started,
            () = enough.cancelled() => {
                stop.cancel();
                receiver.await
            }
        };
        let ready = started.map_err(|_| Fault::plain("starting the private PostgreSQL"))??;
        if stop.is_cancelled() {
            // It was ready in the same moment, and stops now. If its thread has gone, it has stopped too.
            let _ = ready.state.clone().wait_for(State::is_over).await;
            return Err(StartError::Interrupted);
        }

        let mut config = Config::new();
        config.host_path(&ready.socket_folder).port(folder::PORT).user(initdb::USER).dbname(DATABASE);
        let mut login = initdb::USER.to_owned();
        if settings.durable {
            config.password(&ready.password);
            login = format!("{login}:{}", ready.password);
        }
        let host = percent_encode(&ready.socket_folder.to_string_lossy());
        let url = format!("postgresql://{login}@{host}:{}/{DATABASE}", folder::PORT);
        ensure_database(&config).await?;
        Ok(Self { config, url, state: ready.state, stop, _stop_when_dropped: stop_when_dropped })
    }

    /// How to connect. It stays the same when PostgreSQL crashes and comes back.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The same as [`PrivatePostgres::config`] for programs such as `psql`. It contains the password: not for a log.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The process id of the server; none while it recovers and after its end.
    pub fn pid(&self) -> Option<u32> {
        match *self.state.borrow() {
            State::Running(pid) => Some(pid),
            _ => None,
        }
    }

    /// Waits until PostgreSQL is gone and does not come back, and says why. A crash alone is not the end: the server
    /// is started again, and recovers.
    pub async fn lost(&self) -> String {
        let mut state = self.state.clone();
        let end = state.wait_for(State::is_over).await;
        match end.as_deref() {
            Ok(State::Lost(reason)) => reason.clone(),
            Ok(_) => "it was stopped".to_owned(),
            Err(_) => "the thread that ran it ended".to_owned(),
        }
    }

    /// Stops the server: at once for who is connected, in order for the data. Waits until it has ended.
    pub async fn stop(self) -> Result<(), Fault> {
        self.stop.cancel();
        let mut state = self.state.clone();
        match state.wait_for(State::is_over).await.as_deref() {
            Ok(State::Stopped) => Ok(()),
            Ok(State::Lost(reason)) => Err(Fault::new("stopping the private PostgreSQL", reason.clone())),
            _ => Err(Fault::plain("stopping the private PostgreSQL")),
        }
    }
}

/// Connects once, and makes the database if it is not there.
async fn ensure_database(config: &Config) -> Result<(), Fault> {
    match config.connect(NoTls).await {
        Ok(_) => return Ok(()),
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_DATABASE) => {}
        Err(error) => return Err(error.into()),
    }
    let (client, connection) = config.clone().dbname("postgres").connect(NoTls).await?;
    let connection = tokio::spawn(connection);
    client.batch_execute(&format!("CREATE DATABASE {DATABASE}")).await?;
    drop(client);
    // Whatever the closing connection has to say changes nothing.
    let _ = connection.await;
    Ok(())
}

/// RFC 3986 section 2.1, for a path in the place of a host.
fn percent_encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
