//! Bodies of sign-in: small JSON objects whose fields are all named.

use api::ApiError;
use axum::{body::to_bytes, extract::Request, http::header};
use kernel::{Error, FieldError, Secret};
use serde_json::{Map, Value as Json};

/// Longer bodies are no sign-in.
const MOST_BYTES: usize = 64 << 10;

/// The fields of a body, taken one by one; what is wrong is told all at once by [`Input::end`].
pub(super) struct Input {
    fields: Map<String, Json>,
    errors: Vec<FieldError>,
}

impl Input {
    /// Reads an object; no body at all is an empty one.
    pub(super) async fn read(request: Request) -> Result<Input, ApiError> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).map(|kind| kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        let bytes = to_bytes(request.into_body(), MOST_BYTES).await.map_err(|e| ApiError::unread_body(&e, MOST_BYTES))?;
        if bytes.is_empty() {
            return Ok(Input { fields: Map::new(), errors: Vec::new() });
        }
        // a form of another site cannot send this type without asking us first
        if kind.as_deref() != Some("application/json") {
            return Err(ApiError::unsupported_media_type("Send the body as application/json."));
        }
        match serde_json::from_slice(&bytes) {
            Ok(Json::Object(fields)) => Ok(Input { fields, errors: Vec::new() }),
            Ok(_) => Err(Error::malformed("bad_json", "The body must be a JSON object.").into()),
            Err(e) => Err(Error::malformed("bad_json", format!("The body is not JSON (line {}, column {}).", e.line(), e.column())).into()),
        }
    }

    fn take(&mut self, name: &str) -> Option<Json> {
        self.fields.shift_remove(name).filter(|value| !value.is_null())
    }
    fn wrong(&mut self, name: &str, code: &'static str, detail: &str) {
        self.errors.push(FieldError::new(name, code, detail));
    }

    pub(super) fn optional(&mut self, name: &str) -> Option<String> {
        match self.take(name) {
            Some(Json::String(text)) => Some(text),
            Some(_) => {
                self.wrong(name, "wrong_type", "This must be a string.");
                None
            }
            None => None,
        }
    }
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(|value| !value.is_null())
    }
    /// An object of a known form.
    pub(super) fn object<T: serde::de::DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let Some(value) = self.take(name) else {
            self.wrong(name, "required", "This is needed.");
            return None;
        };
        let read = serde_json::from_value(value).ok();
        if read.is_none() {
            self.wrong(name, "wrong_type", "This has not the form that is expected here.");
        }
        read
    }
    pub(super) fn text(&mut self, name: &str) -> String {
        let given = self.fields.get(name).is_some_and(|value| !value.is_null());
        let text = self.optional(name);
        if !given {
            self.wrong(name, "required", "This is needed.");
        }
        text.unwrap_or_default()
    }
    pub(super) fn secret(&mut self, name: &str) -> Secret<String> {
        Secret::new(self.text(name))
    }
    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
        let Some(value) = self.take(name) else { return Vec::new() };
        let texts = value.as_array().map(|list| list.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>());
        texts.flatten().unwrap_or_else(|| {
            self.wrong(name, "wrong_type", "This must be an array of strings.");
            Vec::new()
        })
    }
    pub(super) fn count(&mut self, name: &str) -> Option<u32> {
        let value = self.take(name)?;
        let count = value.as_u64().and_then(|n| u32::try_from(n).ok());
        if count.is_none() {
            self.wrong(name, "wrong_type", "This must be a whole number, not below 0.");
        }
        count
    }

    /// # Errors
    /// 422 with every field that is missing, of the wrong type, or not known here.
    pub(super) fn end(mut self) -> Result<(), ApiError> {
        let unknown: Vec<String> = self.fields.keys().cloned().collect();
        for name in unknown {
            self.wrong(&name, "unknown_field", "There is no such field here.");
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Error::invalid(self.errors).into()) }
    }
}
