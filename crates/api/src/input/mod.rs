//! What a request says, read strictly: nothing is guessed, nothing unknown is ignored, and every refusal says what to
//! write instead.

pub(crate) mod body;
pub(crate) mod fields;
pub(crate) mod find;
pub(crate) mod headers;
pub(crate) mod json;
pub(crate) mod multipart;
pub(crate) mod query;
pub(crate) mod shape;
