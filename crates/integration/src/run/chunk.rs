//! One step of an import: rows become records, with what hangs on them.

use super::{
    attach,
    late::{self, Late},
    links::{self, Links},
};
use crate::import::assemble::ImportRow;
use kernel::{RecordId, Result};
use records::{BulkMode, BulkOptions, Tx};
use serde_json::{Map, Value as Json, json};
use std::collections::{HashMap, HashSet};

/// What rows are written to.
#[derive(Clone, Debug)]
pub(crate) struct Into {
    pub(crate) object: String,
    /// Finds records that are there; without it every row is a new one.
    pub(crate) key: Option<String>,
    pub(crate) set: RecordId,
}
/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Created,
    Updated,
    Unchanged,
    Refused,
}
#[derive(Default)]
pub(crate) struct Written {
    /// By row: what became of it, and its record.
    pub(crate) rows: Vec<(Option<Fate>, Option<RecordId>)>,
    /// Index of the row and its refusal as `bulk` answers it.
    pub(crate) refused: Vec<(usize, Json)>,
    /// References made: object, field, value.
    pub(crate) made: Vec<(String, String, String)>,
    /// References to records of the same object that are not there yet.
    pub(crate) late: Vec<Late>,
    /// What hangs on a record and was not taken.
    pub(crate) left_out: u64,
}
impl Written {
    pub(crate) fn count(&self, fate: Fate) -> i64 {
        i64::try_from(self.rows.iter().filter(|(f, _)| *f == Some(fate)).count()).unwrap_or(i64::MAX)
    }
    fn set(&mut self, place: usize, fate: Fate, id: Option<RecordId>) {
        if let Some(slot) = self.rows.get_mut(place) {
            *slot = (Some(fate), id);
        }
    }
    fn refuse(&mut self, place: usize, answer: Json) {
        self.set(place, Fate::Refused, None);
        self.refused.push((place, answer));
    }
}

/// Writes rows. References to records of the same object are set after the rows are there. Those of rows that `counted`
/// leaves out have been counted before.
pub(crate) fn write(tx: &mut Tx, into: &Into, rows: &[ImportRow], found: &mut Links, counted: &[bool]) -> Result<Written> {
    let own = late::own_references(tx, &into.object)?;
    let mut fields: Vec<Map<String, Json>> = rows.iter().map(|r| r.fields.clone()).collect();
    let later: Vec<Map<String, Json>> = fields.iter_mut().map(|row| late::take(row, &into.object, &own)).collect();
    let made = links::resolve(tx, &into.object, &mut fields, into.set, found, counted)?;
    let mut out = Written { rows: vec![(None, None); rows.len()], made, ..Written::default() };
    records_of(tx, into, fields, &mut out)?;
    out.left_out = attach::all(tx, &into.object, rows, &out.rows, into.set)?;
    for (at, ((_, id), own)) in out.rows.iter().zip(later).enumerate() {
        if let Some(id) = id.as_ref().filter(|_| counted.get(at).copied().unwrap_or(true)) {
            out.late.extend(own.into_iter().map(|(field, value)| Late { id: *id, field, value }));
        }
    }
    out.late = late::settle(tx, into, std::mem::take(&mut out.late), found)?;
    Ok(out)
}

