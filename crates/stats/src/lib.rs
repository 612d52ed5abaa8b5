//! Pure estimators on arrays: no input, no output, nothing of ours below.

pub mod clv;
pub mod distribution;
pub mod forecast;
mod linear;
pub mod linkage;
mod minimize;
pub mod rfm;
pub mod special;
pub mod survival;
