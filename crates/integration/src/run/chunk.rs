//! One step of an import: rows become records, with what hangs on them.

use super::links::{self, Missing};
use crate::import::assemble::{ImportRow, Objection};
use kernel::{RecordId, Result};
use records::{BulkMode, BulkOptions, Tx};
use serde_json::{Map, Value as Json, json};

#[derive(Default)]
pub(crate) struct Written {
    pub(crate) created: i64,
    /// Found by the key; some may have had nothing to change.
    pub(crate) matched: i64,
    /// Index of the row and its refusal as `bulk` answers it.
    pub(crate) refused: Vec<(usize, Json)>,
    pub(crate) ids: Vec<Option<RecordId>>,
}

/// Writes rows under a change set. Without a key every row is a new record. References to records of the same object are
/// set after the rows are there; those that are not found yet are left in `late`.
pub(crate) fn write(tx: &mut Tx, object: &str, key: Option<&str>, rows: &[ImportRow], set: RecordId, missing: &mut Missing, late: &mut Vec<Late>) -> Result<Written> {
    let own = own_references(tx, object)?;
    let mut fields: Vec<Map<String, Json>> = rows.iter().map(|r| r.fields.clone()).collect();
    let mut later: Vec<Map<String, Json>> = fields.iter_mut().map(|row| take(row, &own)).collect();
    tx.in_change_set(set, |tx| links::resolve(tx, object, &mut fields, missing))?;
    let mut out = Written { ids: vec![None; rows.len()], ..Written::default() };
    for (places, mode, key) in split(tx, object, key, &mut fields, &mut out)? {
        let items: Vec<Json> = places.iter().filter_map(|i| fields.get(*i).cloned()).map(Json::Object).collect();
        let options = BulkOptions { mode, key, atomic: false, lenient: true };
        for (place, answer) in places.iter().zip(tx.bulk_items(object, &items, &options, set)?) {
            let id = answer.get("id").and_then(Json::as_str).and_then(|s| s.parse().ok());
            match answer.get("status").and_then(Json::as_u64) {
                Some(201) => out.created += 1,
                Some(200) => out.matched += 1,
                _ => out.refused.push((*place, answer)),
            }
            if let Some(slot) = out.ids.get_mut(*place) {
                *slot = id;
            }
        }
    }
    for ((row, id), own) in rows.iter().zip(&out.ids).zip(&mut later) {
        if let Some(id) = id {
            attach(tx, object, *id, row, set)?;
            late.extend(own.iter().map(|(field, value)| Late { id: *id, field: field.clone(), value: value.clone() }));
        }
    }
    settle(tx, object, late, set, None)?;
    Ok(out)
}
/// A reference to a record of the same object that may still come.
pub(crate) struct Late {
    id: RecordId,
    field: String,
    value: Json,
}
fn own_references(tx: &Tx, object: &str) -> Result<Vec<String>> {
    let object = tx.object(object)?;
    Ok(object.live_fields().filter(|f| !f.def.base && f.kind().target() == Some(&*object.name)).map(|f| f.name().to_owned()).collect())
}
fn take(row: &mut Map<String, Json>, fields: &[String]) -> Map<String, Json> {
    let mut out = Map::new();
    for field in fields {
        if row.get(field).is_some_and(|v| v.get("by").is_some())
            && let Some(value) = row.shift_remove(field)
        {
            out.insert(field.clone(), value);
        }
    }
    out
}
/// Sets what is found by now. At the end (`missing` given) the rest is counted, or made where the mapping says so.
pub(crate) fn settle(tx: &mut Tx, object: &str, late: &mut Vec<Late>, set: RecordId, mut missing: Option<&mut Missing>) -> Result<()> {
    let (mut rest, mut items) = (Vec::new(), Vec::new());
    for one in late.drain(..) {
        let mut row = [Map::from_iter([(one.field.clone(), one.value.clone())])];
        let mut unseen = Missing::new();
        if missing.is_none()
            && let Some(parts) = row.first_mut().and_then(|r| r.get_mut(&one.field)).and_then(Json::as_object_mut)
        {
            parts.shift_remove("missing"); // may still come further down in the file
        }
        tx.in_change_set(set, |tx| links::resolve(tx, object, &mut row, &mut unseen))?;
        let [mut row] = row;
        if unseen.is_empty() {
            row.insert("id".into(), json!(one.id.to_string()));
            items.push(Json::Object(row));
        } else if let Some(missing) = missing.as_deref_mut() {
            for (what, n) in unseen {
                *missing.entry(what).or_default() += n;
            }
        } else {
            rest.push(one);
        }
    }
    if !items.is_empty() {
        tx.bulk_items(object, &items, &BulkOptions { mode: BulkMode::Update, key: None, atomic: false, lenient: true }, set)?;
    }
    *late = rest;
    Ok(())
}
type Share = (Vec<usize>, BulkMode, Option<String>);

