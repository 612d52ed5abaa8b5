use crate::kit::{Engine, PASSWORD, Place, Server};
use serde_json::json;
use std::{
    io::{Read as _, Write as _},
    time::Duration,
};

crate::on_both!(a_stop_is_quick_whatever_hangs_on, what_was_answered_survives_a_kill);

fn a_stop_is_quick_whatever_hangs_on(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "admin");
    let token = place.token("ada@example.org", &[]);
    // an idle connection, half a request, and a stream of events
    let idle = server.client().connect();
    let mut half = server.client().connect();
    half.write_all(b"GET / HTTP/1.1\r\nHost").unwrap();
    let mut stream = server.client().connect();
    stream.write_all(format!("GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n").as_bytes()).unwrap();
    let mut begun = [0; 15];
    stream.read_exact(&mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200 OK");
    server.client().bearer(&token).post("/api/v1/records/contact", &json!({ "last_name": "Lovelace" })).ok();
    let mut said = String::new();
    while !said.contains("\"object\":\"contact\"") {
        let mut block = [0; 1_000];
        let n = stream.read(&mut block).unwrap();
        assert!(n > 0, "the stream ended: {said}");
        said.push_str(&String::from_utf8_lossy(&block[..n]));
    }
    server.signal("TERM");
    let (code, took) = server.wait();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(!place.data().join("rapport.sock").exists());
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("0\r\n\r\n"), "the stream was ended, not cut off: {rest:?}");
    drop((idle, half));
    if engine == Engine::Sqlite {
        let wal = place.data().join("workspaces/main/data.db-wal");
        assert!(!wal.exists() || std::fs::metadata(wal).unwrap().len() == 0, "the log is folded into the file");
    }
}

fn what_was_answered_survives_a_kill(engine: Engine) {
    let place = Place::new(engine);
    place.person("ada@example.org", "admin");
    let token = place.token("ada@example.org", &[]);
    for round in 1..=3_u64 {
        let server = Server::start(&place);
        let client = server.client().bearer(&token);
        let counts: Vec<u64> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..4)
                .map(|w| {
                    let client = client.clone();
                    scope.spawn(move || (0..5_u64).filter(|n| client.post("/api/v1/records/contact", &json!({ "last_name": format!("R{round}W{w}N{n}") })).status == 201).count() as u64)
                })
                .collect();
            writers.into_iter().map(|w| w.join().unwrap()).collect()
        });
        assert_eq!(counts.iter().sum::<u64>(), 20);
        server.signal("KILL");
        server.wait();
        assert_eq!(place.api(&["GET", "/records/contact?count=exact"])["total"], round * 20);
        assert_eq!(place.run(&["verify"]).code, 0);
    }
}

#[test]
fn the_socket_is_for_its_owner_and_a_dead_one_does_not_matter() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new(Engine::Sqlite);
    let server = Server::start(&place);
    let socket = place.data().join("rapport.sock");
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    server.signal("KILL");
    server.wait();
    assert!(socket.exists());
    place.person("ada@example.org", "rep");
    let again = Server::start(&place);
    again.client().sign_in("ada@example.org", PASSWORD);
}
