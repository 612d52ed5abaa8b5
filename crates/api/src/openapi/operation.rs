//! One operation of the document.

use super::query;
use crate::routes::{Answers, BodyKind, Matching, Method, Needs, Route, verbs::all};
use records::{Catalogue, Verb};
use serde_json::{Map, Value as Json, json};

pub(super) fn of(route: &Route) -> Json {
    let mut parameters: Vec<Json> = route.path_names().map(|name| json!({"$ref": format!("#/components/parameters/{name}")})).collect();
    parameters.extend(route.query.iter().map(query));
    parameters.extend(headers(route.matching, route.keyed));
    parameters.extend(forged(route.needs, route.method != Method::Get));
    let mut responses: Map<String, Json> = Map::new();
    for answer in &route.answers {
        responses.insert(answer.status.to_string(), response(answer));
    }
    responses.insert("default".into(), json!({"$ref": "#/components/responses/Problem"}));
    let mut out = json!({"operationId": route.name, "tags": [route.tag.word()], "summary": route.about, "parameters": parameters, "responses": responses, "security": security(route.needs)});
    if let Some(body) = body(route.body) {
        out["requestBody"] = body;
    }
    out
}

fn security(needs: Needs) -> Json {
    match needs {
        Needs::Caller => json!([{"token": []}, {"session": []}]),
        Needs::Nothing => json!([]),
    }
}

fn headers(matching: Matching, keyed: bool) -> Vec<Json> {
    let mut out = Vec::new();
    if matching != Matching::No {
        let about = "The ETag you read, or `*`. Missing where it is needed: 428; stale: 412.";
        out.push(json!({"name": "If-Match", "in": "header", "required": matching == Matching::Needed, "description": about, "schema": {"type": "string", "pattern": "^(\\*|\"[^\",]*\")$", "examples": ["\"7\"", "*"]}}));
    }
    if keyed {
        let about = "Done once per key and path for 72 hours: the same body gets the same answer, another body 422, one under way 409.";
        out.push(json!({"name": "Idempotency-Key", "in": "header", "required": false, "description": about, "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"}}));
    }
    out
}

/// What keeps other sites from using a session.
fn forged(needs: Needs, unsafe_method: bool) -> Option<Json> {
    (needs == Needs::Caller && unsafe_method)
        .then(|| json!({"name": "X-CSRF-Token", "in": "header", "required": false, "description": "With a session: `csrf_token` of GET /me. A token needs none.", "schema": {"type": "string"}}))
}

fn body(kind: BodyKind) -> Option<Json> {
    let reference = |schema: &str| json!({"schema": {"$ref": format!("#/components/schemas/{schema}")}});
    match kind {
        BodyKind::None => None,
        BodyKind::Json { schema, required, .. } => Some(json!({"required": required, "content": {"application/json": reference(schema)}})),
        BodyKind::MergePatch { schema } => Some(json!({"required": true, "content": {"application/json": reference(schema), "application/merge-patch+json": reference(schema)}})),
        BodyKind::Multipart { schema, .. } => Some(json!({"required": true, "content": {"multipart/form-data": reference(schema)}})),
    }
}

fn response(answer: &Answers) -> Json {
    let mut out = json!({"description": answer.about});
    if let Some(schema) = answer.schema {
        out["content"] = json!({answer.media_type: {"schema": {"$ref": format!("#/components/schemas/{schema}")}}});
    } else if answer.media_type != "application/json" {
        // Bytes of whatever type: text where a route always sends text.
        let schema = if answer.media_type.starts_with("text/") { json!({"type": "string"}) } else { json!({}) };
        let kind = if answer.media_type == "application/octet-stream" { "*/*" } else { answer.media_type };
        out["content"] = json!({kind: {"schema": schema}});
    }
    let mut headers = Map::new();
    if answer.etag {
        headers.insert("ETag".into(), json!({"$ref": "#/components/headers/ETag"}));
    }
    if answer.location {
        headers.insert("Location".into(), json!({"$ref": "#/components/headers/Location"}));
    }
    if !headers.is_empty() {
        out["headers"] = Json::Object(headers);
    }
    out
}

/// Path, method and operation of each verb.
pub(super) fn verbs(catalogue: &Catalogue) -> Vec<(String, &'static str, Json)> {
    all(catalogue).map(|(plural, verb)| (format!("{}/{plural}/{{id}}/{}", crate::BASE, verb.name), if verb.method == "DELETE" { "delete" } else { "post" }, verb_operation(verb))).collect()
}

fn verb_operation(verb: &Verb) -> Json {
    let deletes = verb.method == "DELETE";
    let prefix = if deletes { "undo" } else { "do" };
    let mut parameters = vec![json!({"$ref": "#/components/parameters/id"})];
    parameters.extend(headers(Matching::Honoured, !deletes));
    parameters.extend(forged(Needs::Caller, true));
    let done = json!({"description": "Done; the answer shows what has become of it.", "content": {"application/json": {"schema": {"type": "object"}}}});
    let mut out = json!({
        "operationId": format!("{prefix}_{}_{}", verb.object, verb.name),
        "tags": ["verbs"],
        "summary": verb.summary,
        "parameters": parameters,
        "responses": {"200": done, "201": done, "202": done, "204": {"description": "Done."}, "default": {"$ref": "#/components/responses/Problem"}},
        "security": security(Needs::Caller),
    });
    if !deletes {
        out["requestBody"] = json!({"required": false, "content": {"application/json": {"schema": (verb.input)()}}});
    }
    out
}
