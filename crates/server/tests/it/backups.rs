use crate::{
    kills::ledger::{Ledger, faults},
    kit::{Beside, Engine, PASSWORD, Place, Server},
};
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};

crate::on_both!(a_backup_is_taken_and_restored_while_the_server_runs, an_upgrade_is_rehearsed_on_a_copy, a_backup_under_writes_is_one_moment, data_of_a_newer_program_is_left_alone);

fn a_backup_is_taken_and_restored_while_the_server_runs(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "admin");
    let token = place.token("ada@example.org", &[]);
    let client = server.client().bearer(&token);
    let screen = server.client().sign_in("ada@example.org", PASSWORD);
    client.post("/api/v1/records/contact", &json!({ "last_name": "Before" })).ok();
    let file = place.beside("backup.rapport");
    let file = file.to_str().unwrap();
    place.run(&["backup", file]).ok();
    place.run(&["backup", file]).fails(1);
    client.post("/api/v1/records/contact", &json!({ "last_name": "After" })).ok();
    assert_eq!(place.run(&["restore", "/nowhere"]).code, 1);
    let rubbish = place.beside("rubbish");
    std::fs::write(&rubbish, "rubbish").unwrap();
    assert_eq!(place.run(&["restore", rubbish.to_str().unwrap()]).code, 1);
    assert_eq!(client.get("/api/v1/records/contact?count=exact").ok()["total"], 2);
    place.run(&["restore", file]).ok();
    let names = client.get("/api/v1/records/contact?count=exact").ok();
    assert_eq!((&names["total"], &names["items"][0]["last_name"]), (&json!(1), &json!("Before")));
    assert_eq!(client.get("/api/v1/search?q=before").ok()["items"].as_array().unwrap().len(), 1);
    assert_eq!(client.get("/api/v1/search?q=after").ok()["items"], json!([]));
    assert_eq!(screen.get("/api/v1/me").status, 401, "sessions do not come back");
    client.post("/api/v1/records/contact", &json!({ "last_name": "Later" })).ok();
    server.stop();
    // on another machine
    let other = Place::new(engine);
    other.run(&["restore", file]).ok();
    assert_eq!(other.api(&["GET", "/records/contact"])["items"][0]["last_name"], "Before");
    let server = Server::start(&other);
    assert!(server.first_lines().is_empty());
    server.client().sign_in("ada@example.org", PASSWORD);
    assert_eq!(other.run(&["verify"]).code, 0);
}

fn an_upgrade_is_rehearsed_on_a_copy(engine: Engine) {
    let place = Place::new(engine);
    place.person("ada@example.org", "admin");
    place.api(&["POST", "/records/contact", "{\"last_name\":\"Before\"}"]);
    let said = place.run(&["upgrade", "--rehearse"]).ok();
    assert!(said.starts_with("main: ") && said.contains("The data was not changed"), "{said}");
    assert_eq!(place.api(&["GET", "/records/contact?count=exact"])["total"], 1);
    assert_eq!(place.run(&["workspace", "list"]).ok(), "main\n");
}

#[test]
fn damage_is_found() {
    let place = Place::new(Engine::Sqlite);
    place.person("ada@example.org", "admin");
    assert_eq!(place.run(&["verify"]).code, 0);
    let folder = place.data().join("workspaces/main/files/ab");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("ab{}", "0".repeat(62))), "not that").unwrap();
    let said = place.run(&["verify"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("another content"), "{said:?}");
}

