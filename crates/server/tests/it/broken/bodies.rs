//! Bodies that are no JSON, no object, in no known encoding, too deep, too wide or too long: at every route that takes one.

use super::{case::Case, house::House};
use serde_json::json;

/// Method and path of every route that takes JSON.
fn routes(house: &House) -> Vec<(&'static str, String)> {
    let (zoo, opportunity, lead) = (house.id("zoo"), house.id("opportunity"), house.id("lead"));
    let none = "0190f0c2-0000-7000-8000-000000000000";
    vec![
        ("POST", "/auth/login".into()),
        ("POST", "/auth/invitation".into()),
        ("PATCH", "/settings".into()),
        ("POST", "/objects".into()),
        ("POST", "/objects/boat".into()),
        ("PATCH", "/objects/zoo".into()),
        ("POST", "/objects/zoo/fields".into()),
        ("PATCH", "/objects/zoo/fields/legs".into()),
        ("POST", "/records/zoo".into()),
        ("POST", "/records/zoo/query".into()),
        ("PATCH", format!("/records/zoo/{zoo}")),
        ("POST", format!("/records/zoo/{zoo}/restoration")),
        ("PUT", "/records/zoo/by/code/Z-9".into()),
        ("POST", "/records/zoo/bulk".into()),
        ("POST", "/records/zoo/aggregate".into()),
        ("POST", format!("/change-sets/{none}/undo")),
        ("PATCH", format!("/imports/{none}")),
        ("POST", format!("/imports/{none}/run")),
        ("POST", "/exports".into()),
        ("POST", format!("/opportunities/{opportunity}/closure")),
        ("POST", format!("/leads/{lead}/conversion")),
    ]
}

fn broken() -> Vec<(&'static str, Vec<u8>)> {
    let json = "application/json";
    let nested = |n: usize| format!("{{\"a\":{}1{}}}", "[".repeat(n), "]".repeat(n)).into_bytes();
    let wide: Vec<String> = (0..10_001).map(|i| format!("\"k{i}\":0")).collect();
    let utf16: Vec<u8> = "{\"name\":\"x\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        (json, b"{\"name\":".to_vec()),
        (json, b"{\"name\":}".to_vec()),
        (json, b"{name:1}".to_vec()),
        (json, b"{'name':1}".to_vec()),
        (json, b"[]".to_vec()),
        (json, b"null".to_vec()),
        (json, b"\"text\"".to_vec()),
        (json, b"{} {}".to_vec()),
        (json, b"{\"name\":NaN}".to_vec()),
        (json, b"{\"name\":1e999}".to_vec()),
        (json, b"{\"name\":\"a\",\"name\":\"b\"}".to_vec()),
        (json, b"{\"name\":\"\\ud800\"}".to_vec()),
        (json, b"{\"name\":\"M\xfcller\"}".to_vec()),
        (json, b"\xef\xbb\xbf{}".to_vec()),
        (json, b"\0".to_vec()),
        (json, utf16.clone()),
        (json, nested(70)),
        (json, nested(100_000)),
        (json, format!("{{{}}}", wide.join(",")).into_bytes()),
        (json, format!("{{\"name\":\"{}\"}}", "x".repeat(1_100_000)).into_bytes()),
        ("application/json; charset=utf-16", utf16),
        ("application/json; charset=iso-8859-1", b"{\"name\":\"M\xfcller\"}".to_vec()),
        ("text/plain", b"{}".to_vec()),
        ("application/xml", b"<name/>".to_vec()),
        ("application/x-www-form-urlencoded", b"name=x".to_vec()),
        ("multipart/form-data; boundary=x", b"--x--\r\n".to_vec()),
    ]
}

pub(super) fn cases(house: &House) -> Vec<Case> {
    let mut out = Vec::new();
    for (method, path) in routes(house) {
        for (media_type, body) in broken() {
            out.push(Case::new("bodies", method, &path).bytes(media_type, body).any_version());
        }
        out.push(Case::new("bodies", method, &path).json(&json!({"no_such_member": 1})).any_version());
    }
    out
}
