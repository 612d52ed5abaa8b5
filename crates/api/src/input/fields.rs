//! Reads the members of a small JSON body: unknown and unreadable ones are told all at once (422).

use kernel::{Error, FieldError, Result};
use serde_json::{Map, Value as Json};

pub(crate) struct Fields {
    map: Map<String, Json>,
    errors: Vec<FieldError>,
}
impl Fields {
    pub(crate) fn of(map: Map<String, Json>) -> Fields {
        Fields { map, errors: Vec::new() }
    }
    fn take(&mut self, name: &str) -> Option<Json> {
        self.map.shift_remove(name).filter(|value| !value.is_null())
    }
    pub(crate) fn refuse(&mut self, name: &str, code: &'static str, detail: impl Into<String>) {
        self.errors.push(FieldError::new(name, code, detail));
    }
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Json::String(text) if text.contains('\0') => {
                self.refuse(name, "bad_character", "It has a character that cannot be stored.");
                None
            }
            Json::String(text) => Some(text),
            _ => {
                self.refuse(name, "wrong_type", "Text is expected.");
                None
            }
        }
    }
    pub(crate) fn needed(&mut self, name: &str) -> String {
        let before = self.errors.len();
        let text = self.text(name).filter(|text| !text.is_empty());
        if text.is_none() && self.errors.len() == before {
            self.refuse(name, "required", format!("\"{name}\" is missing."));
        }
        text.unwrap_or_default()
    }
    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        match self.take(name)? {
            Json::Bool(flag) => Some(flag),
            _ => {
                self.refuse(name, "wrong_type", "true or false is expected.");
                None
            }
        }
    }
    pub(crate) fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let items = match self.take(name)? {
            Json::Array(items) => items.into_iter().map(|item| item.as_str().filter(|text| !text.is_empty()).map(str::to_owned)).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        if items.is_none() {
            self.refuse(name, "wrong_type", "A list of names is expected.");
        }
        items
    }
    pub(crate) fn object(&mut self, name: &str) -> Option<Json> {
        match self.take(name)? {
            object @ Json::Object(_) => Some(object),
            _ => {
                self.refuse(name, "wrong_type", "An object is expected.");
                None
            }
        }
    }
    /// # Errors
    /// 422 with everything refused so far and every member nobody asked for.
    pub(crate) fn end(mut self) -> Result<()> {
        for name in self.map.keys() {
            self.errors.push(FieldError::new(name.clone(), "unknown_field", "There is no such field here."));
        }
        if self.errors.is_empty() { Ok(()) } else { Err(Error::invalid(self.errors)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_is_told_at_once() {
        let map = serde_json::json!({"a": 1, "b": "yes", "c": [1], "d": "x", "e": null});
        let mut fields = Fields::of(map.as_object().unwrap().clone());
        assert_eq!((fields.text("a"), fields.flag("b"), fields.texts("c"), fields.text("e")), (None, None, None, None));
        assert_eq!(fields.needed("f"), "");
        let names: Vec<_> = fields.end().unwrap_err().fields.into_iter().map(|e| (e.field, e.code)).collect();
        let expected = [("a", "wrong_type"), ("b", "wrong_type"), ("c", "wrong_type"), ("f", "required"), ("d", "unknown_field")];
        assert_eq!(names, expected.map(|(n, c)| (n.to_owned(), c)));
    }
}
