//! Tables as data, and bringing a database to them.
//!
//! **Order of nulls.** Lists sort with nulls last in both directions, but an index of PostgreSQL that serves
//! `ASC NULLS LAST` serves `DESC NULLS FIRST` read backwards, never `DESC NULLS LAST` (SQLite serves both). A list is
//! therefore two ranges, the second asked only when the first gave too few rows; a plain index `(col, id)` then serves
//! both directions on both engines, page after page, without sorting (held by the test `order`):
//!
//! ```sql
//! ... WHERE col IS NOT NULL [AND (col, id) > ($1, $2)] ORDER BY col, id            -- DESC: (col, id) <, col DESC, id DESC
//! ... WHERE col IS NULL     [AND id > $1]              ORDER BY col, id            -- DESC: id <,        col DESC, id DESC
//! ```
//!
//! The second names `col` in its order although it is always null there: PostgreSQL uses the index only so. Write no
//! `NULLS LAST` in either. Columns tested for equality go before `col` in the index, and stay out of the order.

mod build;
mod catalog;
mod reconcile;

pub use build::build_index;
pub use catalog::{ColumnInfo, columns, drop_schema, indexes, tables};
pub use reconcile::{create_index_text, reconcile};

use crate::Val;

#[derive(Clone, Debug, PartialEq)]
pub struct TableSpec {
    pub name: String,
    pub columns: Vec<ColumnSpec>,
    pub primary_key: Vec<String>,
    /// The database numbers rows itself; only with a primary key of one `Int` column.
    pub autoincrement: bool,
    pub indexes: Vec<IndexSpec>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ColumnSpec {
    pub name: String,
    pub kind: ColumnKind,
    /// Needs a `default` when the table exists already.
    pub not_null: bool,
    pub default: Option<Val>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    /// Compared by bytes on both engines.
    Text,
    /// 64 bits.
    Int,
    /// Double precision.
    Real,
    Blob,
}

#[derive(Clone, Debug, PartialEq)]
pub struct IndexSpec {
    /// Unique in the whole workspace, not only in its table.
    pub name: String,
    pub columns: Vec<(String, Order)>,
    pub unique: bool,
    /// Makes the index partial: a boolean text with quoted columns that reads the same on both engines.
    pub filter: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    Asc,
    Desc,
}