/// New rows go together; a row that has a record changes it. A row whose record is made by an earlier row of the chunk
/// waits for that.
fn records_of(tx: &mut Tx, into: &Into, fields: Vec<Map<String, Json>>, out: &mut Written) -> Result<()> {
    let Some(key) = into.key.as_deref() else {
        let items = fields.into_iter().map(Json::Object).collect();
        create(tx, into, (0..out.rows.len()).collect(), items, out)?;
        return Ok(());
    };
    let unique = tx.object(&into.object)?.field(key).is_some_and(|f| f.is_unique());
    let known = found_by(tx, into, key, fields.iter())?;
    let (mut new, mut change, mut again, mut first) = (Vec::new(), Vec::new(), Vec::new(), HashSet::new());
    for (place, row) in fields.iter().enumerate() {
        let value = key_of(row, key);
        match known.get(&value).map(Vec::as_slice) {
            Some([id]) => change.push((place, *id)),
            Some([_, _, ..]) => out.refuse(place, refusal(key, "ambiguous", "Several records have this value; the row cannot be told to belong to one of them.")),
            _ if value.is_empty() && unique => out.refuse(place, refusal(key, "required", "This field finds the record; it is needed.")),
            _ if value.is_empty() || first.insert(value) => new.push(place),
            _ => again.push(place),
        }
    }
    // A value may be taken by a record that is archived or out of sight: the upsert of one row knows what to do then.
    let items = new.iter().filter_map(|place| fields.get(*place)).cloned().map(Json::Object).collect();
    let taken = create(tx, into, new, items, out)?;
    if !taken.is_empty() {
        let items: Vec<Json> = taken.iter().filter_map(|place| fields.get(*place)).cloned().map(Json::Object).collect();
        let options = BulkOptions { mode: BulkMode::Upsert, key: Some(key.to_owned()), atomic: false, lenient: true };
        for (place, answer) in taken.into_iter().zip(tx.bulk_items(&into.object, &items, &options, into.set)?) {
            answered(out, place, answer, Fate::Updated);
        }
    }
    if !again.is_empty() {
        let known = found_by(tx, into, key, again.iter().filter_map(|place| fields.get(*place)))?;
        for place in again {
            let value = fields.get(place).map(|row| key_of(row, key)).unwrap_or_default();
            match known.get(&value).map(Vec::as_slice) {
                Some([id]) => change.push((place, *id)),
                // the row that would have made it was refused
                _ => out.refuse(place, refusal(key, "ambiguous", "An earlier row of the file has this value and was not taken.")),
            }
        }
    }
    update(tx, into, change, fields, out)
}
/// The value by which a row finds its record.
pub(crate) fn key_of(row: &Map<String, Json>, key: &str) -> String {
    match row.get(key) {
        None | Some(Json::Null) => String::new(),
        value => links::text_of(value),
    }
}
fn refusal(field: &str, code: &str, detail: &str) -> Json {
    json!({"errors": [{"field": field, "code": code, "detail": detail}]})
}
fn found_by<'a>(tx: &mut Tx, into: &Into, key: &str, rows: impl Iterator<Item = &'a Map<String, Json>>) -> Result<HashMap<String, Vec<RecordId>>> {
    let distinct: HashSet<String> = rows.map(|row| key_of(row, key)).filter(|text| !text.is_empty()).collect();
    tx.find_by(&into.object, key, &distinct.into_iter().collect::<Vec<_>>())
}
/// Creates rows; those whose key is taken after all are returned.
fn create(tx: &mut Tx, into: &Into, places: Vec<usize>, items: Vec<Json>, out: &mut Written) -> Result<Vec<usize>> {
    if places.is_empty() {
        return Ok(vec![]);
    }
    let options = BulkOptions { mode: BulkMode::Create, key: None, atomic: false, lenient: true };
    let mut taken = Vec::new();
    for (place, answer) in places.into_iter().zip(tx.bulk_items(&into.object, &items, &options, into.set)?) {
        match &into.key {
            Some(key) if is_taken(&answer, key) => taken.push(place),
            _ => answered(out, place, answer, Fate::Created),
        }
    }
    Ok(taken)
}
fn is_taken(answer: &Json, key: &str) -> bool {
    answer.get("errors").and_then(Json::as_array).is_some_and(|errors| errors.iter().all(|e| e["code"] == "value_taken" && e["field"] == key) && !errors.is_empty())
}
fn update(tx: &mut Tx, into: &Into, change: Vec<(usize, RecordId)>, fields: Vec<Map<String, Json>>, out: &mut Written) -> Result<()> {
    if change.is_empty() {
        return Ok(());
    }
    let mut before = tx.versions(&into.object, &change.iter().map(|(_, id)| *id).collect::<Vec<_>>())?;
    let items: Vec<Json> = change
        .iter()
        .filter_map(|(place, id)| {
            let mut row = fields.get(*place)?.clone();
            row.insert("id".into(), json!(id.to_string()));
            Some(Json::Object(row))
        })
        .collect();
    let options = BulkOptions { mode: BulkMode::Update, key: None, atomic: false, lenient: true };
    for ((place, id), answer) in change.into_iter().zip(tx.bulk_items(&into.object, &items, &options, into.set)?) {
        let version = answer.get("version").and_then(Json::as_i64);
        let same = version.is_some() && version == before.get(&id).copied();
        if let Some(version) = version {
            before.insert(id, version);
        }
        answered(out, place, answer, if same { Fate::Unchanged } else { Fate::Updated });
    }
    Ok(())
}
fn answered(out: &mut Written, place: usize, answer: Json, fate: Fate) {
    let id = answer.get("id").and_then(Json::as_str).and_then(|id| id.parse().ok());
    match answer.get("status").and_then(Json::as_u64) {
        Some(201) => out.set(place, Fate::Created, id),
        Some(200) => out.set(place, fate, id),
        _ => out.refuse(place, answer),
    }
}
