//! Answers to the letter of the contract: shapes, codes, upsert, bulk, definitions.

use crate::world::{World, find, map};
use kernel::RecordId;
use records::{CountMode, Find, IfMatch, Paging};
use serde_json::{Value as Json, json};

crate::both!(a_record_has_every_field, lists_and_includes, upsert_creates_or_changes, bulk_items_stand_alone, atomic_is_all_or_nothing, definitions_are_repeatable, histories_and_sets);

const BASE: [&str; 10] = ["id", "version", "created_at", "created_by", "updated_at", "updated_by", "owner", "team", "external_id", "archived_at"];

fn keys(json: &Json) -> Vec<&str> {
    json.as_object().unwrap().keys().map(String::as_str).collect()
}
fn bulk(w: &World, body: Json) -> kernel::Result<Json> {
    w.workspace.write_blocking(&w.system(), move |tx| tx.bulk("company", &body))
}
fn a_record_has_every_field(w: &World) {
    let id = w.create(&w.system(), "company", json!({"name": "x"})).unwrap();
    let got = w.get(&w.system(), "company", id).unwrap();
    let mut expected: Vec<&str> = BASE.to_vec();
    expected.extend(["name", "email", "tier", "revenue", "founded", "tags", "code", "no", "deals"]);
    let mut have = keys(&got);
    have.sort_unstable();
    expected.sort_unstable();
    assert_eq!(have, expected);
    assert_eq!(id.to_string().as_bytes()[14], b'7', "ids are UUIDv7");
    assert!(got["created_at"].as_str().is_some_and(|t| t.len() == 24 && t.ends_with('Z')), "{got}");
    let ann = w.user("ann", "rep", Some(w.team("north", None)));
    let hers = w.create(&w.ctx(ann), "company", json!({"name": "hers"})).unwrap();
    let got = w.get(&w.ctx(ann), "company", hers).unwrap();
    assert_eq!((&got["owner"], &got["created_by"]), (&json!(ann.to_string()), &json!(ann.to_string())));
    assert!(got["team"].is_string(), "the owner's team");
}
fn lists_and_includes(w: &World) {
    let ctx = w.system();
    let company = w.create(&ctx, "company", json!({"name": "c"})).unwrap();
    for name in ["a", "b", "d"] {
        w.create(&ctx, "deal", json!({"name": name, "company": company.to_string()})).unwrap();
    }
    w.create(&ctx, "deal", json!({"name": "e"})).unwrap();
    let page = w.find(&ctx, Find { limit: Some(2), sort: vec!["name".into()], include: vec!["company".into()], ..find("deal") }).unwrap();
    assert_eq!(keys(&page), ["items", "next_cursor"]);
    assert_eq!(page["items"][0]["company_record"]["name"], "c");
    assert_eq!(page["items"][0]["company"], company.to_string());
    let page = w.find(&ctx, Find { count: CountMode::Exact, fields: Some(vec!["name".into()]), sort: vec!["-name".into()], include: vec!["company".into()], ..find("deal") }).unwrap();
    assert_eq!(keys(&page), ["items", "next_cursor", "total"]);
    assert_eq!(page["next_cursor"], json!(null));
    assert_eq!(keys(&page["items"][0]), ["id", "name", "company_record"]);
    assert_eq!(page["items"][0]["company_record"], json!(null));
    for (find, status) in [
        (Find { limit: Some(0), ..find("deal") }, 400),
        (Find { limit: Some(501), ..find("deal") }, 400),
        (Find { cursor: Some("x".into()), ..find("deal") }, 400),
        (find("nothing"), 404),
        (Find { fields: Some(vec!["nope".into()]), ..find("deal") }, 422),
        (Find { sort: vec!["nope".into()], ..find("deal") }, 422),
        (Find { include: vec!["name".into()], ..find("deal") }, 422),
        (Find { filter: Some(json!({"field": "nope", "op": "eq", "value": 1})), ..find("deal") }, 422),
        (Find { filter: Some(json!([])), ..find("deal") }, 400),
    ] {
        assert_eq!(w.find(&ctx, find.clone()).unwrap_err().status(), status, "{find:?}");
    }
}
fn upsert_creates_or_changes(w: &World) {
    let upsert = |value: &'static str, input: Json, m: IfMatch| w.workspace.write_blocking(&w.system(), move |tx| tx.upsert("company", "code", value, &map(input), m));
    let (first, created) = upsert("k1", json!({"name": "a"}), IfMatch::None).unwrap();
    assert!(created && first.version == 1);
    let (same, created) = upsert("k1", json!({"name": "a", "code": "k1"}), IfMatch::None).unwrap();
    assert_eq!((same.id, same.version, created), (first.id, 1, false), "nothing differs, nothing is written");
    let (changed, _) = upsert("k1", json!({"name": "b"}), IfMatch::Version(1)).unwrap();
    assert_eq!(changed.version, 2);
    assert_eq!(upsert("k1", json!({"name": "c"}), IfMatch::Version(1)).unwrap_err().status(), 412);
    assert_eq!(upsert("k2", json!({"name": "c"}), IfMatch::Version(1)).unwrap_err().status(), 412);
    assert_eq!(upsert("k1", json!({"code": "other"}), IfMatch::None).unwrap_err().fields[0].code, "differs");
    assert_eq!(upsert("k3", json!({}), IfMatch::None).unwrap_err().fields[0].code, "required");
    let id = first.id;
    w.workspace.write_blocking(&w.system(), move |tx| tx.archive("company", id, IfMatch::None)).unwrap();
    let (back, created) = upsert("k1", json!({"name": "back"}), IfMatch::None).unwrap();
    assert_eq!((back.id, created), (first.id, false));
    assert_eq!(w.get(&w.system(), "company", id).unwrap()["archived_at"], json!(null), "an archived one comes back");
    let by = |field: &'static str| w.workspace.write_blocking(&w.system(), move |tx| tx.upsert("company", field, "x", &map(json!({"name": "x"})), IfMatch::None)).unwrap_err().fields[0].code;
    assert_eq!((by("name"), by("nope")), ("not_unique", "unknown_field"));
    let ann = w.user("ann", "rep", None);
    let error = w.workspace.write_blocking(&w.ctx(ann), move |tx| tx.upsert("company", "code", "k1", &map(json!({"name": "hers"})), IfMatch::None)).unwrap_err();
    assert_eq!((error.fields.len(), error.fields[0].code), (1, "value_taken"), "a hidden one tells nothing else");
}
fn bulk_items_stand_alone(w: &World) {
    let answer = bulk(w, json!({"mode": "create", "items": [{"name": "a", "code": "1"}, {"code": "2"}, "x", {"name": "b", "code": "1"}, {"name": "c", "tier": "z"}, {"name": "d"}]})).unwrap();
    assert_eq!(keys(&answer), ["change_set", "items"]);
    let statuses: Vec<u64> = answer["items"].as_array().unwrap().iter().map(|i| i["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 422, 422, 422, 422, 201]);
    assert_eq!(keys(&answer["items"][0]), ["index", "status", "id", "version"]);
    assert_eq!((&answer["items"][3]["errors"][0]["field"], &answer["items"][3]["errors"][0]["code"]), (&json!("code"), &json!("value_taken")));
    assert_eq!(w.names(&w.system(), Find { sort: vec!["name".into()], ..find("company") }), ["a", "d"]);
    let id = |i: usize| answer["items"][i]["id"].as_str().unwrap().to_owned();
    let unknown = RecordId::fixed(99).to_string();
    let answer = bulk(w, json!({"mode": "update", "items": [{"id": id(0), "name": "A", "version": 1}, {"id": id(0), "name": "B", "version": 1}, {"id": unknown, "name": "x"}, {"name": "no id"}, {"id": id(5), "nope": 1}]})).unwrap();
    let statuses: Vec<u64> = answer["items"].as_array().unwrap().iter().map(|i| i["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [200, 412, 404, 422, 422]);
    let answer = bulk(w, json!({"mode": "delete", "key": "code", "items": [{"code": "1"}, {"code": "none"}]})).unwrap();
    let statuses: Vec<u64> = answer["items"].as_array().unwrap().iter().map(|i| i["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [204, 404]);
    let set: RecordId = answer["change_set"].as_str().unwrap().parse().unwrap();
    let set = w.workspace.read_blocking(&w.system(), move |tx| tx.change_set(set)).unwrap();
    assert_eq!((&set["kind"], &set["status"], &set["counts"]), (&json!("bulk_delete"), &json!("done"), &json!({"archived": 1, "rejected": 1})));
    for (body, status) in [
        (json!({"mode": "merge", "items": []}), 400),
        (json!({"mode": "create"}), 400),
        (json!({"mode": "create", "items": [], "what": 1}), 400),
        (json!([]), 400),
        (json!({"mode": "create", "items": vec![json!({}); 5_001]}), 400),
        (json!({"mode": "create", "atomic": true, "items": vec![json!({}); 501]}), 400),
    ] {
        assert_eq!(bulk(w, body).unwrap_err().status(), status);
    }
}
fn atomic_is_all_or_nothing(w: &World) {
    let kept = w.create(&w.system(), "company", json!({"name": "kept", "code": "k"})).unwrap();
    let before = w.get(&w.system(), "company", kept).unwrap();
    for (body, field) in [
        (json!({"mode": "create", "atomic": true, "items": [{"name": "a"}, {"code": "x"}]}), "items.1.name"),
        (json!({"mode": "create", "atomic": true, "items": [{"name": "a", "code": "z"}, {"name": "b", "code": "z"}]}), "items.1.code"),
        (json!({"mode": "update", "atomic": true, "items": [{"id": kept.to_string(), "name": "changed"}, {"id": kept.to_string(), "tier": "z"}]}), "items.1.tier"),
        (json!({"mode": "upsert", "key": "code", "atomic": true, "items": [{"code": "k", "name": "changed"}, {"code": "n"}]}), "items.1.name"),
    ] {
        let error = bulk(w, body.clone()).unwrap_err();
        assert_eq!((error.status(), error.fields[0].field.as_str()), (422, field), "{body}");
        assert_eq!(w.get(&w.system(), "company", kept).unwrap(), before);
        assert_eq!(w.names(&w.system(), find("company")), ["kept"]);
    }
    let next = w.create(&w.system(), "company", json!({"name": "next"})).unwrap();
    assert_eq!(w.get(&w.system(), "company", next).unwrap()["no"], "C-0002", "numbers of what was taken back are not lost");
}
fn definitions_are_repeatable(w: &World) {
    let define = |json: Json| w.workspace.write_blocking(&w.system(), move |tx| tx.define_object(&json));
    let def = json!({"name": "boat", "plural": "boats", "label": "Boat", "fields": [{"name": "name", "label": "Name", "type": {"text": {}}, "required": true}, {"name": "length", "type": "decimal"}]});
    let made = define(def.clone()).unwrap();
    let read = w.workspace.read_blocking(&w.system(), |tx| tx.definition("boat")).unwrap();
    assert_eq!(made, read, "what is answered is what is read");
    assert_eq!(made["fields"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect::<Vec<_>>(), [&BASE[..], &["name", "length"]].concat());
    assert_eq!(define(def).unwrap_err().fields[0].code, "value_taken");
    // What the door writes can be read again under another name.
    let mut copy = made.clone();
    copy["name"] = json!("ship");
    copy["plural"] = json!("ships");
    let allowed = ["name", "plural", "label", "plural_label", "description", "icon", "title", "sharing", "search", "fields"];
    copy.as_object_mut().unwrap().retain(|k, _| allowed.contains(&k.as_str()));
    let ship = define(copy).unwrap();
    let types = |json: &Json| json["fields"].as_array().unwrap().iter().map(|f| (f["name"].clone(), f["type"].clone(), f["required"].clone())).skip(10).collect::<Vec<_>>();
    assert_eq!(types(&ship), types(&made));
    // The same change twice is one change.
    let change = || w.workspace.write_blocking(&w.system(), |tx| tx.change_field("boat", "length", &json!({"label": "Metres", "help": "over all"})));
    assert_eq!(change().unwrap(), change().unwrap());
    let id = w.create(&w.system(), "boat", json!({"name": "a", "length": "7.5"})).unwrap();
    w.workspace.write_blocking(&w.system(), |tx| tx.change_field("boat", "length", &json!({"name": "metres"}))).unwrap();
    assert_eq!(w.get(&w.system(), "boat", id).unwrap()["metres"], "7.5", "a rename loses nothing");
    for bad in [
        json!({"name": "Boat"}),
        json!({"name": "sys_x"}),
        json!({"name": "x", "what": 1}),
        json!({"name": "y", "fields": [{"name": "a", "type": "nonsense"}]}),
        json!({"name": "z", "fields": [{"name": "a", "type": {"reference": {"to": "nowhere"}}}]}),
        json!({"name": "q", "title": "nope"}),
    ] {
        assert_eq!(define(bad.clone()).unwrap_err().status(), 422, "{bad}");
    }
    let many: Vec<Json> = (0..495).map(|i| json!({"name": format!("f{i}"), "type": "integer"})).collect();
    let error = define(json!({"name": "wide", "fields": many})).unwrap_err();
    assert!(error.fields[0].detail.contains("500"), "{error:?}");
}
fn histories_and_sets(w: &World) {
    let id = w.create(&w.system(), "company", json!({"name": "a"})).unwrap();
    w.update(&w.system(), "company", id, json!({"name": "b"})).unwrap();
    let history = w.workspace.read_blocking(&w.system(), move |tx| tx.history("company", id, &Paging::default())).unwrap();
    assert_eq!(keys(&history), ["items", "next_cursor"]);
    let item = &history["items"][0];
    for key in ["version", "at", "by", "through", "change_set", "changes"] {
        assert!(item.get(key).is_some(), "{key} is missing: {item}");
    }
    assert_eq!(keys(&item["by"]), ["id", "name"]);
    assert_eq!(item["changes"], json!([{"field": "name", "old": "a", "new": "b"}]));
    let nobody = RecordId::fixed(7);
    assert_eq!(w.workspace.read_blocking(&w.system(), move |tx| tx.history("company", nobody, &Paging::default())).unwrap_err().status(), 404);
    assert_eq!(w.workspace.read_blocking(&w.system(), move |tx| tx.change_set(nobody)).unwrap_err().status(), 404);
}
