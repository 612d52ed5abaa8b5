//! Definitions as written: one TOML per object, the same shape in JSON (`CONTRACT.md` 4).

use crate::field_type::{FieldType, OnDelete, ReferenceTo, read_type};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

fn is_false(b: &bool) -> bool {
    !*b
}
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// How personal a field is. Masking, erasure and sealing follow it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    Public,
    #[default]
    Internal,
    Personal,
    Special,
}

/// Who sees rows of an object by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    #[default]
    Private,
    Read,
    ReadWrite,
    Parent,
    /// Each record says it itself, in its field `shared`: private, its team, or everybody.
    Chosen,
    /// Its owner alone, whatever a role, a share or a rule says: nobody else's business.
    Owner,
}
/// The values of `shared` that open a record to others.
pub const SHARED_WITH_TEAM: &str = "team";
pub const SHARED_WITH_EVERYBODY: &str = "everybody";

/// Which layer a definition comes from. An upgrade replaces the first, keeps the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    Standard,
    #[default]
    Custom,
}

/// Whose key seals old personal values: the record itself, or the first set of these references.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Person {
    Word(String),
    Fields(Vec<String>),
}
impl Default for Person {
    fn default() -> Self {
        Person::Word("self".into())
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldDef {
    /// Stable identity; a rename keeps it. `object.name` for standard fields.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub label: String,
    #[serde(rename = "type", deserialize_with = "read_type")]
    pub kind: FieldType,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub read_only: bool,
    #[serde(default)]
    pub sensitivity: Sensitivity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub archived: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub custom: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub base: bool,
    /// Name of the column, frozen at birth.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub column: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectDef {
    pub name: String,
    #[serde(default)]
    pub plural: String,
    #[serde(default)]
    pub label: String,
    #[serde(default)]
    pub plural_label: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub icon: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub area: String,
    /// Field shown as the title; the first text field if not said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    #[serde(default)]
    pub sharing: Sharing,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub person: Person,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeline_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeline_title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeline_body: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub search: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub require_any: Vec<Vec<String>>,
    /// Written by the engine only.
    #[serde(default, skip_serializing_if = "is_false")]
    pub system: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub archived: bool,
    #[serde(default)]
    pub layer: Layer,
    #[serde(default)]
    pub fields: Vec<FieldDef>,
}

/// Columns of one object: what PostgreSQL allows with room for dropped ones (1,600), shadows counted.
pub const MAX_FIELDS: usize = 500;

impl ObjectDef {
    /// Reads a definition that ships with the program.
    pub fn from_toml(text: &str) -> Result<ObjectDef, String> {
        let mut def: ObjectDef = toml::from_str(text).map_err(|e| e.to_string())?;
        def.layer = Layer::Standard;
        def.complete();
        Ok(def)
    }
    /// Fills what may be left out: labels, plural, ids, columns, title, base fields.
    pub fn complete(&mut self) {
        if self.label.is_empty() {
            self.label = title_case(&self.name);
        }
        if self.plural.is_empty() {
            self.plural = format!("{}s", self.name);
        }
        if self.plural_label.is_empty() {
            self.plural_label = title_case(&self.plural);
        }
        if self.area.is_empty() {
            self.area = "custom".into();
        }
        self.fields.retain(|f| !f.base);
        for field in &mut self.fields {
            if field.label.is_empty() {
                field.label = title_case(&field.name);
            }
            if field.id.is_empty() {
                field.id = format!("{}.{}", self.name, field.name);
            }
            if field.column.is_empty() {
                field.column.clone_from(&field.name);
            }
        }
        if self.title.is_empty() {
            let first = self.fields.iter().find(|f| f.name == "name" || matches!(f.kind, FieldType::Text { .. }));
            self.title = first.map_or_else(|| "id".into(), |f| f.name.clone());
        }
        let mut fields = base_fields(&self.name);
        fields.append(&mut self.fields);
        self.fields = fields;
    }
}

/// `first_touch` becomes `First touch`.
pub fn title_case(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// The fields every record has (`CONTRACT.md` 4).
fn base_fields(object: &str) -> Vec<FieldDef> {
    let field = |name: &str, label: &str, kind: FieldType, read_only: bool| FieldDef {
        id: format!("{object}.{name}"),
        name: name.into(),
        label: label.into(),
        kind,
        required: false,
        read_only,
        sensitivity: Sensitivity::Internal,
        default: None,
        help: None,
        archived: false,
        custom: false,
        base: true,
        column: name.into(),
    };
    let own = FieldType::Reference { to: ReferenceTo::One(object.into()), on_delete: OnDelete::Clear };
    let team = FieldType::Reference { to: ReferenceTo::One("team".into()), on_delete: OnDelete::Clear };
    vec![
        field("id", "Id", own, true),
        field("version", "Version", FieldType::Integer {}, true),
        field("created_at", "Created", FieldType::DateTime {}, true),
        field("created_by", "Created by", FieldType::User {}, true),
        field("updated_at", "Updated", FieldType::DateTime {}, true),
        field("updated_by", "Updated by", FieldType::User {}, true),
        field("owner", "Owner", FieldType::User {}, false),
        field("team", "Team", team, false),
        field("external_id", "External id", FieldType::Text { max: Some(255), unique: true }, false),
        field("archived_at", "Archived", FieldType::DateTime {}, true),
    ]
}
