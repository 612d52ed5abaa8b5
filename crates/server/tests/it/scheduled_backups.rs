//! Backups that come by themselves, and the proof that they can be restored.

use crate::kit::{Client, Engine, PASSWORD, Place, Server};
use serde_json::{Value as Json, json};
use std::{
    fs,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

crate::on_both!(
    backups_come_by_themselves_to_every_place_encrypted,
    what_is_wrong_with_a_backup_is_named,
    a_place_that_is_gone_is_told_and_tried_again,
    who_was_erased_does_not_come_back_on_another_machine,
    a_kill_leaves_no_half_backup,
    who_may_see_and_who_may_make
);

const KEY: &str = "a passphrase of these tests\n";

fn wait(what: &str, mut until: impl FnMut() -> bool) {
    let began = Instant::now();
    while !until() {
        assert!(began.elapsed() < Duration::from_secs(60), "waited a minute: {what}");
        sleep(Duration::from_millis(50));
    }
}
/// Asks for work and waits until it is done.
fn done(client: &Client, path: &str) -> Json {
    wait("nothing else runs", || client.get("/api/v1/backups").ok()["running"].is_null());
    assert_eq!(client.post(path, &json!({})).status, 202);
    let mut status = Json::Null;
    wait(path, || {
        status = client.get("/api/v1/backups").ok();
        status["running"].is_null()
    });
    status
}
fn admin(place: &Place, server: &Server) -> Client {
    place.person("ada@example.org", "admin");
    server.client().bearer(&place.token("ada@example.org", &[]))
}
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder.join("main")).map(|all| all.map(|e| e.unwrap().path()).collect()).unwrap_or_default();
    files.sort();
    files
}
fn backups(folder: &Path) -> Vec<PathBuf> {
    files(folder).into_iter().filter(|f| f.to_str().unwrap().contains(".rapport")).collect()
}
fn reasons(status: &Json) -> Vec<&str> {
    status["alarm"].as_array().unwrap().iter().map(|a| a["reason"].as_str().unwrap()).collect()
}
fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
/// Uploads a file to a contact.
fn attach(client: &Client, contact: &str) {
    let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nthe content\r\n--x--\r\n";
    client.send("POST", &format!("/api/v1/records/contact/{contact}/files"), Some(("multipart/form-data; boundary=x", form))).ok();
}

fn backups_come_by_themselves_to_every_place_encrypted(engine: Engine) {
    let place = Place::new(engine);
    let (near, far, key) = (place.beside("near"), place.beside("far"), place.beside("key"));
    let to = format!("{},{}", near.display(), far.display());
    for folder in [&near, &far] {
        fs::create_dir(folder).unwrap();
    }
    fs::write(&key, KEY).unwrap();
    let place = place.set("backup.to", &to).set("backup.every", "1s").set("backup.key_file", text(&key)).set("backup.keep.hourly", "0").set("backup.keep.daily", "1").set("backup.keep.monthly", "0");
    let server = Server::start(&place);
    let client = admin(&place, &server);
    let made = client.post("/api/v1/records/contact", &json!({ "last_name": "Backed-Up" })).ok();
    attach(&client, made["id"].as_str().unwrap());
    let proven = |status: &Json| status["items"].as_array().unwrap().iter().filter(|i| i["result"] == "proven").count();
    let mut status = Json::Null;
    wait("a proven backup in both places", || {
        status = client.get("/api/v1/backups").ok();
        proven(&status) >= 2
    });
    assert_eq!(reasons(&status), [""; 0], "{status}");
    let first = &status["items"][0];
    assert_eq!((&first["encrypted"], status["places"][0]["beside_the_data"].as_bool()), (&json!(true), Some(true)), "{status}");
    assert!(first["found"]["rows"].as_u64().is_none_or(|rows| rows > 10), "{first}");
    // of one day the last one is kept, and the last one that was proven
    wait("thinning", || {
        let more = client.get("/api/v1/backups").ok()["items"][0]["at"].clone();
        more != first["at"] && backups(&near).len() <= 3
    });
    wait("nothing runs", || client.get("/api/v1/backups").ok()["running"].is_null());
    let disclosures = client.get("/api/v1/records/disclosure?count=exact").ok();
    let whom = disclosures["items"].as_array().unwrap().iter().filter(|d| d.to_string().contains("near") && d.to_string().contains("backup")).count();
    assert!(whom >= 1, "{disclosures}");
    let status = done(&client, "/api/v1/backups");
    assert_eq!(reasons(&status), [""; 0], "{status}");
    server.stop();
    let file = backups(&far).pop().unwrap();
    let bytes = fs::read(&file).unwrap();
    assert!(!bytes.windows(9).any(|w| w == b"Backed-Up") && !bytes.windows(12).any(|w| w == b"rapport.json"));
    // on another machine, which has neither the first one nor its settings
    let other = Place::new(engine);
    let said = other.run(&["restore", text(&file)]).fails(1);
    assert!(said.contains("--key-file"), "{said}");
    let wrong = place.beside("wrong");
    fs::write(&wrong, "another passphrase of these tests").unwrap();
    let said = other.run(&["restore", text(&file), "--key-file", text(&wrong)]).fails(1);
    assert!(said.contains("cannot be opened with this passphrase"), "{said}");
    other.run(&["restore", text(&file), "--key-file", text(&key)]).ok();
    assert_eq!(other.api(&["GET", "/records/contact"])["items"][0]["last_name"], "Backed-Up");
    assert_eq!(other.run(&["verify"]).code, 0);
    let server = Server::start(&other);
    server.client().sign_in("ada@example.org", PASSWORD);
}

