//! Checks JSON against the schemas of the document: as much of JSON Schema 2020-12 as they use.

use serde_json::Value as Json;

/// What is wrong, with the path to it.
pub(crate) fn problems(document: &Json, schema: &Json, json: &Json, at: &str, out: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference} leads nowhere"));
        return problems(document, target, json, at, out);
    }
    if let Some(ways) = schema["anyOf"].as_array() {
        let fits = ways.iter().any(|way| {
            let mut inner = vec![];
            problems(document, way, json, at, &mut inner);
            inner.is_empty()
        });
        if !fits {
            out.push(format!("{at}: {json} fits none of the ways"));
        }
    }
    let types: Vec<&str> = match &schema["type"] {
        Json::String(one) => vec![one],
        Json::Array(many) => many.iter().filter_map(Json::as_str).collect(),
        _ => vec![],
    };
    if !types.is_empty() && !types.iter().any(|t| is(json, t)) {
        out.push(format!("{at}: {json} is not {types:?}"));
        return;
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(json)
    {
        out.push(format!("{at}: {json} is not one of {words:?}"));
    }
    if let Some(map) = json.as_object() {
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            if !map.contains_key(name) {
                out.push(format!("{at}: \"{name}\" is missing"));
            }
        }
        for (name, value) in map {
            match (&schema["properties"][name], &schema["additionalProperties"]) {
                (Json::Null, Json::Bool(false)) => out.push(format!("{at}: \"{name}\" does not belong here")),
                (Json::Null, more @ Json::Object(_)) => problems(document, more, value, &format!("{at}/{name}"), out),
                (Json::Null, _) => {}
                (known, _) => problems(document, known, value, &format!("{at}/{name}"), out),
            }
        }
    }
    if let (Some(items), Some(list)) = (schema.get("items"), json.as_array()) {
        for (i, item) in list.iter().enumerate() {
            problems(document, items, item, &format!("{at}/{i}"), out);
        }
    }
}

fn is(json: &Json, kind: &str) -> bool {
    match kind {
        "null" => json.is_null(),
        "boolean" => json.is_boolean(),
        "integer" => json.is_i64() || json.is_u64(),
        "number" => json.is_number(),
        "string" => json.is_string(),
        "array" => json.is_array(),
        _ => json.is_object(),
    }
}

/// The operation that a request meets.
pub(crate) fn operation<'a>(document: &'a Json, method: &str, path: &str) -> Option<&'a Json> {
    let path = path.split('?').next().unwrap_or("");
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |template: &&String| {
        let names: Vec<&str> = template.split('/').collect();
        names.len() == parts.len() && names.iter().zip(&parts).all(|(n, p)| n.starts_with('{') || n == p)
    };
    let paths = document["paths"].as_object().unwrap();
    // What is written out goes before what varies, as in the router.
    let mut found: Vec<&String> = paths.keys().filter(fits).collect();
    found.sort_by_key(|template| template.matches('{').count());
    paths[*found.first()?].get(method.to_lowercase())
}

/// An answer must be one that the document knows, of the shape that it says.
pub(crate) fn check_answer(document: &Json, method: &str, path: &str, status: u16, kind: &str, bytes: &[u8]) {
    let method = if method == "HEAD" { return } else { method };
    let Some(operation) = operation(document, method, path) else { return };
    let wanted = &operation["responses"][status.to_string()];
    if status >= 400 {
        assert!(wanted.is_null() && operation["responses"]["default"].is_object());
        return;
    }
    assert!(wanted.is_object(), "{method} {path}: {status} is not in the document");
    let Some(content) = wanted["content"].as_object() else {
        assert!(bytes.is_empty(), "{method} {path}: the document knows no body");
        return;
    };
    let Some(schema) = content.get(kind).map(|media| &media["schema"]) else {
        assert!(content.contains_key("*/*") || content.contains_key("text/csv"), "{method} {path}: {kind} is not in the document");
        return;
    };
    if kind == "application/json" {
        let mut out = vec![];
        problems(document, schema, &serde_json::from_slice(bytes).unwrap(), "", &mut out);
        assert!(out.is_empty(), "{method} {path}: {out:#?}\n{}", String::from_utf8_lossy(bytes));
    }
}
