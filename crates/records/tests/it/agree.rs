//! Conditions mean the same in SQL, on both databases, and in memory: every type with every operator, then random trees.

use crate::{
    world::{Engine, START, World, find},
    zoo::{Dice, Zoo, pool},
};
use access::Rights;
use kernel::{Ctx, RecordId};
use metadata::{Archived, Cond, Field, FieldType, Object, Op, Query, bind, eval};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use records::Find;
use serde_json::{Value as Json, json};
use std::{collections::BTreeSet, sync::Arc};

crate::both!(every_type_and_operator, random_trees);

const ZONE: &str = "Europe/Berlin";

/// Ids that the door finds.
fn asked(w: &World, ctx: &Ctx, object: &str, filter: &Json) -> Result<BTreeSet<RecordId>, kernel::Error> {
    let find = Find { filter: Some(filter.clone()), limit: Some(500), fields: Some(vec![]), ..find(object) };
    let page = w.find(&Ctx { time_zone: Some(ZONE.into()), ..ctx.clone() }, find)?;
    assert_eq!(page["next_cursor"], json!(null), "the zoo fits on a page");
    Ok(page["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().parse().unwrap()).collect())
}
/// Ids whose rows in memory match, with the asker's rights in the condition.
fn expected(zoo: &Zoo, rights: &Rights, me: RecordId, object: &Arc<Object>, filter: &Json, now_ms: i64) -> Result<BTreeSet<RecordId>, kernel::Error> {
    let ctx = metadata::BindCtx { me: Some(me), ..zoo.bind_ctx(now_ms, ZONE) };
    let cond: Cond = bind(&ctx, object, filter)?;
    let query = Query { object: object.clone(), select: vec![], filter: cond, sort: vec![], after: None, limit: 1, archived: Archived::Exclude };
    let query = rights.authorize_query(query)?;
    Ok(zoo.live(&object.name).into_iter().filter(|id| zoo.row(*id).is_some_and(|row| eval::matches(&query.get().filter, &row))).collect())
}
struct Asker {
    ctx: Ctx,
    rights: Arc<Rights>,
    me: RecordId,
}
fn asker(w: &World, ctx: Ctx) -> Asker {
    let (rights, me) = w.workspace.read_blocking(&ctx, |tx| Ok((tx.rights().clone(), tx.me()))).unwrap();
    Asker { ctx, rights, me }
}
fn check(w: &World, zoo: &Zoo, asker: &Asker, object: &Arc<Object>, filter: &Json) -> Result<(), String> {
    let memory = expected(zoo, &asker.rights, asker.me, object, filter, asker.ctx.now_ms);
    let door = asked(w, &asker.ctx, &object.name, filter);
    match (memory, door) {
        (Ok(a), Ok(b)) if a == b => Ok(()),
        (Err(a), Err(b)) if a.status() == b.status() => Ok(()),
        (Ok(memory), Ok(door)) => {
            let show = |ids: Vec<&RecordId>| {
                ids.iter()
                    .map(|id| format!("{:?}", zoo.rows.get(id).map(|r| filter.get("field").and_then(Json::as_str).map_or(format!("{id}"), |f| format!("{:?}", r.values.get(f))))))
                    .collect::<Vec<_>>()
            };
            Err(format!("{filter}: only in memory {:?}, only by SQL {:?}", show(memory.difference(&door).collect()), show(door.difference(&memory).collect())))
        }
        (a, b) => Err(format!("{filter}: memory {a:?}, SQL {b:?}")),
    }
}

/// What an operator may be compared with for a field.
fn operands(zoo: &Zoo, field: &Field, op: Op) -> Vec<Json> {
    let mut pool = match field.kind() {
        FieldType::Formula { .. } if field.kind().value_type().name() == "text" => vec![json!("zebra cat"), json!("arger Dog"), json!("é ox-1")],
        FieldType::Formula { .. } => vec![json!("3.13"), json!("0"), json!("-0.2")],
        kind => pool(kind, &zoo.ids),
    };
    if matches!(field.name(), "created_at" | "updated_at" | "archived_at") {
        pool = vec![json!("2026-11-18T17:46:40Z"), json!("2026-11-18T18:46:40Z")];
        pool.extend(zoo.rows.values().take(3).map(|r| r.values["created_at"].to_json()));
    }
    if field.name() == "id" {
        pool = zoo.ids.animals.iter().take(3).map(|id| json!(id.to_string())).collect();
    }
    let list = matches!(field.kind().value_type(), FieldType::MultiChoice { .. } | FieldType::ManyToMany { .. });
    match op {
        Op::IsEmpty => vec![json!(true), json!(false)],
        Op::Eq | Op::Ne => {
            let mut all = pool;
            all.push(Json::Null);
            if field.kind().target() == Some("user") {
                all.push(json!({"me": true}));
            }
            if list {
                all.push(json!("x"));
            }
            all
        }
        Op::In | Op::NotIn => {
            let mut all = vec![json!([]), Json::Array(pool.clone()), Json::Array(pool.iter().take(1).cloned().chain([Json::Null]).collect())];
            all.push(Json::Array(pool.iter().skip(1).take(2).cloned().collect()));
            if list {
                all.push(json!([pool[0][0]]));
                all.push(json!(["y", pool[0][0], pool[0]]));
            }
            all
        }
        Op::Between => (0..pool.len()).map(|i| json!([pool[i], pool[(i + 1) % pool.len()]])).collect(),
        Op::Lt | Op::Lte | Op::Gt | Op::Gte => pool,
        Op::Contains if list => pool.iter().filter_map(|p| p.get(0).cloned()).chain([json!("nothing")]).collect(),
        Op::Contains | Op::StartsWith => {
            let mut all =
                vec![json!(""), json!("a"), json!("Ä"), json!("%"), json!("_"), json!("\\"), json!("ss"), json!("e\u{301}"), json!("\u{1F600}"), json!("example.ORG"), json!("+49"), json!("-00")];
            all.extend(pool.into_iter().filter(Json::is_string));
            all
        }
        Op::Within => {
            let mut all = vec![
                json!({"last": 1, "unit": "day"}),
                json!({"last": 0, "unit": "day"}),
                json!({"next": 60, "unit": "day"}),
                json!({"this": "week"}),
                json!({"last": 1, "unit": "month"}),
                json!({"this": "quarter"}),
                json!({"next": 1, "unit": "fiscal_quarter"}),
                json!({"this": "year"}),
                json!({"last": 2, "unit": "fiscal_year"}),
            ];
            if field.kind().value_type().name() == "date_time" {
                all.extend([json!({"last": 3, "unit": "hour"}), json!({"this": "hour"}), json!({"next": 10, "unit": "minute"})]);
            }
            all
        }
    }
}
/// Every field that can be named, every operator it understands, every operand, plain and turned round.
fn all_tests(zoo: &Zoo, object: &Object, prefix: &str) -> Vec<Json> {
    let mut out = Vec::new();
    for field in object.live_fields() {
        for (word, op) in Op::ALL.into_iter().filter(|(_, op)| bind::fits(field, *op)) {
            for operand in operands(zoo, field, op) {
                out.push(json!({"field": format!("{prefix}{}", field.name()), "op": word, "value": operand}));
            }
        }
    }
    out
}
/// The full figures, minutes of them.
pub(crate) fn proving() -> bool {
    std::env::var_os("RAPPORT_PROVE").is_some()
}
fn every_type_and_operator(w: &World) {
    let zoo = Zoo::build(w, if proving() { 150 } else { 60 }, 7);
    let object = zoo.registry.object("animal").unwrap().clone();
    let admin = asker(w, w.system());
    let rep = asker(w, w.ctx(zoo.ids.users[0]));
    let mut tests = all_tests(&zoo, &object, "");
    let step = if proving() { 1 } else { 4 };
    tests.extend(all_tests(&zoo, zoo.registry.object("cage").unwrap(), "cage.").into_iter().step_by(step));
    tests.extend(all_tests(&zoo, zoo.registry.object("cage").unwrap(), "mother.cage.").into_iter().step_by(step));
    let kinds: BTreeSet<&str> = object.live_fields().map(|f| f.kind().name()).collect();
    assert_eq!(kinds.len(), 24, "every type but file and roll_up, which holds no value: {kinds:?}");
    let mut wrong = Vec::new();
    for test in &tests {
        for filter in [test.clone(), json!({"not": test})] {
            wrong.extend(check(w, &zoo, &admin, &object, &filter).err());
        }
    }
    for test in tests.iter().step_by(3) {
        wrong.extend(check(w, &zoo, &rep, &object, test).err().map(|e| format!("rep: {e}")));
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), tests.len(), wrong.iter().take(40).map(String::as_str).collect::<Vec<_>>().join("\n"));
}

/// A condition over an object: tests by index into all that there are, so that a tree shrinks towards the first ones.
#[derive(Clone, Debug)]
enum Tree {
    Test(usize),
    Not(Box<Tree>),
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Related(usize, Box<Tree>, Option<(usize, u8)>),
}
fn trees() -> impl Strategy<Value = Tree> {
    any::<usize>().prop_map(Tree::Test).prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|t| Tree::Not(Box::new(t))),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Tree::And),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Tree::Or),
            (any::<usize>(), inner, prop::option::of((any::<usize>(), 0u8..4))).prop_map(|(way, t, count)| Tree::Related(way, Box::new(t), count)),
        ]
    })
}
struct Pools {
    animal: Vec<Json>,
    cage: Vec<Json>,
}
/// `(related, via)` of each object.
const WAYS: [(&str, &[(&str, &str)]); 2] = [("animal", &[("animal", "mother"), ("animal", "about"), ("cage", "best")]), ("cage", &[("animal", "cage"), ("animal", "last_cage"), ("animal", "about")])];
fn json_of(tree: &Tree, object: &str, pools: &Pools) -> Json {
    let many = |trees: &[Tree]| Json::Array(trees.iter().map(|t| json_of(t, object, pools)).collect());
    match tree {
        Tree::Test(i) => {
            let pool = if object == "animal" { &pools.animal } else { &pools.cage };
            pool[i % pool.len()].clone()
        }
        Tree::Not(inner) => json!({"not": json_of(inner, object, pools)}),
        Tree::And(trees) => json!({"and": many(trees)}),
        Tree::Or(trees) => json!({"or": many(trees)}),
        Tree::Related(way, inner, count) => {
            let ways = WAYS.iter().find(|(o, _)| *o == object).unwrap().1;
            let (related, via) = ways[way % ways.len()];
            let mut out = json!({"related": related, "via": via, "where": json_of(inner, related, pools)});
            if let Some((op, n)) = count {
                let op = ["eq", "ne", "lt", "lte", "gt", "gte"][op % 6];
                out["count"] = json!({"op": op, "value": n});
            }
            out
        }
    }
}
fn random_trees(w: &World) {
    let cases = if proving() { 20_000 } else { 500 };
    let zoo = Zoo::build(w, 60, 11);
    share_some(w, &zoo);
    let mut zoo = zoo;
    zoo.refresh(w, "share");
    let (animal, cage) = (zoo.registry.object("animal").unwrap().clone(), zoo.registry.object("cage").unwrap().clone());
    let mut pools = Pools { animal: all_tests(&zoo, &animal, ""), cage: all_tests(&zoo, &cage, "") };
    pools.animal.extend(all_tests(&zoo, &cage, "cage.").into_iter().chain(all_tests(&zoo, &animal, "mother.")).chain(all_tests(&zoo, &animal, "cage.best.")));
    pools.cage.extend(all_tests(&zoo, &animal, "best."));
    let askers = [asker(w, w.system()), asker(w, w.ctx(zoo.ids.users[0])), asker(w, w.ctx(zoo.ids.users[1]))];
    let mut runner = TestRunner::new_with_rng(Config { cases, failure_persistence: None, ..Config::default() }, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let strategy = (trees(), any::<bool>(), 0..askers.len());
    let run = runner.run(&strategy, |(tree, animals, who)| {
        let object = if animals { &animal } else { &cage };
        let filter = json_of(&tree, &object.name, &pools);
        check(w, &zoo, &askers[who], object, &filter).map_err(|e| TestCaseError::fail(format!("asker {who}, {}: {e}", object.name)))
    });
    if let Err(e) = run {
        panic!("{e}");
    }
}
fn share_some(w: &World, zoo: &Zoo) {
    let mut dice = Dice(3);
    for _ in 0..10 {
        let record = json!({"object": "animal", "id": dice.pick(&zoo.ids.animals).to_string()});
        w.create(&w.system(), "share", json!({"record": record, "user": dice.pick(&zoo.ids.users).to_string(), "level": "read"})).unwrap();
    }
}
/// The zoo's own clockwork: the pools hold what the rows hold.
#[test]
fn the_zoo_has_everything() {
    let w = World::new(Engine::Sqlite);
    let zoo = Zoo::build(&w, 150, 7);
    let object = zoo.registry.object("animal").unwrap();
    for field in object.live_fields().filter(|f| !matches!(f.name(), "external_id" | "team")) {
        let (mut full, mut empty) = (0, 0);
        for id in &zoo.ids.animals {
            if zoo.rows[id].values[field.name()].is_null() { empty += 1 } else { full += 1 }
        }
        assert!(full > 0, "{} is never set", field.name());
        assert!(empty > 0 || field.def.base || field.name() == "no", "{} is never empty", field.name());
    }
    assert!(zoo.ids.animals.len() == 150 && w.workspace.now_ms() > START);
}
