use crate::world::{Who, World};
use axum::body::Body;
use futures_util::stream;

crate::both!(framework_failures_are_problems, bodies, sizes, broken_requests_change_nothing, request_ids);

fn framework_failures_are_problems(w: &World) {
    for path in ["/api", "/api/", "/api/v2/records", "/api/v1/", "/nothing", "/records", "/records/company/", "/objects/company/field", "/a/b/c/d/e"] {
        assert_eq!(w.get(Who::Cli, path).problem(), (404, "no_route".into()), "{path}");
    }
    for (method, path, allow) in [
        ("PUT", "/records/company", "GET,HEAD,POST"),
        ("POST", "/records/company/0190f0c2-0000-7000-8000-000000000000", "GET,HEAD,PATCH,DELETE"),
        ("GET", "/records/company/query", "POST"),
        ("DELETE", "/objects", "GET,HEAD,POST"),
        ("POST", "/search", "GET,HEAD"),
    ] {
        let got = w.raw(Who::Cli, method, path, &[], "");
        assert_eq!(got.problem(), (405, "method_not_allowed".into()), "{method} {path}");
        let (mut have, mut want): (Vec<_>, Vec<_>) = (got.header("allow").split(',').collect(), allow.split(',').collect());
        have.sort_unstable();
        want.sort_unstable();
        assert_eq!(have, want, "{method} {path}");
    }
    assert_eq!(w.get(Who::Cli, "/records/%ff").problem(), (400, "bad_encoding".into()));
}

fn bodies(w: &World) {
    let send = |kind: &str, body: &str| w.raw(Who::Cli, "POST", "/records/company", &[("content-type", kind)], body.to_owned()).problem();
    let json = "application/json";
    for (body, code) in [("{\"name\":", "malformed_json"), ("[]", "not_an_object"), ("\"x\"", "not_an_object"), ("{\"name\":\"a\",\"name\":\"b\"}", "malformed_json"), ("\u{feff}{}", "malformed_json")]
    {
        assert_eq!(send(json, body), (400, code.into()), "{body}");
    }
    let detail = w.raw(Who::Cli, "POST", "/records/company", &[("content-type", json)], "{\n \"name\": }").json()["detail"].clone();
    assert!(detail.as_str().unwrap().contains("line 2 column"), "{detail}");
    assert_eq!(send(json, &format!("{{\"name\":{}1{}}}", "[".repeat(70), "]".repeat(70))), (400, "malformed_json".into()));
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/merge-patch+json", "application/json; charset=utf-16", ""] {
        assert_eq!(send(kind, "{}"), (415, "unsupported_media_type".into()), "{kind}");
    }
    assert_eq!(w.raw(Who::Cli, "POST", "/records/company", &[], "{}").problem(), (415, "unsupported_media_type".into()));
    assert_eq!(w.raw(Who::Cli, "POST", "/records/company", &[], "").problem(), (422, "invalid_fields".into()), "no body means {{}}");
}

fn sizes(w: &World) {
    let big = format!("{{\"name\":\"{}\"}}", "x".repeat(1_100_000));
    let json = [("content-type", "application/json")];
    assert_eq!(w.raw(Who::Cli, "POST", "/records/company", &json, big.clone()).problem(), (413, "too_large".into()));
    let declared = [("content-type", "application/json"), ("content-length", "99999999")];
    assert_eq!(w.raw(Who::Cli, "POST", "/records/company", &declared, "{}").problem(), (413, "too_large".into()));
    let endless = Body::from_stream(stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 64 * 1024])));
    assert_eq!(w.raw(Who::Cli, "POST", "/records/company", &json, endless).problem(), (413, "too_large".into()));
    assert_eq!(w.raw(Who::Cli, "POST", "/records/company/bulk", &json, big).problem().0, 400, "16 MiB fit there");
    let broken = Body::from_stream(stream::iter([Ok(vec![b'{']), Err(std::io::Error::other("gone"))]));
    assert_eq!(w.raw(Who::Cli, "POST", "/records/company", &json, broken).problem(), (400, "body_broken_off".into()));
}

fn broken_requests_change_nothing(w: &World) {
    let before = w.rows();
    let json = [("content-type", "application/json")];
    for method in ["POST", "PATCH", "PUT", "DELETE"] {
        for path in [
            "/records/company",
            "/records/company/x",
            "/records/company/by/code/%00",
            "/records/company/bulk",
            "/objects",
            "/objects/company/fields",
            "/exports",
            "/change-sets/x/undo",
            "/deals/x/closure",
            "/records/%00/x",
        ] {
            for body in ["{", "null", "{\"name\":{\"a\":[]}}", "{\"mode\":7,\"items\":{}}", "{\"\\u0000\":1}", "\u{0}"] {
                let got = w.raw(Who::Cli, method, path, &json, body);
                assert!((400..500).contains(&got.status), "{method} {path} {body}: {} {}", got.status, String::from_utf8_lossy(&got.bytes));
                got.problem();
            }
        }
    }
    assert_eq!(w.rows(), before);
}

fn request_ids(w: &World) {
    let mut request = w.request(Who::Cli, "GET", "/nothing", &[], "");
    request.extensions_mut().insert(api::RequestId::new("r-17"));
    let got = w.send(request);
    got.problem();
    assert_eq!(got.header("x-request-id"), "r-17");
    assert_ne!(w.get(Who::Cli, "/nothing").header("x-request-id"), w.get(Who::Cli, "/nothing").header("x-request-id"));
    assert_eq!(w.get(Who::Cli, "/objects").header("x-request-id").len(), 24, "answers that went well have one too");
}
