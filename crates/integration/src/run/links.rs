//! References of rows: looked up by what the file says, made where the mapping says so, reported otherwise.

use kernel::{RecordId, Result};
use records::Tx;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, HashMap, HashSet};

/// References that were not found or not unique: field, value, how often.
pub(crate) type Missing = BTreeMap<(String, String), u64>;

/// Replaces `{"by","value","or"?,"missing"?}` in all rows by ids. What is not found is left empty and counted, or made.
pub(crate) fn resolve(tx: &mut Tx, object: &str, rows: &mut [Map<String, Json>], missing: &mut Missing) -> Result<()> {
    let object = tx.object(object)?;
    let fields: HashMap<String, Option<String>> = object.live_fields().map(|f| (f.name().to_owned(), f.kind().target().map(str::to_owned))).collect();
    let mut wanted: HashMap<(String, String), HashSet<String>> = HashMap::new();
    for row in rows.iter() {
        for (field, value) in row {
            each_way(value, fields.get(field).and_then(Option::as_deref), &mut |target, by, text| {
                wanted.entry((target.to_owned(), by.to_owned())).or_default().insert(text.to_owned());
            });
        }
    }
    let mut known: HashMap<(String, String, String), Vec<RecordId>> = HashMap::new();
    for ((target, by), texts) in wanted {
        let texts: Vec<String> = texts.into_iter().collect();
        for (text, ids) in tx.find_by(&target, &by, &texts)? {
            known.insert((target.clone(), by.clone(), text), ids);
        }
    }
    for row in rows {
        for (field, value) in row.iter_mut() {
            let Some(parts) = value.as_object().filter(|p| p.contains_key("by")).cloned() else { continue };
            let target = fields.get(field).and_then(Option::as_deref);
            let mut found: Option<(String, Vec<RecordId>)> = None;
            each_way(value, target, &mut |target, by, text| {
                if found.as_ref().is_none_or(|(_, ids)| ids.is_empty())
                    && let Some(ids) = known.get(&(target.to_owned(), by.to_owned(), text.to_owned()))
                {
                    found = Some((target.to_owned(), ids.clone()));
                }
            });
            let (by, text) = (parts.get("by").and_then(Json::as_str).unwrap_or("").to_owned(), text_of(parts.get("value")));
            let policy = parts.get("missing").and_then(Json::as_str).unwrap_or("report");
            let object_of = parts.get("object").and_then(Json::as_str).or(target).map(str::to_owned);
            *value = match (found, policy, &object_of) {
                (Some((target, ids)), ..) if ids.len() == 1 => link(parts.contains_key("object"), &target, ids.first().copied()),
                (None, "create", Some(made)) => {
                    let id = make(tx, made, &by, &text)?;
                    known.insert((made.clone(), by.clone(), text.clone()), vec![id]);
                    link(parts.contains_key("object"), made, Some(id))
                }
                _ => {
                    *missing.entry((field.clone(), text)).or_default() += 1;
                    Json::Null
                }
            };
        }
    }
    Ok(())
}
fn link(any: bool, object: &str, id: Option<RecordId>) -> Json {
    match (any, id) {
        (true, Some(id)) => json!({"object": object, "id": id.to_string()}),
        (false, Some(id)) => json!(id.to_string()),
        _ => Json::Null,
    }
}
fn text_of(value: Option<&Json>) -> String {
    match value {
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}
/// Every way a reference may be found, the first one first.
fn each_way(value: &Json, target: Option<&str>, f: &mut dyn FnMut(&str, &str, &str)) {
    let mut at = Some(value);
    while let Some(parts) = at.and_then(Json::as_object) {
        let target = parts.get("object").and_then(Json::as_str).or(target);
        if let (Some(target), Some(by)) = (target, parts.get("by").and_then(Json::as_str)) {
            f(target, by, &text_of(parts.get("value")));
        }
        at = parts.get("or");
    }
}
/// A record that a file names and nobody knows yet, with that name.
fn make(tx: &mut Tx, object: &str, by: &str, text: &str) -> Result<RecordId> {
    let mut input = Map::new();
    input.insert(by.to_owned(), json!(text));
    if object == "contact" && matches!(by, "full_name" | "name") {
        input.clear();
        input.insert("last_name".into(), json!(text));
    }
    Ok(tx.create(object, &input)?.id)
}
