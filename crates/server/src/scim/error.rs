//! Failures in SCIM's own form (RFC 7644, 3.12), made from the problems that everything else here answers with.

use super::{ERROR, MEDIA_TYPE};
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::Response,
};
use http::{HeaderValue, StatusCode, header};
use kernel::Error;
use serde_json::{Value as Json, json};

const MOST_BYTES: usize = 1 << 20;

pub(super) fn bad_filter(detail: impl Into<String>) -> Error {
    Error::malformed("invalid_filter", detail)
}
pub(super) fn bad_path(detail: impl Into<String>) -> Error {
    Error::malformed("invalid_path", detail)
}
pub(super) fn bad_value(detail: impl Into<String>) -> Error {
    Error::malformed("invalid_value", detail)
}
pub(super) fn bad_syntax(detail: impl Into<String>) -> Error {
    Error::malformed("invalid_syntax", detail)
}
pub(super) fn no_target(detail: impl Into<String>) -> Error {
    Error::malformed("no_target", detail)
}
pub(super) fn read_only(attribute: &str) -> Error {
    Error::malformed("mutability", format!("{attribute} is set by Rapport and cannot be changed."))
}

/// Middleware around [`api::problems`].
pub(crate) async fn errors(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let problem: Json = to_bytes(body, MOST_BYTES).await.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or(Json::Null);
    let (status, kind) = meaning(parts.status, &problem);
    let mut told = json!({ "schemas": [ERROR], "status": status.as_str(), "detail": detail(&problem) });
    if let Some(kind) = kind {
        told["scimType"] = kind.into();
    }
    parts.status = status;
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(told.to_string()))
}

fn detail(problem: &Json) -> String {
    let lines: Vec<String> = problem["errors"].as_array().into_iter().flatten().map(|e| format!("{}: {}", e["field"].as_str().unwrap_or_default(), e["detail"].as_str().unwrap_or_default())).collect();
    if lines.is_empty() { problem["detail"].as_str().unwrap_or("The request failed.").to_owned() } else { lines.join(" ") }
}

/// Status and `scimType` of a problem.
fn meaning(status: StatusCode, problem: &Json) -> (StatusCode, Option<&'static str>) {
    let has = |code: &str| problem["errors"].as_array().into_iter().flatten().any(|e| e["code"] == code);
    match status.as_u16() {
        422 if has("value_taken") => (StatusCode::CONFLICT, Some("uniqueness")),
        409 if has("value_taken") || problem["code"] == "value_taken" => (StatusCode::CONFLICT, Some("uniqueness")),
        422 if has("own_rights") || has("not_allowed") => (StatusCode::FORBIDDEN, None),
        422 => (StatusCode::BAD_REQUEST, Some("invalidValue")),
        400 => (
            status,
            match problem["code"].as_str().unwrap_or_default() {
                "invalid_filter" => Some("invalidFilter"),
                "invalid_path" => Some("invalidPath"),
                "invalid_value" => Some("invalidValue"),
                "no_target" => Some("noTarget"),
                "mutability" => Some("mutability"),
                "invalid_syntax" => Some("invalidSyntax"),
                _ => None,
            },
        ),
        _ => (status, None),
    }
}
