//! Rows of the file, in pieces for one transaction each.

use super::plan::{Prepared, open_error};
use crate::import::{
    assemble::{Assembler, CellWarning, ImportRow},
    reader::{RawCell, RawRow, Source, open},
    reject::Rejected,
};
use kernel::Result;
use serde_json::{Value as Json, json};
use std::path::Path;

/// Rows of a transaction: the first guess, and its bounds.
const FIRST: usize = 1_000;
const LEAST: usize = 50;
const MOST: usize = 5_000;
/// How long a transaction may take, so that a screen's write waits no longer than 250 ms: with room for the commit.
const TIME_MS: i64 = 150;
/// A piece of wide rows ends here, in bytes.
const BYTES: usize = 8 << 20;

pub(crate) struct Rows<'a> {
    source: Box<dyn Source>,
    assembler: Assembler<'a>,
}
#[derive(Default)]
pub(crate) struct Piece {
    pub(crate) rows: Vec<ImportRow>,
    /// The same rows as the file has them.
    pub(crate) raw: Vec<RawRow>,
    pub(crate) rejected: Vec<Rejected>,
    pub(crate) read: i64,
}
impl<'a> Rows<'a> {
    /// From the row that has `done` others before it.
    pub(crate) fn open(file: &str, prepared: &'a Prepared, done: i64) -> Result<Rows<'a>> {
        let mut source = open(Path::new(file), &prepared.options).map_err(|e| open_error(&e))?;
        for _ in 0..done {
            if source.next().is_none() {
                break;
            }
        }
        Ok(Rows { source, assembler: Assembler::new(&prepared.plan, &prepared.locale) })
    }
    pub(crate) fn next(&mut self, size: usize) -> Option<Piece> {
        let (mut piece, mut bytes) = (Piece::default(), 0);
        while piece.rows.len() < size && piece.rejected.len() < size && bytes < BYTES {
            let Some(row) = self.source.next() else { break };
            piece.read += 1;
            let raw = match row {
                Ok(raw) => raw,
                Err(broken) => {
                    piece.rejected.push(broken.into());
                    continue;
                }
            };
            bytes += raw.cells.iter().map(size_of).sum::<usize>();
            match self.assembler.row(&raw) {
                Ok(row) => {
                    piece.rows.push(row);
                    piece.raw.push(raw);
                }
                Err(refused) => piece.rejected.push(refused),
            }
        }
        (piece.read > 0).then_some(piece)
    }
}
fn size_of(cell: &RawCell) -> usize {
    match cell {
        RawCell::Text(text) | RawCell::Number(text) => text.len(),
        RawCell::Json(json) => json.to_string().len(),
        _ => 8,
    }
}
impl Piece {
    /// What a transaction needs of it.
    pub(crate) fn share(&self) -> Piece {
        Piece { rows: self.rows.clone(), raw: vec![], rejected: vec![], read: self.read }
    }
    pub(crate) fn warnings(&self) -> impl Iterator<Item = (u64, &CellWarning)> {
        self.rows.iter().flat_map(|row| row.warnings.iter().map(|w| (row.line, w)))
    }
    /// A row that was refused on writing, as the file has it, with the reason.
    pub(crate) fn refusal(&self, index: usize, answer: &Json) -> Json {
        let reasons: Vec<String> = answer
            .get("errors")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .map(|e| (e.get("field").and_then(Json::as_str).unwrap_or(""), e.get("detail").and_then(Json::as_str).unwrap_or("")))
            .map(|(field, detail)| if field.is_empty() { detail.to_owned() } else { format!("{field}: {detail}") })
            .collect();
        let raw = self.raw.get(index);
        let cells: Vec<String> = raw.map(|raw| raw.cells.iter().map(RawCell::to_text).collect()).unwrap_or_default();
        json!({"line": raw.map_or(0, |raw| raw.line), "cells": cells, "reason": reasons.join("; ")})
    }
}
pub(crate) fn rejected_json(refused: &Rejected) -> Json {
    json!({"line": refused.line, "cells": refused.cells, "reason": refused.reason()})
}

/// How many rows the next transaction takes: as many as fit its time, by what the last one took.
pub(crate) struct Pace {
    size: usize,
}
impl Pace {
    pub(crate) fn new() -> Pace {
        Pace { size: FIRST }
    }
    pub(crate) fn size(&self) -> usize {
        self.size
    }
    /// `rows` took so long.
    pub(crate) fn took(&mut self, rows: usize, ms: i64) {
        let fits = rows.saturating_mul(usize::try_from(TIME_MS).unwrap_or(1)) / usize::try_from(ms.max(1)).unwrap_or(usize::MAX);
        // a small last piece says little, and one slow commit is no reason to crawl
        self.size = fits.clamp(self.size / 4, self.size * 2).clamp(LEAST, MOST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_follows_the_time_that_rows_take() {
        let mut pace = Pace::new();
        pace.took(1_000, 600);
        assert_eq!(pace.size(), 250);
        pace.took(250, 1_000);
        assert_eq!(pace.size(), 62);
        pace.took(62, 100_000);
        assert_eq!(pace.size(), LEAST);
        for _ in 0..10 {
            pace.took(pace.size(), 1);
        }
        assert_eq!(pace.size(), MOST);
    }
}
