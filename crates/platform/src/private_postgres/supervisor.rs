//! The thread that starts PostgreSQL, keeps it running and stops it.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::sync::{oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::account::Account;
use super::binaries::{self, Binaries};
use super::error::StartError;
use super::folder::{Folder, PORT, socket_lock_in};
use super::tuning::{self, Tuning};
use super::{PrivatePostgresSettings, child, initdb, leftover};

/// How long a start may take; recovery after a crash replays the log first.
const READY_WITHIN: Duration = Duration::from_secs(300);
/// How often to look whether it is ready.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// After so long an orderly stop becomes an immediate one.
const STOP_WITHIN: Duration = Duration::from_secs(60);
/// So many failed starts in a row and we give up.
const TRIES: u32 = 5;

/// Where the server is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// It accepts connections, or did a moment ago.
    Running(u32),
    /// It crashed and comes back.
    Recovering,
    /// It was stopped as asked.
    Stopped,
    /// It does not come back.
    Lost(String),
}

impl State {
    /// Whether nothing more will happen.
    pub(super) fn is_over(&self) -> bool {
        matches!(self, Self::Stopped | Self::Lost(_))
    }
}

/// What the caller needs to connect.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) socket_folder: PathBuf,
    pub(super) password: String,
    pub(super) state: watch::Receiver<State>,
}

/// Runs on a thread of its own until PostgreSQL has ended for good. `fresh_password` is used if there is none yet.
pub(super) fn run(
    settings: &PrivatePostgresSettings,
    fresh_password: &str,
    ready: oneshot::Sender<Result<Ready, StartError>>,
    stop: &CancellationToken,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(error.into()));
            return;
        }
    };
    runtime.block_on(async {
        let started = async {
            let folder = Folder::open(&settings.data_dir)?;
            let lock = folder.lock()?;
            let prepared = Prepared::new(settings, fresh_password, folder).await?;
            let child = prepared.start_once(stop).await?;
            Ok::<_, StartError>((lock, prepared, child))
        };
        match started.await {
            Err(error) => {
                let _ = ready.send(Err(error));
            }
            Ok((lock, prepared, child)) => {
                let (state, watcher) = watch::channel(State::Running(pid_of(&child)));
                let (socket_folder, password) = (prepared.socket_folder.clone(), prepared.password.clone());
                // A caller that has gone away meanwhile has cancelled `stop` by dropping its side.
                let _ = ready.send(Ok(Ready { socket_folder, password, state: watcher }));
                let end = prepared.keep_running(child, stop, &state).await;
                prepared.folder.remove_socket_folder(&prepared.socket_folder);
                // The lock goes first: who sees the end may start another at once.
                drop(lock);
                state.send_replace(end);
            }
        }
    });
}

/// Everything that is needed to start the server, again and again.
struct Prepared {
    folder: Folder,
    account: Account,
    binaries: Binaries,
    socket_folder: PathBuf,
    password: String,
    settings: Vec<String>,
}

impl Prepared {
    async fn new(
        settings: &PrivatePostgresSettings,
        fresh_password: &str,
        folder: Folder,
    ) -> Result<Self, StartError> {
        let cluster = folder.cluster();
        let account = Account::choose(&cluster)?;
        account.check_reach(&folder.data_dir)?;
        let written_by = folder.written_by();
        let binaries = binaries::find(settings.bin_dir.as_deref(), written_by.as_deref(), &cluster)?;
        let (password, password_file) = folder.password(fresh_password, &account)?;
        let socket_folder = folder.socket_folder(&account)?;
        if written_by.is_none() {
            initdb::create(&folder, &binaries, &account, &password_file, settings.durable).await?;
        }
        let settings = tuning::settings(Tuning {
            max_connections: settings.max_connections,
            durable: settings.durable,
            memory_mib: tuning::memory_mib(),
        });
        Ok(Self { folder, account, binaries, socket_folder, password, settings })
    }

