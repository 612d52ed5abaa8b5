use crate::kit::{Engine, PASSWORD, Place, Server};
use std::{
    io::{Read as _, Write as _},
    time::{Duration, Instant},
};

#[test]
fn slow_clients_are_let_go() {
    let place = Place::new(Engine::Sqlite).set("limits.first_byte", "300ms").set("limits.headers", "400ms").set("limits.idle", "600ms").set("limits.body_idle", "500ms");
    let server = Server::start(&place);
    let ends_after = |said: &[u8]| {
        let mut stream = server.client().connect();
        stream.write_all(said).unwrap();
        let began = Instant::now();
        let mut rest = Vec::new();
        // a reset is an end too
        drop(stream.read_to_end(&mut rest));
        (began.elapsed(), String::from_utf8_lossy(&rest).into_owned())
    };
    let within = |took: Duration, least: u64| assert!((least..least + 1_500).contains(&u64::try_from(took.as_millis()).unwrap()), "{took:?}");
    within(ends_after(b"").0, 250);
    within(ends_after(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").0, 350);
    let (took, answer) = ends_after(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    within(took, 500);
    assert!(answer.ends_with("ok\n"));
    let (took, answer) = ends_after(b"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
    within(took, 400);
    assert!(answer.is_empty() || answer.contains(" 4"), "{answer}");
    // drops of headers, each in time, do not keep a connection either
    let mut stream = server.client().connect();
    let began = Instant::now();
    while stream.write_all(b"G").is_ok() && began.elapsed() < Duration::from_secs(5) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(server.client().get("/healthz").status, 200);
}

#[test]
fn too_many_connections_hear_it_at_once() {
    let place = Place::new(Engine::Sqlite).set("limits.connections", "3");
    let server = Server::start(&place);
    let held: Vec<_> = (0..3).map(|_| server.client().connect()).collect();
    std::thread::sleep(Duration::from_millis(100));
    let refused = server.client().get("/healthz");
    assert_eq!((refused.status, refused.headers["retry-after"].as_str()), (503, "5"));
    drop(held);
    let until = Instant::now() + Duration::from_secs(5);
    while server.client().get("/healthz").status != 200 {
        assert!(Instant::now() < until);
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn long_headers_and_strange_requests_are_refused() {
    let place = Place::new(Engine::Sqlite);
    let server = Server::start(&place);
    assert_eq!(server.client().with("x-long", &"x".repeat(40_000)).get("/healthz").status, 431);
    assert_eq!(server.client().get(&format!("/api/v1/search?q={}", "x".repeat(9_000))).status, 414);
    assert_eq!(server.client().get("/api/v1/nothing").problem(404), "no_route");
    assert_eq!(server.client().get("/api").problem(404), "no_route");
    assert_eq!(server.client().send("POST", "/", Some(("text/plain", "x"))).status, 405);
    let mut stream = server.client().connect();
    stream.write_all(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").unwrap();
    let mut said = Vec::new();
    drop(stream.read_to_end(&mut said));
    assert_eq!(server.client().get("/healthz").status, 200);
}

#[test]
fn calls_a_minute_can_be_limited() {
    let place = Place::new(Engine::Sqlite).set("limits.calls_per_minute", "3");
    let server = Server::start(&place);
    place.person("ada@example.org", "rep");
    place.person("bob@example.org", "rep");
    let ada = server.client().bearer(&place.token("ada@example.org", &[]));
    let statuses: Vec<u16> = (0..5).map(|_| ada.get("/api/v1/records/contact").status).collect();
    assert_eq!(statuses.iter().filter(|s| **s == 429).count(), 2, "{statuses:?}");
    server.client().sign_in("bob@example.org", PASSWORD);
}

#[test]
fn every_answer_is_safe_to_show() {
    let place = Place::new(Engine::Sqlite);
    let server = Server::start(&place);
    for (path, is_api) in [("/", false), ("/contact", false), ("/healthz", false), ("/invitation", false), ("/missing.js", false), ("/api/v1/me", true), ("/api/v1/openapi.json", true)] {
        let answer = server.client().get(path);
        let headers = &answer.headers;
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert!(headers["content-security-policy"].contains("frame-ancestors 'none'"), "{path}");
        assert!(!headers["content-security-policy"].contains("script-src 'self' 'unsafe-inline'"), "{path}");
        assert!(headers.contains_key("x-request-id"), "{path}");
        assert!(!headers.contains_key("strict-transport-security"), "{path}");
        assert!(!headers.contains_key("access-control-allow-origin"), "{path}");
        if is_api {
            assert_eq!(headers["cache-control"], "no-store", "{path}");
        }
    }
    assert_eq!(server.client().get("/missing.js").status, 404);
    assert!(server.client().get("/contact/0190").headers["content-type"].starts_with("text/html"));
    let page = server.client().get("/");
    assert_eq!(server.client().with("if-none-match", &page.headers["etag"]).get("/").status, 304);
    assert_eq!(server.client().get("/metrics").status, 200);
    assert!(server.client().get("/metrics").body.contains("rapport_responses_total{lane=\"screens\",status=\"2xx\"}"));
}

#[test]
fn figures_want_the_token_that_was_set() {
    let place = Place::new(Engine::Sqlite).set("metrics.token", "figures please");
    // whoever is not on this machine could ask
    let server = Server::start_with(&place, "0.0.0.0:0", &[]);
    assert_eq!(server.client().get("/metrics").status, 401);
    assert_eq!(server.client().bearer("figures").get("/metrics").status, 401);
    assert_eq!(server.client().bearer("figures please").get("/metrics").status, 200);
    assert_eq!(server.client().get("/healthz").status, 200);
}
