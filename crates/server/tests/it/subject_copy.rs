//! The copy of all data about a person holds everything about them and nothing about anybody else.

use crate::kit::{Beside, Client, Engine, PASSWORD, Place, Server};
use serde_json::{Value as Json, json};

crate::on_both!(a_copy_is_whole_and_names_nobody_else, who_gets_one, an_archived_lead_is_still_theirs);

fn make(client: &Client, object: &str, body: &Json) -> String {
    client.post(&format!("/api/v1/records/{object}"), body).ok()["id"].as_str().unwrap().to_owned()
}
fn change(client: &Client, path: &str, body: &Json) {
    let answer = client.with("if-match", "*").send("PATCH", path, Some(("application/json", &body.to_string())));
    assert_eq!(answer.status, 200, "{answer:?}");
}
/// Words that occur nowhere else.
struct Canaries(&'static str, Vec<String>);
impl Canaries {
    fn next(&mut self) -> String {
        self.1.push(format!("{}{:03}q", self.0, self.1.len()));
        self.1.last().unwrap().clone()
    }
}

fn a_copy_is_whole_and_names_nobody_else(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "admin");
    place.person("pia@example.org", "privacy_officer");
    let ada = server.client().sign_in("ada@example.org", PASSWORD);
    let (mut own, mut other) = (Canaries("ownc", vec![]), Canaries("othc", vec![]));

    let (name, mail) = (other.next(), format!("{}@example.org", other.next()));
    let stranger = make(&ada, "contact", &json!({"first_name": other.next(), "last_name": name, "email": mail, "city": other.next()}));
    let account = make(&ada, "account", &json!({"name": own.next()}));
    let person = make(
        &ada,
        "contact",
        &json!({"first_name": own.next(), "last_name": own.next(), "email": format!("{}@example.org", own.next()), "city": own.next(), "street": own.next(), "title": own.next(), "account": account, "reports_to": stranger, "description": own.next()}),
    );
    // what stood there before counts as well
    change(&ada, &format!("/api/v1/records/contact/{person}"), &json!({"city": own.next(), "title": own.next()}));
    // merged records are one person
    let twin = make(&ada, "contact", &json!({"last_name": own.next(), "department": own.next()}));
    ada.post(&format!("/api/v1/records/contact/{person}/merge"), &json!({"loser": twin})).ok();
    let lead = make(&ada, "lead", &json!({"last_name": other.next(), "company": other.next()}));
    let purposes = ada.get("/api/v1/records/purpose").ok();
    let purpose = purposes["items"][0]["id"].clone();
    for (object, body) in [
        ("interaction", json!({"kind": "call", "at": "2026-03-01T09:00:00Z", "subject": own.next(), "body": own.next(), "contact": person})),
        ("interaction", json!({"kind": "call", "at": "2026-03-01T09:00:00Z", "subject": other.next(), "contact": stranger})),
        ("note", json!({"body": own.next(), "about": {"object": "contact", "id": person}})),
        ("note", json!({"body": other.next(), "about": {"object": "contact", "id": stranger}})),
        ("note", json!({"body": other.next(), "about": {"object": "lead", "id": lead}})),
        ("task", json!({"subject": own.next(), "contact": person})),
        ("case", json!({"subject": own.next(), "description": own.next(), "contact": person})),
        ("contact_point", json!({"kind": "handle", "value": own.next(), "contact": person})),
        ("contact_point", json!({"kind": "handle", "value": other.next(), "contact": stranger})),
        ("consent", json!({"contact": person, "purpose": purpose, "state": "given", "source": own.next()})),
        ("consent", json!({"contact": stranger, "purpose": purpose, "state": "given", "source": other.next()})),
        ("touchpoint", json!({"contact": person, "at": "2026-02-01T09:00:00Z", "kind": "visit", "source": own.next()})),
    ] {
        make(&ada, object, &body);
    }
    let file = format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}.txt\"\r\nContent-Type: text/plain\r\n\r\nabc\r\n--x--\r\n", own.next());
    assert_eq!(ada.send("POST", &format!("/api/v1/records/contact/{person}/files"), Some(("multipart/form-data; boundary=x", &file))).status, 201);

    let officer = server.client().sign_in("pia@example.org", PASSWORD);
    let path = format!("/api/v1/records/contact/{person}/copy");
    for format in ["json", "html"] {
        let copy = officer.post(&path, &json!({"format": format}));
        assert_eq!(copy.status, 200, "{copy:?}");
        let missing: Vec<&String> = own.1.iter().filter(|c| !copy.body.contains(c.as_str())).collect();
        assert!(missing.is_empty(), "{format} lacks {missing:?} of {}: {}", own.1.len(), copy.body);
        let leaked: Vec<&String> = other.1.iter().filter(|c| copy.body.contains(c.as_str())).collect();
        assert!(leaked.is_empty(), "{format} tells {leaked:?}: {}", copy.body);
        assert!(!copy.body.contains(&stranger) && copy.body.contains("another person"), "whom they report to is not told: {}", copy.body);
    }
    // the positive control: the other one's copy holds the other one's words
    let theirs = officer.post(&format!("/api/v1/records/contact/{stranger}/copy"), &json!({}));
    assert!(theirs.body.contains(&name) && theirs.body.contains(&mail) && own.1.iter().all(|c| !theirs.body.contains(c.as_str())), "{theirs:?}");
    // each is written down, about whom it was
    let written = officer.get(&format!("/api/v1/records/contact/{person}/disclosures")).ok();
    let copies: Vec<&Json> = written["items"].as_array().unwrap().iter().filter(|d| d["via"] == "subject_copy").collect();
    assert_eq!((copies.len(), &copies[0]["recipient"]), (2, &json!("the person")), "{written}");
}

