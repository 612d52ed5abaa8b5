//! Small helpers for writing answers.

use serde_json::Value as Json;

/// A JSON string, appended.
pub(crate) fn text(value: &str, out: &mut Vec<u8>) {
    let written = serde_json::to_writer(&mut *out, value);
    debug_assert!(written.is_ok(), "writing to memory does not fail");
}
pub(crate) fn key(name: &str, out: &mut Vec<u8>) {
    text(name, out);
    out.push(b':');
}
/// A value, appended.
pub(crate) fn value(json: &Json, out: &mut Vec<u8>) {
    let written = serde_json::to_writer(&mut *out, json);
    debug_assert!(written.is_ok(), "writing to memory does not fail");
}
pub(crate) fn instant(ms: i64) -> Json {
    metadata::Value::DateTime(ms).to_json()
}
