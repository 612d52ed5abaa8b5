//! One test binary: everything through the public front of the crate, with real data where there is some.

mod coercion;
mod detection;
mod header_rows;
mod objects;
mod people;
mod readers;
mod shared;
mod vcards;
