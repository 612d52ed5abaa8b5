//! The command line: what can be typed, and running it here or in the server that has the data.

pub(crate) mod analyze;
pub(crate) mod args;
pub(crate) mod client;
pub(crate) mod io;
pub(crate) mod remote;
pub(crate) mod run;
pub(crate) mod wire;
