//! What a person said decides what they may be used for, and everything that leaves is written down.

use crate::kit::{Client, Engine, PASSWORD, Place, Server};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

crate::on_both!(
    the_last_word_of_a_person_counts,
    restrictions_and_suppressions_refuse,
    only_who_may_see_a_person_asks_about_them,
    exports_leave_out_who_may_not_be_used,
    every_exit_is_written_down,
    a_killed_server_forgets_no_reading,
);

fn id(json: &Json) -> String {
    json["id"].as_str().unwrap_or_else(|| panic!("no id in {json}")).to_owned()
}
fn make(client: &Client, object: &str, body: &Json) -> String {
    id(&client.post(&format!("/api/v1/records/{object}"), body).ok())
}
fn permissions(client: &Client, contact: &str) -> Json {
    client.get(&format!("/api/v1/records/contact/{contact}/permissions")).ok()
}
fn code(decision: &Json) -> (&str, &str) {
    (decision["decision"].as_str().unwrap(), decision["reason_code"].as_str().unwrap())
}
fn item<'a>(answer: &'a Json, purpose: &str, channel: &str) -> &'a Json {
    answer["items"].as_array().unwrap().iter().find(|i| i["purpose"]["code"] == purpose && i["channel"] == channel).unwrap()
}
fn purpose(client: &Client, wanted: &str) -> String {
    let all = client.get("/api/v1/records/purpose").ok();
    id(all["items"].as_array().unwrap().iter().find(|p| p["code"] == wanted).unwrap())
}
fn reachable() -> Json {
    json!({"last_name": "Ida", "email": "ida@example.org", "mobile": "+436641234567", "street": "Ring 1", "city": "Wien"})
}

fn the_last_word_of_a_person_counts(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "admin");
    let ada = server.client().sign_in("ada@example.org", PASSWORD);
    let contact = make(&ada, "contact", &reachable());
    let marketing = purpose(&ada, "marketing");
    let said = |state: &str, more: Json| {
        let mut row = json!({"contact": contact, "purpose": marketing, "state": state});
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        make(&ada, "consent", &row)
    };
    let now = permissions(&ada, &contact);
    assert_eq!((code(&now["call"]), code(&now["write"])), (("granted", "service"), ("granted", "service")), "{now}");
    assert_eq!((code(&now["marketing"]["email"]), code(&now["marketing"]["post"])), (("refused", "no_consent"), ("refused", "no_consent")));
    assert_eq!(code(item(&now, "marketing", "push")), ("refused", "no_address"));
    assert_eq!(now["items"].as_array().unwrap().len(), 3 * 8, "each purpose on each channel");
    // agreed, for one channel
    let given = said("given", json!({"channel": "email", "at": "2026-01-05T09:00:00Z", "source": "web form"}));
    let now = permissions(&ada, &contact);
    assert_eq!(code(&now["marketing"]["email"]), ("granted", "consent"));
    assert_eq!((&now["marketing"]["email"]["consent"], &now["marketing"]["email"]["reason"]), (&json!(given), &json!("The person agreed on 2026-01-05 (web form).")));
    assert_eq!(code(&now["marketing"]["sms"]), ("refused", "no_consent"));
    // an objection that names no purpose is one to marketing; it holds with the answer, and service goes on
    let objected = make(&ada, "consent", &json!({"contact": contact, "state": "objected"}));
    let now = permissions(&ada, &contact);
    assert_eq!((code(&now["marketing"]["email"]), &now["marketing"]["email"]["consent"]), (("refused", "objected"), &json!(objected)));
    assert_eq!((code(&now["call"]), code(&now["write"])), (("granted", "service"), ("granted", "service")));
    // to one purpose of marketing, it is one to another
    make(&ada, "purpose", &json!({"code": "events", "name": "Events", "class": "marketing", "default_basis": "legitimate_interest"}));
    assert_eq!(code(item(&permissions(&ada, &contact), "events", "post")), ("refused", "objected"));
    // agreed again, then the time runs out
    said("given", json!({}));
    assert_eq!(code(&permissions(&ada, &contact)["marketing"]["sms"]), ("granted", "consent"));
    said("given", json!({"expires_at": "2026-01-01T00:00:00Z", "at": "2025-12-01T00:00:00Z"}));
    assert_eq!(code(&permissions(&ada, &contact)["marketing"]["sms"]), ("granted", "consent"), "what was said earlier changes nothing");
    for (state, why) in [("pending", "not_confirmed"), ("withdrawn", "withdrawn"), ("refused", "refused"), ("expired", "expired")] {
        said(state, json!({}));
        assert_eq!(code(item(&permissions(&ada, &contact), "marketing", "email")), ("refused", why));
    }
    // rows are only added
    assert_eq!(ada.send("PATCH", &format!("/api/v1/records/consent/{given}"), Some(("application/json", "{\"state\":\"given\"}"))).status, 403);
    assert_eq!(ada.delete(&format!("/api/v1/records/consent/{given}")).status, 403);
    let future = ada.post("/api/v1/records/consent", &json!({"contact": contact, "purpose": marketing, "state": "given", "at": "2099-01-01T00:00:00Z"}));
    assert_eq!((future.status, &future.json()["errors"][0]["code"]), (422, &json!("in_future")));
    // a decision asked for by another program is kept
    let permit = ada.post(&format!("/api/v1/contacts/{contact}/permits"), &json!({"purpose": "service", "channel": "phone"})).ok();
    assert_eq!(code(&permit), ("granted", "service"));
    let kept = ada.get(&format!("/api/v1/records/permit/{}", id(&permit))).ok();
    assert_eq!((&kept["exit"], &kept["decision"], &kept["contact"], &kept["class"]), (&json!("call"), &json!("granted"), &json!(contact), &json!("service")));
    let refused = ada.post(&format!("/api/v1/contacts/{contact}/permits"), &json!({"purpose": "marketing", "channel": "email"})).ok();
    assert_eq!(code(&refused), ("refused", "expired"));
    assert_eq!(ada.post(&format!("/api/v1/contacts/{contact}/permits"), &json!({"purpose": "nope", "channel": "email"})).status, 422);
}