/// Rows, history and events of a backup belong together, whoever was writing meanwhile.
fn a_backup_under_writes_is_one_moment(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "admin");
    let client = server.client().bearer(&place.token("ada@example.org", &[]));
    let over = AtomicBool::new(false);
    let file = place.beside("backup.rapport").to_str().unwrap().to_owned();
    std::thread::scope(|scope| {
        for w in 0..3 {
            let (client, over) = (client.clone(), &over);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    let items: Vec<_> = (0..20).map(|n| json!({ "last_name": format!("W{w}N{n}") })).collect();
                    client.post("/api/v1/records/contact/bulk", &json!({ "mode": "create", "items": items })).ok();
                    let made = client.post("/api/v1/records/contact", &json!({ "last_name": "Lone" })).ok();
                    client.with("if-match", "*").send("PATCH", &format!("/api/v1/records/contact/{}", made["id"].as_str().unwrap()), Some(("application/json", "{\"title\":\"x\"}"))).ok();
                }
            });
        }
        std::thread::sleep(std::time::Duration::from_millis(300));
        let said = place.run(&["backup", &file]);
        over.store(true, Ordering::Relaxed);
        said.ok();
    });
    let other = Place::new(engine);
    other.run(&["restore", &file]).ok();
    let beside = Beside::new(&other, "main");
    assert!(beside.number("SELECT count(*) FROM TABLE:contact") > 0);
    assert_eq!(faults(&Ledger::default(), &beside), Vec::<String>::new());
    drop(beside);
    assert_eq!(other.run(&["verify"]).code, 0);
}

fn data_of_a_newer_program_is_left_alone(engine: Engine) {
    let place = Place::new(engine);
    place.person("ada@example.org", "admin");
    let beside = Beside::new(&place, "main");
    assert!(beside.number("SELECT \"schema_version\" FROM TABLE:sys_state") > 0);
    beside.exec("UPDATE TABLE:sys_state SET \"schema_version\" = 9999");
    let before = beside.picture();
    drop(beside);
    for words in [&["user", "list"][..], &["api", "GET", "/objects"], &["serve", "--listen", "127.0.0.1:0"]] {
        let said = place.run(words);
        assert!(said.code == 1 && said.err.contains("newer Rapport"), "{words:?}: {said:?}");
    }
    assert_eq!(Beside::new(&place, "main").picture(), before, "nothing was touched");
}

#[test]
fn a_flipped_bit_is_found() {
    let place = Place::new(Engine::Sqlite);
    {
        let server = Server::start(&place);
        place.person("ada@example.org", "admin");
        let client = server.client().bearer(&place.token("ada@example.org", &[]));
        let items: Vec<_> = (0..500).map(|n| json!({ "last_name": format!("Flip {n}") })).collect();
        let made = client.post("/api/v1/records/contact/bulk", &json!({ "mode": "create", "items": items })).ok();
        let path = format!("/api/v1/records/contact/{}/files", made["items"][0]["id"].as_str().unwrap());
        let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nthe content\r\n--x--\r\n";
        client.send("POST", &path, Some(("multipart/form-data; boundary=x", form))).ok();
        server.stop();
    }
    assert_eq!(place.run(&["verify"]).code, 0);
    let flip = |path: &std::path::Path, at: usize| {
        let mut bytes = std::fs::read(path).unwrap();
        bytes[at] ^= 0x40;
        std::fs::write(path, bytes).unwrap();
    };
    let files = place.data().join("workspaces/main/files");
    let spread = std::fs::read_dir(&files).unwrap().map(|e| e.unwrap().path()).find(|p| p.file_name().unwrap().len() == 2).unwrap();
    let stored = std::fs::read_dir(spread).unwrap().next().unwrap().unwrap().path();
    flip(&stored, 0);
    let said = place.run(&["verify"]);
    assert!(said.code == 1 && said.out.contains("another content"), "{said:?}");
    flip(&stored, 0);
    assert_eq!(place.run(&["verify"]).code, 0);
    // the type of a page of the database, in several places
    let database = place.data().join("workspaces/main/data.db");
    let page = 4_096;
    let pages = std::fs::metadata(&database).unwrap().len() as usize / page;
    let whole = std::fs::read(&database).unwrap();
    for at in [pages / 4, pages / 2, pages * 3 / 4] {
        flip(&database, at * page);
        let said = place.run(&["verify"]);
        assert_eq!(said.code, 1, "page {at} of {pages}: {said:?}");
        std::fs::write(&database, &whole).unwrap();
    }
}
