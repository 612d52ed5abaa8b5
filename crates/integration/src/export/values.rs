use crate::import::target::FieldKind;
use serde_json::Value;

/// A value as one writes it into a table. Amounts come without their currency, which has a column of its own.
pub(super) fn text(value: &Value, kind: &FieldKind) -> String {
    match (value, kind) {
        (Value::Null, _) => String::new(),
        (Value::Object(money), FieldKind::Money) => money.get("amount").map(|a| text(a, &FieldKind::LongText)).unwrap_or_default(),
        (Value::Object(place), FieldKind::GeoPoint) => {
            let part = |key: &str| place.get(key).map(Value::to_string).unwrap_or_default();
            format!("{}, {}", part("lat"), part("lon"))
        }
        (Value::Object(parts), FieldKind::Address) => parts.values().filter_map(Value::as_str).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", "),
        (Value::Object(parts), FieldKind::PersonName) => parts.values().filter_map(Value::as_str).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" "),
        (Value::Object(reference), FieldKind::Reference) => reference.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(),
        (Value::String(text), _) => text.clone(),
        (Value::Array(list), _) => list.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect::<Vec<_>>().join("; "),
        (other, _) => other.to_string(),
    }
}
/// The currency of an amount.
pub(super) fn currency(value: &Value) -> &str {
    value.get("currency").and_then(Value::as_str).unwrap_or_default()
}
/// The headers: a money field has two.
pub(super) fn headers(columns: &[super::ExportColumn]) -> Vec<String> {
    columns
        .iter()
        .flat_map(|c| match c.kind {
            FieldKind::Money => vec![c.name.clone(), format!("{}_currency", c.name)],
            _ => vec![c.name.clone()],
        })
        .collect()
}
