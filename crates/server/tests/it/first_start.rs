use crate::kit::{Engine, Place, Server};
use serde_json::json;

crate::on_both!(one_line_says_how_to_sign_in, only_an_empty_installation_gets_an_administrator);

fn one_line_says_how_to_sign_in(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    let lines = server.first_lines().to_vec();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    let rest = line.strip_prefix(&format!("Sign in: http://{} as ", server.address)).unwrap_or_else(|| panic!("{line}"));
    let (email, password) = rest.split_once(", password ").unwrap();
    assert_eq!(std::fs::read_to_string(place.data().join("logs/sign-in.log")).unwrap().trim(), line);
    assert!(!std::fs::read_to_string(place.data().join("logs/rapport.log")).unwrap().contains(password));

    let client = server.client().sign_in(email, password);
    let me = client.get("/api/v1/me").ok();
    assert_eq!(me["user"]["must_change_password"], true);
    assert_eq!(me["user"]["roles"], json!(["admin"]));
    assert_eq!(me["workspace"]["name"], "main");
    client.post("/api/v1/auth/password", &json!({ "old": password, "new": "a better one of mine" })).ok();
    assert_eq!(client.get("/api/v1/me").ok()["user"]["must_change_password"], false);
    server.client().sign_in(email, "a better one of mine");
    server.stop();

    let again = Server::start(&place);
    assert!(again.first_lines().is_empty(), "{:?}", again.first_lines());
    again.client().sign_in(email, "a better one of mine");
    // an end in good order or not makes no difference
    again.signal("KILL");
    assert_eq!(again.wait().0, None);
    let after = Server::start(&place);
    after.client().sign_in(email, "a better one of mine");
}

fn only_an_empty_installation_gets_an_administrator(engine: Engine) {
    let place = Place::new(engine);
    place.person("ada@example.org", "admin");
    let server = Server::start(&place);
    assert!(server.first_lines().is_empty(), "{:?}", server.first_lines());
    server.client().sign_in("ada@example.org", crate::kit::PASSWORD);
}

#[test]
fn passwords_are_hashed_as_the_settings_ask_by_default() {
    let place = Place::new(Engine::Sqlite).set("sign_in.argon2_kib", "19456").set("sign_in.argon2_passes", "2");
    let server = Server::start(&place);
    let (_, password) = server.first_lines()[0].split_once(", password ").unwrap();
    server.client().sign_in("admin@localhost", password);
    let bytes = std::fs::read(place.data().join("workspaces/main/data.db-wal")).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert!(!text.contains(password));
}
