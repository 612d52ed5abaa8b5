//! Files in. The way of a value: `reader` (bytes to cells) -> `detect` (what a column means) -> `headers` and `mapping`
//! (which field it goes to) -> `coerce` (the JSON value that the field wants) -> `reject` (what did not pass, and why).

pub mod assemble;
pub mod coerce;
pub mod detect;
pub mod headers;
pub mod mapping;
pub mod plan;
pub mod reader;
pub mod reject;
pub mod salesforce;
pub mod target;
