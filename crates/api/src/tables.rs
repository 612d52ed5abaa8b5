//! Tables of this crate that are not objects.

use records::Module;
use store::ddl::{ColumnKind, ColumnSpec, IndexSpec, Order, TableSpec};

/// What this crate adds to a workspace.
pub fn module() -> Module {
    Module { name: "api", tables: vec![crate::idempotency::table(), crate::export::table()], eraser: Some(crate::forget::forget), ..Module::default() }
}

pub(crate) fn table(name: &str, columns: &[(&str, ColumnKind)], primary_key: &[&str], index: &[&str]) -> TableSpec {
    let index = IndexSpec { name: format!("i_{name}_{}", index.join("_")), columns: index.iter().map(|c| ((*c).to_owned(), Order::Asc)).collect(), unique: false, filter: None };
    TableSpec {
        name: name.to_owned(),
        columns: columns.iter().map(|(name, kind)| ColumnSpec { name: (*name).to_owned(), kind: *kind, not_null: false, default: None }).collect(),
        primary_key: primary_key.iter().map(|c| (*c).to_owned()).collect(),
        autoincrement: false,
        indexes: vec![index],
    }
}
