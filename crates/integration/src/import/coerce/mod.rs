//! A cell, a field and the style of its column make the JSON value that the field wants.

mod name_words;
mod names;
mod phone;

pub use names::{PersonName, split_name};
pub use phone::{Phone, read_phone};
