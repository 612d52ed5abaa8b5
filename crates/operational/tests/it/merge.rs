//! Two records become one, and two again: on both databases.

use crate::world::{World, map};
use kernel::{Ctx, RecordId};
use records::{Paging, UndoMode};
use serde_json::{Value as Json, json};

pub(crate) fn on_both(test: fn(&World)) {
    test(&World::new());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    test(&World::postgres(&runtime));
}

pub(crate) fn merge(w: &World, ctx: &Ctx, object: &'static str, winner: RecordId, loser: RecordId, fields: Json) -> kernel::Result<Json> {
    w.clock.advance(1_000);
    w.workspace.write_blocking(&later(w, ctx), move |tx| tx.merge(object, winner, &map(json!({"loser": loser.to_string(), "fields": fields}))))
}
pub(crate) fn unmerge(w: &World, ctx: &Ctx, merged: &Json) -> kernel::Result<Json> {
    w.clock.advance(1_000);
    let id = id(&merged["merge"]);
    w.workspace.write_blocking(&later(w, ctx), move |tx| tx.unmerge(id))
}
pub(crate) fn later(w: &World, ctx: &Ctx) -> Ctx {
    Ctx { now_ms: w.workspace.now_ms(), ..ctx.clone() }
}
fn id(json: &Json) -> RecordId {
    json.as_str().unwrap().parse().unwrap()
}
fn history(w: &World, ctx: &Ctx, object: &'static str, id: RecordId) -> Json {
    w.workspace.read_blocking(ctx, move |tx| tx.history(object, id, &Paging { limit: Some(500), cursor: None })).unwrap()
}
fn about(object: &str, id: RecordId) -> Json {
    json!({"object": object, "id": id.to_string()})
}

