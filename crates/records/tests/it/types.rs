//! What each field type takes, keeps and refuses.

use crate::world::{World, find, map};
use records::{Find, IfMatch, Paging};
use serde_json::{Value as Json, json};
use std::collections::HashSet;

crate::both!(
    values_come_back,
    defaults_fill_what_is_not_given,
    what_does_not_fit_is_refused,
    archived_options_stay_but_are_not_chosen,
    numbers_are_never_given_twice,
    lists_of_references,
    roll_ups_over_all_records,
    roll_ups_do_not_spoil_the_record,
    text_keeps_its_limit
);

fn field(name: &str, kind: Json) -> Json {
    json!({"name": name, "type": kind})
}
fn options(names: &[&str]) -> Json {
    json!(names.iter().map(|n| json!({"value": n, "label": n})).collect::<Vec<_>>())
}
/// One of each type that takes a value, an example as written and as read.
fn examples() -> Vec<(&'static str, Json, Json, Json)> {
    let same = |name, kind, value: Json| (name, kind, value.clone(), value);
    vec![
        same("a_text", json!({"text": {}}), json!("Größe \u{1F600}")),
        same("a_long", json!("long_text"), json!("a\nb\tc")),
        same("a_rich", json!("rich_text"), json!("<p>a</p>")),
        same("an_email", json!("email"), json!("a@example.org")),
        ("a_phone", json!("phone"), json!("+49 (30) 123-456"), json!("+4930123456")),
        same("a_url", json!("url"), json!("https://example.org/x?y=1")),
        same("a_choice", json!({"choice": {"options": options(&["x", "y"])}}), json!("y")),
        same("an_integer", json!("integer"), json!(i64::MIN)),
        same("a_duration", json!("duration"), json!(90)),
        ("a_decimal", json!({"decimal": {"scale": 6}}), json!(0.1), json!("0.1")),
        ("a_percent", json!("percent"), json!("40.50"), json!("40.5")),
        ("a_money", json!("money"), json!("12.5"), json!({"amount": "12.50", "currency": "EUR"})),
        same("a_yen", json!("money"), json!({"amount": "1250", "currency": "JPY"})),
        same("a_dinar", json!("money"), json!({"amount": "-0.001", "currency": "KWD"})),
        same("a_boolean", json!("boolean"), json!(false)),
        same("a_date", json!("date"), json!("0001-01-01")),
        ("a_date_time", json!("date_time"), json!("2026-11-21T10:30:00.5+01:00"), json!("2026-11-21T09:30:00.500Z")),
        ("a_multi", json!({"multi_choice": {"options": options(&["x", "y", "z"])}}), json!(["z", "x", "x"]), json!(["x", "z"])),
        ("a_place", json!("geo_point"), json!({"lon": -180, "lat": 48.25}), json!({"lat": 48.25, "lon": -180.0})),
        ("an_address", json!("address"), json!({"country": "AT", "street": "Weg 1", "city": ""}), json!({"street": "Weg 1", "country": "AT"})),
        ("a_name", json!("person_name"), json!({"last_name": "Muster", "first_name": "Ä"}), json!({"first_name": "Ä", "last_name": "Muster"})),
    ]
}
fn define(w: &World, with_defaults: bool) {
    let mut fields = vec![field("title", json!({"text": {}}))];
    for (name, kind, written, _) in examples() {
        let mut field = field(name, kind);
        if with_defaults {
            field["default"] = written;
        }
        fields.push(field);
    }
    let def = json!({"name": "sample", "fields": fields});
    w.workspace.write_blocking(&w.system(), move |tx| tx.define_object(&def)).unwrap();
}
fn values_come_back(w: &World) {
    define(w, false);
    let ctx = w.system();
    let mut input: serde_json::Map<String, Json> = examples().into_iter().map(|(n, _, written, _)| (n.to_owned(), written)).collect();
    let id = w.create(&ctx, "sample", Json::Object(input.clone())).unwrap();
    let got = w.get(&ctx, "sample", id).unwrap();
    for (name, _, _, read) in examples() {
        assert_eq!(got[name], read, "{name}");
    }
    // Reading and writing back changes nothing.
    let back: serde_json::Map<String, Json> = examples().iter().map(|(n, ..)| ((*n).to_owned(), got[*n].clone())).collect();
    assert_eq!(w.update(&ctx, "sample", id, Json::Object(back)).unwrap(), 1);
    // In bulk, and emptied one by one.
    input.insert("title".into(), json!("bulk"));
    let body = json!({"mode": "create", "items": [input, {"title": "none"}]});
    w.workspace.write_blocking(&ctx, move |tx| tx.bulk("sample", &body)).unwrap();
    let page = w.find(&ctx, Find { sort: vec!["title".into()], ..find("sample") }).unwrap();
    for (name, _, _, read) in examples() {
        assert_eq!(page["items"][0][name], read, "{name} in bulk");
        assert_eq!(page["items"][1][name], json!(null), "{name} in bulk, empty");
    }
    for (name, ..) in examples() {
        w.update(&ctx, "sample", id, json!({name: null})).unwrap();
    }
    let got = w.get(&ctx, "sample", id).unwrap();
    assert!(examples().iter().all(|(n, ..)| got[*n].is_null()), "{got}");
}
fn defaults_fill_what_is_not_given(w: &World) {
    define(w, true);
    let ctx = w.system();
    let id = w.create(&ctx, "sample", json!({"a_text": null, "an_integer": 7})).unwrap();
    let got = w.get(&ctx, "sample", id).unwrap();
    for (name, _, _, read) in examples() {
        let expected = match name {
            "a_text" => json!(null),
            "an_integer" => json!(7),
            _ => read,
        };
        assert_eq!(got[name], expected, "{name}");
    }
    for bad in [
        json!({"name": "f", "type": "integer", "default": "x"}),
        json!({"name": "f", "type": {"autonumber": {"pattern": "{0}"}}, "default": "1"}),
        json!({"name": "f", "type": {"formula": {"expression": "1", "result": "integer"}}, "default": 1}),
    ] {
        let error = w
            .workspace
            .write_blocking(&ctx, {
                let bad = bad.clone();
                move |tx| tx.add_field("sample", &bad)
            })
            .unwrap_err();
        assert_eq!(error.fields[0].field, "default", "{bad}");
    }
    let error = w.workspace.write_blocking(&ctx, |tx| tx.change_field("sample", "an_integer", &json!({"default": "many"}))).unwrap_err();
    assert_eq!(error.fields[0].field, "default");
}
fn what_does_not_fit_is_refused(w: &World) {
    define(w, false);
    for (name, value, code) in [
        ("a_text", json!(1), "wrong_type"),
        ("a_text", json!("a\u{0}b"), "bad_character"),
        ("an_email", json!("a@b@c.de"), "bad_email"),
        ("a_url", json!("no address"), "bad_url"),
        ("a_choice", json!("z"), "unknown_option"),
        ("an_integer", json!(1.5), "wrong_type"),
        ("an_integer", json!("1"), "wrong_type"),
        ("a_decimal", json!("0.1234567"), "bad_number"),
        ("a_decimal", json!("1e3"), "bad_number"),
        ("a_percent", json!(true), "wrong_type"),
        ("a_money", json!({"amount": "1.234", "currency": "EUR"}), "bad_amount"),
        ("a_money", json!({"amount": "1", "currency": "eur"}), "unknown_currency"),
        ("a_money", json!({"currency": "EUR"}), "missing_amount"),
        ("a_money", json!({"amount": "1", "x": 1}), "unknown_key"),
        ("a_boolean", json!("true"), "wrong_type"),
        ("a_date", json!("2026-02-30"), "bad_date"),
        ("a_date", json!("2026-1-1"), "bad_date"),
        ("a_date_time", json!("2026-01-01 10:00"), "bad_date_time"),
        ("a_multi", json!("x"), "wrong_type"),
        ("a_multi", json!(["x", "q"]), "unknown_option"),
        ("a_place", json!({"lat": 91, "lon": 0}), "bad_coordinate"),
        ("a_place", json!({"lat": 1, "lon": 0, "alt": 2}), "unknown_key"),
        ("an_address", json!({"planet": "x"}), "unknown_key"),
        ("an_address", json!("Weg 1"), "wrong_type"),
        ("a_name", json!({"last_name": 1}), "wrong_type"),
        ("version", json!(7), "read_only"),
        ("nope", json!(1), "unknown_field"),
    ] {
        let error = w.create(&w.system(), "sample", json!({name: value})).unwrap_err();
        assert_eq!((error.status(), error.fields.len(), error.fields[0].field.as_str(), error.fields[0].code), (422, 1, name, code), "{name} {value}");
    }
    assert_eq!(w.find(&w.system(), find("sample")).unwrap()["items"], json!([]));
}
fn archived_options_stay_but_are_not_chosen(w: &World) {
    define(w, false);
    let ctx = w.system();
    let old = w.create(&ctx, "sample", json!({"a_choice": "x", "a_multi": ["x", "y"]})).unwrap();
    for name in ["a_choice", "a_multi"] {
        let kind = if name == "a_choice" { "choice" } else { "multi_choice" };
        let all = [json!({"value": "x", "label": "X", "archived": true}), json!({"value": "y", "label": "Y"}), json!({"value": "z", "label": "Z"})];
        let change = json!({"type": {kind: {"options": all}}});
        w.workspace.write_blocking(&ctx, move |tx| tx.change_field("sample", name, &change)).unwrap();
    }
    for input in [json!({"a_choice": "x"}), json!({"a_multi": ["x"]})] {
        let error = w.create(&ctx, "sample", input.clone()).unwrap_err();
        assert_eq!(error.fields[0].code, "archived_option", "{input}");
    }
    w.update(&ctx, "sample", old, json!({"title": "touched", "a_choice": "x", "a_multi": ["x", "z"]})).unwrap();
    let got = w.get(&ctx, "sample", old).unwrap();
    assert_eq!((&got["a_choice"], &got["a_multi"]), (&json!("x"), &json!(["x", "z"])));
    w.update(&ctx, "sample", old, json!({"a_choice": "y"})).unwrap();
    assert_eq!(w.update(&ctx, "sample", old, json!({"a_choice": "x"})).unwrap_err().fields[0].code, "archived_option");
    let filter = json!({"field": "a_multi", "op": "contains", "value": "x"});
    assert_eq!(w.find(&ctx, Find { filter: Some(filter), ..find("sample") }).unwrap()["items"].as_array().unwrap().len(), 1, "old values are still found");
}
fn numbers_are_never_given_twice(w: &World) {
    let threads: Vec<_> = (0..4)
        .map(|t| {
            let (workspace, ctx) = (w.workspace.clone(), w.system());
            std::thread::spawn(move || {
                for i in 0..25 {
                    let input = map(json!({"name": format!("{t} {i}")}));
                    if i % 5 == 4 {
                        let body = json!({"mode": "create", "items": [input, {"name": "more"}, {}]});
                        workspace.write_blocking(&ctx, move |tx| tx.bulk("company", &body)).unwrap();
                    } else {
                        workspace.write_blocking(&ctx, move |tx| tx.create("company", &input)).unwrap();
                    }
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let page = w.find(&w.system(), Find { limit: Some(500), fields: Some(vec!["no".into()]), ..find("company") }).unwrap();
    let numbers: Vec<String> = page["items"].as_array().unwrap().iter().map(|i| i["no"].as_str().unwrap().to_owned()).collect();
    assert_eq!((numbers.len(), numbers.iter().collect::<HashSet<_>>().len()), (120, 120));
    assert!(numbers.contains(&"C-0001".to_owned()) && numbers.contains(&"C-0120".to_owned()), "no gaps: {numbers:?}");
    // Numbers of an import push the counter on.
    let ctx = w.system();
    w.create(&ctx, "company", json!({"name": "imported", "no": "C-0122"})).unwrap();
    w.create(&ctx, "company", json!({"name": "own", "no": "old 7"})).unwrap();
    let next = w.create(&ctx, "company", json!({"name": "next"})).unwrap();
    assert_eq!(w.get(&ctx, "company", next).unwrap()["no"], "C-0123");
    w.update(&ctx, "company", next, json!({"no": "C-0200"})).unwrap();
    let next = w.create(&ctx, "company", json!({"name": "after"})).unwrap();
    assert_eq!(w.get(&ctx, "company", next).unwrap()["no"], "C-0201");
}
fn lists_of_references(w: &World) {
    let ctx = w.system();
    w.workspace.write_blocking(&ctx, |tx| tx.add_field("deal", &json!({"name": "partners", "type": {"many_to_many": {"to": "company"}}}))).unwrap();
    let ann = w.user("ann", "rep", None);
    let hers = w.create(&w.ctx(ann), "company", json!({"name": "hers"})).unwrap().to_string();
    let hidden = w.create(&ctx, "company", json!({"name": "hidden"})).unwrap().to_string();
    let ids = |ids: &[&String]| {
        let mut ids: Vec<String> = ids.iter().map(|i| (*i).clone()).collect();
        ids.sort();
        json!(ids)
    };
    let both = w.create(&ctx, "deal", json!({"name": "both", "owner": ann.to_string(), "partners": [hidden, hers, hers]})).unwrap();
    w.create(&ctx, "deal", json!({"name": "only hidden", "owner": ann.to_string(), "partners": [hidden]})).unwrap();
    w.create(&ctx, "deal", json!({"name": "none", "owner": ann.to_string(), "partners": []})).unwrap();
    assert_eq!(w.get(&ctx, "deal", both).unwrap()["partners"], ids(&[&hidden, &hers]));
    assert_eq!(w.get(&w.ctx(ann), "deal", both).unwrap()["partners"], ids(&[&hers]));
    let asked = |ctx: &kernel::Ctx, filter: Json| w.names(ctx, Find { filter: Some(filter), sort: vec!["name".into()], ..find("deal") });
    for (filter, all, some) in [
        (json!({"field": "partners", "op": "contains", "value": hidden}), vec!["both", "only hidden"], vec![]),
        (json!({"field": "partners", "op": "contains", "value": hers}), vec!["both"], vec!["both"]),
        (json!({"field": "partners", "op": "in", "value": [hers, hidden]}), vec!["both", "only hidden"], vec!["both"]),
        (json!({"field": "partners", "op": "not_in", "value": [hers]}), vec!["none", "only hidden"], vec!["none", "only hidden"]),
        (json!({"field": "partners", "op": "is_empty"}), vec!["none"], vec!["none", "only hidden"]),
        (json!({"not": {"field": "partners", "op": "contains", "value": hidden}}), vec!["none"], vec!["both", "none", "only hidden"]),
    ] {
        assert_eq!(asked(&ctx, filter.clone()), all, "{filter}");
        assert_eq!(asked(&w.ctx(ann), filter.clone()), some, "{filter} for a rep");
    }
    let error = w.update(&w.ctx(ann), "deal", both, json!({"partners": [hidden]})).unwrap_err();
    assert_eq!(error.fields[0].code, "unknown_reference");
    assert_eq!(w.update(&ctx, "deal", both, json!({"partners": ["0190f0c2-0000-7000-8000-000000000000"]})).unwrap_err().fields[0].code, "unknown_reference");
    assert_eq!(w.update(&ctx, "deal", both, json!({"partners": "x"})).unwrap_err().fields[0].code, "wrong_type");
    for op in ["eq", "lt", "starts_with"] {
        assert_eq!(w.find(&ctx, Find { filter: Some(json!({"field": "partners", "op": op, "value": hers})), ..find("deal") }).unwrap_err().fields[0].code, "bad_operator", "{op}");
    }
    // What she cannot see, her list does not take away; neither does the history show it.
    w.update(&w.ctx(ann), "deal", both, json!({"partners": []})).unwrap();
    assert_eq!(w.get(&ctx, "deal", both).unwrap()["partners"], ids(&[&hidden]));
    let history = |ctx: &kernel::Ctx| w.workspace.read_blocking(ctx, move |tx| tx.history("deal", both, &Paging::default())).unwrap()["items"][0]["changes"].clone();
    assert_eq!(history(&ctx), json!([{"field": "partners", "old": ids(&[&hidden, &hers]), "new": ids(&[&hidden])}]));
    assert_eq!(history(&w.ctx(ann)), json!([{"field": "partners", "old": ids(&[&hers]), "new": null}]));
    let past = w.find(&w.ctx(ann), Find { as_of: Some(w.workspace.now_ms()), filter: Some(json!({"field": "partners", "op": "contains", "value": hidden})), ..find("deal") }).unwrap();
    assert_eq!(past["items"], json!([]));
    let past = w.find(&w.ctx(ann), Find { as_of: Some(w.workspace.now_ms()), sort: vec!["name".into()], ..find("deal") }).unwrap();
    assert_eq!(past["items"][2]["partners"], json!(null));
    assert_eq!(w.find(&ctx, Find { sort: vec!["partners".into()], ..find("deal") }).unwrap_err().status(), 422);
}
fn roll_ups_over_all_records(w: &World) {
    let ctx = w.system();
    let roll_up = |name: &str, more: Json| {
        let mut kind = json!({"related": "deal", "fn": "count"});
        kind.as_object_mut().unwrap().extend(map(more));
        json!({"name": name, "type": {"roll_up": kind}})
    };
    let add = |json: Json| w.workspace.write_blocking(&w.system(), move |tx| tx.add_field("company", &json));
    add(roll_up("every", json!({"scope": "all"}))).unwrap();
    add(roll_up("volume", json!({"scope": "all", "fn": "sum", "field": "amount", "where": {"field": "name", "op": "ne", "value": "x"}}))).unwrap();
    w.workspace.write_blocking(&ctx, |tx| tx.add_field("deal", &json!({"name": "secret", "type": "integer", "sensitivity": "personal"}))).unwrap();
    for (bad, part) in [
        (roll_up("f", json!({"scope": "all", "fn": "sum", "field": "secret"})), "not personal"),
        (roll_up("f", json!({"scope": "all", "where": {"field": "secret", "op": "gt", "value": 1}})), "not personal"),
        (roll_up("f", json!({"scope": "team"})), "scope"),
        (roll_up("f", json!({"fn": "sum", "field": "name"})), "cannot be taken"),
        (roll_up("f", json!({"where": {"field": "nope", "op": "eq", "value": 1}})), "where"),
    ] {
        let error = add(bad.clone()).unwrap_err();
        assert!(error.status() == 422 && error.fields[0].detail.contains(part), "{bad}: {error:?}");
    }
    let ann = w.user("ann", "rep", None);
    let id = w.create(&w.ctx(ann), "company", json!({"name": "c"})).unwrap();
    w.create(&w.ctx(ann), "deal", json!({"name": "hers", "company": id.to_string(), "amount": "1"})).unwrap();
    w.create(&ctx, "deal", json!({"name": "hidden", "company": id.to_string(), "amount": "10"})).unwrap();
    let got = w.get(&w.ctx(ann), "company", id).unwrap();
    assert_eq!((&got["deals"], &got["every"], &got["volume"]["amount"]), (&json!(1), &json!(2), &json!("11.00")));
    assert_eq!(w.workspace.write_blocking(&w.ctx(ann), move |tx| tx.add_field("company", &roll_up("g", json!({})))).unwrap_err().status(), 403);
}
/// A roll-up over what is masked for somebody must not keep them from reading the records themselves.
fn roll_ups_do_not_spoil_the_record(w: &World) {
    let ctx = w.system();
    w.workspace.write_blocking(&ctx, |tx| tx.add_field("deal", &json!({"name": "secret", "type": "integer", "sensitivity": "personal"}))).unwrap();
    for more in [
        json!({"name": "secrets", "type": {"roll_up": {"related": "deal", "fn": "sum", "field": "secret"}}}),
        json!({"name": "some", "type": {"roll_up": {"related": "deal", "fn": "count", "where": {"field": "secret", "op": "gt", "value": 0}}}}),
    ] {
        w.workspace.write_blocking(&ctx, move |tx| tx.add_field("company", &more)).unwrap();
    }
    let id = w.create(&ctx, "company", json!({"name": "c"})).unwrap();
    w.create(&ctx, "deal", json!({"name": "d", "company": id.to_string(), "secret": 5})).unwrap();
    let eve = w.ctx(w.user("eve", "analyst", None));
    let got = w.get(&eve, "company", id).unwrap();
    assert_eq!((&got["name"], &got["deals"], &got["secrets"], &got["some"]), (&json!("c"), &json!(1), &json!(null), &json!(null)));
    assert_eq!(w.find(&eve, find("company")).unwrap()["items"].as_array().unwrap().len(), 1);
    let got = w.get(&ctx, "company", id).unwrap();
    assert_eq!((&got["secrets"], &got["some"]), (&json!(5), &json!(1)));
}
fn text_keeps_its_limit(w: &World) {
    let ctx = w.system();
    w.workspace.write_blocking(&ctx, |tx| tx.add_field("deal", &json!({"name": "short", "type": {"text": {"max": 3}}}))).unwrap();
    let id = w.create(&ctx, "deal", json!({"name": "d", "short": "äöü"})).unwrap();
    assert_eq!(w.update(&ctx, "deal", id, json!({"short": "äöü!"})).unwrap_err().fields[0].code, "too_long");
    w.workspace.write_blocking(&ctx, |tx| tx.change_field("deal", "short", &json!({"type": {"text": {"max": 1}}}))).unwrap();
    assert_eq!(w.update(&ctx, "deal", id, json!({"name": "other"})).unwrap(), 2, "what was stored before stays");
    assert_eq!(w.get(&ctx, "deal", id).unwrap()["short"], "äöü");
    assert_eq!(w.create(&ctx, "deal", json!({"name": "e", "short": "ab"})).unwrap_err().fields[0].code, "too_long");
    w.workspace.write_blocking(&ctx, move |tx| tx.archive("deal", id, IfMatch::None)).unwrap();
    w.workspace.write_blocking(&ctx, move |tx| tx.restore("deal", id, IfMatch::None)).unwrap();
    assert_eq!(w.get(&ctx, "deal", id).unwrap()["short"], "äöü");
}
