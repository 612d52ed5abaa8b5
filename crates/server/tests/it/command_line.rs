use crate::kit::{Engine, Place, Server};
use serde_json::json;

crate::on_both!(commands_work_with_and_without_a_server, a_command_acts_with_somebodys_rights, exports_go_to_files_and_standard_output);

fn commands_work_with_and_without_a_server(engine: Engine) {
    let place = Place::new(engine);
    place.person("ada@example.org", "rep");
    place.api(&["POST", "/records/contact", "{\"last_name\":\"Lovelace\"}"]);
    let server = Server::start(&place);
    place.api(&["POST", "/api/v1/records/contact", "{\"last_name\":\"Babbage\"}"]);
    assert_eq!(place.api(&["get", "records/contact?count=exact"])["total"], 2);
    assert_eq!(place.run(&["verify"]).code, 0);
    // several at once
    std::thread::scope(|scope| {
        for n in 0..6 {
            let place = &place;
            scope.spawn(move || place.api(&["POST", "/records/contact", &json!({ "last_name": format!("N{n}") }).to_string()]));
        }
    });
    server.stop();
    std::thread::scope(|scope| {
        for n in 0..3 {
            let place = &place;
            scope.spawn(move || place.api(&["POST", "/records/contact", &json!({ "last_name": format!("M{n}") }).to_string()]));
        }
    });
    assert_eq!(place.api(&["GET", "/records/contact?count=exact"])["total"], 11);
}

fn a_command_acts_with_somebodys_rights(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    let ada = place.person("ada@example.org", "rep");
    place.person("bob@example.org", "rep");
    let made = place.api(&["POST", "/records/contact", "{\"last_name\":\"Lovelace\"}", "--as", "ada@example.org"]);
    assert_eq!(made["owner"], ada.as_str());
    let path = format!("/records/contact/{}", made["id"].as_str().unwrap());
    assert_eq!(place.run(&["api", "GET", &path, "--as", "bob@example.org"]).code, 1);
    assert_eq!(place.run(&["api", "GET", &path, "--as", "nobody@example.org"]).code, 1);
    place.api(&["PATCH", &path, "{\"first_name\":\"Ada\"}"]);
    let history = place.api(&["GET", &format!("{path}/history")]);
    assert_eq!(history["items"][0]["through"], "command_line");
    assert_eq!(place.run(&["user", "add", "--email", "c@example.org", "--name", "C", "--role", "admin", "--as", "bob@example.org"]).code, 1);
    assert_eq!(place.run(&["token", "create", "--email", "ada@example.org", "--as", "bob@example.org"]).code, 1);
    assert_eq!(place.run(&["user", "reset", "ada@example.org", "--as", "bob@example.org"]).code, 1);
    place.token("bob@example.org", &["--as", "bob@example.org"]);
    drop(server);
}

fn exports_go_to_files_and_standard_output(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    for name in ["Lovelace", "Babbage"] {
        place.api(&["POST", "/records/contact", &json!({ "last_name": name, "city": "London" }).to_string()]);
    }
    let csv = place.run(&["export", "contact", "--fields", "last_name,city", "--filter", "{\"field\":\"last_name\",\"op\":\"eq\",\"value\":\"Babbage\"}"]).ok();
    assert_eq!(csv.replace('\r', "").trim_start_matches('\u{feff}'), "last_name,city\nBabbage,London\n");
    let file = place.beside("out.jsonl");
    place.run(&["export", "contact", "--fields", "last_name", "-o", file.to_str().unwrap()]).ok();
    let lines = std::fs::read_to_string(&file).unwrap();
    assert_eq!(lines.lines().count(), 2);
    assert_eq!(serde_json::from_str::<serde_json::Value>(lines.lines().next().unwrap()).unwrap()["last_name"].as_str().map(str::len), Some(8).or(Some(7)));
    assert_eq!(place.run(&["export", "nothing"]).code, 1);
    assert_eq!(place.run(&["export", "contact", "--filter", "{"]).code, 2);
    place.person("ada@example.org", "rep");
    assert_eq!(place.run(&["export", "contact", "-o", "/nowhere/x.csv"]).code, 1);
    server.stop();
    assert!(place.run(&["export", "contact", "--format", "vcf"]).ok().starts_with("BEGIN:VCARD"));
}

#[test]
fn wrong_use_exits_with_2_and_help_alone_too() {
    let place = Place::new(Engine::Sqlite);
    let help = place.run(&[]);
    assert_eq!(help.code, 2);
    assert!(help.err.contains("Usage: rapport"), "{help:?}");
    for words in
        [&["frobnicate"][..], &["user", "add"], &["import", "contact"], &["import", "--from", "salesforce", "a", "b"], &["api", "GE T", "/me"], &["api", "GET", "/stream"], &["undo", "rubbish"]]
    {
        assert_eq!(place.run(words).code, 2, "{words:?}");
    }
    assert_eq!(place.run(&["--help"]).code, 0);
    assert_eq!(place.run(&["--version"]).code, 0);
    assert!(!place.data().join("workspaces/main").exists() || place.run(&["user", "list"]).code == 0);
}

#[test]
fn settings_are_explained_and_mistakes_told_all_at_once() {
    let place = Place::new(Engine::Sqlite);
    std::fs::write(place.beside("rapport.toml"), "[limits]\nconnections = 99\n").unwrap();
    let text = place.run(&["config", "explain", "--listen"]);
    assert_eq!(text.code, 2);
    let text = place.run(&["config", "explain"]).ok();
    assert!(text.contains("limits.connections") && text.contains("99") && text.contains("from rapport.toml") && text.contains("from RAPPORT_BALLAST_MB"), "{text}");
    std::fs::write(place.beside("rapport.toml"), "[limits]\nconnections = \"x\"\nfoo = 1\n").unwrap();
    let said = place.run(&["user", "list"]).fails(2);
    assert!(said.contains("limits.connections") && said.contains("limits.foo"), "{said}");
    assert!(!place.data().exists());
}

#[test]
fn a_missing_directory_is_not_made_by_looking() {
    let place = Place::new(Engine::Sqlite);
    for words in [&["user", "list"][..], &["verify"], &["export", "contact"], &["backup", "x"]] {
        assert!(place.run(words).fails(1).contains("There is no data in"), "{words:?}");
    }
    assert!(!place.data().exists());
    assert_eq!(place.run(&["openapi"]).ok().parse::<serde_json::Value>().unwrap()["openapi"], "3.1.0");
}

#[test]
fn two_servers_do_not_share_a_directory() {
    let place = Place::new(Engine::Sqlite);
    let server = Server::start(&place);
    let said = place.run(&["serve", "--listen", "127.0.0.1:0"]).fails(1);
    assert!(said.contains("A server runs on"), "{said}");
    let port = server.address.to_string();
    let other = Place::new(Engine::Sqlite);
    assert!(other.run(&["serve", "--listen", &port]).fails(1).contains("cannot be listened on"));
    assert_eq!(server.client().get("/readyz").status, 200);
}
