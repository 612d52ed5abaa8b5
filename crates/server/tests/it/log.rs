//! The log of what was done with rights and data, as an auditor reads it.

use crate::kit::{Beside, Engine, PASSWORD, Place, Server};
use serde_json::{Value as Json, json};
use std::fs;

crate::on_both!(sign_ins_reads_and_exports_are_in_it, a_changed_log_is_found, what_was_read_before_a_kill_is_in_it, a_restore_is_in_it);

fn items(answer: &Json) -> Vec<Json> {
    answer["items"].as_array().unwrap().clone()
}
fn names(entries: &[Json]) -> Vec<&str> {
    entries.iter().map(|e| e["by"]["name"].as_str().unwrap_or("nobody")).collect()
}

fn sign_ins_reads_and_exports_are_in_it(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    let ada = place.person("ada@example.org", "admin");
    place.person("rex@example.org", "rep");
    place.person("aud@example.org", "auditor");
    let admin = server.client().sign_in("ada@example.org", PASSWORD);
    let rep = server.client().sign_in("rex@example.org", PASSWORD);
    let auditor = server.client().sign_in("aud@example.org", PASSWORD);
    let wrong = server.client().post("/api/v1/auth/login", &json!({"email": "rex@example.org", "password": "not this one at all"}));
    assert_eq!(wrong.problem(401), "bad_credentials");
    server.client().post("/api/v1/auth/login", &json!({"email": "who@example.org", "password": "not this one at all"}));

    let id = rep.post("/api/v1/records/contact", &json!({"last_name": "Lovelace"})).json()["id"].as_str().unwrap().to_owned();
    let other = admin.post("/api/v1/records/contact", &json!({"last_name": "Babbage"})).json()["id"].as_str().unwrap().to_owned();
    rep.get(&format!("/api/v1/records/contact/{id}")).ok();
    admin.get("/api/v1/search?q=lovelace").ok();
    let program = server.client().bearer(&place.token("ada@example.org", &["--name", "sync", "--scope", "contact:read"]));
    program.get("/api/v1/records/contact").ok();
    place.run(&["export", "contact", "-o", place.beside("out.csv").to_str().unwrap()]).ok();

    // who may not read it causes no work: what was read until now is not written down for them
    let written = || Beside::new(&place, "main").number("SELECT count(*) FROM TABLE:sys_log");
    let before = written();
    assert_eq!(rep.get("/api/v1/log").status, 403);
    assert_eq!(written(), before);
    auditor.get("/api/v1/log").ok();
    assert!(written() > before, "control: for the auditor it is");
    // who may not read it is told so, and nothing else
    for path in ["/api/v1/log", "/api/v1/log/0", "/api/v1/log/head", "/api/v1/log/inclusion?entry=0", "/api/v1/log/consistency?from=1"] {
        assert_eq!(rep.get(path).problem(403), "not_allowed", "{path}");
        auditor.get(path).ok();
    }
    let log = |query: &str| items(&auditor.get(&format!("/api/v1/log?{query}")).ok());
    let signed_in = log("kind=sign_in");
    assert_eq!(names(&signed_in).len(), 3);
    assert!(signed_in.iter().all(|e| e["private"]["address"] == "127.0.0.1" && e["via"].as_str().unwrap().starts_with("session ")));
    let refused = log("kind=sign_in_refused");
    assert_eq!(names(&refused), ["nobody", "nobody"]);
    assert!(!json!(refused).to_string().contains("example.org"), "what was typed is not kept");
    // who saw the contact: the rep who opened it, the admin who found it, the program that listed it
    let saw = log(&format!("object=contact&saw={id}"));
    let mut who: Vec<(String, String)> = saw.iter().map(|e| (e["by"]["name"].as_str().unwrap().to_owned(), e["via"].as_str().unwrap().split(' ').next().unwrap().to_owned())).collect();
    who.sort();
    who.dedup();
    let expected = [("ada@example.org", "session"), ("ada@example.org", "token"), ("rex@example.org", "session")];
    assert_eq!(who, expected.map(|(name, via)| (name.to_owned(), via.to_owned())), "{saw:#?}");
    assert!(log(&format!("object=contact&saw={other}")).iter().all(|e| e["by"]["name"] == "ada@example.org"), "a rep sees their own");
    assert_eq!(log("searched=Lovelace").len(), 1);
    assert!(log("kind=disclosure").iter().any(|e| e["detail"]["via"] == "export" && e["detail"]["count"] == 2));
    assert_eq!(log(&format!("kind=grant&record={ada}")).len(), 1);
    assert!(log("kind=sign_in_means").iter().any(|e| e["detail"]["what"] == "token_made" && e["private"]["name"] == "sync"));
    assert!(!log("kind=log_read").is_empty(), "that the log is read is in it");
    for bad in ["kind=else", "by=x", "saw=1", "from=soon", "limit=0"] {
        assert_eq!(auditor.get(&format!("/api/v1/log?{bad}")).status, 400, "{bad}");
    }
    assert_eq!(auditor.get("/api/v1/log/999999").status, 404);
    assert_eq!(auditor.get("/api/v1/log/consistency?from=0").status, 422);

    // the same at the command line
    let said = place.run(&["log", "list", "--saw", "contact", &id, "--json"]).ok();
    assert!(said.lines().count() >= 3 && said.lines().all(|l| serde_json::from_str::<Json>(l).unwrap()["kind"] == "read"), "{said}");
    let said = place.run(&["log", "list", "--kind", "sign_in", "--by", "rex@example.org"]).ok();
    assert_eq!(said.lines().count(), 1, "{said}");
    place.run(&["--as", "rex@example.org", "log", "list"]).fails(1);
    let out = place.beside("out.txt");
    place.run(&["log", "head", "-o", out.to_str().unwrap()]).ok();
    assert!(place.run(&["log", "verify", "--head", out.to_str().unwrap()]).ok().contains("as they were written"));
}

