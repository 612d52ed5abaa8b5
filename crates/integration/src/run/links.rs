//! References of rows: looked up by what the file says, made where the mapping says so, reported otherwise.

use crate::import::coerce::split_name;
use kernel::{RecordId, Result};
use records::{BulkMode, BulkOptions, Tx};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Values that are kept one by one; beyond them the rows are only counted.
const DISTINCT: usize = 10_000;
/// Values that the report lists.
const LISTED: usize = 500;

/// What became of references that lead nowhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct Links {
    /// Not found, or not unique: field and value, how often.
    missing: BTreeMap<(String, String), u64>,
    /// Beyond the values that are kept.
    more: u64,
    /// Left empty as the mapping says, by field.
    emptied: BTreeMap<String, u64>,
    /// Records made, by object.
    made: BTreeMap<String, u64>,
}
impl Links {
    pub(crate) fn lost(&mut self, field: &str, value: &str, rows: u64) {
        let key = (field.to_owned(), value.to_owned());
        if self.missing.len() < DISTINCT || self.missing.contains_key(&key) {
            *self.missing.entry(key).or_default() += rows;
        } else {
            self.more += rows;
        }
    }
    pub(crate) fn made(&mut self, object: &str, records: u64) {
        *self.made.entry(object.to_owned()).or_default() += records;
    }
    pub(crate) fn emptied(&mut self, field: &str, rows: u64) {
        *self.emptied.entry(field.to_owned()).or_default() += rows;
    }
    pub(crate) fn uncounted(&mut self, rows: u64) {
        self.more += rows;
    }
    /// Adds those of a piece; `made` says how many of its records no earlier piece made.
    pub(crate) fn add(&mut self, piece: Links, mut made: impl FnMut(&str) -> u64) {
        for ((field, value), n) in piece.missing {
            self.lost(&field, &value, n);
        }
        for (field, n) in piece.emptied {
            self.emptied(&field, n);
        }
        self.more += piece.more;
        for object in piece.made.keys() {
            self.made(object, made(object));
        }
    }
    /// `[{field, value, rows}]`; a field whose values the mapping leaves empty has one entry without value.
    pub(crate) fn missing_json(&self) -> Json {
        let listed = self.missing.iter().take(LISTED).map(|((field, value), n)| json!({"field": field, "value": value, "rows": n}));
        let emptied = self.emptied.iter().map(|(field, n)| json!({"field": field, "value": null, "rows": n}));
        let rest = self.missing.values().skip(LISTED).sum::<u64>() + self.more;
        let rest = (rest > 0).then(|| json!({"field": null, "value": null, "rows": rest}));
        listed.chain(emptied).chain(rest).collect()
    }
    pub(crate) fn made_json(&self) -> Json {
        json!(self.made)
    }
    /// As an earlier process has left it in the report.
    pub(crate) fn from_json(missing: Option<&Json>, made: Option<&Json>) -> Links {
        let mut out = Links::default();
        for one in missing.and_then(Json::as_array).into_iter().flatten() {
            let rows = one.get("rows").and_then(Json::as_u64).unwrap_or(0);
            match (one.get("field").and_then(Json::as_str), one.get("value").and_then(Json::as_str)) {
                (Some(field), Some(value)) => out.lost(field, value, rows),
                (Some(field), None) => drop(out.emptied.insert(field.to_owned(), rows)),
                (None, _) => out.more += rows,
            }
        }
        for (object, n) in made.and_then(Json::as_object).into_iter().flatten() {
            out.made(object, n.as_u64().unwrap_or(0));
        }
        out
    }
}

type Known = HashMap<(String, String, String), Vec<RecordId>>;

