//! How much room the data directory has, as figures of this process.

use std::path::PathBuf;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// The whole file system in bytes.
pub const SIZE: &str = "rendez_data_disk_bytes";
/// What is free of it for us, in bytes.
pub const FREE: &str = "rendez_data_disk_free_bytes";

const EVERY: Duration = Duration::from_secs(30);

/// Starts the task that measures the file system of a directory now and then, until `stop`.
pub fn spawn(directory: PathBuf, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut beat = tokio::time::interval(EVERY);
        while stop.run_until_cancelled(beat.tick()).await.is_some() {
            if let Ok(found) = nix::sys::statvfs::statvfs(&directory) {
                let block = found.fragment_size() as f64;
                metrics::gauge!(SIZE).set(found.blocks() as f64 * block);
                metrics::gauge!(FREE).set(found.blocks_available() as f64 * block);
            }
        }
    })
}
