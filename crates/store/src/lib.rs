//! The only crate that names a SQL driver: SQLite (default) and PostgreSQL behind one small synchronous interface.
//!
//! Business code sees [`Db`] (`query`, `exec`) inside one transaction and builds text and values with [`Sql`].
//! [`Store`] owns the connections of one workspace: consistent reads, durable writes, group commit on SQLite.
//! Every text is written with `$1, $2, ...` placeholders, which both engines take unchanged.

pub mod compile;
mod db;
pub mod ddl;
mod engine;
mod error;
mod functions;
mod options;
mod postgres;
mod queue;
mod slow;
mod sql;
mod sqlite;
mod store;
mod value;
mod wait;

pub use db::{Db, Row, attempt};
pub use error::Error;
pub use functions::{is_zone, local_date, settled, transaction_number};
pub use options::Options;
pub use postgres::{PgPool, open_postgres};
pub use sql::{Sql, quote};
pub use sqlite::{backup_sqlite, open_sqlite, verify_sqlite};
pub use store::Store;
pub use value::{Cell, Val};

/// Which engine a text is written for. Most texts are the same for both; ask only where they differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    Sqlite,
    Postgres,
}
