use super::files::ExportFile;
use super::names::{canonical, is_custom, is_machinery, standard};
use super::{sql, table, tree};
use crate::import::reader::{Limits, Notices, OpenError, RawCell};
use std::collections::HashSet;

/// A record as the export has it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    /// Without namespace: `Contact`, `OppPayment__c`.
    pub(super) sobject: String,
    /// What becomes its external id: the id of Salesforce, else the reference of the tree, else a place in the file.
    pub(super) external_id: String,
    /// Its place in the list of all records.
    pub(super) position: usize,
    /// Names under which others refer to it: `@Ref`, an id, `Contact-12`.
    pub(super) aliases: Vec<String>,
    pub(super) folder: String,
    pub(super) source: String,
    /// Field and value; names without namespace, in the order of the file.
    pub(super) values: Vec<(String, RawCell)>,
}
impl Record {
    pub(super) fn get(&self, field: &str) -> Option<&RawCell> {
        self.values.iter().find(|(name, _)| name.eq_ignore_ascii_case(field)).map(|(_, cell)| cell).filter(|c| !c.is_empty())
    }
    pub(super) fn text(&self, field: &str) -> String {
        self.get(field).map(|c| c.to_text().trim().to_owned()).unwrap_or_default()
    }
    pub(super) fn is_true(&self, field: &str) -> bool {
        crate::import::detect::boolean(&self.text(field)) == Some(true)
    }
}

pub(super) struct Records {
    pub(super) list: Vec<Record>,
}

/// Reads trees first, then SQL data sets, then tables; a table without ids of records that a tree has already is left out.
pub(super) fn read(files: &[ExportFile], limits: &Limits, notices: &mut Notices) -> Result<Records, OpenError> {
    let mut list = Vec::new();
    let planned = tree::planned(files, limits, notices);
    for file in files.iter().filter(|f| f.is("json")) {
        tree::read(file, &planned, limits, &mut list, notices);
    }
    for file in files.iter().filter(|f| f.is("sql")) {
        sql::read(file, files, &mut list, notices)?;
    }
    let in_trees: HashSet<String> = list.iter().map(|r: &Record| r.sobject.clone()).collect();
    for file in files.iter().filter(|f| f.is("csv")) {
        let Some(sobject) = sobject_of(file.stem(), &in_trees) else {
            notices.add(None, "not_of_the_export", format!("{}: its name is no sObject; it was left out", file.path));
            continue;
        };
        table::read(file, &sobject, in_trees.contains(&sobject), limits, &mut list, notices)?;
    }
    list.iter_mut().enumerate().for_each(|(at, record)| record.position = at);
    Ok(Records { list })
}

/// `Contact.csv`, `Contact_Data.csv`, `extract_Contact-2024.csv`, `Space__c.csv`, and `Space_Data.csv` where `Space__c` is known.
fn sobject_of(stem: &str, known: &HashSet<String>) -> Option<String> {
    let fits = |name: &str| {
        let name = canonical(name);
        let custom = format!("{name}__c");
        match () {
            _ if standard(&name).is_some()
                || is_machinery(&name)
                || is_custom(&name)
                || known.contains(&name)
                || matches!(name.as_str(), "OpportunityContactRole" | "Asset" | "AccountContactRelation") =>
            {
                Some(name)
            }
            _ if known.contains(&custom) => Some(custom),
            _ => None,
        }
    };
    let bare = stem.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-' || c == '_' || c == ' ');
    let less = |text: &str| {
        let lower = text.to_ascii_lowercase();
        ["_data", "-data", " data", "_export", "_extract"].iter().find_map(|e| lower.strip_suffix(e).map(|r| text[..r.len()].to_owned())).unwrap_or_else(|| text.to_owned())
    };
    let more = |text: &str| {
        ["extract_", "export_", "extract-", "export-"].iter().find_map(|p| text.to_ascii_lowercase().starts_with(p).then(|| text[p.len()..].to_owned())).unwrap_or_else(|| text.to_owned())
    };
    [stem.to_owned(), bare.to_owned(), less(bare), more(&less(bare))].iter().find_map(|name| fits(name))
}
