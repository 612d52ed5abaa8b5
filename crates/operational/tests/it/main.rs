//! The sales slices through the door: deals, leads, orders, cases.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod duplicates;
mod forecast;
mod lead;
mod merge;
mod opportunity;
mod order;
mod world;
