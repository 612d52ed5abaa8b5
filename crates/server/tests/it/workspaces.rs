use crate::kit::{Beside, Engine, PASSWORD, Picture, Place, Server};
use serde_json::{Value as Json, json};

crate::on_both!(workspaces_know_nothing_of_each_other, a_deleted_workspace_is_gone);

fn workspaces_know_nothing_of_each_other(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "admin");
    let line = place.run(&["workspace", "create", "north"]).ok();
    let password = line.split("password ").nth(1).unwrap().split(',').next().unwrap();
    assert!(line.trim().ends_with("workspace north"), "{line}");
    assert_eq!(place.run(&["workspace", "list"]).ok(), "main\nnorth\n");
    place.run(&["workspace", "create", "north"]).fails(1);
    place.run(&["workspace", "create", "No/rth"]).fails(1);

    let in_main = server.client().bearer(&place.token("ada@example.org", &[]));
    let body = json!({ "email": "admin@localhost", "password": password, "workspace": "north" });
    let signed_in = server.client().post("/api/v1/auth/login", &body);
    let (name, value) = signed_in.cookie();
    let in_north = server.client().with("cookie", &format!("{name}={value}")).with("x-csrf-token", signed_in.ok()["csrf_token"].as_str().unwrap());
    assert_eq!(in_north.get("/api/v1/me").ok()["workspace"]["name"], "north");
    let made = in_north.post("/api/v1/records/contact", &json!({ "last_name": "Nansen" })).ok();
    let path = format!("/api/v1/records/contact/{}", made["id"].as_str().unwrap());
    assert_eq!(in_main.get(&path).status, 404);
    assert_eq!(in_main.get("/api/v1/search?q=nansen").ok()["items"], json!([]));
    assert_eq!(in_main.get("/api/v1/records/contact?count=exact").ok()["total"], 0);
    assert_eq!(in_north.get("/api/v1/search?q=nansen").ok()["items"].as_array().unwrap().len(), 1);
    assert_eq!(server.client().post("/api/v1/auth/login", &json!({ "email": "admin@localhost", "password": password })).status, 401);
    // a definition of one is not the other's
    in_north.post("/api/v1/objects", &json!({ "name": "ship", "plural": "ships", "label": "Ship", "fields": [{ "name": "name", "label": "Name", "type": { "text": {} } }] })).ok();
    in_north.post("/api/v1/records/ship", &json!({ "name": "Fram" })).ok();
    assert_eq!(in_main.get("/api/v1/records/ship").status, 404);
    assert_eq!(place.api(&["GET", "/records/ship", "--workspace", "north"])["items"][0]["name"], "Fram");
    assert_eq!(place.run(&["api", "GET", "/me", "--workspace", "south"]).code, 1);
}

fn a_deleted_workspace_is_gone(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.run(&["workspace", "create", "north"]).ok();
    place.api(&["POST", "/records/contact", "{\"last_name\":\"Nansen\"}", "--workspace", "north"]);
    place.run_with(&["user", "add", "--email", "a@example.org", "--name", "A", "--role", "rep", "--password-stdin", "--workspace", "north"], &format!("{PASSWORD}\n")).ok();
    let token = place.token("a@example.org", &["--workspace", "north"]);
    assert_eq!(server.client().bearer(&token).get("/api/v1/me").status, 200);
    place.run(&["workspace", "delete", "north"]).ok();
    assert_eq!(server.client().bearer(&token).get("/api/v1/me").status, 401);
    assert!(!place.data().join("workspaces/north").exists());
    assert_eq!(place.run(&["workspace", "delete", "north"]).code, 1);
    place.run(&["workspace", "create", "north"]).ok();
    assert_eq!(place.api(&["GET", "/records/contact", "--workspace", "north"])["items"], json!([]));
}

