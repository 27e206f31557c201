//! Many readers at once, on plain threads: at several thousand questions a second the timers and tasks of a runtime
//! would be a good part of what is measured.
//!
//! Each thread has one connection. In the open loop its questions are due at fixed instants and every wait counts from
//! there, so a stall shows in full; in the closed loop it asks again as soon as it is answered.
#![expect(clippy::disallowed_methods, reason = "threads that put load on a server live by the real clock")]

use std::io::{Error, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

use crate::tally::{Latencies, Surprises};

const PATIENCE: Duration = Duration::from_secs(10);

/// What came of a rush.
pub(crate) struct Rush {
    /// From when each question was due (open loop) or sent (closed loop) to the last byte of its answer.
    pub(crate) latencies: Latencies,
    /// Every other answer than 200, and every broken connection.
    pub(crate) surprises: Surprises,
    /// Bytes of all bodies.
    pub(crate) bytes: AtomicU64,
    /// Answers a second.
    pub(crate) rate: f64,
}

/// Asks so many questions a second.
pub(crate) async fn open_loop(
    address: SocketAddr,
    threads: usize,
    a_second: f64,
    length: Duration,
    questions: &Arc<Vec<Vec<u8>>>,
) -> Result<Rush> {
    rush(address, threads, length, questions, Some(a_second)).await
}

/// Asks as fast as answers come.
pub(crate) async fn closed_loop(
    address: SocketAddr,
    threads: usize,
    length: Duration,
    questions: &Arc<Vec<Vec<u8>>>,
) -> Result<Rush> {
    rush(address, threads, length, questions, None).await
}

async fn rush(
    address: SocketAddr,
    threads: usize,
    length: Duration,
    questions: &Arc<Vec<Vec<u8>>>,
    a_second: Option<f64>,
) -> Result<Rush> {
    let gathered = Arc::new(Rush {
        latencies: Latencies::new(),
        surprises: Surprises::default(),
        bytes: AtomicU64::new(0),
        rate: 0.0,
    });
    let begun = Instant::now();
    let running: Vec<_> = (0..threads)
        .map(|number| {
            let (gathered, questions) = (Arc::clone(&gathered), Arc::clone(questions));
            let turns = Turns { begun, until: begun + length, number, threads, a_second };
            tokio::task::spawn_blocking(move || {
                if let Err(error) = ask(address, &turns, &questions, &gathered) {
                    gathered.surprises.count(format!("connection: {}", error.kind()));
                }
            })
        })
        .collect();
    for thread in running {
        thread.await?;
    }
    let took = begun.elapsed();
    let mut rush = Arc::into_inner(gathered).ok_or_else(|| anyhow!("a thread still counts"))?;
    rush.rate = rush.latencies.count() as f64 / took.as_secs_f64();
    Ok(rush)
}

/// When a thread asks.
struct Turns {
    begun: Instant,
    until: Instant,
    number: usize,
    threads: usize,
    a_second: Option<f64>,
}

impl Turns {
    /// When the thread's nth question is due; `None` when the time is over.
    fn due(&self, turn: usize) -> Option<Instant> {
        let due = match self.a_second {
            Some(rate) => {
                self.begun + Duration::from_secs_f64((turn * self.threads + self.number) as f64 / rate)
            }
            None => Instant::now(),
        };
        (due < self.until).then_some(due)
    }
}

fn ask(address: SocketAddr, turns: &Turns, questions: &[Vec<u8>], gathered: &Rush) -> Result<(), Error> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut buffer = vec![0; 256 * 1024];
    let mut turn = 0;
    while let Some(due) = turns.due(turn) {
        if let Some(wait) = due.checked_duration_since(Instant::now()) {
            std::thread::sleep(wait);
        }
        // Neighbouring threads are far apart in the list, so that questions do not come in a row.
        let question = &questions[(turns.number * 7919 + turn) % questions.len()];
        stream.write_all(question)?;
        let (status, length) = answer(&mut stream, &mut buffer)?;
        match status {
            200 => gathered.latencies.record(due.elapsed()),
            other => gathered.surprises.count(other.to_string()),
        }
        gathered.bytes.fetch_add(length as u64, Ordering::Relaxed);
        turn += 1;
    }
    Ok(())
}

/// Reads one answer whole: its status and the length of its body.
fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<(u16, usize), Error> {
    let mut filled = 0;
    let (mut status, mut whole, mut length) = (0, usize::MAX, 0);
    while filled < whole {
        let space = buffer.get_mut(filled..).filter(|space| !space.is_empty());
        let read = stream.read(space.ok_or(ErrorKind::OutOfMemory)?)?;
        if read == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        filled += read;
        if whole == usize::MAX
            && let Some(end) = buffer[..filled].windows(4).position(|bytes| bytes == b"\r\n\r\n")
        {
            (status, length) = head(&buffer[..end]).ok_or(ErrorKind::InvalidData)?;
            whole = end + 4 + length;
        }
    }
    Ok((status, length))
}

/// Status and `Content-Length` of an answer's head.
fn head(bytes: &[u8]) -> Option<(u16, usize)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut lines = text.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let length = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    })?;
    Some((status, length))
}
