use jiff::civil::Date;
use kernel::{Decimal, Money, RecordId};
use serde_json::{Value as Json, json};

/// A reference that may point at several objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnyRef {
    pub object: String,
    pub id: RecordId,
}

/// One value inside the system. JSON exists only at the edge.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Text(String),
    Int(i64),
    Decimal(Decimal),
    Bool(bool),
    /// `workspace`: minor units in workspace currency; `None` until converted, or where no rate is known.
    Money {
        money: Money,
        workspace: Option<i64>,
    },
    Date(Date),
    /// Milliseconds since 1970 UTC.
    DateTime(i64),
    Ref(RecordId),
    AnyRef(AnyRef),
    /// Options of a multi-choice, or ids of a many-to-many, in canonical order.
    List(Vec<String>),
    /// Composite parts (address, person name, place), canonical.
    Json(Json),
    /// Input only: a reference by another field's value, looked up before the write.
    By {
        object: Option<String>,
        field: String,
        value: Json,
    },
}

impl Value {
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
    pub fn as_ref_id(&self) -> Option<RecordId> {
        match self {
            Value::Ref(id) => Some(*id),
            Value::AnyRef(any) => Some(any.id),
            _ => None,
        }
    }
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(n) | Value::DateTime(n) => Some(*n),
            _ => None,
        }
    }
    /// As `CONTRACT.md` 4 writes it.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Null => Json::Null,
            Value::Text(text) => json!(text),
            Value::Int(n) => json!(n),
            Value::Decimal(d) => json!(d.to_string()),
            Value::Bool(b) => json!(b),
            Value::Money { money, .. } => json!({"amount": money.amount(), "currency": money.currency.as_str()}),
            Value::Date(date) => json!(date.to_string()),
            Value::DateTime(ms) => {
                let mut out = Vec::new();
                crate::field_type::write_date_time(*ms, &mut out);
                json!(String::from_utf8_lossy(&out))
            }
            Value::Ref(id) => json!(id.to_string()),
            Value::AnyRef(any) => json!({"object": any.object, "id": any.id.to_string()}),
            Value::List(items) => json!(items),
            Value::Json(parts) => parts.clone(),
            Value::By { field, value, .. } => json!({"by": field, "value": value}),
        }
    }
}
