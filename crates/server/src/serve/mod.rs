//! `rapport serve`: from the first line it prints to the last request it lets end.

mod accept;
mod background;
mod bare;
pub(crate) mod body;
mod first_start;
mod front;
mod headers;
mod invitation;
pub(crate) mod lanes;
pub(crate) mod logging;
mod metrics;
mod socket;
mod state;
mod stream;

pub(crate) use first_start::{base_url, demo_fits};

use crate::{
    app::App,
    config::{Config, MAIN},
    data::{DataDir, Lock},
};
use kernel::{Code, Error, Result};
use std::{io::Write as _, net::TcpListener, sync::Arc, time::Duration};
use tokio::{
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
};

/// How long another command may keep the data directory before `serve` gives up.
const PATIENCE: Duration = Duration::from_secs(30);
/// For closing databases after the last request.
const CLOSING: Duration = Duration::from_millis(1_500);

/// Serves until SIGTERM or SIGINT.
pub(crate) fn run(config: Config, demo: bool) -> Result<()> {
    let data = DataDir::prepare(&config.place.data)?;
    logging::start(&config.log, Some(&data))?;
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let lock = Lock::wait(&data, PATIENCE, || crate::cli::wire::connect(&data.socket()).map(drop))?;
    let Ok(_lock) = lock else {
        return Err(Error::new(Code::Conflict, "already_serving", format!("A server runs on {} already.", data.path().display())));
    };
    data.empty_tmp()?;
    // the port first: where it is taken nothing should have been made
    let listener = listen(&config.web.listen)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("rapport").build().map_err(|e| Error::internal(format!("the runtime could not be started: {e}")))?;
    let app = App::open(config, data, runtime.handle().clone())?;
    let served = serve(&runtime, &app, listener, demo);
    app.stop.send_replace(true);
    close(&runtime, &app);
    runtime.shutdown_timeout(Duration::from_millis(300));
    served
}

fn serve(runtime: &Runtime, app: &Arc<App>, listener: TcpListener, demo: bool) -> Result<()> {
    let address = listener.local_addr().map_err(|e| Error::internal(format!("the listener has no address: {e}")))?;
    app.listens_at(address);
    let url = app.url();
    let lines = first_start::prepare(app, &url, demo)?;
    app.workspace(MAIN)?;
    let _socket = socket::listen(runtime, app)?;
    background::start(runtime, app);
    for line in &lines {
        // whoever started us may have closed it; the log has the line too
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }
    tracing::info!(url, listening = %address, version = App::version(), "Rapport is ready");
    runtime.block_on(async {
        let listener = listener.set_nonblocking(true).and_then(|()| tokio::net::TcpListener::from_std(listener)).map_err(|e| Error::internal(format!("the listener cannot be used: {e}")))?;
        stop_on_signal(app)?;
        let metrics = Arc::new(metrics::Metrics::default());
        let front = Arc::new(front::Front::new(app.clone(), metrics.clone(), address.ip().is_loopback()));
        accept::serve(listener, front, app.config.limits, metrics, app.stop.subscribe()).await;
        Ok(())
    })
}

fn listen(address: &str) -> Result<TcpListener> {
    TcpListener::bind(address).map_err(|e| Error::new(Code::Unavailable, "cannot_listen", format!("{address} cannot be listened on: {e}. Name another address with --listen.")))
}

fn stop_on_signal(app: &Arc<App>) -> Result<()> {
    let failed = |e| Error::internal(format!("signals cannot be heard: {e}"));
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate()).map_err(failed)?, signal(SignalKind::interrupt()).map_err(failed)?);
    let stop = app.stop.clone();
    drop(tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        stop.send_replace(true);
    }));
    Ok(())
}

/// Closes the databases, as far as time allows: what was answered is durable without it.
fn close(runtime: &Runtime, app: &Arc<App>) {
    let closing = app.clone();
    let closed = runtime.block_on(async { tokio::time::timeout(CLOSING, tokio::task::spawn_blocking(move || closing.workspaces.close_all())).await });
    match closed {
        Ok(Ok(())) => tracing::info!("stopped"),
        Ok(Err(e)) => tracing::error!(error = %e, "the databases could not be closed"),
        Err(_late) => tracing::warn!("the databases were busy when the server stopped; the next start folds their logs"),
    }
}