#[test]
fn values_children_and_addresses_go_to_the_winner() {
    on_both(|w| {
        let ann = w.user("ann", "data_steward");
        let sys = w.system();
        let (firm, other) = (w.create(&sys, "account", json!({"name": "Engines"})).unwrap(), w.create(&sys, "account", json!({"name": "Mills"})).unwrap());
        let a = w.create(&sys, "contact", json!({"first_name": "Ada", "last_name": "Byron", "email": "ada@engines.example", "phone": "+44 20 7946 0001", "account": firm.to_string()})).unwrap();
        let b = w.create(&sys, "contact", json!({"first_name": "A.", "last_name": "Byron", "email": "ab@home.example", "phone": "+44 20 7946 0001", "city": "London", "external_id": "x-7", "account": other.to_string(), "reports_to": a.to_string()})).unwrap();
        let child = w.create(&sys, "contact", json!({"last_name": "Below", "reports_to": b.to_string()})).unwrap();
        let call = w.create(&sys, "interaction", json!({"kind": "call", "direction": "in", "subject": "First", "contact": b.to_string()})).unwrap();
        let note = w.create(&sys, "note", json!({"body": "N", "about": about("contact", b)})).unwrap();
        let gone = w.create(&sys, "note", json!({"body": "G", "about": about("contact", b)})).unwrap();
        w.workspace.write_blocking(&sys, move |tx| tx.archive("note", gone, records::IfMatch::Any)).unwrap();
        let before = (w.get(&sys, "contact", a), w.get(&sys, "contact", b));

        let merged = merge(w, &ann, "contact", a, b, json!({"account": "loser"})).unwrap();
        let winner = w.get(&sys, "contact", a);
        assert_eq!(
            (winner["first_name"].as_str(), winner["email"].as_str(), winner["city"].as_str(), winner["external_id"].as_str()),
            (Some("Ada"), Some("ada@engines.example"), Some("London"), Some("x-7"))
        );
        assert_eq!(winner["account"], other.to_string(), "as chosen");
        assert_eq!(winner["reports_to"], json!(null), "nobody reports to themselves");
        let loser = w.get(&sys, "contact", b);
        assert!(loser["archived_at"].is_string());
        assert_eq!(loser["merged_into"], a.to_string());
        assert_eq!(loser["email"], "ab@home.example", "the loser stays readable as it was");
        assert!(winner.get("merged_into").is_none());
        let with = records::Get { include: vec!["account".into()], ..records::Get::default() };
        let included = w.workspace.read_blocking(&sys, move |tx| tx.get("contact", b, &with)).unwrap();
        assert!(String::from_utf8(included.json).unwrap().contains("merged_into"), "beside records that are included, too");
        assert_eq!(
            (w.get(&sys, "interaction", call)["contact"].clone(), w.get(&sys, "note", note)["about"]["id"].clone(), w.get(&sys, "contact", child)["reports_to"].clone()),
            (json!(a.to_string()), json!(a.to_string()), json!(a.to_string()))
        );
        assert_eq!(w.get(&sys, "note", gone)["about"]["id"], a.to_string(), "archived ones too");
        let points = w.find(&sys, "contact_point", json!({"field": "contact", "op": "eq", "value": a.to_string()}));
        assert_eq!(points.iter().map(|p| p["value"].as_str().unwrap()).collect::<Vec<_>>(), ["ab@home.example"], "the other e-mail is a further address; the phone is the same");
        assert_eq!(history(w, &sys, "contact", b)["items"][0]["kind"], "archived");
        // what stands in the way, each with its own word
        assert_eq!(merge(w, &ann, "contact", a, b, json!({})).unwrap_err().reason, "archived");
        assert_eq!(merge(w, &ann, "contact", a, a, json!({})).unwrap_err().fields[0].code, "same_record");
        let restore = w.workspace.write_blocking(&sys, move |tx| tx.restore("contact", b, records::IfMatch::Any)).unwrap_err();
        assert_eq!(restore.reason, "merged");
        let set = id(&merged["change_set"]);
        let undo = w.workspace.write_blocking(&sys, move |tx| tx.undo(set, UndoMode::Safe)).unwrap_err();
        assert_eq!(undo.reason, "is_merge");

        let back = unmerge(w, &ann, &merged).unwrap();
        assert_eq!(back["conflicts"], json!([]), "{back}");
        let after = (w.get(&sys, "contact", a), w.get(&sys, "contact", b));
        assert_eq!((facts(&after.0), facts(&after.1)), (facts(&before.0), facts(&before.1)), "both as they were");
        assert_eq!((w.get(&sys, "interaction", call)["contact"].clone(), w.get(&sys, "note", gone)["about"]["id"].clone()), (json!(b.to_string()), json!(b.to_string())));
        assert!(w.find(&sys, "contact_point", json!({"field": "contact", "op": "eq", "value": a.to_string()})).is_empty());
        assert_eq!(unmerge(w, &ann, &merged).unwrap_err().reason, "already_undone");
    });
}

/// A record without what every change moves on.
fn facts(record: &Json) -> Json {
    let mut out = record.clone();
    for name in ["version", "updated_at", "updated_by"] {
        out.as_object_mut().unwrap().remove(name);
    }
    out
}

