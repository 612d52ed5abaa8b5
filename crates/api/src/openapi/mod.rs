//! The OpenAPI 3.1 document, derived from the table of routes, the catalogue of verbs and the schemas beside this file.

mod operation;

use crate::{
    input::shape::Param,
    routes::{self, Route, Tag},
};
use records::Catalogue;
use serde_json::{Map, Value as Json, json};

/// Schemas as written, one file a topic.
const SCHEMAS: [&str; 5] =
    [include_str!("schemas/common.json"), include_str!("schemas/records.json"), include_str!("schemas/definitions.json"), include_str!("schemas/work.json"), include_str!("schemas/sign_in.json")];

/// The document for all workspaces: standard verbs are named, objects are not.
pub fn document(catalogue: &Catalogue) -> Json {
    let mut paths: Map<String, Json> = Map::new();
    for route in routes::table() {
        let item = paths.entry(full_path(route)).or_insert_with(|| json!({}));
        item[route.method.word()] = operation::of(route);
    }
    for (path, method, operation) in operation::verbs(catalogue) {
        let item = paths.entry(path).or_insert_with(|| json!({}));
        item[method] = operation;
    }
    let tags: Vec<_> = Tag::ALL.iter().map(|(_, name, about)| json!({"name": name, "description": about})).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Rapport",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "The customer relationship system that an organisation runs itself.",
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "parameters": parameters(),
            "headers": {
                "ETag": {"description": "The version in quotes, for If-Match.", "schema": {"type": "string"}},
                "Location": {"description": "Where the new thing is.", "schema": {"type": "string"}},
            },
            "responses": {
                "Problem": {"description": "Any failure, the framework's too (RFC 9457).", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}},
            },
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "An API token: rpt_WORKSPACE_SECRET."},
                "session": {"type": "apiKey", "in": "cookie", "name": "rapport_session", "description": "The cookie of a session; unsafe methods also send X-CSRF-Token."},
            },
        },
    })
}

const ABOUT: &str = "JSON in UTF-8 throughout. Every failure is a problem of RFC 9457 with a stable `code` and the `request_id` of the log. What you may not know exists is 404; what you know but may not do is 403. Lists page by `next_cursor`, null at the end. PATCH needs `If-Match`; POST takes `Idempotency-Key`, kept for 72 hours.";

/// Writes the names of objects into the document: what the asker may see.
pub(crate) fn name_objects(document: &mut Json, names: Vec<Json>) {
    if let Some(schema) = document.pointer_mut("/components/parameters/object/schema") {
        *schema = json!({"type": "string", "enum": names});
    }
}

fn full_path(route: &Route) -> String {
    match route.path.strip_prefix("//") {
        Some(root) => format!("/{root}"),
        None => format!("{}{}", crate::BASE, route.path),
    }
}

fn schemas() -> Map<String, Json> {
    let files = SCHEMAS.iter().map(|text| serde_json::from_str::<Map<String, Json>>(text).expect("the schema files are JSON, by a test"));
    files.flatten().collect()
}

/// Parts of paths, by name.
fn parameters() -> Map<String, Json> {
    let text = |about: &str, schema: Json| json!({"about": about, "schema": schema});
    let parts = [
        ("object", text("Name of an object, such as `contact`.", json!({"type": "string", "minLength": 1, "maxLength": 63}))),
        ("id", text("Id of the thing.", json!({"type": "string", "format": "uuid"}))),
        ("field", text("Name of a field.", json!({"type": "string", "minLength": 1, "maxLength": 63}))),
        ("entry", text("Number of an entry, from 0.", json!({"type": "integer", "minimum": 0}))),
        ("provider", text("Id of a provider in the settings, such as `entra`.", json!({"type": "string", "minLength": 1, "maxLength": 60}))),
        ("role", text("Name of a role, such as `rep`.", json!({"type": "string", "minLength": 1, "maxLength": 60}))),
        ("value", text("Value of the unique field.", json!({"type": "string", "minLength": 1}))),
    ];
    let path = parts.into_iter().map(|(name, part)| (name.to_owned(), json!({"name": name, "in": "path", "required": true, "description": part["about"], "schema": part["schema"]})));
    path.collect()
}

/// A parameter of a query string.
fn query(param: &Param) -> Json {
    let mut out = json!({"name": param.name, "in": "query", "required": param.required, "description": param.about});
    if crate::input::query::is_json(param.shape) {
        out["content"] = json!({"application/json": {"schema": param.schema()}});
    } else {
        out["schema"] = param.schema();
        if out["schema"]["type"] == "array" {
            out["style"] = "form".into();
            out["explode"] = false.into();
        }
    }
    out
}
