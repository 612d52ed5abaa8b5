//! Rows that were not taken, as a file that can be corrected and imported again.

use super::reader::{Column, RowError};
use crate::export::safe_csv_field;
use serde::Serialize;
use std::io::Write;

/// Why a value kept a row out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The header; empty for the row as a whole.
    pub column: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    pub code: String,
    pub detail: String,
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    pub line: u64,
    /// As the file has them.
    pub cells: Vec<String>,
    pub problems: Vec<Problem>,
}
impl Rejected {
    /// `Close Date: "soon" is no date; Amount: …`
    pub fn reason(&self) -> String {
        let one = |p: &Problem| if p.column.is_empty() { p.detail.clone() } else { format!("{}: {}", p.column, p.detail) };
        self.problems.iter().map(one).collect::<Vec<_>>().join("; ")
    }
}
impl From<RowError> for Rejected {
    fn from(error: RowError) -> Self {
        let problem = Problem { column: String::new(), field: None, code: error.code.to_owned(), detail: error.detail };
        Rejected { line: error.line, cells: error.cells, problems: vec![problem] }
    }
}

/// Writes rejected rows as csv: `line`, `reason`, then the original columns under their own headers.
pub struct RejectWriter<W: Write> {
    writer: csv::Writer<W>,
    width: usize,
    pub rows: u64,
}
impl<W: Write> RejectWriter<W> {
    pub fn new(writer: W, columns: &[Column]) -> csv::Result<Self> {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(writer);
        writer.write_record(["line", "reason"].into_iter().map(str::to_owned).chain(columns.iter().map(|c| safe_csv_field(&c.name).into_owned())))?;
        Ok(RejectWriter { writer, width: columns.len(), rows: 0 })
    }
    pub fn write(&mut self, rejected: &Rejected) -> csv::Result<()> {
        let mut fields = vec![rejected.line.to_string(), safe_csv_field(&rejected.reason()).into_owned()];
        fields.extend(rejected.cells.iter().map(|c| safe_csv_field(c).into_owned()));
        let least = self.width + 2;
        if fields.len() < least {
            fields.resize(least, String::new());
        }
        self.rows += 1;
        self.writer.write_record(fields)
    }
    pub fn finish(mut self) -> std::io::Result<u64> {
        self.writer.flush()?;
        Ok(self.rows)
    }
}
