//! The routes through the router, on both databases.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod document;
mod exports;
mod files;
mod idempotency;
mod imports;
mod merges;
mod problems;
mod records;
mod roles;
mod schema;
mod stream;
mod world;
