//! What stands in the data directory: the lock, the password, the socket's folder, the cluster.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use sha2::{Digest, Sha256};

use super::account::Account;
use super::error::StartError;

/// PostgreSQL names the socket by a port even where there is none.
pub(super) const PORT: u16 = 5432;
/// Linux and macOS differ; this fits both (`sun_path` less its final zero byte on macOS is 103).
const LONGEST_SOCKET_PATH: usize = 103;

/// The paths of one data directory.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    /// The data directory itself, absolute, without symbolic links.
    pub(super) data_dir: PathBuf,
}

impl Folder {
    /// Makes the data directory when it is missing.
    pub(super) fn open(data_dir: &Path) -> Result<Self, StartError> {
        crate::data_dir::make(data_dir)?;
        Ok(Self { data_dir: data_dir.canonicalize()? })
    }

    /// PostgreSQL's own folder.
    pub(super) fn cluster(&self) -> PathBuf {
        self.data_dir.join("postgres")
    }

    /// Where `initdb` works until it is done. A folder of this name is always rubbish when a server starts.
    pub(super) fn unfinished_cluster(&self) -> PathBuf {
        self.data_dir.join("postgres.unfinished")
    }

    /// PostgreSQL's log.
    pub(super) fn log(&self) -> PathBuf {
        self.data_dir.join("postgres.log")
    }

    fn password_file(&self) -> PathBuf {
        self.data_dir.join("postgres.password")
    }

    /// The major version that wrote the cluster; none when there is no cluster yet.
    pub(super) fn written_by(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.cluster().join("PG_VERSION")).ok()?;
        Some(text.trim().to_owned())
    }

    /// Takes the data directory for this process as long as the lock lives. It ends with the process, however that ends.
    pub(super) fn lock(&self) -> Result<Flock<File>, StartError> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(self.data_dir.join("rendez.lock"))?;
        let mut holder = String::new();
        file.read_to_string(&mut holder)?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(mut lock) => {
                lock.set_len(0)?;
                std::io::Seek::rewind(&mut *lock)?;
                write!(lock, "{}", std::process::id())?;
                Ok(lock)
            }
            Err((_, Errno::EWOULDBLOCK)) => {
                let holder =
                    holder.trim().parse::<u32>().map(|pid| format!(" (pid {pid})")).unwrap_or_default();
                Err(StartError::InUse { folder: self.data_dir.clone(), holder })
            }
            Err((_, error)) => Err(error.into()),
        }
    }

    /// The password of the cluster and the file it stands in. `fresh` is written down when there is none yet.
    pub(super) fn password(&self, fresh: &str, account: &Account) -> Result<(String, PathBuf), StartError> {
        let path = self.password_file();
        match std::fs::read_to_string(&path) {
            Ok(text) if !text.trim().is_empty() => return Ok((text.trim().to_owned(), path)),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        if self.written_by().is_some() {
            return Err(StartError::PasswordLost { file: path });
        }
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        writeln!(file, "{fresh}")?;
        file.sync_all()?;
        account.give(&path)?;
        Ok((fresh.to_owned(), path))
    }

    /// The folder of the socket: in the data directory, or in /tmp when that path is too long for a socket.
    pub(super) fn socket_folder(&self, account: &Account) -> Result<PathBuf, StartError> {
        let usual = self.data_dir.join("run");
        let folder = if socket_lock_in(&usual).as_os_str().len() <= LONGEST_SOCKET_PATH {
            usual
        } else {
            let digest = Sha256::digest(self.data_dir.as_os_str().as_bytes());
            let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            Path::new("/tmp").join(format!("rendez-{name}"))
        };
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => account.give(&folder)?,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                // Somebody else may have made it first in /tmp, to listen in.
                let metadata = std::fs::symlink_metadata(&folder)?;
                if !metadata.is_dir()
                    || !account.owns(&metadata)
                    || metadata.permissions().mode() & 0o077 != 0
                {
                    return Err(StartError::SocketFolder { folder });
                }
            }
            Err(error) => return Err(error.into()),
        }
        Ok(folder)
    }

    /// Removes the folder of the socket if it is one in /tmp, where nothing of ours should stay.
    pub(super) fn remove_socket_folder(&self, folder: &Path) {
        if !folder.starts_with(&self.data_dir) {
            // It is empty once PostgreSQL has ended; if it is not, it is better kept.
            let _ = std::fs::remove_dir(folder);
        }
    }

    /// Opens the log for appending. A long one is put aside first, so there are two at most.
    pub(super) fn open_log(&self) -> Result<File, StartError> {
        const LONG: u64 = 16 * 1024 * 1024;
        let path = self.log();
        if std::fs::metadata(&path).is_ok_and(|metadata| metadata.len() > LONG) {
            std::fs::rename(&path, self.data_dir.join("postgres.log.1"))?;
        }
        let file = OpenOptions::new().append(true).create(true).open(&path)?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        Ok(file)
    }

    /// The last lines of the log, for the sentence that says why it did not start.
    pub(super) fn log_tail(&self) -> String {
        let text = std::fs::read(self.log()).unwrap_or_default();
        tail(&String::from_utf8_lossy(&text))
    }
}

/// The file that locks the socket; the socket has the same name without the end.
pub(super) fn socket_lock_in(folder: &Path) -> PathBuf {
    folder.join(format!(".s.PGSQL.{PORT}.lock"))
}

/// The last few lines, on one line.
pub(super) fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(6)..].join(" | ")
}
