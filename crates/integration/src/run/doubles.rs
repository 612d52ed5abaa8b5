//! Rows that look like a record that is there, or like an earlier row: told, never decided here.

use super::{chunk::Into, report::Double, rows::Piece};
use kernel::Result;
use records::Tx;
use serde_json::{Value as Json, json};
use std::collections::{HashMap, HashSet};

/// What hardly two people, or two organisations, share.
fn telling(object: &str) -> &'static [&'static str] {
    match object {
        "contact" | "lead" => &["email", "mobile"],
        "account" => &["name", "tax_id", "email"],
        "product" => &["name", "code"],
        _ => &[],
    }
}
/// Those of them that are quick to ask for and that nothing else guards.
pub(crate) fn fields(tx: &Tx, into: &Into) -> Result<Vec<&'static str>> {
    let object = tx.object(&into.object)?;
    let indexed = |field: &str| object.def.indexes.iter().any(|index| index.first().is_some_and(|f| f == field));
    let open = |field: &str| into.key.as_deref() != Some(field) && object.field(field).is_some_and(|f| !f.is_unique());
    Ok(telling(&into.object).iter().copied().filter(|f| indexed(f) && open(f)).collect())
}
/// Looks before the rows are written; only at what the asker may see, and not at rows that a key leads to their record.
pub(crate) fn look(tx: &mut Tx, into: &Into, piece: &Piece) -> Result<Vec<Double>> {
    let mut out: Vec<Double> = Vec::new();
    let mut told = HashSet::new();
    for field in fields(tx, into)? {
        let value = |row: &crate::import::assemble::ImportRow| row.fields.get(field).and_then(Json::as_str).filter(|t| !t.is_empty()).map(str::to_owned);
        let texts: Vec<String> = piece.rows.iter().filter_map(value).collect();
        if texts.is_empty() {
            continue;
        }
        let Ok(known) = tx.find_by(&into.object, field, &texts) else { continue }; // a field that this role may not read
        let keyed = keyed(tx, into, piece)?;
        let mut first: HashMap<String, (u64, String)> = HashMap::new();
        for row in &piece.rows {
            let Some(text) = value(row) else { continue };
            let key = into.key.as_deref().map(|key| super::chunk::key_of(&row.fields, key)).unwrap_or_default();
            let own = keyed.get(&key);
            let of = match (known.get(&text).and_then(|ids| ids.iter().find(|id| Some(*id) != own)), first.get(&text)) {
                (Some(id), _) => json!({"id": id.to_string()}),
                // rows of one key are one record
                (None, Some((_, other))) if *other == key && !key.is_empty() => continue,
                (None, Some((line, _))) => json!({"line": line}),
                (None, None) => {
                    first.insert(text, (row.line, key));
                    continue;
                }
            };
            if told.insert(row.line) {
                out.push(Double { line: row.line, field: field.to_owned(), of });
            }
        }
    }
    Ok(out)
}
/// The record of each key value: a row is no double of its own record.
fn keyed(tx: &mut Tx, into: &Into, piece: &Piece) -> Result<HashMap<String, kernel::RecordId>> {
    let Some(key) = into.key.as_deref() else { return Ok(HashMap::new()) };
    let texts: Vec<String> = piece.rows.iter().map(|row| super::chunk::key_of(&row.fields, key)).filter(|t| !t.is_empty()).collect();
    Ok(tx.find_by(&into.object, key, &texts)?.into_iter().filter_map(|(text, ids)| ids.first().map(|id| (text, *id))).collect())
}
