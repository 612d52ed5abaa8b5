//! A Salesforce export as batches of rows of ours: sObject trees with their plans (the Salesforce command line), csv files
//! per sObject (Data Loader, the weekly export) and SQL data sets with a mapping (CumulusCI, which the Nonprofit Success Pack
//! ships). Standard sObjects become our objects, `Foo_Bar__c` becomes the custom object or field `foo_bar`.
//!
//! `files` finds and reads the files -> `records` holds what they say -> `index` resolves references over all files ->
//! `shape` and `npsp` say what a record becomes -> `convert` makes values and definitions -> `order` sorts the batches.

mod convert;
mod files;
mod index;
mod names;
mod npsp;
mod order;
mod records;
mod shape;
mod sql;
mod table;
mod tree;
mod yaml;

use super::assemble::{CellWarning, Objection};
use super::detect::Locale;
use super::plan::NewField;
use super::reader::{Limits, Notice, Notices, OpenError};
use super::target::Target;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

pub use names::{canonical, snake};

/// The objects that there are, by name.
pub trait Targets {
    fn target(&self, object: &str) -> Option<&dyn Target>;
}

/// A record to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BatchRow {
    /// With `external_id`; references are `{"by":"external_id","value":…}`, to several objects with `"object"`.
    pub fields: Map<String, Value>,
    pub points: Vec<Value>,
    pub objections: Vec<Objection>,
    pub note: Option<String>,
    pub warnings: Vec<CellWarning>,
    /// File and line or position, for messages.
    pub source: String,
}

/// All rows of one object, to be written by upsert on `external_id`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectBatch {
    pub object: String,
    /// What they are called in the export; empty for rows that follow from others (stages, the order of a gift).
    pub sobjects: Vec<String>,
    /// The custom object that must be made first, fields and all.
    pub definition: Option<Value>,
    /// Custom fields that must be made first on an object that exists.
    pub new_fields: Vec<NewField>,
    pub rows: Vec<BatchRow>,
    /// Reference fields that can only be set once all rows of this and later batches are there (to the same object, or in a circle).
    pub late: Vec<String>,
}

/// What was found in a folder or zip.
#[derive(Clone, Debug, Default)]
pub struct SalesforceExport {
    /// In an order in which every reference that is not `late` points to an earlier batch.
    pub batches: Vec<ObjectBatch>,
    pub notices: Vec<Notice>,
    /// Records by sObject, as they stand in the files.
    pub records: BTreeMap<String, usize>,
}
impl SalesforceExport {
    pub fn batch(&self, object: &str) -> Option<&ObjectBatch> {
        self.batches.iter().find(|b| b.object == object)
    }
}

/// Reads a folder or a zip of files of an export.
pub fn read(path: &Path, targets: &dyn Targets, locale: &Locale, limits: &Limits) -> Result<SalesforceExport, OpenError> {
    let mut notices = Notices::default();
    let files = files::gather(path, limits, &mut notices)?;
    let records = records::read(&files, limits, &mut notices)?;
    if records.list.is_empty() {
        return Err(OpenError::Unsupported {
            what: "no export of Salesforce that can be read",
            advice: "it must hold sObject trees (json with \"records\"), csv files named after their sObject, or a data set in SQL with its mapping.yml",
        });
    }
    let mut counts = BTreeMap::new();
    for record in &records.list {
        *counts.entry(record.sobject.clone()).or_insert(0) += 1;
    }
    let index = index::Index::build(&records.list, targets, &mut notices);
    let shaped = shape::shape_all(&records.list, &index, targets, locale.currency, &mut notices);
    let batches = convert::convert(shaped, targets, locale, &mut notices)?;
    let batches = order::sort(batches);
    Ok(SalesforceExport { batches, notices: notices.list().to_vec(), records: counts })
}
