//! What an import tells beside its counts: what was odd, doubled, left empty, made.

use super::{job::Job, links::Links, rows::Piece};
use serde_json::{Value as Json, json};

/// Entries of a list in the report; the counts are complete.
const LISTED: usize = 200;

/// A row that looks like another one, or like a record that is there already.
#[derive(Clone, Debug)]
pub(crate) struct Double {
    pub(crate) line: u64,
    pub(crate) field: String,
    /// The id of the record, or the line of the row.
    pub(crate) of: Json,
}

impl Job {
    pub(super) fn links(&self) -> Links {
        Links::from_json(self.report.get("missing"), self.report.get("references_created"))
    }
    pub(super) fn note_links(&mut self, links: &Links) {
        self.put("missing", links.missing_json());
        self.put("references_created", links.made_json());
    }
    pub(super) fn note_piece(&mut self, piece: &Piece) {
        let odd: Vec<Json> = piece.warnings().map(|(line, w)| json!({"line": line, "column": w.column, "code": w.code, "detail": w.detail})).collect();
        self.count("odd_values", odd.len() as u64);
        self.list("warnings", odd);
    }
    pub(super) fn note_doubles(&mut self, doubles: Vec<Double>) {
        self.count("duplicates", doubles.len() as u64);
        self.list("duplicate_rows", doubles.into_iter().map(|d| json!({"line": d.line, "field": d.field, "of": d.of})).collect());
    }
    pub(super) fn note_left_out(&mut self, n: u64) {
        if n > 0 {
            self.count("left_out", n);
        }
    }
    /// Forgets what an earlier trial has told.
    pub(super) fn clear_report(&mut self) {
        if let Some(map) = self.report.as_object_mut() {
            for name in ["missing", "references_created", "odd_values", "warnings", "duplicates", "duplicate_rows", "left_out", "preview", "rejected_rows", "trial"] {
                map.shift_remove(name);
            }
        }
    }
    pub(super) fn put(&mut self, name: &str, value: Json) {
        if let Some(map) = self.report.as_object_mut() {
            map.insert(name.to_owned(), value);
        }
    }
    fn count(&mut self, name: &str, more: u64) {
        let had = self.report.get(name).and_then(Json::as_u64).unwrap_or(0);
        self.put(name, json!(had + more));
    }
    pub(super) fn list(&mut self, name: &str, more: Vec<Json>) {
        let mut list = self.report.get(name).and_then(Json::as_array).cloned().unwrap_or_default();
        let room = LISTED.saturating_sub(list.len());
        list.extend(more.into_iter().take(room));
        self.put(name, json!(list));
    }
}
