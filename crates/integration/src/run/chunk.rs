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

/// Writes rows under a change set. Without a key every row is a new record.
pub(crate) fn write(tx: &mut Tx, object: &str, key: Option<&str>, rows: &[ImportRow], set: RecordId, missing: &mut Missing) -> Result<Written> {
    let mut fields: Vec<Map<String, Json>> = rows.iter().map(|r| r.fields.clone()).collect();
    tx.in_change_set(set, |tx| links::resolve(tx, object, &mut fields, missing))?;
    let mut out = Written { ids: vec![None; rows.len()], ..Written::default() };
    let items: Vec<Json> = fields.into_iter().map(Json::Object).collect();
    let (mode, key) = match key {
        Some(key) => (BulkMode::Upsert, Some(key.to_owned())),
        None => (BulkMode::Create, None),
    };
    let options = BulkOptions { mode, key, atomic: false, lenient: true };
    for (index, answer) in tx.bulk_items(object, &items, &options, set)?.into_iter().enumerate() {
        let id = answer.get("id").and_then(Json::as_str).and_then(|s| s.parse().ok());
        match answer.get("status").and_then(Json::as_u64) {
            Some(201) => out.created += 1,
            Some(200) => out.matched += 1,
            _ => out.refused.push((index, answer)),
        }
        if let Some(slot) = out.ids.get_mut(index) {
            *slot = id;
        }
    }
    for (row, id) in rows.iter().zip(&out.ids) {
        if let Some(id) = id {
            attach(tx, object, *id, row, set)?;
        }
    }
    Ok(out)
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
        let rows: Vec<Json> = objections.iter().map(|o| with(&json!({"channel": o.channel, "state": "objected", "basis": "consent", "source": format!("Import, column {}", o.source)}), object, id)).collect();
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
