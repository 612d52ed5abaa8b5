//! One streaming interface over csv, xlsx, jsonl and vcf. Every reader is tolerant (what can be read is read, what is odd
//! is reported with its line) and bounded (no file makes it take memory without end).

mod csv;
mod delimiter;
mod encoding;
mod header_row;
mod jsonl;
mod notices;
mod open;
mod records;
pub mod vcf;
mod xlsx;
mod zip_guard;

pub(crate) use csv::open_csv_bytes;
pub use encoding::{Utf8Reader, detect as detect_encoding};
pub(crate) use jsonl::plain_number;
pub use notices::{Notice, Notices};
pub use open::{Format, OpenOptions, open};
pub use zip_guard::check as check_zip;

use jiff::civil;

/// What no file may exceed. The defaults are the published limits of imports.
#[derive(Clone, Debug)]
pub struct Limits {
    /// One value, in bytes.
    pub field_bytes: usize,
    /// One row, in bytes: an opening quote that is never closed is found here, not at the end of memory.
    pub record_bytes: usize,
    pub columns: usize,
    /// Objects and lists inside each other.
    pub json_depth: usize,
    /// All parts of a zip or xlsx, unpacked, in bytes.
    pub unpacked_bytes: u64,
    /// The shared strings of an xlsx, unpacked, in bytes: the only part that is held in memory.
    pub shared_strings_bytes: u64,
    /// Unpacked size divided by packed size, looked at from 32 MiB on.
    pub unpack_ratio: u64,
    pub zip_entries: usize,
}
impl Default for Limits {
    fn default() -> Self {
        const MIB: usize = 1 << 20;
        Limits {
            field_bytes: 16 * MIB,
            record_bytes: 32 * MIB,
            columns: 4_096,
            json_depth: 64,
            unpacked_bytes: 2_048 * MIB as u64,
            shared_strings_bytes: 192 * MIB as u64,
            unpack_ratio: 250,
            zip_entries: 10_000,
        }
    }
}

/// A column of the file, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The header, made distinct and never empty: `Email`, `Email (2)`, `Column 3`.
    pub name: String,
    /// The header as the file has it.
    pub original: String,
}

/// A value as the file holds it, before anybody knows what it means.
#[derive(Clone, Debug, PartialEq)]
pub enum RawCell {
    Empty,
    Text(String),
    /// A number that the format itself marks as one (xlsx, json), in plain decimal notation.
    Number(String),
    Boolean(bool),
    Date(civil::Date),
    DateTime(civil::DateTime),
    /// An object or a list of a JSON file, or a list that a reader made (further contact points of a vCard).
    Json(serde_json::Value),
}
impl RawCell {
    pub fn is_empty(&self) -> bool {
        match self {
            RawCell::Empty => true,
            RawCell::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
    /// As one would write it in a csv file; used for rejected rows, samples and free text.
    pub fn to_text(&self) -> String {
        match self {
            RawCell::Empty => String::new(),
            RawCell::Text(text) | RawCell::Number(text) => text.clone(),
            RawCell::Boolean(value) => value.to_string(),
            RawCell::Date(date) => date.to_string(),
            RawCell::DateTime(at) => at.to_string(),
            RawCell::Json(json) => json.to_string(),
        }
    }
}

/// A row and the line on which it begins (1 is the first line of the file; a vCard or JSON value: its first line; a sheet: its row).
#[derive(Clone, Debug, PartialEq)]
pub struct RawRow {
    pub line: u64,
    /// As many as there are columns.
    pub cells: Vec<RawCell>,
}

/// A row that could not be read. Reading goes on after it unless `fatal`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {detail}")]
pub struct RowError {
    pub line: u64,
    /// `too_many_values`, `too_long`, `too_deep`, `broken`
    pub code: &'static str,
    pub detail: String,
    /// What the row holds, as far as it could be read, for the file of rejected rows.
    pub cells: Vec<String>,
    /// Nothing can be read after this row.
    pub fatal: bool,
}

/// A file that cannot be read at all. The text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the file cannot be read: {0}")]
    Io(#[from] std::io::Error),
    #[error("the file is empty")]
    Empty,
    #[error("this is {what}; {advice}")]
    Unsupported { what: &'static str, advice: &'static str },
    #[error("the file is too large when unpacked: {detail}")]
    TooLarge { detail: String },
    #[error("the file has {found} columns; at most {limit} can be read")]
    TooManyColumns { found: usize, limit: usize },
    #[error("{name:?} is no encoding that browsers and this program know; write for instance utf-8, windows-1252 or utf-16le")]
    UnknownEncoding { name: String },
    #[error("the file is broken: {0}")]
    Broken(String),
    #[error("there is no sheet {name:?}; the file has: {sheets}")]
    NoSuchSheet { name: String, sheets: String },
}

/// Rows of a file, one after the other, in constant memory.
pub trait Source: Send {
    fn columns(&self) -> &[Column];
    /// The next row; `None` at the end and after a fatal error.
    fn next(&mut self) -> Option<Result<RawRow, RowError>>;
    /// What was odd so far, with line numbers: complete once `next` has returned `None`.
    fn notices(&self) -> &[Notice];
}

/// Names for the columns: headers trimmed, empty ones numbered, equal ones made distinct and reported.
pub(crate) fn name_columns(headers: Vec<String>, limits: &Limits, notices: &mut Notices) -> Result<Vec<Column>, OpenError> {
    if headers.len() > limits.columns {
        return Err(OpenError::TooManyColumns { found: headers.len(), limit: limits.columns });
    }
    let mut seen = std::collections::HashSet::new();
    let mut columns = Vec::with_capacity(headers.len());
    for (index, original) in headers.into_iter().enumerate() {
        let base = original.split_whitespace().collect::<Vec<_>>().join(" ");
        let base = if base.is_empty() { format!("Column {}", index + 1) } else { base };
        let mut name = base.clone();
        let mut copy = 1;
        while !seen.insert(name.to_lowercase()) {
            copy += 1;
            name = format!("{base} ({copy})");
        }
        if copy > 1 {
            notices.add(None, "duplicate_header", format!("the header {base:?} occurs more than once; column {} is called {name:?}", index + 1));
        } else if original.trim().is_empty() {
            notices.add(None, "empty_header", format!("column {} has no header; it is called {name:?}", index + 1));
        }
        columns.push(Column { name, original });
    }
    Ok(columns)
}
