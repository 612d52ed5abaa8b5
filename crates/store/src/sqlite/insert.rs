//! Bulk insert: one prepared statement, run for each row.
//!
//! Measured (20 columns, 5 indexes, 5,000 rows a transaction): several rows in one `VALUES` list are no faster, because
//! SQLite then keeps a journal of each statement, and a savepoint around all of them costs a third more.

use super::{conn::bind_val, error::convert};
use crate::{Error, Val, quote};
use rusqlite::Connection;

/// On an error some rows are in: the caller makes the transaction one that must be undone.
pub(super) fn bulk_insert(raw: &Connection, table: &str, columns: &[&str], rows: &mut dyn Iterator<Item = Vec<Val>>) -> Result<u64, Error> {
    if columns.is_empty() {
        return Err(Error::other("bulk_insert needs at least one column"));
    }
    let mut statement = raw.prepare_cached(&text(table, columns)).map_err(convert)?;
    let mut total = 0;
    for row in rows {
        if row.len() != columns.len() {
            return Err(Error::Other(format!("a row for {table} has {} values, not {}", row.len(), columns.len())));
        }
        for (i, value) in row.iter().enumerate() {
            bind_val(&mut statement, i + 1, value)?;
        }
        statement.raw_execute().map_err(convert)?;
        total += 1;
    }
    Ok(total)
}

fn text(table: &str, columns: &[&str]) -> String {
    let names: Vec<String> = columns.iter().map(|name| quote(name)).collect();
    format!("INSERT INTO {} ({}) VALUES ({})", quote(table), names.join(", "), vec!["?"; columns.len()].join(", "))
}
