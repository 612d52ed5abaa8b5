//! What the policy needs to know of an object, read off its definition by hand.

use super::role::sensitivity;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use toml::{Table, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    Private,
    Read,
    ReadWrite,
    Parent,
    /// The record's own `shared` says who reads it.
    Chosen,
    /// Nobody but the owner.
    Owner,
}
/// What a field points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Nothing,
    One(String),
    /// A list of ids of one object.
    Many(String),
    /// `{"object", "id"}`; empty for any object.
    AnyOf(Vec<String>),
}
#[derive(Clone, Debug)]
pub struct FieldFacts {
    pub kind: String,
    pub target: Target,
    pub sensitivity: u8,
    pub read_only: bool,
    /// `(related object, function, measured field)` of a roll-up.
    pub roll_up: Option<(String, String, Option<String>)>,
    pub formula: Option<Sum>,
}
/// The little of a formula that the test worlds use: a field or path, then `+ 'text'` or `* number`.
#[derive(Clone, Debug)]
pub struct Sum {
    pub input: String,
    pub suffix: Option<String>,
    pub factor: Option<i64>,
}
impl Sum {
    fn read(expression: &str) -> Sum {
        let (input, literal) = expression.split_once(" + ").or_else(|| expression.split_once(" * ")).expect("a formula of a test world has two parts");
        Sum { input: input.to_owned(), suffix: literal.strip_prefix('\'').and_then(|l| l.strip_suffix('\'')).map(str::to_owned), factor: literal.parse().ok() }
    }
    /// Empty in gives empty out.
    pub(crate) fn of(&self, input: &Json) -> Json {
        match (input, &self.suffix, self.factor) {
            (Json::String(text), Some(suffix), _) => json!(format!("{text}{suffix}")),
            (Json::Number(n), _, Some(factor)) => n.as_i64().map_or(Json::Null, |n| json!(n * factor)),
            _ => Json::Null,
        }
    }
}
#[derive(Clone, Debug)]
pub struct Definition {
    pub name: String,
    pub area: String,
    pub sharing: Sharing,
    pub parents: Vec<String>,
    pub system: bool,
    pub title: String,
    pub subtitle: Option<String>,
    pub search: Vec<String>,
    pub timeline: Vec<String>,
    pub timeline_at: String,
    pub timeline_title: Option<String>,
    pub timeline_body: Option<String>,
    pub fields: BTreeMap<String, FieldFacts>,
}

impl Definition {
    /// # Panics
    /// On a text that is not a definition: tests cannot go on.
    pub fn read(text: &str) -> Definition {
        let table: Table = text.parse().expect("a definition is TOML");
        let word = |key: &str| table.get(key).and_then(Value::as_str).map(str::to_owned);
        let name = word("name").expect("an object has a name");
        let mut fields = base(&name);
        for field in table.get("fields").and_then(Value::as_array).into_iter().flatten() {
            let field = field.as_table().expect("a field is a table");
            fields.insert(field.get("name").and_then(Value::as_str).expect("a field has a name").to_owned(), read_field(field));
        }
        let first_text = || {
            table
                .get("fields")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_table)
                .find(|f| f.get("name").and_then(Value::as_str) == Some("name") || read_field(f).kind == "text")
                .and_then(|f| f.get("name"))
                .and_then(Value::as_str)
                .unwrap_or("id")
                .to_owned()
        };
        Definition {
            area: word("area").unwrap_or_else(|| "custom".into()),
            sharing: match word("sharing").as_deref() {
                Some("read") => Sharing::Read,
                Some("read_write") => Sharing::ReadWrite,
                Some("parent") => Sharing::Parent,
                Some("chosen") => Sharing::Chosen,
                Some("owner") => Sharing::Owner,
                _ => Sharing::Private,
            },
            parents: words(&table, "parents"),
            system: table.get("system").and_then(Value::as_bool).unwrap_or(false),
            title: word("title").unwrap_or_else(first_text),
            subtitle: word("subtitle"),
            search: words(&table, "search"),
            timeline: words(&table, "timeline"),
            timeline_at: word("timeline_at").unwrap_or_else(|| "created_at".into()),
            timeline_title: word("timeline_title"),
            timeline_body: word("timeline_body"),
            fields,
            name,
        }
    }
    /// An activity about another activity follows its own customer, not the other one's.
    pub fn is_activity(&self) -> bool {
        matches!(self.name.as_str(), "interaction" | "task" | "meeting")
    }
    /// Whether others may follow it where a parent may be any record: what stands on its own, and activities.
    pub fn can_be_any_parent(&self) -> bool {
        !matches!(self.sharing, Sharing::Parent | Sharing::Chosen | Sharing::Owner) || self.is_activity()
    }
}
fn words(table: &Table, key: &str) -> Vec<String> {
    table.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
}
fn read_field(field: &Table) -> FieldFacts {
    let none = Table::new();
    let (kind, parameters) = match field.get("type") {
        Some(Value::String(word)) => (word.clone(), &none),
        Some(Value::Table(one)) => one.iter().next().map(|(k, v)| (k.clone(), v.as_table().unwrap_or(&none))).expect("a type has a name"),
        other => panic!("no type {other:?}"),
    };
    let target = match (kind.as_str(), parameters.get("to")) {
        ("user", _) => Target::One("user".into()),
        ("file", _) => Target::One("file".into()),
        ("many_to_many", Some(Value::String(to))) => Target::Many(to.clone()),
        ("reference", Some(Value::String(to))) if to == "*" => Target::AnyOf(vec![]),
        ("reference", Some(Value::String(to))) => Target::One(to.clone()),
        ("reference", Some(Value::Array(to))) => Target::AnyOf(to.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()),
        _ => Target::Nothing,
    };
    let text = |key: &str| parameters.get(key).and_then(Value::as_str).map(str::to_owned);
    let roll_up = if kind == "roll_up" { text("related").zip(text("fn")).map(|(related, function)| (related, function, text("field"))) } else { None };
    let formula = if kind == "formula" { text("expression").map(|e| Sum::read(&e)) } else { None };
    FieldFacts {
        formula,
        sensitivity: field.get("sensitivity").and_then(Value::as_str).map_or(1, sensitivity),
        read_only: field.get("read_only").and_then(Value::as_bool).unwrap_or(false) || matches!(kind.as_str(), "formula" | "roll_up"),
        target,
        kind,
        roll_up,
    }
}
/// The fields every record has.
fn base(object: &str) -> BTreeMap<String, FieldFacts> {
    let field = |kind: &str, target: Target, read_only: bool| FieldFacts { kind: kind.into(), target, sensitivity: 1, read_only, roll_up: None, formula: None };
    let user = || Target::One("user".into());
    [
        ("id", field("reference", Target::One(object.into()), true)),
        ("version", field("integer", Target::Nothing, true)),
        ("created_at", field("date_time", Target::Nothing, true)),
        ("created_by", field("user", user(), true)),
        ("updated_at", field("date_time", Target::Nothing, true)),
        ("updated_by", field("user", user(), true)),
        ("owner", field("user", user(), false)),
        ("team", field("reference", Target::One("team".into()), false)),
        ("external_id", field("text", Target::Nothing, false)),
        ("archived_at", field("date_time", Target::Nothing, true)),
    ]
    .into_iter()
    .map(|(name, facts)| (name.to_owned(), facts))
    .collect()
}
