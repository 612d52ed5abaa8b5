//! Pure estimators on arrays: no input, no output, nothing of ours below.

pub mod linkage;
