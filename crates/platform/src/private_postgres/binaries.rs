//! Finds PostgreSQL's server binaries on this machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::error::StartError;

/// The oldest major version that has what the schema uses.
const OLDEST: u32 = 15;

/// A folder with `postgres` and `initdb` of one major version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    folder: PathBuf,
    major: u32,
}

impl Binaries {
    /// The path of one program.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Finds binaries of the version that wrote the cluster, or the first fitting ones when there is none yet.
///
/// A folder that was set explicitly is the only one looked at.
pub(super) fn find(
    set: Option<&Path>,
    written_by: Option<&str>,
    cluster: &Path,
) -> Result<Binaries, StartError> {
    let folders = match set {
        Some(folder) => vec![folder.to_owned()],
        None => usual_folders(),
    };
    choose(folders.into_iter().filter_map(probe), written_by, cluster)
}

fn choose(
    found: impl Iterator<Item = Binaries>,
    written_by: Option<&str>,
    cluster: &Path,
) -> Result<Binaries, StartError> {
    let mut too_old = None;
    let mut other_version = false;
    for binaries in found {
        if binaries.major < OLDEST {
            too_old = Some(StartError::TooOld { version: binaries.major, folder: binaries.folder });
        } else if written_by.is_some_and(|wanted| wanted != binaries.major.to_string()) {
            other_version = true;
        } else {
            return Ok(binaries);
        }
    }
    match written_by {
        Some(wanted) if other_version => {
            Err(StartError::OtherVersion { wanted: wanted.to_owned(), folder: cluster.to_owned() })
        }
        _ => Err(too_old.unwrap_or(StartError::NotInstalled)),
    }
}

/// What `pg_config` says, then PATH, then where distributions put it, newest first. Debian keeps `initdb` out of PATH.
fn usual_folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Some(folder) = output_of(Command::new("pg_config").arg("--bindir")) {
        folders.push(PathBuf::from(folder.trim()));
    }
    if let Some(path) = std::env::var_os("PATH") {
        folders.extend(std::env::split_paths(&path));
    }
    folders.extend(newest_first(Path::new("/usr/lib/postgresql"), "", "bin"));
    folders.extend(newest_first(Path::new("/usr"), "pgsql-", "bin"));
    folders.extend(newest_first(Path::new("/opt/homebrew/opt"), "postgresql@", "bin"));
    folders.extend(newest_first(Path::new("/usr/local/opt"), "postgresql@", "bin"));
    folders.push(PathBuf::from("/usr/local/pgsql/bin"));
    folders
}

/// `<parent>/<prefix><number>/<below>` for each such folder, the highest number first.
fn newest_first(parent: &Path, prefix: &str, below: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let number = name.to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((number, entry.path().join(below)))
        })
        .collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, folder)| folder).collect()
}

fn probe(folder: PathBuf) -> Option<Binaries> {
    if !folder.join("initdb").is_file() {
        return None;
    }
    let major = major_version(&output_of(Command::new(folder.join("postgres")).arg("--version"))?)?;
    Some(Binaries { folder, major })
}

/// `postgres (PostgreSQL) 15.18 (…)` is 15; a beta says `17beta1`.
fn major_version(text: &str) -> Option<u32> {
    let version =
        text.split_whitespace().find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    version.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

fn output_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(majors: &[u32]) -> impl Iterator<Item = Binaries> {
        majors.iter().map(|major| Binaries { folder: PathBuf::from("/x"), major: *major })
    }

    #[test]
    fn versions_are_read_as_postgres_prints_them() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major_version("postgres"), None);
    }

    #[test]
    fn the_version_that_wrote_the_data_is_chosen_and_old_ones_are_refused() {
        let cluster = Path::new("/data/postgres");
        assert_eq!(choose(versions(&[14, 17, 15]), None, cluster).expect("17 fits").major, 17);
        assert_eq!(choose(versions(&[17, 15]), Some("15"), cluster).expect("15 is there").major, 15);
        let refused =
            |majors: &[u32], wanted| choose(versions(majors), wanted, cluster).expect_err("refused");
        assert!(matches!(refused(&[17], Some("15")), StartError::OtherVersion { .. }));
        assert!(matches!(refused(&[13], None), StartError::TooOld { version: 13, .. }));
        assert!(refused(&[], None).to_string().contains("apt-get install postgresql"));
    }
}
