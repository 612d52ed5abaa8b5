use crate::world::{Who, World};
use serde_json::{Value as Json, json};

crate::both!(the_matrix, a_change_and_back, refused_changes, who_may, a_role_of_their_own);

fn role(w: &World, who: Who, name: &str) -> Json {
    let all = w.get(who, "/roles").expect(200).json();
    all["items"].as_array().unwrap().iter().find(|r| r["name"] == name).cloned().unwrap_or_else(|| panic!("no {name}: {all}"))
}
fn change(w: &World, who: Who, name: &str, body: &Json) -> crate::world::Got {
    w.json(who, "PATCH", &format!("/roles/{name}"), &[], body)
}

fn the_matrix(w: &World) {
    let admin = Who::User(w.user("root", "admin"));
    w.user("ann", "rep");
    let rep = role(w, admin, "rep");
    assert_eq!((&rep["people"], &rep["record"], &rep["label"]), (&json!(1), &Json::Null, &json!("Sales rep")));
    // An object that it names, one that falls under "*", one with fields.
    assert_eq!((&rep["objects"]["team"]["read"], &rep["objects"]["role"]["read"], &rep["objects"]["user"]["fields"]["hired_on"]), (&json!("all"), &json!("none"), &json!("hidden")));
    assert_eq!(role(w, admin, "admin")["objects"]["company"]["delete"], "all");
    let all = w.get(admin, "/roles").json();
    assert!(all["items"].as_array().unwrap().iter().all(|r| !r["name"].as_str().unwrap().starts_with("system_")), "{all}");
    assert!(all["capabilities"].as_array().unwrap().contains(&json!("export")));
}

fn a_change_and_back(w: &World) {
    let (admin, ann) = (Who::User(w.user("root", "admin")), Who::User(w.user("ann", "rep")));
    w.make(Who::Cli, "company", &json!({"name": "Nobody's"}));
    let seen = || w.get(ann, "/records/company").json()["items"].as_array().map_or(0, Vec::len);
    assert_eq!(seen(), 0);
    let wider = json!({"objects": {"company": {"read": "all"}}, "capabilities": {"export": false}});
    let now = change(w, admin, "rep", &wider).expect(200).json();
    assert_eq!((&now["objects"]["company"]["read"], &now["capabilities"], now["record"].is_string()), (&json!("all"), &json!([]), true), "{now}");
    assert_eq!(seen(), 1, "the change holds at once");
    // What was not named stays, and the second change lands in the same record.
    let rep = role(w, admin, "rep");
    assert_eq!((&rep["objects"]["team"]["read"], &rep["objects"]["user"]["fields"]["hired_on"]), (&json!("all"), &json!("hidden")));
    let again = change(w, admin, "rep", &json!({"objects": {"deal": {"create": false}}})).expect(200).json();
    assert_eq!((&again["record"], &again["objects"]["company"]["read"], &again["objects"]["deal"]["create"]), (&now["record"], &json!("all"), &json!(false)));
    // The same once more changes nothing.
    let record = format!("/records/role/{}", now["record"].as_str().unwrap());
    let version = w.get(admin, &record).json()["version"].clone();
    change(w, admin, "rep", &wider).expect(200);
    assert_eq!(w.get(admin, &record).json()["version"], version);
    assert_eq!(w.get(admin, &format!("{record}/history")).json()["items"].as_array().map(Vec::len), Some(2));
    // The shipped role again, and from there on anew.
    w.raw(admin, "DELETE", &record, &[], "").expect(204);
    assert_eq!(seen(), 0);
    assert_eq!(role(w, admin, "rep")["record"], Json::Null);
    let anew = change(w, admin, "rep", &wider).expect(200).json();
    assert_ne!(anew["record"], Json::Null);
    assert_eq!(seen(), 1);
}

