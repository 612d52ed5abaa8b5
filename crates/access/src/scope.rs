//! Scopes of API tokens: `contact:read`, `*:write`, `read`. They narrow a person's rights, never widen them.

use kernel::{Error, Result};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// An object's name or `*`.
    pub object: String,
    /// Write includes create, update and archive; reading is a scope of its own.
    pub write: bool,
}

/// Reads `object:read`, `object:write`, or the short `read`, `write` for all objects.
pub fn parse_scope(text: &str) -> Result<Scope> {
    let (object, action) = text.split_once(':').unwrap_or(("*", text));
    let write = match action {
        "read" => false,
        "write" => true,
        _ => return Err(Error::field("scope", "unknown_scope", format!("\"{text}\" is not a scope. Write OBJECT:read or OBJECT:write, with * for all objects."))),
    };
    if object != "*" && !metadata::compose::is_name(object) {
        return Err(Error::field("scope", "unknown_scope", format!("\"{object}\" is not an object.")));
    }
    Ok(Scope { object: object.to_owned(), write })
}
impl Scope {
    pub fn allows(&self, object: &str, write: bool) -> bool {
        (self.object == "*" || self.object == object) && self.write == write
    }
}
