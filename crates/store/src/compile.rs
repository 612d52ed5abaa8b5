//! Authorised questions and changes -> SQL. The only way from metadata to a statement on an object's table.

mod aggregate;
mod codec;
mod cond;
mod expr;
mod select;
mod tables;
mod write;

pub use aggregate::{AggregatePlan, aggregate};
pub use codec::{read, vals, width, write_json};
pub use cond::{condition_sql, rows_sql};
pub use select::{Page, count, exists, page};
pub use tables::{SHARE, object_table};
pub use write::{insert_columns, insert_vals, update};

use crate::{Db, Dialect, Sql};

/// Builds one statement; hands out aliases `t0`, `t1`, ...
pub(crate) struct Compiler<'a> {
    pub(crate) db: &'a dyn Db,
    pub(crate) sql: Sql,
    next: usize,
}
impl<'a> Compiler<'a> {
    pub(crate) fn new(db: &'a dyn Db) -> Self {
        Compiler { db, sql: Sql::new(""), next: 0 }
    }
    pub(crate) fn alias(&mut self) -> String {
        self.next += 1;
        format!("t{}", self.next - 1)
    }
    pub(crate) fn dialect(&self) -> Dialect {
        self.db.dialect()
    }
    pub(crate) fn push(&mut self, text: &str) {
        self.sql.push(text);
    }
    pub(crate) fn table(&self, name: &str) -> String {
        self.db.table(name)
    }
}
