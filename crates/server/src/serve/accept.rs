//! The accept loop: connections in, each with its limits, until the server is told to stop.

use super::{
    bare,
    body::{End, Inbound, Outbound},
    metrics::Metrics,
    state::{Phase, State},
    stream::Stream,
};
use crate::config::Limits;
use axum::body::Body;
use http::{Request, Response, header};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use std::{
    collections::HashMap,
    convert::Infallible,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Answers requests.
pub(super) trait Front: Send + Sync + 'static {
    fn answer(self: Arc<Self>, request: Request<Body>, peer: SocketAddr) -> impl Future<Output = Response<Body>> + Send;
}

/// Serves until `stop` turns true, then lets requests in flight end, for as long as `limits.stop`.
pub(super) async fn serve<F: Front>(listener: TcpListener, front: Arc<F>, limits: Limits, metrics: Arc<Metrics>, mut stop: watch::Receiver<bool>) {
    let graceful = GracefulShutdown::new();
    let guests = Arc::new(Guests { limits, open: Mutex::default(), metrics: metrics.clone() });
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stopping| *stopping) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(e) => {
                pause_after(&e).await;
                continue;
            }
        };
        let Some(guest) = guests.admit(peer.ip()) else {
            metrics.refused();
            drop(tokio::spawn(refuse(stream)));
            continue;
        };
        let connection = connection(stream, peer, front.clone(), limits, stop.clone());
        let connection = graceful.watch(connection);
        drop(tokio::spawn(async move {
            let _guest = guest;
            if let Err(e) = connection.await {
                tracing::debug!(error = %e, "a connection ended early");
            }
        }));
    }
    drop(listener);
    if tokio::time::timeout(limits.stop, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still running when the server stopped");
    }
}

fn connection<F: Front>(
    stream: TcpStream,
    peer: SocketAddr,
    front: Arc<F>,
    limits: Limits,
    stop: watch::Receiver<bool>,
) -> http1::Connection<TokioIo<Stream<TcpStream>>, impl hyper::service::HttpService<Incoming, ResBody = Outbound, Error = Infallible, Future: Send>> {
    // small answers must not wait for the client's acknowledgement of the last one
    if let Err(e) = stream.set_nodelay(true) {
        tracing::debug!(error = %e, "TCP_NODELAY");
    }
    let state = Arc::new(State::default());
    let io = TokioIo::new(Stream::new(stream, state.clone(), limits));
    let service = service_fn(move |request: Request<Incoming>| {
        state.set(Phase::Busy);
        // dropped with the answer, or with the future where the client goes away first
        let end = End(state.clone());
        let (front, stop) = (front.clone(), stop.clone());
        async move {
            let request = request.map(|body| Inbound::body(body, limits.body_idle));
            let answer = front.answer(request, peer).await;
            let is_stream = answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
            Ok::<_, Infallible>(answer.map(|body| Outbound::new(body, end, is_stream.then_some(stop))))
        }
    });
    // a client that closes its side is gone: its request need not be finished
    http1::Builder::new().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(limits.header_bytes).half_close(false).serve_connection(io, service)
}

/// Too many open files end by themselves; without a pause the loop would spin meanwhile.
async fn pause_after(e: &io::Error) {
    match e.kind() {
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused => {}
        _ => {
            tracing::error!(error = %e, "no connection can be accepted");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

async fn refuse(mut stream: TcpStream) {
    let told = async {
        stream.write_all(&bare::problem(503)).await?;
        stream.shutdown().await?;
        // closing with something unread would take the answer back (RFC 9112 9.6)
        let mut rest = [0; 4_096];
        while stream.read(&mut rest).await? > 0 {}
        Ok::<_, io::Error>(())
    };
    // nobody is owed more than a try
    drop(tokio::time::timeout(Duration::from_secs(1), told).await);
}

/// Open connections, all and by address.
struct Guests {
    limits: Limits,
    open: Mutex<Open>,
    metrics: Arc<Metrics>,
}
#[derive(Default)]
struct Open {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}
/// A place, given back when dropped.
struct Guest {
    guests: Arc<Guests>,
    address: IpAddr,
}

impl Guests {
    fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Guest> {
        let address = address.to_canonical();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.all >= self.limits.connections {
            return None;
        }
        if !address.is_loopback() {
            let mine = open.by_address.entry(address).or_default();
            if *mine >= self.limits.connections_per_address {
                return None;
            }
            *mine += 1;
        }
        open.all += 1;
        self.metrics.connections(open.all);
        Some(Guest { guests: self.clone(), address })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let mut open = self.guests.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all -= 1;
        self.guests.metrics.connections(open.all);
        if let Some(mine) = open.by_address.get_mut(&self.address) {
            *mine -= 1;
            if *mine == 0 {
                open.by_address.remove(&self.address);
            }
        }
    }
}
