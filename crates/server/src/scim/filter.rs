//! Filters (RFC 7644, 3.4.2.2) as directories send them: `attribute eq value`, joined by `and`.

use super::error::bad_filter;
use kernel::Result;
use serde_json::Value as Json;

/// `attribute eq value`; the attribute as it was written, without the name of its schema.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clause {
    pub(super) attribute: String,
    pub(super) value: Json,
}

/// # Errors
/// 400 `invalidFilter` for what is no filter, or one with another operator.
pub(super) fn parse(text: &str) -> Result<Vec<Clause>> {
    let mut rest = text.trim();
    let mut clauses = Vec::new();
    loop {
        let attribute = take_attribute(&mut rest);
        let operator = take_word(&mut rest);
        if attribute.is_empty() || !operator.eq_ignore_ascii_case("eq") {
            return Err(bad_filter("Filters here are ATTRIBUTE eq VALUE, joined by and."));
        }
        clauses.push(Clause { attribute: without_schema(attribute).to_owned(), value: take_value(&mut rest)? });
        if rest.is_empty() {
            return Ok(clauses);
        }
        if !take_word(&mut rest).eq_ignore_ascii_case("and") {
            return Err(bad_filter("Conditions of a filter are joined by and here."));
        }
    }
}

/// `urn:...:User:userName` is `userName`.
fn without_schema(attribute: &str) -> &str {
    let is_urn = attribute.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:"));
    if is_urn { attribute.rsplit_once(':').map_or(attribute, |(_, name)| name) } else { attribute }
}

fn take_word<'a>(rest: &mut &'a str) -> &'a str {
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    *rest = after.trim_start();
    word
}

/// A word that may hold a filter of its own in brackets.
fn take_attribute<'a>(rest: &mut &'a str) -> &'a str {
    let mut depth = 0_i32;
    let end = rest.char_indices().find(|(_, c)| {
        depth += i32::from(*c == '[') - i32::from(*c == ']');
        depth <= 0 && c.is_whitespace()
    });
    let (word, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
    *rest = after.trim_start();
    word
}

fn take_value(rest: &mut &str) -> Result<Json> {
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Json>();
    match values.next() {
        Some(Ok(value)) if !value.is_array() && !value.is_object() => {
            let end = values.byte_offset();
            *rest = rest[end..].trim_start();
            Ok(value)
        }
        // some send True and False as Python writes them
        _ => match take_word(rest) {
            word if word.eq_ignore_ascii_case("true") => Ok(true.into()),
            word if word.eq_ignore_ascii_case("false") => Ok(false.into()),
            _ => Err(bad_filter("A value in a filter is a string in quotation marks, true, false or a number.")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Clause, parse};
    use serde_json::json;

    #[test]
    fn what_directories_send_is_read() {
        let clause = |attribute: &str, value| Clause { attribute: attribute.into(), value };
        assert_eq!(parse("userName eq \"a\\\"b@example.org\"").unwrap(), [clause("userName", json!("a\"b@example.org"))]);
        assert_eq!(parse("externalId EQ \"x and y\" AND active eq True").unwrap(), [clause("externalId", json!("x and y")), clause("active", json!(true))]);
        assert_eq!(parse("emails[type eq \"work\"].value eq \"a\"").unwrap(), [clause("emails[type eq \"work\"].value", json!("a"))]);
        assert_eq!(parse("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"a\"").unwrap(), [clause("userName", json!("a"))]);
    }

    #[test]
    fn other_filters_are_refused() {
        for odd in [
            "",
            "userName",
            "userName eq",
            "userName eq a",
            "userName co \"a\"",
            "userName eq \"a\" or active eq true",
            "userName eq \"a",
            "userName eq \"a\" and",
            "not (a eq \"b\")",
            "userName eq {}",
        ] {
            assert!(parse(odd).is_err(), "{odd}");
        }
    }
}
