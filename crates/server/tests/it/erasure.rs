//! A person who is erased is nowhere: not in rows, old values, files, index, exports, imports, free pages or the log, and
//! not after undoing, restoring or looking back.

use crate::kit::{Client, Engine, PASSWORD, Place, Server};
use serde_json::{Value as Json, json};
use std::{io::Read as _, path::Path, thread::sleep, time::Duration};

crate::on_both!(nothing_of_an_erased_person_is_left, who_may_erase_and_whom);

const JSON: &str = "application/json";
const FORM: &str = "multipart/form-data; boundary=XX";

fn id(json: &Json) -> String {
    json["id"].as_str().unwrap_or_else(|| panic!("no id in {json}")).to_owned()
}
fn make(client: &Client, object: &str, body: &Json) -> String {
    id(&client.post(&format!("/api/v1/records/{object}"), body).ok())
}

/// Words that occur nowhere else, counted.
struct Canaries(Vec<String>);
impl Canaries {
    fn next(&mut self) -> String {
        self.0.push(format!("cnry{:03}q", self.0.len()));
        self.0.last().unwrap().clone()
    }
}

/// Everything that stands on the disk below a folder, files in archives too, in lower case.
fn contents(folder: &Path, out: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            contents(&path, out);
        } else if let Ok(bytes) = std::fs::read(&path) {
            out.extend(bytes.to_ascii_lowercase());
        }
    }
}
/// What an archive of the program holds: on PostgreSQL the rows are not in files of ours.
fn unpacked(archive: &Path) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(archive).unwrap()).unwrap();
    let mut out = Vec::new();
    for i in 0..zip.len() {
        zip.by_index(i).unwrap().read_to_end(&mut out).unwrap();
    }
    out.make_ascii_lowercase();
    out
}
fn found(place: &Place, engine: Engine, canaries: &Canaries, name: &str) -> Vec<String> {
    let mut bytes = Vec::new();
    contents(&place.data(), &mut bytes);
    if engine == Engine::Postgres {
        let archive = place.beside(name);
        place.run(&["workspace", "export", "main", archive.to_str().unwrap()]).ok();
        bytes.extend(unpacked(&archive));
        std::fs::remove_file(archive).unwrap();
    }
    let text = String::from_utf8_lossy(&bytes);
    canaries.0.iter().filter(|c| text.contains(c.as_str())).cloned().collect()
}

/// A person with something in every place that can hold a word; their id and the import's change set.
fn plant(client: &Client, canaries: &mut Canaries) -> (String, String) {
    let mut person = json!({"email": format!("{}@example.org", canaries.next()), "external_id": "person-1"});
    let fields = ["salutation", "first_name", "middle_name", "last_name", "suffix", "preferred_name", "title", "department", "street", "city", "region", "postal_code", "source", "description"];
    for field in fields {
        person[field] = json!(canaries.next());
    }
    let contact = make(client, "contact", &person);
    let path = format!("/api/v1/records/contact/{contact}");
    // old values
    for _ in 0..4 {
        let mut change = json!({});
        for field in fields {
            change[field] = json!(canaries.next());
        }
        client.with("if-match", "*").send("PATCH", &path, Some((JSON, &change.to_string()))).ok();
    }
    let about = json!({"object": "contact", "id": contact});
    for _ in 0..14 {
        make(client, "note", &json!({"body": canaries.next(), "about": about}));
        make(
            client,
            "interaction",
            &json!({"kind": "call", "direction": "in", "contact": contact, "at": "2026-11-01T10:00:00Z", "subject": canaries.next(), "body": canaries.next(), "summary": canaries.next()}),
        );
        make(client, "task", &json!({"subject": canaries.next(), "contact": contact, "outcome": canaries.next()}));
    }
    let gone = make(client, "note", &json!({"body": canaries.next(), "about": about}));
    client.delete(&format!("/api/v1/records/note/{gone}")).ok();
    make(client, "comment", &json!({"body": canaries.next(), "about": about}));
    make(client, "meeting", &json!({"subject": canaries.next(), "location": canaries.next(), "contact": contact, "starts_at": "2026-11-02T10:00:00Z"}));
    for _ in 0..4 {
        make(client, "contact_point", &json!({"contact": contact, "kind": "email", "value": format!("{}@example.org", canaries.next()), "label": canaries.next()}));
    }
    make(client, "touchpoint", &json!({"contact": contact, "at": "2026-11-01T10:00:00Z", "kind": "visit", "term": canaries.next(), "how_heard": canaries.next()}));
    make(client, "consent", &json!({"contact": contact, "state": "objected", "evidence": canaries.next(), "source": canaries.next()}));
    make(client, "restriction", &json!({"contact": contact, "kind": "dispute", "note": canaries.next()}));
    make(client, "opportunity", &json!({"name": canaries.next(), "contact": contact, "next_step": canaries.next()}));
    make(client, "case", &json!({"subject": canaries.next(), "description": canaries.next(), "contact": contact}));
    for _ in 0..6 {
        let form = format!("--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}.txt\"\r\nContent-Type: text/plain\r\n\r\n{}\r\n--XX--\r\n", canaries.next(), canaries.next());
        client.send("POST", &format!("{path}/files"), Some((FORM, &form))).ok();
    }
    // an answer that is kept beside its key
    let odd = json!({"mode": "update", "items": [{"id": contact, "description": canaries.next(), "department": canaries.next()}]});
    client.with("idempotency-key", "once").post("/api/v1/records/contact/bulk", &odd).ok();
    // a file that was imported, with a row that was rejected
    let rows: String = (0..10).map(|i| format!("person-1,{},{}\n", canaries.next(), if i == 0 { canaries.next() } else { String::new() })).collect();
    let table = format!("external_id,last_name,description\n{rows}");
    let form = format!(
        "--XX\r\nContent-Disposition: form-data; name=\"object\"\r\n\r\ncontact\r\n--XX\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nexternal_id\r\n--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\nContent-Type: text/csv\r\n\r\n{table}\r\n--XX--\r\n"
    );
    let import = id(&client.send("POST", "/api/v1/imports", Some((FORM, &form))).ok());
    let mut state = json!({"status": "running"});
    for _ in 0..600 {
        state = client.get(&format!("/api/v1/imports/{import}")).ok();
        if matches!(state["status"].as_str(), Some("done" | "failed")) {
            break;
        }
        sleep(Duration::from_millis(50));
    }
    assert_eq!(state["status"], "done", "{state}");
    let export = id(&client.post("/api/v1/exports", &json!({"object": "contact", "format": "jsonl"})).ok());
    while client.get(&format!("/api/v1/exports/{export}")).ok()["status"] == "running" {
        sleep(Duration::from_millis(20));
    }
    (contact, state["change_set"].as_str().unwrap_or_default().to_owned())
}