fn restrictions_and_suppressions_refuse(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    for (email, role) in [("ada@example.org", "admin"), ("pia@example.org", "privacy_officer"), ("rob@example.org", "rep")] {
        place.person(email, role);
    }
    let (ada, pia, rob) = (server.client().sign_in("ada@example.org", PASSWORD), server.client().sign_in("pia@example.org", PASSWORD), server.client().sign_in("rob@example.org", PASSWORD));
    let contact = make(&ada, "contact", &reachable());
    make(&ada, "consent", &json!({"contact": contact, "purpose": purpose(&ada, "marketing"), "state": "given"}));
    assert_eq!(code(&permissions(&ada, &contact)["marketing"]["email"]), ("granted", "consent"));
    for (kind, marketing, service) in
        [("art18", "restricted", "restricted"), ("deceased", "deceased", "deceased"), ("minor", "minor", "service"), ("dispute", "dispute", "service"), ("legal_hold", "consent", "service")]
    {
        let row = make(&pia, "restriction", &json!({"contact": contact, "kind": kind}));
        let now = permissions(&pia, &contact);
        assert_eq!((code(&now["marketing"]["email"]).1, code(&now["call"]).1), (marketing, service), "{kind}");
        assert_eq!(now["restrictions"][0]["kind"], kind);
        let version = pia.with("if-match", "*").send(
            "PATCH",
            &format!("/api/v1/records/restriction/{row}"),
            Some(("application/json", "{\"until\":\"2100-01-01T00:00:00Z\",\"since\":\"2099-01-01T00:00:00Z\"}")),
        );
        assert_eq!(version.status, 200, "{version:?}");
        assert_eq!(code(&permissions(&pia, &contact)["marketing"]["email"]).1, "consent", "{kind} has not begun");
    }
    // an address is suppressed by its hash, however it is written, for whoever has it
    assert_eq!(rob.post("/api/v1/suppressions", &json!({"kind": "email", "address": "ida@example.org", "reason": "complaint"})).status, 403);
    let wrong = pia.post("/api/v1/suppressions", &json!({"kind": "fax", "address": "", "reason": "x", "else": 1}));
    assert_eq!((wrong.status, wrong.json()["errors"].as_array().unwrap().len()), (422, 3));
    let made = pia.post("/api/v1/suppressions", &json!({"kind": "email", "address": " IDA@Example.org ", "reason": "complaint"})).ok();
    let row = pia.get(&format!("/api/v1/records/suppression/{}", id(&made))).ok();
    assert!(!row.to_string().to_lowercase().contains("ida@"), "{row}");
    let now = permissions(&ada, &contact);
    assert_eq!((code(&now["marketing"]["email"]), code(&now["marketing"]["sms"]), code(&now["write"])), (("refused", "suppressed"), ("granted", "consent"), ("granted", "service")));
    let again = make(&ada, "contact", &json!({"last_name": "Ida again", "email": "ida@example.org"}));
    assert_eq!(code(&permissions(&ada, &again)["marketing"]["email"]), ("refused", "suppressed"));
    let other = make(&ada, "contact", &json!({"last_name": "Oda", "email": "oda@example.org"}));
    assert_eq!(code(&permissions(&ada, &other)["marketing"]["email"]), ("refused", "no_consent"), "another address is another matter");
}