    /// Starts the server and waits until it accepts connections, unless it is to stop before.
    async fn start_once(&self, stop: &CancellationToken) -> Result<Child, StartError> {
        if stop.is_cancelled() {
            return Err(StartError::Interrupted);
        }
        let cluster = self.folder.cluster();
        leftover::settle(&cluster, Some(&socket_lock_in(&self.socket_folder))).await?;
        let log = self.folder.open_log()?;
        let mut command = Command::new(self.binaries.program("postgres"));
        command.arg("-D").arg(&cluster).arg("-k").arg(&self.socket_folder).args(["-p", &PORT.to_string()]);
        for setting in &self.settings {
            command.args(["-c", setting]);
        }
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        child::isolate(&mut command, &self.account);
        let mut child = command.spawn()?;
        let waiting = tokio::time::timeout(READY_WITHIN, self.wait_ready(&mut child, &cluster));
        match stop.run_until_cancelled(waiting).await {
            Some(Ok(Ok(()))) => Ok(child),
            Some(Ok(Err(error))) => Err(error),
            None => {
                end(&mut child).await?;
                Err(StartError::Interrupted)
            }
            Some(Err(_)) => {
                end(&mut child).await?;
                Err(StartError::Slow { seconds: READY_WITHIN.as_secs(), log: self.folder.log_tail() })
            }
        }
    }

    /// PostgreSQL writes its state into its pid file, which is what `pg_ctl` reads too.
    async fn wait_ready(&self, child: &mut Child, cluster: &Path) -> Result<(), StartError> {
        let pid_file = cluster.join("postmaster.pid");
        let pid = pid_of(child).to_string();
        loop {
            if let Ok(text) = std::fs::read_to_string(&pid_file) {
                let mut lines = text.lines();
                if lines.next() == Some(&pid) && lines.nth(6).is_some_and(|state| state.trim() == "ready") {
                    return Ok(());
                }
            }
            if child.try_wait()?.is_some() {
                return Err(StartError::Ended { log: self.folder.log_tail() });
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Restarts the server when it crashes, until it is to stop or does not start any more.
    async fn keep_running(
        &self,
        mut child: Child,
        stop: &CancellationToken,
        state: &watch::Sender<State>,
    ) -> State {
        loop {
            let status = tokio::select! {
                () = stop.cancelled() => {
                    return match end(&mut child).await {
                        Ok(()) => State::Stopped,
                        Err(error) => State::Lost(error.to_string()),
                    };
                }
                status = child.wait() => status,
            };
            tracing::error!(status = %describe(status), "PostgreSQL ended by itself; starting it again");
            state.send_replace(State::Recovering);
            child = match self.recover(stop).await {
                Ok(Some(child)) => child,
                Ok(None) => return State::Stopped,
                Err(error) => return State::Lost(error.to_string()),
            };
            tracing::info!("PostgreSQL runs again");
            state.send_replace(State::Running(pid_of(&child)));
        }
    }

    /// Tries to start several times, a little later each time. Nothing when it is to stop meanwhile.
    async fn recover(&self, stop: &CancellationToken) -> Result<Option<Child>, StartError> {
        let mut tries = 1;
        loop {
            match self.start_once(stop).await {
                Ok(child) => return Ok(Some(child)),
                Err(StartError::Interrupted) => return Ok(None),
                Err(error) if tries == TRIES => return Err(error),
                Err(error) => tracing::warn!(%error, tries, "PostgreSQL does not start; trying again"),
            }
            let pause = Duration::from_millis(250) * 2u32.pow(tries);
            tokio::select! {
                () = stop.cancelled() => return Ok(None),
                () = tokio::time::sleep(pause) => tries += 1,
            }
        }
    }
}

/// An orderly stop, then an immediate one (which costs a recovery at the next start, but no data).
async fn end(child: &mut Child) -> Result<(), StartError> {
    let Some(pid) = child.id() else { return Ok(()) };
    let pid = Pid::from_raw(i32::try_from(pid).unwrap_or(i32::MAX));
    kill(pid, Signal::SIGINT)?;
    if tokio::time::timeout(STOP_WITHIN, child.wait()).await.is_err() {
        tracing::warn!("PostgreSQL does not stop in order; stopping it at once");
        kill(pid, Signal::SIGQUIT)?;
        child.wait().await?;
    }
    Ok(())
}

fn pid_of(child: &Child) -> u32 {
    child.id().unwrap_or_default()
}

fn describe(status: std::io::Result<ExitStatus>) -> String {
    match status {
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    }
}
