//! Formulas through the door: stored ones behave like any column, live ones are computed when read.

use crate::world::{World, find, map};
use records::{Find, IfMatch, Paging, UndoMode};
use serde_json::{Value as Json, json};

crate::both!(
    stored_follow_every_write,
    stored_are_columns,
    definitions_fill_rows,
    large_tables_are_filled_by_the_job,
    live_are_computed_when_read,
    masked_stays_masked,
    wrong_definitions_are_refused,
    the_past_has_its_own_results
);

fn add(w: &World, object: &'static str, field: Json) -> kernel::Result<Json> {
    w.workspace.write_blocking(&w.system(), move |tx| tx.add_field(object, &field))
}
fn formula(name: &str, expression: &str, result: &str) -> Json {
    json!({"name": name, "type": {"formula": {"expression": expression, "result": result}}})
}
fn stored_follow_every_write(w: &World) {
    let ctx = w.system();
    add(w, "company", formula("gross", "revenue * 1.19", "money")).unwrap();
    add(w, "company", formula("open", "archived_at == null", "boolean")).unwrap();
    add(w, "company", formula("seen", "'v' + string(version)", "text")).unwrap();
    let id = w.create(&ctx, "company", json!({"name": "a", "code": "1", "revenue": "19.99"})).unwrap();
    let got = |what: &str| w.get(&ctx, "company", id).unwrap()[what].clone();
    assert_eq!(got("gross"), json!({"amount": "23.79", "currency": "EUR"}));
    assert_eq!((got("open"), got("seen")), (json!(true), json!("v1")));
    w.update(&ctx, "company", id, json!({"revenue": "100"})).unwrap();
    assert_eq!(got("gross"), json!({"amount": "119.00", "currency": "EUR"}));
    assert_eq!(got("seen"), "v2");
    let body = json!({"mode": "upsert", "key": "code", "items": [{"code": "1", "revenue": "200"}, {"code": "2", "name": "b", "revenue": "1"}]});
    let answer = w.workspace.write_blocking(&ctx, move |tx| tx.bulk("company", &body)).unwrap();
    assert_eq!(got("gross")["amount"], "238.00");
    let created = json!({"mode": "create", "items": [{"name": "c", "revenue": "10"}, {"name": "d"}]});
    w.workspace.write_blocking(&ctx, move |tx| tx.bulk("company", &created)).unwrap();
    let page = w.find(&ctx, Find { sort: vec!["name".into()], ..find("company") }).unwrap();
    let gross: Vec<_> = page["items"].as_array().unwrap().iter().map(|i| i["gross"]["amount"].clone()).collect();
    assert_eq!(gross, [json!("238.00"), json!("1.19"), json!("11.90"), json!(null)]);
    let set = answer["change_set"].as_str().unwrap().parse().unwrap();
    w.clock.advance(10);
    w.workspace.write_blocking(&w.system(), move |tx| tx.undo(set, UndoMode::Safe)).unwrap();
    assert_eq!(got("gross")["amount"], "119.00");
    w.workspace.write_blocking(&ctx, move |tx| tx.archive("company", id, IfMatch::None)).unwrap();
    assert_eq!(got("open"), false);
    let error = w.create(&ctx, "company", json!({"name": "x", "gross": "1"})).unwrap_err();
    assert_eq!(error.fields[0].code, "read_only");
    let history = w.workspace.read_blocking(&ctx, move |tx| tx.history("company", id, &Paging::default())).unwrap();
    assert!(!history.to_string().contains("gross"), "what is computed is not told twice");
}
fn stored_are_columns(w: &World) {
    let ctx = w.system();
    add(w, "company", formula("half", "number(revenue) / 2", "decimal")).unwrap();
    add(w, "company", formula("size_class", "half > 10 ? 'a' : 'b'", "text")).unwrap();
    for (name, revenue) in [("a", json!("10")), ("b", json!("30")), ("c", json!("25.01")), ("d", json!(null))] {
        w.create(&ctx, "company", json!({"name": name, "revenue": revenue})).unwrap();
    }
    assert_eq!(w.names(&ctx, Find { filter: Some(json!({"field": "half", "op": "gte", "value": "12.505"})), sort: vec!["-half".into()], ..find("company") }), ["b", "c"]);
    assert_eq!(w.names(&ctx, Find { sort: vec!["half".into()], ..find("company") }), ["a", "c", "b", "d"]);
    let body = json!({"group_by": ["size_class"], "measures": [{"fn": "sum", "field": "half"}], "sort": ["size_class"]});
    let got = w.workspace.read_blocking(&ctx, move |tx| tx.aggregate("company", &body)).unwrap();
    assert_eq!(got["items"], json!([{"key": {"size_class": "a"}, "values": ["27.505"]}, {"key": {"size_class": "b"}, "values": ["5"]}, {"key": {"size_class": null}, "values": [null]}]));
    let def = w.workspace.read_blocking(&ctx, |tx| tx.definition("company")).unwrap();
    let half = def["fields"].as_array().unwrap().iter().find(|f| f["name"] == "half").unwrap();
    assert_eq!((&half["computed"], &half["read_only"]), (&json!("stored"), &json!(true)));
}
fn definitions_fill_rows(w: &World) {
    let ctx = w.system();
    let id = w.create(&ctx, "company", json!({"name": "abc"})).unwrap();
    let version = w.get(&ctx, "company", id).unwrap()["version"].clone();
    add(w, "company", formula("letters", "size(name)", "integer")).unwrap();
    add(w, "company", formula("twice", "letters * 2", "integer")).unwrap();
    assert_eq!(w.get(&ctx, "company", id).unwrap()["twice"], 6);
    let change = |field: &'static str, json: Json| w.workspace.write_blocking(&w.system(), move |tx| tx.change_field("company", field, &json));
    change("letters", json!({"type": {"formula": {"expression": "size(name) + 100", "result": "integer"}}})).unwrap();
    let got = w.get(&ctx, "company", id).unwrap();
    assert_eq!((&got["letters"], &got["twice"], &got["version"]), (&json!(103), &json!(206), &version), "dependants follow, no version is spent");
    // Live and back again.
    change("letters", json!({"type": {"formula": {"expression": "days_between(created_at, today())", "result": "integer"}}})).unwrap();
    assert_eq!(w.get(&ctx, "company", id).unwrap()["twice"], 0);
    change("letters", json!({"type": {"formula": {"expression": "7", "result": "integer"}}})).unwrap();
    assert_eq!(w.names(&ctx, Find { filter: Some(json!({"field": "twice", "op": "eq", "value": 14})), ..find("company") }), ["abc"]);
    assert_eq!(change("letters", json!({"type": {"formula": {"expression": "'x'", "result": "text"}}})).unwrap_err().status(), 422);
    assert_eq!(w.workspace.write_blocking(&ctx, |tx| tx.archive_field("company", "letters")).unwrap_err().status(), 422, "a formula needs it");
    w.workspace.write_blocking(&ctx, |tx| tx.archive_field("company", "twice")).unwrap();
    w.update(&ctx, "company", id, json!({"name": "abcd"})).unwrap();
    change("twice", json!({"archived": false})).unwrap();
    assert_eq!(w.get(&ctx, "company", id).unwrap()["twice"], 14);
}
fn large_tables_are_filled_by_the_job(w: &World) {
    let ctx = w.system();
    for chunk in 0..5 {
        let items: Vec<Json> = (0..4_100).map(|i| json!({"name": format!("{chunk} {i}")})).collect();
        let body = json!({"mode": "create", "items": items});
        w.workspace.write_blocking(&ctx, move |tx| tx.bulk("company", &body)).unwrap();
    }
    add(w, "company", formula("letters", "size(name)", "integer")).unwrap();
    let missing = || {
        let find = Find { filter: Some(json!({"field": "letters", "op": "is_empty"})), count: records::CountMode::Exact, limit: Some(1), ..find("company") };
        w.find(&ctx, find).unwrap()["total"].as_i64().unwrap()
    };
    assert_eq!(missing(), 500);
    while w.workspace.fill_formulas().unwrap() {}
    assert_eq!(missing(), 0);
}
fn live_are_computed_when_read(w: &World) {
    let ctx = w.system();
    add(w, "company", formula("age", "days_between(founded, today())", "integer")).unwrap();
    add(w, "company", formula("mine", "owner == me", "boolean")).unwrap();
    add(w, "company", formula("busy", "deals * 10 + age", "integer")).unwrap();
    add(w, "deal", formula("share", "amount / company.revenue * 100", "percent")).unwrap();
    add(w, "company", json!({"name": "volume", "type": {"roll_up": {"related": "deal", "fn": "sum", "field": "amount"}}})).unwrap();
    add(w, "company", formula("left", "revenue - volume", "money")).unwrap();
    let ann = w.user("ann", "admin", None);
    let id = w.create(&w.ctx(ann), "company", json!({"name": "a", "founded": "2026-11-08", "revenue": "400"})).unwrap();
    let deal = w.create(&ctx, "deal", json!({"name": "d", "company": id.to_string(), "amount": "100"})).unwrap();
    let got = w.get(&ctx, "company", id).unwrap();
    assert_eq!((&got["age"], &got["mine"], &got["busy"]), (&json!(10), &json!(false), &json!(20)));
    assert_eq!(got["left"], json!({"amount": "300.00", "currency": "EUR"}));
    assert_eq!(w.get(&w.ctx(ann), "company", id).unwrap()["mine"], true);
    assert_eq!(w.get(&ctx, "deal", deal).unwrap()["share"], "25");
    let page = w.find(&ctx, Find { fields: Some(vec!["busy".into()]), ..find("company") }).unwrap();
    assert_eq!(page["items"], json!([{"id": id.to_string(), "busy": 20}]), "what it names is not shown unasked");
    let included = w.find(&ctx, Find { include: vec!["company".into()], ..find("deal") }).unwrap();
    assert_eq!(included["items"][0]["company_record"]["busy"], 20);
    for sort in ["age", "deals"] {
        let error = w.find(&ctx, Find { sort: vec![sort.into()], ..find("company") }).unwrap_err();
        assert_eq!((error.status(), error.fields[0].code), (422, "computed_when_read"), "{sort}");
        let filter = json!({"field": sort, "op": "gt", "value": 1});
        assert_eq!(w.find(&ctx, Find { filter: Some(filter), ..find("company") }).unwrap_err().fields[0].code, "computed_when_read");
        let body = json!({"group_by": [sort], "measures": [{"fn": "count"}]});
        assert_eq!(w.workspace.read_blocking(&ctx, move |tx| tx.aggregate("company", &body)).unwrap_err().fields[0].code, "computed_when_read");
        let body = json!({"measures": [{"fn": "sum", "field": sort}]});
        assert_eq!(w.workspace.read_blocking(&ctx, move |tx| tx.aggregate("company", &body)).unwrap_err().fields[0].code, "computed_when_read");
    }
}
fn masked_stays_masked(w: &World) {
    let ctx = w.system();
    add(w, "company", formula("mail_length", "size(email)", "integer")).unwrap();
    add(w, "company", formula("upon", "mail_length + 1", "integer")).unwrap();
    add(w, "deal", formula("far", "company.email", "text")).unwrap();
    add(w, "deal", formula("has_company", "company != null", "boolean")).unwrap();
    let id = w.create(&ctx, "company", json!({"name": "a", "email": "a@example.org"})).unwrap();
    let deal = w.create(&ctx, "deal", json!({"name": "d", "company": id.to_string()})).unwrap();
    assert_eq!(w.get(&ctx, "company", id).unwrap()["upon"], 14);
    assert_eq!(w.get(&ctx, "deal", deal).unwrap()["far"], "a@example.org");
    let eve = w.ctx(w.user("eve", "analyst", None));
    let got = w.get(&eve, "company", id).unwrap();
    assert_eq!((&got["email"], &got["mail_length"], &got["upon"]), (&json!(null), &json!(null), &json!(null)));
    assert_eq!(w.get(&eve, "deal", deal).unwrap()["far"], json!(null));
    for field in ["mail_length", "upon"] {
        let filter = json!({"field": field, "op": "gt", "value": 0});
        assert_eq!(w.find(&eve, Find { filter: Some(filter), ..find("company") }).unwrap_err().fields[0].code, "unknown_field");
    }
    // A reference to a record out of reach is empty; a stored formula over it tells nothing either.
    let ann = w.user("ann", "rep", None);
    let own = w.create(&ctx, "deal", json!({"name": "e", "company": id.to_string(), "owner": ann.to_string()})).unwrap();
    let got = w.get(&w.ctx(ann), "deal", own).unwrap();
    assert_eq!((&got["company"], &got["far"], &got["has_company"]), (&json!(null), &json!(null), &json!(null)));
    assert_eq!(w.names(&w.ctx(ann), Find { filter: Some(json!({"field": "has_company", "op": "eq", "value": true})), ..find("deal") }), Vec::<String>::new());
}
fn wrong_definitions_are_refused(w: &World) {
    for (field, part) in [
        (formula("f", "revenue *", "money"), "character 10"),
        (formula("f", "nothing + 1", "integer"), "character 1: company has no field \"nothing\""),
        (formula("f", "name", "integer"), "text, which is no integer"),
        (formula("f", "f + 1", "integer"), "circle"),
        (formula("f", "1", "reference"), "read"),
        (json!({"name": "f", "type": {"formula": {"expression": "1"}}}), "result"),
    ] {
        let error = add(w, "company", field.clone()).unwrap_err();
        assert_eq!(error.status(), 422, "{field}");
        assert!(error.fields[0].detail.contains(part), "{field}: {error:?}");
    }
    let def =
        json!({"name": "boat", "fields": [{"name": "a", "type": {"formula": {"expression": "b", "result": "integer"}}}, {"name": "b", "type": {"formula": {"expression": "a", "result": "integer"}}}]});
    assert_eq!(w.workspace.write_blocking(&w.system(), move |tx| tx.define_object(&def)).unwrap_err().status(), 422);
    assert!(w.workspace.read_blocking(&w.system(), |tx| tx.definition("boat")).is_err(), "nothing of it stays");
}
fn the_past_has_its_own_results(w: &World) {
    add(w, "company", formula("letters", "size(name)", "integer")).unwrap();
    add(w, "company", formula("age", "days_between(founded, today())", "integer")).unwrap();
    let id = w.create(&w.system(), "company", json!({"name": "abc", "founded": "2026-11-08"})).unwrap();
    let then = w.workspace.now_ms();
    w.clock.advance(1_000);
    w.workspace.write_blocking(&w.system(), move |tx| tx.update("company", id, &map(json!({"name": "a", "founded": "2026-11-17"})), IfMatch::Any)).unwrap();
    let past = w.find(&w.system(), Find { as_of: Some(then), ..find("company") }).unwrap();
    assert_eq!((&past["items"][0]["letters"], &past["items"][0]["age"]), (&json!(3), &json!(10)));
    assert_eq!(w.get(&w.system(), "company", id).unwrap()["letters"], 1);
}
