//! Why a private PostgreSQL does not start, in sentences that say what to do.

use std::path::PathBuf;

use crate::fault::Fault;

/// Why the private PostgreSQL did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No server binaries on this machine.
    #[error(
        "no PostgreSQL server found; install version 15 or newer (Debian, Ubuntu: `apt-get install postgresql`, \
         Fedora: `dnf install postgresql-server`, macOS: `brew install postgresql@17`), \
         or use a server elsewhere with --database-url"
    )]
    NotInstalled,
    /// Only versions that lack what the schema needs.
    #[error("PostgreSQL {version} in {folder} is too old; install version 15 or newer", folder = folder.display())]
    TooOld {
        /// The major version found.
        version: u32,
        /// Where it is.
        folder: PathBuf,
    },
    /// The data was written by another major version than those installed.
    #[error(
        "the data in {folder} was written by PostgreSQL {wanted}, which is not installed; \
         install that version, or move the data with pg_upgrade",
        folder = folder.display()
    )]
    OtherVersion {
        /// The major version that wrote the data.
        wanted: String,
        /// The cluster's folder.
        folder: PathBuf,
    },
    /// Another server works on the same data.
    #[error("another rendez{holder} uses {folder}; stop it or choose another --data-dir", folder = folder.display())]
    InUse {
        /// The data directory.
        folder: PathBuf,
        /// ` (pid N)`, or nothing when it could not be read.
        holder: String,
    },
    /// It was told to stop before it was ready.
    #[error("PostgreSQL was stopped while it started")]
    Interrupted,
    /// As root PostgreSQL must run as somebody else, and nobody fits.
    #[error(
        "PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody` to run it as"
    )]
    NoUser,
    /// The unprivileged user cannot get to the data directory.
    #[error(
        "PostgreSQL runs as the user `{user}`, who cannot enter {folder}; choose a --data-dir outside it, \
         such as /var/lib/rendez, or start rendez as an ordinary user",
        folder = folder.display()
    )]
    Unreachable {
        /// Who would run PostgreSQL.
        user: String,
        /// The folder that stops them.
        folder: PathBuf,
    },
    /// The folder for the socket belongs to somebody else.
    #[error("{folder} is not a private folder of the user who runs PostgreSQL; remove it", folder = folder.display())]
    SocketFolder {
        /// The folder in question.
        folder: PathBuf,
    },
    /// There is a cluster, but nobody knows its password any more.
    #[error("{file} is missing, but the cluster beside it exists; put the file back from a backup", file = file.display())]
    PasswordLost {
        /// Where the password should stand.
        file: PathBuf,
    },
    /// An earlier PostgreSQL on the same data does not end.
    #[error("an earlier PostgreSQL (pid {pid}) still works on {folder} and does not stop", folder = folder.display())]
    LeftOver {
        /// One of its processes.
        pid: i32,
        /// The cluster's folder.
        folder: PathBuf,
    },
    /// `initdb` failed.
    #[error("initdb failed: {output}")]
    Initdb {
        /// The end of what it said.
        output: String,
    },
    /// The server ended before it was ready.
    #[error("PostgreSQL did not start: {log}")]
    Ended {
        /// The end of its log.
        log: String,
    },
    /// The server did not become ready in time.
    #[error("PostgreSQL was not ready after {seconds} s: {log}")]
    Slow {
        /// How long it had.
        seconds: u64,
        /// The end of its log.
        log: String,
    },
    /// Something else broke.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<std::io::Error> for StartError {
    fn from(error: std::io::Error) -> Self {
        Self::Fault(Fault::new("preparing the private PostgreSQL", error))
    }
}

impl From<nix::Error> for StartError {
    fn from(error: nix::Error) -> Self {
        Self::Fault(Fault::new("preparing the private PostgreSQL", error))
    }
}
