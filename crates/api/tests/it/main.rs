//! The routes through the router, on both databases.

mod document;
mod exports;
mod files;
mod idempotency;
mod imports;
mod problems;
mod records;
mod schema;
mod stream;
mod world;
