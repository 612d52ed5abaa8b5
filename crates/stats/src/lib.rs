//! Pure estimators on arrays: no input, no output, nothing of ours below.

pub mod cart;
pub mod cluster;
pub mod clv;
pub mod compare;
pub mod contingency;
pub mod correlation;
pub mod distribution;
pub mod forecast;
mod linear;
pub mod linkage;
mod minimize;
pub mod predict;
pub mod profit;
pub mod regress;
pub mod rfm;
pub mod special;
pub mod summary;
pub mod survival;
