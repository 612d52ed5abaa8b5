//! What some values look like, now and under the asker's rights: through the search, and by equal addresses. Every value that
//! is compared was read as the asker, so nothing masked or hidden can show.

use super::{are_two, fields};
use kernel::{RecordId, Result};
use records::{Clue, Find, Pair, Search, Tx};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;

/// Less than this is not worth a person's look.
const WORTH: f64 = 0.5;
/// Records compared at most.
const FOUND: u32 = 30;
/// Where the number of records is not known: it only shifts the scale a little.
pub(super) const ROWS: usize = 20_000;

pub(super) fn like(tx: &mut Tx, object: &str, id: Option<RecordId>, values: &Map<String, Json>) -> Result<Vec<Pair>> {
    let mut found = candidates(tx, object, values)?;
    if let Some(id) = id {
        found.remove(&id);
    }
    if found.is_empty() {
        return Ok(vec![]);
    }
    let usual = fields::of(object);
    let cells =
        |row: &Map<String, Json>| -> Vec<Option<String>> { usual.iter().map(|f| row.get(f.name).and_then(Json::as_str).map(|text| fields::plain(f.name, text)).filter(|t| !t.is_empty())).collect() };
    let ids: Vec<String> = found.iter().map(ToString::to_string).collect();
    let rows = read(tx, object, &json!({"field": "id", "op": "in", "value": ids}), usual.iter().map(|f| f.name))?;
    let others: Vec<Vec<Option<String>>> = rows.iter().map(&cells).collect();
    let Ok(judged) = stats::linkage::judge(usual, ROWS, &cells(values), &others) else { return Ok(vec![]) };
    let mut out = Vec::new();
    for (row, judged) in rows.iter().zip(judged).filter(|(_, j)| j.probability >= WORTH && !are_two(&j.evidence)) {
        let Some(Ok(other)) = row.get("id").and_then(Json::as_str).map(str::parse) else { continue };
        out.push(Pair { a: id.unwrap_or_else(|| RecordId::fixed(0)), b: other, probability: judged.probability, clues: clues(&judged.evidence) });
    }
    out.sort_by(|x, y| y.probability.total_cmp(&x.probability));
    Ok(out)
}

pub(super) fn clues(evidence: &[stats::linkage::Evidence]) -> Vec<Clue> {
    evidence.iter().map(|e| Clue { field: e.column.clone(), says: if e.rare { format!("{}, a rare value", e.level) } else { e.level.to_owned() }, weight: (e.bits * 10.0).round() / 10.0 }).collect()
}

fn candidates(tx: &mut Tx, object: &str, values: &Map<String, Json>) -> Result<BTreeSet<RecordId>> {
    let text = |field: &str| values.get(field).and_then(Json::as_str).map(str::trim).filter(|t| !t.is_empty());
    let mut found = BTreeSet::new();
    let words: Vec<&str> = fields::names(object).iter().filter_map(|f| text(f)).collect();
    let mut asked = vec![words.join(" ")];
    if object == "account" {
        // "Keller" finds "Keller AG" by prefix; "Keller AG" finds "Keller" by its first word
        asked.extend(words.first().and_then(|w| w.split_whitespace().next()).filter(|w| w.len() > 3).map(str::to_owned));
    }
    for q in asked.into_iter().filter(|q| q.len() > 2) {
        let hits = tx.search(&Search { q, objects: vec![object.to_owned()], limit: Some(FOUND), cursor: None })?;
        found.extend(hits["items"].as_array().into_iter().flatten().filter_map(|hit| hit["id"].as_str()?.parse::<RecordId>().ok()));
    }
    for key in fields::keys(object) {
        let Some(value) = text(key) else { continue };
        match tx.find_by(object, key, &[value.to_owned()]) {
            Ok(by) => found.extend(by.into_values().flatten().take(FOUND as usize)),
            // a field that the asker may not read finds nothing
            Err(error) if error.code == kernel::Code::Invalid => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

fn read(tx: &mut Tx, object: &str, filter: &Json, fields: impl Iterator<Item = &'static str>) -> Result<Vec<Map<String, Json>>> {
    let known = tx.object(object)?;
    let fields = fields.filter(|f| known.field(f).is_some()).map(str::to_owned).collect();
    let find = Find { object: object.to_owned(), filter: Some(filter.clone()), fields: Some(fields), limit: Some(FOUND * 4), ..Find::default() };
    let page: Json = serde_json::from_slice(&tx.find(&find)?).map_err(|_| kernel::Error::internal("a page is JSON"))?;
    Ok(page["items"].as_array().into_iter().flatten().filter_map(|row| row.as_object().cloned()).collect())
}