#[test]
fn later_edits_stay_and_are_named_and_later_children_stay_with_the_winner() {
    on_both(|w| {
        let sys = w.system();
        let a = w.create(&sys, "contact", json!({"last_name": "Byron"})).unwrap();
        let b = w.create(&sys, "contact", json!({"last_name": "Byron", "city": "London", "title": "Dr"})).unwrap();
        let (old, moved) =
            (w.create(&sys, "task", json!({"subject": "Old", "contact": b.to_string()})).unwrap(), w.create(&sys, "task", json!({"subject": "Moved", "contact": b.to_string()})).unwrap());
        let merged = merge(w, &sys, "contact", a, b, json!({})).unwrap();
        w.clock.advance(1_000);
        let third = w.create(&sys, "contact", json!({"last_name": "Third"})).unwrap();
        w.update(&later(w, &sys), "contact", a, json!({"city": "Paris"})).unwrap();
        w.update(&later(w, &sys), "task", moved, json!({"contact": third.to_string()})).unwrap();
        w.update(&later(w, &sys), "task", old, json!({"subject": "Renamed"})).unwrap();
        let fresh = w.create(&later(w, &sys), "task", json!({"subject": "New", "contact": a.to_string()})).unwrap();
        let back = unmerge(w, &sys, &merged).unwrap();
        let mut named: Vec<(String, String)> = back["conflicts"].as_array().unwrap().iter().map(|c| (c["id"].as_str().unwrap().to_owned(), c["field"].as_str().unwrap().to_owned())).collect();
        named.sort();
        let mut expected = vec![(a.to_string(), "city".to_owned()), (moved.to_string(), "contact".to_owned())];
        expected.sort();
        assert_eq!(named, expected, "{back}");
        let winner = w.get(&sys, "contact", a);
        assert_eq!((winner["city"].clone(), winner["title"].clone()), (json!("Paris"), json!(null)));
        assert_eq!(w.get(&sys, "contact", b)["city"], "London");
        assert_eq!((w.get(&sys, "task", old)["contact"].clone(), w.get(&sys, "task", old)["subject"].clone()), (json!(b.to_string()), json!("Renamed")));
        assert_eq!(w.get(&sys, "task", fresh)["contact"], a.to_string());
        assert_eq!(w.get(&sys, "task", moved)["contact"], third.to_string());
    });
}

#[test]
fn rights_decide_on_both_and_hidden_children_follow_all_the_same() {
    on_both(|w| {
        let (ann, bob, steward) = (w.user("ann", "rep"), w.user("bob", "rep"), w.user("eve", "data_steward"));
        let mine = w.create(&ann, "account", json!({"name": "Mine"})).unwrap();
        let also = w.create(&ann, "account", json!({"name": "Also mine"})).unwrap();
        let theirs = w.create(&bob, "account", json!({"name": "Theirs"})).unwrap();
        let unseen = merge(w, &ann, "account", mine, theirs, json!({})).unwrap_err();
        assert_eq!((unseen.status(), unseen.fields[0].code), (422, "unknown_reference"), "what may not be seen is not there");
        assert_eq!(merge(w, &ann, "account", theirs, mine, json!({})).unwrap_err().status(), 404);
        // bob's deal with ann's account: ann does not see it, and it follows
        let stage = w.stage("Qualify");
        let deal = w
            .create(
                &w.system(),
                "opportunity",
                json!({"name": "Hidden", "account": also.to_string(), "stage": stage, "owner": match &bob.actor { kernel::Actor::User(id) => id.to_string(), _ => String::new() }}),
            )
            .unwrap();
        let merged = merge(w, &ann, "account", mine, also, json!({})).unwrap();
        assert_eq!(w.get(&w.system(), "opportunity", deal)["account"], mine.to_string());
        let entry = history(w, &w.system(), "opportunity", deal)["items"][0].clone();
        assert_eq!((entry["by"]["name"].as_str(), entry["change_set"].as_str()), (Some("Merge"), merged["change_set"].as_str()), "{entry}");
        let bob_reads = w.workspace.read_blocking(&bob, move |tx| tx.may("account", mine, access::Action::Read)).unwrap();
        assert_eq!(unmerge(w, &bob, &merged).unwrap_err().status(), if bob_reads { 403 } else { 404 });
        assert_eq!(merge(w, &steward, "task", mine, also, json!({})).unwrap_err().status(), 404);
    });
}

