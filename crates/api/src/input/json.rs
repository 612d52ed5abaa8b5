//! Strict JSON (RFC 8259, I-JSON RFC 7493 for duplicate names): bounded depth and number of names, each name once.

use kernel::{Error, Result};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};
use std::{cell::Cell, fmt};

/// How much JSON one body may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Nested arrays and objects.
    pub(crate) depth: usize,
    /// Names of all objects together.
    pub(crate) names: usize,
}
impl Bounds {
    pub(crate) const USUAL: Bounds = Bounds { depth: 64, names: 10_000 };
    /// 5,000 items of 200 fields.
    pub(crate) const BULK: Bounds = Bounds { depth: 64, names: 1_000_000 };
}

/// # Errors
/// 400 `malformed_json` with line and column.
pub(crate) fn read(bytes: &[u8], bounds: Bounds) -> Result<Json> {
    let names = Cell::new(bounds.names);
    let mut source = serde_json::Deserializer::from_slice(bytes);
    Strict { depth: bounds.depth, names: &names }
        .deserialize(&mut source)
        .and_then(|json| source.end().map(|()| json))
        .map_err(|e| Error::malformed("malformed_json", format!("This is not JSON that can be read: {e}.")))
}

/// # Errors
/// 400 where the bytes are no JSON or no object. No bytes at all are `{}`.
pub(crate) fn read_object(bytes: &[u8], bounds: Bounds) -> Result<Map<String, Json>> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    match read(bytes, bounds)? {
        Json::Object(map) => Ok(map),
        Json::Array(_) => Err(Error::malformed("not_an_object", "The body is a list; a JSON object is expected.")),
        _ => Err(Error::malformed("not_an_object", "The body is a single value; a JSON object is expected.")),
    }
}

struct Strict<'a> {
    depth: usize,
    names: &'a Cell<usize>,
}
impl<'a> Strict<'a> {
    fn deeper<E: serde::de::Error>(&self) -> std::result::Result<Strict<'a>, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| E::custom("it is nested too deep"))?;
        Ok(Strict { depth, names: self.names })
    }
}
impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Json;
    fn deserialize<D: Deserializer<'de>>(self, source: D) -> std::result::Result<Json, D::Error> {
        source.deserialize_any(self)
    }
}
impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E>(self) -> std::result::Result<Json, E> {
        Ok(Json::Null)
    }
    fn visit_bool<E>(self, v: bool) -> std::result::Result<Json, E> {
        Ok(v.into())
    }
    fn visit_i64<E>(self, v: i64) -> std::result::Result<Json, E> {
        Ok(v.into())
    }
    fn visit_u64<E>(self, v: u64) -> std::result::Result<Json, E> {
        Ok(v.into())
    }
    fn visit_f64<E: serde::de::Error>(self, v: f64) -> std::result::Result<Json, E> {
        serde_json::Number::from_f64(v).map(Json::Number).ok_or_else(|| E::custom("a number is out of range"))
    }
    fn visit_str<E>(self, v: &str) -> std::result::Result<Json, E> {
        Ok(v.into())
    }
    fn visit_string<E>(self, v: String) -> std::result::Result<Json, E> {
        Ok(v.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Json, A::Error> {
        let mut out = Vec::new();
        while let Some(item) = items.next_element_seed(self.deeper()?)? {
            out.push(item);
        }
        Ok(Json::Array(out))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> std::result::Result<Json, A::Error> {
        let mut out = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let left = self.names.get().checked_sub(1).ok_or_else(|| A::Error::custom("it has too many names"))?;
            self.names.set(left);
            if out.contains_key(&name) {
                return Err(A::Error::custom(format!("the name {name:?} stands twice in one object")));
            }
            let value = entries.next_value_seed(self.deeper()?)?;
            out.insert(name, value);
        }
        Ok(Json::Object(out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        read(text.as_bytes(), Bounds::USUAL).unwrap_err().detail
    }

    #[test]
    fn reads_what_serde_json_reads() {
        for text in [r#"{"a":[1,-2,3.5,1e3,true,null,"é\n"],"b":{"c":{}}}"#, "0", "\"x\"", "[]", "18446744073709551615"] {
            assert_eq!(read(text.as_bytes(), Bounds::USUAL).unwrap(), serde_json::from_str::<Json>(text).unwrap());
        }
    }
    #[test]
    fn says_where() {
        let detail = refusal("{\n  \"a\": 1,\n  \"a\": 2}");
        assert!(detail.contains("\"a\" stands twice") && detail.contains("line 3"), "{detail}");
        assert!(refusal("{\"a\":}").contains("line 1 column 6"));
        for broken in ["{} {}", "{\"a\":1", "[1,]", "nul", "\"\\ud800\"", "1e999", "{a:1}", "\u{feff}{}"] {
            assert!(refusal(broken).starts_with("This is not JSON"), "{broken}");
        }
        assert!(read(b"\"\xff\"", Bounds::USUAL).is_err());
    }
    #[test]
    fn depth_and_names_are_bounded() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(read(nested(64).as_bytes(), Bounds::USUAL).is_ok());
        assert!(refusal(&nested(66)).contains("too deep"));
        assert!(refusal(&nested(100_000)).contains("too deep"));
        let wide = format!("{{{}}}", (0..10_001).map(|i| format!("\"k{i}\":0")).collect::<Vec<_>>().join(","));
        assert!(refusal(&wide).contains("too many names"));
    }
    #[test]
    fn an_empty_body_is_an_empty_object() {
        assert!(read_object(b" \n", Bounds::USUAL).unwrap().is_empty());
        assert_eq!(read_object(b"[]", Bounds::USUAL).unwrap_err().reason, "not_an_object");
        assert_eq!(read_object(b"3", Bounds::USUAL).unwrap_err().reason, "not_an_object");
    }
}
