//! Imports against a workspace: the plan of the file, then rows in chunks, each one durable step that a kill cannot split.
//!
//! A chunk is one transaction: references looked up, rows written, what was refused noted, progress kept. After a kill the
//! import goes on behind the last chunk. A dry run does the same and takes each chunk back.

mod alive;
mod attach;
mod chunk;
mod doubles;
mod export_files;
mod export_of_others;
mod forget;
mod job;
mod late;
mod links;
mod plan;
mod registry;
mod report;
mod rows;
mod trial;
mod work;

pub use export_files::{FilesReport, SYSTEMS, import_files};
pub use export_of_others::{OtherReport, import_salesforce};
pub use job::{Job, NewJob};
pub use plan::{Prepared, look, prepare};
pub use work::{Progress, run};

use records::Module;
use store::ddl::{ColumnKind, ColumnSpec, IndexSpec, Order, TableSpec};

fn columns(names: &[(&str, ColumnKind)]) -> Vec<ColumnSpec> {
    names.iter().map(|(name, kind)| ColumnSpec { name: (*name).into(), kind: *kind, not_null: false, default: None }).collect()
}
/// Tables of imports.
pub fn module() -> Module {
    use ColumnKind::{Int, Text};
    let jobs = TableSpec {
        name: "import_job".into(),
        columns: columns(&[
            ("id", Text),
            ("by", Text),
            ("object", Text),
            ("file", Text),
            ("file_name", Text),
            ("mapping", Text),
            ("key", Text),
            ("status", Text),
            ("dry_run", Int),
            ("accept", Int),
            ("at", Int),
            ("rows", Int),
            ("done", Int),
            ("created", Int),
            ("updated", Int),
            ("unchanged", Int),
            ("rejected", Int),
            ("change_set", Text),
            ("report", Text),
            ("error", Text),
            ("digest", Text),
        ]),
        primary_key: vec!["id".into()],
        autoincrement: false,
        indexes: vec![],
    };
    let rejects = TableSpec {
        name: "import_reject".into(),
        columns: columns(&[("seq", Int), ("import", Text), ("line", Int), ("json", Text)]),
        primary_key: vec!["seq".into()],
        autoincrement: true,
        indexes: vec![IndexSpec { name: "i_import_reject_import".into(), columns: vec![("import".into(), Order::Asc), ("seq".into(), Order::Asc)], unique: false, filter: None }],
    };
    // references to records of the same object that stand further down in the file
    let late = TableSpec {
        name: "import_late".into(),
        columns: columns(&[("seq", Int), ("import", Text), ("record", Text), ("field", Text), ("json", Text)]),
        primary_key: vec!["seq".into()],
        autoincrement: true,
        indexes: vec![IndexSpec { name: "i_import_late_import".into(), columns: vec![("import".into(), Order::Asc), ("seq".into(), Order::Asc)], unique: false, filter: None }],
    };
    Module { name: "import", tables: vec![jobs, rejects, late], eraser: Some(forget::forget), ..Module::default() }
}
