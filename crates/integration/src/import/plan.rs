//! The plan of an import: for every column what it means, how its values are read, and what must be asked or told first.

mod build;
mod claims;

pub(crate) use build::slug;

use super::coerce::Rule;
use super::detect::{ColumnProfile, Locale, Question, Style};
use super::headers::{Certainty, Meaning};
use super::mapping::{Mapping, MappingError};
use super::reader::Column;
use super::target::{Target, TargetField};
use kernel::Currency;
use serde::Serialize;
use serde_json::Value;

/// A custom field that the import makes first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NewField {
    pub name: String,
    pub label: String,
    /// The type in the form of the contract: `{"date": {}}`.
    #[serde(rename = "type")]
    pub definition: Value,
}

#[derive(Clone, Debug)]
pub struct PlannedColumn {
    /// Its place in the file; `None`: a template.
    pub index: Option<usize>,
    pub header: String,
    /// `None`: the column goes nowhere.
    pub meaning: Option<Meaning>,
    pub certainty: Option<Certainty>,
    /// Said in the mapping, not found out.
    pub by_hand: bool,
    pub rule: Rule,
    pub style: Style,
    /// Pieces of a template: text and columns.
    pub template: Vec<TemplatePiece>,
}
#[derive(Clone, Debug, PartialEq)]
pub enum TemplatePiece {
    Text(String),
    Column(usize),
}

/// Everything that is decided before the first row is written.
#[derive(Clone, Debug)]
pub struct Plan {
    pub object: String,
    pub key: Option<String>,
    pub columns: Vec<PlannedColumn>,
    /// The fields of the object, with those that will be made.
    pub fields: Vec<TargetField>,
    pub new_fields: Vec<NewField>,
    pub currency: Currency,
    pub lost_zero_empty: bool,
    pub questions: Vec<Question>,
    pub remarks: Vec<String>,
    /// Headers that go nowhere.
    pub unmapped: Vec<String>,
    /// Headers that are only alike to something: what, and how much. They apply with `accept`.
    pub suggestions: Vec<(String, Meaning, f64)>,
    /// Headers whose values need the right to import the past.
    pub past: Vec<String>,
}

impl Plan {
    /// Decides about every column. `profiles` come from a `Profiler` that has seen all rows; without them every column keeps
    /// the customs of the locale.
    pub fn build(target: &dyn Target, columns: &[Column], profiles: Option<&[ColumnProfile]>, mapping: &Mapping, accept: bool, locale: &Locale) -> Result<Plan, MappingError> {
        build::build(target, columns, profiles, mapping, accept, locale)
    }
    pub fn field(&self, name: &str) -> Option<&TargetField> {
        self.fields.iter().find(|f| f.name == name)
    }
    /// The column that fills a field, the first if there are several.
    pub fn column_for(&self, field: &str) -> Option<&PlannedColumn> {
        self.columns.iter().find(|c| matches!(&c.meaning, Some(Meaning::Field { field: f, .. }) if f == field))
    }
}
