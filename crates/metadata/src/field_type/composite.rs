use super::{Refusal, text::kind_of};
use crate::value::Value;
use serde_json::{Map, Value as Json};
use unicode_normalization::UnicodeNormalization;

pub(super) const ADDRESS: &[&str] = &["street", "street2", "city", "region", "postal_code", "country"];
pub(super) const PERSON_NAME: &[&str] = &["salutation", "first_name", "middle_name", "last_name", "suffix"];

/// An object of known text parts, in their fixed order, so that equal values are equal text.
pub(super) fn parts(json: &Json, known: &[&str]) -> Result<Value, Refusal> {
    let object = json.as_object().ok_or_else(|| ("wrong_type", format!("An object with {} is expected, not {}.", known.join(", "), kind_of(json))))?;
    if let Some(odd) = object.keys().find(|k| !known.contains(&k.as_str())) {
        return Err(("unknown_key", format!("There is no part \"{odd}\"; known are {}.", known.join(", "))));
    }
    let mut out = Map::new();
    for name in known {
        match object.get(*name) {
            None | Some(Json::Null) => {}
            Some(Json::String(text)) if text.is_empty() => {}
            Some(Json::String(text)) if text.len() > 1_000 || text.contains('\0') => return Err(("too_long", format!("\"{name}\" is too long or has a character that cannot be stored."))),
            Some(Json::String(text)) => drop(out.insert((*name).to_owned(), Json::String(text.nfc().collect()))),
            Some(other) => return Err(("wrong_type", format!("\"{name}\" is text, not {}.", kind_of(other)))),
        }
    }
    Ok(if out.is_empty() { Value::Null } else { Value::Json(Json::Object(out)) })
}
/// Degrees of WGS 84.
pub(super) fn geo_point(json: &Json) -> Result<Value, Refusal> {
    let object = json.as_object().ok_or_else(|| ("wrong_type", format!("{{\"lat\", \"lon\"}} is expected, not {}.", kind_of(json))))?;
    let degrees = |name: &str, limit: f64| {
        object.get(name).and_then(Json::as_f64).filter(|d| d.abs() <= limit).ok_or_else(|| ("bad_coordinate", format!("\"{name}\" is a number of degrees between -{limit} and {limit}.")))
    };
    let (lat, lon) = (degrees("lat", 90.0)?, degrees("lon", 180.0)?);
    if object.len() > 2 {
        return Err(("unknown_key", "A place has \"lat\" and \"lon\" only.".into()));
    }
    Ok(Value::Json(serde_json::json!({"lat": lat, "lon": lon})))
}
