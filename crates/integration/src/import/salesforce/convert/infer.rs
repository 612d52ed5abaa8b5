use super::super::names::snake;
use crate::import::detect::{ColumnProfile, guess};
use crate::import::reader::RawCell;
use crate::import::target::FieldKind;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Different words of a pick-list that allows several.
const WORDS: usize = 60;

/// The objects that the references of a column lead to.
pub(super) fn objects_in<'a>(cells: impl Iterator<Item = &'a RawCell>) -> BTreeSet<String> {
    let object = |cell: &RawCell| match cell {
        RawCell::Json(json) if json.get("by").is_some() => json.get("object").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    cells.filter_map(object).collect()
}

/// The type of a custom field, from all its values and, where these leave a choice, from its name.
pub(super) fn infer<'a>(name: &str, profile: &ColumnProfile, lookup_to: &BTreeSet<String>, cells: impl Iterator<Item = &'a RawCell> + Clone) -> Value {
    match lookup_to.len() {
        0 => {}
        1 => return json!({"reference": {"to": lookup_to.first()}}),
        _ => return json!({"reference": {"to": lookup_to}}),
    }
    if cells.clone().any(|c| matches!(c, RawCell::Json(j) if j.get("lat").is_some())) {
        return json!({"geo_point": {}});
    }
    let snake = snake(name);
    let words: Vec<&str> = snake.split('_').collect();
    let named = |list: &[&str]| words.iter().any(|w| list.contains(w));
    if named(&["phone", "mobile", "fax", "telephone"]) {
        return json!({"phone": {}});
    }
    if let Some(options) = several_words(profile, cells) {
        return json!({"multi_choice": {"options": options}});
    }
    let code = named(&["zip", "postal", "postcode", "plz", "code", "sku", "iban", "no", "id"]);
    let kind = guess(profile);
    match kind {
        FieldKind::Integer | FieldKind::Decimal { .. } | FieldKind::Money if code => json!({"text": {}}),
        FieldKind::Integer | FieldKind::Decimal { .. } if named(&["price", "amount", "msrp", "cost", "costs", "revenue", "budget", "fee", "income", "turnover", "salary"]) => json!({"money": {}}),
        FieldKind::Integer if named(&["percent", "percentage", "rate", "ratio", "score", "weight", "length", "height", "width", "size", "quantity", "hours"]) => json!({"decimal": {"scale": 4}}),
        FieldKind::Decimal { .. } if named(&["percent", "percentage"]) => json!({"percent": {}}),
        FieldKind::Decimal { scale } => json!({"decimal": {"scale": scale.max(4)}}),
        FieldKind::Text { .. } => json!({"text": {}}),
        other => json!({other.name(): {}}),
    }
}

/// Pick-lists that allow several values are written with semicolons: short words that repeat.
fn several_words<'a>(profile: &ColumnProfile, cells: impl Iterator<Item = &'a RawCell>) -> Option<Vec<Value>> {
    if profile.lists * 4 < profile.filled || profile.lists < 2 {
        return None;
    }
    let mut words: BTreeMap<String, u32> = BTreeMap::new();
    for cell in cells {
        let RawCell::Text(text) = cell else { continue };
        for word in text.split(';').map(str::trim).filter(|w| !w.is_empty()) {
            if word.len() > 80 || words.len() > WORDS {
                return None;
            }
            *words.entry(word.to_owned()).or_default() += 1;
        }
    }
    let uses: u32 = words.values().sum();
    if words.len() > WORDS || uses < words.len() as u32 * 2 {
        return None;
    }
    let mut options: Vec<Value> = Vec::new();
    for word in words.keys() {
        let value = crate::import::plan::slug(word);
        if !options.iter().any(|o| o["value"] == value) {
            options.push(json!({"value": value, "label": word}));
        }
    }
    Some(options)
}
