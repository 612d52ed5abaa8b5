//! Opening a file, and keeping its connections.

use super::{conn::SqliteConn, error::convert, function};
use crate::{
    Dialect, Error, Options, Store,
    engine::{Conn, Engine, PlaceFuture, Purpose},
    store::lock,
};
use rusqlite::{Connection, OpenFlags, config::DbConfig};
use std::{
    path::{Path, PathBuf},
    sync::Mutex,
};
use tokio::runtime::Handle;

/// 3.7.0 to 3.51.2 can corrupt a database when a checkpoint and a write reset the log at the same moment
/// (sqlite.org, release notes of 3.51.3: "WAL-reset bug"): several connections and checkpoints, as here.
const OLDEST: i32 = 3_051_003;

/// Pages of the log after which the writer folds it into the file: 64 MB, sixteen times SQLite's default, since group
/// commit writes fast, each fold costs two syncs, and a page that changed often meanwhile is written once.
const CHECKPOINT_PAGES: i32 = 16_000;
/// The log is cut back to this after a fold.
const LOG_BYTES: i64 = 64 << 20;

pub(super) struct SqliteEngine {
    path: PathBuf,
    options: Options,
    readers: Mutex<Vec<Box<dyn Conn>>>,
    writer: Mutex<Option<Box<dyn Conn>>>,
}

/// Opens a workspace's file, or makes it. Errors: the folder is missing, the file is not a database, damaged or locked.
pub fn open_sqlite(path: &Path, options: Options) -> Result<Store, Error> {
    if rusqlite::version_number() < OLDEST {
        return Err(Error::Other(format!("SQLite {} may corrupt data; 3.51.3 or newer is needed", rusqlite::version())));
    }
    let engine = SqliteEngine { path: path.to_owned(), options: options.clone(), readers: Mutex::default(), writer: Mutex::default() };
    let writer = engine.connect(Purpose::Write)?;
    *lock(&engine.writer) = Some(writer);
    Ok(Store::new(Box::new(engine), options))
}

impl SqliteEngine {
    fn connect(&self, purpose: Purpose) -> Result<Box<dyn Conn>, Error> {
        let raw = connect(&self.path, &self.options, purpose)?;
        Ok(Box::new(SqliteConn::new(raw)?))
    }
}

fn connect(path: &Path, options: &Options, purpose: Purpose) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let raw = Connection::open_with_flags(path, flags).map_err(|e| opening(path, e))?;
    configure(&raw, options, purpose).map_err(|e| opening(path, e))?;
    Ok(raw)
}

fn configure(raw: &Connection, options: &Options, purpose: Purpose) -> rusqlite::Result<()> {
    raw.busy_timeout(options.busy_timeout)?;
    raw.set_prepared_statement_cache_capacity(options.statements);
    // a misspelt quoted name is an error, not a string
    raw.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    raw.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    // a file from elsewhere must not run functions through its schema
    raw.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    raw.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    let cache_mb = if purpose == Purpose::Write { options.writer_cache_mb } else { options.cache_mb };
    let pragmas = [
        "PRAGMA journal_mode = WAL".to_owned(),
        "PRAGMA synchronous = FULL".to_owned(),
        "PRAGMA foreign_keys = OFF".to_owned(),
        format!("PRAGMA cache_size = -{}", cache_mb.max(1) * 1024),
        format!("PRAGMA journal_size_limit = {LOG_BYTES}"),
        format!("PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}"),
        format!("PRAGMA query_only = {}", if purpose == Purpose::Read { "ON" } else { "OFF" }),
    ];
    for pragma in pragmas {
        raw.prepare(&pragma)?.query([])?.next()?;
    }
    function::register(raw)
}

fn opening(path: &Path, e: rusqlite::Error) -> Error {
    match convert(e) {
        Error::Other(text) => Error::Other(format!("{}: {text}", path.display())),
        Error::Corrupt(text) => Error::Corrupt(format!("{}: {text}", path.display())),
        e => e,
    }
}

impl Engine for SqliteEngine {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn take(&self, purpose: Purpose) -> Result<Box<dyn Conn>, Error> {
        let idle = match purpose {
            Purpose::Read => lock(&self.readers).pop(),
            Purpose::Write => lock(&self.writer).take(),
        };
        idle.map_or_else(|| self.connect(purpose), Ok)
    }

    fn give(&self, purpose: Purpose, conn: Box<dyn Conn>) {
        if !conn.healthy() {
            return;
        }
        match purpose {
            Purpose::Read => lock(&self.readers).push(conn),
            Purpose::Write => *lock(&self.writer) = Some(conn),
        }
    }

    fn place(&self) -> PlaceFuture {
        Box::pin(async { Ok(None) })
    }

    fn runtime(&self) -> Option<&Handle> {
        None
    }

    fn outside(&self, text: &str) -> Result<(), Error> {
        let raw = connect(&self.path, &self.options, Purpose::Write)?;
        let mut statement = raw.prepare(text).map_err(convert)?;
        let mut rows = statement.raw_query();
        while rows.next().map_err(convert)?.is_some() {}
        Ok(())
    }

    fn optimize(&self) -> Result<(), Error> {
        let raw = connect(&self.path, &self.options, Purpose::Write)?;
        // 0x10002: every table, not only those this new connection has queried; a few hundred rows of each index do
        raw.execute_batch("PRAGMA analysis_limit = 1000; PRAGMA optimize = 0x10002").map_err(convert)?;
        // a connection reads the statistics when it opens; `raw` keeps the log in place meanwhile: a log that is
        // deleted and grows again makes each commit three times dearer until it has its size
        lock(&self.readers).clear();
        let idle = lock(&self.writer).take();
        if idle.is_some() {
            *lock(&self.writer) = Some(self.connect(Purpose::Write)?);
        }
        Ok(())
    }

    fn close(&self) {
        lock(&self.readers).clear();
        *lock(&self.writer) = None;
        // the last connection to go would fold the log too, but other processes may hold the file open
        let folded = connect(&self.path, &self.options, Purpose::Write).and_then(|raw| raw.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(convert));
        if let Err(e) = folded {
            tracing::warn!(error = %e, file = %self.path.display(), "the log could not be folded into the file; the next start does it");
        }
    }
}
