//! One test binary: everything through the public front of the crate, with real data where there is some.

mod coercion;
mod detection;
mod exports;
mod header_rows;
mod objects;
mod people;
mod plans;
mod readers;
mod shared;
mod vcards;
