//! The objects that the repository defines, as targets of an import: read from their TOML files.

use integration::import::target::{FieldKind, Target, TargetField, TargetOption};
use std::path::{Path, PathBuf};

pub(crate) struct Object {
    name: String,
    label: String,
    fields: Vec<TargetField>,
}
impl Target for Object {
    fn object(&self) -> &str {
        &self.name
    }
    fn label(&self) -> &str {
        &self.label
    }
    fn fields(&self) -> &[TargetField] {
        &self.fields
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => files(&path, found),
            false if path.extension().is_some_and(|e| e == "toml") => found.push(path),
            false => {}
        }
    }
}

/// All objects with their base fields.
pub(crate) fn all() -> Vec<Object> {
    let crates = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for place in ["customer/src", "operational/src", "privacy/src", "records/objects"] {
        files(&crates.join(place), &mut found);
    }
    found.iter().filter_map(|path| read(&std::fs::read_to_string(path).ok()?)).collect()
}
pub(crate) fn object(name: &str) -> Object {
    all().into_iter().find(|o| o.name == name).unwrap_or_else(|| panic!("no object {name}"))
}

fn read(text: &str) -> Option<Object> {
    let table: toml::Table = text.parse().ok()?;
    let text = |table: &toml::Table, key: &str| table.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    let name = text(&table, "name");
    let mut fields: Vec<TargetField> = table.get("fields")?.as_array()?.iter().filter_map(|f| field(f.as_table()?)).collect();
    for (name, label, kind) in [
        ("external_id", "External id", FieldKind::Text { max: None, unique: true }),
        ("owner", "Owner", FieldKind::User),
        ("team", "Team", FieldKind::Reference),
        ("created_at", "Created", FieldKind::DateTime),
        ("created_by", "Created by", FieldKind::User),
        ("updated_at", "Updated", FieldKind::DateTime),
    ] {
        let mut base = TargetField::new(name, label, kind);
        base.read_only = name == "updated_at";
        base.past = name.starts_with("created");
        match name {
            "owner" | "created_by" => base.reference_to.push("user".into()),
            "team" => base.reference_to.push("team".into()),
            _ => {}
        }
        fields.push(base);
    }
    Some(Object { label: text(&table, "label"), name, fields })
}
fn field(table: &toml::Table) -> Option<TargetField> {
    let definition = serde_json::to_value(table.get("type")?).ok()?;
    let kind = FieldKind::of_definition(&definition)?;
    let mut out = TargetField::new(table.get("name")?.as_str()?, table.get("label")?.as_str()?, kind);
    out.required = table.get("required").and_then(toml::Value::as_bool).unwrap_or(false);
    out.read_only = table.get("read_only").and_then(toml::Value::as_bool).unwrap_or(false);
    out.past = out.name == "closed_at";
    let parameters = definition.as_object().and_then(|o| o.values().next().cloned()).unwrap_or_default();
    for option in parameters["options"].as_array().into_iter().flatten() {
        out.options.push(TargetOption { value: option["value"].as_str()?.into(), label: option["label"].as_str()?.into() });
    }
    match &parameters["to"] {
        serde_json::Value::String(one) => out.reference_to.push(one.clone()),
        serde_json::Value::Array(several) => out.reference_to.extend(several.iter().filter_map(|o| o.as_str().map(str::to_owned))),
        _ => {}
    }
    if out.kind == FieldKind::User {
        out.reference_to.push("user".into());
    }
    Some(out)
}
