use crate::kit::{Answer, Client, Engine, PASSWORD, Place, Server};
use serde_json::{Value as Json, json};

crate::on_both!(a_favourite_is_its_owners_alone, what_is_a_favourite_already_is_refused, favourites_keep_an_order_and_follow_what_becomes_of_their_targets, two_screens_at_once_make_one_favourite);

const FAVOURITES: &str = "/api/v1/records/favourite";

fn mark(client: &Client, object: &str, id: &str) -> Answer {
    client.post(FAVOURITES, &json!({"target": {"object": object, "id": id}}))
}
fn change(client: &Client, id: &str, body: &Json) -> Answer {
    client.with("if-match", "*").send("PATCH", &format!("{FAVOURITES}/{id}"), Some(("application/json", &body.to_string())))
}
fn targets(client: &Client) -> Vec<Json> {
    let page = client.get(&format!("{FAVOURITES}?sort=position")).ok();
    page["items"].as_array().unwrap().iter().map(|item| item["target"]["id"].clone()).collect()
}
fn made(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().to_owned()
}
fn account(client: &Client, name: &str) -> String {
    made(&client.post("/api/v1/records/account", &json!({"name": name, "kind": "organisation"})))
}
fn has_code(answer: &Answer, field: &str, code: &str) {
    assert_eq!(answer.status, 422, "{}", answer.body);
    let errors = answer.json()["errors"].clone();
    assert!(errors.as_array().unwrap().iter().any(|e| e["field"] == field && e["code"] == code), "{errors}");
}

fn a_favourite_is_its_owners_alone(engine: Engine) {
    let place = Place::new(engine);
    place.person("ann@example.org", "rep");
    place.person("boss@example.org", "admin");
    let server = Server::start(&place);
    let [ann, boss] = ["ann", "boss"].map(|name| server.client().sign_in(&format!("{name}@example.org"), PASSWORD));
    let oak = account(&ann, "Oak");
    let favourite = made(&mark(&ann, "account", &oak));
    let one = format!("{FAVOURITES}/{favourite}");
    assert_eq!(ann.get(&one).ok()["target"]["id"], json!(oak));
    assert_eq!(targets(&boss), Vec::<Json>::new());
    for path in [one.clone(), format!("{one}/history"), format!("{one}/access")] {
        assert_eq!(boss.get(&path).problem(404), "not_found", "{path}");
    }
    assert_eq!(change(&boss, &favourite, &json!({"position": 9})).problem(404), "not_found");
    assert_eq!(boss.delete(&one).problem(404), "not_found");
    let count = boss.post(&format!("{FAVOURITES}/aggregate"), &json!({"group_by": [{"field": "owner"}], "measures": [{"fn": "count"}]})).ok();
    assert_eq!(count["items"], json!([]));
    // neither a share, nor a hand-over, nor a definition opens it
    let user = boss.get("/api/v1/me").ok()["user"]["id"].clone();
    assert_ne!(ann.post("/api/v1/records/share", &json!({"record": {"object": "favourite", "id": favourite}, "user": user, "level": "update"})).status, 500);
    assert_eq!(boss.get(&one).problem(404), "not_found");
    assert_eq!(change(&ann, &favourite, &json!({"owner": user})).status, 403);
    let definition = boss.with("if-match", "*").send("PATCH", "/api/v1/objects/favourite", Some(("application/json", &json!({"sharing": "read"}).to_string())));
    has_code(&definition, "sharing", "not_changeable");
    // who may read the record does not see whose favourite it is
    assert_eq!(boss.get(&format!("/api/v1/records/account/{oak}")).status, 200);
    made(&mark(&boss, "account", &oak));
    assert_eq!(targets(&boss), [json!(oak)]);
}

fn what_is_a_favourite_already_is_refused(engine: Engine) {
    let place = Place::new(engine);
    place.person("ann@example.org", "rep");
    place.person("ben@example.org", "rep");
    let server = Server::start(&place);
    let [ann, ben] = ["ann", "ben"].map(|name| server.client().sign_in(&format!("{name}@example.org"), PASSWORD));
    let oak = account(&ann, "Oak");
    let first = made(&mark(&ann, "account", &oak));
    has_code(&mark(&ann, "account", &oak), "target", "value_taken");
    has_code(&mark(&ann, "favourite", &first), "target", "not_a_place");
    // what is out of reach is not there
    assert_eq!(mark(&ben, "account", &oak).status, 422);
    assert_eq!(targets(&ben), Vec::<Json>::new());
    let view = made(&ann.post("/api/v1/records/view", &json!({"name": "Big", "object": "account", "shared": "everybody"})));
    made(&mark(&ann, "view", &view));
    made(&mark(&ben, "view", &view));
    // taken away and marked again
    assert_eq!(ann.delete(&format!("{FAVOURITES}/{first}")).status, 204);
    assert_eq!(targets(&ann), [json!(view)]);
    made(&mark(&ann, "account", &oak));
    assert_eq!(targets(&ann), [json!(view), json!(oak)]);
    // a view that is shared no longer is no place for others, and says nothing
    let patched = ann.with("if-match", "*").send("PATCH", &format!("/api/v1/records/view/{view}"), Some(("application/json", &json!({"shared": "private"}).to_string())));
    assert_eq!(patched.status, 200, "{}", patched.body);
    assert_eq!(targets(&ben), [Json::Null]);
}

fn favourites_keep_an_order_and_follow_what_becomes_of_their_targets(engine: Engine) {
    let place = Place::new(engine);
    place.person("boss@example.org", "admin");
    let server = Server::start(&place);
    let boss = server.client().sign_in("boss@example.org", PASSWORD);
    let [oak, elm, ash] = ["Oak", "Elm", "Ash"].map(|name| account(&boss, name));
    let marks = [&oak, &elm, &ash].map(|id| made(&mark(&boss, "account", id)));
    assert_eq!(targets(&boss), [json!(oak), json!(elm), json!(ash)]);
    assert_eq!(change(&boss, &marks[2], &json!({"position": 0})).status, 200);
    assert_eq!(targets(&boss), [json!(ash), json!(oak), json!(elm)]);
    // archived with its target, back with it
    assert_eq!(boss.delete(&format!("/api/v1/records/account/{elm}")).status, 204);
    assert_eq!(targets(&boss), [json!(ash), json!(oak)]);
    assert_eq!(boss.post(&format!("/api/v1/records/account/{elm}/restoration"), &json!({})).status, 200);
    assert_eq!(targets(&boss), [json!(ash), json!(oak), json!(elm)]);
    // two that become one were two favourites, and are one
    let merged = boss.post(&format!("/api/v1/records/account/{oak}/merge"), &json!({"loser": ash}));
    assert_eq!(merged.status, 200, "{}", merged.body);
    assert_eq!(targets(&boss), [json!(oak), json!(elm)]);
}

fn two_screens_at_once_make_one_favourite(engine: Engine) {
    let place = Place::new(engine);
    place.person("ann@example.org", "rep");
    let server = Server::start(&place);
    let ann = server.client().sign_in("ann@example.org", PASSWORD);
    let oak = account(&ann, "Oak");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..6).map(|_| scope.spawn(|| mark(&ann, "account", &oak).status)).collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|s| **s == 201).count(), 1, "{statuses:?}");
    assert_eq!(targets(&ann), [json!(oak)]);
}
