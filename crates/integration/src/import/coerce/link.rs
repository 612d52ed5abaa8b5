use super::number::shown;
use super::{Coerced, Refusal, Rule, refuse, split_name};
use crate::import::reader::RawCell;
use crate::import::target::TargetField;
use serde_json::{Map, Value, json};

/// An option by its value, its label, or either without case and accents.
fn option<'a>(text: &str, field: &'a TargetField) -> Option<&'a str> {
    let text = text.trim();
    let squeeze = |t: &str| kernel::fold(t).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let folded = squeeze(text);
    let exact = field.options.iter().find(|o| o.value == text || o.label == text);
    let loose = || field.options.iter().find(|o| !folded.is_empty() && (squeeze(&o.value) == folded || squeeze(&o.label) == folded));
    exact.or_else(loose).map(|o| o.value.as_str())
}
fn unknown(text: &str, field: &TargetField) -> Refusal {
    let known: Vec<&str> = field.options.iter().take(20).map(|o| o.label.as_str()).collect();
    Refusal { code: "unknown_option", detail: format!("{:?} is none of the options: {}", shown(text), known.join(", ")) }
}

pub(super) fn choice(cell: &RawCell, field: &TargetField) -> Result<Coerced, Refusal> {
    let text = cell.to_text();
    option(&text, field).map(Coerced::of).ok_or_else(|| unknown(&text, field))
}

pub(super) fn multi_choice(cell: &RawCell, field: &TargetField, rule: &Rule) -> Result<Coerced, Refusal> {
    let whole = cell.to_text();
    if !matches!(cell, RawCell::Json(_))
        && let Some(value) = option(&whole, field)
    {
        return Ok(Coerced::of(json!([value])));
    }
    let mut chosen: Vec<Value> = Vec::new();
    for part in parts(cell) {
        let part = rule.replace_text(&part).map_or(part.clone(), str::to_owned);
        let value = option(&part, field).ok_or_else(|| unknown(&part, field))?;
        if !chosen.iter().any(|c| c == value) {
            chosen.push(value.into());
        }
    }
    Ok(Coerced::of(chosen))
}
/// Semicolons before bars before commas: `Red; Green, light` are two.
fn parts(cell: &RawCell) -> Vec<String> {
    let list: Vec<String> = match cell {
        RawCell::Json(Value::Array(list)) => list.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect(),
        cell => {
            let text = cell.to_text();
            let separator = [":::", ";", "|", "\n", ","].into_iter().find(|s| text.contains(s));
            separator.map_or_else(|| vec![text.clone()], |s| text.split(s).map(str::to_owned).collect())
        }
    };
    list.iter().map(|p| p.trim().trim_start_matches("* ").to_owned()).filter(|p| !p.is_empty()).collect()
}

/// The field by which a record of another object is found when the mapping does not say.
pub(crate) fn usual_match(object: &str) -> &'static str {
    match object {
        "contact" | "lead" => "full_name",
        "order" | "case" | "contract" | "conversation" => "number",
        "task" | "meeting" | "interaction" => "subject",
        _ => "name",
    }
}
/// Whether a text is an id of ours.
fn is_id(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 36 && bytes.iter().enumerate().all(|(at, b)| if matches!(at, 8 | 13 | 18 | 23) { *b == b'-' } else { b.is_ascii_hexdigit() })
}