fn who_gets_one(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    for (email, role) in [("ada@example.org", "admin"), ("rep@example.org", "rep"), ("agent@example.org", "agent")] {
        place.person(email, role);
    }
    let ada = server.client().sign_in("ada@example.org", PASSWORD);
    let copy = |client: &Client, object: &str, id: &str, body: Json| client.post(&format!("/api/v1/records/{object}/{id}/copy"), &body).status;
    let person = make(&ada, "contact", &json!({"last_name": "Ida"}));
    let (firm, household) = (make(&ada, "account", &json!({"name": "Firm"})), make(&ada, "account", &json!({"name": "Idas", "kind": "household"})));
    let lead = make(&ada, "lead", &json!({"last_name": "Ida"}));
    let agent = server.client().sign_in("agent@example.org", PASSWORD);
    let rep = server.client().sign_in("rep@example.org", PASSWORD);
    assert_eq!(copy(&rep, "contact", &person, json!({})), 404, "not theirs to see");
    let own = make(&rep, "contact", &json!({"last_name": "Own"}));
    assert_eq!(copy(&rep, "contact", &own, json!({})), 403, "who may export what they see does not get the whole by this");
    assert_eq!(copy(&agent, "contact", &person, json!({})), 403, "theirs to see, not to take out");
    assert_eq!((copy(&ada, "contact", &person, json!({})), copy(&ada, "lead", &lead, json!({})), copy(&ada, "account", &household, json!({}))), (200, 200, 200));
    assert_eq!((copy(&ada, "account", &firm, json!({})), copy(&ada, "task", &person, json!({})), copy(&ada, "contact", &firm, json!({}))), (409, 404, 404));
    assert_eq!((copy(&ada, "contact", &person, json!({"format": "pdf"})), copy(&ada, "contact", &person, json!({"colour": 1}))), (422, 422));
    // Art. 18 keeps data from use, not from the person
    make(&ada, "restriction", &json!({"contact": person, "kind": "art18"}));
    assert_eq!(copy(&ada, "contact", &person, json!({})), 200);
    ada.post(&format!("/api/v1/records/contact/{person}/erasure"), &json!({})).ok();
    let gone = copy(&ada, "contact", &person, json!({}));
    assert!(gone == 409 || gone == 404, "{gone}");
}

/// The lead that became the contact is about them, whether or not somebody has archived it since.
fn an_archived_lead_is_still_theirs(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("pia@example.org", "privacy_officer");
    place.person("ada@example.org", "admin");
    let ada = server.client().sign_in("ada@example.org", PASSWORD);
    let lead = make(&ada, "lead", &json!({"first_name": "Ida", "last_name": "Leadava", "company": "Leadava AG", "description": "onlyinthelead"}));
    let converted = ada.post(&format!("/api/v1/leads/{lead}/conversion"), &json!({})).ok();
    let contact = converted["converted_contact"].as_str().unwrap().to_owned();
    assert!(ada.with("if-match", "*").delete(&format!("/api/v1/records/lead/{lead}")).status < 300);
    let pia = server.client().sign_in("pia@example.org", PASSWORD);
    let copy = pia.post(&format!("/api/v1/records/contact/{contact}/copy"), &json!({}));
    assert!(copy.body.contains("onlyinthelead"), "{}", copy.body);
    pia.post(&format!("/api/v1/records/contact/{contact}/erasure"), &json!({})).ok();
    let began = std::time::Instant::now();
    while pia.get(&format!("/api/v1/records/contact/{contact}/erasure")).ok()["status"] != "done" {
        assert!(began.elapsed() < std::time::Duration::from_secs(60));
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let left = Beside::new(&place, "main").rows(&format!("SELECT \"description\", \"last_name\" FROM TABLE:lead WHERE \"id\" = '{lead}'"));
    assert!(!format!("{left:?}").contains("onlyinthelead") && !format!("{left:?}").contains("Leadava"), "{left:?}");
}