fn what_is_wrong_with_a_backup_is_named(engine: Engine) {
    let place = Place::new(engine);
    place.person("ada@example.org", "admin");
    let server = Server::start(&place);
    let client = server.client().bearer(&place.token("ada@example.org", &[]));
    for n in 0..3 {
        let made = client.post("/api/v1/records/contact", &json!({ "last_name": format!("Row {n}") })).ok();
        attach(&client, made["id"].as_str().unwrap());
        client.with("if-match", "*").send("PATCH", &format!("/api/v1/records/contact/{}", made["id"].as_str().unwrap()), Some(("application/json", "{\"title\":\"x\"}"))).ok();
    }
    server.stop();
    let said = place.run(&["backup", "--prove"]).fails(1);
    assert!(said.contains("There is no backup"), "{said}");
    let said = place.run(&["backup", "--now", "--prove"]);
    assert!(said.err.contains("does not survive the loss"), "{said:?}");
    assert!(said.ok().contains("proven 20"));
    let file = backups(&place.data().join("backups")).pop().unwrap();
    let whole = fs::read(&file).unwrap();
    let state = place.data().join("backups/main/state.json");
    let fails = |why: &str| {
        let said = place.run(&["backup", "--prove"]).fails(1);
        assert!(said.contains(why), "{why}: {said}");
        let status: Json = serde_json::from_str(&place.run(&["backup", "--list", "--json"]).ok()).unwrap();
        assert!(status["items"][0]["result"] == "failed" && status["items"][0]["detail"].as_str().unwrap().contains(why) && status["items"][0]["proven_at"].is_null(), "{status}");
        assert!(reasons(&status).contains(&"proof_failed"), "{status}");
    };
    let heals = || {
        fs::write(&file, &whole).unwrap();
        place.run(&["backup", "--prove"]).ok();
    };
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    fs::write(&file, &flipped).unwrap();
    fails("is not what was written");
    heals();
    // also where nobody remembers what was written; a single byte may be one that says nothing, such as a time in a header
    let middle = whole.len() / 2;
    flipped[middle..middle + 256].iter_mut().for_each(|byte| *byte ^= 1);
    fs::remove_file(&state).unwrap();
    fs::write(&file, &flipped).unwrap();
    fails("no whole Rapport backup");
    fs::remove_file(&state).unwrap();
    fs::write(&file, &whole[..whole.len() - 100]).unwrap();
    fails("no whole Rapport backup");
    heals();
    for (odd, why) in [
        (rewritten(&whole, engine, Some("contact"), None), "the table contact has 2 rows instead of 3"),
        (rewritten(&whole, engine, Some("sys_history"), None), "the table sys_history has"),
        (rewritten(&whole, engine, None, Some("files/")), "is missing"),
    ] {
        fs::remove_file(&state).unwrap();
        fs::write(&file, odd).unwrap();
        fails(why);
    }
    // written anew with nothing left out it is whole: the rewriting is not what was noticed
    fs::remove_file(&state).unwrap();
    fs::write(&file, rewritten(&whole, engine, None, None)).unwrap();
    place.run(&["backup", "--prove"]).ok();
    heals_history(&place, engine, &file, &whole, &state);
    // nothing is left of all the trials
    assert_eq!(place.run(&["workspace", "list"]).ok(), "main\n");
    assert_eq!(fs::read_dir(place.data().join("workspaces")).unwrap().count(), 1);
    // encrypted, and the key was changed since
    let key = place.beside("key");
    fs::write(&key, KEY).unwrap();
    let place = place.set("backup.key_file", text(&key));
    place.run(&["backup", "--now", "--prove"]).ok();
    fs::write(&key, "quite another passphrase").unwrap();
    let said = place.run(&["backup", "--prove"]).fails(1);
    assert!(said.contains("cannot be opened with this passphrase"), "{said}");
    fs::write(&key, KEY).unwrap();
    place.run(&["backup", "--prove"]).ok();
}

