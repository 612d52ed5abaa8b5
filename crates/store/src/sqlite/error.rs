//! SQLite's result codes in our words.

use crate::Error;
use rusqlite::ffi;

pub(super) fn convert(e: rusqlite::Error) -> Error {
    let (code, message) = match e {
        rusqlite::Error::SqliteFailure(code, message) => (code.extended_code, message.unwrap_or_default()),
        rusqlite::Error::SqlInputError { error, msg, .. } => (error.extended_code, msg),
        rusqlite::Error::MultipleStatement => return Error::Schema("one statement at a time".into()),
        e => return Error::Other(format!("SQLite: {e}")),
    };
    match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => unique(&message),
        ffi::SQLITE_CONSTRAINT_NOTNULL => Error::Other(format!("{} must not be empty", after_colon(&message))),
        _ => primary(code & 0xff, message),
    }
}

fn primary(code: i32, message: String) -> Error {
    match code {
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Error::Busy,
        ffi::SQLITE_READONLY => Error::ReadOnly,
        ffi::SQLITE_FULL => Error::DiskFull,
        ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB => Error::Corrupt(message),
        ffi::SQLITE_INTERRUPT => Error::Interrupted,
        ffi::SQLITE_TOOBIG => Error::other("a text or file is larger than the database takes (1 GB)"),
        // the text after "fts5:" quotes what a person typed
        ffi::SQLITE_ERROR if message.starts_with("fts5:") => Error::other("the search text could not be read"),
        ffi::SQLITE_ERROR if message == "integer overflow" => Error::TooLarge,
        ffi::SQLITE_ERROR if is_about_schema(&message) => Error::Schema(message),
        _ => Error::Other(format!("SQLite: {message}")),
    }
}

fn is_about_schema(message: &str) -> bool {
    const STARTS: [&str; 6] = ["no such ", "near \"", "duplicate column", "there is already", "Cannot add", "incomplete input"];
    STARTS.iter().any(|start| message.starts_with(start)) || message.contains("already exists") || message.contains("has no column named")
}

fn after_colon(message: &str) -> &str {
    message.split_once(": ").map_or(message, |(_, rest)| rest)
}

/// `UNIQUE constraint failed: contact.email, contact.kind`, or `...: index 'name'` when the index has expressions.
/// The name of the index is not in the message: [`super::conn`] looks it up.
fn unique(message: &str) -> Error {
    let what = after_colon(message);
    if let Some(name) = what.strip_prefix("index '").and_then(|s| s.strip_suffix('\'')) {
        return Error::Unique { table: String::new(), constraint: name.to_owned(), columns: Vec::new() };
    }
    let mut table = "";
    let mut columns = Vec::new();
    for part in what.split(", ") {
        match part.split_once('.') {
            Some((t, column)) => {
                table = t;
                columns.push(column.to_owned());
            }
            None => columns.push(part.to_owned()),
        }
    }
    Error::Unique { table: table.to_owned(), constraint: String::new(), columns }
}
