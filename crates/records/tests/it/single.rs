use crate::world::{World, find, map};
use records::{CountMode, Find, IfMatch, Paging, Search, UndoMode};
use serde_json::json;

crate::both!(
    round_trip,
    errors_come_together,
    versions,
    history_and_as_of,
    archive_and_restore,
    paging_is_complete,
    conditions,
    aggregates,
    bulk_and_undo,
    search_finds_at_once,
    definitions_change_online
);

fn round_trip(w: &World) {
    let ctx = w.system();
    let id =
        w.create(&ctx, "company", json!({"name": "Größwang", "email": "a@b.de", "tier": "a", "revenue": {"amount": "12.50", "currency": "EUR"}, "founded": "1999-12-31", "tags": ["y", "x"]})).unwrap();
    let got = w.get(&ctx, "company", id).unwrap();
    assert_eq!(got["name"], "Größwang");
    assert_eq!(got["revenue"], json!({"amount": "12.50", "currency": "EUR"}));
    assert_eq!(got["founded"], "1999-12-31");
    assert_eq!(got["tags"], json!(["x", "y"]));
    assert_eq!(got["no"], "C-0001");
    assert_eq!(got["deals"], 0);
    assert_eq!(got["version"], 1);
    assert_eq!(got["archived_at"], json!(null));
    w.create(&ctx, "deal", json!({"name": "d", "company": id.to_string()})).unwrap();
    assert_eq!(w.get(&ctx, "company", id).unwrap()["deals"], 1);
}
fn errors_come_together(w: &World) {
    let error = w.create(&w.system(), "company", json!({"email": "nope", "tier": "z", "founded": "31.12.1999", "what": 1})).unwrap_err();
    assert_eq!(error.status(), 422);
    let mut fields: Vec<_> = error.fields.iter().map(|f| (f.field.as_str(), f.code)).collect();
    fields.sort_unstable();
    assert_eq!(fields, [("email", "bad_email"), ("founded", "bad_date"), ("name", "required"), ("tier", "unknown_option"), ("what", "unknown_field")]);
    w.create(&w.system(), "company", json!({"name": "x", "code": "1"})).unwrap();
    let error = w.create(&w.system(), "company", json!({"name": "y", "code": "1"})).unwrap_err();
    assert_eq!(error.fields[0].code, "value_taken");
}
fn versions(w: &World) {
    let ctx = w.system();
    let id = w.create(&ctx, "company", json!({"name": "x"})).unwrap();
    let update = |m: IfMatch| w.workspace.write_blocking(&ctx, move |tx| tx.update("company", id, &map(json!({"name": "y"})), m));
    assert_eq!(update(IfMatch::None).unwrap_err().status(), 428);
    assert_eq!(update(IfMatch::Version(9)).unwrap_err().status(), 412);
    assert_eq!(update(IfMatch::Version(1)).unwrap().version, 2);
    assert_eq!(update(IfMatch::Any).unwrap().version, 2, "nothing differs, nothing is written");
}
fn history_and_as_of(w: &World) {
    let ctx = w.system();
    let id = w.create(&ctx, "company", json!({"name": "one", "email": "old@example.org"})).unwrap();
    let before = w.workspace.now_ms();
    w.clock.advance(1_000);
    w.update(&w.system(), "company", id, json!({"name": "two", "email": "new@example.org"})).unwrap();
    let history = w.workspace.read_blocking(&ctx, move |tx| tx.history("company", id, &Paging::default())).unwrap();
    assert_eq!(history["items"][0]["version"], 2);
    let changes = history["items"][0]["changes"].as_array().unwrap();
    assert!(changes.contains(&json!({"field": "email", "old": "old@example.org", "new": "new@example.org"})), "{changes:?}");
    assert_eq!(history["items"][1]["version"], 1);
    let past = w.find(&ctx, Find { as_of: Some(before), ..find("company") }).unwrap();
    assert_eq!(past["items"][0]["name"], "one");
    assert_eq!(past["items"][0]["email"], "old@example.org");
    assert_eq!(w.find(&ctx, Find { as_of: Some(before - 1), ..find("company") }).unwrap()["items"], json!([]));
    let sealed = w.workspace.read_blocking(&ctx, |tx| {
        let q = store::Sql::new(format!("SELECT coalesce(\"plain\", ''), coalesce(\"sealed\", '') FROM {}", tx.db().table("sys_history")));
        Ok(format!("{:?}", tx.db().rows(&q).unwrap()))
    });
    assert!(!sealed.unwrap().contains("old@example.org"), "old personal values are sealed");
}
fn archive_and_restore(w: &World) {
    let ctx = w.system();
    let deal = w.create(&ctx, "deal", json!({"name": "d"})).unwrap();
    let line = w.create(&ctx, "line", json!({"deal": deal.to_string(), "quantity": "2.5"})).unwrap();
    w.workspace.write_blocking(&ctx, move |tx| tx.archive("deal", deal, IfMatch::None)).unwrap();
    assert_eq!(w.find(&ctx, find("deal")).unwrap()["items"], json!([]));
    assert!(w.get(&ctx, "line", line).unwrap()["archived_at"].is_string());
    w.workspace.write_blocking(&ctx, move |tx| tx.restore("deal", deal, IfMatch::None)).unwrap();
    assert_eq!(w.get(&ctx, "line", line).unwrap()["archived_at"], json!(null));
    assert_eq!(w.get(&ctx, "line", line).unwrap()["quantity"], "2.5");
}
fn paging_is_complete(w: &World) {
    let ctx = w.system();
    let mut expected = Vec::new();
    for i in 0..37 {
        let name = format!("{}{i:02}", if i % 2 == 0 { "É" } else { "e" });
        let founded = if i % 3 == 0 { json!(null) } else { json!(format!("20{:02}-01-01", i % 5)) };
        w.create(&ctx, "company", json!({"name": name, "founded": founded})).unwrap();
        expected.push(name);
    }
    for sort in [vec!["name"], vec!["-name"], vec!["founded", "name"], vec!["-founded", "-name"], vec!["created_at"], vec![]] {
        let sort: Vec<String> = sort.into_iter().map(str::to_owned).collect();
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = w.find(&ctx, Find { sort: sort.clone(), limit: Some(5), cursor: cursor.clone(), count: CountMode::Exact, ..find("company") }).unwrap();
            assert_eq!(page["total"], 37);
            seen.extend(page["items"].as_array().unwrap().iter().map(|i| (i["name"].as_str().unwrap().to_owned(), i["founded"].clone())));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => break,
            }
        }
        let mut names: Vec<_> = seen.iter().map(|s| s.0.clone()).collect();
        if sort == ["name"] {
            assert_eq!(names[0], "É00");
            assert_eq!(names[1], "e01");
        }
        if sort.first().is_some_and(|s| s.ends_with("founded")) {
            assert!(seen.last().unwrap().1.is_null(), "empty last whichever way");
        }
        names.sort_unstable();
        let mut all = expected.clone();
        all.sort_unstable();
        assert_eq!(names, all, "{sort:?}");
    }
    let page = w.find(&ctx, Find { limit: Some(5), ..find("company") }).unwrap();
    let cursor = page["next_cursor"].as_str().unwrap().to_owned();
    assert_eq!(w.find(&ctx, Find { cursor: Some(cursor), sort: vec!["name".into()], ..find("company") }).unwrap_err().status(), 400);
}
fn conditions(w: &World) {
    let ctx = w.system();
    let a = w.create(&ctx, "company", json!({"name": "Alpha", "tier": "a", "revenue": "100", "tags": ["x"]})).unwrap();
    w.create(&ctx, "company", json!({"name": "beta", "tier": "b", "revenue": "50"})).unwrap();
    w.create(&ctx, "company", json!({"name": "Gämma"})).unwrap();
    w.create(&ctx, "deal", json!({"name": "big", "company": a.to_string(), "amount": "1000"})).unwrap();
    for (condition, names) in [
        (json!({"field": "tier", "op": "eq", "value": "a"}), vec!["Alpha"]),
        (json!({"field": "tier", "op": "ne", "value": "a"}), vec!["beta", "Gämma"]),
        (json!({"not": {"field": "tier", "op": "in", "value": ["a", "b"]}}), vec!["Gämma"]),
        (json!({"field": "name", "op": "contains", "value": "AM"}), vec!["Gämma"]),
        (json!({"field": "name", "op": "starts_with", "value": "gamm"}), vec!["Gämma"]),
        (json!({"field": "revenue", "op": "between", "value": ["50", 99]}), vec!["beta"]),
        (json!({"field": "tags", "op": "contains", "value": "x"}), vec!["Alpha"]),
        (json!({"field": "tags", "op": "is_empty"}), vec!["beta", "Gämma"]),
        (json!({"related": "deal", "where": {"field": "amount", "op": "gt", "value": "999"}}), vec!["Alpha"]),
        (json!({"related": "deal", "count": {"op": "eq", "value": 0}}), vec!["beta", "Gämma"]),
        (json!({"or": [{"field": "name", "op": "eq", "value": "alpha"}, {"field": "name", "op": "eq", "value": "beta"}]}), vec!["beta"]),
        (json!({"field": "created_at", "op": "within", "value": {"last": 1, "unit": "day"}}), vec!["Alpha", "beta", "Gämma"]),
    ] {
        let got = w.names(&ctx, Find { filter: Some(condition.clone()), sort: vec!["name".into()], ..find("company") });
        assert_eq!(got, names, "{condition}");
    }
    assert_eq!(w.names(&ctx, Find { filter: Some(json!({"field": "company.tier", "op": "eq", "value": "a"})), ..find("deal") }), ["big"]);
}
fn aggregates(w: &World) {
    let ctx = w.system();
    for (name, tier, revenue, founded) in [("a", "a", json!("10"), "2020-01-15"), ("b", "a", json!("20.01"), "2020-02-15"), ("c", "b", json!(null), "2021-05-31"), ("d", "b", json!("5"), "2021-05-31")]
    {
        w.create(&ctx, "company", json!({"name": name, "tier": tier, "revenue": revenue, "founded": founded})).unwrap();
    }
    let body = json!({"group_by": [{"field": "tier"}], "measures": [{"fn": "count"}, {"fn": "sum", "field": "revenue"}, {"fn": "avg", "field": "revenue"}, {"fn": "median", "field": "revenue"}, {"fn": "count", "field": "revenue"}], "sort": ["tier"]});
    let got = w.workspace.read_blocking(&ctx, move |tx| tx.aggregate("company", &body)).unwrap();
    let money = |amount: &str| json!({"amount": amount, "currency": "EUR", "rate": "dated", "unconverted": 0});
    assert_eq!(got["items"][0], json!({"key": {"tier": "a"}, "values": [2, money("30.01"), money("15.01"), money("15.01"), 2]}));
    assert_eq!(got["items"][1], json!({"key": {"tier": "b"}, "values": [2, money("5.00"), money("5.00"), money("5.00"), 1]}));
    for (bucket, keys) in [("year", ["2020-01-01", "2021-01-01"]), ("quarter", ["2020-01-01", "2021-04-01"])] {
        let body = json!({"group_by": [{"field": "founded", "bucket": bucket}], "measures": [{"fn": "count"}], "sort": "founded"});
        let got = w.workspace.read_blocking(&ctx, move |tx| tx.aggregate("company", &body)).unwrap();
        let found: Vec<_> = got["items"].as_array().unwrap().iter().map(|i| i["key"]["founded"].as_str().unwrap()).collect();
        assert_eq!(found, keys);
    }
    let body = json!({"group_by": [{"field": "founded", "bucket": "week"}, {"field": "created_at", "bucket": "month"}], "measures": [{"fn": "count"}], "sort": ["-count"]});
    let got = w.workspace.read_blocking(&ctx, move |tx| tx.aggregate("company", &body)).unwrap();
    assert_eq!(got["items"][0], json!({"key": {"founded": "2021-05-31", "created_at": "2026-11-01"}, "values": [2]}));
    let empty = w.workspace.read_blocking(&ctx, |tx| tx.aggregate("deal", &json!({"group_by": [], "measures": [{"fn": "count"}, {"fn": "sum", "field": "amount"}]}))).unwrap();
    assert_eq!(empty["items"], json!([{"key": {}, "values": [0, {"amount": null, "currency": "EUR", "rate": "dated", "unconverted": 0}]}]));
}
fn bulk_and_undo(w: &World) {
    let ctx = w.system();
    let keep = w.create(&ctx, "company", json!({"name": "keep", "code": "k"})).unwrap();
    let body = json!({"mode": "upsert", "key": "code", "items": [{"code": "k", "name": "changed"}, {"code": "n", "name": "new"}, {"code": "bad"}]});
    let answer = w.workspace.write_blocking(&ctx, move |tx| tx.bulk("company", &body)).unwrap();
    let statuses: Vec<_> = answer["items"].as_array().unwrap().iter().map(|i| i["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [200, 201, 422]);
    let created = json!({"mode": "create", "items": [{"name": "p"}, {"name": "q", "code": "n"}, {"name": "r"}]});
    let second = w.workspace.write_blocking(&ctx, move |tx| tx.bulk("company", &created)).unwrap();
    assert_eq!(second["items"][1]["errors"][0]["code"], "value_taken");
    assert_eq!(w.find(&ctx, find("company")).unwrap()["items"].as_array().unwrap().len(), 4);
    for set in [&second, &answer] {
        let id = set["change_set"].as_str().unwrap().parse().unwrap();
        w.clock.advance(10);
        w.workspace.write_blocking(&w.system(), move |tx| tx.undo(id, UndoMode::Safe)).unwrap();
        assert_eq!(w.workspace.write_blocking(&w.system(), move |tx| tx.undo(id, UndoMode::Safe)).unwrap_err().status(), 409);
    }
    assert_eq!(w.names(&ctx, find("company")), ["keep"]);
    assert_eq!(w.get(&ctx, "company", keep).unwrap()["version"], 3);
}
fn search_finds_at_once(w: &World) {
    let ctx = w.system();
    let id = w.create(&ctx, "company", json!({"name": "Größwang Metallbau", "email": "info@groesswang.at"})).unwrap();
    let hits = |q: &str| {
        let search = Search { q: q.into(), ..Search::default() };
        w.workspace.read_blocking(&ctx, move |tx| tx.search(&search)).unwrap()["items"].as_array().unwrap().len()
    };
    for indexed in [false, true] {
        if indexed {
            assert!(w.workspace.index_pending().unwrap() > 0);
        }
        for (q, n) in [("grosswang", 1), ("Größ", 1), ("metal gross", 1), ("info@groesswang", 1), ("grosswnag", 1), ("metallbua", 1), ("metallxyz", 0), ("gr", 1), ("metall nowhere", 0)] {
            assert_eq!(hits(q), n, "{q}, indexed: {indexed}");
        }
    }
    w.workspace.write_blocking(&ctx, move |tx| tx.archive("company", id, IfMatch::None)).unwrap();
    assert_eq!(hits("grosswang"), 0, "gone as soon as it is archived");
}
fn definitions_change_online(w: &World) {
    let ctx = w.system();
    let old = w.create(&ctx, "company", json!({"name": "x"})).unwrap();
    let add = |json: serde_json::Value| w.workspace.write_blocking(&ctx, move |tx| tx.add_field("company", &json));
    add(json!({"name": "score", "label": "Score", "type": {"integer": {}}})).unwrap();
    assert_eq!(w.get(&ctx, "company", old).unwrap()["score"], json!(null));
    w.update(&ctx, "company", old, json!({"score": 7})).unwrap();
    assert_eq!(w.get(&ctx, "company", old).unwrap()["score"], 7);
    assert_eq!(add(json!({"name": "score", "type": {"text": {}}})).unwrap_err().status(), 422);
    assert_eq!(add(json!({"name": "Bad Name", "type": "text"})).unwrap_err().status(), 422);
    w.workspace.write_blocking(&ctx, |tx| tx.archive_field("company", "score")).unwrap();
    assert!(w.get(&ctx, "company", old).unwrap().get("score").is_none());
    let def = json!({"name": "boat", "plural": "boats", "label": "Boat", "fields": [{"name": "name", "label": "Name", "type": {"text": {}}, "required": true}, {"name": "owner_company", "type": {"reference": {"to": "company"}}}]});
    let made = w.workspace.write_blocking(&ctx, move |tx| tx.define_object(&def)).unwrap();
    assert_eq!(made["name"], "boat");
    w.create(&ctx, "boat", json!({"name": "Ada", "owner_company": old.to_string()})).unwrap();
    assert_eq!(w.names(&ctx, Find { filter: Some(json!({"field": "owner_company.name", "op": "eq", "value": "x"})), ..find("boat") }), ["Ada"]);
}
