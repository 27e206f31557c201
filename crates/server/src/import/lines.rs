//! Lines of a file, with where each begins, and never more of it in memory than a line may be long.

use std::io::{self, BufRead};

/// No register has longer lines; a file without line ends must not fill the memory.
const LONGEST: usize = 1024 * 1024;

/// A file, line by line.
pub(super) struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    /// So many bytes are read.
    pub(super) bytes: u64,
    /// So many lines are read: the number of the last one, from 1.
    pub(super) count: u64,
}

/// The next line, without its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next<'a> {
    Line(&'a [u8]),
    /// It is too long to be one; this is how it begins.
    TooLong(&'a [u8]),
    End,
}

impl<R: BufRead> Lines<R> {
    /// Lines from where the reader stands: after `bytes` bytes and `count` lines.
    pub(super) fn new(reader: R, bytes: u64, count: u64) -> Self {
        Self { reader, buffer: Vec::new(), bytes, count }
    }

    pub(super) fn next(&mut self) -> io::Result<Next<'_>> {
        self.buffer.clear();
        let (mut any, mut too_long) = (false, false);
        loop {
            let available = self.reader.fill_buf()?;
            if available.is_empty() {
                break;
            }
            any = true;
            let end = memchr(available);
            let used = end.map_or(available.len(), |at| at + 1);
            let wanted = end.unwrap_or(available.len()).min(LONGEST - self.buffer.len());
            self.buffer.extend_from_slice(&available[..wanted]);
            too_long |= end.unwrap_or(available.len()) > wanted;
            self.reader.consume(used);
            self.bytes += used as u64;
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(Next::End);
        }
        self.count += 1;
        if too_long {
            return Ok(Next::TooLong(&self.buffer));
        }
        let line = self.buffer.strip_suffix(b"\r").unwrap_or(&self.buffer);
        // A file may begin with the mark that says UTF-8.
        let mark: &[u8] = if self.count == 1 { b"\xef\xbb\xbf" } else { b"" };
        Ok(Next::Line(line.strip_prefix(mark).unwrap_or(line)))
    }
}

fn memchr(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == b'\n')
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    #[test]
    fn lines_come_with_their_numbers_whatever_their_ends() {
        let text = "\u{feff}one\r\n\ntwo\nthree";
        let mut lines = Lines::new(BufReader::with_capacity(2, text.as_bytes()), 0, 0);
        for (line, bytes) in [("one", 8), ("", 9), ("two", 13), ("three", 18)] {
            assert_eq!(lines.next().expect("read"), Next::Line(line.as_bytes()));
            assert_eq!(lines.bytes, bytes);
        }
        assert_eq!(lines.next().expect("read"), Next::End);
        assert_eq!(lines.count, 4);
    }

    #[test]
    fn a_line_without_end_does_not_fill_the_memory() {
        let text = format!("{}\nshort\n", "x".repeat(LONGEST + 10));
        let mut lines = Lines::new(BufReader::new(text.as_bytes()), 0, 0);
        assert!(matches!(lines.next().expect("read"), Next::TooLong(begin) if begin.len() == LONGEST));
        assert_eq!(lines.next().expect("read"), Next::Line(b"short"));
        assert_eq!(lines.bytes, text.len() as u64);
    }
}
