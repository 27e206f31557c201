//! An earlier PostgreSQL on the same data: after `kill -9` of its server it may still be stopping, or still run.
//!
//! Called only by who holds the lock of the data directory, so whatever works on the cluster belongs to nobody else.

use std::path::Path;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::error::StartError;

/// How often to look whether they have ended.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// After so many looks an orderly stop has had its time.
const PATIENCE: u32 = 3_000;

/// Waits until no process works on the cluster, asking them to stop, then removes lock files that mean nothing any more.
pub(super) async fn settle(cluster: &Path, socket_lock: Option<&Path>) -> Result<(), StartError> {
    let cluster = &cluster.canonicalize()?;
    let pid_file = cluster.join("postmaster.pid");
    for look in 0..2 * PATIENCE {
        let running = working_on(cluster, &pid_file);
        if running.is_empty() {
            // PostgreSQL would refuse to start if the number in these files now belonged to a stranger.
            return std::iter::once(pid_file.as_path()).chain(socket_lock).try_for_each(remove);
        }
        if look == 0 || look == PATIENCE {
            let signal = if look == 0 { Signal::SIGINT } else { Signal::SIGQUIT };
            tracing::info!(processes = running.len(), %signal, "an earlier PostgreSQL still runs; stopping it");
            for pid in postmaster(&pid_file).filter(|pid| running.contains(pid)) {
                // It may have ended since we looked.
                let _ = kill(Pid::from_raw(pid), signal);
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    match working_on(cluster, &pid_file).first() {
        Some(pid) => Err(StartError::LeftOver { pid: *pid, folder: cluster.to_owned() }),
        None => Ok(()),
    }
}

/// The process that the cluster's pid file names.
fn postmaster(pid_file: &Path) -> impl Iterator<Item = i32> + use<> {
    std::fs::read_to_string(pid_file)
        .ok()
        .and_then(|text| text.lines().next()?.trim().parse().ok())
        .into_iter()
}

/// PostgreSQL's processes work in their cluster's folder, so their working directory tells them from strangers.
#[cfg(target_os = "linux")]
fn working_on(cluster: &Path, _pid_file: &Path) -> Vec<i32> {
    std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let here = std::fs::read_link(entry.path().join("cwd")).ok()? == cluster;
            let name = std::fs::read_to_string(entry.path().join("comm")).ok()?;
            (here && name.starts_with("postgres")).then_some(pid)
        })
        .collect()
}

#[cfg(not(target_os = "linux"))]
fn working_on(_cluster: &Path, pid_file: &Path) -> Vec<i32> {
    postmaster(pid_file).filter(|pid| kill(Pid::from_raw(*pid), None).is_ok()).collect()
}

fn remove(file: &Path) -> Result<(), StartError> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
