//! Failures that no handler of ours sees: each is a problem (RFC 9457) all the same, as the contract has it.

use crate::kit::{Engine, Place, Server};

#[test]
fn health_and_figures_take_get_and_head_alone() {
    let place = Place::new(Engine::Sqlite);
    let server = Server::start(&place);
    let client = server.client();
    for path in ["/healthz", "/readyz", "/metrics", "/", "/anything", "/assets/none.js"] {
        for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"] {
            let got = client.send(method, path, None);
            assert_eq!(got.problem(405), "method_not_allowed", "{method} {path}");
            assert_eq!(got.headers["allow"], "GET, HEAD", "{method} {path}");
        }
    }
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!((client.get(path).status, client.send("HEAD", path, None).status), (200, 200), "{path}");
        assert_eq!(client.send("HEAD", path, None).body, "");
    }
    assert_eq!(client.get("/assets/none.js").problem(404), "no_route");
    for path in ["/api/v1/me", "/api/v1/records/contact", "/api/v1/openapi.json", "/api/v1/auth/login", "/api/v1/nothing", "/invitation", "/api"] {
        assert!((400..500).contains(&client.send("TRACE", path, None).status), "{path}");
    }
}

#[test]
fn what_the_framework_refuses_is_a_problem_too() {
    let place = Place::new(Engine::Sqlite);
    place.person("ada@example.org", "admin");
    let token = place.token("ada@example.org", &[]);
    let server = Server::start(&place);
    let client = server.client();
    let auth = format!("Host: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n");
    let json = "Content-Type: application/json\r\n";
    let post = |headers: &str, body: &[u8]| [format!("POST /api/v1/records/contact HTTP/1.1\r\n{auth}{headers}\r\n").as_bytes(), body].concat();
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\n{auth}\r\n").into_bytes();
    let long = "x".repeat(9_000);
    let cases: Vec<(&str, Vec<u8>, u16, &str)> = vec![
        ("no HTTP", b"hello\r\n\r\n".to_vec(), 400, "malformed_request"),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(), 400, "malformed_request"),
        ("another version", b"GET / HTTP/3.7\r\n\r\n".to_vec(), 400, "malformed_request"),
        ("a broken header", b"GET / HTTP/1.1\r\nno colon\r\n\r\n".to_vec(), 400, "malformed_request"),
        ("a control in a header", b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n".to_vec(), 400, "malformed_request"),
        ("two lengths", post(&format!("{json}Content-Length: 2\r\nContent-Length: 3\r\n"), b"{}"), 400, "malformed_request"),
        ("a length that is none", post(&format!("{json}Content-Length: two\r\n"), b"{}"), 400, "malformed_request"),
        ("an unknown coding", post(&format!("{json}Transfer-Encoding: zip\r\n"), b"{}"), 400, "malformed_request"),
        ("a broken chunk", post(&format!("{json}Transfer-Encoding: chunked\r\n"), b"zz\r\n{}\r\n0\r\n\r\n"), 400, "body_broken_off"),
        ("many headers", format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{}\r\n", "X: y\r\n".repeat(500)).into_bytes(), 431, "headers_too_large"),
        ("large headers", format!("GET /healthz HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "x".repeat(50_000)).into_bytes(), 431, "headers_too_large"),
        ("a long address", get(&format!("/api/v1/search?q={long}")), 414, "address_too_long"),
        ("an address longer than all headers may be", get(&format!("/{}", "x".repeat(70_000))), 431, "headers_too_large"),
        ("nothing there", get("/api/v1/nothing"), 404, "no_route"),
        ("a bad encoding", get("/api/v1/records/%ff"), 400, "bad_encoding"),
        ("a bad encoding in a query", get("/api/v1/records/contact?sort=%ff"), 400, "bad_encoding"),
        ("half an encoding", get("/api/v1/records/contact?sort=%f"), 400, "bad_encoding"),
        ("another method", format!("PUT /api/v1/records/contact HTTP/1.1\r\n{auth}\r\n").into_bytes(), 405, "method_not_allowed"),
        ("broken JSON", post(&format!("{json}Content-Length: 1\r\n"), b"{"), 400, "malformed_json"),
        ("no UTF-8", post(&format!("{json}Content-Length: 13\r\n"), b"{\"name\":\"\xff\xfe\"}"), 400, "malformed_json"),
        ("another type", post("Content-Type: text/xml\r\nContent-Length: 4\r\n", b"<a/>"), 415, "unsupported_media_type"),
        ("too large, as it says", post(&format!("{json}Content-Length: 99999999\r\n"), b"{}"), 413, "too_large"),
        ("too large, as it is", post(&format!("{json}Content-Length: 1100000\r\n"), &vec![b' '; 1_100_000]), 413, "too_large"),
    ];
    for (what, said, status, code) in cases {
        let got = client.talk(&said);
        assert_eq!(got.status, status, "{what}: {got:?}");
        assert_eq!(got.problem(status), code, "{what}");
        assert!(got.headers.contains_key("x-request-id"), "{what}");
    }
}

#[test]
fn who_is_too_slow_hears_it() {
    let place = Place::new(Engine::Sqlite).set("limits.headers", "400ms").set("limits.body_idle", "400ms");
    let server = Server::start(&place);
    let got = server.client().talk(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    assert_eq!(got.problem(408), "timeout");
    let got = server.client().talk(b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
    assert_eq!(got.problem(408), "timeout");
}
