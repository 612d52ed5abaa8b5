//! The limits: the same work by the driver or the web framework alone, nothing around it.

pub(crate) mod http;
pub(crate) mod list;
pub(crate) mod writer;

/// As `store` opens it, so that both have the same page cache and the same durability.
pub(crate) fn open(path: &std::path::Path, cache_mb: u32) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(path).unwrap();
    let pragmas = format!("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-{}", cache_mb * 1024);
    connection.execute_batch(&pragmas).unwrap();
    connection.set_prepared_statement_cache_capacity(64);
    connection
}
