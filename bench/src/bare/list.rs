//! A loop over the driver that writes the same JSON as the server, by columns known beforehand.

use rusqlite::{Connection, types::ValueRef};
use serde_json::Value as Json;
use std::io::Write as _;

/// How a column becomes JSON.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Plain,
    Boolean,
    DateTime,
    /// JSON already.
    Raw,
}
/// Names and kinds of the fields of an answer, by the definition and one answered record.
pub(crate) fn columns(definition: &Json, record: &Json) -> Vec<(String, Kind)> {
    let fields = definition["fields"].as_array().unwrap();
    let keys = record.as_object().unwrap().keys();
    keys.map(|key| {
        let field = fields.iter().find(|f| f["name"] == **key).unwrap_or_else(|| panic!("{key} is not in the definition"));
        let kind = match &field["type"] {
            Json::String(name) => name.clone(),
            Json::Object(map) => map.keys().next().unwrap().clone(),
            odd => panic!("{odd}"),
        };
        let kind = match kind.as_str() {
            "boolean" => Kind::Boolean,
            "date_time" => Kind::DateTime,
            "multi_choice" | "many_to_many" | "geo_point" | "address" | "person_name" => Kind::Raw,
            "decimal" | "percent" | "money" | "formula" | "roll_up" => panic!("the bare loop writes no {kind}"),
            _ => Kind::Plain,
        };
        (key.clone(), kind)
    })
    .collect()
}
/// `{"items":[...]}` of the rows.
pub(crate) fn json(connection: &Connection, columns: &[(String, Kind)], rest: &str, args: impl rusqlite::Params) -> Vec<u8> {
    let list = columns.iter().map(|(name, _)| format!("t.\"{name}\"")).collect::<Vec<_>>().join(", ");
    let mut statement = connection.prepare_cached(&format!("SELECT {list} FROM contact t {rest}")).unwrap();
    let keys: Vec<String> = columns.iter().map(|(name, _)| format!("\"{name}\":")).collect();
    let mut rows = statement.query(args).unwrap();
    let mut out = b"{\"items\":[".to_vec();
    let mut first = true;
    while let Some(row) = rows.next().unwrap() {
        out.extend_from_slice(if first { b"{" } else { b",{" });
        first = false;
        for (i, (key, (_, kind))) in keys.iter().zip(columns).enumerate() {
            if i > 0 {
                out.push(b',');
            }
            out.extend_from_slice(key.as_bytes());
            match (row.get_ref(i).unwrap(), kind) {
                (ValueRef::Null | ValueRef::Blob(_), _) => out.extend_from_slice(b"null"),
                (ValueRef::Integer(n), Kind::Boolean) => out.extend_from_slice(if n == 0 { b"false" } else { b"true" }),
                (ValueRef::Integer(ms), Kind::DateTime) => date_time(ms, &mut out),
                (ValueRef::Integer(n), _) => write!(out, "{n}").unwrap(),
                (ValueRef::Real(n), _) => write!(out, "{n}").unwrap(),
                (ValueRef::Text(text), Kind::Raw) => out.extend_from_slice(text),
                (ValueRef::Text(text), _) => serde_json::to_writer(&mut out, std::str::from_utf8(text).unwrap()).unwrap(),
            }
        }
        out.push(b'}');
    }
    out.extend_from_slice(b"]}");
    out
}
/// Days to a date after Howard Hinnant, "chrono-compatible low-level date algorithms".
fn date_time(ms: i64, out: &mut Vec<u8>) {
    let (days, rest) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000));
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    let (h, m, s, f) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60, rest % 1_000);
    write!(out, "\"{year:04}-{month:02}-{:02}T{h:02}:{m:02}:{s:02}.{f:03}Z\"", doy - (153 * mp + 2) / 5 + 1).unwrap();
}
