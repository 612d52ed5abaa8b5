use store::ddl::{ColumnKind, ColumnSpec, IndexSpec, Order, TableSpec};

/// What this crate adds to a workspace.
pub fn module() -> records::Module {
    use ColumnKind::{Int, Text};
    let job = table(
        "job",
        &[("id", Text), ("kind", Text), ("payload", Text), ("run_at", Int), ("attempts", Int), ("state", Text), ("lease_until", Int), ("error", Text), ("created_at", Int)],
        "id",
        Some(&["state", "run_at"]),
    );
    let reader = table("job_reader", &[("name", Text), ("xact", Int), ("seq", Int)], "name", None);
    let schedule = table("job_schedule", &[("name", Text), ("ran_at", Int)], "name", None);
    records::Module { name: "jobs", tables: vec![job, reader, schedule], ..records::Module::default() }
}

fn table(name: &str, columns: &[(&str, ColumnKind)], key: &str, index: Option<&[&str]>) -> TableSpec {
    let column = |(name, kind): &(&str, ColumnKind)| ColumnSpec { name: (*name).to_owned(), kind: *kind, not_null: false, default: None };
    let index =
        index.map(|columns| IndexSpec { name: format!("i_{name}_{}", columns.join("_")), columns: columns.iter().map(|c| ((*c).to_owned(), Order::Asc)).collect(), unique: false, filter: None });
    TableSpec { name: name.to_owned(), columns: columns.iter().map(column).collect(), primary_key: vec![key.to_owned()], autoincrement: false, indexes: index.into_iter().collect() }
}