/// Replaces `{"by","value","or"?,"missing"?}` in all rows by ids. What is not found is left empty and counted, or made.
/// Returns what was made: object, field, value. Rows that `counted` leaves out have been counted before.
pub(crate) fn resolve(tx: &mut Tx, object: &str, rows: &mut [Map<String, Json>], set: RecordId, links: &mut Links, counted: &[bool]) -> Result<Vec<(String, String, String)>> {
    let object = tx.object(object)?;
    let targets: HashMap<String, Option<String>> = object.live_fields().map(|f| (f.name().to_owned(), f.kind().target().map(str::to_owned))).collect();
    let target_of = |field: &str| targets.get(field).and_then(Option::as_deref);
    let mut wanted: HashMap<(String, String), HashSet<String>> = HashMap::new();
    for (field, value) in rows.iter().flatten() {
        for one in each(value) {
            each_way(one, target_of(field), &mut |target, by, text| {
                wanted.entry((target.to_owned(), by.to_owned())).or_default().insert(text.to_owned());
            });
        }
    }
    let mut known = Known::new();
    for ((target, by), texts) in wanted {
        let texts: Vec<String> = texts.into_iter().collect();
        for (text, ids) in tx.find_by(&target, &by, &texts)? {
            known.insert((target.clone(), by.clone(), text), ids);
        }
    }
    let made = make_missing(tx, rows, &target_of, set, &mut known)?;
    for (target, ..) in &made {
        links.made(target, 1);
    }
    let mut uncounted = Links::default();
    for (at, row) in rows.iter_mut().enumerate() {
        let links = if counted.get(at).copied().unwrap_or(true) { &mut *links } else { &mut uncounted };
        for (field, value) in row.iter_mut() {
            let target = target_of(field);
            if is_link(value) {
                *value = found(field, value, target, &known, links);
            } else if let Some(list) = value.as_array().filter(|list| list.iter().any(is_link)) {
                let found: Vec<Json> = list.iter().map(|one| if is_link(one) { found(field, one, target, &known, links) } else { one.clone() }).filter(|v| !v.is_null()).collect();
                *value = found.into();
            }
        }
    }
    Ok(made)
}
pub(crate) fn is_link(value: &Json) -> bool {
    value.as_object().is_some_and(|p| p.contains_key("by"))
}
fn each(value: &Json) -> impl Iterator<Item = &Json> {
    let list = match value {
        Json::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    list.iter().filter(|one| is_link(one))
}
/// The ids that the first way finds that finds any.
fn ids_of(value: &Json, target: Option<&str>, known: &Known) -> Option<(String, Vec<RecordId>)> {
    let mut found: Option<(String, Vec<RecordId>)> = None;
    each_way(value, target, &mut |target, by, text| {
        if found.is_none()
            && let Some(ids) = known.get(&(target.to_owned(), by.to_owned(), text.to_owned())).filter(|ids| !ids.is_empty())
        {
            found = Some((target.to_owned(), ids.clone()));
        }
    });
    found
}
fn found(field: &str, value: &Json, target: Option<&str>, known: &Known, links: &mut Links) -> Json {
    let any = value.get("object").is_some();
    match ids_of(value, target, known) {
        Some((target, ids)) if ids.len() == 1 => link(any, &target, ids.first().copied()),
        _ if policy(value) == "empty" => {
            links.emptied(field, 1);
            Json::Null
        }
        _ => {
            links.lost(field, &text_of(value.get("value")), 1);
            Json::Null
        }
    }
}
fn policy(value: &Json) -> &str {
    value.get("missing").and_then(Json::as_str).unwrap_or("report")
}
/// Makes what rows name, the mapping wants made and nobody knows yet: all of an object together. What may not be made stays
/// missing.
fn make_missing<'a>(tx: &mut Tx, rows: &[Map<String, Json>], target_of: &impl Fn(&str) -> Option<&'a str>, set: RecordId, known: &mut Known) -> Result<Vec<(String, String, String)>> {
    let mut wanted: Vec<(String, String, String)> = Vec::new();
    let mut seen = HashSet::new();
    for (field, value) in rows.iter().flatten() {
        for one in each(value).filter(|one| policy(one) == "create") {
            let target = one.get("object").and_then(Json::as_str).or_else(|| target_of(field));
            let (Some(target), Some(by)) = (target, one.get("by").and_then(Json::as_str)) else { continue };
            let text = text_of(one.get("value"));
            if ids_of(one, Some(target), known).is_none() && !text.is_empty() && seen.insert((target.to_owned(), by.to_owned(), text.clone())) {
                wanted.push((target.to_owned(), by.to_owned(), text));
            }
        }
    }
    let mut made = Vec::new();
    wanted.sort_by(|a, b| a.0.cmp(&b.0)); // stable: those of one object in the order of the file
    for group in wanted.chunk_by(|a, b| a.0 == b.0) {
        let Some((object, ..)) = group.first() else { continue };
        let items: Vec<Json> = group.iter().map(|(object, by, text)| Json::Object(named(object, by, text))).collect();
        let options = BulkOptions { mode: BulkMode::Create, key: None, atomic: false, lenient: true };
        for (one, answer) in group.iter().zip(tx.bulk_items(object, &items, &options, set)?) {
            if let Some(Ok(id)) = answer.get("id").and_then(Json::as_str).map(str::parse) {
                known.insert(one.clone(), vec![id]);
                made.push(one.clone());
            }
        }
    }
    Ok(made)
}
fn link(any: bool, object: &str, id: Option<RecordId>) -> Json {
    match (any, id) {
        (true, Some(id)) => json!({"object": object, "id": id.to_string()}),
        (false, Some(id)) => json!(id.to_string()),
        _ => Json::Null,
    }
}
pub(crate) fn text_of(value: Option<&Json>) -> String {
    match value {
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}
/// Every way a reference may be found, the first one first.
pub(crate) fn each_way(value: &Json, target: Option<&str>, f: &mut dyn FnMut(&str, &str, &str)) {
    let mut at = Some(value);
    while let Some(parts) = at.and_then(Json::as_object) {
        let target = parts.get("object").and_then(Json::as_str).or(target);
        if let (Some(target), Some(by)) = (target, parts.get("by").and_then(Json::as_str)) {
            f(target, by, &text_of(parts.get("value")));
        }
        at = parts.get("or");
    }
}
/// The record that a file names and nobody knows yet.
fn named(object: &str, by: &str, text: &str) -> Map<String, Json> {
    if matches!(object, "contact" | "lead") && matches!(by, "full_name" | "name") {
        let name = split_name(text);
        let parts = [("salutation", &name.salutation), ("first_name", &name.first), ("middle_name", &name.middle), ("last_name", &name.last), ("suffix", &name.suffix)];
        let again = parts.iter().map(|(_, part)| part.as_str()).filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ");
        // only where the name is found again under what the file calls it
        if again == text && name.salutation.is_empty() && name.suffix.is_empty() && !name.last.is_empty() {
            return parts.into_iter().filter(|(_, part)| !part.is_empty()).map(|(field, part)| (field.to_owned(), json!(part))).collect();
        }
        return Map::from_iter([("last_name".to_owned(), json!(text))]);
    }
    Map::from_iter([(by.to_owned(), json!(text))])
}