/// A record whose version is not that of its history: only SQLite's database can be changed in place here.
fn heals_history(place: &Place, engine: Engine, file: &Path, whole: &[u8], state: &Path) {
    if engine == Engine::Postgres {
        return;
    }
    fs::remove_file(state).unwrap();
    fs::write(file, with_database(whole, "UPDATE \"contact\" SET \"version\" = 7 WHERE \"id\" = (SELECT MAX(\"id\") FROM \"contact\")", None)).unwrap();
    let said = place.run(&["backup", "--prove"]).fails(1);
    assert!(said.contains("is version 7, its history ends with 2"), "{said}");
    fs::write(file, whole).unwrap();
    fs::remove_file(state).unwrap();
    place.run(&["backup", "--prove"]).ok();
}

/// The archive without one row of `table` or without the first entry whose name begins with `entry`.
fn rewritten(archive: &[u8], engine: Engine, table: Option<&str>, entry: Option<&str>) -> Vec<u8> {
    if engine == Engine::Sqlite {
        let sql = table.map(|t| format!("DELETE FROM \"{t}\" WHERE rowid = (SELECT MAX(rowid) FROM \"{t}\")"));
        return with_database(archive, sql.as_deref().unwrap_or("SELECT 1"), entry);
    }
    repack(archive, entry, |name, content| {
        if table.is_some_and(|t| name == format!("tables/{t}.jsonl")) {
            let cut = content.iter().position(|b| *b == b'\n').unwrap() + 1;
            content.drain(..cut);
        }
    })
}

fn with_database(archive: &[u8], sql: &str, entry: Option<&str>) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.db");
    repack(archive, entry, |name, content| {
        if name == "data.db" {
            fs::write(&path, &content).unwrap();
            let store = store::open_sqlite(&path, store::Options::default()).unwrap();
            let sql = sql.to_owned();
            store.write_blocking(move |db| if sql.starts_with("SELECT") { Ok(0) } else { db.exec(&store::Sql::new(sql)) }).unwrap();
            store.close_blocking();
            *content = fs::read(&path).unwrap();
        }
    })
}

fn repack(archive: &[u8], without: Option<&str>, mut change: impl FnMut(&str, &mut Vec<u8>)) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut left_out = false;
    for i in 0..from.len() {
        let mut entry = from.by_index(i).unwrap();
        let name = entry.name().unwrap().into_owned();
        if !left_out && without.is_some_and(|prefix| name.starts_with(prefix)) {
            left_out = true;
            continue;
        }
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        change(&name, &mut content);
        to.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        to.write_all(&content).unwrap();
    }
    to.finish().unwrap().into_inner()
}