/// An id, or `{"by": FIELD, "value": TEXT}`; the writer looks it up and obeys `missing`.
pub(super) fn reference(cell: &RawCell, field: &TargetField, rule: &Rule) -> Result<Coerced, Refusal> {
    if let RawCell::Json(json) = cell {
        return match json {
            Value::Object(parts) if parts.contains_key("by") || parts.contains_key("id") => Ok(Coerced::of(json.clone())),
            _ => refuse("wrong_type", "a reference is an id or {\"by\": FIELD, \"value\": …}"),
        };
    }
    let text = cell.to_text();
    // Several linked records in one cell (HubSpot joins their ids by semicolons): the field holds one, the first.
    let mut found = match rule.match_field.as_deref() {
        Some("external_id") => text.split(';').map(str::trim).filter(|p| !p.is_empty()).map(str::to_owned).collect(),
        _ => vec![text.trim().to_owned()],
    };
    if found.is_empty() {
        return Ok(Coerced::default());
    }
    let first = found.remove(0);
    let mut out = one(&first, field, rule)?;
    if !found.is_empty() {
        out = out.warn("several_values", format!("the cell names {} records; the field holds the first", found.len() + 1));
    }
    Ok(out)
}
fn one(text: &str, field: &TargetField, rule: &Rule) -> Result<Coerced, Refusal> {
    let object = match field.reference_to.as_slice() {
        [one] if one != "*" => Some(one.as_str()),
        _ => None,
    };
    let wide = object.is_none() && field.kind == crate::import::target::FieldKind::Reference;
    if is_id(text) && rule.match_field.is_none() && !wide {
        return Ok(Coerced::of(text.to_ascii_lowercase()));
    }
    let by = match rule.match_field.as_deref() {
        Some(by) => by,
        None if crate::import::detect::looks_like_email(text) && matches!(object, Some("user" | "contact" | "lead" | "account")) => "email",
        None => usual_match(object.unwrap_or("user")),
    };
    let mut value = json!({"by": by, "value": text});
    if wide {
        match field.reference_to.first().filter(|o| *o != "*") {
            Some(object) => value["object"] = object.as_str().into(),
            None => return refuse("wrong_type", "this field may point to many objects; name one by {\"object\", \"by\", \"value\"} in a JSON file"),
        }
    }
    Ok(Coerced::of(value))
}

pub(super) fn many(cell: &RawCell, field: &TargetField, rule: &Rule) -> Result<Coerced, Refusal> {
    let mut list = Vec::new();
    for part in parts(cell) {
        let part = rule.replace_text(&part).map_or(part.clone(), str::to_owned);
        if !part.trim().is_empty() {
            list.push(one(part.trim(), field, rule)?.value);
        }
    }
    Ok(Coerced::of(list))
}

/// `52.5, 13.4`, `52.5;13.4` or `{"lat","lon"}`.
pub(super) fn geo_point(cell: &RawCell) -> Result<Coerced, Refusal> {
    if let RawCell::Json(Value::Object(parts)) = cell {
        let degrees = |names: [&str; 3]| names.iter().find_map(|n| parts.get(*n)).and_then(|v| v.as_f64().or_else(|| v.as_str()?.trim().parse().ok()));
        if let (Some(lat), Some(lon)) = (degrees(["lat", "latitude", "Latitude"]), degrees(["lon", "lng", "longitude"])) {
            return point(lat, lon);
        }
        return refuse("wrong_type", "a place is {\"lat\", \"lon\"}");
    }
    let text = cell.to_text();
    let numbers: Vec<f64> = text.trim_matches(|c| c == '(' || c == ')').split([',', ';', ' ']).filter(|p| !p.is_empty()).map_while(|p| p.parse().ok()).collect();
    match numbers.as_slice() {
        [lat, lon] => point(*lat, *lon),
        _ => refuse("wrong_type", format!("{:?} is no place; write latitude and longitude: 52.5, 13.4", shown(&text))),
    }
}
fn point(lat: f64, lon: f64) -> Result<Coerced, Refusal> {
    match lat.abs() <= 90.0 && lon.abs() <= 180.0 {
        true => Ok(Coerced::of(json!({"lat": lat, "lon": lon}))),
        false => refuse("wrong_type", "the latitude lies between -90 and 90, the longitude between -180 and 180"),
    }
}

pub(super) fn address(cell: &RawCell) -> Result<Coerced, Refusal> {
    match cell {
        RawCell::Json(Value::Object(parts)) => Ok(Coerced::of(parts.clone())),
        RawCell::Json(_) => refuse("wrong_type", "an address is an object or text"),
        cell => Ok(Coerced::of(json!({"street": cell.to_text().trim()}))),
    }
}
pub(super) fn person_name(cell: &RawCell) -> Result<Coerced, Refusal> {
    if let RawCell::Json(json) = cell {
        return match json {
            Value::Object(parts) => Ok(Coerced::of(parts.clone())),
            _ => refuse("wrong_type", "a name is an object or text"),
        };
    }
    let name = split_name(&cell.to_text());
    let mut parts = Map::new();
    for (key, value) in [("salutation", name.salutation), ("first_name", name.first), ("middle_name", name.middle), ("last_name", name.last), ("suffix", name.suffix)] {
        if !value.is_empty() {
            parts.insert(key.to_owned(), value.into());
        }
    }
    Ok(Coerced::of(parts))
}
