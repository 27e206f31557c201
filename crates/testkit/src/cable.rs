//! A cable to a database that can fall silent: what it carries then arrives no more, and nobody is told.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// Where PostgreSQL listens unless it is told otherwise.
const USUAL_PORT: u16 = 5432;

/// The cable; connections end with the test's runtime.
#[derive(Debug, Clone)]
pub struct Cable {
    silenced: Arc<watch::Sender<()>>,
    address: SocketAddr,
}

impl Cable {
    /// A cable to a server that listens on a socket of this machine.
    ///
    /// # Panics
    /// When there is no such socket, or no port for the cable.
    pub async fn to(config: &Config) -> Self {
        let Some(Host::Unix(folder)) = config.get_hosts().first() else {
            panic!("a test's server listens on a socket")
        };
        let port = config.get_ports().first().copied().unwrap_or(USUAL_PORT);
        let socket = folder.join(format!(".s.PGSQL.{port}"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let silenced = Arc::new(watch::Sender::new(()));
        tokio::spawn(carry(listener, socket, Arc::clone(&silenced)));
        Self { silenced, address }
    }

    /// How to connect to the same database through the cable.
    pub fn config(&self, direct: &Config) -> Config {
        let mut config = Config::new();
        config.host(self.address.ip().to_string()).port(self.address.port());
        direct.get_user().into_iter().for_each(|user| _ = config.user(user));
        direct.get_password().into_iter().for_each(|password| _ = config.password(password));
        direct.get_dbname().into_iter().for_each(|name| _ = config.dbname(name));
        config
    }

    /// Nothing arrives any more on the connections that there are. New ones work.
    pub fn fall_silent(&self) {
        self.silenced.send_replace(());
    }
}

async fn carry(listener: TcpListener, socket: PathBuf, silenced: Arc<watch::Sender<()>>) {
    while let Ok((mut near, _)) = listener.accept().await {
        let Ok(mut far) = UnixStream::connect(&socket).await else { continue };
        let mut silence = silenced.subscribe();
        tokio::spawn(async move {
            let is_silent = tokio::select! {
                _ = copy_bidirectional(&mut near, &mut far) => false,
                changed = silence.changed() => changed.is_ok(),
            };
            if is_silent {
                hold(near, far).await;
            }
        });
    }
}

/// Neither end hears that the other one is gone.
async fn hold(near: TcpStream, far: UnixStream) {
    std::future::pending::<()>().await;
    drop((near, far));
}
