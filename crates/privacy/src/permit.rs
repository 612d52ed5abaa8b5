//! Permits: the decision whether a person may be used for a purpose, and its answer in words.

mod answer;
mod ask;
pub mod decide;
pub(crate) mod facts;

pub(crate) use answer::permissions;
pub(crate) use ask::{allowed, input, record};
