//! What left, to whom and why: written by every exit, listed for a person.

use crate::permit::facts::purposes;
use kernel::{Error, RecordId, Result};
use metadata::Value;
use records::{BulkMode, BulkOptions, Disclosed, Paging, Tx};
use serde_json::{Map, Value as Json, json};

/// Up to so many people have a row each; more lie in blocks.
const ROWS: usize = 10_000;
const PEOPLE_AT_ONCE: usize = 5_000;

/// Runs as the system.
pub(crate) fn write(tx: &mut Tx, what: &Disclosed) -> Result<()> {
    let at = |ms: i64| Value::DateTime(ms).to_json();
    let purpose = match &what.purpose {
        Some(word) => purposes(tx)?.into_iter().find(|p| p.code == *word || p.id.to_string() == *word),
        None => None,
    };
    let fields: Vec<&str> = what.fields.iter().map(String::as_str).collect();
    let disclosure = tx.new_id();
    let row = json!({
        "id": disclosure, "at": at(what.at), "until": what.until.map(at), "by": what.by, "recipient": what.recipient, "via": what.via.as_str(),
        "purpose": purpose.as_ref().map(|p| p.id), "basis": purpose.and_then(|p| p.basis), "object": what.object,
        "fields": (!fields.is_empty()).then(|| fields.join(", ")), "count": what.count, "hash": what.hash,
    });
    tx.write_fact("disclosure", row.as_object().unwrap_or(&Map::new()))?;
    let people: usize = what.subjects.values().map(std::collections::BTreeSet::len).sum();
    for (party, ids) in &what.subjects {
        if people > ROWS {
            tx.pack_subjects(disclosure, party, ids)?;
            continue;
        }
        let rows: Vec<Json> = ids.iter().map(|id| json!({"disclosure": disclosure, *party: id})).collect();
        let options = BulkOptions { mode: BulkMode::Create, key: None, atomic: false, lenient: true };
        for chunk in rows.chunks(PEOPLE_AT_ONCE) {
            for answer in tx.bulk_items("disclosure_subject", chunk, &options, disclosure)? {
                if answer["status"] != 201 {
                    return Err(Error::internal(format!("a person could not be noted in a disclosure: {answer}")));
                }
            }
        }
    }
    Ok(())
}

/// Newest first. Whoever may read disclosures and the person.
pub(crate) fn of_person(tx: &mut Tx, object: &str, id: RecordId, paging: &Paging) -> Result<Json> {
    if !matches!(object, "contact" | "account" | "lead") {
        return Err(Error::not_found("person behind this record"));
    }
    tx.readable(object, id)?;
    let mut ids = Vec::new();
    tx.as_system("jobs", |tx| {
        let rows = tx.ids("disclosure_subject", &json!({"field": object, "op": "eq", "value": id.to_string()}), 100_000)?;
        if let Some(def) = tx.registry().object("disclosure_subject").cloned() {
            for chunk in rows.chunks(500) {
                ids.extend(tx.load_many(&def, chunk)?.iter().filter_map(|row| row.reference("disclosure")));
            }
        }
        ids.extend(tx.packed_disclosures(object, id)?);
        Ok(())
    })?;
    ids.sort_unstable();
    ids.dedup();
    // Ids are made in the order of time: a page is a stretch of them, and their rows are then asked for as a list.
    let limit = usize::try_from(paging.limit.unwrap_or(50)).unwrap_or(50);
    let before =
        paging.cursor.as_deref().map(|c| c.parse::<RecordId>().map_err(|()| Error::malformed("bad_cursor", "This cursor does not belong to this question. Start from the first page."))).transpose()?;
    let page: Vec<RecordId> = ids.iter().rev().filter(|id| before.is_none_or(|b| **id < b)).take(limit + 1).copied().collect();
    let next = (page.len() > limit).then(|| page.get(limit.saturating_sub(1)).map(ToString::to_string)).flatten();
    let texts: Vec<String> = page.iter().take(limit).map(ToString::to_string).collect();
    let find = records::Find { object: "disclosure".into(), filter: Some(json!({"field": "id", "op": "in", "value": texts})), sort: vec!["-id".into()], limit: Some(500), ..records::Find::default() };
    let found: Json = serde_json::from_slice(&tx.find(&find)?).map_err(|e| Error::internal(format!("a list is not JSON: {e}")))?;
    Ok(json!({"items": found["items"], "next_cursor": next}))
}