fn a_place_that_is_gone_is_told_and_tried_again(engine: Engine) {
    let place = Place::new(engine);
    let (near, far) = (place.beside("near"), place.beside("far"));
    fs::create_dir(&near).unwrap();
    let place = place.set("backup.to", &format!("{},{}", near.display(), far.display())).set("backup.every", "12h").set("backup.prove", "0s").set("backup.alarm", "2s");
    let server = Server::start(&place);
    let client = admin(&place, &server);
    let status = done(&client, "/api/v1/backups");
    let error = |status: &Json, n: usize| status["places"][n]["error"]["detail"].as_str().unwrap_or_default().to_owned();
    assert_eq!((status["items"].as_array().unwrap().len(), error(&status, 0).as_str()), (1, ""), "{status}");
    assert!(error(&status, 1).contains("is not there. Mount it"), "{status}");
    assert!(reasons(&status).contains(&"no_backup"), "{status}");
    assert!(!far.exists(), "a folder that is not mounted is not made");
    let status = done(&client, "/api/v1/backups/proof");
    assert!(status["items"][0]["result"] == "proven" && reasons(&status).contains(&"proof_failed"), "{status}");
    client.post("/api/v1/records/contact", &json!({ "last_name": "The server goes on" })).ok();
    fs::create_dir(&far).unwrap();
    let status = done(&client, "/api/v1/backups");
    assert_eq!((status["items"].as_array().unwrap().len(), error(&status, 1).as_str()), (3, ""), "{status}");
    // the newest of each place have the same bytes and are proven together
    let status = done(&client, "/api/v1/backups/proof");
    assert_eq!((&status["items"][0]["result"], &status["items"][1]["result"]), (&json!("proven"), &json!("proven")), "{status}");
    assert_eq!(reasons(&status), [""; 0], "{status}");
    // and after its time without another proof there is an alarm
    wait("an alarm", || reasons(&client.get("/api/v1/backups").ok()).contains(&"unproven"));
    server.stop();
    let log = fs::read_to_string(place.data().join("logs/rapport.log")).unwrap();
    assert!(log.contains("a backup could not be made"), "{log}");
}

fn who_was_erased_does_not_come_back_on_another_machine(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    let client = admin(&place, &server);
    let gone = client.post("/api/v1/records/contact", &json!({ "last_name": "Forgotten" })).ok();
    client.post("/api/v1/records/contact", &json!({ "last_name": "Remembered" })).ok();
    let status = done(&client, "/api/v1/backups");
    let old = PathBuf::from(status["items"][0]["file"].as_str().unwrap());
    let kept = place.beside("kept");
    fs::create_dir(&kept).unwrap();
    let kept = kept.join(old.file_name().unwrap());
    fs::copy(&old, &kept).unwrap();
    client.post(&format!("/api/v1/records/contact/{}/erasure", gone["id"].as_str().unwrap()), &json!({})).ok();
    // the older backup is proven with the ids of those who were erased since
    let status = done(&client, "/api/v1/backups/proof");
    assert!(status["items"][0]["found"]["erased"].as_u64() >= Some(1), "{status}");
    let erasures = place.data().join("backups/main/erasures");
    wait("ids beside the older backup, without a new one", || fs::read_to_string(&erasures).is_ok_and(|ids| ids.contains(gone["id"].as_str().unwrap())));
    server.stop();
    let names = |other: &Place| {
        let mut names: Vec<String> = other.api(&["GET", "/records/contact"])["items"].as_array().unwrap().iter().map(|c| c["last_name"].as_str().unwrap_or_default().to_owned()).collect();
        names.sort();
        names
    };
    // alone it brings everybody back: nobody told the other machine
    let other = Place::new(engine);
    other.run(&["restore", text(&kept)]).ok();
    assert_eq!(names(&other), ["Forgotten", "Remembered"]);
    // with what lies beside it in the place it does not
    fs::copy(erasures, kept.with_file_name("erasures")).unwrap();
    let other = Place::new(engine);
    other.run(&["restore", text(&kept)]).ok();
    assert_eq!(names(&other), ["Remembered"]);
    // the same in a server that runs
    let other = Place::new(engine);
    let server = Server::start(&other);
    other.run(&["restore", text(&kept)]).ok();
    assert_eq!(names(&other), ["Remembered"]);
    server.stop();
}

