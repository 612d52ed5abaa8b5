//! PostgreSQL goes away and comes back while the server serves.

use crate::kit::{Client, Engine, Place, Server};
use serde_json::{Value as Json, json};
use std::{
    fmt::Write as _,
    sync::atomic::{AtomicBool, Ordering},
    thread::{scope, sleep},
    time::{Duration, Instant},
};
use testkit::postgres::{Cluster, own};

struct Served {
    client: Client,
    server: Server,
    _place: Place,
    cluster: Cluster,
}

fn serve() -> Served {
    let cluster = own();
    let place = Place::new(Engine::Postgres).set("database_url", &cluster.url());
    let server = Server::start(&place);
    place.person("ada@example.org", "admin");
    let client = server.client().bearer(&place.token("ada@example.org", &[]));
    Served { client, server, _place: place, cluster }
}

const CONTACTS: &str = "/api/v1/records/contact";

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(120), "{what}");
        sleep(Duration::from_millis(50));
    }
}

#[test]
fn while_the_database_is_away_everybody_hears_to_come_back() {
    let Served { client, server, cluster, _place } = serve();
    client.post(CONTACTS, &json!({"last_name": "Before"})).ok();
    cluster.stop();
    for (method, path, body) in [("GET", CONTACTS, None), ("POST", CONTACTS, Some(json!({"last_name": "Meanwhile"}))), ("GET", "/api/v1/me", None), ("GET", "/api/v1/search?q=before", None)] {
        let text = body.map(|json: Json| json.to_string());
        let got = client.send(method, path, text.as_deref().map(|text| ("application/json", text)));
        assert_eq!(got.problem(503), "database_unreachable", "{method} {path}");
        assert!(got.headers.contains_key("retry-after"), "{method} {path}");
    }
    // nobody is sent away as unknown because nobody can be looked up
    let anew = server.client().post("/api/v1/auth/login", &json!({"email": "ada@example.org", "password": crate::kit::PASSWORD}));
    assert_eq!(anew.problem(503), "database_unreachable");
    assert_eq!(server.client().get("/readyz").problem(503), "not_ready");
    assert_eq!(server.client().get("/healthz").status, 200);
    cluster.start();
    let began = Instant::now();
    until("the server does not find back", || server.client().get("/readyz").status == 200);
    eprintln!("ready {:?} after the database", began.elapsed());
    let left = client.get(&format!("{CONTACTS}?count=exact")).ok();
    assert_eq!((&left["total"], &left["items"][0]["last_name"]), (&json!(1), &json!("Before")));
    client.post(CONTACTS, &json!({"last_name": "Afterwards"})).ok();
    until("the indexer does not find back", || client.get("/api/v1/search?q=afterwards").ok()["items"].as_array().unwrap().len() == 1);
}

#[test]
fn restarts_under_load_lose_nothing_and_imports_go_on() {
    const ROWS: usize = 8_000;
    let Served { client, cluster, server, _place } = serve();
    let mut csv = "last_name\n".to_owned();
    (0..ROWS).for_each(|n| writeln!(csv, "import-{n}").unwrap());
    let form = format!(
        "--x\r\nContent-Disposition: form-data; name=\"object\"\r\n\r\ncontact\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\nContent-Type: text/csv\r\n\r\n{csv}\r\n--x--\r\n"
    );
    let started = client.send("POST", "/api/v1/imports", Some(("multipart/form-data; boundary=x", &form))).ok();
    let import = format!("/api/v1/imports/{}", started["id"].as_str().unwrap());
    let over = AtomicBool::new(false);
    let acknowledged: Vec<String> = scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|w| {
                let (client, over) = (client.clone(), &over);
                scope.spawn(move || {
                    let (mut ids, mut refused) = (Vec::new(), 0);
                    while !over.load(Ordering::Relaxed) {
                        let got = client.post(CONTACTS, &json!({"last_name": format!("writer {w}")}));
                        match got.status {
                            201 => ids.push(got.json()["id"].as_str().unwrap().to_owned()),
                            _ => {
                                got.problem(503);
                                assert!(got.headers.contains_key("retry-after"));
                                refused += 1;
                                sleep(Duration::from_millis(20));
                            }
                        }
                    }
                    (ids, refused)
                })
            })
            .collect();
        for _ in 0..3 {
            sleep(Duration::from_millis(400));
            cluster.stop();
            sleep(Duration::from_millis(300));
            cluster.start();
        }
        until("the server does not find back", || server.client().get("/readyz").status == 200);
        sleep(Duration::from_millis(300));
        over.store(true, Ordering::Relaxed);
        let all: Vec<_> = writers.into_iter().map(|w| w.join().unwrap()).collect();
        assert!(all.iter().all(|(ids, refused)| !ids.is_empty() && *refused > 0), "each writer met both");
        all.into_iter().flat_map(|(ids, _)| ids).collect()
    });
    for id in &acknowledged {
        assert_eq!(client.get(&format!("{CONTACTS}/{id}")).status, 200, "{id}");
    }
    let mut state = client.get(&import).ok();
    until("the import does not end", || {
        state = client.get(&import).ok();
        state["status"] != "running"
    });
    assert_eq!((&state["status"], &state["created"]), (&json!("done"), &json!(ROWS)), "{state}");
    let filter = "%7B%22field%22%3A%22last_name%22%2C%22op%22%3A%22starts_with%22%2C%22value%22%3A%22import-%22%7D";
    assert_eq!(client.get(&format!("{CONTACTS}?count=exact&limit=1&filter={filter}")).ok()["total"], ROWS);
}
