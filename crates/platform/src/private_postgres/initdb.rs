//! Makes a new cluster, so that a kill at any moment leaves either none or a whole one.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use super::account::Account;
use super::binaries::Binaries;
use super::child;
use super::error::StartError;
use super::folder::{Folder, tail};
use super::leftover;

/// The superuser of a private cluster.
pub(super) const USER: &str = "rendez";

/// Makes the cluster in a folder beside its place and moves it there when it is complete.
///
/// `initdb` syncs each file it writes; writing without and syncing once at the end takes a third of the time.
pub(super) async fn create(
    folder: &Folder,
    binaries: &Binaries,
    account: &Account,
    password_file: &Path,
    durable: bool,
) -> Result<(), StartError> {
    let unfinished = folder.unfinished_cluster();
    if unfinished.exists() {
        leftover::settle(&unfinished, None).await?;
        std::fs::remove_dir_all(&unfinished)?;
    }
    DirBuilder::new().mode(0o700).create(&unfinished)?;
    account.give(&unfinished)?;

    let mut command = Command::new(binaries.program("initdb"));
    command.arg("-D").arg(&unfinished).args(["-U", USER, "-E", "UTF8", "--no-instructions", "-N"]);
    command.arg(if cfg!(target_os = "macos") { "--locale=C" } else { "--locale=C.UTF-8" });
    if durable {
        command.args(["--data-checksums", "-A", "scram-sha-256", "--pwfile"]).arg(password_file);
    } else {
        // A throw-away cluster in a private folder: hashing for each connection would be most of a test's time.
        command.args(["-A", "trust"]);
    }
    run(command, account).await?;

    if durable {
        let mut sync = Command::new(binaries.program("initdb"));
        sync.arg("-D").arg(&unfinished).arg("--sync-only");
        run(sync, account).await?;
    }
    std::fs::rename(&unfinished, folder.cluster())?;
    File::open(&folder.data_dir)?.sync_all()?;
    Ok(())
}

async fn run(mut command: Command, account: &Account) -> Result<(), StartError> {
    child::isolate(&mut command, account);
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await?;
    if output.status.success() {
        return Ok(());
    }
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    Err(StartError::Initdb { output: tail(&said) })
}
