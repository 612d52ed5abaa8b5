//! One test binary: everything through the public front of the crate, with real data where there is some.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot go on must stop, and reads its own switches")]

mod coercion;
mod detection;
mod exports;
mod header_rows;
mod objects;
mod people;
mod plans;
mod readers;
mod salesforce;
mod shared;
mod vcards;
