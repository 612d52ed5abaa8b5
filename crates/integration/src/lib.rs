//! Data in and data out: files become typed rows, rows become files. This crate knows formats, not rights and not SQL;
//! what a row may do is decided where it is written.

pub mod export;
pub mod import;
