//! A lean HTTP/1.1 client (RFC 9112): it shares two cores with what it measures, so it does as little as possible.
//!
//! One request at a time on a kept-open connection, answers with a `Content-Length` only, which is all that the API
//! sends. No redirects, no compression, no TLS.

use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

/// An answer that takes longer counts as none.
const PATIENCE: Duration = Duration::from_secs(30);

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// The body as sent.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_slice(&self.body)
    }

    /// Status and problem code, such as `409 slot-taken`.
    pub(crate) fn name(&self) -> String {
        #[derive(Deserialize)]
        struct Problem {
            code: String,
        }
        match self.json::<Problem>() {
            Ok(problem) => format!("{} {}", self.status, problem.code),
            Err(_) => self.status.to_string(),
        }
    }
}

/// A GET as bytes.
pub(crate) fn get(path: &str, token: Option<&str>) -> Vec<u8> {
    let authorization = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{authorization}\r\n").into_bytes()
}

/// A POST of JSON as bytes.
pub(crate) fn post(path: &str, token: &str, key: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\nidempotency-key: {key}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Kept-open connections to one server, at most so many. Whoever finds none free waits.
pub(crate) struct Connections {
    address: SocketAddr,
    idle: Mutex<Vec<Connection>>,
    places: Semaphore,
}

impl Connections {
    /// Connections are opened when they are first needed.
    pub(crate) fn new(address: SocketAddr, most: usize) -> Self {
        Self { address, idle: Mutex::new(Vec::new()), places: Semaphore::new(most) }
    }

    /// Opens that many, so that a measurement does not begin with handshakes.
    pub(crate) async fn open(&self, count: usize) -> Result<(), Error> {
        for _ in 0..count {
            let connection = Connection::open(self.address).await?;
            self.keep(connection);
        }
        Ok(())
    }

    /// Sends a request and waits for its answer. After an error nobody knows whether the server did it.
    pub(crate) async fn ask(&self, request: &[u8]) -> Result<Answer, Error> {
        let _place = self.places.acquire().await.map_err(Error::other)?;
        let mut connection = match self.idle() {
            Some(connection) => connection,
            None => Connection::open(self.address).await?,
        };
        let answer = tokio::time::timeout(PATIENCE, connection.ask(request)).await??;
        if connection.is_open {
            self.keep(connection);
        }
        Ok(answer)
    }

    /// The connection that was used last, but none that the server has closed meanwhile.
    fn idle(&self) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        std::iter::from_fn(|| idle.pop()).find(Connection::is_usable)
    }

    fn keep(&self, connection: Connection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    is_open: bool,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self, Error> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024), is_open: true })
    }

    /// A server closes what is idle for long; then there is an end to read.
    fn is_usable(&self) -> bool {
        self.stream.try_read(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    async fn ask(&mut self, request: &[u8]) -> Result<Answer, Error> {
        self.buffer.clear();
        self.stream.write_all(request).await?;
        let end = loop {
            if let Some(at) = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break at + 4;
            }
            self.read().await?;
        };
        let head = Head::read(&self.buffer[..end])?;
        self.is_open = !head.closes;
        while self.buffer.len() < end + head.length {
            self.read().await?;
        }
        Ok(Answer { status: head.status, body: self.buffer[end..end + head.length].to_vec() })
    }

    async fn read(&mut self) -> Result<(), Error> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

struct Head {
    status: u16,
    length: usize,
    closes: bool,
}

impl Head {
    fn read(bytes: &[u8]) -> Result<Self, Error> {
        let wrong = |what: &str| Error::new(ErrorKind::InvalidData, what.to_owned());
        let text = std::str::from_utf8(bytes).map_err(|_| wrong("a head that is not text"))?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let status = status.ok_or_else(|| wrong("no status line"))?;
        let (mut length, mut closes) = (None, false);
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().ok();
            } else if name.eq_ignore_ascii_case("connection") {
                closes = value.trim().eq_ignore_ascii_case("close");
            }
        }
        let length = length.ok_or_else(|| wrong("an answer without Content-Length"))?;
        Ok(Self { status, length, closes })
    }
}
