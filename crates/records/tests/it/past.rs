//! The past: lists and records of every past instant are what was recorded then, history is an unbroken chain, and an
//! undone change leaves what was there before.

use crate::{
    agree::proving,
    world::{World, find},
    zoo::{Dice, Ids, Zoo, pool},
};
use kernel::RecordId;
use records::{Find, Get, IfMatch, Paging, UndoMode};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;

crate::both!(every_past_instant, history_is_a_chain, undo_restores_the_digest, undo_leaves_later_edits_alone, undo_in_a_row);

/// Rows as the door shows them, by id.
type Snapshot = BTreeMap<String, Json>;
fn snapshot(w: &World, objects: &[&str], as_of: Option<i64>) -> Snapshot {
    let mut out = BTreeMap::new();
    for object in objects {
        let page = w.find(&w.system(), Find { limit: Some(500), archived: metadata::Archived::Include, as_of, ..find(object) }).unwrap();
        assert_eq!(page["next_cursor"], json!(null));
        for item in page["items"].as_array().unwrap() {
            out.insert(item["id"].as_str().unwrap().to_owned(), item.clone());
        }
    }
    out
}
fn differences(a: &Snapshot, b: &Snapshot) -> Vec<String> {
    let mut out = Vec::new();
    for id in a.keys().chain(b.keys().filter(|k| !a.contains_key(*k))) {
        match (a.get(id), b.get(id)) {
            (Some(Json::Object(x)), Some(Json::Object(y))) => {
                out.extend(x.keys().chain(y.keys().filter(|k| !x.contains_key(*k))).filter(|k| x.get(*k) != y.get(*k)).map(|k| format!("{id}.{k}: {:?} / {:?}", x.get(k), y.get(k))))
            }
            (x, y) if x != y => out.push(format!("{id}: {} / {}", x.is_some(), y.is_some())),
            _ => {}
        }
    }
    out
}
/// Some random fields of an animal.
fn some_fields(w: &World, ids: &Ids, dice: &mut Dice, n: usize) -> Map<String, Json> {
    let registry = w.workspace.read_blocking(&w.system(), |tx| Ok(tx.registry().clone())).unwrap();
    let object = registry.object("animal").unwrap();
    let fields: Vec<_> = object.live_fields().filter(|f| f.writable() && !f.def.base && !matches!(f.name(), "no" | "code")).collect();
    let mut out = Map::new();
    for _ in 0..n {
        let field = dice.pick(&fields);
        let pool = pool(field.kind(), ids);
        let value = if pool.is_empty() || dice.roll(4) == 0 { Json::Null } else { dice.pick(&pool).clone() };
        out.insert(field.name().to_owned(), value);
    }
    for field in ["mail", "phone", "site"] {
        if out.get(field).is_some_and(|v| v.as_str().is_some_and(|v| v.contains('ü') || v.contains('Ü'))) {
            out.insert(field.into(), json!(null));
        }
    }
    out
}
/// One random edit, alone or in bulk; never fails for reasons that the test is not about.
fn edit(w: &World, ids: &mut Ids, dice: &mut Dice) {
    let ctx = w.system();
    let id = *dice.pick(&ids.animals);
    match dice.roll(10) {
        0 => {
            let input = some_fields(w, ids, dice, 6);
            ids.animals.push(w.workspace.write_blocking(&ctx, move |tx| tx.create("animal", &input)).unwrap().id);
        }
        1 => drop(w.workspace.write_blocking(&ctx, move |tx| tx.archive("animal", id, IfMatch::None))),
        2 => drop(w.workspace.write_blocking(&ctx, move |tx| tx.restore("animal", id, IfMatch::None))),
        3 => {
            let items: Vec<Json> = (0..4)
                .map(|_| {
                    let mut item = some_fields(w, ids, dice, 2);
                    item.insert("id".into(), json!(dice.pick(&ids.animals).to_string()));
                    Json::Object(item)
                })
                .collect();
            w.workspace.write_blocking(&ctx, move |tx| tx.bulk("animal", &json!({"mode": "update", "items": items}))).unwrap();
        }
        _ => {
            let input = some_fields(w, ids, dice, 3);
            // An archived one refuses; that is no edit.
            let _refused = w.workspace.write_blocking(&ctx, move |tx| tx.update("animal", id, &input, IfMatch::Any));
        }
    }
}
fn every_past_instant(w: &World) {
    let zoo = Zoo::build(w, 12, 31);
    let mut ids = zoo.ids.clone();
    let mut dice = Dice(99);
    let mut recorded = Vec::new();
    for _ in 0..if proving() { 400 } else { 60 } {
        edit(w, &mut ids, &mut dice);
        recorded.push((w.workspace.now_ms(), snapshot(w, &["animal"], None)));
        w.clock.advance(1_000);
    }
    for (at, then) in recorded.iter().step_by(if proving() { 1 } else { 3 }) {
        let now = snapshot(w, &["animal"], Some(*at));
        let wrong = differences(then, &now);
        assert!(wrong.is_empty(), "as of {at}, then / rebuilt: {:#?}", wrong.iter().take(8).collect::<Vec<_>>());
    }
    // Filters and orders of the past, and single records.
    let (at, then) = &recorded[recorded.len() / 2];
    let filter = json!({"field": "tame", "op": "eq", "value": true});
    let past = w
        .find(&w.system(), Find { as_of: Some(*at), filter: Some(filter), sort: vec!["-weight".into(), "name".into()], limit: Some(500), archived: metadata::Archived::Include, ..find("animal") })
        .unwrap();
    let mut got: Vec<String> = past["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().to_owned()).collect();
    got.sort();
    let expected: Vec<String> = then.iter().filter(|(_, row)| row["tame"] == json!(true)).map(|(id, _)| id.clone()).collect();
    assert_eq!(got, expected);
    for (id, row) in then {
        let id: RecordId = id.parse().unwrap();
        let at = *at;
        let one = w.workspace.read_blocking(&w.system(), move |tx| tx.get("animal", id, &Get { as_of: Some(at), ..Get::default() })).unwrap();
        let got: Json = serde_json::from_slice(&one.json).unwrap();
        assert_eq!((&got, one.version), (row, row["version"].as_i64().unwrap()));
    }
}
fn history_is_a_chain(w: &World) {
    let zoo = Zoo::build(w, 8, 32);
    let mut ids = zoo.ids.clone();
    let mut dice = Dice(5);
    for _ in 0..60 {
        edit(w, &mut ids, &mut dice);
        w.clock.advance(10);
    }
    for id in ids.animals {
        let now = w.get(&w.system(), "animal", id).unwrap();
        let (mut items, mut cursor) = (Vec::new(), None);
        loop {
            let paging = Paging { limit: Some(3), cursor: cursor.clone() };
            let page = w.workspace.read_blocking(&w.system(), move |tx| tx.history("animal", id, &paging)).unwrap();
            items.extend(page["items"].as_array().unwrap().clone());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => break,
            }
        }
        let versions: Vec<i64> = items.iter().map(|i| i["version"].as_i64().unwrap()).collect();
        let all: Vec<i64> = (1..=now["version"].as_i64().unwrap()).rev().collect();
        assert_eq!(versions, all, "no version is missing");
        let mut values = now.clone();
        for item in &items {
            for change in item["changes"].as_array().unwrap() {
                let field = change["field"].as_str().unwrap();
                assert_eq!(values[field], change["new"], "version {} of {id}, {field}", item["version"]);
                assert_ne!(change["old"], change["new"], "version {} of {id}, {field}", item["version"]);
                values[field] = change["old"].clone();
            }
        }
    }
}
/// Everything but what every change moves.
fn digest(w: &World) -> Snapshot {
    let mut out = snapshot(w, &["animal", "cage"], None);
    for row in out.values_mut() {
        for name in ["version", "updated_at", "updated_by"] {
            row.as_object_mut().unwrap().shift_remove(name);
        }
    }
    out
}
fn live(rows: &Snapshot) -> Snapshot {
    rows.iter().filter(|(_, r)| r["archived_at"].is_null()).map(|(k, v)| (k.clone(), v.clone())).collect()
}
fn bulk(w: &World, body: Json) -> RecordId {
    let answer = w.workspace.write_blocking(&w.system(), move |tx| tx.bulk("animal", &body)).unwrap();
    answer["change_set"].as_str().unwrap().parse().unwrap()
}
fn undo(w: &World, set: RecordId, mode: UndoMode) -> Json {
    let answer = w.workspace.write_blocking(&w.system(), move |tx| tx.undo(set, mode)).unwrap();
    let id: RecordId = answer["id"].as_str().unwrap().parse().unwrap();
    w.workspace.read_blocking(&w.system(), move |tx| tx.change_set(id)).unwrap()
}
/// A random mass change of one kind.
fn mass_change(w: &World, ids: &Ids, dice: &mut Dice) -> RecordId {
    let with_id = |mut item: Map<String, Json>, id: RecordId| {
        item.insert("id".into(), json!(id.to_string()));
        Json::Object(item)
    };
    let n = 3 + dice.roll(10);
    // The same record may come twice: the later item meets what the earlier one wrote.
    let picked: Vec<RecordId> = (0..n).map(|_| *dice.pick(&ids.animals)).collect();
    let (mode, items): (&str, Vec<Json>) = match dice.roll(4) {
        0 => ("create", (0..n).map(|_| Json::Object(some_fields(w, ids, dice, 5))).collect()),
        1 => ("delete", picked.iter().map(|id| json!({"id": id.to_string()})).collect()),
        2 => ("upsert", picked.iter().enumerate().map(|(i, id)| if i % 3 == 0 { Json::Object(some_fields(w, ids, dice, 4)) } else { with_id(some_fields(w, ids, dice, 3), *id) }).collect()),
        _ => ("update", picked.iter().map(|id| with_id(some_fields(w, ids, dice, 4), *id)).collect()),
    };
    bulk(w, json!({"mode": mode, "items": items}))
}
fn undo_restores_the_digest(w: &World) {
    let zoo = Zoo::build(w, 20, 33);
    let mut dice = Dice(8);
    for round in 0..if proving() { 60 } else { 15 } {
        let before = digest(w);
        let set = mass_change(w, &zoo.ids, &mut dice);
        w.clock.advance(100);
        let undone = undo(w, set, UndoMode::Safe);
        let after = digest(w);
        // What the change created is archived, not gone.
        let wrong = differences(&live(&before), &live(&after));
        assert!(wrong.is_empty(), "round {round}: {:#?}\n{undone}", wrong.iter().take(8).collect::<Vec<_>>());
        assert!(before.keys().all(|id| after.contains_key(id)));
        w.clock.advance(100);
    }
}
fn undo_leaves_later_edits_alone(w: &World) {
    let ctx = w.system();
    let make = |name: &str| w.create(&ctx, "animal", json!({"name": name, "legs": 4, "tame": true})).unwrap();
    let (a, b, c) = (make("a"), make("b"), make("c"));
    let set = bulk(w, json!({"mode": "update", "items": [{"id": a.to_string(), "legs": 5, "tame": false}, {"id": b.to_string(), "legs": 6}, {"id": c.to_string(), "legs": 4}]}));
    let made = bulk(w, json!({"mode": "create", "items": [{"name": "new"}, {"name": "mother"}, {"name": "edited"}]}));
    w.clock.advance(100);
    w.update(&w.system(), "animal", a, json!({"legs": 7})).unwrap();
    let id_of = |name: &str| -> RecordId {
        let page = w.find(&w.system(), Find { filter: Some(json!({"field": "name", "op": "eq", "value": name})), ..find("animal") }).unwrap();
        page["items"][0]["id"].as_str().unwrap().parse().unwrap()
    };
    let (mother, edited) = (id_of("mother"), id_of("edited"));
    w.create(&w.system(), "animal", json!({"name": "child", "mother": mother.to_string()})).unwrap();
    w.update(&w.system(), "animal", edited, json!({"legs": 1})).unwrap();
    w.clock.advance(100);
    let undone = undo(w, set, UndoMode::Safe);
    let got = |id: RecordId| w.get(&w.system(), "animal", id).unwrap();
    assert_eq!((&got(a)["legs"], &got(a)["tame"], &got(b)["legs"]), (&json!(7), &json!(true), &json!(4)), "{undone}");
    let skipped = undone["skipped"].as_array().unwrap();
    assert_eq!(skipped.len(), 1, "{undone}");
    assert_eq!((&skipped[0]["id"], &skipped[0]["field"]), (&json!(a.to_string()), &json!("legs")));
    let undone = undo(w, made, UndoMode::Safe);
    let mut left: Vec<&str> = undone["skipped"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    left.sort_unstable();
    let mut expected = [mother.to_string(), edited.to_string()];
    expected.sort();
    assert_eq!(left, expected, "what others hang on or have changed stays: {undone}");
    let names = w.names(&w.system(), Find { sort: vec!["name".into()], ..find("animal") });
    assert_eq!(names, ["a", "b", "c", "child", "edited", "mother"]);
    // Changed and changed back: it still has what the change wrote.
    let set = bulk(w, json!({"mode": "update", "items": [{"id": b.to_string(), "legs": 9}]}));
    for legs in [10, 9] {
        w.update(&w.system(), "animal", b, json!({"legs": legs})).unwrap();
    }
    undo(w, set, UndoMode::Safe);
    assert_eq!(got(b)["legs"], 4);
    // By force, what was changed since goes too.
    let set = bulk(w, json!({"mode": "update", "items": [{"id": a.to_string(), "legs": 1}]}));
    w.update(&w.system(), "animal", a, json!({"legs": 2})).unwrap();
    let undone = undo(w, set, UndoMode::Force);
    assert_eq!((&got(a)["legs"], &undone["skipped"]), (&json!(7), &json!([])));
}
/// An undo is a change set itself: undoing it brings the change back.
fn undo_in_a_row(w: &World) {
    let zoo = Zoo::build(w, 12, 34);
    let mut dice = Dice(77);
    for _ in 0..6 {
        let items: Vec<Json> = zoo
            .ids
            .animals
            .iter()
            .skip(6)
            .map(|id| {
                let mut item = some_fields(w, &zoo.ids, &mut dice, 3);
                item.insert("id".into(), json!(id.to_string()));
                Json::Object(item)
            })
            .collect();
        let before = digest(w);
        let mut set = bulk(w, json!({"mode": "update", "items": items}));
        let changed = digest(w);
        for turn in 0..4 {
            w.clock.advance(50);
            let undone = undo(w, set, UndoMode::Safe);
            set = undone["id"].as_str().unwrap().parse().unwrap();
            let wrong = differences(if turn % 2 == 0 { &before } else { &changed }, &digest(w));
            assert!(wrong.is_empty(), "turn {turn}: {:#?}", wrong.iter().take(8).collect::<Vec<_>>());
        }
        w.clock.advance(50);
    }
}
