//! Blocks of words in a file, each with its length and a checksum that depends on which block it is.

use std::io::{self, Read, Write};

use crate::digest::Digest;

/// Sums that go on beside each other, because each waits for its own last step.
const SUMS: usize = 4;

/// The checksum of a block.
fn checksum(number: u64, bytes: &[u8]) -> u64 {
    let mut sums = [Digest::new(); SUMS];
    for words in bytes.chunks(8 * SUMS) {
        for (sum, word) in sums.iter_mut().zip(words.as_chunks().0) {
            sum.add(u64::from_le_bytes(*word));
        }
    }
    let mut all = Digest::new();
    all.add(number);
    all.add(bytes.len() as u64);
    sums.into_iter().for_each(|sum| all.add(sum.finish()));
    all.finish()
}

/// Writes words in blocks.
pub(super) struct Out<'a> {
    file: &'a mut dyn Write,
    blocks: u64,
    /// Those that are still to be written.
    pub(super) words: Vec<u64>,
    bytes: Vec<u8>,
}

impl<'a> Out<'a> {
    /// To a file.
    pub(super) fn new(file: &'a mut dyn Write) -> Self {
        Self { file, blocks: 0, words: Vec::new(), bytes: Vec::new() }
    }

    /// Adds a word.
    pub(super) fn word(&mut self, word: u64) {
        self.words.push(word);
    }

    /// Adds bytes with their length, filled up to whole words.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.word(bytes.len() as u64);
        let (whole, rest) = bytes.as_chunks();
        self.words.extend(whole.iter().map(|word| u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            let mut word = [0; 8];
            word.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            self.word(u64::from_le_bytes(word));
        }
    }

    /// Writes what there is as a block, even if it is nothing.
    pub(super) fn block(&mut self) -> io::Result<()> {
        self.bytes.clear();
        self.bytes.extend([0; 16]);
        self.bytes.extend(self.words.iter().flat_map(|word| word.to_le_bytes()));
        if let Some((head, bytes)) = self.bytes.split_first_chunk_mut::<16>() {
            let (length, sum) = head.split_at_mut(8);
            length.copy_from_slice(&(bytes.len() as u64).to_le_bytes());
            sum.copy_from_slice(&checksum(self.blocks, bytes).to_le_bytes());
        }
        self.blocks += 1;
        self.words.clear();
        self.file.write_all(&self.bytes)
    }

    /// Hands all of it to the system.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A block that was read and is not yet believed.
pub(super) struct Block {
    number: u64,
    checksum: u64,
    bytes: Vec<u8>,
}

impl Block {
    /// The next block of a file, in memory that is used again.
    pub(super) fn read(file: &mut dyn Read, number: u64, mut bytes: Vec<u8>) -> io::Result<Self> {
        let (mut length, mut checksum) = ([0; 8], [0; 8]);
        file.read_exact(&mut length).map_err(cut)?;
        file.read_exact(&mut checksum).map_err(cut)?;
        let (length, checksum) = (u64::from_le_bytes(length), u64::from_le_bytes(checksum));
        bytes.clear();
        // What a file says of its length is no reason to take so much memory.
        if file.take(length).read_to_end(&mut bytes)? as u64 != length || !length.is_multiple_of(8) {
            return Err(wrong("it was cut off"));
        }
        Ok(Self { number, checksum, bytes })
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What is in it, if it is as it was written.
    pub(super) fn words(&self) -> io::Result<Words<'_>> {
        if checksum(self.number, &self.bytes) == self.checksum {
            Ok(Words { bytes: &self.bytes })
        } else {
            Err(wrong("a checksum is not right"))
        }
    }

    /// The memory.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Words of a block, from the first to the last.
pub(super) struct Words<'b> {
    bytes: &'b [u8],
}

impl<'b> Words<'b> {
    /// Whether there are none left.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The next one.
    pub(super) fn word(&mut self) -> io::Result<u64> {
        let (word, rest) = self.bytes.split_first_chunk().ok_or_else(too_early)?;
        self.bytes = rest;
        Ok(u64::from_le_bytes(*word))
    }

    /// The next ones.
    pub(super) fn some(&mut self, count: u64) -> io::Result<impl ExactSizeIterator<Item = u64> + use<'b>> {
        let bytes = usize::try_from(count).ok().and_then(|count| count.checked_mul(8));
        let (some, rest) =
            bytes.and_then(|bytes| self.bytes.split_at_checked(bytes)).ok_or_else(too_early)?;
        self.bytes = rest;
        Ok(some.as_chunks().0.iter().map(|word| u64::from_le_bytes(*word)))
    }

    /// Bytes that were written with their length.
    pub(super) fn bytes(&mut self) -> io::Result<&'b [u8]> {
        let length = usize::try_from(self.word()?).map_err(|_| too_early())?;
        let whole = length.div_ceil(8).checked_mul(8);
        let (filled, rest) =
            whole.and_then(|whole| self.bytes.split_at_checked(whole)).ok_or_else(too_early)?;
        self.bytes = rest;
        filled.get(..length).ok_or_else(too_early)
    }
}

fn too_early() -> io::Error {
    wrong("it ends too early")
}

/// What is no file of ours.
pub(super) fn wrong(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// The same for what is too short.
pub(super) fn cut(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::UnexpectedEof { wrong("it was cut off") } else { error }
}
