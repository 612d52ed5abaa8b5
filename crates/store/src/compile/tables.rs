//! The table of an object, from its definition.

use crate::ddl::{ColumnKind, ColumnSpec, IndexSpec, Order, TableSpec};
use metadata::{Field, FieldType, Object, Sharing, Storage};

/// Table of shares by hand; rights read it.
pub const SHARE: &str = "share";

/// One table: every field, archived ones too, is a real column; `created_in` is the change set that made the row.
pub fn object_table(object: &Object) -> TableSpec {
    let mut columns = Vec::new();
    for field in object.fields.values() {
        let int = matches!(field.storage, Storage::Int);
        for (i, name) in field.columns().into_iter().enumerate() {
            let kind = if int || field.storage == Storage::Money && i != 1 { ColumnKind::Int } else { ColumnKind::Text };
            columns.push(ColumnSpec { name, kind, not_null: false, default: None });
        }
    }
    columns.push(ColumnSpec { name: "created_in".into(), kind: ColumnKind::Text, not_null: false, default: None });
    TableSpec { name: object.name.to_string(), columns, primary_key: vec!["id".into()], autoincrement: false, indexes: indexes(object) }
}

fn index(object: &Object, fields: &[&Field], unique: bool) -> IndexSpec {
    let names: Vec<_> = fields.iter().map(|f| f.column()).collect();
    let mut columns: Vec<(String, Order)> = fields
        .iter()
        .map(|f| match f.storage {
            Storage::FoldedText if !unique => format!("{}__f", f.column()),
            Storage::Money => format!("{}__ws", f.column()),
            _ => f.column().to_owned(),
        })
        .map(|c| (c, Order::Asc))
        .collect();
    let sparse = unique || fields.iter().all(|f| matches!(f.name(), "archived_at" | "external_id"));
    let filter = sparse.then(|| columns.iter().map(|(c, _)| format!("{} IS NOT NULL", crate::quote(c))).collect::<Vec<_>>().join(" AND "));
    if !unique {
        columns.push(("id".into(), Order::Asc));
    }
    IndexSpec { name: format!("{}{}_{}", if unique { "u_" } else { "i_" }, object.name, names.join("_")), columns, unique, filter }
}

fn indexes(object: &Object) -> Vec<IndexSpec> {
    let mut out: Vec<IndexSpec> = Vec::new();
    let mut add = |spec: IndexSpec| {
        if !out.iter().any(|have| have.name == spec.name) {
            out.push(spec);
        }
    };
    for group in &object.def.indexes {
        let fields: Vec<&Field> = group.iter().filter_map(|name| object.fields.get(name)).map(AsRef::as_ref).filter(|f| f.storage != Storage::None).collect();
        // The exact column too where text is looked up by equality.
        if let [one] = fields.as_slice()
            && matches!(one.kind(), FieldType::Email {})
        {
            let mut exact = index(object, &fields, false);
            exact.name.push_str("_exact");
            if let Some(column) = exact.columns.first_mut() {
                column.0 = one.column().to_owned();
            }
            add(exact);
        }
        if !fields.is_empty() {
            add(index(object, &fields, false));
        }
    }
    for field in object.fields.values() {
        if field.is_unique() {
            add(index(object, &[field.as_ref()], true));
        }
        // What rights and cascades follow must not scan.
        let parent = object.def.sharing == Sharing::Parent && object.def.parents.iter().any(|p| p == field.name());
        let cascade = matches!(field.kind(), FieldType::Reference { on_delete: metadata::OnDelete::Cascade | metadata::OnDelete::Restrict, .. });
        if !field.def.base && (parent || cascade || &*object.name == SHARE && field.name() == "record") {
            add(index(object, &[field.as_ref()], false));
        }
    }
    out
}
