//! The directory in which everything of a server is kept.
//!
//! Invariant: one that this process makes can be looked into by its owner only. It does not know what stands in it.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// Makes the directory when it is missing; one that exists stays as it is. Folders above it get the usual mode.
///
/// As root everybody may walk through it, because PostgreSQL runs as somebody else, but nobody may look around.
pub(crate) fn make(data_dir: &Path) -> io::Result<()> {
    if data_dir.is_dir() {
        return Ok(());
    }
    if let Some(parent) = data_dir.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mode = if nix::unistd::Uid::effective().is_root() { 0o711 } else { 0o700 };
    DirBuilder::new().recursive(true).mode(mode).create(data_dir)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn nobody_else_may_look_around() {
        let folder = tempfile::tempdir().expect("a folder");
        let data_dir = folder.path().join("new/data");
        make(&data_dir).expect("made");
        make(&data_dir).expect("there already");
        let mode = data_dir.metadata().expect("there").permissions().mode();
        assert_eq!(mode & 0o066, 0, "{mode:o}");
    }
}
