//! A private PostgreSQL for a test process: started at the first use, gone when the process is gone, however it ended.
//!
//! Nothing is shared with other processes but a read-only template of an empty cluster in the temporary folder, so that
//! `initdb` runs once per machine and version. Durability is off: these are tests.

mod account;
mod binaries;
mod start;

use std::{
    path::PathBuf,
    process::ChildStdin,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// A running server, superuser `postgres`, no password.
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    schemas: AtomicU64,
    /// while this end of the pipe is open the watcher lets the server live; the system closes it with the process
    _alive: ChildStdin,
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();

/// The cluster of this process. Panics with what to install if there is no PostgreSQL: a test that needs one and does
/// not find it has failed.
pub fn cluster() -> &'static Cluster {
    CLUSTER.get_or_init(|| start::start().unwrap_or_else(|why| panic!("{why}")))
}

impl Cluster {
    /// Over the Unix socket, database `postgres`.
    pub fn url(&self) -> String {
        let host = self.folder.to_string_lossy().replace('%', "%25").replace('/', "%2F");
        format!("postgres://postgres@{host}:{}/postgres", self.port)
    }

    /// Over loopback TCP, for programs that know no sockets.
    pub fn tcp_url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// A name of a schema nobody in this process has used. It is not created.
    pub fn fresh_schema(&self) -> String {
        format!("ws_test_{}", self.schemas.fetch_add(1, Ordering::Relaxed) + 1)
    }
}
