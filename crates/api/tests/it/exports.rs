use crate::world::{Who, World};
use serde_json::{Value as Json, json};
use std::time::Duration;

crate::both!(asked_made_fetched, refused, only_the_asker_fetches, rights_changed_since, a_day_later, a_few_at_a_time);

fn finished(w: &World, who: Who, id: &str) -> Json {
    for _ in 0..500 {
        let json = w.get(who, &format!("/exports/{id}")).expect(200).json();
        if json["status"] != "running" {
            return json;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the export does not end");
}
fn start(w: &World, who: Who, body: &Json) -> String {
    let got = w.post(who, "/exports", body).expect(202);
    let id = got.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(got.header("location"), format!("/api/v1/exports/{id}"));
    id
}

fn asked_made_fetched(w: &World) {
    let items: Vec<_> = (0..1_203).map(|i| json!({"name": format!("C{i:04}"), "city": if i % 2 == 0 { "Graz" } else { "Wien" }})).collect();
    w.post(Who::Cli, "/records/company/bulk", &json!({"mode": "create", "items": items})).expect(200);
    let id = start(w, Who::Cli, &json!({"object": "company", "filter": {"field": "city", "op": "eq", "value": "Graz"}, "fields": ["name", "city"], "sort": ["-name"], "format": "jsonl"}));
    let done = finished(w, Who::Cli, &id);
    assert_eq!((&done["status"], &done["rows"]), (&json!("done"), &json!(602)), "{done}");
    let file = w.get(Who::Cli, done["url"].as_str().unwrap()).expect(200);
    assert_eq!((file.header("content-type"), file.header("content-disposition")), ("application/jsonl", "attachment; filename=\"companies.jsonl\""));
    let text = String::from_utf8(file.bytes).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!((lines.len(), lines[0], lines[601]), (602, "\"C1202\";\"Graz\"", "\"C0000\";\"Graz\""));
    let all = start(w, Who::Cli, &json!({"object": "company"}));
    assert_eq!(finished(w, Who::Cli, &all)["rows"], 1_203);
    let ctx = w.caller(Who::Cli).unwrap().ctx;
    let counts = w.workspace.read_blocking(&ctx, |tx| {
        let q = store::Sql::new(format!("SELECT \"count\" FROM {} WHERE \"exit\" = 'export' ORDER BY \"count\"", tx.db().table("test_disclosed")));
        Ok(tx.db().rows(&q).unwrap().into_iter().map(|row| row[0].as_int().unwrap()).collect::<Vec<_>>())
    });
    assert_eq!(counts.unwrap(), [602, 1_203], "what left is written down");
}

fn refused(w: &World) {
    let before = w.rows();
    let ask = |body: Json| w.post(Who::Cli, "/exports", &body).problem();
    assert_eq!(ask(json!({"format": "pdf", "x": 1})), (422, "invalid_fields".into()));
    assert_eq!(ask(json!({"object": "company", "fields": ["nope"]})).0, 422);
    assert_eq!(ask(json!({"object": "company", "filter": {"field": "nope", "op": "eq", "value": 1}})).0, 422);
    assert_eq!(ask(json!({"object": "company", "format": "vcf"})).0, 422);
    assert_eq!(ask(json!({"object": "nope"})).0, 404);
    assert_eq!(w.get(Who::Cli, "/exports/0190f0c2-0000-7000-8000-000000000000").problem().0, 404);
    let agent = Who::User(w.user("agnes", "agent"));
    let rows = w.rows();
    assert_eq!(w.post(agent, "/exports", &json!({"object": "company"})).problem(), (403, "not_allowed".into()));
    assert_eq!(w.rows(), rows);
    assert_ne!(rows, before);
}

fn only_the_asker_fetches(w: &World) {
    let (ann, bob) = (Who::User(w.user("ann", "admin")), Who::User(w.user("bob", "admin")));
    w.make(ann, "company", &json!({"name": "Hers"}));
    let id = start(w, ann, &json!({"object": "company"}));
    finished(w, ann, &id);
    assert_eq!(w.get(bob, &format!("/exports/{id}")).problem().0, 404);
    assert_eq!(w.get(bob, &format!("/exports/{id}/content")).problem().0, 404);
    w.get(ann, &format!("/exports/{id}/content")).expect(200);
}

fn rights_changed_since(w: &World) {
    let ann = w.user("ann", "admin");
    let id = start(w, Who::User(ann), &json!({"object": "company"}));
    finished(w, Who::User(ann), &id);
    let roles = |roles: Json| w.json(Who::Cli, "PATCH", &format!("/records/user/{ann}"), &[("if-match", "*")], &json!({"roles": roles})).expect(200);
    roles(json!(["sales_operations"]));
    assert_eq!(w.get(Who::User(ann), &format!("/exports/{id}/content")).problem(), (409, "rights_changed".into()));
    roles(json!(["agent"]));
    assert_eq!(w.get(Who::User(ann), &format!("/exports/{id}/content")).problem().0, 403);
}

fn a_day_later(w: &World) {
    let id = start(w, Who::Cli, &json!({"object": "company"}));
    finished(w, Who::Cli, &id);
    let files = w.workspace.files_dir().to_owned();
    let purge = || {
        let files = files.clone();
        w.workspace.write_blocking(&w.caller(Who::Cli).unwrap().ctx, move |tx| api::purge_exports(tx, &files)).unwrap()
    };
    assert_eq!(purge(), 0);
    assert!(files.join("exports").join(&id).exists());
    w.clock.advance(25 * 3_600_000);
    assert_eq!(w.get(Who::Cli, &format!("/exports/{id}")).problem().0, 404);
    assert_eq!(purge(), 1);
    assert!(!files.join("exports").join(&id).exists());
}

fn a_few_at_a_time(w: &World) {
    let ann = Who::User(w.user("ann", "admin"));
    let held = w.gate.lock().unwrap();
    let ids: Vec<_> = (0..5).map(|_| start(w, ann, &json!({"object": "company"}))).collect();
    let sixth = w.post(ann, "/exports", &json!({"object": "company"}));
    assert_eq!((sixth.problem(), sixth.header("retry-after")), ((429, "too_many_exports".into()), "5"));
    start(w, Who::Cli, &json!({"object": "company"}));
    assert!(ids.iter().all(|id| w.get(ann, &format!("/exports/{id}")).json()["status"] == "running"));
    drop(held);
    for id in &ids {
        assert_eq!(finished(w, ann, id)["status"], "done");
    }
    start(w, ann, &json!({"object": "company"}));
}
