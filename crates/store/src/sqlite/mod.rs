//! SQLite: one file per workspace, one writing connection, a few reading ones.

mod backup;
mod conn;
mod engine;
mod error;
mod function;
mod insert;

pub use backup::{backup_sqlite, verify_sqlite};
pub use engine::open_sqlite;
