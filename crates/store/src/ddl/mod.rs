//! Tables as data, and bringing a database to them.
//!
//! **Order of nulls.** Lists sort with nulls last in both directions. An index column `Asc` is made so that it serves
//! `ORDER BY col ASC NULLS LAST`, `Desc` so that it serves `ORDER BY col DESC NULLS LAST`.

mod catalog;
mod reconcile;

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
