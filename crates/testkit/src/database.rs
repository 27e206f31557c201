//! A database of its own for each test: a copy of the migrated template, dropped when the test ends.
//!
//! Creating and dropping is done on a thread with a runtime of its own, because every test has another runtime and a
//! connection dies with the runtime that drives it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;
use jiff::SignedDuration;
use rendez_platform::store::{Store, StoreSettings};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_postgres::config::Host;
use tokio_postgres::{Client, Config};

use crate::cable::Cable;
use crate::cluster::{TEMPLATE, TestCluster, VARIABLE, connect};

/// A migrated, empty database that no other test sees.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    config: Config,
    clock_shift: Mutex<SignedDuration>,
}

impl TestDatabase {
    /// Copies the template, which takes some tens of milliseconds.
    ///
    /// # Panics
    /// When there is no PostgreSQL to make it in: a test cannot go on.
    pub async fn new() -> Self {
        let maker = maker();
        let (answer, made) = oneshot::channel();
        maker.create.send(answer).expect("the thread that makes databases runs");
        let config =
            made.await.expect("the thread that makes databases answers").expect("a database is made");
        let name = config.get_dbname().expect("it was made with a name").to_owned();
        Self { name, config, clock_shift: Mutex::new(SignedDuration::ZERO) }
    }

    /// The same one at the end of a cable.
    pub async fn behind_a_cable(mut self) -> (Self, Cable) {
        let cable = Cable::to(&self.config).await;
        self.config = cable.config(&self.config);
        (self, cable)
    }

    /// How to connect to it.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The same for a program that takes it as an argument.
    pub fn url(&self) -> String {
        let hosts: Vec<String> = self
            .config
            .get_hosts()
            .iter()
            .map(|host| match host {
                Host::Unix(path) => path.display().to_string(),
                Host::Tcp(name) => name.clone(),
            })
            .collect();
        let mut url = format!("host='{}' dbname='{}'", hosts.join(","), self.name);
        if let Some(user) = self.config.get_user() {
            url.push_str(&format!(" user='{user}'"));
        }
        if let Some(password) = self.config.get_password() {
            url.push_str(&format!(" password='{}'", String::from_utf8_lossy(password)));
        }
        if let Some(port) = self.config.get_ports().first() {
            url.push_str(&format!(" port={port}"));
        }
        url
    }

    /// A connection that is driven by the test's own runtime.
    ///
    /// # Panics
    /// When PostgreSQL refuses.
    pub async fn connect(&self) -> Client {
        connect(&self.config).await.expect("the test's database accepts connections")
    }

    /// A store with a small pool.
    ///
    /// # Panics
    /// When the pool cannot be built.
    pub fn store(&self) -> Store {
        let settings = StoreSettings { pool_size: 8, ..StoreSettings::default() };
        Store::new(&self.config, &settings).expect("a pool on a socket")
    }

    /// Moves this database's clock (`rendez_now()`) by so much, further from where earlier calls moved it.
    ///
    /// # Panics
    /// When PostgreSQL refuses.
    pub async fn shift_clock(&self, by: SignedDuration) {
        let mut shift = self.clock_shift.lock().await;
        *shift += by;
        let sql = format!(
            "CREATE OR REPLACE FUNCTION rendez_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE \
             RETURN transaction_timestamp() + interval '{} microseconds'",
            shift.as_micros()
        );
        self.connect().await.batch_execute(&sql).await.expect("the clock's function is replaced");
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // At the end of the process nobody may be there to do it; the cluster's end does it then.
        let _ = maker().drop.send(std::mem::take(&mut self.name));
    }
}

type Answer = oneshot::Sender<Result<Config>>;

struct Maker {
    create: mpsc::UnboundedSender<Answer>,
    drop: mpsc::UnboundedSender<String>,
}

fn maker() -> &'static Maker {
    static MAKER: OnceLock<Maker> = OnceLock::new();
    MAKER.get_or_init(|| {
        let (create, creations) = mpsc::unbounded_channel();
        let (drop, drops) = mpsc::unbounded_channel();
        std::thread::Builder::new()
            .name("test-databases".to_owned())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime").block_on(make(creations, drops)).expect("a test cluster");
            })
            .expect("a thread");
        Maker { create, drop }
    })
}

async fn make(
    mut creations: mpsc::UnboundedReceiver<Answer>,
    mut drops: mpsc::UnboundedReceiver<String>,
) -> Result<()> {
    // Kept until the process ends, and PostgreSQL with it.
    let (_cluster, admin) = match std::env::var(VARIABLE) {
        Ok(url) => (None, url.parse::<Config>()?),
        Err(_) => {
            let cluster = TestCluster::start().await?;
            let config = cluster.config().clone();
            (Some(cluster), config)
        }
    };
    let creator = connect(&admin).await?;
    let dropper = connect(&admin).await?;
    let creating = async {
        while let Some(answer) = creations.recv().await {
            let _ = answer.send(create(&creator, &admin).await);
        }
    };
    let dropping = async {
        while let Some(name) = drops.recv().await {
            // One that cannot be dropped goes with the cluster.
            let _ = dropper.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    };
    tokio::join!(creating, dropping);
    Ok(())
}

async fn create(creator: &Client, admin: &Config) -> Result<Config> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let name = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    // Copying files takes a checkpoint, which costs nothing here as nothing is synced, and a ninth of the time.
    creator.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")).await?;
    let mut config = admin.clone();
    config.dbname(&name);
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_test_has_a_database_and_a_clock_of_its_own() {
        let (one, other) = tokio::join!(TestDatabase::new(), TestDatabase::new());
        assert_ne!(one.config().get_dbname(), other.config().get_dbname());
        one.connect()
            .await
            .batch_execute("INSERT INTO region VALUES ('fr', 1)")
            .await
            .expect("one's own row");
        let rows =
            other.connect().await.query("SELECT 1 FROM region WHERE code = 'fr' AND number = 1", &[]).await;
        assert!(rows.expect("the table is there").is_empty());

        one.shift_clock(SignedDuration::from_hours(25)).await;
        one.shift_clock(SignedDuration::from_hours(-1)).await;
        let hours = "SELECT round(extract(epoch FROM rendez_now() - clock_timestamp()) / 3600)::int8";
        for (database, expected) in [(&one, 24), (&other, 0)] {
            let shift: i64 = database.connect().await.query_one(hours, &[]).await.expect("the clock").get(0);
            assert_eq!(shift, expected);
        }
    }
}
