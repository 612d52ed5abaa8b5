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
    /// Aliases of rows that are found by what they refer to.
    followers: Vec<String>,
}
impl<'a> Compiler<'a> {
    pub(crate) fn new(db: &'a dyn Db) -> Self {
        Compiler { db, sql: Sql::new(""), next: 0, followers: vec![] }
    }
    pub(crate) fn alias(&mut self) -> String {
        self.next += 1;
        format!("t{}", self.next - 1)
    }
    /// What stands before a column by which rows shall not be looked up. Where the rows of one record are asked for, an
    /// index over their owner or team is the wrong one, but without statistics SQLite takes it for as good as the right one and
    /// reads all that a person owns, for every record. A plus keeps the value and hides the index (sqlite.org, "The SQLite Query
    /// Optimizer Overview", 2.1). PostgreSQL keeps statistics by itself.
    pub(crate) fn not_by_index(&self, alias: &str, column: &str) -> &'static str {
        let chosen_wrongly = matches!(column, "owner" | "team" | "user" | "grantee_team");
        if chosen_wrongly && self.dialect() == Dialect::Sqlite && self.followers.iter().any(|a| a == alias) { "+" } else { "" }
    }
    pub(crate) fn follows(&mut self, alias: &str) {
        self.followers.push(alias.to_owned());
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
