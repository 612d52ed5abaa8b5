//! The closed set of field types. Each says how it is stored, read from JSON, validated and compared.
//! A new type is a variant here: the compiler lists every place that must know it.

mod composite;
mod link;
mod number;
mod text;
mod time;

use crate::value::Value;
use kernel::Currency;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::Value as Json;

pub use time::{parse_date_time, write_date_time};

/// One option of a choice. Values are frozen once used; labels may change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceOption {
    pub value: String,
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub archived: bool,
}
fn is_false(b: &bool) -> bool {
    !*b
}

/// What a reference may point at: one object, several, or any.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ReferenceTo {
    One(String),
    Several(Vec<String>),
}
impl ReferenceTo {
    /// The single target, when there is one.
    pub fn single(&self) -> Option<&str> {
        match self {
            ReferenceTo::One(name) if name != "*" => Some(name),
            ReferenceTo::Several(names) if names.len() == 1 => names.first().map(String::as_str),
            _ => None,
        }
    }
    pub fn allows(&self, object: &str) -> bool {
        match self {
            ReferenceTo::One(name) => name == "*" || name == object,
            ReferenceTo::Several(names) => names.iter().any(|n| n == object),
        }
    }
}

/// What happens to the referring record when its target is archived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// The target cannot be archived while it is referred to.
    Restrict,
    /// The reference stays and shows as archived.
    #[default]
    Clear,
    /// The child is archived and restored with its parent.
    Cascade,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FieldType {
    Text {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<u32>,
        #[serde(default, skip_serializing_if = "is_false")]
        unique: bool,
    },
    LongText {},
    RichText {},
    Email {},
    Phone {},
    Url {},
    Choice {
        options: Vec<ChoiceOption>,
    },
    Autonumber {
        pattern: String,
    },
    Integer {},
    Duration {},
    Decimal {
        #[serde(default = "default_scale")]
        scale: u8,
    },
    Percent {},
    Money {},
    Boolean {},
    Date {},
    DateTime {},
    MultiChoice {
        options: Vec<ChoiceOption>,
    },
    Reference {
        to: ReferenceTo,
        #[serde(default)]
        on_delete: OnDelete,
    },
    User {},
    File {},
    ManyToMany {
        to: String,
    },
    GeoPoint {},
    Address {},
    PersonName {},
    Formula {
        expression: String,
        result: Box<TypeName>,
    },
    RollUp {
        related: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        via: Option<String>,
        #[serde(rename = "fn")]
        function: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        field: Option<String>,
        #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
        filter: Option<Json>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scope: Option<String>,
    },
}
fn default_scale() -> u8 {
    4
}

/// A type inside another one, also writable as a bare word: `result = "decimal"`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct TypeName(pub FieldType);
impl<'de> Deserialize<'de> for TypeName {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        read_type(d).map(TypeName)
    }
}
/// Reads `{"text":{"max":80}}` and the short `"text"`.
pub(crate) fn read_type<'de, D: Deserializer<'de>>(d: D) -> Result<FieldType, D::Error> {
    let mut json = Json::deserialize(d)?;
    if let Json::String(word) = &json {
        json = serde_json::json!({ word.as_str(): {} });
    }
    serde_json::from_value(json).map_err(D::Error::custom)
}

/// The physical columns of a field: suffix to the field's column name, and what SQL type it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    Text,
    /// Text with a folded twin `__f` that sorting and `contains` use.
    FoldedText,
    Int,
    /// Minor units, `__cur` currency, `__ws` minor units in workspace currency.
    Money,
    /// Id, and `__obj` the object's name.
    AnyRef,
    /// Computed when read; no column.
    None,
}

