//! The query string: each parameter known, given once, readable.

use crate::input::shape::{Param, Shape, instant, limit, list};
use kernel::{Error, Result};
use serde_json::Value as Json;

/// A query string longer than this is refused, whatever it says.
const LONGEST: usize = 64 * 1024;

/// Parameters that were given, checked against what the route takes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(Vec<(&'static Param, String)>);

impl Params {
    /// # Errors
    /// 400 naming the parameter: `unknown_parameter`, `duplicate_parameter`, `bad_parameter`, `missing_parameter`.
    pub(crate) fn read(raw: &str, allowed: &'static [Param]) -> Result<Params> {
        if raw.len() > LONGEST {
            return Err(Error::malformed("query_too_long", format!("A query string may have {LONGEST} bytes. Use POST /records/OBJECT/query for long conditions.")));
        }
        let mut given: Vec<(&'static Param, String)> = Vec::new();
        for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name)?;
            let Some(param) = allowed.iter().find(|p| p.name == name) else {
                return Err(unknown(&name, allowed));
            };
            if given.iter().any(|(p, _)| p.name == name) {
                return Err(Error::parameter(&name, "duplicate_parameter", format!("The parameter \"{name}\" is given twice. Give it once; lists have commas between.")));
            }
            given.push((param, decode(value)?));
        }
        // An empty text or list is as if it were not given: forms send all their fields.
        given.retain(|(param, value)| !value.is_empty() || !param.shape.may_be_empty());
        for (param, value) in &given {
            param.check(value)?;
        }
        if let Some(missing) = allowed.iter().find(|p| p.required && !given.iter().any(|(g, _)| g.name == p.name)) {
            return Err(Error::parameter(missing.name, "missing_parameter", format!("The parameter \"{}\" is missing: {}", missing.name, missing.about)));
        }
        Ok(Params(given))
    }
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(p, _)| p.name == name).map(|(_, value)| value.as_str())
    }
    /// All that was given, by name.
    pub(crate) fn all(&self) -> std::collections::BTreeMap<String, String> {
        self.0.iter().map(|(param, value)| (param.name.to_owned(), value.clone())).collect()
    }
    pub(crate) fn list(&self, name: &str) -> Result<Option<Vec<String>>> {
        self.text(name).map(|value| list(name, value)).transpose()
    }
    pub(crate) fn limit(&self) -> Result<Option<u32>> {
        self.text("limit").map(|value| limit("limit", value)).transpose()
    }
    pub(crate) fn instant(&self, name: &str) -> Result<Option<i64>> {
        self.text(name).map(|value| instant(name, value)).transpose()
    }
    /// # Errors
    /// 400 with line and column inside the value.
    pub(crate) fn json(&self, name: &str) -> Result<Option<Json>> {
        let Some(value) = self.text(name) else { return Ok(None) };
        let json = super::json::read(value.as_bytes(), super::json::Bounds::USUAL);
        json.map(Some).map_err(|e| Error::parameter(name, "bad_parameter", format!("The parameter \"{name}\" cannot be used. {}", e.detail)))
    }
}

fn unknown(name: &str, allowed: &[Param]) -> Error {
    let short: String = name.chars().take(80).collect();
    let known: Vec<_> = allowed.iter().map(|p| p.name).collect();
    let detail = match known.is_empty() {
        true => format!("\"{short}\" is not a parameter here; there are none."),
        false => format!("\"{short}\" is not a parameter here; there are {}.", known.join(", ")),
    };
    Error::parameter(&short, "unknown_parameter", detail)
}

/// `application/x-www-form-urlencoded` (WHATWG URL 5.1), which reads percent-encoding too. Unlike there, what is no
/// encoding or no UTF-8 is refused, not repaired.
fn decode(text: &str) -> Result<String> {
    let broken = || Error::malformed("bad_encoding", "The query string is not percent-encoded UTF-8.");
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
                let (high, low) = (digit(bytes.next()).ok_or_else(broken)?, digit(bytes.next()).ok_or_else(broken)?);
                u8::try_from(high * 16 + low).map_err(|_| broken())?
            }
            byte => byte,
        });
    }
    String::from_utf8(out).map_err(|_| broken())
}

/// Whether a shape holds JSON, which OpenAPI describes by a media type instead of a style.
pub(crate) fn is_json(shape: Shape) -> bool {
    shape == Shape::Condition
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::shape::{AS_OF, COUNT, FIELDS, FILTER, LIMIT, SORT};

    static SOME: &[Param] = &[FILTER, SORT, LIMIT, FIELDS, COUNT, AS_OF];

    fn refusal(raw: &str) -> &'static str {
        Params::read(raw, SOME).and_then(|p| p.json("filter").map(|_| p)).unwrap_err().reason
    }

    #[test]
    fn percent_and_form_encoding_mean_the_same() {
        for raw in ["filter=%7B%22field%22%3A%22a+b%22%7D", "filter=%7b%22field%22:%22a%20b%22%7d"] {
            let params = Params::read(raw, SOME).unwrap();
            assert_eq!(params.json("filter").unwrap().unwrap()["field"], "a b");
        }
    }
    #[test]
    fn lists_limits_and_instants() {
        let params = Params::read("sort=-created_at,name&limit=500&fields=&as_of=2026-11-21T10:30:00+01:00", SOME).unwrap();
        assert_eq!(params.list("sort").unwrap().unwrap(), ["-created_at", "name"]);
        assert_eq!(params.limit().unwrap(), Some(500));
        assert_eq!(params.list("fields").unwrap(), None);
        assert_eq!(params.instant("as_of").unwrap(), Some(1_795_253_400_000));
    }
    #[test]
    fn what_is_wrong_is_named() {
        for (raw, reason) in [
            ("colour=red", "unknown_parameter"),
            ("limit=1&limit=1", "duplicate_parameter"),
            ("limit=0", "bad_parameter"),
            ("limit=", "bad_parameter"),
            ("as_of=", "bad_parameter"),
            ("limit=501", "bad_parameter"),
            ("limit=%2B5", "bad_parameter"),
            ("limit=5.0", "bad_parameter"),
            ("limit=99999999999", "bad_parameter"),
            ("count=maybe", "bad_parameter"),
            ("sort=a,,b", "bad_parameter"),
            ("as_of=yesterday", "bad_parameter"),
            ("sort=%zz", "bad_encoding"),
            ("sort=%ff", "bad_encoding"),
            ("sort=%f", "bad_encoding"),
            ("filter={", "bad_parameter"),
        ] {
            assert_eq!(refusal(raw), reason, "{raw}");
        }
    }
}