fn refused_changes(w: &World) {
    let admin = Who::User(w.user("root", "admin"));
    let wrong = json!({"objects": {"company": {"read": "some", "create": "yes", "fly": true}, "nothing": {}, "deal": 1}, "capabilities": {"fly": true, "export": 1}, "label": "x"});
    let got = change(w, admin, "rep", &wrong).expect(422).json();
    let mut fields: Vec<_> = got["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    fields.sort_unstable();
    let all = ["capabilities.export", "capabilities.fly", "label", "objects.company.create", "objects.company.fly", "objects.company.read", "objects.deal", "objects.nothing"];
    assert_eq!(fields, all);
    assert_eq!(change(w, admin, "nobody", &json!({})).problem(), (404, "not_found".into()));
    assert_eq!(change(w, admin, "system_jobs", &json!({})).problem().0, 404, "what works by itself is no role of people");
    let own = change(w, admin, "admin", &json!({"objects": {"company": {"read": "own"}}}));
    assert_eq!((own.status, &own.json()["errors"][0]["code"]), (422, &json!("own_rights")), "nobody changes their own role");
    assert_eq!(role(w, admin, "admin")["objects"]["company"]["read"], "all");
}

fn who_may(w: &World) {
    let (rep, auditor, admin) = (Who::User(w.user("ann", "rep")), Who::User(w.user("log", "auditor")), Who::User(w.user("root", "admin")));
    assert_eq!(w.get(rep, "/roles").problem().0, 403);
    assert_eq!(change(w, rep, "marketer", &json!({})).problem().0, 403);
    assert_eq!(role(w, auditor, "rep")["people"], 1, "an auditor reads");
    assert_eq!(change(w, auditor, "rep", &json!({"objects": {"company": {"read": "all"}}})).problem().0, 403, "and changes nothing");
    change(w, admin, "rep", &json!({"objects": {"company": {"read": "all"}}})).expect(200);
    assert_eq!(w.get(Who::Nobody, "/roles").problem().0, 401);
}

fn a_role_of_their_own(w: &World) {
    let (admin, ann) = (Who::User(w.user("root", "admin")), w.user("ann", "rep"));
    w.make(Who::Cli, "company", &json!({"name": "Nobody's"}));
    let new = json!({"name": "key_account", "label": "Key account", "from": "rep"});
    let made = w.post(admin, "/roles", &new).expect(201).json();
    assert_eq!(
        (&made["name"], &made["people"], &made["objects"]["company"], made["record"].is_string()),
        (&json!("key_account"), &json!(0), &role(w, admin, "rep")["objects"]["company"], true),
        "{made}"
    );
    // it stands among the roles that a person may be given, and is given
    let options = |w: &World| {
        let user = w.get(admin, "/objects/user").json();
        let roles = user["fields"].as_array().unwrap().iter().find(|f| f["name"] == "roles").unwrap().clone();
        roles["type"]["multi_choice"]["options"].as_array().unwrap().iter().find(|o| o["value"] == "key_account").cloned()
    };
    assert_eq!(options(w), Some(json!({"value": "key_account", "label": "Key account"})));
    change(w, admin, "key_account", &json!({"objects": {"company": {"read": "all"}}})).expect(200);
    let path = format!("/records/user/{ann}");
    w.json(admin, "PATCH", &path, &[("if-match", "*")], &json!({"roles": ["key_account"]})).expect(200);
    assert_eq!(w.get(Who::User(ann), "/records/company").json()["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(role(w, admin, "key_account")["people"], 1);
    // put away, it gives nothing any more, and nobody is given it
    w.raw(admin, "DELETE", &format!("/records/role/{}", made["record"].as_str().unwrap()), &[], "").expect(204);
    assert_eq!(w.get(Who::User(ann), "/records/company").status, 403);
    assert_eq!(options(w).map(|o| o["archived"].clone()), Some(json!(true)));
    let bob = w.user("bob", "rep");
    w.json(admin, "PATCH", &format!("/records/user/{bob}"), &[("if-match", "*")], &json!({"roles": ["key_account"]})).expect(422);
    // what cannot be made
    for (body, field) in [
        (json!({"name": "rep", "label": "x", "from": "rep"}), "name"),
        (json!({"name": "key_account", "label": "x", "from": "rep"}), "name"),
        (json!({"name": "system_x", "label": "x", "from": "rep"}), "name"),
        (json!({"name": "Key account", "label": "x", "from": "rep"}), "name"),
        (json!({"name": "x", "label": " ", "from": "rep"}), "label"),
        (json!({"name": "x", "label": "x", "from": "nobody"}), "from"),
        (json!({"name": "x", "label": "x", "from": "system_cli"}), "from"),
        (json!({"name": "x", "label": "x", "from": "rep", "colour": 1}), "colour"),
    ] {
        let refused = w.post(admin, "/roles", &body).expect(422).json();
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
    }
    w.post(Who::User(bob), "/roles", &new).expect(403);
}
