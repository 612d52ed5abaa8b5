//! sObject trees: `{"records": [{"attributes": {"type", "referenceId"}, …}]}`, and the plans that list them.

use super::files::ExportFile;
use super::names::canonical;
use super::records::Record;
use crate::import::reader::{Limits, Notices, RawCell, plain_number};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Records inside records.
const DEPTH: usize = 8;

/// Paths that a plan names. Without any plan every tree counts.
pub(super) fn planned(files: &[ExportFile], limits: &Limits, notices: &mut Notices) -> HashSet<String> {
    let mut found = HashSet::new();
    for file in files.iter().filter(|f| f.is("json")) {
        let Some(Value::Array(entries)) = parse(file, limits) else { continue };
        for entry in entries.iter().filter(|e| e.get("sobject").is_some()) {
            for name in entry.get("files").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
                let name = name.trim_start_matches("./");
                let path = if file.folder().is_empty() { name.to_owned() } else { format!("{}/{name}", file.folder()) };
                match files.iter().any(|f| f.path == path) {
                    true => drop(found.insert(path)),
                    false => notices.add(None, "missing_file", format!("{}: the plan names {name}, which is not there", file.path)),
                }
            }
        }
    }
    found
}

fn parse(file: &ExportFile, limits: &Limits) -> Option<Value> {
    let text = file.text();
    let mut level = 0usize;
    let mut quoted = false;
    let mut escaped = false;
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => level += 1,
            b'}' | b']' if !quoted => level = level.saturating_sub(1),
            _ => {}
        }
        if level > limits.json_depth {
            return None;
        }
    }
    serde_json::from_str(&text).ok()
}

pub(super) fn read(file: &ExportFile, planned: &HashSet<String>, limits: &Limits, list: &mut Vec<Record>, notices: &mut Notices) {
    let Some(json) = parse(file, limits) else {
        notices.add(None, "broken_file", format!("{}: this is not JSON, or nested too deep; it was left out", file.path));
        return;
    };
    let Some(records) = json.get("records").and_then(Value::as_array) else {
        if !json.as_array().is_some_and(|a| a.iter().any(|e| e.get("sobject").is_some())) {
            notices.add(None, "not_of_the_export", format!("{}: neither a tree nor a plan; it was left out", file.path));
        }
        return;
    };
    if !planned.is_empty() && !planned.contains(&file.path) {
        notices.add(None, "not_in_a_plan", format!("{}: no plan names it; it was read nevertheless", file.path));
    }
    for (at, record) in records.iter().enumerate() {
        take(file, record, &format!("{}, record {}", file.path, at + 1), None, 0, list, notices);
    }
}

fn take(file: &ExportFile, json: &Value, source: &str, parent: Option<(&str, &str)>, depth: usize, list: &mut Vec<Record>, notices: &mut Notices) {
    let attributes = json.get("attributes");
    let attribute = |name: &str| attributes.and_then(|a| a.get(name)).and_then(Value::as_str).unwrap_or_default();
    let (Some(fields), kind) = (json.as_object(), attribute("type")) else { return notices.add(None, "broken_record", format!("{source}: no object")) };
    if kind.is_empty() {
        return notices.add(None, "broken_record", format!("{source}: its attributes name no type"));
    }
    let id = fields.get("Id").and_then(Value::as_str).unwrap_or_default();
    let reference = attribute("referenceId");
    let mut record = Record {
        sobject: canonical(kind),
        external_id: [id, reference].into_iter().find(|t| !t.is_empty()).map_or_else(|| source.to_owned(), str::to_owned),
        position: 0,
        aliases: Vec::new(),
        folder: file.folder().to_owned(),
        source: source.to_owned(),
        values: Vec::new(),
    };
    if !reference.is_empty() {
        record.aliases.push(format!("@{reference}"));
    }
    if !id.is_empty() {
        record.aliases.push(id.to_owned());
    }
    let own = format!("@@{}", list.len());
    record.aliases.push(own.clone());
    if let Some((parent_type, parent_alias)) = parent {
        record.values.push((lookup_to(parent_type), RawCell::Text(parent_alias.to_owned())));
    }
    let mut children: Vec<(&String, &Value)> = Vec::new();
    for (name, value) in fields.iter().filter(|(name, _)| *name != "attributes" && *name != "Id") {
        match value {
            Value::Object(inner) if inner.contains_key("records") => children.push((name, value)),
            Value::Object(inner) => flatten(name, inner, &mut record.values),
            _ => record.values.push((canonical(name), cell(value))),
        }
    }
    let kind = record.sobject.clone();
    list.push(record);
    for (name, inner) in children {
        for (at, child) in inner.get("records").and_then(Value::as_array).into_iter().flatten().enumerate() {
            if depth >= DEPTH {
                notices.add(None, "too_deep", format!("{source}: records are nested deeper than {DEPTH} levels; the rest was left out"));
                break;
            }
            take(file, child, &format!("{source}, {name} {}", at + 1), Some((&kind, &own)), depth + 1, list, notices);
        }
    }
}
/// The field of a child that points to its parent.
fn lookup_to(parent: &str) -> String {
    if parent.ends_with("__c") { parent.to_owned() } else { format!("{}Id", parent.trim_end_matches('2')) }
}
/// Compound values: `BillingAddress: {"street", …}`. The parts stand beside as fields of their own, so only unknown ones count.
fn flatten(name: &str, inner: &Map<String, Value>, values: &mut Vec<(String, RawCell)>) {
    if let (Some(lat), Some(lon)) = (inner.get("latitude"), inner.get("longitude"))
        && !name.ends_with("Address")
    {
        values.push((canonical(name), RawCell::Json(serde_json::json!({"lat": lat, "lon": lon}))));
    }
}
fn cell(value: &Value) -> RawCell {
    match value {
        Value::Null => RawCell::Empty,
        Value::Bool(value) => RawCell::Boolean(*value),
        Value::Number(number) => RawCell::Number(plain_number(number)),
        Value::String(text) if text.trim().is_empty() => RawCell::Empty,
        Value::String(text) => RawCell::Text(text.clone()),
        other => RawCell::Json(other.clone()),
    }
}
