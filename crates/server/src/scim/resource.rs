//! Small things about resources: names of attributes are the same in any case (RFC 7643, 2.1), and some directories send
//! truth as text.

use serde_json::{Map, Value as Json};

/// The name under which a resource has an attribute, however it is written.
pub(super) fn key_of(resource: &Map<String, Json>, name: &str) -> String {
    resource.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned().unwrap_or_else(|| name.to_owned())
}

pub(super) fn get<'a>(resource: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    resource.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).filter(|value| !value.is_null())
}

/// Text that is not empty.
pub(super) fn text<'a>(resource: &'a Map<String, Json>, name: &str) -> Option<&'a str> {
    get(resource, name).and_then(Json::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// `true`, `"True"`.
pub(super) fn truth(value: &Json) -> Option<bool> {
    match value {
        Json::Bool(truth) => Some(*truth),
        Json::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Json::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The `value` of an element, or the element itself where it is plain text.
pub(super) fn value_of(element: &Json) -> Option<&str> {
    match element {
        Json::Object(fields) => text(fields, "value"),
        other => other.as_str(),
    }
}

/// Whether two values mean the same: text in any case, truth in any form.
pub(super) fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::String(a), Json::String(b)) => a.eq_ignore_ascii_case(b),
        _ => a == b || truth(a).is_some_and(|truth_of_a| truth(b) == Some(truth_of_a)),
    }
}