/// Which rows are new and which change a record. A key that is not unique finds records by their exact value; several of
/// the same value cannot be told apart, and the row is refused.
fn split(tx: &mut Tx, object: &str, key: Option<&str>, fields: &mut [Map<String, Json>], out: &mut Written) -> Result<Vec<Share>> {
    let all: Vec<usize> = (0..fields.len()).collect();
    let Some(key) = key else { return Ok(vec![(all, BulkMode::Create, None)]) };
    if tx.object(object)?.field(key).is_some_and(|f| f.is_unique()) {
        return Ok(vec![(all, BulkMode::Upsert, Some(key.to_owned()))]);
    }
    let text = |row: &Map<String, Json>| row.get(key).and_then(Json::as_str).unwrap_or("").to_owned();
    let texts: Vec<String> = fields.iter().map(text).filter(|t| !t.is_empty()).collect();
    let found = tx.find_by(object, key, &texts)?;
    let (mut new, mut known) = (Vec::new(), Vec::new());
    let mut seen = std::collections::HashSet::new();
    for (i, row) in fields.iter_mut().enumerate() {
        let value = text(row);
        let refusal = match found.get(&value).map(Vec::as_slice) {
            Some([id]) => {
                row.insert("id".into(), json!(id.to_string()));
                known.push(i);
                continue;
            }
            Some([_, _, ..]) => "Several records have this value; the row cannot be told to belong to one of them.",
            _ if !value.is_empty() && !seen.insert(value) => "An earlier row of the file has this value.",
            _ => {
                new.push(i);
                continue;
            }
        };
        out.refused.push((i, json!({"errors": [{"field": key, "code": "ambiguous", "detail": refusal}]})));
    }
    Ok(vec![(new, BulkMode::Create, None), (known, BulkMode::Update, None)].into_iter().filter(|(places, ..)| !places.is_empty()).collect())
}
/// Further addresses, notes and objections of a row.
fn attach(tx: &mut Tx, object: &str, id: RecordId, row: &ImportRow, set: RecordId) -> Result<()> {
    belongings(tx, object, id, &row.points, &row.objections, row.note.as_deref(), set)
}
pub(crate) fn belongings(tx: &mut Tx, object: &str, id: RecordId, points: &[Json], objections: &[Objection], note: Option<&str>, set: RecordId) -> Result<()> {
    let options = BulkOptions { mode: BulkMode::Create, key: None, atomic: false, lenient: true };
    if matches!(object, "contact" | "account") {
        let have = if points.is_empty() { vec![] } else { tx.ids("contact_point", &json!({"field": object, "op": "eq", "value": id.to_string()}), 200)? };
        if !points.is_empty() && have.is_empty() {
            let rows: Vec<Json> = points.iter().map(|p| with(p, object, id)).collect();
            tx.bulk_items("contact_point", &rows, &options, set)?;
        }
        let rows: Vec<Json> =
            objections.iter().map(|o| with(&json!({"channel": o.channel, "state": "objected", "basis": "consent", "source": format!("Import, column {}", o.source)}), object, id)).collect();
        if !rows.is_empty() && tx.ids("consent", &json!({"and": [{"field": object, "op": "eq", "value": id.to_string()}, {"field": "state", "op": "eq", "value": "objected"}]}), 1)?.is_empty() {
            tx.bulk_items("consent", &rows, &options, set)?;
        }
    }
    if let Some(note) = note {
        tx.bulk_items("note", &[json!({"body": note, "about": {"object": object, "id": id.to_string()}})], &options, set)?;
    }
    Ok(())
}
fn with(value: &Json, field: &str, id: RecordId) -> Json {
    let mut map = value.as_object().cloned().unwrap_or_default();
    map.insert(field.to_owned(), json!(id.to_string()));
    Json::Object(map)
}
