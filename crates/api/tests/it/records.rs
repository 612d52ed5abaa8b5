use crate::world::{Who, World};
use serde_json::{Value as Json, json};

crate::both!(one_record, upsert, lists, queries_by_body, rights_come_first, bulk_and_undo, figures, past, verbs, definitions, my_rights, search);

fn names(got: &Json) -> Vec<&str> {
    got["items"].as_array().unwrap().iter().map(|i| i["name"].as_str().unwrap()).collect()
}

fn one_record(w: &World) {
    let made = w.post(Who::Cli, "/records/company", &json!({"name": "Größwang", "revenue": "12.5"})).expect(201);
    let json = made.json();
    let id = json["id"].as_str().unwrap();
    let path = format!("/records/company/{id}");
    assert_eq!(made.header("location"), format!("/api/v1{path}"));
    assert_eq!((made.header("etag"), made.header("cache-control")), ("\"1\"", "no-store"));
    assert_eq!((&json["version"], &json["revenue"], &json["archived_at"]), (&json!(1), &json!({"amount": "12.50", "currency": "EUR"}), &Json::Null));
    let got = w.get(Who::Cli, &path).expect(200);
    assert_eq!((got.header("etag"), got.header("content-type"), got.json()), ("\"1\"", "application/json", json.clone()));
    assert_eq!(w.get(Who::Cli, &format!("{path}?fields=name")).expect(200).json(), json!({"id": id, "name": "Größwang"}));

    let patch = |headers: &[(&str, &str)], name: &str| w.json(Who::Cli, "PATCH", &path, headers, &json!({"name": name}));
    assert_eq!(patch(&[], "x").problem(), (428, "if_match_required".into()));
    assert_eq!(patch(&[("if-match", "\"9\"")], "x").problem(), (412, "stale_version".into()));
    assert_eq!(patch(&[("if-match", "9")], "x").problem(), (400, "bad_if_match".into()));
    let changed = patch(&[("if-match", "\"1\"")], "Second").expect(200);
    assert_eq!((changed.header("etag"), &changed.json()["name"]), ("\"2\"", &json!("Second")));
    let merged = w.raw(Who::Cli, "PATCH", &path, &[("if-match", "*"), ("content-type", "application/merge-patch+json; charset=utf-8")], r#"{"city":"Linz","revenue":null}"#).expect(200).json();
    assert_eq!((&merged["city"], &merged["revenue"]), (&json!("Linz"), &Json::Null));

    assert_eq!(w.raw(Who::Cli, "DELETE", &path, &[("if-match", "\"1\"")], "").problem(), (412, "stale_version".into()));
    let gone = w.raw(Who::Cli, "DELETE", &path, &[], "").expect(204);
    assert!(gone.bytes.is_empty() && gone.header("content-type").is_empty());
    assert_ne!(w.get(Who::Cli, &path).expect(200).json()["archived_at"], Json::Null);
    assert_eq!(names(&w.get(Who::Cli, "/records/company").json()), Vec::<&str>::new());
    assert_eq!(names(&w.get(Who::Cli, "/records/company?archived=only").json()), ["Second"]);
    let back = w.raw(Who::Cli, "POST", &format!("{path}/restoration"), &[], "").expect(200);
    assert_eq!(back.json()["archived_at"], Json::Null);
    assert_eq!(w.post(Who::Cli, &format!("{path}/restoration"), &json!({"x": 1})).problem(), (422, "invalid_fields".into()));
    assert_eq!(w.raw(Who::Cli, "HEAD", &path, &[], "").expect(200).header("etag"), back.header("etag"));
}

fn upsert(w: &World) {
    let put = |name: &str, headers: &[(&str, &str)]| w.json(Who::Cli, "PUT", "/records/company/by/code/A%2F%C3%9F%201", headers, &json!({"name": name}));
    let made = put("One", &[]).expect(201);
    assert_eq!((made.header("etag"), &made.json()["code"]), ("\"1\"", &json!("A/ß 1")));
    assert!(made.header("location").starts_with("/api/v1/records/company/0"));
    let again = put("Two", &[]).expect(200);
    assert_eq!((again.json()["id"].clone(), again.header("location")), (made.json()["id"].clone(), ""));
    assert_eq!(put("Three", &[("if-match", "\"1\"")]).problem(), (412, "stale_version".into()));
    assert_eq!(w.json(Who::Cli, "PUT", "/records/company/by/city/x", &[], &json!({"name": "n"})).status, 422, "only unique fields");
}

fn lists(w: &World) {
    for i in 0..7 {
        w.make(Who::Cli, "company", &json!({"name": format!("C{i}"), "city": if i % 2 == 0 { "Graz + Ost" } else { "Wien" }}));
    }
    let filter = "%7B%22field%22%3A%22city%22%2C%22op%22%3A%22eq%22%2C%22value%22%3A%22Graz+%2B+Ost%22%7D";
    let page = w.get(Who::Cli, &format!("/records/company?filter={filter}&sort=-name&limit=3&count=exact&fields=name,city")).expect(200).json();
    assert_eq!(names(&page), ["C6", "C4", "C2"]);
    assert_eq!((&page["total"], page["items"][0].as_object().unwrap().len()), (&json!(4), 3));
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = w.get(Who::Cli, &format!("/records/company?filter={filter}&sort=-name&limit=3&fields=name&cursor={cursor}")).expect(200).json();
    assert_eq!((names(&rest), &rest["next_cursor"]), (vec!["C0"], &Json::Null));
    assert_eq!(w.get(Who::Cli, &format!("/records/company?sort=name&cursor={cursor}")).problem(), (400, "bad_cursor".into()));
    for (query, code) in [
        ("colour=red", "unknown_parameter"),
        ("limit=5&limit=5", "duplicate_parameter"),
        ("limit=501", "bad_parameter"),
        ("archived=yes", "bad_parameter"),
        ("filter=%7B", "bad_parameter"),
        ("filter=7", "bad_condition"),
        ("sort=%ff", "bad_encoding"),
    ] {
        assert_eq!(w.get(Who::Cli, &format!("/records/company?{query}")).problem(), (400, code.into()), "{query}");
    }
    assert_eq!(w.get(Who::Cli, "/records/company?sort=nope").problem().0, 422);
    assert_eq!(w.get(Who::Cli, "/records/nope").problem().0, 404);
}

fn queries_by_body(w: &World) {
    for i in 0..3 {
        w.make(Who::Cli, "company", &json!({"name": format!("C{i}")}));
    }
    let ask = |body: Json| w.post(Who::Cli, "/records/company/query", &body);
    let page = ask(json!({"filter": {"field": "name", "op": "ne", "value": "C1"}, "sort": ["-name"], "limit": 1, "fields": ["name"], "count": "estimate", "cursor": null})).expect(200).json();
    assert_eq!((names(&page), &page["total"]), (vec!["C2"], &json!(2)));
    assert_eq!(names(&w.raw(Who::Cli, "POST", "/records/company/query", &[], "").expect(200).json()).len(), 3, "no body means {{}}");
    for (body, code) in [
        (json!({"limit": 0}), "bad_parameter"),
        (json!({"limit": "5"}), "bad_parameter"),
        (json!({"sort": "name"}), "bad_parameter"),
        (json!({"page": 2}), "unknown_parameter"),
        (json!({"count": "no"}), "bad_parameter"),
        (json!({"as_of": 7}), "bad_parameter"),
        (json!([]), "not_an_object"),
    ] {
        assert_eq!(ask(body.clone()).problem(), (400, code.into()), "{body}");
    }
}

fn rights_come_first(w: &World) {
    let (ann, bob) = (Who::User(w.user("ann", "rep")), Who::User(w.user("bob", "rep")));
    let id = w.make(ann, "company", &json!({"name": "Hers"}));
    let path = format!("/records/company/{id}");
    let before = w.rows();
    assert_eq!(w.get(bob, &path).problem().0, 404);
    assert_eq!(w.json(bob, "PATCH", &path, &[], &json!({"colour": 1})).problem().0, 404);
    assert_eq!(w.raw(bob, "DELETE", &path, &[], "").problem().0, 404);
    for part in ["timeline", "history", "access", "files"] {
        assert_eq!(w.get(bob, &format!("{path}/{part}")).problem().0, 404, "{part}");
        assert_eq!(w.get(ann, &format!("{path}/{part}")).status, 200, "{part}");
    }
    assert_eq!(names(&w.get(bob, "/records/company").json()), Vec::<&str>::new());
    assert_eq!(w.get(bob, "/records/company/not-an-id").problem().0, 404);
    assert_eq!(w.get(Who::Nobody, &path).problem(), (401, "no_credentials".into()));
    assert_eq!(w.json(Who::Nobody, "POST", "/records/company", &[], &json!({"name": "x"})).header("www-authenticate"), "Bearer");
    let Who::User(ann_id) = ann else { unreachable!() };
    let reader = Who::Token(ann_id, &["company:read"]);
    assert_eq!(w.get(reader, &path).status, 200);
    assert_eq!(w.post(reader, "/records/company", &json!({"name": "x"})).problem().0, 403);
    assert_eq!(w.rows(), before, "what was refused has changed nothing");
}

fn bulk_and_undo(w: &World) {
    let body = json!({"mode": "create", "items": [{"name": "A"}, {"colour": 1}, {"name": "B"}]});
    let answer = w.post(Who::Cli, "/records/company/bulk", &body).expect(200).json();
    let statuses: Vec<_> = answer["items"].as_array().unwrap().iter().map(|i| i["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 422, 201]);
    let set = answer["change_set"].as_str().unwrap();
    let path = format!("/change-sets/{set}");
    assert_eq!(w.get(Who::Cli, &path).expect(200).json()["status"], "done");
    let bob = Who::User(w.user("bob", "rep"));
    assert_eq!(w.get(bob, &path).problem().0, 404);
    assert_eq!(w.post(Who::Cli, &format!("{path}/undo"), &json!({"mode": "hard", "x": 1})).json()["errors"].as_array().unwrap().len(), 2);
    let undone = w.raw(Who::Cli, "POST", &format!("{path}/undo"), &[], "").expect(202);
    assert_eq!(undone.header("location"), format!("/api/v1/change-sets/{}", undone.json()["id"].as_str().unwrap()));
    assert_eq!(names(&w.get(Who::Cli, "/records/company").json()), Vec::<&str>::new());
    assert_eq!(w.post(Who::Cli, &format!("{path}/undo"), &json!({})).problem().0, 409);
}

fn figures(w: &World) {
    for (city, amount) in [("Graz", "1.50"), ("Graz", "2"), ("Wien", "4")] {
        w.make(Who::Cli, "company", &json!({"name": "n", "city": city, "revenue": amount}));
    }
    let body = json!({"group_by": [{"field": "city"}], "measures": [{"fn": "count"}, {"fn": "sum", "field": "revenue"}]});
    let answer = w.post(Who::Cli, "/records/company/aggregate", &body).expect(200).json();
    assert_eq!(w.post(Who::Cli, "/records/company/aggregate", &json!({"group_by": [], "measures": []})).problem().0, 400);
    let one = w.post(Who::Cli, "/records/company/aggregate", &json!({"group_by": [], "measures": [{"fn": "count"}], "limit": 1})).expect(200).json();
    assert_eq!(one, json!({"items": [{"key": {}, "values": [3]}], "next_cursor": null}));
    let item = answer["items"].as_array().unwrap().iter().find(|i| i["key"]["city"] == "Graz").unwrap();
    assert_eq!((&item["values"][0], &item["values"][1]["amount"]), (&json!(2), &json!("3.50")));
}

fn past(w: &World) {
    let company = w.make(Who::Cli, "company", &json!({"name": "C"}));
    w.clock.advance(1_000);
    let deal = w.make(Who::Cli, "deal", &json!({"name": "D", "company": company}));
    let line = w.get(Who::Cli, &format!("/records/company/{company}/timeline?limit=5")).expect(200).json();
    assert_eq!((&line["items"][0]["id"], &line["items"][0]["title"]), (&json!(deal), &json!("D")));
    w.json(Who::Cli, "PATCH", &format!("/records/deal/{deal}"), &[("if-match", "*")], &json!({"name": "E"})).expect(200);
    let history = w.get(Who::Cli, &format!("/records/deal/{deal}/history")).expect(200).json();
    assert_eq!(history["items"][0]["changes"], json!([{"field": "name", "old": "D", "new": "E"}]));
    assert_eq!(w.get(Who::Cli, &format!("/records/deal/{deal}/history?offset=1")).problem(), (400, "unknown_parameter".into()));
    let with = w.get(Who::Cli, &format!("/records/deal/{deal}?include=company")).expect(200).json();
    assert_eq!(with["company_record"]["name"], "C");
}

fn verbs(w: &World) {
    let id = w.make(Who::Cli, "deal", &json!({"name": "D"}));
    let path = format!("/deals/{id}/closure");
    let done = w.json(Who::Cli, "POST", &path, &[("if-match", "\"1\"")], &json!({"name": "Won"})).expect(201);
    assert_eq!((&done.json()["name"], done.header("etag")), (&json!("Won"), "\"2\""));
    assert_eq!(w.json(Who::Cli, "POST", &path, &[("if-match", "\"1\"")], &json!({})).problem(), (412, "stale_version".into()));
    w.raw(Who::Cli, "DELETE", &path, &[], "").expect(201);
    assert_eq!(w.get(Who::Cli, &path).header("allow"), "DELETE, POST");
    assert_eq!(w.get(Who::Cli, &path).problem(), (405, "method_not_allowed".into()));
    assert_eq!(w.raw(Who::Cli, "DELETE", &format!("/deals/{id}/renaming"), &[], "").header("allow"), "POST");
    for lost in [format!("/deals/{id}/nothing"), format!("/deal/{id}/closure"), format!("/companies/{id}/closure")] {
        assert_eq!(w.raw(Who::Cli, "POST", &lost, &[], "").problem(), (404, "no_route".into()), "{lost}");
        assert_eq!(w.get(Who::Cli, &lost).problem(), (404, "no_route".into()), "{lost}");
    }
    assert_eq!(w.raw(Who::Cli, "POST", "/deals/17/closure", &[], "").problem().0, 404);
    assert_eq!(w.raw(Who::Nobody, "POST", &path, &[], "").problem().0, 401);
}

fn definitions(w: &World) {
    let admin = Who::User(w.user("root", "admin"));
    let ann = Who::User(w.user("ann", "rep"));
    let new = json!({"label": "Boat", "fields": [{"name": "name", "type": {"text": {}}, "required": true}]});
    assert_eq!(w.post(ann, "/objects/boat", &new).problem().0, 403);
    let made = w.post(admin, "/objects/boat", &new).expect(201);
    assert_eq!((made.header("location"), &made.json()["plural"]), ("/api/v1/objects/boat", &json!("boats")));
    assert_eq!(w.post(admin, "/objects/ship", &json!({"name": "boat"})).problem().0, 422);
    let field = w.post(admin, "/objects/boat/fields", &json!({"name": "length", "type": {"decimal": {"scale": 1}}})).expect(201);
    assert!(field.json()["fields"].as_array().unwrap().iter().any(|f| f["name"] == "length"));
    let id = w.make(admin, "boat", &json!({"name": "Titanic", "length": "269.1"}));
    assert_eq!(w.get(admin, &format!("/records/boat/{id}")).json()["length"], "269.1");
    let change = |who, headers: &[(&str, &str)]| w.json(who, "PATCH", "/objects/boat/fields/length", headers, &json!({"label": "Metres"}));
    assert_eq!(change(admin, &[]).problem().0, 428);
    assert_eq!(change(admin, &[("if-match", made.header("etag"))]).problem().0, 412, "a field has come since");
    let tag = w.get(admin, "/objects/boat").header("etag").to_owned();
    assert_ne!(tag, "");
    assert_eq!(change(ann, &[("if-match", &tag)]).problem().0, if w.get(ann, "/objects/boat").status == 200 { 403 } else { 404 });
    let changed = change(admin, &[("if-match", &tag)]).expect(200);
    assert!(changed.json()["fields"].as_array().unwrap().iter().any(|f| f["label"] == "Metres"));
    w.raw(admin, "DELETE", "/objects/boat/fields/length", &[], "").expect(204);
    assert_eq!(w.get(admin, &format!("/records/boat/{id}")).json().get("length"), None);
    let all = w.get(admin, "/objects").expect(200).json();
    assert!(all["items"].as_array().unwrap().iter().any(|o| o["name"] == "boat"));
    assert_eq!(w.get(ann, "/objects/nope").problem().0, 404);
}

fn my_rights(w: &World) {
    let rep = w.get(Who::User(w.user("ann", "rep")), "/me/rights").expect(200).json();
    assert_eq!((&rep["objects"]["company"]["create"], &rep["objects"]["company"]["fields"]["name"], &rep["roles"][0]["name"]), (&json!(true), &json!("write"), &json!("rep")));
    assert_eq!(rep["objects"]["company"]["fields"]["created_at"], "read");
    let admin = w.get(Who::User(w.user("root", "admin")), "/me/rights").json();
    assert!(admin["capabilities"].as_array().unwrap().contains(&json!("define")) && !rep["capabilities"].as_array().unwrap().contains(&json!("define")));
}

fn search(w: &World) {
    let id = w.make(Who::Cli, "company", &json!({"name": "Größwang Coffee"}));
    let found = w.get(Who::Cli, "/search?q=grossw+cof&objects=company").expect(200).json();
    assert_eq!((&found["items"][0]["id"], found.get("q")), (&json!(id), None));
    assert_eq!(w.get(Who::Cli, "/search").problem(), (400, "missing_parameter".into()));
    assert_eq!(w.get(Who::Cli, &format!("/search?q={}", "x".repeat(201))).problem(), (400, "bad_parameter".into()));
    assert_eq!(w.get(Who::Cli, "/search?q=coffee&limit=500").expect(200).json()["next_cursor"], Json::Null);
    let bob = Who::User(w.user("bob", "rep"));
    assert_eq!(w.get(bob, "/search?q=coffee").json()["items"], json!([]));
}
