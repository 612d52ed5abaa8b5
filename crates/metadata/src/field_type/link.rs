use super::{ReferenceTo, Refusal, text::kind_of};
use crate::value::{AnyRef, Value};
use kernel::RecordId;
use serde_json::Value as Json;

fn id(text: &str) -> Result<RecordId, Refusal> {
    text.parse().map_err(|()| ("bad_id", "This is not an id. Ids look like 0190f0c2-…; or refer by {\"by\": FIELD, \"value\": …}.".into()))
}
/// An id, or `{"by":"external_id","value":"…"}` that the records engine looks up.
pub(super) fn single(json: &Json) -> Result<Value, Refusal> {
    match json {
        Json::String(text) => id(text).map(Value::Ref),
        Json::Object(parts) if parts.contains_key("by") => by(parts, None),
        Json::Object(parts) => match parts.get("id") {
            Some(Json::String(text)) => id(text).map(Value::Ref),
            _ => Err(("wrong_type", "An id is expected.".into())),
        },
        other => Err(("wrong_type", format!("An id is expected, not {}.", kind_of(other)))),
    }
}
fn by(parts: &serde_json::Map<String, Json>, object: Option<String>) -> Result<Value, Refusal> {
    let field = parts.get("by").and_then(Json::as_str).ok_or(("wrong_type", "\"by\" names a field.".to_owned()))?;
    match parts.get("value") {
        None | Some(Json::Null) => Ok(Value::Null),
        Some(value) => Ok(Value::By { object, field: field.to_owned(), value: value.clone() }),
    }
}
pub(super) fn reference(json: &Json, to: &ReferenceTo) -> Result<Value, Refusal> {
    if to.single().is_some() {
        return single(json);
    }
    let parts = json.as_object().ok_or_else(|| ("wrong_type", format!("{{\"object\", \"id\"}} is expected, not {}.", kind_of(json))))?;
    let object = parts.get("object").and_then(Json::as_str).ok_or(("missing_object", "\"object\" is missing: this reference may point at several kinds of record.".to_owned()))?;
    if !to.allows(object) {
        return Err(("wrong_object", format!("This cannot refer to {object}.")));
    }
    if parts.contains_key("by") {
        return by(parts, Some(object.to_owned()));
    }
    let text = parts.get("id").and_then(Json::as_str).ok_or(("bad_id", "\"id\" is missing.".to_owned()))?;
    Ok(Value::AnyRef(AnyRef { object: object.to_owned(), id: id(text)? }))
}
pub(super) fn many(json: &Json) -> Result<Value, Refusal> {
    let items = json.as_array().ok_or_else(|| ("wrong_type", format!("A list of ids is expected, not {}.", kind_of(json))))?;
    if items.len() > 1_000 {
        return Err(("too_many", "At most 1,000 ids fit.".into()));
    }
    let mut ids = items.iter().map(|item| id(item.as_str().unwrap_or(""))).collect::<Result<Vec<_>, _>>()?;
    ids.sort_unstable();
    ids.dedup();
    Ok(if ids.is_empty() { Value::Null } else { Value::List(ids.iter().map(RecordId::to_string).collect()) })
}
