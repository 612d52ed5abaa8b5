//! Puts a question to the program. Writes are rolled back, so that every question meets the same world.

use super::{
    decision::{Archived, Customer, Decision, Door, Page},
    house::{House, find, id, map},
};
use kernel::{Error, Result};
use metadata::Archived as Which;
use records::{CountMode, Find, Get, IfMatch, NewFile, Paging, Search, Tx, UndoMode};
use serde_json::{Map, Value as Json, json};
use std::{
    sync::{Arc, Mutex, atomic::Ordering},
    thread::sleep,
    time::Duration,
};
use testkit::policy::Asker;

pub(crate) fn failed(e: &Error) -> Json {
    let mut fields: Vec<(&str, &str)> = e.fields.iter().map(|f| (f.field.as_str(), f.code)).collect();
    fields.sort_unstable();
    let fields = if e.status() == 422 { json!(fields) } else { Json::Null };
    assert!(e.status() < 500, "{e:?}");
    json!({"status": e.status(), "fields": fields})
}
fn answer(out: Result<Json>) -> Json {
    out.unwrap_or_else(|e| failed(&e))
}
fn which(archived: Archived) -> Which {
    match archived {
        Archived::Exclude => Which::Exclude,
        Archived::Include => Which::Include,
        Archived::Only => Which::Only,
    }
}
fn parse(bytes: &[u8]) -> Json {
    serde_json::from_slice(bytes).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(bytes)))
}

