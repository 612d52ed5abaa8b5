//! Erasure (Art. 17 GDPR): what goes, what the law keeps and why, and the deed itself. The suppression of the person's
//! addresses stays as a keyed hash, so that no list brings them back (Art. 21 para. 3).

use crate::{
    permit::facts::{addresses, all},
    suppression::{Suppress, keep},
};
use kernel::{Code, Error, RecordId, Result};
use metadata::Value;
use records::{About, Erasure, Record, Tx};
use serde_json::{Map, Value as Json, json};

/// What tax law asks for, where the purpose `contract` says nothing else, in months.
const KEPT_MONTHS: i64 = 120;
const MONTH_MS: i64 = 2_629_746_000;
/// Documents of a business that the law keeps for a time.
const DOCUMENTS: [&str; 2] = ["order", "contract"];
/// Proof of what was decided and of what left: ids only.
const PROOF: [&str; 3] = ["permit", "disclosure_subject", "state_change"];

struct Plan {
    /// The person's own records: the contact and the leads that became it.
    people: Vec<About>,
    goes: Vec<About>,
    kept: Vec<Kept>,
}
struct Kept {
    object: String,
    ids: Vec<RecordId>,
    /// When the last of them may go.
    until: i64,
}

/// The person's own records: all that were merged into one, and the leads that became it.
pub(crate) fn people(tx: &mut Tx, object: &str, id: RecordId) -> Result<Vec<About>> {
    let own = tx.object(object)?;
    // records that were merged are one person, whichever of them is named
    let same = tx.same_as(id)?;
    let texts: Vec<String> = same.iter().map(ToString::to_string).collect();
    let mut people = vec![About { object: own, ids: same }];
    if object == "contact"
        && let Some(leads) = tx.registry().object("lead").cloned()
    {
        let ids = tx.as_system("jobs", |tx| tx.ids_archived_too("lead", &json!({"field": "converted_contact", "op": "in", "value": texts}), 1_000))?;
        if !ids.is_empty() {
            people.push(About { object: leads, ids });
        }
    }
    Ok(people)
}
fn plan(tx: &mut Tx, object: &str, id: RecordId) -> Result<Plan> {
    let people = people(tx, object, id)?;
    let months = tx.as_system("jobs", |tx| all(tx, "purpose", &json!({"field": "code", "op": "eq", "value": "contract"})))?;
    let months = months.first().and_then(|p| p.get("retention_months").as_int()).unwrap_or(KEPT_MONTHS);
    let (mut goes, mut kept) = (Vec::new(), Vec::new());
    let subjects: Vec<(String, RecordId)> = people.iter().flat_map(|a| a.ids.iter().map(|id| (a.object.name.to_string(), *id))).collect();
    for (party, id) in subjects {
        for about in tx.records_about(&party, id)? {
            if PROOF.contains(&&*about.object.name) {
                continue;
            }
            if !DOCUMENTS.contains(&&*about.object.name) {
                goes.push(about);
                continue;
            }
            let (mut old, mut young, mut last) = (Vec::new(), Vec::new(), 0);
            for chunk in about.ids.chunks(500) {
                for record in tx.load_many(&about.object, chunk)? {
                    let until = ended(&record) + months * MONTH_MS;
                    if until > tx.now_ms() {
                        young.push(record.id())
                    } else {
                        old.push(record.id())
                    }
                    last = last.max(until);
                }
            }
            if !young.is_empty() {
                kept.push(Kept { object: about.object.name.to_string(), ids: young, until: last });
            }
            if !old.is_empty() {
                goes.push(About { object: about.object, ids: old });
            }
        }
    }
    Ok(Plan { people, goes, kept })
}
/// From when on a document is kept: its day, or the end of what it agrees.
fn ended(record: &Record) -> i64 {
    let day = |field: &str| match record.get(field) {
        Value::DateTime(ms) => Some(*ms),
        value => value.to_json().as_str().and_then(|day| metadata::field_type::parse_date_time(&format!("{day}T00:00:00Z"))),
    };
    ["ordered_at", "ends_on", "signed_on"].into_iter().find_map(day).or(record.get("created_at").as_int()).unwrap_or(0)
}
fn counts(plan: &Plan) -> Map<String, Json> {
    let mut out = Map::new();
    for about in plan.people.iter().chain(&plan.goes) {
        let so_far = out.get(&*about.object.name).and_then(Json::as_u64).unwrap_or(0);
        out.insert(about.object.name.to_string(), json!(so_far + about.ids.len() as u64));
    }
    out
}
fn kept(plan: &Plan) -> Vec<Json> {
    let words = "Tax and commercial law keep business documents; they name no person any more.";
    plan.kept.iter().map(|k| json!({"object": k.object, "count": k.ids.len(), "ids": k.ids, "until": Value::DateTime(k.until).to_json(), "why": words})).collect()
}