fn a_kill_leaves_no_half_backup(engine: Engine) {
    let place = Place::new(engine);
    let folder = place.data().join("backups");
    place.run(&["demo", "--contacts", "300"]).ok();
    for ms in [0, 50, 150, 400, 800] {
        let server = Server::start(&place);
        let token = if ms == 0 { admin_token(&place) } else { place.token("ada@example.org", &[]) };
        assert_eq!(server.client().bearer(&token).post("/api/v1/backups", &json!({})).status, 202);
        sleep(Duration::from_millis(ms));
        server.signal("KILL");
        server.wait();
    }
    // the same for a proof, which has a whole workspace beside the other
    let server = Server::start(&place);
    assert_eq!(server.client().bearer(&place.token("ada@example.org", &[])).post("/api/v1/backups/proof", &json!({})).status, 202);
    sleep(Duration::from_millis(300));
    server.signal("KILL");
    server.wait();
    place.run(&["user", "list"]).ok();
    assert_eq!(fs::read_dir(place.data().join("workspaces")).unwrap().count(), 1);
    // as a kill while it is copied leaves it
    fs::create_dir_all(folder.join("main")).unwrap();
    let half = folder.join("main/main-20260101T000000000Z.rapport.partial");
    fs::write(&half, "half").unwrap();
    let there = backups(&folder).into_iter().filter(|f| f.extension().is_some_and(|e| e == "rapport")).count();
    let server = Server::start(&place);
    let client = server.client().bearer(&place.token("ada@example.org", &[]));
    assert_eq!(client.get("/api/v1/backups").ok()["items"].as_array().unwrap().len(), there);
    // whatever a kill left under a backup's name is whole
    if there > 0 {
        let status = done(&client, "/api/v1/backups/proof");
        assert_eq!(status["items"][0]["result"], "proven", "{status}");
    }
    done(&client, "/api/v1/backups");
    let status = done(&client, "/api/v1/backups/proof");
    assert_eq!((&status["items"][0]["result"], reasons(&status)), (&json!("proven"), vec![]), "{status}");
    assert!(backups(&folder).iter().all(|f| f.extension().is_some_and(|e| e == "rapport")), "{:?}", backups(&folder));
    server.stop();
    assert_eq!(fs::read_dir(place.data().join("tmp")).unwrap().count(), 0);
}
fn admin_token(place: &Place) -> String {
    place.person("ada@example.org", "admin");
    place.token("ada@example.org", &[])
}

fn who_may_see_and_who_may_make(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    let client = admin(&place, &server);
    assert_eq!(client.get("/api/v1/backups").ok()["items"], json!([]));
    assert_eq!(server.client().get("/api/v1/backups").status, 401);
    for (role, sees) in [("rep", 403), ("auditor", 200)] {
        let email = format!("{role}@example.org");
        place.person(&email, role);
        let theirs = server.client().bearer(&place.token(&email, &[]));
        assert_eq!(theirs.get("/api/v1/backups").status, sees, "{role}");
        for path in ["/api/v1/backups", "/api/v1/backups/proof"] {
            assert_eq!(theirs.post(path, &json!({})).status, 403, "{role} {path}");
        }
        assert_eq!(place.run(&["backup", "--now", "--as", &email]).code, 1, "{role}");
    }
    assert_eq!(client.get("/api/v1/backups").ok()["items"], json!([]), "nobody made one");
    done(&client, "/api/v1/backups");
    assert_eq!(client.get("/api/v1/backups").ok()["items"].as_array().unwrap().len(), 1);
}