pub(crate) fn ask(house: &House, decision: &Decision, past_ms: i64) -> Json {
    let ctx = house.ctx(&decision.asker);
    match decision.door.clone() {
        Door::StolenCursor { page, thief } => {
            let (own, theirs) = (page.clone(), page);
            let first = match house.workspace.read_blocking(&ctx, move |tx| first_page(tx, &own, None)) {
                Ok(page) => page,
                Err(e) => return json!({"owner": e.status()}),
            };
            let Some(cursor) = first["next_cursor"].as_str().map(str::to_owned) else { return json!("one page") };
            let stolen = house.workspace.read_blocking(&house.ctx(&thief), move |tx| first_page(tx, &theirs, Some(cursor)));
            json!({"thief": stolen.map_or_else(|e| e.status(), |_| 200)})
        }
        Door::Export { object, fields, filter, thief } => export(house, decision, &json!({"object": object, "fields": fields, "filter": filter.json(), "format": "jsonl"}), &thief),
        Door::Objects => told(house.get(&decision.asker, "/objects"), |json| {
            let mut names: Vec<&str> = json["items"].as_array().unwrap().iter().map(|d| d["name"].as_str().unwrap()).collect();
            names.sort_unstable();
            json!(names)
        }),
        Door::MyRights => told(house.get(&decision.asker, "/me/rights"), |json| json!({"capabilities": json["capabilities"], "objects": json["objects"]})),
        door if is_write(&door) => {
            let kept = Arc::new(Mutex::new(None));
            let slot = kept.clone();
            let rolled_back = house.workspace.write_blocking(&ctx, move |tx| {
                *slot.lock().unwrap() = Some(answer(write(tx, door)));
                Err::<(), Error>(Error::malformed("rolled_back", "The proof takes everything back."))
            });
            let refused = rolled_back.unwrap_err();
            let out = kept.lock().unwrap().take();
            out.unwrap_or_else(|| failed(&refused))
        }
        door => answer(house.workspace.read_blocking(&ctx, move |tx| read(tx, door, past_ms))),
    }
}
fn told(got: super::front::Got, tell: impl Fn(&Json) -> Json) -> Json {
    if got.status == 200 { tell(&got.json()) } else { got.failed() }
}
/// Makes a file, fetches it, and lets somebody else try to: by its id, and by the key of the request that made it.
fn export(house: &House, decision: &Decision, body: &Json, thief: &Asker) -> Json {
    let mut body = body.clone();
    body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    let key = house.keys.fetch_add(1, Ordering::SeqCst).to_string();
    let key = [("idempotency-key", key.as_str())];
    let started = house.send(&decision.asker, "POST", "/exports", &key, &body);
    if started.status != 202 {
        return started.failed();
    }
    let place = format!("/exports/{}", started.json()["id"].as_str().unwrap());
    let done = loop {
        let state = house.get(&decision.asker, &place).json();
        if state["status"] != "running" {
            break state;
        }
        sleep(Duration::from_millis(1));
    };
    assert_eq!(done["status"], "done", "{done}");
    let rows = house.get(&decision.asker, &format!("{place}/content")).lines();
    let again = house.send(&decision.asker, "POST", "/exports", &key, &body);
    let others = [house.get(thief, &place).status, house.get(thief, &format!("{place}/content")).status];
    let theirs = house.send(thief, "POST", "/exports", &key, &body);
    json!({"rows": rows, "again": [again.status, again.replayed], "thief": others, "thief's own": theirs.replayed})
}
/// One item, and the cursor to the next.
fn first_page(tx: &mut Tx, page: &Page, cursor: Option<String>) -> Result<Json> {
    let paging = Paging { limit: Some(1), cursor: cursor.clone() };
    match page {
        Page::List { object } => tx.find(&Find { limit: Some(1), cursor, ..find(object) }).map(|bytes| parse(&bytes)),
        Page::Groups { object, key } => tx.aggregate(object, &json!({"group_by": [{"field": key}], "measures": [{"fn": "count"}], "limit": 1, "cursor": cursor})),
        Page::Search { word } => tx.search(&Search { q: word.clone(), limit: Some(1), cursor, ..Search::default() }),
        Page::Timeline { object, id: record } => tx.timeline(object, id(record), &paging),
        Page::History { object, id: record } => tx.history(object, id(record), &paging),
        Page::WhoCanSee { object, id: record } => tx.access_list(object, id(record), &paging),
    }
}
fn is_write(door: &Door) -> bool {
    matches!(
        door,
        Door::Update { .. }
            | Door::Archive { .. }
            | Door::Restore { .. }
            | Door::BulkUpdate { .. }
            | Door::BulkArchive { .. }
            | Door::Upsert { .. }
            | Door::CreateUnder { .. }
            | Door::Share { .. }
            | Door::AddFile { .. }
            | Door::ChangeDefinition { .. }
            | Door::ChangeSettings
            | Door::Close { .. }
            | Door::Reopen { .. }
            | Door::Convert { .. }
            | Door::Undo { .. }
            | Door::Merge { .. }
    )
}
fn read(tx: &mut Tx, door: Door, past_ms: i64) -> Result<Json> {
    let everything = Paging { limit: Some(500), cursor: None };
    Ok(match door {
        Door::List { object, filter, sort, archived, fields, include, past, limit, estimate } => {
            let (mut items, mut cursor, mut totals) = (Vec::new(), None, Vec::new());
            loop {
                let sort = sort.iter().map(|(path, down)| if *down { format!("-{path}") } else { path.clone() }).collect();
                let page = parse(&tx.find(&Find {
                    object: object.clone(),
                    filter: filter.json(),
                    sort,
                    limit: Some(limit),
                    cursor,
                    include: include.clone(),
                    count: if estimate { CountMode::Estimate } else { CountMode::Exact },
                    archived: which(archived),
                    as_of: past.then_some(past_ms),
                    fields: fields.clone(),
                })?);
                items.extend(page["items"].as_array().unwrap().clone());
                totals.push(page["total"].clone());
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = Some(next.to_owned()),
                    None => break,
                }
            }
            totals.dedup();
            json!({"items": items, "totals": totals})
        }
        Door::One { object, id: record, fields, include, past } => parse(&tx.get(&object, id(&record), &Get { include, as_of: past.then_some(past_ms), fields })?.json),
        Door::Groups { object, key, distinct, sum, filter } => {
            let mut body = json!({"group_by": [{"field": key}], "measures": [{"fn": "count"}, {"fn": "count_distinct", "field": distinct}], "limit": 5000});
            if let Some(filter) = filter.json() {
                body["filter"] = filter;
            }
            if let Some(sum) = &sum {
                body["measures"].as_array_mut().unwrap().push(json!({"fn": "sum", "field": sum}));
            }
            let page = tx.aggregate(&object, &body)?;
            let mut rows: Vec<String> = page["items"].as_array().unwrap().iter().map(|i| json!([i["key"][&key], i["values"]]).to_string()).collect();
            rows.sort();
            json!(rows)
        }
        Door::Search { word } => {
            let page = tx.search(&Search { q: word, limit: Some(100), ..Search::default() })?;
            let mut hits: Vec<String> = page["items"].as_array().unwrap().iter().map(|h| json!([h["object"], h["id"], h["title"], h["subtitle"]]).to_string()).collect();
            hits.sort();
            json!(hits)
        }
        Door::Timeline { object, id: record } => {
            let (mut items, mut cursor) = (Vec::new(), None);
            loop {
                let page = tx.timeline(&object, id(&record), &Paging { limit: Some(4), cursor })?;
                items.extend(page["items"].as_array().unwrap().clone());
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = Some(next.to_owned()),
                    None => break,
                }
            }
            json!(items)
        }
        Door::History { object, id: record } => {
            let page = tx.history(&object, id(&record), &everything)?;
            let later = super::house::START + 3_600_000;
            let later = metadata::Value::DateTime(later).to_json();
            // Before this hour much was written by the program itself: of that it counts whether an author is told.
            let entry = |e: &Json| match e["at"].as_str() >= later.as_str() {
                true => json!({"version": e["version"], "by": e["by"], "changes": sorted(&e["changes"])}),
                false if e["version"] == 1 => json!({ "by": e["by"] }),
                false => json!({"by": e["by"].is_null()}),
            };
            let entries: Vec<Json> = page["items"].as_array().unwrap().iter().map(entry).collect();
            json!(entries)
        }
        Door::WhoCanSee { object, id: record } => {
            let page = tx.access_list(&object, id(&record), &everything)?;
            let mut rows: Vec<String> = Vec::new();
            for item in page["items"].as_array().unwrap() {
                assert!(!item["because"].as_array().unwrap().is_empty(), "a reason is always told: {item}");
                rows.push(json!([item["user"]["id"], item["user"]["email"], item["read"], item["update"], item["delete"]]).to_string());
            }
            rows.sort();
            json!(rows)
        }
        Door::Files { object, id: record } => ids(&parse(&tx.list_files(&object, id(&record), &everything)?)),
        Door::FileOut { id: record } => json!(tx.file_content(id(&record))?.name),
        Door::Definition { object } => {
            let def = tx.definition(&object)?;
            let mut fields: Vec<String> = def["fields"].as_array().unwrap().iter().map(|f| json!([f["name"], f["masked"] == true, f["read_only"]]).to_string()).collect();
            fields.sort();
            json!(fields)
        }
        other => panic!("{other:?} is no reading"),
    })
}
fn ids(page: &Json) -> Json {
    let mut out: Vec<&str> = page["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap()).collect();
    out.sort_unstable();
    json!(out)
}
pub(crate) fn sorted(changes: &Json) -> Json {
    let mut out: Vec<String> = changes.as_array().unwrap().iter().map(|c| json!([c["field"], c["old"], c["new"]]).to_string()).collect();
    out.sort();
    json!(out)
}
fn one(field: &str, value: Json) -> Map<String, Json> {
    map(&json!({ field: value }))
}
fn write(tx: &mut Tx, door: Door) -> Result<Json> {
    let statuses = |answer: Json| -> Json { answer["items"].as_array().unwrap().iter().map(|i| i["status"].clone()).collect() };
    Ok(match door {
        Door::Update { object, id: record, field, value } => {
            tx.update(&object, id(&record), &one(&field, value), IfMatch::Any)?;
            json!("done")
        }
        Door::Archive { object, id: record } => {
            tx.archive(&object, id(&record), IfMatch::None)?;
            json!("done")
        }
        Door::Restore { object, id: record } => {
            tx.restore(&object, id(&record), IfMatch::None)?;
            json!("done")
        }
        Door::BulkUpdate { object, ids, field, value, atomic } => {
            let items: Vec<Json> = ids.iter().map(|i| json!({"id": i, field.as_str(): value})).collect();
            let answer = tx.bulk(&object, &json!({"mode": "update", "items": items, "atomic": atomic}))?;
            // Whoever made it may take it back, and nothing is left of it.
            let undone = tx.undo(id(answer["change_set"].as_str().unwrap()), UndoMode::Safe)?;
            assert_eq!(undone["status"], "done");
            statuses(answer)
        }
        Door::BulkArchive { object, ids } => {
            let items: Vec<Json> = ids.iter().map(|i| json!({ "id": i })).collect();
            statuses(tx.bulk(&object, &json!({"mode": "delete", "items": items}))?)
        }
        Door::Upsert { object, external_id, field, value, bulk: false } => {
            let (_, created) = tx.upsert(&object, "external_id", &external_id, &one(&field, value), IfMatch::Any)?;
            json!(if created { "created" } else { "changed" })
        }
        Door::Upsert { object, external_id, field, value, bulk: true } => {
            let item = json!({"external_id": external_id, field: value});
            statuses(tx.bulk(&object, &json!({"mode": "upsert", "key": "external_id", "items": [item]}))?)
        }
        Door::CreateUnder { object, mut input, reference, target, by, bulk } => {
            let single = match by {
                Some((field, value)) => json!({"by": field, "value": value, "object": target.0}),
                None => json!({"object": target.0, "id": target.1}),
            };
            input[&reference] = single;
            match bulk {
                Some(mode) => statuses(tx.bulk(&object, &json!({"mode": mode, "items": [input]}))?),
                None => {
                    tx.create(&object, &map(&input))?;
                    json!("done")
                }
            }
        }
        Door::Share { object, id: record, user, team, level } => {
            tx.create("share", &map(&json!({"record": {"object": object, "id": record}, "user": user, "grantee_team": team, "level": level})))?;
            json!("done")
        }
        Door::AddFile { object, id: record } => {
            tx.add_file(&object, id(&record), &NewFile { name: "plan".into(), content_type: "text/plain".into(), size: 3, hash: "0".repeat(64) })?;
            json!("done")
        }
        Door::ChangeDefinition { object } => {
            tx.definition(&object)?;
            tx.change_object(&object, &json!({"label": "Other"}))?;
            json!("done")
        }
        Door::ChangeSettings => {
            tx.change_settings(&one("week_start", json!(7)))?;
            json!("done")
        }
        Door::Close { id: record, outcome } => verb(tx, "opportunity", "closure", "POST", &record, &json!({"outcome": outcome, "reason": "price"}))?,
        Door::Reopen { id: record } => verb(tx, "opportunity", "closure", "DELETE", &record, &json!({}))?,
        Door::Convert { id: record, account, contact, deal } => {
            let mut body = json!({});
            match account {
                Customer::Made => {}
                Customer::Nothing => body["account"] = Json::Null,
                Customer::Known(account) => body["account"] = json!(account),
            }
            if let Some(contact) = contact {
                body["contact"] = json!(contact);
            }
            if deal {
                body["opportunity"] = json!({"name": "new"});
            }
            verb(tx, "lead", "conversion", "POST", &record, &body)?
        }
        Door::Merge { object, winner, loser } => {
            tx.merge(&object, id(&winner), &one("loser", json!(loser)))?;
            json!("done")
        }
        Door::Undo { object, ids, field, force } => {
            let items: Vec<Json> = ids.iter().map(|i| json!({"id": i, field.as_str(): "mass change"})).collect();
            let made = tx.as_system("cli", |tx| tx.bulk(&object, &json!({"mode": "update", "items": items})))?;
            let set = id(made["change_set"].as_str().unwrap());
            let seen = tx.change_set(set).map_or_else(|e| e.status(), |_| 200);
            let undone = tx.undo(set, if force { UndoMode::Force } else { UndoMode::Safe });
            let undone = match undone {
                Err(e) => json!(e.status()),
                Ok(undoing) => {
                    let report = tx.change_set(id(undoing["id"].as_str().unwrap()))?;
                    let mut skipped: Vec<String> = report["skipped"].as_array().unwrap().iter().map(|s| json!([s["object"], s["id"], s["field"]]).to_string()).collect();
                    skipped.sort();
                    json!({"restored": report["restored"], "skipped": skipped})
                }
            };
            json!({"seen": seen, "undone": undone})
        }
        other => panic!("{other:?} is no writing"),
    })
}
/// A verb of the catalogue, as its route runs it.
pub(super) fn verb(tx: &mut Tx, object: &str, name: &str, method: &str, record: &str, body: &Json) -> Result<Json> {
    let verb = *tx.catalogue().verbs().iter().find(|v| v.object == object && v.name == name && v.method == method).unwrap();
    (verb.run)(tx, id(record), &map(body))?;
    Ok(json!("done"))
}
