//! Who runs PostgreSQL: ourselves, or an unprivileged user when we are root (PostgreSQL refuses to run as root).

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::unistd::{Gid, Uid, User, chown};

use super::error::StartError;

/// The user that PostgreSQL's processes and files belong to.
#[derive(Debug, Clone)]
pub(super) struct Account {
    uid: Uid,
    gid: Gid,
    name: String,
    /// Whether we are root and have to become this user.
    switch: bool,
}

impl Account {
    /// Ourselves, or as root: the owner of the cluster that exists, else `postgres`, else `nobody`.
    ///
    /// The user needs an entry in the passwd database, because `initdb` asks for its own name.
    pub(super) fn choose(cluster: &Path) -> Result<Self, StartError> {
        let uid = Uid::effective();
        if !uid.is_root() {
            return Ok(Self { uid, gid: Gid::effective(), name: uid.to_string(), switch: false });
        }
        let owner = match std::fs::metadata(cluster) {
            Ok(metadata) if metadata.uid() != 0 => User::from_uid(Uid::from_raw(metadata.uid()))?,
            _ => None,
        };
        let user = match owner {
            Some(user) => Some(user),
            None => match User::from_name("postgres")? {
                Some(user) => Some(user),
                None => User::from_name("nobody")?,
            },
        };
        let user = user.ok_or(StartError::NoUser)?;
        Ok(Self { uid: user.uid, gid: user.gid, name: user.name, switch: true })
    }

    /// User and group to become before the program starts, if we must.
    pub(super) fn to_become(&self) -> Option<(u32, u32)> {
        self.switch.then(|| (self.uid.as_raw(), self.gid.as_raw()))
    }

    /// Gives a file or folder to this user.
    pub(super) fn give(&self, path: &Path) -> Result<(), StartError> {
        if self.switch {
            chown(path, Some(self.uid), Some(self.gid))?;
        }
        Ok(())
    }

    /// Whether the path belongs to this user.
    pub(super) fn owns(&self, metadata: &std::fs::Metadata) -> bool {
        metadata.uid() == self.uid.as_raw()
    }

    /// Refuses when a folder on the way to `path` cannot be entered by this user. `path` is absolute.
    pub(super) fn check_reach(&self, path: &Path) -> Result<(), StartError> {
        if !self.switch {
            return Ok(());
        }
        for folder in path.ancestors() {
            let metadata = std::fs::metadata(folder)?;
            let needed = if metadata.uid() == self.uid.as_raw() {
                0o100
            } else if metadata.gid() == self.gid.as_raw() {
                0o010
            } else {
                0o001
            };
            if metadata.mode() & needed == 0 {
                return Err(StartError::Unreachable { user: self.name.clone(), folder: folder.to_owned() });
            }
        }
        Ok(())
    }
}