fn only_who_may_see_a_person_asks_about_them(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "admin");
    place.person("rob@example.org", "rep");
    let (ada, rob) = (server.client().sign_in("ada@example.org", PASSWORD), server.client().sign_in("rob@example.org", PASSWORD));
    let hers = make(&ada, "contact", &reachable());
    let his = make(&rob, "contact", &reachable());
    for path in ["permissions", "disclosures"] {
        assert_eq!(rob.get(&format!("/api/v1/records/contact/{hers}/{path}")).status, 404, "{path}");
    }
    assert_eq!(rob.post(&format!("/api/v1/contacts/{hers}/permits"), &json!({"purpose": "service", "channel": "phone"})).status, 404);
    assert_eq!(code(&permissions(&rob, &his)["call"]), ("granted", "service"));
    assert_eq!(rob.get(&format!("/api/v1/records/contact/{his}/disclosures")).status, 403, "disclosures are the privacy officer's");
    assert_eq!(ada.get("/api/v1/records/task/0190f0c2-0000-7000-8000-000000000000/permissions").status, 404);
}

fn exports_leave_out_who_may_not_be_used(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "admin");
    let ada = server.client().sign_in("ada@example.org", PASSWORD);
    let token = server.client().bearer(&place.token("ada@example.org", &["--name", "sync", "--scope", "*:read"]));
    let people: Vec<String> = (0..6).map(|i| make(&ada, "contact", &json!({"last_name": format!("P{i}"), "email": format!("p{i}@example.org")}))).collect();
    make(&ada, "note", &json!({"body": "about the third", "about": {"object": "contact", "id": people[2]}}));
    make(&ada, "task", &json!({"subject": "call the third", "contact": people[2]}));
    assert_eq!(export(&ada, &json!({"object": "contact", "format": "jsonl", "fields": ["last_name"]})).0["left_out"], 0);
    make(&ada, "restriction", &json!({"contact": people[2], "kind": "art18"}));
    let (done, text) = export(&ada, &json!({"object": "contact", "format": "jsonl", "fields": ["last_name"]}));
    assert_eq!((&done["rows"], &done["left_out"]), (&json!(5), &json!(1)), "{done}");
    assert!(!text.contains("P2") && text.contains("P3"), "{text}");
    for (object, rows) in [("note", 0), ("task", 0)] {
        let (done, _) = export(&ada, &json!({"object": object, "format": "jsonl"}));
        assert_eq!((&done["rows"], &done["left_out"]), (&json!(rows), &json!(1)), "{object}");
    }
    // a program does not get them either: not in lists, counts, search, by id, nor as an answer to its own change
    assert_eq!(token.get("/api/v1/records/contact?count=exact").ok()["total"], 5);
    assert_eq!(token.get(&format!("/api/v1/records/contact/{}", people[2])).status, 404);
    assert_eq!(token.get("/api/v1/search?q=p2").ok()["items"], json!([]));
    let writer = server.client().bearer(&place.token("ada@example.org", &[]));
    let changed = writer.with("if-match", "*").send("PATCH", &format!("/api/v1/records/contact/{}", people[2]), Some(("application/json", "{\"title\":\"Dr\"}"))).ok();
    assert_eq!((changed["id"].as_str(), &changed["last_name"]), (Some(people[2].as_str()), &Json::Null));
    assert_eq!(ada.get("/api/v1/records/contact?count=exact").ok()["total"], 6, "people at their screens see that there is something to keep");
    // for a purpose, only those who may be used for it
    for i in [0, 1] {
        make(&ada, "consent", &json!({"contact": people[i], "purpose": purpose(&ada, "marketing"), "channel": "email", "state": "given"}));
    }
    make(&ada, "consent", &json!({"contact": people[1], "state": "objected"}));
    let aimed = json!({"object": "contact", "format": "jsonl", "fields": ["last_name"], "purpose": "marketing", "channel": "email"});
    let (done, text) = export(&ada, &aimed);
    assert_eq!((&done["rows"], &done["left_out"]), (&json!(1), &json!(5)), "{done}");
    assert!(text.contains("P0") && !text.contains("P1"), "{text}");
    assert_eq!(ada.post("/api/v1/exports", &json!({"object": "contact", "purpose": "nope"})).status, 422);
    assert_eq!(ada.post("/api/v1/exports", &json!({"object": "contact", "channel": "email"})).status, 422);
    assert_eq!(ada.post("/api/v1/exports", &json!({"object": "task", "purpose": "marketing"})).status, 422);
}

