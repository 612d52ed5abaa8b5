//! What the test itself remembers of the past: rows as they were, and every change since.

use serde_json::Value as Json;
use testkit::policy::{Row, Rows};

/// One change of one record: fields with their old and new values.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) object: String,
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) fields: Vec<(String, Json, Json)>,
}
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    pub(crate) past: Rows,
    /// The instant at which `past` was true.
    pub(crate) past_ms: i64,
    pub(crate) changes: Vec<Change>,
}
/// Not told by the history: they change with every change.
const STAMPS: [&str; 4] = ["version", "updated_at", "updated_by", "id"];

impl Change {
    pub(crate) fn between(before: &Rows, after: &Rows, object: &str, id: &str) -> Option<Change> {
        let (old, new) = (before.get(object)?.get(id)?, after.get(object)?.get(id)?);
        let fields = differing(old, new);
        (!fields.is_empty()).then(|| Change { object: object.into(), id: id.into(), version: new.get("version").as_i64().unwrap_or(0), fields })
    }
}
fn differing(old: &Row, new: &Row) -> Vec<(String, Json, Json)> {
    new.values.iter().filter(|(name, value)| !STAMPS.contains(&name.as_str()) && old.get(name) != *value).map(|(name, value)| (name.clone(), old.get(name).clone(), value.clone())).collect()
}
