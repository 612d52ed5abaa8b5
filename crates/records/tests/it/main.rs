//! The engine through its door, on both databases, with three small objects of its own.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot go on must stop, and reads its own switches")]

mod agree;
mod formulas;
mod kept_rights;
mod log;
mod order;
mod past;
mod plans;
mod rights;
mod shapes;
mod single;
mod totals;
mod types;
mod world;
mod zoo;