#[test]
fn the_stricter_word_survives() {
    on_both(|w| {
        let sys = w.system();
        let purpose = w.find(&sys, "purpose", json!({"field": "class", "op": "eq", "value": "marketing"}))[0]["id"].clone();
        let a = w.create(&sys, "contact", json!({"last_name": "Byron", "email": "a@b.example"})).unwrap();
        let b = w.create(&sys, "contact", json!({"last_name": "Byron", "email": "a@b.example"})).unwrap();
        let say = |who: RecordId, state: &str, at: &str| {
            w.create(&sys, "consent", json!({"contact": who.to_string(), "purpose": purpose, "state": state, "basis": "consent", "at": at, "channel": "email"})).unwrap()
        };
        say(b, "objected", "2026-01-05T10:00:00Z");
        say(a, "given", "2026-06-05T10:00:00Z");
        let hold = w.create(&sys, "restriction", json!({"contact": b.to_string(), "kind": "dispute"})).unwrap();
        let permissions = |who: RecordId| {
            let shown = w.workspace.read_blocking(&later(w, &sys), move |tx| {
                let gate = tx.catalogue().gate().unwrap();
                (gate.permissions)(tx, "contact", who)
            });
            shown.unwrap().to_string()
        };
        assert!(permissions(a).contains("\"code\":\"consent\"") || permissions(a).contains("consent"), "{}", permissions(a));
        let merged = merge(w, &sys, "contact", a, b, json!({})).unwrap();
        let rows = w.find(&sys, "consent", json!({"field": "contact", "op": "eq", "value": a.to_string()}));
        let last = rows.iter().max_by_key(|r| r["at"].as_str().unwrap().to_owned()).unwrap();
        assert_eq!((last["state"].as_str(), last["source"].as_str()), (Some("objected"), Some("merge")), "{rows:?}");
        assert_eq!(w.get(&sys, "restriction", hold)["contact"], a.to_string());
        unmerge(w, &sys, &merged).unwrap();
        let rows = w.find(&sys, "consent", json!({"field": "contact", "op": "eq", "value": a.to_string()}));
        assert_eq!(rows.iter().map(|r| r["state"].as_str().unwrap()).collect::<Vec<_>>(), ["given"]);
        assert_eq!(w.get(&sys, "restriction", hold)["contact"], b.to_string());
    });
}

#[test]
fn erasing_the_winner_erases_what_came_from_the_loser() {
    on_both(|w| {
        let sys = w.system();
        let a = w.create(&sys, "contact", json!({"last_name": "Canaryone", "title": "Canarytwo"})).unwrap();
        let b = w.create(&sys, "contact", json!({"last_name": "Canarythree", "city": "Canaryfour", "email": "canaryfive@x.example"})).unwrap();
        w.update(&sys, "contact", b, json!({"city": "Canarysix"})).unwrap();
        let note = w.create(&sys, "note", json!({"body": "Canaryseven", "about": about("contact", b)})).unwrap();
        let merged = merge(w, &sys, "contact", a, b, json!({"last_name": "loser"})).unwrap();
        w.update(&later(w, &sys), "contact", a, json!({"city": "Canaryeight"})).unwrap();
        w.clock.advance(1_000);
        w.workspace
            .write_blocking(&later(w, &sys), move |tx| {
                let gate = tx.catalogue().gate().unwrap();
                (gate.erase)(tx, "contact", a).map(drop)
            })
            .unwrap();
        let mut left = String::new();
        for (object, id) in [("contact", a), ("contact", b), ("note", note)] {
            left += &w.get(&sys, object, id).to_string();
            left += &history(w, &sys, if object == "note" { "note" } else { "contact" }, id).to_string();
        }
        for point in w.find(&sys, "contact_point", json!({})) {
            left += &point.to_string();
        }
        assert!(!left.to_lowercase().contains("canary"), "{left}");
        let keys = w.workspace.read_blocking(&sys, move |tx| {
            let q = store::Sql::new(format!("SELECT \"subject\" FROM {}", tx.db().table("sys_person_key")));
            Ok(tx.db().rows(&q).unwrap().len())
        });
        assert_eq!(keys.unwrap(), 0, "both keys are gone");
        assert_eq!(unmerge(w, &sys, &merged).unwrap_err().reason, "erased");
    });
}

