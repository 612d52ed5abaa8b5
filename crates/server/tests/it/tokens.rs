use crate::kit::{Engine, PASSWORD, Place, Server};
use serde_json::json;

crate::on_both!(a_new_token_works_at_once_within_its_scopes, tokens_are_listed_and_revoked, what_is_no_token_is_refused);

fn a_new_token_works_at_once_within_its_scopes(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "admin");
    let all = server.client().bearer(&place.token("ada@example.org", &["--days", "1"]));
    all.post("/api/v1/records/contact", &json!({ "last_name": "Lovelace" })).ok();
    assert_eq!(all.get("/api/v1/me").ok()["csrf_token"], json!(null));
    let reader = server.client().bearer(&place.token("ada@example.org", &["--name", "reader", "--scope", "contact:read"]));
    assert_eq!(reader.get("/api/v1/records/contact").ok()["items"].as_array().unwrap().len(), 1);
    assert_eq!(reader.post("/api/v1/records/contact", &json!({ "last_name": "X" })).status, 403);
    assert_eq!(reader.get("/api/v1/records/account").status, 403);
    assert!(place.run(&["token", "create", "--email", "ada@example.org", "--scope", "contact:fly"]).fails(1).contains("scope"));
    place.run(&["token", "create", "--email", "nobody@example.org"]).fails(1);
}

fn tokens_are_listed_and_revoked(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "rep");
    let screen = server.client().sign_in("ada@example.org", PASSWORD);
    let made = screen.post("/api/v1/auth/tokens", &json!({ "name": "ci", "scopes": ["*:read"], "days": 30 }));
    assert_eq!(made.status, 201);
    let made = made.json();
    let text = made["token"].as_str().unwrap();
    assert!(text.starts_with("rpt_main_"));
    let program = server.client().bearer(text);
    assert_eq!(program.get("/api/v1/records/contact").status, 200);
    let items = screen.get("/api/v1/auth/tokens").ok();
    assert_eq!(items["items"][0]["name"], "ci");
    assert_eq!(items["items"][0]["scopes"], json!(["*:read"]));
    assert!(items["items"][0]["expires_at"].is_string());
    assert!(!items.to_string().contains(text), "a token is shown once");
    // a leaked token must not make itself at home
    for path in ["/api/v1/auth/tokens", "/api/v1/auth/sessions"] {
        assert_eq!(program.get(path).problem(403), "session_needed");
    }
    assert_eq!(program.post("/api/v1/auth/tokens", &json!({ "name": "more" })).problem(403), "session_needed");
    screen.delete(&format!("/api/v1/auth/tokens/{}", made["id"].as_str().unwrap())).ok();
    assert_eq!(program.get("/api/v1/records/contact").problem(401), "bad_token");
    let bad = screen.post("/api/v1/auth/tokens", &json!({ "name": "", "scopes": ["x"], "days": 0, "else": 1 }));
    assert_eq!(bad.problem(422), "invalid_fields");
}

fn what_is_no_token_is_refused(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "rep");
    let token = place.token("ada@example.org", &[]);
    let client = server.client();
    for odd in ["rubbish", "rpt_main_", &token.replace("main", "other"), &token.replace("main", "..%2f"), &format!("{token}0"), &token.to_uppercase()] {
        assert_eq!(client.bearer(odd).get("/api/v1/me").problem(401), "bad_token", "{odd}");
    }
    assert_eq!(client.with("authorization", "Basic YTpi").get("/api/v1/me").problem(401), "bad_credentials");
    assert_eq!(client.with("authorization", "").get("/api/v1/me").problem(401), "bad_credentials");
    assert_eq!(client.get("/api/v1/me").problem(401), "no_credentials");
    assert_eq!(client.get("/api/v1/me").headers["www-authenticate"], "Bearer");
    assert_eq!(client.with("cookie", &format!("rapport_session={token}")).get("/api/v1/me").problem(401), "no_credentials", "a token is no session");
    client.bearer(&token).get("/api/v1/me").ok();
}
