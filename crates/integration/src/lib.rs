//! Data in and data out: files become typed rows, rows become files. `import` and `export` know formats only; `run`
//! carries rows to the door of `records`, where it is decided what they may do.

pub mod export;
pub mod import;
pub mod run;
