//! Authorised changes -> INSERT and UPDATE.

use super::{Compiler, codec};
use crate::{Db, Sql, Val, quote};
use access::{Authorized, Change};

/// Column names of an insert, in the order of [`insert_vals`]; for bulk inserts take them from the first row.
pub fn insert_columns(change: &Authorized<Change>) -> Vec<String> {
    let mut out = Vec::new();
    for (field, _) in &change.get().set {
        out.extend(field.columns());
    }
    out
}
pub fn insert_vals(change: &Authorized<Change>) -> Vec<Val> {
    let mut out = Vec::new();
    for (field, value) in &change.get().set {
        codec::vals(field, value, &mut out);
    }
    out
}

/// `UPDATE` of the row if its version is still the expected one and the right holds on it. No row changed: one of both
/// is not so, and nothing was written.
pub fn update(db: &dyn Db, change: &Authorized<Change>, expected_version: i64) -> Sql {
    let change = change.get();
    let mut c = Compiler::new(db);
    let t = c.alias();
    let head = format!("UPDATE {} AS {t} SET ", c.table(&change.object.name));
    c.push(&head);
    let mut first = true;
    for (field, value) in &change.set {
        let mut vals = Vec::new();
        codec::vals(field, value, &mut vals);
        for (column, val) in field.columns().into_iter().zip(vals) {
            if !first {
                c.push(", ");
            }
            first = false;
            c.push(&format!("{} = ", quote(&column)));
            c.sql.arg(val);
        }
    }
    c.push(&format!(" WHERE {t}.\"id\" = "));
    c.sql.arg(change.id.to_string());
    c.push(&format!(" AND {t}.\"version\" = "));
    c.sql.arg(expected_version);
    if !change.rows.is_true() {
        c.push(" AND ");
        c.condition(&t, &change.object.name, &change.rows);
    }
    c.sql
}
