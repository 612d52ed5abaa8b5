//! A nonprofit's Salesforce export, by one command, asked through the interface.

use crate::kit::{Client, Engine, Place, Server};
use serde_json::{Value as Json, json};
use testkit::shared;

crate::on_both!(the_nonprofit_set_is_exact, the_three_trees_are_exact);

fn import(place: &Place, path: &std::path::Path, more: &[&str]) -> Json {
    let words: Vec<&str> = ["import", "--from", "salesforce", path.to_str().unwrap(), "--json"].iter().chain(more).copied().collect();
    serde_json::from_str(place.run(&words).ok().trim().lines().last().unwrap()).unwrap()
}
/// Count and sum of what matches.
fn total(client: &Client, object: &str, field: Option<&str>, filter: &Json) -> (Json, String) {
    let mut measures = vec![json!({"fn": "count"})];
    measures.extend(field.map(|f| json!({"fn": "sum", "field": f})));
    let answer = client.post(&format!("/api/v1/records/{object}/aggregate"), &json!({"filter": filter, "group_by": [], "measures": measures})).ok();
    let values = &answer["items"][0]["values"];
    (values[0].clone(), values[1]["amount"].as_str().unwrap_or("").to_owned())
}
fn count(client: &Client, object: &str) -> Json {
    client.get(&format!("/api/v1/records/{object}?count=exact&limit=1")).ok()["total"].clone()
}
fn is(field: &str, value: &str) -> Json {
    json!({"field": field, "op": "eq", "value": value})
}
fn filled(field: &str) -> Json {
    json!({"not": {"field": field, "op": "is_empty"}})
}

fn the_nonprofit_set_is_exact(engine: Engine) {
    let Some(folder) = shared::set("export-salesforce-npsp") else { return };
    let place = Place::new(engine);
    place.person("ada@example.org", "admin");
    let token = place.token("ada@example.org", &[]);
    let server = Server::start(&place);
    let client = server.client().bearer(&token);
    let done = import(&place, &folder, &[]);
    assert_eq!((&done["rejected"], &done["missing"], &done["created"]), (&json!(0), &json!([]), &done["rows"]), "{done}");
    figures(&client);
    let again = import(&place, &folder, &[]);
    assert_eq!((&again["created"], &again["updated"], &again["unchanged"], &again["objects"]), (&json!(0), &json!(0), &again["rows"], &done["objects"]), "{again}");
    figures(&client);
    let undone: Json = serde_json::from_str(&place.run(&["undo", done["change_set"].as_str().unwrap()]).ok()).unwrap();
    assert_eq!((&undone["status"], &undone["skipped"]), (&json!("done"), &json!([])), "{undone}");
    for object in ["account", "contact", "opportunity", "order", "payment", "party_credit", "relationship", "campaign_member"] {
        assert_eq!(count(&client, object), 0, "{object}");
    }
}
fn figures(client: &Client) {
    let expect = |object: &str, field: Option<&str>, filter: Json, n: u64, sum: &str| {
        assert_eq!(total(client, object, field, &filter), (json!(n), sum.to_owned()), "{object} {filter}");
    };
    expect("account", None, is("kind", "household"), 87, "");
    expect("contact", None, json!({"and": [filled("household"), filled("account")]}), 100, "");
    expect("opportunity", Some("amount"), is("outcome", "won"), 294, "217520.00");
    expect("opportunity", Some("amount"), is("stage.name", "Pledged"), 34, "2550.00");
    expect("payment", Some("amount"), is("status", "paid"), 485, "373240.00");
    expect("payment", Some("amount"), is("status", "scheduled"), 153, "21582.00");
    expect("payment", Some("amount"), is("status", "written_off"), 6, "935.00");
    expect("party_credit", Some("amount"), is("role", "soft"), 129, "5044.00");
    expect("order_line", Some("net"), filled("fund"), 100, "16804.00");
    assert_eq!(count(client, "relationship"), 248);
}

fn the_three_trees_are_exact(engine: Engine) {
    let Some(folder) = shared::set("export-salesforce") else { return };
    for (app, objects) in [
        ("dreamhouse", &[("broker", 8), ("contact", 5), ("property", 12)][..]),
        ("ebikes", &[("account", 3), ("product", 16), ("product_family", 4)]),
        ("easyspaces", &[("account", 12), ("contact", 12), ("lead", 11), ("market", 11), ("reservation", 2), ("space", 132)]),
    ] {
        let place = Place::new(engine);
        place.person("ada@example.org", "admin");
        let token = place.token("ada@example.org", &[]);
        let server = Server::start(&place);
        let client = server.client().bearer(&token);
        let tried = import(&place, &folder.join(app), &["--dry-run"]);
        assert_eq!((&tried["tried"], &tried["created"], &tried["rejected"]), (&json!(true), &tried["rows"], &json!(0)), "{tried}");
        assert_eq!(client.get("/api/v1/objects").ok()["items"].as_array().unwrap().iter().filter(|o| o["name"] == objects[0].0 && o["custom"] == true).count(), 0, "a trial makes no objects");
        let done = import(&place, &folder.join(app), &[]);
        assert_eq!((&done["created"], &done["rejected"], &done["missing"]), (&tried["created"], &json!(0), &json!([])), "{done}");
        for (object, n) in objects {
            assert_eq!(count(&client, object), *n, "{app} {object}");
        }
        references_resolve(&client, app);
    }
}
/// Every reference of the trees leads to its record.
fn references_resolve(client: &Client, app: &str) {
    let all = |object: &str, path: &str| client.get(&format!("/api/v1/records/{object}?limit=500&fields={path}")).ok()["items"].as_array().unwrap().clone();
    let linked = |object: &str, path: &str| all(object, path).iter().filter(|r| !r[path].is_null()).count();
    match app {
        "dreamhouse" => assert_eq!(linked("property", "broker"), 12),
        "ebikes" => assert_eq!(linked("product", "product_family"), 16),
        _ => assert_eq!((linked("contact", "account"), linked("space", "market")), (12, 132)),
    }
}
