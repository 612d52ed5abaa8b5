//! What earlier pieces of a trial would have left behind: hashes of values, not the values.

use super::Double;
use crate::{
    import::assemble::ImportRow,
    run::{
        chunk::{Fate, Written, key_of},
        links::{Links, each_way, text_of},
        plan::Prepared,
        rows::Piece,
    },
};
use kernel::Result;
use records::Tx;
use serde_json::{Value as Json, json};
use std::{
    collections::{BTreeMap, HashMap, HashSet, hash_map::RandomState},
    hash::BuildHasher,
};

/// Distinct references to later rows that are kept.
const LATE: usize = 50_000;

#[derive(Default)]
pub(super) struct Memory {
    hasher: RandomState,
    /// Values that rows gave unique fields.
    unique: HashMap<String, HashSet<u64>>,
    /// Values by which rows of the object may point at each other: how many rows have them.
    own: HashMap<(String, u64), u32>,
    /// References to rows that were not in the same piece, and how often.
    wanted: BTreeMap<(String, String), u64>,
    /// Of those that found no room here.
    unkept: u64,
    made: HashSet<u64>,
    /// The first row with a value: its line, and its key.
    doubles: HashMap<(&'static str, u64), (u64, Option<u64>)>,
}
impl Memory {
    fn hash(&self, text: &str) -> u64 {
        self.hasher.hash_one(text)
    }
    /// A row that an earlier piece would have kept from being made is refused.
    pub(super) fn meet(&mut self, piece: &Piece, written: &mut Written, prepared: &Prepared) {
        let unique: Vec<&str> = prepared.unique.iter().map(String::as_str).filter(|f| prepared.plan.key.as_deref() != Some(*f)).collect();
        let mut refused = Vec::new();
        for (index, (row, (fate, _))) in piece.rows.iter().zip(&mut written.rows).enumerate() {
            if *fate != Some(Fate::Created) {
                continue;
            }
            let values: Vec<(&str, u64)> = unique.iter().map(|f| (*f, key_of(&row.fields, f))).filter(|(_, text)| !text.is_empty()).map(|(f, text)| (f, self.hasher.hash_one(text))).collect();
            if let Some((field, _)) = values.iter().find(|(f, value)| self.unique.get(*f).is_some_and(|known| known.contains(value))) {
                *fate = Some(Fate::Refused);
                refused.push((index, json!({"errors": [{"field": field, "code": "value_taken", "detail": "It must be unique; an earlier row of the file has this value."}]})));
                continue;
            }
            for (field, value) in values {
                self.unique.entry(field.to_owned()).or_default().insert(value);
            }
            for by in &prepared.own_ways {
                let text = own_value(row, by);
                if !text.is_empty() {
                    *self.own.entry((by.clone(), self.hasher.hash_one(text))).or_default() += 1;
                }
            }
        }
        written.refused.extend(refused);
    }
    pub(super) fn late(&mut self, written: &Written) {
        for one in &written.late {
            let key = (one.field.clone(), one.value.to_string());
            if self.wanted.len() < LATE || self.wanted.contains_key(&key) {
                *self.wanted.entry(key).or_default() += 1;
            } else {
                self.unkept += 1;
            }
        }
    }
    /// How many of the records of an object that a piece made for its references no earlier piece made.
    pub(super) fn made(&mut self, object: &str, made: &[(String, String, String)]) -> u64 {
        let mut new = 0;
        for (target, by, text) in made.iter().filter(|(target, ..)| target == object) {
            let value = self.hash(&format!("{target}\0{by}\0{text}"));
            new += u64::from(self.made.insert(value));
        }
        new
    }
    /// Adds rows that look like a row of an earlier piece.
    pub(super) fn doubles(&mut self, piece: &Piece, mut found: Vec<Double>, fields: &[&'static str], key: Option<&str>) -> Vec<Double> {
        let told: HashSet<u64> = found.iter().map(|d| d.line).collect();
        let mut more = HashSet::new();
        for row in &piece.rows {
            let own = key.map(|key| key_of(&row.fields, key)).filter(|text| !text.is_empty()).map(|text| self.hash(&text));
            for field in fields {
                let text = key_of(&row.fields, field);
                if text.is_empty() {
                    continue;
                }
                let (line, other) = *self.doubles.entry((*field, self.hasher.hash_one(text))).or_insert((row.line, own));
                // rows of one key are one record
                if line != row.line && (own.is_none() || own != other) && !told.contains(&row.line) && more.insert(row.line) {
                    found.push(Double { line: row.line, field: (*field).to_owned(), of: json!({"line": line}) });
                }
            }
        }
        found
    }
    /// Counts the references between rows that would find nothing, or several.
    pub(super) fn settle(&self, tx: &mut Tx, object: &str, links: &mut Links) -> Result<()> {
        let all: Vec<(&str, Json, u64)> = self.wanted.iter().filter_map(|((field, json), n)| Some((field.as_str(), serde_json::from_str(json).ok()?, *n))).collect();
        for some in all.chunks(500) {
            let mut asked: HashMap<String, HashSet<String>> = HashMap::new();
            for (_, value, _) in some {
                each_way(value, Some(object), &mut |_, by, text| asked.entry(by.to_owned()).or_default().extend([text.to_owned()]));
            }
            let mut there: HashMap<(String, String), usize> = HashMap::new();
            for (by, texts) in asked {
                for (text, ids) in tx.find_by(object, &by, &texts.into_iter().collect::<Vec<_>>())? {
                    there.insert((by.clone(), text), ids.len());
                }
            }
            for (field, value, rows) in some {
                let mut found = 0;
                each_way(value, Some(object), &mut |_, by, text| {
                    if found == 0 {
                        let own = self.own.get(&(by.to_owned(), self.hash(text))).copied().unwrap_or(0);
                        found = there.get(&(by.to_owned(), text.to_owned())).copied().unwrap_or(0) + own as usize;
                    }
                });
                match (found, value.get("missing").and_then(Json::as_str)) {
                    (1, _) => {}
                    (0, Some("create")) => links.made(object, 1),
                    (_, Some("empty")) => links.emptied(field, *rows),
                    _ => links.lost(field, &text_of(value.get("value")), *rows),
                }
            }
        }
        links.uncounted(self.unkept);
        Ok(())
    }
}
/// The value by which other rows may name this one.
fn own_value(row: &ImportRow, by: &str) -> String {
    if by == "full_name" && !row.fields.contains_key(by) {
        return ["first_name", "middle_name", "last_name"].iter().map(|f| key_of(&row.fields, f)).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
    }
    key_of(&row.fields, by)
}
