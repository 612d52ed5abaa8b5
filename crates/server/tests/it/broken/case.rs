//! One broken request.

use serde_json::Value as Json;

#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) kind: &'static str,
    pub(super) method: &'static str,
    /// As it stands in the request line.
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// Which field the refusal must name.
    pub(super) field: Option<String>,
    /// Which status it must have; 0 for any 4xx.
    pub(super) status: u16,
}

impl Case {
    pub(super) fn new(kind: &'static str, method: &'static str, path: impl AsRef<str>) -> Case {
        let path = if path.as_ref().starts_with("/api") { path.as_ref().to_owned() } else { format!("/api/v1{}", path.as_ref()) };
        Case { kind, method, path, headers: Vec::new(), body: Vec::new(), field: None, status: 0 }
    }
    pub(super) fn json(mut self, body: &Json) -> Case {
        self.body = body.to_string().into_bytes();
        self.header("content-type", "application/json")
    }
    pub(super) fn bytes(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Case {
        self.body = body.into();
        self.header("content-type", media_type)
    }
    pub(super) fn header(mut self, name: &str, value: &str) -> Case {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
    /// Any version will do, so that it is the body that is wrong.
    pub(super) fn any_version(self) -> Case {
        if matches!(self.method, "PATCH") { self.header("if-match", "*") } else { self }
    }
    pub(super) fn names(mut self, field: impl Into<String>) -> Case {
        self.field = Some(field.into());
        self
    }
    pub(super) fn status(mut self, status: u16) -> Case {
        self.status = status;
        self
    }
}