fn done(client: &Client, contact: &str) -> Json {
    for _ in 0..600 {
        let state = client.get(&format!("/api/v1/records/contact/{contact}/erasure")).ok();
        if state["status"] == "done" {
            return state;
        }
        sleep(Duration::from_millis(50));
    }
    panic!("the erasure does not end");
}

fn nothing_of_an_erased_person_is_left(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "admin");
    let ada = server.client().bearer(&place.token("ada@example.org", &[]));
    let mut canaries = Canaries(Vec::new());
    let before = ada.get("/api/v1/me").ok()["user"]["id"].clone();
    let (contact, set) = plant(&ada, &mut canaries);
    assert!(canaries.0.len() >= 200, "{} canaries", canaries.0.len());
    // somebody else, who stays
    let other = make(&ada, "contact", &json!({"last_name": "Staysq", "email": "staysq@example.org"}));
    make(&ada, "note", &json!({"body": "staysq too", "about": {"object": "contact", "id": other}}));
    let backup = place.beside("before.rapport");
    place.run(&["backup", backup.to_str().unwrap()]).ok();
    // the search finds all of them while they are there: in clear, or sealed in the history that is shown
    let there = found(&place, engine, &canaries, "control.zip");
    let mut shown = ada.get(&format!("/api/v1/records/contact/{contact}/history?limit=500")).body;
    shown.push_str(&ada.get(&format!("/api/v1/records/contact/{contact}/timeline?limit=500")).body);
    let missing: Vec<&String> = canaries.0.iter().filter(|c| !there.contains(c) && !shown.contains(c.as_str())).collect();
    assert!(missing.is_empty(), "the search itself does not find {missing:?}");

    let preview = ada.get(&format!("/api/v1/records/contact/{contact}/erasure")).ok();
    assert_eq!((&preview["status"], &preview["erased"]["note"], &preview["erased"]["contact"]), (&json!("preview"), &json!(15), &json!(1)), "{preview}");
    assert_eq!(ada.post(&format!("/api/v1/records/contact/{contact}/erasure"), &json!({"preview": true})).status, 200);
    let started = ada.post(&format!("/api/v1/records/contact/{contact}/erasure"), &json!({}));
    assert_eq!((started.status, &started.json()["status"]), (202, &json!("running")));
    assert_eq!(done(&ada, &contact)["id"], started.json()["id"]);
    let left = found(&place, engine, &canaries, "after.zip");
    assert!(left.is_empty(), "{} of {} are left: {left:?}", left.len(), canaries.0.len());

    // by no way back
    if !set.is_empty() {
        assert!(ada.post(&format!("/api/v1/change-sets/{set}/undo"), &json!({"mode": "force"})).status < 500);
    }
    assert!(ada.post(&format!("/api/v1/records/contact/{contact}/restoration"), &json!({})).status < 500);
    let mut told = String::new();
    for path in [
        format!("/api/v1/records/contact/{contact}"),
        format!("/api/v1/records/contact/{contact}?as_of=2099-01-01T00:00:00Z"),
        format!("/api/v1/records/contact/{contact}/history?limit=500"),
        format!("/api/v1/records/contact/{contact}/timeline?limit=500"),
        "/api/v1/records/note?archived=include&limit=500".to_owned(),
        "/api/v1/records/interaction?archived=include&limit=500".to_owned(),
        "/api/v1/search?q=cnry001q".to_owned(),
    ] {
        told.push_str(&ada.get(&path).body);
    }
    told.push_str(&ada.with("idempotency-key", "once").post("/api/v1/records/contact/bulk", &json!({"mode": "update", "items": []})).body);
    assert!(!told.contains("cnry"), "{told}");
    assert_eq!(found(&place, engine, &canaries, "ways.zip"), Vec::<String>::new());
    assert_eq!(ada.get(&format!("/api/v1/records/contact/{other}")).ok()["last_name"], "Staysq", "others stay");
    assert_ne!(ada.get("/api/v1/search?q=staysq").ok()["items"], json!([]));
    // the addresses stay suppressed, for whoever comes with them again
    let again = make(&ada, "contact", &json!({"last_name": "Again", "email": format!("{}@example.org", canaries.0[0])}));
    let refused = ada.get(&format!("/api/v1/records/contact/{again}/permissions")).ok();
    assert_eq!(refused["marketing"]["email"]["reason_code"], "suppressed", "{refused}");

    // a backup from before brings them back to nobody
    place.run(&["restore", backup.to_str().unwrap()]).ok();
    assert_eq!(found(&place, engine, &canaries, "restored.zip"), Vec::<String>::new());
    assert_eq!(ada.get(&format!("/api/v1/records/contact/{contact}")).ok()["full_name"], "Erased");
    assert_eq!(ada.get(&format!("/api/v1/records/contact/{other}")).ok()["last_name"], "Staysq");
    assert_eq!(ada.get("/api/v1/me").ok()["user"]["id"], before);
    server.stop();
    assert_eq!(place.run(&["verify"]).code, 0);
}

