//! What an import writes to, as far as importing must know it. The real registry of objects implements `Target`.

/// The field types of the contract, with what matters for reading a value.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldKind {
    Text {
        max: Option<u32>,
        unique: bool,
    },
    LongText,
    RichText,
    Email,
    Phone,
    Url,
    Choice,
    MultiChoice,
    Autonumber,
    Integer,
    /// Seconds.
    Duration,
    Decimal {
        scale: u8,
    },
    /// Points: 40 is 40 %.
    Percent,
    Money,
    Boolean,
    Date,
    DateTime,
    /// To the objects of `TargetField::reference_to`; `*` is any.
    Reference,
    User,
    File,
    ManyToMany,
    GeoPoint,
    Address,
    PersonName,
    /// Formulas and roll-ups: never written.
    Computed,
}
impl FieldKind {
    /// The name of the contract: `long_text`, `date_time`.
    pub fn name(&self) -> &'static str {
        match self {
            FieldKind::Text { .. } => "text",
            FieldKind::LongText => "long_text",
            FieldKind::RichText => "rich_text",
            FieldKind::Email => "email",
            FieldKind::Phone => "phone",
            FieldKind::Url => "url",
            FieldKind::Choice => "choice",
            FieldKind::MultiChoice => "multi_choice",
            FieldKind::Autonumber => "autonumber",
            FieldKind::Integer => "integer",
            FieldKind::Duration => "duration",
            FieldKind::Decimal { .. } => "decimal",
            FieldKind::Percent => "percent",
            FieldKind::Money => "money",
            FieldKind::Boolean => "boolean",
            FieldKind::Date => "date",
            FieldKind::DateTime => "date_time",
            FieldKind::Reference => "reference",
            FieldKind::User => "user",
            FieldKind::File => "file",
            FieldKind::ManyToMany => "many_to_many",
            FieldKind::GeoPoint => "geo_point",
            FieldKind::Address => "address",
            FieldKind::PersonName => "person_name",
            FieldKind::Computed => "formula",
        }
    }
    /// From the JSON form of a type, `{"text": {"max": 80}}` or the bare word; `None`: no type of the contract.
    pub fn of_definition(definition: &serde_json::Value) -> Option<FieldKind> {
        let (name, parameters) = match definition {
            serde_json::Value::String(name) => (name.as_str(), None),
            serde_json::Value::Object(one) if one.len() == 1 => one.iter().next().map(|(n, p)| (n.as_str(), Some(p)))?,
            _ => return None,
        };
        let number = |key: &str| parameters.and_then(|p| p.get(key)).and_then(serde_json::Value::as_u64);
        Some(match name {
            "text" => {
                FieldKind::Text { max: number("max").and_then(|n| u32::try_from(n).ok()), unique: parameters.and_then(|p| p.get("unique")).and_then(serde_json::Value::as_bool).unwrap_or(false) }
            }
            "long_text" => FieldKind::LongText,
            "rich_text" => FieldKind::RichText,
            "email" => FieldKind::Email,
            "phone" => FieldKind::Phone,
            "url" => FieldKind::Url,
            "choice" => FieldKind::Choice,
            "multi_choice" => FieldKind::MultiChoice,
            "autonumber" => FieldKind::Autonumber,
            "integer" => FieldKind::Integer,
            "duration" => FieldKind::Duration,
            "decimal" => FieldKind::Decimal { scale: number("scale").and_then(|n| u8::try_from(n).ok()).unwrap_or(4) },
            "percent" => FieldKind::Percent,
            "money" => FieldKind::Money,
            "boolean" => FieldKind::Boolean,
            "date" => FieldKind::Date,
            "date_time" => FieldKind::DateTime,
            "reference" => FieldKind::Reference,
            "user" => FieldKind::User,
            "file" => FieldKind::File,
            "many_to_many" => FieldKind::ManyToMany,
            "geo_point" => FieldKind::GeoPoint,
            "address" => FieldKind::Address,
            "person_name" => FieldKind::PersonName,
            "formula" | "roll_up" => FieldKind::Computed,
            _ => return None,
        })
    }
    pub fn is_text(&self) -> bool {
        matches!(self, FieldKind::Text { .. } | FieldKind::LongText | FieldKind::RichText)
    }
    /// Numbers whose decimal mark must be known.
    pub fn is_fractional(&self) -> bool {
        matches!(self, FieldKind::Decimal { .. } | FieldKind::Percent | FieldKind::Money)
    }
    pub fn is_temporal(&self) -> bool {
        matches!(self, FieldKind::Date | FieldKind::DateTime)
    }
}

/// An option of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetOption {
    pub value: String,
    pub label: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TargetField {
    pub name: String,
    pub label: String,
    pub kind: FieldKind,
    pub required: bool,
    /// Set by the system only: a column for it is refused by name.
    pub read_only: bool,
    /// Taken only with the right to import the past: creation, owner, closing dates.
    pub past: bool,
    /// The organisation's own, perhaps made by an earlier import.
    pub custom: bool,
    pub options: Vec<TargetOption>,
    /// Objects a reference, user or many-to-many may point to.
    pub reference_to: Vec<String>,
}
impl TargetField {
    pub fn new(name: &str, label: &str, kind: FieldKind) -> Self {
        TargetField { name: name.to_owned(), label: label.to_owned(), kind, required: false, read_only: false, past: false, custom: false, options: Vec::new(), reference_to: Vec::new() }
    }
    pub fn to(mut self, object: &str) -> Self {
        self.reference_to.push(object.to_owned());
        self
    }
    pub fn with_options(mut self, options: &[(&str, &str)]) -> Self {
        self.options = options.iter().map(|(value, label)| TargetOption { value: (*value).to_owned(), label: (*label).to_owned() }).collect();
        self
    }
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// An object that rows can be imported into.
pub trait Target {
    /// `contact`
    fn object(&self) -> &str;
    /// `Contact`
    fn label(&self) -> &str;
    /// One of the organisation's own.
    fn custom(&self) -> bool {
        false
    }
    /// All fields that a person importing may know of, the base fields (`owner`, `external_id`, `created_at` …) among them.
    fn fields(&self) -> &[TargetField];
    fn field(&self, name: &str) -> Option<&TargetField> {
        self.fields().iter().find(|f| f.name == name)
    }
}
