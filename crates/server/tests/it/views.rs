use crate::kit::{Client, Engine, PASSWORD, Place, Server};
use serde_json::{Value as Json, json};

crate::on_both!(a_view_is_found_by_whom_it_is_for, a_view_that_cannot_be_opened_is_refused, a_view_has_a_history_and_comes_back);

const VIEWS: &str = "/api/v1/records/view";

fn patch(client: &Client, id: &str, body: &Json) -> crate::kit::Answer {
    client.with("if-match", "*").send("PATCH", &format!("{VIEWS}/{id}"), Some(("application/json", &body.to_string())))
}
fn names(client: &Client) -> Vec<String> {
    let page = client.get(&format!("{VIEWS}?sort=name")).ok();
    page["items"].as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect()
}

fn a_view_is_found_by_whom_it_is_for(engine: Engine) {
    let place = Place::new(engine);
    let add = |email: &str, team: &str| drop(place.run_with(&["user", "add", "--email", email, "--name", email, "--role", "rep", "--team", team, "--password-stdin"], &format!("{PASSWORD}\n")).ok());
    add("ann@example.org", "North");
    add("ben@example.org", "North");
    add("cat@example.org", "South");
    let server = Server::start(&place);
    let [ann, ben, cat] = ["ann", "ben", "cat"].map(|name| server.client().sign_in(&format!("{name}@example.org"), PASSWORD));
    let make = |name: &str, shared: &str| {
        let view = ann.post(VIEWS, &json!({"name": name, "object": "opportunity", "filter": json!({"field": "stage.kind", "op": "eq", "value": "open"}).to_string(), "shared": shared}));
        assert_eq!(view.status, 201, "{}", view.body);
        view.json()["id"].as_str().unwrap().to_owned()
    };
    let mine = make("mine", "private");
    make("ours", "team");
    let open = make("open", "everybody");
    assert_eq!(names(&ann), ["mine", "open", "ours"]);
    assert_eq!(names(&ben), ["open", "ours"]);
    assert_eq!(names(&cat), ["open"]);
    assert_eq!(ben.get(&format!("{VIEWS}/{mine}")).problem(404), "not_found");
    // to read is not to change
    assert_eq!(patch(&ben, &open, &json!({"name": "theirs"})).status, 403);
    assert_eq!(patch(&ann, &open, &json!({"shared": "private"})).status, 200);
    assert_eq!(names(&cat), Vec::<String>::new());
}
fn a_view_that_cannot_be_opened_is_refused(engine: Engine) {
    let place = Place::new(engine);
    place.person("ann@example.org", "rep");
    place.person("boss@example.org", "admin");
    let server = Server::start(&place);
    let ann = server.client().sign_in("ann@example.org", PASSWORD);
    let wrong = |body: Json, field: &str, code: &str| {
        let answer = ann.post(VIEWS, &body);
        assert_eq!(answer.status, 422, "{}", answer.body);
        let errors = answer.json()["errors"].clone();
        assert!(errors.as_array().unwrap().iter().any(|e| e["field"] == field && e["code"] == code), "{errors}");
    };
    let filter = |json: Json| json!({"name": "v", "object": "account", "filter": json.to_string()});
    wrong(json!({"name": "v", "object": "nothing"}), "object", "unknown_object");
    wrong(json!({"name": "v", "object": "account", "filter": "{"}), "filter", "bad_condition");
    wrong(filter(json!({"field": "colour", "op": "eq", "value": "red"})), "filter", "bad_condition");
    wrong(json!({"name": "v", "object": "account", "sort": "-colour"}), "sort", "unknown_field");
    wrong(json!({"name": "v", "object": "account", "columns": "name:200,colour"}), "columns", "unknown_field");
    wrong(json!({"name": "v", "object": "account", "group_by": "colour"}), "group_by", "unknown_field");
    wrong(json!({"name": "v", "object": "account", "shared": "everybody", "standard": true}), "standard", "not_allowed");
    let related = json!({"related": "interaction", "via": "account", "where": {"field": "at", "op": "within", "value": {"last": 14, "unit": "day"}}, "count": {"op": "eq", "value": 0}});
    let mut fine = filter(json!({"and": [{"field": "owner", "op": "eq", "value": {"me": true}}, {"not": related}]}));
    fine["columns"] = json!("name:200,parent.name,industry");
    fine["sort"] = json!("-employees,name");
    fine["standard"] = json!(true);
    assert_eq!(ann.post(VIEWS, &fine).status, 201);
    let boss = server.client().sign_in("boss@example.org", PASSWORD);
    assert_eq!(boss.post(VIEWS, &json!({"name": "v", "object": "account", "shared": "everybody", "standard": true})).status, 201);
}

fn a_view_has_a_history_and_comes_back(engine: Engine) {
    let place = Place::new(engine);
    place.person("ann@example.org", "rep");
    let server = Server::start(&place);
    let ann = server.client().sign_in("ann@example.org", PASSWORD);
    let id = ann.post(VIEWS, &json!({"name": "v", "object": "account", "sort": "name"})).ok()["id"].as_str().unwrap().to_owned();
    assert_eq!(patch(&ann, &id, &json!({"sort": "-employees"})).status, 200);
    let history = ann.get(&format!("{VIEWS}/{id}/history")).ok();
    assert_eq!(history["items"][0]["changes"], json!([{"field": "sort", "old": "name", "new": "-employees"}]));
    assert_eq!(ann.delete(&format!("{VIEWS}/{id}")).status, 204);
    assert_eq!(names(&ann), Vec::<String>::new());
    assert_eq!(ann.post(&format!("{VIEWS}/{id}/restoration"), &json!({})).status, 200);
    assert_eq!(names(&ann), ["v"]);
}
