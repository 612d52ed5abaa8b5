//! A connection that ends when its client is too slow: hyper's own header timeout also runs between two requests, and
//! axum's `serve` has none at all.

use super::{
    bare,
    state::{Phase, State},
};
use crate::config::Limits;
use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

pub(super) struct Stream<S> {
    inner: S,
    state: Arc<State>,
    limits: Limits,
    /// Since when the connection is in its present phase.
    since: (Phase, Instant),
    reading: Timer,
    writing: Timer,
    /// What goes out instead of what hyper wrote, and how much of it has gone.
    instead: Option<(Vec<u8>, usize)>,
}

impl<S> Stream<S> {
    pub(super) fn new(inner: S, state: Arc<State>, limits: Limits) -> Stream<S> {
        Stream { inner, state, limits, since: (Phase::Fresh, Instant::now()), reading: Timer::default(), writing: Timer::default(), instead: None }
    }

    /// Until when the client must send something, if it must.
    fn deadline(&mut self) -> Option<Instant> {
        let phase = self.state.get();
        if self.since.0 != phase {
            self.since = (phase, Instant::now());
        }
        let limit = match phase {
            Phase::Fresh => self.limits.first_byte,
            Phase::Head => self.limits.headers,
            Phase::Idle => self.limits.idle,
            Phase::Busy => return None,
        };
        Some(self.since.1 + limit)
    }
}

/// A timer that is made when it is first needed and moved when its end moves.
#[derive(Default)]
struct Timer {
    sleep: Option<Pin<Box<Sleep>>>,
    until: Option<Instant>,
}

impl Timer {
    /// Ready when `until` has come; otherwise the task is woken then.
    fn poll(&mut self, until: Instant, cx: &mut Context<'_>) -> Poll<()> {
        if self.until != Some(until) {
            match &mut self.sleep {
                Some(sleep) => sleep.as_mut().reset(until),
                None => self.sleep = Some(Box::pin(sleep_until(until))),
            }
            self.until = Some(until);
        }
        self.sleep.as_mut().map_or(Poll::Ready(()), |sleep| sleep.as_mut().poll(cx))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buf.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut this.inner).poll_read(cx, buf) {
            if buf.filled().len() > before && matches!(this.state.get(), Phase::Fresh | Phase::Idle) {
                this.state.set(Phase::Head);
            }
            return Poll::Ready(read);
        }
        // registered before the phase is asked: an end between the two is heard
        this.state.on_idle(cx.waker());
        if let Some(until) = this.deadline() {
            ready!(this.reading.poll(until, cx));
            if this.since.0 == Phase::Head {
                // a word in parting, if the client's window takes it at once
                drop(Pin::new(&mut this.inner).poll_write(cx, &bare::problem(408)));
            }
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client was too slow")));
        }
        Poll::Pending
    }
}

impl<S: AsyncWrite + Unpin> Stream<S> {
    /// Writes `buf`, or what goes out instead of it: then all of `buf` counts as written once that has gone.
    fn put(&mut self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.instead.is_none() {
            self.instead = bare::instead_of(buf).map(|problem| (problem, 0));
        }
        let Some((problem, gone)) = &mut self.instead else { return Pin::new(&mut self.inner).poll_write(cx, buf) };
        while let Some(rest) = problem.get(*gone..).filter(|rest| !rest.is_empty()) {
            match ready!(Pin::new(&mut self.inner).poll_write(cx, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                n => *gone += n,
            }
        }
        self.instead = None;
        Poll::Ready(Ok(buf.len()))
    }
    /// Gives a client that does not read its answer up.
    fn written<T>(&mut self, result: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.writing.until = None;
            return result;
        }
        let limit: Duration = self.limits.body_idle;
        let until = self.writing.until.unwrap_or_else(|| Instant::now() + limit);
        if self.writing.until.is_none() {
            // forces the timer to be set anew
            self.writing.sleep = None;
        }
        ready!(self.writing.poll(until, cx));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read its answer")))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let result = self.put(cx, buf);
        self.written(result, cx)
    }
    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let result = match bufs {
            [one] => self.put(cx, one),
            _ => Pin::new(&mut self.inner).poll_write_vectored(cx, bufs),
        };
        self.written(result, cx)
    }
    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_flush(cx);
        self.written(result, cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_shutdown(cx);
        self.written(result, cx)
    }
}
