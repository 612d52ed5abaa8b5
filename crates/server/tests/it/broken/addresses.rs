//! Addresses of nothing, ids that are none, headers that decide and cannot be read.

use super::{case::Case, house::House};
use serde_json::json;

const NONE: &str = "0190f0c2-0000-7000-8000-000000000000";

fn ids() -> Vec<String> {
    let mut out: Vec<String> =
        ["x", "0", "-1", NONE, "0190f0c2", "0190F0C2-0000-7000-8000-00000000000G", "%00", "%ff", "%C3%28", "%zz", "..%2f..", "%27%20OR%201=1", "null", "*", "0190f0c2000070008000000000000000ff"]
            .map(str::to_owned)
            .into();
    out.push("9".repeat(2_000));
    out
}

fn paths() -> Vec<Case> {
    let mut out = Vec::new();
    let routes: [(&'static str, &str); 24] = [
        ("GET", "/records/zoo/{}"),
        ("PATCH", "/records/zoo/{}"),
        ("DELETE", "/records/zoo/{}"),
        ("POST", "/records/zoo/{}/restoration"),
        ("GET", "/records/zoo/{}/timeline"),
        ("GET", "/records/zoo/{}/history"),
        ("GET", "/records/zoo/{}/access"),
        ("GET", "/records/zoo/{}/files"),
        ("GET", "/records/{}"),
        ("POST", "/records/{}"),
        ("POST", "/records/{}/query"),
        ("POST", "/records/{}/bulk"),
        ("POST", "/records/{}/aggregate"),
        ("GET", "/objects/{}"),
        ("PATCH", "/objects/{}"),
        ("PATCH", "/objects/zoo/fields/{}"),
        ("DELETE", "/objects/zoo/fields/{}"),
        ("GET", "/files/{}/content"),
        ("GET", "/change-sets/{}"),
        ("POST", "/change-sets/{}/undo"),
        ("GET", "/imports/{}"),
        ("POST", "/imports/{}/run"),
        ("GET", "/exports/{}"),
        ("POST", "/opportunities/{}/closure"),
    ];
    for (method, route) in routes {
        for id in ids() {
            let case = Case::new("addresses", method, route.replace("{}", &id)).any_version();
            out.push(if matches!(method, "POST" | "PATCH") { case.json(&json!({})) } else { case });
        }
    }
    for (field, value) in [("name", "x"), ("no_such_field", "x"), ("legs", "1"), ("id", NONE), ("code", "%00"), ("code", "%ff"), ("code", "%zz"), ("%00", "x")] {
        out.push(Case::new("addresses", "PUT", format!("/records/zoo/by/{field}/{value}")).json(&json!({})));
    }
    for path in ["/api", "/api/", "/api/v2/records/contact", "/api/v1/", "/api/v1", "/nothing", "/records", "/records/zoo/", "//records/zoo", "/records/zoo/x/y/z", "/auth/nothing", "/auth"] {
        out.push(Case::new("addresses", "GET", path).status(404));
    }
    out
}

fn methods(house: &House) -> Vec<Case> {
    let zoo = house.id("zoo");
    let mut out = Vec::new();
    for (path, allowed) in [
        ("/records/zoo".to_owned(), "GET POST"),
        (format!("/records/zoo/{zoo}"), "GET PATCH DELETE"),
        ("/records/zoo/query".to_owned(), "POST"),
        ("/objects".to_owned(), "GET POST"),
        ("/search".to_owned(), "GET"),
        ("/me".to_owned(), "GET"),
        ("/auth/login".to_owned(), "POST"),
        ("/imports".to_owned(), "POST"),
        ("/openapi.json".to_owned(), "GET"),
        (format!("/opportunities/{}/closure", house.id("opportunity")), "POST DELETE"),
    ] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"] {
            if !allowed.split(' ').any(|a| a == method) {
                let case = Case::new("methods", method, &path);
                // CONNECT names a host: with a path it is no request at all
                out.push(if method == "CONNECT" { case } else { case.status(405) });
            }
        }
    }
    out
}

fn headers(house: &House) -> Vec<Case> {
    let path = format!("/records/zoo/{}", house.id("zoo"));
    let mut out = vec![Case::new("headers", "PATCH", &path).json(&json!({"legs": 4})).status(428)];
    for (value, status) in
        [("7", 400), ("W/\"1\"", 400), ("\"1\", \"2\"", 400), ("\"1", 400), ("**", 400), ("", 400), ("\"999999\"", 412), ("\"x\"", 412), ("\"-1\"", 412), ("\"99999999999999999999\"", 412)]
    {
        out.push(Case::new("headers", "PATCH", &path).json(&json!({"legs": 4})).header("if-match", value).status(status));
        out.push(Case::new("headers", "DELETE", &path).header("if-match", value).status(status));
    }
    let long = "k".repeat(300);
    for key in ["", long.as_str(), "\u{7}bell", "caf\u{e9}"] {
        for path in ["/records/zoo", "/records/zoo/bulk", "/objects", "/exports"] {
            out.push(Case::new("headers", "POST", path).json(&json!({"name": "x"})).header("idempotency-key", key).status(400));
        }
    }
    let token = |text: &str| Case::new("headers", "GET", "/me").header("authorization", text).status(401);
    out.extend(["Bearer", "Bearer x", "Bearer rpt_main_x", "Bearer rpt_../x_y", "Basic YTpi", "Bearer \u{e9}", "rpt_main_x", ""].map(token));
    out.push(Case::new("headers", "GET", "/me").header("x-padding", &"x".repeat(40_000)).status(431));
    out
}

pub(super) fn cases(house: &House) -> Vec<Case> {
    [paths(), methods(house), headers(house)].concat()
}
