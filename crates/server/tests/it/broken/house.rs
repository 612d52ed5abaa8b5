//! A server with something of everything, and a look into its database from beside it.

use super::case::Case;
use crate::kit::{Answer, Beside, Client, Engine, Picture, Place, Server};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

pub(super) struct House {
    pub(super) client: Client,
    pub(super) objects: Vec<Json>,
    /// One record of each object that has one, by its object.
    pub(super) ids: BTreeMap<String, String>,
    server: Server,
    pub(super) place: Place,
    beside: Beside,
}

impl House {
    pub(super) fn new(engine: Engine) -> House {
        let place = Place::new(engine);
        let server = Server::start(&place);
        place.person("ada@example.org", "admin");
        let client = server.client().bearer(&place.token("ada@example.org", &[]));
        let beside = Beside::new(&place, "main");
        let mut house = House { client, objects: Vec::new(), ids: BTreeMap::new(), server, place, beside };
        house.furnish();
        house
    }

    fn furnish(&mut self) {
        for text in [include_str!("cage.json"), include_str!("zoo.json")] {
            self.client.post("/api/v1/objects", &serde_json::from_str(text).unwrap()).ok();
        }
        let filled = [
            ("cage", json!({"name": "North"})),
            ("zoo", json!({"name": "Ling", "code": "Z-1"})),
            ("account", json!({"name": "Above"})),
            ("contact", json!({"last_name": "Nansen", "external_id": "n-1"})),
            ("opportunity", json!({"name": "Beans"})),
            ("lead", json!({"last_name": "Amundsen"})),
            ("case", json!({"subject": "Broken"})),
            ("campaign", json!({"name": "Spring"})),
            ("territory", json!({"name": "North"})),
            ("team", json!({"name": "Sales"})),
        ];
        for (object, body) in filled {
            let mut body = body;
            if matches!(object, "opportunity" | "case") {
                body["account"] = self.id("account").into();
            }
            let made = self.client.post(&format!("/api/v1/records/{object}"), &body).ok();
            self.ids.insert(object.to_owned(), made["id"].as_str().unwrap().to_owned());
        }
        // the first refusal makes the key under which addresses of strangers are sealed
        self.server.client().post("/api/v1/auth/login", &json!({"email": "nobody@example.org", "password": "wrong"}));
        self.objects = self.client.get("/api/v1/objects").ok()["items"].as_array().unwrap().clone();
        self.settled();
    }

    pub(super) fn id(&self, object: &str) -> &str {
        &self.ids[object]
    }
    pub(super) fn post(&self, object: &str, body: &Json) -> String {
        self.client.post(&format!("/api/v1/records/{object}"), body).ok()["id"].as_str().unwrap().to_owned()
    }

    pub(super) fn ask(&self, case: &Case) -> Answer {
        let mut client = self.client.clone();
        for (name, value) in &case.headers {
            client = client.with(name, value);
        }
        client.send_bytes(case.method, &case.path, (!case.body.is_empty() || matches!(case.method, "POST" | "PATCH" | "PUT")).then_some(&case.body))
    }

    /// Without the log: that somebody was refused is in it.
    pub(super) fn settled(&self) -> Picture {
        let mut picture = self.beside.settled();
        picture.retain(|table, _| !table.starts_with("sys_log"));
        picture
    }
}
