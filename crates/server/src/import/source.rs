//! The files of an import: what tells them from others, and how they are read, packed or not.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

/// So much of a file's beginning and end tells it from others.
const TELLING: u64 = 1024 * 1024;
const BUFFER: usize = 256 * 1024;
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A file that cannot be imported at all.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be imported: {reason}", path.display())]
pub(crate) struct Unusable {
    path: PathBuf,
    reason: String,
}

impl Unusable {
    pub(super) fn new(path: &Path, reason: impl Into<String>) -> Self {
        Self { path: path.to_owned(), reason: reason.into() }
    }
}

/// How many bytes of a file are read, packed as it is; a progress bar looks at it from outside.
#[derive(Debug, Clone, Default)]
pub(super) struct Consumed(Arc<AtomicU64>);

impl Consumed {
    pub(super) fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, bytes: u64) {
        self.0.store(bytes, Ordering::Relaxed);
    }
}

struct Counting {
    file: File,
    consumed: Consumed,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.consumed.set(self.consumed.bytes() + read as u64);
        Ok(read)
    }
}

/// Opens a file behind its first `skip` bytes, counted after unpacking.
pub(super) fn open(path: &Path, skip: u64, consumed: &Consumed) -> io::Result<Box<dyn BufRead + Send>> {
    let mut file = File::open(path)?;
    let mut begin = [0u8; 2];
    let packed = file.read(&mut begin)? == 2 && begin == GZIP;
    file.seek(SeekFrom::Start(if packed { 0 } else { skip }))?;
    consumed.set(if packed { 0 } else { skip });
    let file = Counting { file, consumed: consumed.clone() };
    if !packed {
        return Ok(Box::new(BufReader::with_capacity(BUFFER, file)));
    }
    let mut unpacked =
        BufReader::with_capacity(BUFFER, MultiGzDecoder::new(BufReader::with_capacity(BUFFER, file)));
    io::copy(&mut (&mut unpacked).take(skip), &mut io::sink())?;
    Ok(Box::new(unpacked))
}

/// What a file is that is no text in UTF-8, if its beginning shows it.
pub(super) fn foreign(path: &Path) -> io::Result<Option<&'static str>> {
    let mut begin = Vec::new();
    open(path, 0, &Consumed::default())?.take(4).read_to_end(&mut begin)?;
    Ok(match begin.as_slice() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("it is UTF-16; save it as UTF-8"),
        b"PK\x03\x04" => Some("it is a zip archive; unpack it first"),
        _ => None,
    })
}

/// Sizes, first and last megabytes of files: what an interrupted import is found again by.
pub(super) fn fingerprint(paths: &[PathBuf]) -> io::Result<Vec<u8>> {
    let mut hash = Sha256::new();
    for path in paths {
        let mut file = File::open(path)?;
        let size = file.metadata()?.len();
        hash.update(size.to_be_bytes());
        let mut part = Vec::new();
        (&mut file).take(TELLING).read_to_end(&mut part)?;
        hash.update(&part);
        part.clear();
        file.seek(SeekFrom::Start(size.saturating_sub(TELLING)))?;
        (&mut file).take(TELLING).read_to_end(&mut part)?;
        hash.update(&part);
    }
    Ok(hash.finalize().to_vec())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn a_packed_file_reads_like_the_plain_one_from_any_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let text: String = (0..50_000).map(|line| format!("line {line}\n")).collect();
        let (plain, packed) = (folder.path().join("plain"), folder.path().join("packed.gz"));
        std::fs::write(&plain, &text).expect("written");
        let mut encoder = GzEncoder::new(File::create(&packed).expect("made"), Compression::fast());
        encoder.write_all(text.as_bytes()).expect("packed");
        encoder.finish().expect("packed");
        for skip in [0, 300_001, text.len()] {
            for path in [&plain, &packed] {
                let consumed = Consumed::default();
                let mut rest = String::new();
                open(path, skip as u64, &consumed).expect("opened").read_to_string(&mut rest).expect("read");
                assert!(rest == text[skip..], "{}", path.display());
                assert_eq!(consumed.bytes(), path.metadata().expect("there").len());
            }
        }
        let one = fingerprint(std::slice::from_ref(&plain)).expect("read");
        std::fs::write(&plain, text.replace("line 49999", "line 4999X")).expect("written");
        assert_ne!(fingerprint(&[plain]).expect("read"), one);
    }
}
