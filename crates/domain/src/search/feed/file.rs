//! The index's own file, so that a restart need not read the whole database.
//!
//! It is written beside its place and then moved there, so that there is always a whole one or none. A file of another
//! database, another form or another pack is passed over; one that is too old for the change log turns out to be when
//! following from its position meets a gap.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rendez_index::Index;
use rendez_platform::change_log::{ChangeCursor, head};
use rendez_platform::fault::Fault;
use rendez_platform::store::Store;
use rendez_vocab::ids::PractitionerId;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use tokio_postgres::error::SqlState;

use super::dictionary::Dictionary;
use super::held::Held;
use super::load;
use super::rooms::Needs;
use super::words::Words;
use crate::regions::Pack;
use crate::search::card::CARD_FORM;

/// Rises when what is kept of a practitioner changes its meaning.
const FORM: u32 = 1;
const BUFFER: usize = 1 << 20;
/// Bytes that are brought to the disk at once.
const AT_ONCE: usize = 8 << 20;
/// The longest wait for an answer of the database.
const PATIENCE: Duration = Duration::from_secs(5);
/// The days that an older one covers may end too early.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);

/// What stands in front of the index in its file.
#[derive(Serialize, Deserialize)]
struct Note {
    form: (u32, u8),
    region: String,
    database: String,
    position: String,
    as_of: Timestamp,
    rolled: Vec<Timestamp>,
    words: Dictionary,
    needs: Vec<(PractitionerId, Needs)>,
}

/// Which database this is, whatever address it is reached by, and which of its histories: after a standby has taken over,
/// what the file says may never have happened.
const IDENTITY: &str =
    "SELECT (SELECT system_identifier::text FROM pg_control_system()) || '/' || oid::text || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
    FROM pg_database WHERE datname = current_database()";

/// Names the database, unless its owner lets nobody ask.
pub(super) async fn identity(store: &Store) -> Result<Option<String>, Fault> {
    let conn = store.read_fresh().await?;
    let asking = async {
        match conn.query_one(IDENTITY, &[]).await {
            Ok(row) => Ok(Some(row.get(0))),
            Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => Ok(None),
            Err(error) => Err(error.into()),
        }
    };
    let answer = tokio::time::timeout(PATIENCE, asking).await;
    conn.answered(answer)
}

/// Where the log ends, and what time it is there.
async fn newest(store: &Store) -> Result<(ChangeCursor, Timestamp), Fault> {
    let conn = store.read_fresh().await?;
    let asking = async {
        let newest = head(&conn).await?;
        Ok((newest, conn.query_one("SELECT rendez_now()", &[]).await?.get(0)))
    };
    let answer = tokio::time::timeout(PATIENCE, asking).await;
    conn.answered(answer)
}

/// Writes an index that has been followed to a position. Blocks.
pub(super) fn write(
    path: &Path,
    held: &Held,
    position: ChangeCursor,
    database: &str,
    pack: &Pack,
) -> io::Result<()> {
    let note = Note {
        form: (FORM, CARD_FORM),
        region: pack.region().to_string(),
        database: database.to_owned(),
        position: position.to_string(),
        as_of: held.as_of().0,
        rolled: held.rolls(),
        words: Dictionary::clone(&held.words.now()),
        needs: held.rooms.all(),
    };
    let note = serde_json::to_vec(&note)?;
    let beside = path.with_extension("writing");
    // Names and addresses are in it, and whoever reads it learns when somebody is not at work.
    let fresh = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    fresh.set_permissions(Permissions::from_mode(0o600))?;
    let mut file = BufWriter::with_capacity(BUFFER, Steady { file: fresh, since: 0 });
    held.index.write_to(&mut file, &note)?;
    file.flush()?;
    file.get_ref().file.sync_all()?;
    std::fs::rename(&beside, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Brings what is written to the disk a little at a time. Hundreds of megabytes at once would keep small writes waiting, and
/// each booking is one.
struct Steady {
    file: File,
    /// Bytes since the last time.
    since: usize,
}

impl Write for Steady {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.since += written;
        if self.since >= AT_ONCE {
            self.file.sync_data()?;
            self.since = 0;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Reads the file, if there is one that can be followed from where it was written.
pub(super) async fn read(
    path: &Path,
    store: &Store,
    pack: &'static Pack,
) -> Result<Option<(Held, ChangeCursor)>, Fault> {
    let path = path.to_owned();
    let reading = tokio::task::spawn_blocking(move || {
        let file = File::open(path)?;
        Index::read_from(&mut BufReader::with_capacity(BUFFER, file))
    });
    let (index, note) = match reading.await.map_err(|error| Fault::new("reading the index's file", error))? {
        Ok(read) => read,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            tracing::warn!(%error, "the index's own file cannot be used; everything is read from the database");
            return Ok(None);
        }
    };
    let Ok(note) = serde_json::from_slice::<Note>(&note) else { return Ok(None) };
    let Ok(position) = note.position.parse::<ChangeCursor>() else { return Ok(None) };
    let Some(database) = identity(store).await? else { return Ok(None) };
    let read = Instant::now();
    let (newest, now) = newest(store).await?;
    let rolled = note.rolled.last().copied().unwrap_or(Timestamp::MIN);
    let usable = note.form == (FORM, CARD_FORM)
        && note.region == pack.region().to_string()
        && note.database == database
        && note.words.is_current(pack, &index.settings().zones)
        // A database that was set back has forgotten what the index knows.
        && position <= newest
        && rolled <= now
        && now.duration_since(rolled) < OLDEST;
    if !usable {
        tracing::info!("the index's own file is of another time; everything is read from the database");
        return Ok(None);
    }
    // What it says is as old as the file.
    let age = Duration::try_from(now.duration_since(note.as_of)).unwrap_or_default();
    let as_of = (note.as_of, read.checked_sub(age).unwrap_or(read));
    let held = Held::new(index, Arc::new(Words::new(note.words)), note.rolled, as_of);
    for (practitioner, needs) in note.needs {
        held.rooms.set(practitioner, Some(needs));
    }
    load::read_holds(store, &held).await?;
    Ok(Some((held, position)))
}
