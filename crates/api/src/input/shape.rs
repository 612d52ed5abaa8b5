//! What a parameter of a query string looks like. The reader and the OpenAPI document both come from here.

use kernel::{Error, Result};
use serde_json::{Value as Json, json};

/// The largest page.
pub(crate) const LIMIT_MAX: u32 = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Text of at most that many characters.
    Text(u16),
    /// A list of names with commas between.
    List,
    /// A condition as JSON.
    Condition,
    /// 1 to 500.
    Limit,
    /// One of these words.
    Word(&'static [&'static str]),
    /// RFC 3339; a bare date is its start in UTC.
    Instant,
}

impl Shape {
    /// Whether an empty value says something: nothing. A number or an instant that is empty is a mistake.
    pub(crate) fn may_be_empty(self) -> bool {
        matches!(self, Shape::Text(_) | Shape::List | Shape::Condition)
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) about: &'static str,
    pub(crate) required: bool,
}
pub(crate) const fn param(name: &'static str, shape: Shape, about: &'static str) -> Param {
    Param { name, shape, about, required: false }
}

pub(crate) const FILTER: Param = param("filter", Shape::Condition, "A condition; form- or percent-encoded JSON.");
pub(crate) const SORT: Param = param("sort", Shape::List, "Fields in order; `-` before a name sorts down. Nulls come last both ways.");
pub(crate) const LIMIT: Param = param("limit", Shape::Limit, "Items of a page.");
pub(crate) const CURSOR: Param = param("cursor", Shape::Text(4_000), "`next_cursor` of the page before, with the same question.");
pub(crate) const FIELDS: Param = param("fields", Shape::List, "Only these fields; `id` always comes along.");
pub(crate) const INCLUDE: Param = param("include", Shape::List, "References whose record comes along as `NAME_record`.");
pub(crate) const COUNT: Param = param("count", Shape::Word(&["exact", "estimate"]), "Adds `total`. An estimate counts to 10,000, then adds `total_at_least`.");
pub(crate) const ARCHIVED: Param = param("archived", Shape::Word(&["exclude", "include", "only"]), "Whether archived records are listed; they are not unless asked for.");
pub(crate) const AS_OF: Param = param("as_of", Shape::Instant, "Records as they were at that instant, under today's rights.");

impl Param {
    pub(crate) fn refuse(&self, detail: impl Into<String>) -> Error {
        bad(self.name, detail)
    }
    /// Checks a value that was given.
    ///
    /// # Errors
    /// 400 `bad_parameter` naming the parameter.
    pub(crate) fn check(&self, value: &str) -> Result<()> {
        match self.shape {
            Shape::Text(max) if value.chars().count() > usize::from(max) => Err(self.refuse(format!("at most {max} characters fit"))),
            Shape::Text(_) if value.contains('\0') => Err(self.refuse("it has a character that cannot be read")),
            Shape::Text(_) | Shape::Condition => Ok(()),
            Shape::List => list(self.name, value).map(drop),
            Shape::Limit => limit(self.name, value).map(drop),
            Shape::Word(words) if words.contains(&value) => Ok(()),
            Shape::Word(words) => Err(self.refuse(format!("it is one of {}", words.join(", ")))),
            Shape::Instant => instant(self.name, value).map(drop),
        }
    }
    pub(crate) fn schema(&self) -> Json {
        match self.shape {
            Shape::Text(max) => json!({"type": "string", "maxLength": max}),
            Shape::List => json!({"type": "array", "items": {"type": "string", "minLength": 1}}),
            Shape::Condition => json!({"$ref": "#/components/schemas/Condition"}),
            Shape::Limit => json!({"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": 50}),
            Shape::Word(words) => json!({"type": "string", "enum": words}),
            Shape::Instant => json!({"type": "string", "format": "date-time"}),
        }
    }
}

fn bad(name: &str, detail: impl Into<String>) -> Error {
    Error::parameter(name, "bad_parameter", format!("The parameter \"{name}\" cannot be used: {}.", detail.into()))
}

pub(crate) fn list(name: &str, value: &str) -> Result<Vec<String>> {
    let items: Vec<_> = value.split(',').map(|item| item.trim().to_owned()).collect();
    if items.iter().any(String::is_empty) {
        return Err(bad(name, "an item of the list is empty"));
    }
    if items.len() > 500 {
        return Err(bad(name, "at most 500 items fit"));
    }
    Ok(items)
}

pub(crate) fn limit(name: &str, value: &str) -> Result<u32> {
    let number = (!value.is_empty() && value.bytes().all(|b| b.is_ascii_digit())).then(|| value.parse::<u32>().ok()).flatten();
    number.filter(|n| (1..=LIMIT_MAX).contains(n)).ok_or_else(|| bad(name, format!("it is a whole number from 1 to {LIMIT_MAX}")))
}

/// Milliseconds since 1970 UTC.
pub(crate) fn instant(name: &str, value: &str) -> Result<i64> {
    // A plus sign in a query string means a space; `+01:00` written plainly is still understood.
    let text = value.replace(' ', "+");
    metadata::field_type::parse_date_time(&text).ok_or_else(|| bad(name, "it is an instant such as 2026-11-21T09:30:00Z"))
}

pub(crate) fn word(name: &str, value: &str, words: &[&str]) -> Result<()> {
    if words.contains(&value) { Ok(()) } else { Err(bad(name, format!("it is one of {}", words.join(", ")))) }
}

pub(crate) fn wrong(name: &str, expected: &str) -> Error {
    bad(name, format!("{expected} is expected"))
}
