//! The pool and the three verbs.

use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio::time::error::Elapsed;
use tokio_postgres::{Config, NoTls};

use crate::fault::Fault;

/// The longest silence on a connection to a server that is asked something.
const SILENCE: Duration = Duration::from_secs(15);

/// How to reach PostgreSQL and how much of it to take.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// Connections at most.
    pub pool_size: usize,
    /// How long a request waits for a connection before it is told to come back.
    pub wait: Duration,
    /// The server ends a statement after this time. It is disarmed before a commit, so it never leaves one in doubt.
    pub statement_timeout: Duration,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self { pool_size: 24, wait: Duration::from_secs(5), statement_timeout: Duration::from_secs(10) }
    }
}

/// PostgreSQL, the only system of record. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
}

/// A connection of the pool; gives itself back when dropped.
pub struct Conn(deadpool_postgres::Client);

impl Deref for Conn {
    type Target = deadpool_postgres::Client;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Conn {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl Conn {
    /// What a reading with a time limit gave. A connection that has not answered by then is closed: nobody else shall wait
    /// for it.
    pub fn answered<T>(self, answer: Result<Result<T, Fault>, Elapsed>) -> Result<T, Fault> {
        match answer {
            Ok(answer) => answer,
            Err(late) => {
                self.close();
                Err(Fault::passing("waiting for PostgreSQL's answer", late))
            }
        }
    }

    /// Closes the connection instead of giving it back.
    pub fn close(self) {
        drop(deadpool_postgres::Object::take(self.0));
    }
}

impl Store {
    /// Builds the pool. Connections are opened when they are first needed.
    ///
    /// `config` may name several hosts; with `target_session_attrs=read-write` the writable one is found again after
    /// a failover. TLS is spoken when the configuration asks for it and never over a Unix socket.
    pub fn new(config: &Config, settings: &StoreSettings) -> Result<Self, Fault> {
        let mut config = config.clone();
        // A prepared statement keeps its plan until the tables are analyzed again. One that was planned while a table was
        // new would read it from end to end for its first busy minute, so scans of whole tables are a last resort; their
        // pretended cost must not start the JIT compiler.
        let options = format!(
            "{} -c statement_timeout={} -c idle_in_transaction_session_timeout=30000 -c enable_seqscan=off -c jit=off -c TimeZone=UTC -c pg_trgm.word_similarity_threshold=0.4",
            config.get_options().unwrap_or_default(),
            settings.statement_timeout.as_millis()
        );
        config.options(options.trim());
        if config.get_application_name().is_none() {
            config.application_name("rendez");
        }
        notice_silence(&mut config);
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager =
            if config.get_ssl_mode() == tokio_postgres::config::SslMode::Disable || only_sockets(&config) {
                Manager::from_config(config, NoTls, recycling)
            } else {
                Manager::from_config(config, super::tls::connector()?, recycling)
            };
        let pool = Pool::builder(manager)
            .max_size(settings.pool_size)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(settings.wait))
            .create_timeout(Some(settings.wait))
            .pre_recycle(Hook::sync_fn(|client, _| {
                if client.is_closed() { Err(HookError::message("the connection is closed")) } else { Ok(()) }
            }))
            .build()
            .map_err(|error| Fault::new("building the connection pool", error))?;
        Ok(Self { pool })
    }

    /// A connection for reading what was committed before now.
    pub async fn read_fresh(&self) -> Result<Conn, Fault> {
        Ok(Conn(self.pool.get().await?))
    }

    /// A connection for readings that may be a moment old: lists, search, completion. With replicas it is one of them.
    pub async fn read_any(&self) -> Result<Conn, Fault> {
        self.read_fresh().await
    }

    /// Runs a write to its end, whether or not the caller still waits for it.
    ///
    /// The closure gets a connection of its own and runs in a task of its own: a client that disconnects or a
    /// time-out above drops only the waiting, never the statement.
    pub async fn write<T, E, F, Fut>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(Conn) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send,
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let pool = self.pool.clone();
        let task = tokio::spawn(async move {
            let conn = Conn(pool.get().await.map_err(Fault::from)?);
            work(conn).await
        });
        match task.await {
            Ok(result) => result,
            Err(error) => Err(Fault::new("running a write", error).into()),
        }
    }

    /// Closes every connection: the last thing before the database itself stops.
    pub fn close(&self) {
        self.pool.close();
    }

    /// How many connections exist and how many requests wait for one.
    pub fn usage(&self) -> (usize, usize) {
        let status = self.pool.status();
        (status.size, status.waiting)
    }
}

/// A server that is gone without a word is found out within a quarter of a minute, unless the configuration says otherwise.
fn notice_silence(config: &mut Config) {
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE);
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(SILENCE);
    }
    if config.get_keepalives_interval().is_none() {
        config.keepalives_idle(SILENCE / 3).keepalives_interval(SILENCE / 3).keepalives_retries(2);
    }
}

fn only_sockets(config: &Config) -> bool {
    config.get_hosts().iter().all(|host| matches!(host, tokio_postgres::config::Host::Unix(_)))
}
