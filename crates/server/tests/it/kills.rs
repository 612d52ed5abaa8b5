//! `kill -9` of the real server under mixed load, again and again. What was acknowledged is there; every row has its
//! history and its event; counters agree with a recount; an import ends by itself, with each row of its file once.

pub mod ledger;
mod load;
mod power;

use self::ledger::{Ledger, faults};
use crate::kit::{Beside, Engine, Place, Server};
use std::time::{Duration, Instant};

crate::on_both!(a_server_that_is_killed_again_and_again_loses_nothing, what_a_kill_could_break_is_found);

/// No machine is so slow, unless starting waits for something that does not come.
const READY_WITHIN: Duration = Duration::from_secs(60);

#[expect(clippy::disallowed_methods, reason = "a switch of the tests, not a setting of the program")]
fn rounds() -> u64 {
    let prove = std::env::var("RAPPORT_PROVE").is_ok_and(|v| v != "0");
    if prove { 100 } else { 3 }
}

fn a_server_that_is_killed_again_and_again_loses_nothing(engine: Engine) {
    let place = Place::new(engine);
    place.person("ada@example.org", "admin");
    let token = place.token("ada@example.org", &[]);
    let mut ledger = Ledger::default();
    let mut starts = Vec::new();
    for round in 0..rounds() {
        let began = Instant::now();
        let server = Server::start(&place);
        let client = server.client().bearer(&token);
        while client.get("/readyz").status != 200 {
            assert!(began.elapsed() < READY_WITHIN, "round {round}: not ready");
        }
        starts.push(began.elapsed());
        load::until_killed(&server, &client, round, &mut ledger);
        server.signal("KILL");
        server.wait();
    }
    let server = Server::start(&place);
    let client = server.client().bearer(&token);
    let began = Instant::now();
    for import in &mut ledger.imports {
        loop {
            let state = client.get(&format!("/api/v1/imports/{}", import.id)).ok();
            if state["status"] != "running" {
                assert_eq!((&state["status"], &state["created"]), (&serde_json::json!("done"), &serde_json::json!(import.rows)), "{state}");
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(300), "an import does not end: {state}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    let beside = Beside::new(&place, "main");
    beside.settled();
    let wrong = faults(&ledger, &beside);
    assert!(wrong.is_empty(), "{} things were lost or are double:\n{}", wrong.len(), wrong.join("\n"));
    let total = client.get("/api/v1/records/contact?count=exact&limit=1").ok()["total"].as_i64().unwrap();
    assert_eq!(total, beside.number("SELECT count(*) FROM TABLE:contact WHERE \"archived_at\" IS NULL"));
    starts.sort();
    eprintln!(
        "{} kills on {engine:?}: {} creates, {} updates, {} bulk rows, {} imports acknowledged; ready again after {:?} (median) and {:?} (at most)",
        starts.len(),
        ledger.made.len(),
        ledger.made.values().filter(|m| m.version > 1).count(),
        ledger.bulk.len(),
        ledger.imports.len(),
        starts[starts.len() / 2],
        starts[starts.len() - 1]
    );
    assert!(ledger.made.len() > 5 && !ledger.bulk.is_empty() && !ledger.imports.is_empty(), "there was load");
}

/// The checker finds what it is there for: each kind of loss is planted once.
fn what_a_kill_could_break_is_found(engine: Engine) {
    let place = Place::new(engine);
    place.person("ada@example.org", "admin");
    let token = place.token("ada@example.org", &[]);
    let mut ledger = Ledger::default();
    let server = Server::start(&place);
    load::until_killed(&server, &server.client().bearer(&token), 0, &mut ledger);
    let client = server.client().bearer(&token);
    while ledger.imports.iter().any(|import| client.get(&format!("/api/v1/imports/{}", import.id)).ok()["status"] == "running") {
        std::thread::sleep(Duration::from_millis(50));
    }
    server.stop();
    let beside = Beside::new(&place, "main");
    assert_eq!(faults(&ledger, &beside), Vec::<String>::new());
    let made = ledger.made.iter().find(|(_, made)| made.version > 1).map(|(id, _)| id.clone()).expect("something was updated");
    let bulk = ledger.bulk.iter().next().unwrap().clone();
    let of_import = beside.rows("SELECT \"id\" FROM TABLE:contact WHERE \"last_name\" LIKE 'import-%' ORDER BY \"id\" LIMIT 1")[0][0].as_str().unwrap().to_owned();
    for (what, planted, undo) in [
        ("a lost row", format!("UPDATE TABLE:contact SET \"id\" = 'gone' WHERE \"id\" = '{made}'"), format!("UPDATE TABLE:contact SET \"id\" = '{made}' WHERE \"id\" = 'gone'")),
        ("a lost row of a mass change", format!("UPDATE TABLE:contact SET \"id\" = 'gone' WHERE \"id\" = '{bulk}'"), format!("UPDATE TABLE:contact SET \"id\" = '{bulk}' WHERE \"id\" = 'gone'")),
        (
            "a lost update",
            format!("UPDATE TABLE:contact SET \"version\" = \"version\" - 1 WHERE \"id\" = '{made}'"),
            format!("UPDATE TABLE:contact SET \"version\" = \"version\" + 1 WHERE \"id\" = '{made}'"),
        ),
        (
            "a lost value",
            format!("UPDATE TABLE:contact SET \"title\" = 'x' || \"title\" WHERE \"id\" = '{made}'"),
            format!("UPDATE TABLE:contact SET \"title\" = substr(\"title\", 2) WHERE \"id\" = '{made}'"),
        ),
        (
            "lost history",
            format!("UPDATE TABLE:sys_history SET \"object\" = 'gone' WHERE \"record\" = '{made}'"),
            format!("UPDATE TABLE:sys_history SET \"object\" = 'contact' WHERE \"record\" = '{made}'"),
        ),
        (
            "a lost event",
            format!("UPDATE TABLE:sys_outbox SET \"object\" = 'gone' WHERE \"record\" = '{made}'"),
            format!("UPDATE TABLE:sys_outbox SET \"object\" = 'contact' WHERE \"record\" = '{made}'"),
        ),
        ("a lost chunk", "UPDATE TABLE:sys_change_chunk SET \"object\" = 'gone'".to_owned(), "UPDATE TABLE:sys_change_chunk SET \"object\" = 'contact'".to_owned()),
        (
            "a row of an import twice",
            format!(
                "UPDATE TABLE:contact SET \"last_name\" = (SELECT max(\"last_name\") FROM TABLE:contact WHERE \"last_name\" LIKE 'import-0-%') WHERE \"id\" = '{of_import}' AND \"last_name\" <> (SELECT max(\"last_name\") FROM TABLE:contact WHERE \"last_name\" LIKE 'import-0-%')"
            ),
            String::new(),
        ),
        ("a counter behind", "UPDATE TABLE:sys_counter SET \"value\" = 0".to_owned(), String::new()),
    ] {
        assert!(beside.exec(&planted) > 0, "{what} could not be planted");
        assert!(!faults(&ledger, &beside).is_empty(), "{what} was not found");
        if !undo.is_empty() {
            beside.exec(&undo);
            assert_eq!(faults(&ledger, &beside), Vec::<String>::new(), "{what} was taken back");
        }
    }
}
