//! Twin worlds: the same workspace with and without one record that a person may not see. Every answer to that person
//! is the same, byte by byte, cursors and errors included. (Unique values are the one declared exception, and not asked.)

use super::{
    house::{Engine, House, find, id, map},
    plan::Plan,
    proof::{proving, seeds, world},
    rng::Rng,
    snapshot,
};
use kernel::{Error, RecordId, Result};
use records::{CountMode, Find, Get, IfMatch, NewFile, Paging, Search, Tx};
use serde_json::{Map, Value as Json, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use testkit::policy::{Action, Asker, Row, View, World};

/// A record that nobody but its owner would see, of a random kind, hanging on random records.
fn secret(plan: &mut Plan) -> (&'static str, Json) {
    let (account, contact, user) = (plan.some("account"), plan.some("contact"), plan.some("user"));
    let words: Vec<Json> = (0..4).map(|_| plan.word()).collect();
    let any = plan.any(&["account", "contact", "opportunity", "case", "order", "interaction", "project"]);
    let mut list = vec![
        ("account", json!({"name": words[0], "kind": "organisation", "industry": "food", "tier": "gold", "parent": account, "email": "hidden@example.org"})),
        ("contact", json!({"first_name": words[0], "last_name": words[1], "account": account, "reports_to": contact, "city": "rome"})),
        ("lead", json!({"last_name": words[0], "company": words[1], "referred_by": {"object": "contact", "id": contact}})),
        ("opportunity", json!({"name": words[0], "account": account, "contact": contact, "amount": "999999", "partner": account})),
        ("opportunity", json!({"name": words[0], "amount": "999999", "close_date": "2026-12-11", "forecast_category": "commit"})),
        ("quota", json!({"period_start": "2026-10-01", "amount": "999999"})),
        ("order", json!({"kind": "sale", "account": account, "contact": contact, "channel": "shop"})),
        ("case", json!({"subject": words[0], "account": account, "contact": contact, "description": words[1]})),
        ("contract", json!({"name": words[0], "account": account})),
        ("interaction", json!({"kind": "email", "at": "2026-11-16T10:00:00Z", "subject": words[0], "body": words[1], "account": account, "contact": contact})),
        ("task", json!({"subject": words[0], "about": any})),
        ("note", json!({"body": words[0], "about": any})),
        ("comment", json!({"body": words[0], "about": any})),
        ("project", json!({"name": words[0], "secret": words[1], "score": 9, "account": account, "about": any, "partners": [account]})),
        ("project_step", json!({"name": words[0], "score": 9, "project": plan.some("project")})),
        ("staff_skill", json!({"staff": user, "skill": words[0]})),
        ("absence", json!({"staff": user, "from": "2026-12-24", "to": "2026-12-25"})),
        ("share", json!({"record": {"object": "account", "id": account}, "user": user, "level": "update"})),
        ("opportunity_line", json!({"opportunity": plan.some("opportunity"), "product": plan.some("product"), "quantity": "7"})),
        ("payment", json!({"order": plan.some("order"), "amount": "7", "status": "paid"})),
        ("contact_point", json!({"contact": contact, "kind": "handle", "value": words[0]})),
    ];
    let at = plan.rng.below(list.len());
    let (object, item) = list.swap_remove(at);
    let mut item = plan.owned(item);
    if object == "quota" && item["owner"].is_null() {
        item["owner"] = user; // somebody's it is
    }
    item["id"] = json!(plan.new_id());
    (object, item)
}
/// The record as it is asked for; rules may fill more of it when it is written.
fn planned(world: &World, object: &str, item: &Json) -> Row {
    let mut values: BTreeMap<String, Json> = world.rows_of(object).next().map_or_else(Default::default, |row| row.values.keys().map(|k| (k.clone(), Json::Null)).collect());
    values.extend(item.as_object().unwrap().iter().map(|(k, v)| (k.clone(), v.clone())));
    Row { object: object.into(), id: item["id"].as_str().unwrap().into(), values }
}
/// Whether this person cannot tell: neither by seeing the record, nor by seeing anything else with it.
fn is_hidden(world: &World, asker: &Asker, row: &Row) -> bool {
    let mut with = world.clone();
    with.rows.entry(row.object.clone()).or_default().insert(row.id.clone(), row.clone());
    let (Some(before), Some(after)) = (View::of(world, asker), View::of(&with, asker)) else { return false };
    if after.may(Action::Read, &row.object, &row.id) {
        return false;
    }
    // What hangs on others can still show by what it opens: a child lends its customer, a share its record.
    let opened = ["account", "contact"].into_iter().chain(row.get("record").get("object").and_then(Json::as_str));
    opened.into_iter().all(|o| {
        let ids = |view: &View| view.readable(o).iter().map(|r| r.id.clone()).collect::<Vec<_>>();
        let changes = |view: &View, action: Action| view.readable(o).iter().filter(|r| view.may(action, o, &r.id)).count();
        ids(&before) == ids(&after) && changes(&before, Action::Update) == changes(&after, Action::Update) && changes(&before, Action::Delete) == changes(&after, Action::Delete)
    })
}

/// Everything that this person could ask around the record, one answer after the other.
struct Around {
    object: &'static str,
    id: RecordId,
    words: Vec<String>,
    /// What somebody would type who makes the same record again.
    values: Map<String, Json>,
    /// Records that it refers to.
    near: Vec<(String, RecordId)>,
    external_id: Option<String>,
    nobody: RecordId,
    past_ms: i64,
}
impl Around {
    fn of(object: &'static str, item: &Json, past_ms: i64) -> Around {
        let mut near = Vec::new();
        for (field, value) in item.as_object().unwrap() {
            let object = match field.as_str() {
                "account" | "parent" | "partner" => "account",
                "contact" | "reports_to" => "contact",
                "staff" | "user" | "owner" => "user",
                "opportunity" | "order" | "project" => field,
                _ => value["object"].as_str().unwrap_or(""),
            };
            let text = value.as_str().or(value["id"].as_str()).unwrap_or("");
            if let (false, Ok(id)) = (object.is_empty(), text.parse()) {
                near.push((object.to_owned(), id));
            }
        }
        let words = ["name", "last_name", "subject", "body", "skill", "value", "secret"].iter().filter_map(|f| item[*f].as_str().map(str::to_owned)).collect();
        Around {
            object,
            id: id(item["id"].as_str().unwrap()),
            words,
            values: item.as_object().unwrap().iter().filter(|(field, _)| *field != "id").map(|(k, v)| (k.clone(), v.clone())).collect(),
            near,
            external_id: item["external_id"].as_str().map(str::to_owned),
            nobody: "01a1ee56-5e00-7000-8000-000000000000".parse().unwrap(),
            past_ms,
        }
    }
    fn ask(&self, tx: &mut Tx) -> Vec<(String, Vec<u8>)> {
        let mut out: Vec<(String, Vec<u8>)> = Vec::new();
        let mut keep = |what: String, answer: Result<Vec<u8>>| {
            let bytes = answer.unwrap_or_else(|e: Error| {
                assert!(e.status() < 500, "{what}: {e:?}");
                format!("{} {} {} {:?}", e.status(), e.reason, e.detail, e.fields).into_bytes()
            });
            out.push((what, bytes));
        };
        let json = |answer: Result<Json>| answer.map(|j| j.to_string().into_bytes());
        let paging = Paging::default();
        let mut objects: Vec<String> = vec![self.object.to_owned(), "account".into(), "contact".into(), "state_change".into()];
        objects.extend(self.near.iter().map(|(o, _)| o.clone()));
        objects.sort();
        objects.dedup();
        for object in &objects {
            for sort in [vec![], vec!["-created_at".to_owned()], vec!["owner".to_owned(), "-id".to_owned()]] {
                for archived in [metadata::Archived::Exclude, metadata::Archived::Include] {
                    let page = Find { sort: sort.clone(), limit: Some(7), count: CountMode::Exact, archived, ..find(object) };
                    keep(format!("list {object} {sort:?}"), tx.find(&page));
                }
            }
            keep(format!("list {object} then"), tx.find(&Find { as_of: Some(self.past_ms), count: CountMode::Exact, ..find(object) }));
            keep(format!("estimate {object}"), tx.find(&Find { count: CountMode::Estimate, limit: Some(1), ..find(object) }));
            keep(
                format!("groups {object}"),
                json(tx.aggregate(object, &json!({"group_by": ["owner"], "measures": [{"fn": "count"}, {"fn": "count_distinct", "field": "team"}, {"fn": "max", "field": "created_at"}]}))),
            );
            keep(format!("total {object}"), json(tx.aggregate(object, &json!({"group_by": [], "measures": [{"fn": "count"}]}))));
        }
        for (related, via) in [
            ("opportunity", "account"),
            ("contact", "account"),
            ("case", "account"),
            ("interaction", "account"),
            ("project", "account"),
            ("task", "account"),
            ("order", "account"),
            ("account", "parent"),
        ] {
            for filter in [json!({"related": related, "via": via}), json!({"not": {"related": related, "via": via, "count": {"op": "gte", "value": 2}}})] {
                keep(format!("related {related}"), tx.find(&Find { filter: Some(filter), ..find("account") }));
            }
        }
        keep(
            "by the account's parent".into(),
            tx.find(&Find { sort: vec!["parent.name".into()], filter: Some(json!({"field": "parent", "op": "is_empty", "value": false})), include: vec!["parent".into()], ..find("account") }),
        );
        keep("by whom they report to".into(), tx.find(&Find { sort: vec!["-reports_to.full_name".into()], include: vec!["reports_to".into(), "account".into()], ..find("contact") }));
        for word in &self.words {
            for typed in [word.clone(), word.chars().take(5).collect(), format!("{}x", word.chars().take(9).collect::<String>())] {
                keep(format!("search {typed}"), json(tx.search(&Search { q: typed, ..Search::default() })));
            }
        }
        for (report, params) in [("forecast", vec![("period", "2026-11-18")]), ("forecast", vec![("as_of", "2026-11-17")]), ("forecast movement", vec![("from", "2026-10-01"), ("to", "2026-11-30")])] {
            let params = params.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
            let answer = tx.catalogue().report(report).and_then(|report| (report.run)(tx, &params));
            keep(report.into(), json(answer));
        }
        keep("what looks like it".into(), json(tx.looks_like(self.object, &self.values)));
        for (object, record) in &self.near {
            let record = *record;
            keep(format!("duplicates of {object}"), json(tx.duplicates_of(object, record)));
            keep(format!("get {object}"), tx.get(object, record, &Get::default()).map(|one| one.json));
            keep(format!("timeline {object}"), json(tx.timeline(object, record, &Paging { limit: Some(3), cursor: None })));
            keep(format!("history {object}"), json(tx.history(object, record, &paging)));
            keep(format!("who sees {object}"), if self.object == "share" { Ok(vec![]) } else { json(tx.access_list(object, record, &paging)) });
            keep(format!("files {object}"), tx.list_files(object, record, &paging));
        }
        // The record itself, by every door: as if there were none.
        for record in [self.id, self.nobody] {
            let hide = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(&record.to_string(), "ID").into_bytes();
            let about = json!({"object": self.object, "id": record.to_string()});
            let input = |field: &str, value: Json| map(&json!({ field: value }));
            keep("get it".into(), tx.get(self.object, record, &Get::default()).map(|one| hide(one.json)));
            keep("its timeline".into(), json(tx.timeline(self.object, record, &paging)));
            keep("its history".into(), json(tx.history(self.object, record, &paging)));
            keep("who sees it".into(), json(tx.access_list(self.object, record, &paging)));
            keep("its duplicates".into(), json(tx.duplicates_of(self.object, record)));
            keep("it is another one".into(), tx.set_distinct(self.object, record, self.nobody, true).map(|()| vec![]));
            keep("merge it".into(), json(tx.merge(self.object, record, &input("loser", json!(self.nobody.to_string())))));
            for (object, other) in self.near.iter().filter(|(object, _)| object == self.object) {
                keep("merge it into another".into(), tx.merge(object, *other, &input("loser", json!(record.to_string()))).map(|_| vec![]));
            }
            keep("its files".into(), tx.list_files(self.object, record, &paging));
            keep("change it".into(), tx.update(self.object, record, &input("team", Json::Null), IfMatch::Any).map(|s| s.version.to_string().into_bytes()));
            keep("archive it".into(), tx.archive(self.object, record, IfMatch::None).map(|()| vec![]));
            keep("restore it".into(), tx.restore(self.object, record, IfMatch::None).map(|s| s.version.to_string().into_bytes()));
            keep("note about it".into(), tx.create("note", &map(&json!({"body": "x", "about": about}))).map(|_| vec![]));
            keep("attach to it".into(), tx.add_file(self.object, record, &NewFile { name: "x".into(), content_type: "text/plain".into(), size: 1, hash: "0".repeat(64) }).map(|_| vec![]));
            keep("it as it was".into(), tx.get(self.object, record, &Get { as_of: Some(self.past_ms), ..Get::default() }).map(|one| hide(one.json)));
            for verb in tx.catalogue().clone().verbs().iter().filter(|v| v.object == self.object) {
                keep(format!("{} {}", verb.method, verb.name), (verb.run)(tx, record, &input("outcome", json!("won"))).map(|done| hide(done.json)));
            }
            keep("bulk delete".into(), tx.bulk(self.object, &json!({"mode": "delete", "items": [{"id": record.to_string()}]})).map(|a| a["items"].to_string().into_bytes()));
            keep("share it".into(), tx.create("share", &map(&json!({"record": about, "level": "read"}))).map(|_| vec![]));
            keep("list by it".into(), tx.find(&Find { filter: Some(json!({"field": "id", "op": "eq", "value": record.to_string()})), ..find(self.object) }));
            keep("notes about it".into(), tx.find(&Find { filter: Some(json!({"field": "about", "op": "eq", "value": about})), ..find("note") }));
            keep("bulk".into(), tx.bulk(self.object, &json!({"mode": "update", "items": [{"id": record.to_string(), "team": null}]})).map(|a| a["items"].to_string().into_bytes()));
        }
        if let Some(external_id) = &self.external_id {
            keep("by its external id".into(), tx.create("task", &map(&json!({"subject": "x", "about": {"object": self.object, "by": "external_id", "value": external_id}}))).map(|_| vec![]));
        }
        out
    }
}
/// What the person is told of the record must also be what they are told of one that never was.
fn as_if_none(answers: &[(String, Vec<u8>)]) {
    let starts: Vec<usize> = answers.iter().enumerate().filter(|(_, (what, _))| what == "get it").map(|(i, _)| i).collect();
    let [from, second] = starts[..] else { panic!("asked of the record and of none") };
    let half = second - from;
    for i in from..second {
        assert_eq!(answers[i].1, answers[i + half].1, "{}: {} / {}", answers[i].0, String::from_utf8_lossy(&answers[i].1), String::from_utf8_lossy(&answers[i + half].1));
    }
}

/// What a deal or an order keeps of its lines and payments (totals, whether it is paid) is its own: whoever reads it is told
/// so, with or without a right to those rows.
fn is_told(world: &World, asker: &Asker, object: &str, item: &Json) -> bool {
    let parent = match object {
        "payment" | "order_line" => "order",
        "opportunity_line" => "opportunity",
        _ => return false,
    };
    View::of(world, asker).is_some_and(|view| item[parent].as_str().is_some_and(|id| view.may(Action::Read, parent, id)))
}

fn pairs(engine: Engine, seed: u64, wanted: usize) -> usize {
    let house = House::open(engine);
    let mut plan = Plan::new(&house, seed);
    plan.build();
    let ledger = plan.live_on();
    let mut world = world(&house);
    let mut rng = Rng::new(seed ^ 0x7717);
    let mut done = 0;
    for n in 0..wanted * 20 {
        if done == wanted {
            break;
        }
        let user = rng.pick(&plan.made["user"]).clone();
        let asker = Asker { user, scopes: None };
        let (object, item) = secret(&mut plan);
        if !is_hidden(&world, &asker, &planned(&world, object, &item)) || is_told(&world, &asker, object, &item) {
            continue;
        }
        let around = Arc::new(Around::of(object, &item, ledger.past_ms));
        let ctx = house.ctx(&asker);
        let outcome = if n % 10 == 0 {
            // Written for good and indexed: the search then meets it in its index.
            let ask = |house: &House| {
                let (slot, kept) = (around.clone(), Arc::new(Mutex::new(vec![])));
                let answers = kept.clone();
                let _rolled_back = house.workspace.write_blocking(&ctx, move |tx| {
                    *answers.lock().unwrap() = slot.ask(tx);
                    Err::<(), Error>(Error::malformed("rolled_back", "The proof takes everything back."))
                });
                let out = std::mem::take(&mut *kept.lock().unwrap());
                out
            };
            let without = ask(&house);
            let input = item.clone();
            let written = house.workspace.write_blocking(&house.cli(), move |tx| tx.create(object, &map(&input)));
            house.workspace.index_pending().unwrap();
            let before = std::mem::replace(&mut world, super::proof::world(&house));
            let row = written.ok().and_then(|_| world.row(object, item["id"].as_str().unwrap())).filter(|row| is_hidden(&before, &asker, row));
            row.map(|_| (without, ask(&house)))
        } else {
            let (slot, kept) = (around.clone(), Arc::new(Mutex::new(None)));
            let (answers, input) = (kept.clone(), item.clone());
            let _rolled_back = house.workspace.write_blocking(&ctx, move |tx| {
                let ask = |tx: &mut Tx| {
                    tx.db().savepoint("twin").unwrap();
                    let out = slot.ask(tx);
                    tx.db().rollback_to("twin").unwrap();
                    tx.db().release("twin").unwrap();
                    out
                };
                let without = ask(tx);
                if tx.as_system("cli", |tx| tx.create(object, &map(&input))).is_ok() {
                    let with = ask(tx);
                    let row = snapshot::rows_in(tx)?.remove(object).and_then(|mut rows| rows.remove(input["id"].as_str().unwrap()));
                    *answers.lock().unwrap() = Some((without, with, row.unwrap()));
                }
                Err::<(), Error>(Error::malformed("rolled_back", "The proof takes everything back."))
            });
            let out = kept.lock().unwrap().take();
            out.filter(|(_, _, row)| is_hidden(&world, &asker, row)).map(|(without, with, _)| (without, with))
        };
        // What the command line itself may not write (a share of a withheld mail) makes no pair.
        let Some((without, with)) = outcome else { continue };
        let roles = world.row("user", &asker.user).unwrap().get("roles").clone();
        for ((what, a), (_, b)) in without.iter().zip(&with) {
            assert!(
                a == b,
                "seed {seed}: {roles} can tell that there is a hidden {object} ({item}) by \"{what}\":\n  without: {}\n  with:    {}",
                String::from_utf8_lossy(a),
                String::from_utf8_lossy(b)
            );
        }
        as_if_none(&with);
        done += 1;
    }
    done
}

#[test]
fn twin_worlds_answer_alike() {
    let (worlds, each) = if proving() { (20, 50) } else { (2, 10) };
    let done: usize = seeds(201, worlds).into_iter().map(|seed| pairs(Engine::Sqlite, seed, each)).sum();
    eprintln!("{done} pairs of worlds answer alike");
    assert!(done >= 10, "too few hidden records were found: {done}");
}
#[test]
fn twin_worlds_answer_alike_on_postgres() {
    let each = if proving() { 100 } else { 5 };
    let done = pairs(Engine::Postgres, 301, each);
    eprintln!("{done} pairs of worlds answer alike");
    assert!(done >= 5, "too few hidden records were found: {done}");
}
