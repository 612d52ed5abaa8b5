use crate::import::reader::RawCell;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What happens to a reference that points to nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The row is taken, the field stays empty, the value is listed in the report. A required reference rejects the row.
    #[default]
    Report,
    /// The record is made, with this value as its name.
    Create,
    /// The row is taken, the field stays empty, the value is counted only.
    Empty,
}

/// How the values of one column are treated before they are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    /// The field of the target by which references are found.
    pub match_field: Option<String>,
    pub missing: Missing,
    /// Written value -> meant value, by its folded form when the exact one is not there. An empty meaning empties the field.
    pub values: HashMap<String, String>,
    /// A plain number that every number is multiplied by: `1000000` for a column in millions.
    pub multiply: Option<String>,
}
impl Rule {
    /// What stands for the cell by the `values` of the mapping.
    pub(super) fn replacement(&self, cell: &RawCell) -> Option<&str> {
        self.replace_text(&cell_text(cell)?)
    }
    pub(super) fn replace_text(&self, text: &str) -> Option<&str> {
        if self.values.is_empty() {
            return None;
        }
        let text = text.trim();
        if let Some(found) = self.values.get(text) {
            return Some(found);
        }
        let folded = kernel::fold(text);
        self.values.iter().find(|(from, _)| kernel::fold(from.trim()) == folded).map(|(_, to)| to.as_str())
    }
}
fn cell_text(cell: &RawCell) -> Option<String> {
    match cell {
        RawCell::Json(_) => None,
        cell => Some(cell.to_text()), // an empty cell too: values = {"" = "Unknown"}
    }
}
