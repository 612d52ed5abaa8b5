//! References of rows to records of the same object: the other record may stand further down in the file.

use super::{
    chunk::Into,
    links::{self, Links, is_link},
};
use kernel::{RecordId, Result};
use records::{BulkMode, BulkOptions, OrDb, Tx};
use serde_json::{Map, Value as Json, json};
use store::{Sql, Val};

/// References settled in one transaction.
const STEP: usize = 500;

/// A reference to a record of the same object that may still come.
#[derive(Clone, Debug)]
pub(crate) struct Late {
    pub(crate) id: RecordId,
    pub(crate) field: String,
    pub(crate) value: Json,
}

/// Fields that may point at records of their own object.
pub(crate) fn own_references(tx: &Tx, object: &str) -> Result<Vec<String>> {
    let object = tx.object(object)?;
    let points_at_own = |f: &&std::sync::Arc<metadata::Field>| !f.def.base && matches!(f.kind(), metadata::FieldType::Reference { to, .. } if to.single().is_none_or(|to| *to == *object.name));
    Ok(object.live_fields().filter(points_at_own).map(|f| f.name().to_owned()).collect())
}
/// Takes what points at the object itself out of a row.
pub(crate) fn take(row: &mut Map<String, Json>, object: &str, fields: &[String]) -> Map<String, Json> {
    let mut out = Map::new();
    for field in fields {
        if row.get(field).is_some_and(|v| is_link(v) && v.get("object").is_none_or(|o| o == object))
            && let Some(value) = row.shift_remove(field)
        {
            out.insert(field.clone(), value);
        }
    }
    out
}
/// Sets what is found by now; what is not comes back.
pub(crate) fn settle(tx: &mut Tx, into: &Into, late: Vec<Late>, links: &mut Links) -> Result<Vec<Late>> {
    // may still come further down in the file: nothing is made and nothing counted yet
    let bare: Vec<Late> = late.iter().map(|one| Late { value: without_policy(&one.value), ..one.clone() }).collect();
    let (open, refused) = set(tx, into, &bare, &mut Links::default())?;
    count(links, &refused);
    Ok(late.into_iter().zip(open).filter_map(|(one, open)| open.then_some(one)).collect())
}
fn without_policy(value: &Json) -> Json {
    let mut value = value.clone();
    if let Some(parts) = value.as_object_mut() {
        parts.shift_remove("missing");
    }
    value
}
/// Sets references: by each, whether it found nothing; and those that the record does not take.
fn set(tx: &mut Tx, into: &Into, late: &[Late], links: &mut Links) -> Result<(Vec<bool>, Vec<Late>)> {
    if late.is_empty() {
        return Ok((vec![], vec![]));
    }
    let mut rows: Vec<Map<String, Json>> = late.iter().map(|one| Map::from_iter([(one.field.clone(), one.value.clone())])).collect();
    links::resolve(tx, &into.object, &mut rows, into.set, links, &[])?;
    let open: Vec<bool> = rows.iter().map(|row| row.values().all(Json::is_null)).collect();
    let mut items = Vec::new();
    for ((row, one), _) in rows.iter().zip(late).zip(&open).filter(|(_, open)| !**open) {
        let mut row = row.clone();
        row.insert("id".into(), json!(one.id.to_string()));
        items.push(Json::Object(row));
    }
    let options = BulkOptions { mode: BulkMode::Update, key: None, atomic: false, lenient: true };
    let answers = tx.bulk_items(&into.object, &items, &options, into.set)?;
    let found = late.iter().zip(&open).filter(|(_, open)| !**open).map(|(one, _)| one);
    let refused = found.zip(answers).filter(|(_, answer)| answer.get("errors").is_some()).map(|(one, _)| one.clone()).collect();
    Ok((open, refused))
}
/// A record above itself, say: the field stays empty and is counted.
fn count(links: &mut Links, refused: &[Late]) {
    for one in refused {
        links.lost(&one.field, &links::text_of(one.value.get("value")), 1);
    }
}
/// Sets references for good: what is not found is counted, or made.
pub(crate) fn settle_now(tx: &mut Tx, into: &Into, late: &[Late], links: &mut Links) -> Result<()> {
    let (_, refused) = set(tx, into, late, links)?;
    count(links, &refused);
    Ok(())
}
/// Keeps references for the end of the import.
pub(crate) fn keep(tx: &mut Tx, import: RecordId, late: &[Late]) -> Result<()> {
    if late.is_empty() {
        return Ok(());
    }
    let mut rows = late.iter().map(|one| vec![Val::Text(import.to_string()), Val::Text(one.id.to_string()), Val::Text(one.field.clone()), Val::Text(one.value.to_string())]);
    tx.db().bulk_insert("import_late", &["import", "record", "field", "json"], &mut rows).or_db()?;
    Ok(())
}
/// Settles some of what was kept: now what is not found is counted, or made. True: there may be more.
pub(crate) fn settle_kept(tx: &mut Tx, import: RecordId, into: &Into, links: &mut Links) -> Result<bool> {
    let table = tx.db().table("import_late");
    let q = Sql::with(format!("SELECT \"seq\", \"record\", \"field\", \"json\" FROM {table} WHERE \"import\" = $1 ORDER BY \"seq\" LIMIT {STEP}"), [import.to_string()]);
    let rows = tx.db().rows(&q).or_db()?;
    let Some(Val::Int(last)) = rows.last().and_then(|row| row.first()) else { return Ok(false) };
    let read = |row: &Vec<Val>| {
        let text = |i: usize| row.get(i).and_then(Val::as_str);
        Some(Late { id: text(1)?.parse().ok()?, field: text(2)?.to_owned(), value: serde_json::from_str(text(3)?).ok()? })
    };
    let late: Vec<Late> = rows.iter().filter_map(read).collect();
    settle_now(tx, into, &late, links)?;
    let q = Sql::with(format!("DELETE FROM {table} WHERE \"import\" = $1 AND \"seq\" <= $2"), [Val::from(import.to_string()), Val::Int(*last)]);
    tx.db().exec(&q).or_db()?;
    Ok(rows.len() == STEP)
}
