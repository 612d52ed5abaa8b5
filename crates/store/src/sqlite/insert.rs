//! Bulk insert: a prepared statement with several rows of placeholders, then the rest one by one.

use super::{conn::bind_val, error::convert};
use crate::{Error, Val, quote};
use rusqlite::{Connection, Statement};

/// Values in one statement. SQLite takes 32,766, but past a few hundred there is nothing left to save.
const VALUES: usize = 256;

pub(super) fn bulk_insert(raw: &Connection, table: &str, columns: &[&str], rows: &mut dyn Iterator<Item = Vec<Val>>) -> Result<u64, Error> {
    if columns.is_empty() {
        return Err(Error::other("bulk_insert needs at least one column"));
    }
    let per = (VALUES / columns.len()).clamp(1, 32);
    let mut many = raw.prepare_cached(&text(table, columns, per)).map_err(convert)?;
    let mut chunk: Vec<Vec<Val>> = Vec::with_capacity(per);
    let mut total = 0;
    for row in rows {
        if row.len() != columns.len() {
            return Err(Error::Other(format!("a row for {table} has {} values, not {}", row.len(), columns.len())));
        }
        chunk.push(row);
        if chunk.len() == per {
            insert(&mut many, &chunk)?;
            total += per as u64;
            chunk.clear();
        }
    }
    if !chunk.is_empty() {
        let mut single = raw.prepare_cached(&text(table, columns, 1)).map_err(convert)?;
        for row in &chunk {
            insert(&mut single, std::slice::from_ref(row))?;
        }
        total += chunk.len() as u64;
    }
    Ok(total)
}

fn insert(statement: &mut Statement<'_>, rows: &[Vec<Val>]) -> Result<(), Error> {
    for (i, value) in rows.iter().flatten().enumerate() {
        bind_val(statement, i + 1, value)?;
    }
    statement.raw_execute().map_err(convert).map(drop)
}

fn text(table: &str, columns: &[&str], rows: usize) -> String {
    let names: Vec<String> = columns.iter().map(|name| quote(name)).collect();
    let row = format!("({})", vec!["?"; columns.len()].join(", "));
    format!("INSERT INTO {} ({}) VALUES {}", quote(table), names.join(", "), vec![row; rows].join(", "))
}
