//! Creates, updates, mass changes, an import and searches, all at once, until the server is to die.

use super::ledger::{Import, Ledger, Made};
use crate::kit::{Client, Server};
use serde_json::{Value as Json, json};
use std::{
    fmt::Write as _,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{scope, sleep},
    time::Duration,
};

const ROWS: u64 = 2_500;

/// Returns while requests are under way; the caller kills the server then, so that some of them are cut off.
pub(super) fn until_killed(server: &Server, client: &Client, round: u64, ledger: &mut Ledger) {
    let kill = || {
        if round % 2 == 1 {
            server.signal("KILL");
        }
    };
    until(kill, client, round, ledger);
}

/// Until `end` has happened, in the middle of everything.
pub(super) fn until(end: impl FnOnce(), client: &Client, round: u64, ledger: &mut Ledger) {
    ask(client, "PUT", "/api/v1/records/account/by/external_id/home", &json!({"name": "Home"}));
    let (over, shared) = (AtomicBool::new(false), Mutex::new(ledger));
    scope(|scope| {
        let running = || !over.load(Ordering::Relaxed);
        for worker in 0..2 {
            let (client, shared) = (client.clone(), &shared);
            scope.spawn(move || {
                let mut n = 0;
                while running() {
                    n += 1;
                    if !create_and_update(&client, &format!("r{round}w{worker}n{n}"), shared) {
                        return;
                    }
                }
            });
        }
        let others: [fn(&Client, u64, u64, &Mutex<&mut Ledger>) -> bool; 3] = [bulk, case, search];
        for work in others {
            let (client, shared) = (client.clone(), &shared);
            scope.spawn(move || {
                let mut n = 0;
                while running() && work(&client, round, n, shared) {
                    n += 1;
                }
            });
        }
        scope.spawn(|| import(client, round, &shared));
        // another moment each round, the same ones in each run
        sleep(Duration::from_millis(250 + (round * 137) % 500));
        end();
        over.store(true, Ordering::Relaxed);
    });
}

/// None where the server is gone.
fn ask(client: &Client, method: &str, path: &str, body: &Json) -> Option<(u16, Json)> {
    let answer = client.try_send(method, path, Some(("application/json", &body.to_string())))?;
    Some((answer.status, serde_json::from_str(&answer.body).unwrap_or(Json::Null)))
}

fn create_and_update(client: &Client, name: &str, ledger: &Mutex<&mut Ledger>) -> bool {
    let Some((status, made)) = ask(client, "POST", "/api/v1/records/contact", &json!({"last_name": name, "title": "new"})) else { return false };
    if status != 201 {
        return status < 500 || status == 503;
    }
    let id = made["id"].as_str().unwrap().to_owned();
    ledger.lock().unwrap().made.insert(id.clone(), Made { version: 1, title: "new".into(), under_way: None });
    let client = client.with("if-match", "*");
    for n in 0..3 {
        let title = format!("title {n}");
        ledger.lock().unwrap().made.get_mut(&id).unwrap().under_way = Some(title.clone());
        let Some((status, changed)) = ask(&client, "PATCH", &format!("/api/v1/records/contact/{id}"), &json!({ "title": title })) else { return false };
        let mut ledger = ledger.lock().unwrap();
        let made = ledger.made.get_mut(&id).unwrap();
        if status != 200 {
            // refused, or lost on its way to the disk: it may be there or not
            return status < 500 || status == 503;
        }
        *made = Made { version: changed["version"].as_i64().unwrap(), title, under_way: None };
    }
    true
}

fn bulk(client: &Client, round: u64, n: u64, ledger: &Mutex<&mut Ledger>) -> bool {
    let items: Vec<Json> = (0..40).map(|i| json!({"last_name": format!("bulk-{round}-{n}-{i}")})).collect();
    let Some((status, answer)) = ask(client, "POST", "/api/v1/records/contact/bulk", &json!({"mode": "create", "items": items})) else { return false };
    if status == 200 {
        let ids = answer["items"].as_array().unwrap().iter().filter(|i| i["status"] == 201).map(|i| i["id"].as_str().unwrap().to_owned());
        ledger.lock().unwrap().bulk.extend(ids);
    }
    true
}

fn case(client: &Client, round: u64, n: u64, ledger: &Mutex<&mut Ledger>) -> bool {
    let Some((status, made)) = ask(client, "POST", "/api/v1/records/case", &json!({"subject": format!("case {round} {n}"), "account": {"by": "external_id", "value": "home"}})) else { return false };
    if status == 201 {
        ledger.lock().unwrap().numbers.insert(made["number"].as_str().unwrap().to_owned());
    }
    true
}

fn search(client: &Client, round: u64, _: u64, _: &Mutex<&mut Ledger>) -> bool {
    sleep(Duration::from_millis(20));
    let found = client.try_send("GET", &format!("/api/v1/search?q=bulk-{round}"), None);
    found.is_some_and(|answer| answer.status == 200 || answer.status == 503)
}

fn import(client: &Client, round: u64, ledger: &Mutex<&mut Ledger>) {
    let mut csv = "last_name,title\n".to_owned();
    for n in 0..ROWS {
        writeln!(csv, "import-{round}-{n},imported").unwrap();
    }
    let body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"object\"\r\n\r\ncontact\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\nContent-Type: text/csv\r\n\r\n{csv}\r\n--x--\r\n"
    );
    let Some(answer) = client.try_send("POST", "/api/v1/imports", Some(("multipart/form-data; boundary=x", &body))) else { return };
    if answer.status == 202 {
        ledger.lock().unwrap().imports.push(Import { id: answer.json()["id"].as_str().unwrap().to_owned(), round, rows: ROWS });
    }
}