/// A workspace with something of everything; what it looks like from outside.
fn furnish(place: &Place) {
    place.person("ada@example.org", "rep");
    place.api(&["POST", "/objects", &json!({ "name": "ship", "plural": "ships", "label": "Ship", "fields": [{ "name": "name", "label": "Name", "type": { "text": {} } }, { "name": "crew", "label": "Crew", "type": { "integer": {} } }] }).to_string()]);
    place.api(&["POST", "/objects/contact/fields", &json!({ "name": "shoe_size", "label": "Shoe size", "type": { "decimal": {} } }).to_string()]);
    place.api(&["POST", "/records/ship", "{\"name\":\"Fram\",\"crew\":13}"]);
    let items: Vec<Json> = (0..300).map(|n| json!({ "last_name": format!("Größwang {n}"), "shoe_size": "42.5", "email": format!("g{n}@example.org") })).collect();
    place.api(&["POST", "/records/contact/bulk", &json!({ "mode": "create", "items": items }).to_string()]);
    let account = place.api(&["POST", "/records/account", "{\"name\":\"青葉珈琲\"}", "--as", "ada@example.org"]);
    let path = format!("/records/account/{}", account["id"].as_str().unwrap());
    place.api(&["PATCH", &path, "{\"city\":\"Sendai\"}"]);
    place.api(&["PATCH", &path, "{\"city\":\"Tokyo\"}"]);
    place.api(&["POST", "/records/opportunity", &json!({ "name": "Beans", "account": account["id"], "amount": { "amount": "12.50", "currency": "EUR" } }).to_string()]);
}

/// Every record of every object, in order, and the history of the account.
fn picture(place: &Place) -> Vec<Json> {
    let _server = Server::start(place);
    let mut out = Vec::new();
    let objects = place.api(&["GET", "/objects"]);
    for object in objects["items"].as_array().unwrap() {
        let name = object["name"].as_str().unwrap();
        let mut page = place.api(&["GET", &format!("/records/{name}?limit=500&sort=created_at&archived=include")]);
        page["next_cursor"] = Json::Null;
        out.push(json!({ "object": object, "records": page }));
    }
    let account = place.api(&["GET", "/records/account"]);
    out.push(place.api(&["GET", &format!("/records/account/{}/history", account["items"][0]["id"].as_str().unwrap())]));
    // which of many equals come first is the engine's affair
    out.push(place.api(&["GET", "/search?q=grosswang 7"])["items"][0].clone());
    out
}

fn moves(from: Engine, to: Engine) {
    let place = Place::new(from);
    {
        let _server = Server::start(&place);
        furnish(&place);
    }
    let before = picture(&place);
    let file = place.beside("main.rapport");
    let file = file.to_str().unwrap();
    {
        let _server = Server::start(&place);
        place.run(&["workspace", "export", "main", file]).ok();
        assert_eq!(place.run(&["workspace", "export", "main", file]).code, 1, "nothing is overwritten");
    }
    let other = Place::new(to);
    other.run(&["workspace", "import", "main", file]).ok();
    let after = picture(&other);
    assert_eq!(before.len(), after.len());
    for (b, a) in before.iter().zip(&after) {
        assert_eq!(b, a);
    }
    assert_eq!(other.run(&["verify"]).code, 0);
    // and it lives on: numbers go on, people sign in, definitions change
    let server = Server::start(&other);
    assert!(server.first_lines().is_empty());
    let ada = server.client().sign_in("ada@example.org", PASSWORD);
    ada.post("/api/v1/records/contact", &json!({ "last_name": "Nansen" })).ok();
    assert_eq!(ada.get("/api/v1/search?q=nansen").ok()["items"].as_array().unwrap().len(), 1);
    other.api(&["POST", "/records/ship", "{\"name\":\"Gjøa\"}"]);
    other.api(&["POST", "/objects/ship/fields", &json!({ "name": "port", "label": "Port", "type": { "text": {} } }).to_string()]);
    other.run(&["workspace", "import", "main", file]).fails(1);
    let broken = place.beside("broken.rapport");
    std::fs::write(&broken, &std::fs::read(file).unwrap()[..2_000]).unwrap();
    assert!(other.run(&["workspace", "import", "copy", broken.to_str().unwrap()]).fails(1).contains("no whole Rapport"));
    assert_eq!(other.run(&["workspace", "list"]).ok(), "main\n");
}

