use super::Targets;
use super::names::{may_extend, snake, standard};
use super::records::Record;
use crate::import::reader::{Notices, RawCell};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// Where a reference leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) sobject: String,
    pub(super) object: String,
    pub(super) external_id: String,
    /// Its position in the list of records.
    pub(super) at: usize,
}
impl Place {
    /// `object` is said where the field may point to several.
    pub(super) fn cell(&self, object: &str) -> RawCell {
        RawCell::Json(reference(object, &self.external_id))
    }
}
pub(super) fn reference(object: &str, external_id: &str) -> Value {
    json!({"object": object, "by": "external_id", "value": external_id})
}

/// All names under which records are referred to.
#[derive(Default)]
pub(super) struct Index {
    /// In one folder first: two exports below one folder may use the same references.
    by_folder: HashMap<(String, String), usize>,
    anywhere: HashMap<String, Vec<usize>>,
    places: Vec<Place>,
}

impl Index {
    pub(super) fn build(records: &[Record], targets: &dyn Targets, notices: &mut Notices) -> Index {
        let mut index = Index::default();
        let mut taken: HashSet<(String, String)> = HashSet::new();
        for (at, record) in records.iter().enumerate() {
            let object = object_of(record, targets);
            let mut external_id = record.external_id.clone();
            if !taken.insert((object.clone(), external_id.clone())) {
                external_id = format!("{}/{}", if record.folder.is_empty() { "again" } else { &record.folder }, record.external_id);
                if !taken.insert((object.clone(), external_id.clone())) {
                    external_id = record.source.clone();
                    taken.insert((object.clone(), external_id.clone()));
                }
                notices.add(None, "same_reference", format!("{}: {:?} is used by another record too; it is called {external_id:?} here", record.source, record.external_id));
            }
            for alias in &record.aliases {
                let alias = key(alias);
                index.by_folder.entry((record.folder.clone(), alias.clone())).or_insert(at);
                index.anywhere.entry(alias).or_default().push(at);
            }
            index.places.push(Place { sobject: record.sobject.clone(), object, external_id, at });
        }
        index
    }
    pub(super) fn own(&self, at: usize) -> &Place {
        &self.places[at]
    }
    /// The record that a value of this record refers to; `None`: it is no reference, or to nothing here.
    pub(super) fn find(&self, from: &Record, value: &str) -> Option<&Place> {
        let alias = key(value);
        let at = self.by_folder.get(&(from.folder.clone(), alias.clone())).copied().or_else(|| match self.anywhere.get(&alias)?.as_slice() {
            [one] => Some(*one),
            _ => None, // more than one export uses this name: no guess
        })?;
        self.places.get(at)
    }
}
/// Ids are known by their first 15 characters: the last three only repeat the capitals.
fn key(alias: &str) -> String {
    if is_salesforce_id(alias) { alias[..15].to_owned() } else { alias.to_owned() }
}
/// 15 or 18 letters and digits that begin with the prefix of an object.
pub(super) fn is_salesforce_id(text: &str) -> bool {
    matches!(text.len(), 15 | 18) && text.bytes().all(|b| b.is_ascii_alphanumeric()) && text.bytes().take(5).any(|b| b.is_ascii_digit())
}
/// The object behind the prefix of an id whose record is not in the export.
pub(super) fn object_of_id(id: &str) -> Option<&'static str> {
    Some(match id.get(..3)? {
        "001" => "account",
        "003" => "contact",
        "005" => "user",
        "006" => "opportunity",
        "00Q" => "lead",
        "701" => "campaign",
        "500" => "case",
        "01t" => "product",
        "01s" => "price_book",
        "01u" => "price_book_entry",
        "801" => "order",
        "802" => "order_line",
        "800" => "contract",
        "00T" => "task",
        "00U" => "meeting",
        _ => return None,
    })
}

/// Our object for a record.
fn object_of(record: &Record, targets: &dyn Targets) -> String {
    if let Some(object) = super::npsp::object_of(record).or_else(|| standard(&record.sobject)) {
        return object.to_owned();
    }
    let name = snake(&record.sobject);
    // an object of the organisation's own is that of an earlier import, or meant to be filled
    match targets.target(&name).is_some_and(|t| !t.custom()) && !may_extend(&name) {
        true => format!("{name}_custom"),
        false => name,
    }
}
