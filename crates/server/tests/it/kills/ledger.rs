//! What the server acknowledged, held against what lies in the database.

use crate::kit::Beside;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// A record that was created, and its last acknowledged update.
#[derive(Clone, Debug)]
pub struct Made {
    pub(super) version: i64,
    pub(super) title: String,
    /// Of an update that was sent and not answered: it may stand or not.
    pub(super) under_way: Option<String>,
}
#[derive(Clone, Debug)]
pub struct Import {
    pub(super) id: String,
    pub(super) round: u64,
    pub(super) rows: u64,
}

#[derive(Debug, Default)]
pub struct Ledger {
    pub(super) made: BTreeMap<String, Made>,
    /// Ids of rows of mass changes.
    pub(super) bulk: BTreeSet<String>,
    pub(super) imports: Vec<Import>,
    /// Numbers that cases were given.
    pub(super) numbers: BTreeSet<String>,
}

/// Everything that is lost, double or without its trace.
pub fn faults(ledger: &Ledger, beside: &Beside) -> Vec<String> {
    let mut out = Vec::new();
    let rows: BTreeMap<String, (i64, String)> = beside.rows("SELECT \"id\", \"version\", \"title\" FROM TABLE:contact").iter().map(|r| (text(&r[0]), (r[1].as_int().unwrap(), text(&r[2])))).collect();
    for (id, made) in &ledger.made {
        match rows.get(id) {
            None => out.push(format!("contact {id} was acknowledged and is not there")),
            Some((version, title)) => {
                let acknowledged = *version == made.version && *title == made.title;
                let under_way = *version == made.version + 1 && Some(title) == made.under_way.as_ref();
                if !acknowledged && !under_way {
                    out.push(format!("contact {id} is version {version} {title:?}, {made:?} was acknowledged"));
                }
            }
        }
    }
    out.extend(ledger.bulk.iter().filter(|id| !rows.contains_key(*id)).map(|id| format!("contact {id} of a mass change was acknowledged and is not there")));
    let chunks = ids_of(beside, "SELECT \"ids\" FROM TABLE:sys_change_chunk WHERE \"object\" = 'contact'");
    let chunk_events = ids_of(beside, "SELECT \"payload\" FROM TABLE:sys_outbox WHERE \"object\" = 'contact' AND \"record\" IS NULL");
    let history = counts(beside, "SELECT \"record\", \"kind\", count(*) FROM TABLE:sys_history WHERE \"object\" = 'contact' GROUP BY 1, 2");
    let events = counts(beside, "SELECT \"record\", \"event\", count(*) FROM TABLE:sys_outbox WHERE \"object\" = 'contact' AND \"record\" IS NOT NULL GROUP BY 1, 2");
    let of = |from: &BTreeMap<(String, String), i64>, id: &str, what: &str| from.get(&(id.to_owned(), what.to_owned())).copied().unwrap_or(0);
    for (id, (version, _)) in &rows {
        let created = of(&history, id, "created") + i64::from(chunks.contains(id));
        let updated = of(&history, id, "updated");
        let told = of(&events, id, "contact.created") + i64::from(chunk_events.contains(id));
        let told_updated = of(&events, id, "contact.updated");
        if (created, updated, told, told_updated) != (1, version - 1, 1, version - 1) {
            out.push(format!("contact {id} of version {version}: {created} creations and {updated} updates in the history, {told} and {told_updated} in the outbox"));
        }
    }
    for import in &ledger.imports {
        let like = format!("import-{}-%", import.round);
        let found = beside.rows(&format!("SELECT count(*), count(DISTINCT \"last_name\") FROM TABLE:contact WHERE \"last_name\" LIKE '{like}'"));
        let (all, distinct) = (found[0][0].as_int().unwrap(), found[0][1].as_int().unwrap());
        let wanted = i64::try_from(import.rows).unwrap();
        if (all, distinct) != (wanted, wanted) {
            out.push(format!("import of round {}: {all} rows, {distinct} different ones, {wanted} in the file", import.round));
        }
    }
    let numbers: Vec<String> = beside.rows("SELECT \"number\" FROM TABLE:case").iter().map(|r| text(&r[0])).collect();
    let distinct: BTreeSet<&String> = numbers.iter().collect();
    if distinct.len() != numbers.len() {
        out.push(format!("{} cases have {} numbers", numbers.len(), distinct.len()));
    }
    out.extend(ledger.numbers.iter().filter(|n| !distinct.contains(n)).map(|n| format!("case {n} was acknowledged and is not there")));
    let highest = numbers.iter().filter_map(|n| n.chars().filter(char::is_ascii_digit).collect::<String>().parse::<i64>().ok()).max().unwrap_or(0);
    let counter = beside.rows("SELECT max(\"value\") FROM TABLE:sys_counter WHERE \"name\" LIKE 'case.number.%'")[0][0].as_int().unwrap_or(0);
    if counter < highest {
        out.push(format!("the counter of cases stands at {counter}, {highest} was given"));
    }
    out
}

fn text(value: &store::Val) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
/// Ids in lists, bare or under `ids`.
fn ids_of(beside: &Beside, query: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for row in beside.rows(query) {
        let Some(json) = row[0].as_str().and_then(|text| serde_json::from_str::<Json>(text).ok()) else { continue };
        let list = if json.is_array() { json } else { json["ids"].clone() };
        out.extend(list.as_array().into_iter().flatten().filter_map(|id| id.as_str().map(str::to_owned)));
    }
    out
}
fn counts(beside: &Beside, query: &str) -> BTreeMap<(String, String), i64> {
    beside.rows(query).iter().map(|r| ((text(&r[0]), text(&r[1])), r[2].as_int().unwrap())).collect()
}