fn export(client: &Client, body: &Json) -> (Json, String) {
    let mut state = client.post("/api/v1/exports", body).ok();
    let export = id(&state);
    while state["status"] == "running" {
        std::thread::sleep(std::time::Duration::from_millis(10));
        state = client.get(&format!("/api/v1/exports/{export}")).ok();
    }
    assert_eq!(state["status"], "done", "{state}");
    let content = client.get(state["url"].as_str().unwrap()).body;
    (state, content)
}

/// What left to whom, counted by the test itself or told by the server.
#[derive(Default, Debug, PartialEq, Eq, Clone)]
struct Told {
    /// By recipient, exit and object: how many records.
    counts: BTreeMap<(String, String, String), i64>,
    /// By recipient, exit and object: contacts.
    people: BTreeMap<(String, String, String), BTreeSet<String>>,
    hashes: BTreeSet<String>,
}
impl Told {
    fn add(&mut self, recipient: &str, exit: &str, object: &str, count: usize, people: impl IntoIterator<Item = String>) {
        let key = (recipient.to_owned(), exit.to_owned(), object.to_owned());
        *self.counts.entry(key.clone()).or_default() += i64::try_from(count).unwrap();
        self.people.entry(key).or_default().extend(people);
    }
    fn by(client: &Client) -> Told {
        let mut out = Told::default();
        for row in pages(client, "disclosure") {
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            let subjects = pages(client, &format!("disclosure_subject?filter={}", encoded(&json!({"field": "disclosure", "op": "eq", "value": row["id"]}))));
            let contacts = subjects.iter().filter_map(|s| s["contact"].as_str().map(str::to_owned));
            out.add(&text("recipient"), &text("via"), &text("object"), usize::try_from(row["count"].as_i64().unwrap()).unwrap(), contacts);
            out.hashes.extend(row["hash"].as_str().map(str::to_owned));
        }
        out
    }
}
fn encoded(json: &Json) -> String {
    json.to_string().bytes().map(|b| format!("%{b:02X}")).collect()
}
fn pages(client: &Client, path: &str) -> Vec<Json> {
    let (mut out, mut cursor) = (Vec::new(), String::new());
    loop {
        let more = if path.contains('?') { '&' } else { '?' };
        let page = client.get(&format!("/api/v1/records/{path}{more}limit=500{cursor}")).ok();
        out.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return out,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a switch of this test, not a setting of the program")]
fn switch<T: std::str::FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok()?.parse().ok()
}
/// Random exits; how many, `RAPPORT_EXITS` says.
fn every_exit_is_written_down(engine: Engine) {
    let exits: usize = switch("RAPPORT_EXITS").unwrap_or(200);
    let place = Place::new(engine);
    let server = Server::start(&place);
    let person = place.person("ada@example.org", "admin");
    let ada = server.client().sign_in("ada@example.org", PASSWORD);
    let tokens: Vec<(Client, String)> = (0..3)
        .map(|i| {
            let made = ada.post("/api/v1/auth/tokens", &json!({"name": format!("t{i}"), "scopes": ["*:read"], "days": 1})).ok();
            (server.client().bearer(made["token"].as_str().unwrap()), format!("token {}", id(&made)))
        })
        .collect();
    let people: Vec<String> = (0..40).map(|i| make(&ada, "contact", &json!({"last_name": format!("P{i:02}")}))).collect();
    let tasks: Vec<(String, usize)> = (0..20).map(|i| (make(&ada, "task", &json!({"subject": format!("T{i}"), "contact": people[i % 7]})), i % 7)).collect();
    let form = "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--XX--\r\n";
    let file = id(&ada.send("POST", &format!("/api/v1/records/contact/{}/files", people[3]), Some(("multipart/form-data; boundary=XX", form))).ok());
    let mut own = Told::default();
    let mut seed: u64 = switch("RAPPORT_SEED").unwrap_or(20_261_128);
    let mut random = |n: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % n
    };
    for _ in 0..exits {
        let (token, recipient) = &tokens[random(3)];
        match random(20) {
            0 => {
                let upto = format!("P{:02}", random(40));
                let (done, content) = export(&ada, &json!({"object": "contact", "format": "jsonl", "fields": ["last_name"], "filter": {"field": "last_name", "op": "lt", "value": upto}}));
                let expected = people.iter().enumerate().filter(|(i, _)| format!("P{i:02}") < upto).map(|(_, id)| id.clone());
                own.add(&person, "export", "contact", usize::try_from(done["rows"].as_u64().unwrap()).unwrap(), expected);
                own.hashes.insert(Sha256::digest(content).iter().map(|b| format!("{b:02x}")).collect());
            }
            1 => {
                assert_eq!(token.get(&format!("/api/v1/files/{file}/content")).body, "hello");
                own.add(recipient, "file_out", "file", 1, [people[3].clone()]);
                own.hashes.insert(Sha256::digest("hello").iter().map(|b| format!("{b:02x}")).collect());
            }
            2..=4 => {
                let found = token.get(&format!("/api/v1/records/contact?sort=last_name&limit={}&fields=last_name", 1 + random(40))).ok();
                let ids: Vec<String> = found["items"].as_array().unwrap().iter().map(id).collect();
                own.add(recipient, "integration_read", "contact", ids.len(), ids);
            }
            5..=8 => {
                let (task, who) = &tasks[random(20)];
                token.get(&format!("/api/v1/records/task/{task}")).ok();
                own.add(recipient, "integration_read", "task", 1, [people[*who].clone()]);
            }
            9 => {
                let (task, who) = &tasks[random(20)];
                token.get(&format!("/api/v1/records/task/{task}?include=contact")).ok();
                own.add(recipient, "integration_read", "task", 1, [people[*who].clone()]);
                own.add(recipient, "integration_read", "contact", 1, [people[*who].clone()]);
            }
            10 => {
                let who = &people[random(40)];
                token.get(&format!("/api/v1/records/contact/{who}/history")).ok();
                own.add(recipient, "integration_read", "contact", 1, [who.clone()]);
            }
            11 => {
                // a person at a screen is no exit
                ada.get(&format!("/api/v1/records/contact/{}", people[random(40)])).ok();
            }
            12 => {
                // what is refused has not left
                assert_eq!(token.get("/api/v1/records/contact/0190f0c2-0000-7000-8000-000000000000").status, 404);
            }
            _ => {
                let who = &people[random(40)];
                token.get(&format!("/api/v1/records/contact/{who}?fields=last_name")).ok();
                own.add(recipient, "integration_read", "contact", 1, [who.clone()]);
            }
        }
    }
    let told = Told::by(&ada);
    assert_eq!(told, own);
    // the comparison notices a single record that was not told, and a person too many
    let (mut less, mut more) = (told.clone(), told.clone());
    *less.counts.values_mut().next().unwrap() -= 1;
    more.people.values_mut().next().unwrap().insert("somebody".into());
    assert!(less != own && more != own);
    // the same, asked for one person
    let of_one = ada.get(&format!("/api/v1/records/contact/{}/disclosures", people[3])).ok();
    assert!(of_one["items"].as_array().unwrap().iter().any(|d| d["via"] == "file_out" || d["via"] == "integration_read"), "{of_one}");
}

fn a_killed_server_forgets_no_reading(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "admin");
    let token = server.client().bearer(&place.token("ada@example.org", &[]));
    let contact = make(&token, "contact", &reachable());
    for _ in 0..5 {
        token.get(&format!("/api/v1/records/contact/{contact}")).ok();
    }
    server.signal("KILL");
    server.wait();
    let server = Server::start(&place);
    let ada = server.client().sign_in("ada@example.org", PASSWORD);
    let told = Told::by(&ada);
    let count: i64 = told.counts.iter().filter(|((to, via, object), _)| to.starts_with("token ") && via == "integration_read" && object == "contact").map(|(_, n)| n).sum();
    assert_eq!(count, 6, "five readings, and the answer to the program's own change: {told:?}");
    assert!(told.people.values().any(|people| people.contains(&contact)));
}
