//! A private PostgreSQL for a test process: started at the first use, gone when the process is gone, however it ended.
//!
//! Nothing is shared with other processes but a read-only template of an empty cluster in the temporary folder, so that
//! `initdb` runs once per machine and version. Durability is off: these are tests.

mod account;
mod binaries;
mod start;

use std::{
    io::Write as _,
    path::PathBuf,
    process::ChildStdin,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::sleep,
    time::Duration,
};

/// A running server, superuser `postgres`, no password.
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    schemas: AtomicU64,
    /// while this end of the pipe is open the watcher lets the server live; the system closes it with the process
    watcher: Mutex<ChildStdin>,
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();

/// The cluster of this process. Panics with what to install if there is no PostgreSQL: a test that needs one and does
/// not find it has failed.
pub fn cluster() -> &'static Cluster {
    CLUSTER.get_or_init(|| start::start().unwrap_or_else(|why| panic!("{why}")))
}

/// A cluster for one test alone, which may stop it. Gone when it is dropped. Panics like [`cluster`].
pub fn own() -> Cluster {
    start::start().unwrap_or_else(|why| panic!("{why}"))
}

impl Cluster {
    /// Ends the server with all its connections, as an administrator's restart does; until [`Cluster::start`].
    pub fn stop(&self) {
        self.tell("stop");
        while start::answers(&self.folder, self.port) {
            sleep(Duration::from_millis(10));
        }
    }
    pub fn start(&self) {
        self.tell("start");
        start::until_ready(&self.folder, self.port).unwrap_or_else(|why| panic!("{why}"));
    }
    fn tell(&self, word: &str) {
        let mut watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(watcher, "{word}").and_then(|()| watcher.flush()).unwrap_or_else(|e| panic!("the watcher of PostgreSQL is gone: {e}"));
    }

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