/// Who may, and whether this is a person: 404, 403, 409.
fn check(tx: &mut Tx, object: &str, id: RecordId) -> Result<Record> {
    if !matches!(object, "contact" | "account" | "lead") {
        return Err(Error::not_found("person behind this record"));
    }
    let record = tx.readable(object, id)?;
    tx.may_erase()?;
    if object == "account" && record.text("kind") != "household" {
        return Err(Error::new(Code::Conflict, "not_a_person", "Only people and households are erased. An organisation is archived."));
    }
    Ok(record)
}

/// What would go and what stays; or how far the erasure is.
pub(crate) fn preview(tx: &mut Tx, object: &str, id: RecordId) -> Result<Json> {
    check(tx, object, id)?;
    if let Some(done) = tx.erasure_of(object, id)? {
        return Ok(done);
    }
    let plan = plan(tx, object, id)?;
    let held = held(tx, object, id)?;
    Ok(json!({"id": null, "status": "preview", "at": null, "erased": counts(&plan), "kept": kept(&plan), "held": held}))
}
fn held(tx: &mut Tx, object: &str, id: RecordId) -> Result<bool> {
    for same in tx.same_as(id)? {
        if held_alone(tx, object, same)? {
            return Ok(true);
        }
    }
    Ok(false)
}
fn held_alone(tx: &mut Tx, object: &str, id: RecordId) -> Result<bool> {
    if !matches!(object, "contact" | "account") {
        return Ok(false);
    }
    let now = tx.now_ms();
    let rows = tx.as_system("jobs", |tx| all(tx, "restriction", &json!({"and": [{"field": object, "op": "eq", "value": id.to_string()}, {"field": "kind", "op": "eq", "value": "legal_hold"}]})))?;
    Ok(rows.iter().any(|r| r.get("since").as_int().unwrap_or(0) <= now && r.get("until").as_int().is_none_or(|u| u > now)))
}

/// # Errors
/// 404, 403; 409 while a legal hold lasts, or for an organisation.
pub(crate) fn erase(tx: &mut Tx, object: &str, id: RecordId) -> Result<Json> {
    let party = if tx.is_system() {
        // What was erased before a restore is erased again, where it came back.
        let own = tx.object(object)?;
        let Some(party) = tx.load(&own, id)? else { return note(tx, object, id, &Map::new(), vec![]) };
        party
    } else {
        let party = check(tx, object, id)?;
        if held(tx, object, id)? {
            return Err(Error::new(Code::Conflict, "legal_hold", "A legal hold keeps this person's data. It must end first."));
        }
        party
    };
    let plan = plan(tx, object, id)?;
    let others: Vec<RecordId> = tx.same_as(id)?.into_iter().filter(|other| *other != id).collect();
    suppress(tx, object, &party)?;
    for other in tx.load_many(&party.object, &others)? {
        suppress(tx, object, &other)?;
    }
    let files: Vec<RecordId> = plan.goes.iter().filter(|a| &*a.object.name == "file").flat_map(|a| a.ids.clone()).collect();
    let contents = tx.contents_of(&files)?;
    for about in &plan.goes {
        tx.wipe(&about.object, &about.ids, false)?;
    }
    for about in &plan.people {
        tx.wipe(&about.object, &about.ids, true)?;
        for id in &about.ids {
            tx.destroy_key(*id)?;
            tx.forget_merges(*id)?;
        }
    }
    for other in others {
        // in the ledger each by itself: a backup may be older than the merge
        note(tx, object, other, &Map::new(), vec![])?;
    }
    note(tx, object, id, &counts(&plan), contents)
}
fn note(tx: &mut Tx, object: &str, record: RecordId, counts: &Map<String, Json>, contents: Vec<String>) -> Result<Json> {
    let id = tx.note_erasure(&Erasure { object: object.to_owned(), record, counts: json!(counts), contents })?;
    tx.emit("person.erased", None, &json!({"object": object, "id": record}))?;
    Ok(json!({"id": id, "status": "running"}))
}
fn suppress(tx: &mut Tx, object: &str, party: &Record) -> Result<()> {
    let id = party.id().to_string();
    let points = if object == "lead" { vec![] } else { tx.as_system("jobs", |tx| all(tx, "contact_point", &json!({"field": object, "op": "eq", "value": id})))? };
    for address in addresses(party, &points) {
        keep(tx, &Suppress { kind: address.kind, address: &address.text, channel: None, purpose: None, reason: "erasure", until: None })?;
    }
    Ok(())
}