/// What parsing needs to know beside the value.
#[derive(Clone, Copy, Debug)]
pub struct ParseCtx {
    pub currency: Currency,
    /// Odd e-mail addresses and phones keep their text (import); otherwise they are refused.
    pub lenient: bool,
}
/// Why a value was refused: stable code and a sentence.
pub type Refusal = (&'static str, String);

impl FieldType {
    pub fn name(&self) -> &'static str {
        match self {
            FieldType::Text { .. } => "text",
            FieldType::LongText {} => "long_text",
            FieldType::RichText {} => "rich_text",
            FieldType::Email {} => "email",
            FieldType::Phone {} => "phone",
            FieldType::Url {} => "url",
            FieldType::Choice { .. } => "choice",
            FieldType::Autonumber { .. } => "autonumber",
            FieldType::Integer {} => "integer",
            FieldType::Duration {} => "duration",
            FieldType::Decimal { .. } => "decimal",
            FieldType::Percent {} => "percent",
            FieldType::Money {} => "money",
            FieldType::Boolean {} => "boolean",
            FieldType::Date {} => "date",
            FieldType::DateTime {} => "date_time",
            FieldType::MultiChoice { .. } => "multi_choice",
            FieldType::Reference { .. } => "reference",
            FieldType::User {} => "user",
            FieldType::File {} => "file",
            FieldType::ManyToMany { .. } => "many_to_many",
            FieldType::GeoPoint {} => "geo_point",
            FieldType::Address {} => "address",
            FieldType::PersonName {} => "person_name",
            FieldType::Formula { .. } => "formula",
            FieldType::RollUp { .. } => "roll_up",
        }
    }
    pub fn storage(&self) -> Storage {
        match self {
            FieldType::Text { .. } | FieldType::LongText {} | FieldType::RichText {} | FieldType::Email {} | FieldType::Url {} => Storage::FoldedText,
            FieldType::Phone {} | FieldType::Choice { .. } | FieldType::Autonumber { .. } | FieldType::Date {} | FieldType::User {} | FieldType::File {} => Storage::Text,
            FieldType::Reference { to, .. } if to.single().is_some() => Storage::Text,
            FieldType::Reference { .. } => Storage::AnyRef,
            FieldType::MultiChoice { .. } | FieldType::ManyToMany { .. } | FieldType::GeoPoint {} | FieldType::Address {} | FieldType::PersonName {} => Storage::Text,
            FieldType::Integer {} | FieldType::Duration {} | FieldType::Decimal { .. } | FieldType::Percent {} | FieldType::Boolean {} | FieldType::DateTime {} => Storage::Int,
            FieldType::Money {} => Storage::Money,
            FieldType::Formula { result, .. } => result.0.storage(),
            FieldType::RollUp { .. } => Storage::None,
        }
    }
    /// The type values have: a formula's result, otherwise the type itself.
    pub fn value_type(&self) -> &FieldType {
        match self {
            FieldType::Formula { result, .. } => result.0.value_type(),
            other => other,
        }
    }
    /// Digits after the point of scaled numbers.
    pub fn scale(&self) -> u8 {
        match self.value_type() {
            FieldType::Decimal { scale } => *scale,
            FieldType::Percent {} => 4,
            _ => 0,
        }
    }
    /// The one object this type points at.
    pub fn target(&self) -> Option<&str> {
        match self {
            FieldType::Reference { to, .. } => to.single(),
            FieldType::User {} => Some("user"),
            FieldType::File {} => Some("file"),
            FieldType::ManyToMany { to } => Some(to),
            _ => None,
        }
    }
    /// Whether rows may be ordered and grouped by it.
    pub fn sortable(&self) -> bool {
        self.storage() != Storage::None
            && !matches!(self.value_type(), FieldType::GeoPoint {} | FieldType::Address {} | FieldType::PersonName {} | FieldType::ManyToMany { .. } | FieldType::LongText {} | FieldType::RichText {})
    }
    /// Fields a person cannot write.
    pub fn computed(&self) -> bool {
        matches!(self, FieldType::Formula { .. } | FieldType::RollUp { .. })
    }

    /// Reads a value as `CONTRACT.md` 4 writes it. Null and empty text are [`Value::Null`].
    pub fn parse(&self, json: &Json, ctx: ParseCtx) -> Result<Value, Refusal> {
        if json.is_null() || json.as_str() == Some("") {
            return Ok(Value::Null);
        }
        match self {
            FieldType::Text { max, .. } => text::line(json, max.unwrap_or(text::LINE_MAX)),
            FieldType::LongText {} => text::long(json),
            FieldType::RichText {} => text::long(json),
            FieldType::Email {} => text::email(json, ctx.lenient),
            FieldType::Phone {} => text::phone(json, ctx.lenient),
            FieldType::Url {} => text::url(json, ctx.lenient),
            FieldType::Autonumber { .. } => text::line(json, 80),
            FieldType::Choice { options } => text::choice(json, options),
            FieldType::MultiChoice { options } => text::multi_choice(json, options),
            FieldType::Integer {} | FieldType::Duration {} => number::integer(json),
            FieldType::Decimal { scale } => number::decimal(json, *scale),
            FieldType::Percent {} => number::decimal(json, 4),
            FieldType::Money {} => number::money(json, ctx.currency),
            FieldType::Boolean {} => number::boolean(json),
            FieldType::Date {} => time::date(json),
            FieldType::DateTime {} => time::date_time(json),
            FieldType::Reference { to, .. } => link::reference(json, to),
            FieldType::User {} | FieldType::File {} => link::single(json),
            FieldType::ManyToMany { .. } => link::many(json),
            FieldType::GeoPoint {} => composite::geo_point(json),
            FieldType::Address {} => composite::parts(json, composite::ADDRESS),
            FieldType::PersonName {} => composite::parts(json, composite::PERSON_NAME),
            FieldType::Formula { result, .. } => result.0.parse(json, ctx),
            FieldType::RollUp { .. } => Err(("read_only", "This is computed from related records.".into())),
        }
    }
}
