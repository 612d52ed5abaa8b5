//! Who asks, and for what.

use crate::{
    client::Ask,
    server::Server,
    world::{self, World, names},
};
use serde_json::{Value as Json, json};

pub(super) struct People {
    pub(super) admin: String,
    pub(super) rep: String,
    pub(super) rep_id: String,
    pub(super) admin_id: String,
    /// Ids of contacts: any, and of the rep's own.
    pub(super) contacts: Vec<String>,
    pub(super) own: Vec<String>,
    /// The contact with the long timeline.
    pub(super) busy: String,
    pub(super) definition: Json,
    pub(super) size: world::Size,
}
impl People {
    pub(super) fn of(server: &Server, world: &World) -> People {
        let (admin, rep) = (server.token(world::ADMIN), server.token(&world::rep(1)));
        let me = |token: &str| server.json(token, &Ask::get("/api/v1/me"))["user"]["id"].as_str().unwrap().to_owned();
        let ids = |token: &str, filter: &Json| -> Vec<String> {
            let found = server.json(token, &Ask::post("/api/v1/records/contact/query", json!({"filter": filter, "fields": ["id"], "limit": 500}).to_string()));
            found["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().to_owned()).collect()
        };
        let some: Vec<String> = (0..400).map(|n| format!("c{}", names::random(n, 90) % world.size.contacts)).collect();
        let contacts = ids(&admin, &json!({"field": "external_id", "op": "in", "value": some}));
        let own = ids(&rep, &json!({"field": "owner", "op": "eq", "value": {"me": true}}));
        let busy = ids(&admin, &json!({"field": "external_id", "op": "eq", "value": "c0"})).remove(0);
        assert!(contacts.len() > 100 && own.len() > 100, "{} {}", contacts.len(), own.len());
        let definition = server.json(&admin, &Ask::get("/api/v1/objects/contact"));
        People { rep_id: me(&rep), admin_id: me(&admin), admin, rep, contacts, own, busy, definition, size: world.size }
    }
}
/// What people type to find somebody: the beginning of a last name, of a first name, of both; 2 to 7 letters each.
pub(super) fn typed(n: usize, size: world::Size) -> String {
    let contact = names::random(n, 91) % size.contacts;
    let (first, last) = (names::first(contact), names::last(contact));
    let begin = |text: &str, k: usize| text.chars().take(k).collect::<String>();
    let letters = n / 4 % 6 + 2;
    match n % 4 {
        0 | 1 => begin(&last, letters),
        2 => begin(first, letters),
        _ => format!("{first} {}", begin(&last, letters)),
    }
}
pub(super) fn encoded(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
