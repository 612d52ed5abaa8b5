use super::ObjectBatch;
use super::convert::Converted;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Sorts batches so that references point to earlier ones; fields that cannot are marked as late. References to one object
/// only lose the name of their object, which their field says already.
pub(super) fn sort(converted: Vec<Converted>) -> Vec<ObjectBatch> {
    let names: BTreeSet<String> = converted.iter().map(|c| c.batch.object.clone()).collect();
    // object -> (object it refers to -> fields that do)
    let mut needs: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for Converted { batch, .. } in &converted {
        let entry = needs.entry(batch.object.clone()).or_default();
        for (field, value) in batch.rows.iter().flat_map(|row| &row.fields) {
            for object in objects(value) {
                if names.contains(&object) {
                    entry.entry(object).or_default().insert(field.clone());
                }
            }
        }
    }
    let mut late: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (object, on) in &mut needs {
        if let Some(fields) = on.remove(object) {
            late.entry(object.clone()).or_default().extend(fields);
        }
    }
    let mut left = converted;
    let mut sorted: Vec<ObjectBatch> = Vec::new();
    while !left.is_empty() {
        let done: BTreeSet<&str> = sorted.iter().map(|b| b.object.as_str()).collect();
        let waits = |c: &Converted| -> BTreeSet<String> {
            let open = needs.get(&c.batch.object).into_iter().flatten().filter(|(on, _)| !done.contains(on.as_str()));
            open.flat_map(|(_, fields)| fields.clone()).collect()
        };
        // In a circle the one that waits for the fewest fields goes first, and those fields are set later.
        let at = (0..left.len()).min_by_key(|at| waits(&left[*at]).len()).unwrap_or(0);
        let waiting = waits(&left[at]);
        let Converted { mut batch, wide } = left.remove(at);
        late.entry(batch.object.clone()).or_default().extend(waiting);
        batch.late = late.get(&batch.object).into_iter().flatten().cloned().collect();
        for (field, value) in batch.rows.iter_mut().flat_map(|row| &mut row.fields) {
            if !wide.contains(field) {
                forget_object(value);
            }
        }
        sorted.push(batch);
    }
    sorted
}

fn objects(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().flat_map(objects).collect(),
        Value::Object(parts) if parts.contains_key("by") => parts.get("object").and_then(Value::as_str).map(str::to_owned).into_iter().collect(),
        _ => Vec::new(),
    }
}
fn forget_object(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(forget_object),
        Value::Object(parts) if parts.contains_key("by") => {
            parts.shift_remove("object");
        }
        _ => {}
    }
}