#[test]
fn after_the_way_back_erasing_one_side_leaves_nothing_of_it_in_the_other() {
    on_both(|w| {
        let sys = w.system();
        let a = w.create(&sys, "contact", json!({"last_name": "Stays"})).unwrap();
        let b = w.create(&sys, "contact", json!({"last_name": "Goes", "city": "Canarytown", "title": "Canarydr"})).unwrap();
        let merged = merge(w, &sys, "contact", a, b, json!({})).unwrap();
        w.clock.advance(1_000);
        w.update(&later(w, &sys), "contact", a, json!({"title": "Prof"})).unwrap();
        assert_eq!(unmerge(w, &sys, &merged).unwrap()["conflicts"].as_array().unwrap().len(), 1);
        assert!(history(w, &sys, "contact", a).to_string().contains("Canarytown"), "positive control");
        w.clock.advance(1_000);
        w.workspace
            .write_blocking(&later(w, &sys), move |tx| {
                let gate = tx.catalogue().gate().unwrap();
                (gate.erase)(tx, "contact", b).map(drop)
            })
            .unwrap();
        let left = format!("{}{}", history(w, &sys, "contact", a), w.get(&sys, "contact", a));
        assert!(!left.contains("Canary"), "{left}");
        assert!(w.get(&sys, "contact", a)["archived_at"].is_null(), "the other one lives on");
    });
}

/// Random values, merges, edits and ways back: afterwards each side is what its history says, and what nobody edited is as
/// it was before.
#[test]
fn random_merges_and_edits_come_back_to_what_the_histories_say() {
    for seed in 1..=std::env::var_os("RAPPORT_MERGE_WORLDS").and_then(|n| n.to_str()?.parse().ok()).unwrap_or(4u64) {
        let w = World::new();
        random_world(&w, seed, 14);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    random_world(&World::postgres(&runtime), 99, 14);
}

struct Dice(u64);
impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

fn random_world(w: &World, seed: u64, rounds: usize) {
    const FIELDS: [&str; 6] = ["city", "title", "department", "email", "phone", "description"];
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9));
    let sys = w.system();
    let mut contacts = Vec::new();
    for i in 0..5 {
        let mut body = json!({"last_name": format!("N{i}")});
        for field in FIELDS {
            if dice.below(2) == 0 {
                body[field] = json!(if field == "email" {
                    format!("p{}@x.example", dice.below(4))
                } else if field == "phone" {
                    format!("+41 44 668 18 0{}", dice.below(4))
                } else {
                    format!("{field}{}", dice.below(3))
                });
            }
        }
        let id = w.create(&sys, "contact", body).unwrap();
        for n in 0..dice.below(3) {
            w.create(&sys, "task", json!({"subject": format!("t{n}"), "contact": id.to_string()})).unwrap();
        }
        contacts.push(id);
    }
    // each edit a value of its own: what is edited to what it was is not edited
    let mut serial = 0;
    for _ in 0..rounds {
        let (a, b) = (contacts[dice.below(5)], contacts[dice.below(5)]);
        let ready = |id| w.get(&sys, "contact", id)["archived_at"].is_null();
        if a == b || !ready(a) || !ready(b) {
            continue;
        }
        let before = (w.get(&sys, "contact", a), w.get(&sys, "contact", b));
        let tasks = |id: RecordId| {
            w.find(&sys, "task", json!({"field": "contact", "op": "eq", "value": id.to_string()})).iter().map(|t| t["id"].as_str().unwrap().to_owned()).collect::<std::collections::BTreeSet<_>>()
        };
        let had = (tasks(a), tasks(b));
        let mut choices = json!({});
        for field in FIELDS {
            if dice.below(3) == 0 {
                choices[field] = json!(if dice.below(2) == 0 { "winner" } else { "loser" });
            }
        }
        let merged = merge(w, &sys, "contact", a, b, choices).unwrap();
        let union: std::collections::BTreeSet<_> = had.0.union(&had.1).cloned().collect();
        assert_eq!(tasks(a), union, "seed {seed}: all children with the winner");
        let mut edited = std::collections::BTreeSet::new();
        for _ in 0..dice.below(3) {
            let field = FIELDS[dice.below(FIELDS.len())];
            let value = if field == "email" {
                format!("edited{serial}@x.example")
            } else if field == "phone" {
                format!("+41 44 {:03} {:02} {:02}", 700 + serial / 100, serial % 100, 11)
            } else {
                format!("edited {field} {serial}")
            };
            serial += 1;
            w.clock.advance(1_000);
            w.update(&later(w, &sys), "contact", a, json!({field: value})).unwrap();
            edited.insert(field);
        }
        let now = w.get(&sys, "contact", a);
        let back = unmerge(w, &sys, &merged).unwrap();
        let after = (w.get(&sys, "contact", a), w.get(&sys, "contact", b));
        assert_eq!(facts(&after.1), facts(&before.1), "seed {seed}: the loser as it was");
        assert_eq!((tasks(a), tasks(b)), had, "seed {seed}: children where they were");
        for field in FIELDS {
            let expected = if edited.contains(field) { &now[field] } else { &before.0[field] };
            assert_eq!(&after.0[field], expected, "seed {seed} {field}: {back}");
        }
        for conflict in back["conflicts"].as_array().unwrap() {
            assert!(edited.contains(conflict["field"].as_str().unwrap()), "seed {seed}: {conflict}");
        }
        for id in [a, b] {
            replay(w, &sys, id);
        }
    }
}

