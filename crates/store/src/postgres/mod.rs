//! PostgreSQL: one schema per workspace, one pool of connections for all of them.

mod bulk;
mod conn;
mod engine;
mod error;
mod link;
mod pool;
mod send;
mod types;

pub use engine::open_postgres;
pub use pool::PgPool;