fn who_may_erase_and_whom(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    for (email, role) in [("ada@example.org", "admin"), ("pia@example.org", "privacy_officer"), ("rob@example.org", "rep")] {
        place.person(email, role);
    }
    let sign = |email: &str| server.client().sign_in(email, PASSWORD);
    let (ada, pia, rob) = (sign("ada@example.org"), sign("pia@example.org"), sign("rob@example.org"));
    let erase = |client: &Client, object: &str, id: &str| client.post(&format!("/api/v1/records/{object}/{id}/erasure"), &json!({}));
    let (his, hers) = (make(&rob, "contact", &json!({"last_name": "His"})), make(&ada, "contact", &json!({"last_name": "Hers"})));
    assert_eq!(erase(&rob, "contact", &his).status, 403);
    assert_eq!(rob.get(&format!("/api/v1/records/contact/{his}/erasure")).status, 403);
    assert_eq!(erase(&rob, "contact", &hers).status, 404);
    assert_eq!(erase(&pia, "task", &hers).status, 404);
    let firm = make(&ada, "account", &json!({"name": "Firm", "kind": "organisation"}));
    assert_eq!(erase(&pia, "account", &firm).problem(409), "not_a_person");
    let home = make(&ada, "account", &json!({"name": "Home", "kind": "household"}));
    assert_eq!(erase(&pia, "account", &home).status, 202);
    let lead = make(&ada, "lead", &json!({"last_name": "Lea", "company": "L"}));
    assert_eq!(erase(&pia, "lead", &lead).status, 202);
    let gone = ada.get(&format!("/api/v1/records/lead/{lead}")).ok();
    assert!(gone["archived_at"].is_string() && !gone.to_string().contains("Lea"), "{gone}");
    // a legal hold comes first; what the law keeps stays, without the name
    let hold = make(&pia, "restriction", &json!({"contact": hers, "kind": "legal_hold"}));
    assert_eq!(erase(&pia, "contact", &hers).problem(409), "legal_hold");
    assert_eq!(pia.get(&format!("/api/v1/records/contact/{hers}/erasure")).ok()["held"], true);
    pia.with("if-match", "*").send("PATCH", &format!("/api/v1/records/restriction/{hold}"), Some((JSON, "{\"since\":\"2020-01-01T00:00:00Z\",\"until\":\"2020-01-02T00:00:00Z\"}"))).ok();
    let order = make(&ada, "order", &json!({"contact": hers, "ordered_at": "2026-10-01T10:00:00Z", "kind": "sale"}));
    let old = make(&ada, "order", &json!({"contact": hers, "ordered_at": "2010-10-01T10:00:00Z", "kind": "sale"}));
    let preview = pia.get(&format!("/api/v1/records/contact/{hers}/erasure")).ok();
    assert_eq!((&preview["kept"][0]["object"], &preview["kept"][0]["ids"], &preview["erased"]["order"]), (&json!("order"), &json!([order]), &json!(1)), "{preview}");
    assert_eq!(erase(&pia, "contact", &hers).status, 202);
    let kept = ada.get(&format!("/api/v1/records/order/{order}?include=contact")).ok();
    assert_eq!((&kept["archived_at"], &kept["contact_record"]["full_name"]), (&Json::Null, &json!("Erased")), "{kept}");
    assert!(ada.get(&format!("/api/v1/records/order/{old}")).ok()["archived_at"].is_string());
    assert_eq!(ada.get(&format!("/api/v1/records/contact/{his}")).ok()["last_name"], "His");
}