/// Old values of the history, newest first, lead from the record to each earlier state without a gap.
fn replay(w: &World, sys: &Ctx, id: RecordId) {
    let mut state = w.get(sys, "contact", id);
    for entry in history(w, sys, "contact", id)["items"].as_array().unwrap() {
        for change in entry["changes"].as_array().unwrap() {
            let field = change["field"].as_str().unwrap();
            if !field.ends_with("_at") {
                assert_eq!(state[field], change["new"], "{field} of version {}", entry["version"]);
            }
            state[field] = change["old"].clone();
        }
    }
}

/// One role reaches every person and masks the city, another shows it of one's own people only: what the asker is not shown of
/// the loser is not shown to them by a merge either.
#[test]
fn a_merge_is_no_way_to_read_what_the_loser_withholds() {
    on_both(|w| {
        let sys = w.system();
        let closed = "name = \"agent\"\nlabel = \"Closed\"\n[objects]\nuser = { read = \"all\" }\ncontact = { create = true, read = \"all\", update = \"all\", delete = \"all\", fields = { city = \"masked\" } }\n";
        let open = "name = \"analyst\"\nlabel = \"Open\"\n[objects]\ncontact = { create = true, read = \"own\", update = \"own\", delete = \"own\" }\n";
        for (name, definition) in [("agent", closed), ("analyst", open)] {
            w.create(&sys, "role", json!({"name": name, "label": name, "definition": definition})).unwrap();
        }
        let ann = w.create(&sys, "user", json!({"name": "ann", "email": "ann@example.org", "roles": ["agent", "analyst"]})).unwrap();
        let ctx = Ctx::new(kernel::Actor::User(ann), kernel::Through::Api, w.workspace.now_ms());
        let mine = w.create(&sys, "contact", json!({"last_name": "Byron", "owner": ann.to_string()})).unwrap();
        let other = w.create(&sys, "contact", json!({"last_name": "Byron", "city": "London", "title": "Dr"})).unwrap();
        assert_eq!((&w.get(&ctx, "contact", other)["city"], &w.get(&ctx, "contact", other)["title"]), (&json!(null), &json!("Dr")), "the city is withheld");
        let refused = merge(w, &ctx, "contact", mine, other, json!({"city": "loser"})).unwrap_err();
        assert_eq!((refused.fields[0].field.as_str(), refused.fields[0].code), ("fields.city", "unknown_field"));
        let merged = merge(w, &ctx, "contact", mine, other, json!({})).unwrap();
        assert_eq!((&w.get(&ctx, "contact", mine)["city"], &w.get(&ctx, "contact", mine)["title"]), (&json!(null), &json!("Dr")));
        assert_eq!(w.get(&sys, "contact", other)["city"], "London", "it stays with the loser");
        unmerge(w, &ctx, &merged).unwrap();
        // who is shown it takes it along
        merge(w, &sys, "contact", mine, other, json!({})).unwrap();
        assert_eq!(w.get(&sys, "contact", mine)["city"], "London");
    });
}
