//! What is dangerous asks for a session that has proven itself a moment ago.

use crate::kit::{Answer, Beside, Client, Engine, PASSWORD, Place, Server};
use serde_json::json;

crate::on_both!(what_is_dangerous_asks_again_and_then_goes_on, a_second_factor_is_asked_for_too);

const LONG_AGO: &str = "UPDATE TABLE:auth_session SET \"created_at\" = \"created_at\" - 1000000, \"fresh_at\" = \"fresh_at\" - 1000000";

fn delete(client: &Client, path: &str, body: &serde_json::Value) -> Answer {
    client.send("DELETE", path, Some(("application/json", &body.to_string())))
}

fn what_is_dangerous_asks_again_and_then_goes_on(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "admin");
    let bob = place.person("bob@example.org", "rep");
    let ada = server.client().sign_in("ada@example.org", PASSWORD);
    let contact = ada.post("/api/v1/records/contact", &json!({ "last_name": "Lovelace" })).ok()["id"].as_str().unwrap().to_owned();
    let beside = Beside::new(&place, "main");
    let patch = |client: &Client, path: &str, body: serde_json::Value| client.with("if-match", "*").send("PATCH", path, Some(("application/json", &body.to_string())));
    let dangerous: Vec<(&str, Box<dyn Fn(&Client) -> Answer + '_>)> = vec![
        ("export", Box::new(|c| c.post("/api/v1/exports", &json!({ "object": "contact" })))),
        ("copy", Box::new(|c| c.post(&format!("/api/v1/records/contact/{contact}/copy"), &json!({})))),
        ("token", Box::new(|c| c.post("/api/v1/auth/tokens", &json!({ "name": "t" })))),
        ("person", Box::new(|c| c.post("/api/v1/records/user", &json!({ "name": "Eve", "email": "eve@example.org" })))),
        ("roles of a person", Box::new(|c| patch(c, &format!("/api/v1/records/user/{bob}"), json!({ "roles": ["rep"] })))),
        // a handler decodes its path: so does the guard
        ("roles of a person, spelled otherwise", Box::new(|c| patch(c, &format!("/api/v1/records/us%65r/{bob}"), json!({ "roles": ["rep"] })))),
        ("many people", Box::new(|c| c.post("/api/v1/records/user/bulk", &json!({ "update": [] })))),
        ("role", Box::new(|c| patch(c, "/api/v1/roles/rep", json!({})))),
        ("password", Box::new(|c| c.post("/api/v1/auth/password", &json!({ "old": "wrong", "new": "wrong" })))),
        ("second factor", Box::new(|c| c.post("/api/v1/auth/totp", &json!({})))),
        ("second factor off", Box::new(|c| delete(c, "/api/v1/auth/totp", &json!({ "password": "wrong" })))),
        ("passkey", Box::new(|c| c.post("/api/v1/auth/passkeys", &json!({})))),
        ("passkey off", Box::new(|c| c.delete("/api/v1/auth/passkeys/00000000-0000-7000-8000-000000000000"))),
    ];
    let asks = |client: &Client, what: &str, run: &dyn Fn(&Client) -> Answer| {
        let said = run(client);
        let asked = said.status == 403 && said.json()["code"] == "fresh_sign_in_needed";
        assert!(!asked || said.json()["detail"].as_str().unwrap().contains("/auth/fresh"), "{what}");
        asked
    };
    for (what, run) in &dangerous {
        assert!(!asks(&ada, what, run), "{what}: a sign-in counts as fresh");
    }
    beside.exec(LONG_AGO);
    for (what, run) in &dangerous {
        assert!(asks(&ada, what, run), "{what}");
    }
    // what is not dangerous goes on
    ada.get("/api/v1/auth/tokens").ok();
    ada.get("/api/v1/records/user").ok();
    ada.post("/api/v1/records/contact", &json!({ "last_name": "Byron" })).ok();
    // tokens have no session
    let token = server.client().bearer(&place.token("ada@example.org", &[]));
    assert!(!asks(&token, "export by a token", &|c| c.post("/api/v1/exports", &json!({ "object": "contact" }))));
    // and proves itself
    let means = ada.get("/api/v1/auth/fresh").ok();
    assert_eq!((&means["password"], &means["code"], &means["passkey"]), (&json!(true), &json!(false), &json!(false)));
    assert_eq!(ada.post("/api/v1/auth/fresh/passkey", &json!({})).problem(409), "no_passkeys");
    let prove = |password: &str| ada.post("/api/v1/auth/fresh", &json!({ "password": password }));
    assert_eq!(prove("wrong").json()["errors"][0]["code"], "bad_password");
    assert!(asks(&ada, "after a wrong password", &dangerous[0].1));
    prove(PASSWORD).ok();
    for (what, run) in &dangerous {
        assert!(!asks(&ada, what, run), "{what}: proven anew");
    }
    // one session's proof is not another's
    let other = server.client().sign_in("ada@example.org", PASSWORD);
    beside.exec(LONG_AGO);
    prove(PASSWORD).ok();
    assert!(asks(&other, "another session", &dangerous[0].1));
    assert!(!asks(&ada, "this one", &dangerous[0].1));
    server.stop();

    // switched off: only passkeys are still asked about, they are a way in of their own
    let place = place.set("sign_in.fresh_minutes", "0");
    let server = Server::start(&place);
    let ada = server.client().sign_in("ada@example.org", PASSWORD);
    beside.exec(LONG_AGO);
    for (what, run) in &dangerous {
        assert_eq!(asks(&ada, what, run), what.starts_with("passkey"), "{what}");
    }
}

fn a_second_factor_is_asked_for_too(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "rep");
    let ada = server.client().sign_in("ada@example.org", PASSWORD);
    let proposed = ada.post("/api/v1/auth/totp", &json!({})).ok();
    let secret = proposed["secret"].as_str().unwrap();
    ada.post("/api/v1/auth/totp/confirmation", &json!({ "code": crate::sign_in::code_of(secret, 0) })).ok();
    Beside::new(&place, "main").exec(LONG_AGO);
    let token = || ada.post("/api/v1/auth/tokens", &json!({ "name": "t" }));
    assert_eq!(token().problem(403), "fresh_sign_in_needed");
    let prove = |body: serde_json::Value| ada.post("/api/v1/auth/fresh", &body);
    assert_eq!(prove(json!({ "password": PASSWORD })).json()["errors"][0]["code"], "code_required");
    assert_eq!(prove(json!({ "password": PASSWORD, "code": "000000" })).json()["errors"][0]["code"], "bad_code");
    assert_eq!(token().problem(403), "fresh_sign_in_needed");
    prove(json!({ "password": PASSWORD, "code": crate::sign_in::code_of(secret, 30) })).ok();
    token().ok();
}
