use crate::kit::{Engine, PASSWORD, Place, Server};
use serde_json::json;

crate::on_both!(a_backup_is_taken_and_restored_while_the_server_runs, an_upgrade_is_rehearsed_on_a_copy);

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
