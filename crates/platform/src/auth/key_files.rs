//! Files that hold secrets: one directory that only its owner may enter, files that appear whole or not at all.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rendez_vocab::Entropy;

use crate::fault::Fault;

/// The directory of secrets below a data directory.
pub(super) fn keys_dir(data_dir: &Path) -> PathBuf {
    data_dir.join("keys")
}

/// Makes the directory if it is missing, and the data directory above it, and keeps others out of it (mode 0700).
pub(super) fn prepare(dir: &Path) -> Result<(), Fault> {
    let prepare = || {
        if let Some(data_dir) = dir.parent() {
            crate::data_dir::make(data_dir)?;
        }
        match DirBuilder::new().mode(0o700).create(dir) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                std::fs::set_permissions(dir, Permissions::from_mode(0o700))
            }
            other => other,
        }
    };
    prepare().map_err(|error| Fault::new("preparing the directory of keys", error))
}

/// Makes a file with this content (mode 0600) unless one of the name exists: then that one stays as it is.
///
/// Two processes may try at once; exactly one wins, and nobody ever sees a half-written file.
pub(super) fn publish(dir: &Path, name: &str, content: &[u8], entropy: &dyn Entropy) -> Result<(), Fault> {
    let mut random = [0u8; 12];
    entropy.fill(&mut random);
    let draft = dir.join(format!(".draft-{}", URL_SAFE_NO_PAD.encode(random)));
    let publish = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(content)?;
        file.sync_all()?;
        let linked = match std::fs::hard_link(&draft, dir.join(name)) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => File::open(dir)?.sync_all(),
        };
        std::fs::remove_file(&draft)?;
        linked
    };
    publish().map_err(|error| Fault::new("writing a key file", error))
}

#[cfg(test)]
mod tests {
    use rendez_vocab::entropy::SeededEntropy;

    use super::*;

    #[test]
    fn the_first_content_stays_and_only_the_owner_reads_it() {
        let data = tempfile::tempdir().expect("a directory");
        let dir = keys_dir(data.path());
        prepare(&dir).expect("prepared");
        prepare(&dir).expect("prepared again");
        let entropy = SeededEntropy::new(1);
        publish(&dir, "secret", b"first", &entropy).expect("published");
        publish(&dir, "secret", b"second", &entropy).expect("left as it was");
        assert_eq!(std::fs::read(dir.join("secret")).expect("readable"), b"first");
        let mode = |path: &Path| path.metadata().expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&dir), mode(&dir.join("secret"))), (0o700, 0o600));
        let fresh = data.path().join("new/data");
        prepare(&keys_dir(&fresh)).expect("prepared");
        assert_eq!(mode(&fresh) & 0o066, 0, "nobody else looks around");
        assert_eq!(std::fs::read_dir(&dir).expect("readable").count(), 1, "no draft is left");
    }
}