#[test]
fn a_workspace_moves_from_sqlite_to_postgres() {
    moves(Engine::Sqlite, Engine::Postgres);
}
#[test]
fn a_workspace_moves_from_postgres_to_sqlite() {
    moves(Engine::Postgres, Engine::Sqlite);
}

/// What says nothing about the data: which program opened it when, numbers of transactions, what the index waits for.
const OF_THE_PLACE: [&str; 3] = ["sys_state", "sys_outbox", "sys_search_pending"];

fn carried(place: &Place) -> Picture {
    let mut picture = Beside::new(place, "main").picture();
    picture.retain(|table, _| !OF_THE_PLACE.contains(&table.as_str()));
    picture
}

/// A whole little company with files, settings and objects of its own, from one database to the other and back.
#[test]
fn the_demo_moves_there_and_back_row_by_row() {
    let first = Place::new(Engine::Sqlite);
    first.run(&["demo", "--contacts", "200"]).ok();
    furnish(&first);
    first.api(&["PATCH", "/settings", "{\"time_zone\":\"Europe/Berlin\",\"name\":\"Velden\"}"]);
    let content = {
        let server = Server::start(&first);
        first.person("boss@example.org", "admin");
        let client = server.client().bearer(&first.token("boss@example.org", &[]));
        let account = client.get("/api/v1/records/account?limit=1").ok()["items"][0]["id"].as_str().unwrap().to_owned();
        let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"plan.txt\"\r\n\r\nthe plan\r\n--x--\r\n";
        let file = client.send("POST", &format!("/api/v1/records/account/{account}/files"), Some(("multipart/form-data; boundary=x", form))).ok();
        format!("/api/v1/files/{}/content", file["id"].as_str().unwrap())
    };
    let before = carried(&first);
    assert!(before.len() > 40 && before["sys_history"].0 > 0 && before["ship"].0 > 0 && before["contact"].0 > 200, "{before:?}");
    let mut from = first;
    for (step, engine) in [Engine::Postgres, Engine::Sqlite].into_iter().enumerate() {
        let file = from.beside(&format!("moved-{step}.rapport")).to_str().unwrap().to_owned();
        from.run(&["workspace", "export", "main", &file]).ok();
        // the export itself is written down behind what it holds: one disclosure, with its history and its entry of the log
        let before = carried(&from);
        let to = Place::new(engine);
        to.run(&["workspace", "import", "main", &file]).ok();
        let after = carried(&to);
        let written_down = |table: &str| matches!(table, "disclosure" | "sys_history" | "sys_log");
        assert!(before.iter().filter(|(table, _)| written_down(table)).all(|(table, rows)| after[table].0 + 1 == rows.0), "{after:?}");
        let differ: Vec<_> = before
            .iter()
            .filter(|(table, rows)| !written_down(table) && *table != "sys_log_node" && after.get(*table) != Some(rows))
            .map(|(table, rows)| format!("{table}: {rows:?} {:?}", after.get(table)))
            .collect();
        assert!(differ.is_empty() && before.len() == after.len(), "{engine:?}: {differ:#?}");
        let server = Server::start(&to);
        let client = server.client().bearer(&to.token("boss@example.org", &[]));
        assert_eq!(client.get(&content).body, "the plan");
        assert_eq!(client.get("/api/v1/me").ok()["workspace"]["time_zone"], "Europe/Berlin");
        server.stop();
        // the pictures would tell: one value changed is another picture
        Beside::new(&to, "main").exec("UPDATE TABLE:ship SET \"crew\" = 14");
        assert_ne!(carried(&to)["ship"], before["ship"]);
        Beside::new(&to, "main").exec("UPDATE TABLE:ship SET \"crew\" = 13");
        from = to;
    }
}
