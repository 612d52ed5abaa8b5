//! Bodies with a sense of time: a request's that ends when the client dawdles, an answer's that knows when it is over.

use super::state::{Phase, State};
use axum::body::{Body, Bytes, HttpBody};
use http_body_util::BodyExt as _;
use hyper::body::{Frame, Incoming, SizeHint};
use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, Sleep, sleep_until},
};

/// A body must come with a kilobyte a second at least, after a grace of the idle limit.
const LEAST_BYTES_A_SECOND: u64 = 1_024;

/// What a client sends.
pub(super) struct Inbound {
    inner: Incoming,
    idle: Duration,
    /// When the body as a whole is late; moves on with every byte.
    late: Instant,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Inbound {
    pub(super) fn body(inner: Incoming, idle: Duration) -> Body {
        if inner.is_end_stream() {
            return Body::empty();
        }
        Body::new(Inbound { inner, idle, late: Instant::now() + idle, sleep: None })
    }
}

impl HttpBody for Inbound {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.inner).poll_frame(cx) {
            this.sleep = None;
            if let Some(Ok(frame)) = &frame {
                let bytes = frame.data_ref().map_or(0, Bytes::len) as u64;
                this.late += Duration::from_millis(bytes.saturating_mul(1_000) / LEAST_BYTES_A_SECOND);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(axum::Error::new)));
        }
        let until = this.late.min(Instant::now() + this.idle);
        let sleep = this.sleep.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if sleep.as_mut().poll(cx).is_ready() {
            let slow = io::Error::new(io::ErrorKind::TimedOut, "the body came too slowly");
            return Poll::Ready(Some(Err(axum::Error::new(slow))));
        }
        Poll::Pending
    }
    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }
    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// What goes to a client. Its end, however it comes, makes the connection idle; a stream of events also ends when the
/// server stops.
pub(super) struct Outbound {
    inner: Body,
    stop: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    _end: Option<End>,
}

/// Makes a connection idle when dropped.
pub(super) struct End(pub(super) Arc<State>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.set(Phase::Idle);
    }
}

impl Outbound {
    pub(super) fn new(inner: Body, end: End, stop: Option<watch::Receiver<bool>>) -> Outbound {
        let stop = stop.map(|mut stop| -> Pin<Box<dyn Future<Output = ()> + Send>> {
            Box::pin(async move {
                // an error means that the sender is gone: the server stops too
                drop(stop.wait_for(|stopping| *stopping).await);
            })
        });
        Outbound { inner, stop, _end: Some(end) }
    }
}

impl HttpBody for Outbound {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Some(stop) = &mut self.stop
            && stop.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(None);
        }
        Pin::new(&mut self.inner).poll_frame(cx)
    }
    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }
    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The bytes of a body that is known to be small.
pub(crate) async fn small(body: Body) -> kernel::Result<Bytes> {
    body.collect().await.map(http_body_util::Collected::to_bytes).map_err(|e| kernel::Error::internal(format!("an answer broke off: {e}")))
}