fn a_changed_log_is_found(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "admin");
    let admin = server.client().sign_in("ada@example.org", PASSWORD);
    let note = admin.get("/api/v1/log/head").ok()["note"].as_str().unwrap().to_owned();
    let head = place.beside("head.txt");
    fs::write(&head, &note).unwrap();
    let verify = || place.run(&["log", "verify", "--head", head.to_str().unwrap()]);
    verify().ok();
    let whole = admin.post("/api/v1/log/verification", &json!({"heads": [note]})).ok();
    assert_eq!((&whole["findings"], &whole["heads"]), (&json!([]), &json!(1)));
    let beside = Beside::new(&place, "main");
    assert_eq!(beside.exec("UPDATE TABLE:sys_log SET \"by\" = NULL WHERE \"kind\" = 'sign_in'"), 1);
    let said = verify();
    assert_eq!(said.code, 1);
    assert!(said.out.contains("changed after it was written"), "{said:?}");
    let found = admin.post("/api/v1/log/verification", &json!({})).ok();
    assert!(!found["findings"].as_array().unwrap().is_empty());
    assert_eq!(admin.post("/api/v1/log/verification", &json!({"heads": ["x"]})).problem(400), "bad_head");
}

fn what_was_read_before_a_kill_is_in_it(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "admin");
    let admin = server.client().sign_in("ada@example.org", PASSWORD);
    let id = admin.post("/api/v1/records/contact", &json!({"last_name": "Lovelace"})).json()["id"].as_str().unwrap().to_owned();
    admin.get(&format!("/api/v1/records/contact/{id}/history")).ok();
    server.signal("KILL");
    server.wait();
    let _server = Server::start(&place);
    let said = place.run(&["log", "list", "--saw", "contact", &id, "--json"]).ok();
    assert!(said.lines().any(|l| l.contains("history") && l.contains("ada@example.org")), "{said}");
}

fn a_restore_is_in_it(engine: Engine) {
    let place = Place::new(engine);
    place.person("ada@example.org", "admin");
    let (backup, head) = (place.beside("b.rapport"), place.beside("head.txt"));
    place.run(&["backup", backup.to_str().unwrap()]).ok();
    place.person("bob@example.org", "rep");
    place.run(&["log", "head", "-o", head.to_str().unwrap()]).ok();
    place.run(&["restore", backup.to_str().unwrap()]).ok();
    let said = place.run(&["log", "list", "--kind", "restore", "--json"]).ok();
    let entry: Json = serde_json::from_str(said.trim()).unwrap();
    assert!(entry["detail"]["entries_before"].as_i64() > entry["entry"].as_i64(), "{entry}");
    // whole in itself; but the head that somebody kept tells that entries are gone
    place.run(&["log", "verify"]).ok();
    let said = place.run(&["log", "verify", "--head", head.to_str().unwrap()]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("kept head") || said.out.contains("head that was kept"), "{said:?}");
}
