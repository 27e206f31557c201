//! A connection whose first words must come in time.
//!
//! Which protocol is spoken is told by the first bytes: those of HTTP/2's preface (RFC 9113 section 3.4) or others. Only
//! after that do the protocols' own time-outs run, so whoever says nothing, or half of the preface, would stay for ever.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A stream that breaks off when it has not said within a time which protocol it speaks.
pub(crate) struct Patience<S> {
    stream: S,
    /// Until it is known.
    waiting: Option<Pin<Box<Sleep>>>,
    /// Bytes of the preface that have come.
    seen: usize,
}

impl<S> Patience<S> {
    /// Waits for the first words so long.
    pub(crate) fn new(stream: S, wait: Duration) -> Self {
        Self { stream, waiting: Some(Box::pin(tokio::time::sleep_until(Instant::now() + wait))), seen: 0 }
    }

    fn hear(&mut self, bytes: &[u8]) {
        let expected = &PREFACE[self.seen..];
        let same = bytes.len().min(expected.len());
        if bytes[..same] != expected[..same] || bytes.len() >= expected.len() {
            self.waiting = None;
        }
        self.seen += same;
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patience<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        let Some(waiting) = &mut self.waiting else { return read };
        if read.is_pending() {
            return match waiting.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
                Poll::Pending => Poll::Pending,
            };
        }
        self.hear(&buffer.filled()[before..]);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patience<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
