//! What a handler answers: JSON that is written already, or a record by its id, from which the rest follows.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use kernel::RecordId;
use serde_json::Value as Json;

/// An answer that an idempotency key can keep.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Empty for 204.
    pub(crate) json: Vec<u8>,
    pub(crate) version: Option<i64>,
    /// Path under `/api/v1`.
    pub(crate) location: Option<String>,
    /// The record that the JSON shows. Its values are not kept beside a key, they are read again.
    pub(crate) record: Option<(String, RecordId)>,
    pub(crate) replayed: bool,
}

impl Answer {
    pub(crate) fn bytes(status: u16, json: Vec<u8>) -> Answer {
        Answer { status, json, version: None, location: None, record: None, replayed: false }
    }
    pub(crate) fn json(status: u16, json: &Json) -> Answer {
        Answer::bytes(status, json.to_string().into_bytes())
    }
    pub(crate) fn nothing() -> Answer {
        Answer::bytes(204, Vec::new())
    }
    pub(crate) fn version(mut self, version: i64) -> Answer {
        self.version = Some(version);
        self
    }
    pub(crate) fn location(mut self, path: impl Into<String>) -> Answer {
        self.location = Some(path.into());
        self
    }
    pub(crate) fn into_response(self) -> Response {
        let empty = self.json.is_empty();
        let mut response = Response::new(Body::from(self.json));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if !empty {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(version) = self.version {
            headers.insert(header::ETAG, HeaderValue::try_from(format!("\"{version}\"")).expect("digits and quotes fit a header"));
        }
        if let Some(value) = self.location.and_then(|path| HeaderValue::try_from(format!("{}{path}", crate::BASE)).ok()) {
            headers.insert(header::LOCATION, value);
        }
        if self.replayed {
            headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
        }
        response
    }
}
