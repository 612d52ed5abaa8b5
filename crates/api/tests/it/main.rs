//! The routes through the router, on both databases.

mod exports;
mod files;
mod idempotency;
mod imports;
mod problems;
mod records;
mod stream;
mod world;
