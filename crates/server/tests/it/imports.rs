use crate::kit::{Answer, Client, Engine, Place, Server};
use serde_json::{Value as Json, json};
use std::{
    fmt::Write as _,
    thread::sleep,
    time::{Duration, Instant},
};

crate::on_both!(a_file_is_imported_by_command_and_taken_back, an_import_goes_on_after_a_kill);

fn a_file_is_imported_by_command_and_taken_back(engine: Engine) {
    let place = Place::new(engine);
    place.person("ada@example.org", "admin");
    let server = Server::start(&place);
    let file = place.beside("people.csv");
    std::fs::write(&file, "First name;Last name;E-mail\nAda;Lovelace;ada@example.com\nCharles;Babbage;cb@example.com\n;;\n").unwrap();
    let file = file.to_str().unwrap();
    let last = |said: String| serde_json::from_str::<Json>(said.trim().lines().last().unwrap()).unwrap();
    let count = || place.api(&["GET", "/records/contact?count=exact"])["total"].clone();
    let tried = last(place.run(&["import", "contact", file, "--dry-run", "--json"]).ok());
    assert_eq!((&tried["created"], count()), (&json!(2), json!(0)), "{tried}");
    // a path that only the caller's folder knows
    let done = last(place.run(&["import", "contact", "people.csv", "--json"]).ok());
    assert_eq!((&done["status"], &done["created"], count()), (&json!("done"), &json!(2), json!(2)), "{done}");
    assert_eq!(place.api(&["GET", "/search?q=babb"])["items"].as_array().unwrap().len(), 1);
    let undone = place.run(&["undo", done["change_set"].as_str().unwrap()]).ok();
    assert_eq!(serde_json::from_str::<Json>(&undone).unwrap()["status"], "done", "{undone}");
    assert_eq!(count(), 0);
    assert_eq!(place.run(&["import", "contact", "missing.csv"]).code, 1);
    assert_eq!(place.run(&["import", "nothing", file]).code, 1);
    place.person("rep@example.org", "rep");
    assert_eq!(place.run(&["import", "contact", file, "--as", "rep@example.org"]).code, 1);
    server.stop();
    assert_eq!(last(place.run(&["import", "contact", file, "--json"]).ok())["created"], 2);
}

fn upload(client: &Client, object: &str, csv: &str) -> Answer {
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"object\"\r\n\r\n{object}\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\nContent-Type: text/csv\r\n\r\n{csv}\r\n--x--\r\n"
    );
    client.send("POST", "/api/v1/imports", Some(("multipart/form-data; boundary=x", &body)))
}

fn an_import_goes_on_after_a_kill(engine: Engine) {
    const ROWS: u64 = 6_000;
    let place = Place::new(engine);
    place.person("ada@example.org", "admin");
    let token = place.token("ada@example.org", &[]);
    let server = Server::start(&place);
    let mut csv = "last_name,email\n".to_owned();
    for n in 0..ROWS {
        writeln!(csv, "N{n},n{n}@example.com").unwrap();
    }
    let client = server.client().bearer(&token);
    let started = upload(&client, "contact", &csv);
    assert_eq!(started.status, 202, "{started:?}");
    let path = format!("/api/v1/imports/{}", started.json()["id"].as_str().unwrap());
    let until = Instant::now() + Duration::from_secs(120);
    let mut state = started.json();
    while state["done"].as_u64().unwrap_or(0) == 0 {
        assert!(Instant::now() < until && state["status"] == "running", "{state}");
        sleep(Duration::from_millis(5));
        state = client.get(&path).ok();
    }
    server.signal("KILL");
    server.wait();
    let server = Server::start(&place);
    let client = server.client().bearer(&token);
    let mut state = client.get(&path).ok();
    while state["status"] == "running" {
        assert!(Instant::now() < until, "{state}");
        sleep(Duration::from_millis(50));
        state = client.get(&path).ok();
    }
    assert_eq!((&state["status"], &state["created"], &state["rejected"]), (&json!("done"), &json!(ROWS), &json!(0)), "{state}");
    assert_eq!(client.get("/api/v1/records/contact?count=exact&limit=1").ok()["total"], ROWS);
}
