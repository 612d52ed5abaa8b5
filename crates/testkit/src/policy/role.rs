//! Role files, read by hand: what a role file does not grant is denied.

use std::collections::BTreeMap;
use toml::{Table, Value};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    #[default]
    Nothing,
    Own,
    Team,
    Below,
    Everything,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    Hidden,
    Masked,
    Read,
    Write,
}
#[derive(Clone, Debug, Default)]
pub struct Grant {
    pub create: bool,
    pub read: Reach,
    pub update: Reach,
    pub delete: Reach,
    pub fields: BTreeMap<String, Right>,
}
#[derive(Clone, Debug)]
pub struct RoleFile {
    pub name: String,
    /// People outside the house: what is open to all staff is not open to them.
    pub external: bool,
    pub capabilities: Vec<String>,
    /// 0 public, 1 internal, 2 personal, 3 special: from there on masked.
    pub mask_from: Option<u8>,
    /// Totals about fewer records are hidden.
    pub min_group: usize,
    objects: BTreeMap<String, Grant>,
    areas: BTreeMap<String, Grant>,
}

impl RoleFile {
    /// # Panics
    /// On a file that is not a role file: tests cannot go on.
    pub fn read(text: &str) -> RoleFile {
        let table: Table = text.parse().expect("a role file is TOML");
        let name = word(&table, "name");
        let grants = |section: &str| match table.get(section) {
            Some(Value::Table(entries)) => entries.iter().map(|(object, grant)| (object.clone(), read_grant(&name, grant))).collect(),
            _ => BTreeMap::new(),
        };
        let capabilities = table.get("capabilities").and_then(Value::as_array).map(|list| list.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect());
        RoleFile {
            external: table.get("external").and_then(Value::as_bool).unwrap_or(false),
            capabilities: capabilities.unwrap_or_default(),
            mask_from: table.get("mask_from").and_then(Value::as_str).map(sensitivity),
            // MODEL 4 names one: "reads all with personal fields masked and groups under 5 hidden".
            min_group: if name == "analyst" { 5 } else { 0 },
            objects: grants("objects"),
            areas: grants("areas"),
            name,
        }
    }
    /// The object's own entry, else its area's, else the one for everything.
    pub fn grant(&self, object: &str, area: &str) -> Option<&Grant> {
        self.objects.get(object).or_else(|| self.areas.get(area)).or_else(|| self.objects.get("*"))
    }
}
fn word(table: &Table, key: &str) -> String {
    table.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}
pub(crate) fn sensitivity(word: &str) -> u8 {
    match word {
        "public" => 0,
        "internal" => 1,
        "personal" => 2,
        "special" => 3,
        other => panic!("no sensitivity \"{other}\""),
    }
}
fn read_grant(role: &str, value: &Value) -> Grant {
    let Value::Table(entry) = value else { panic!("{role}: a grant is a table") };
    let mut out = Grant::default();
    for (key, value) in entry {
        match key.as_str() {
            "create" => out.create = value.as_bool().expect("create is true or false"),
            "read" => out.read = reach(value),
            "update" => out.update = reach(value),
            "delete" => out.delete = reach(value),
            "fields" => out.fields = value.as_table().expect("fields is a table").iter().map(|(name, right)| (name.clone(), right_of(right))).collect(),
            other => panic!("{role}: no \"{other}\" in a grant"),
        }
    }
    out
}
fn reach(value: &Value) -> Reach {
    match value.as_str() {
        Some("none") => Reach::Nothing,
        Some("own") => Reach::Own,
        Some("team") => Reach::Team,
        Some("below") => Reach::Below,
        Some("all") => Reach::Everything,
        other => panic!("no reach {other:?}"),
    }
}
fn right_of(value: &Value) -> Right {
    match value.as_str() {
        Some("hidden") => Right::Hidden,
        Some("masked") => Right::Masked,
        Some("read") => Right::Read,
        Some("write") => Right::Write,
        other => panic!("no field right {other:?}"),
    }
}
