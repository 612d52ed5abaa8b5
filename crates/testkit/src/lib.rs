//! What tests of several crates share.

pub mod policy;
pub mod postgres;
pub mod shared;
