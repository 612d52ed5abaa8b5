//! Bodies that are JSON: media type, size, shape.

use crate::{
    ApiError,
    input::{headers::media_type, json},
    routes::BodyKind,
};
use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use kernel::{Error, Result};
use serde_json::{Map, Value as Json};

/// # Errors
/// 413 by the declared or the real length; 415 where a body is no JSON; 400 where it breaks off.
pub(crate) async fn read(headers: &HeaderMap, body: Body, kind: BodyKind) -> Result<Bytes, ApiError> {
    let max = kind.max_bytes();
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<usize>().ok());
    if declared.is_some_and(|length| length > max) {
        return Err(ApiError::too_large(max));
    }
    let bytes = match Limited::new(body, max).collect().await {
        Ok(all) => all.to_bytes(),
        Err(e) => return Err(ApiError::unread_body(&*e, max)),
    };
    if !bytes.is_empty() {
        let given = media_type(headers)?;
        let patch = matches!(kind, BodyKind::MergePatch { .. });
        match given.as_deref() {
            Some("application/json") => {}
            Some("application/merge-patch+json") if patch => {}
            _ if patch => return Err(ApiError::unsupported_media_type("Send application/json or application/merge-patch+json.")),
            _ => return Err(ApiError::unsupported_media_type("Send application/json.")),
        }
    }
    Ok(bytes)
}

/// # Errors
/// 400 where the bytes are no JSON object, or are missing where one is needed.
pub(crate) fn object(bytes: &[u8], kind: BodyKind) -> Result<Map<String, Json>> {
    if bytes.is_empty() && matches!(kind, BodyKind::MergePatch { .. }) {
        return Err(Error::malformed("no_body", "Send the fields to change as a JSON object; {} changes nothing."));
    }
    let bounds = if matches!(kind, BodyKind::Json { bulk: true, .. }) { json::Bounds::BULK } else { json::Bounds::USUAL };
    json::read_object(bytes, bounds)
}
