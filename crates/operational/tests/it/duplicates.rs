//! Records that may be here twice: found beside a record, before saving, and by the search through all; never beyond rights.

use crate::{
    merge::{later, on_both},
    world::{World, map},
};
use access::{Exit, Permit};
use kernel::{Actor, Ctx, RecordId};
use records::Paging;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

fn of(w: &World, ctx: &Ctx, object: &'static str, id: RecordId) -> Vec<Json> {
    let found = w.workspace.read_blocking(ctx, move |tx| tx.duplicates_of(object, id)).unwrap();
    found["items"].as_array().unwrap().clone()
}
fn queue(w: &World, ctx: &Ctx, object: &'static str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut cursor = None;
    loop {
        let paging = Paging { limit: Some(2), cursor };
        let page = w.workspace.read_blocking(ctx, move |tx| tx.duplicates(object, &paging)).unwrap();
        out.extend(page["items"].as_array().unwrap().iter().map(|i| (i["left"]["id"].as_str().unwrap().to_owned(), i["right"]["id"].as_str().unwrap().to_owned())));
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return out;
        }
    }
}
fn looks_like(w: &World, ctx: &Ctx, object: &'static str, values: Json) -> Vec<Json> {
    let found = w.workspace.read_blocking(ctx, move |tx| tx.looks_like(object, &map(values))).unwrap();
    found["items"].as_array().unwrap().clone()
}
fn distinct(w: &World, ctx: &Ctx, a: RecordId, b: RecordId, yes: bool) -> kernel::Result<()> {
    w.workspace.write_blocking(&later(w, ctx), move |tx| tx.set_distinct("contact", a, b, yes))
}
fn me(ctx: &Ctx) -> String {
    match &ctx.actor {
        Actor::User(id) => id.to_string(),
        Actor::System(name) => (*name).to_owned(),
    }
}

/// Enough people for the weights to be learnt, each of whom is somebody else.
fn crowd(w: &World, ctx: &Ctx) {
    let given = ["Otto", "Lea", "Emil", "Nora", "Hugo", "Ruth", "Karl", "Vera"];
    let family = ["Keller", "Brunner", "Steiner", "Fischer", "Gerber", "Widmer", "Moser", "Wyss", "Graf"];
    for i in 0..60usize {
        let (g, f, city) = (given[i % 8], family[(i * 7) % 9], ["Bern", "Wien", "Graz"][i % 3]);
        w.create(ctx, "contact", json!({"first_name": g, "last_name": format!("{f}{}", ["", "li", "mann"][i % 3]), "email": format!("{}.{i}@firm{}.example", g.to_lowercase(), i % 11), "phone": format!("+41 44 {:03} {:02} 00", 100 + i * 13, i), "city": city})).unwrap();
    }
}

#[test]
fn found_beside_a_record_and_before_one_is_saved() {
    on_both(|w| {
        let sys = w.system();
        let a = w.create(&sys, "contact", json!({"first_name": "Ada", "last_name": "Byron", "email": "ada@engines.example", "city": "London"})).unwrap();
        let b = w.create(&sys, "contact", json!({"first_name": "Adah", "last_name": "Byron", "email": "ada@engines.example"})).unwrap();
        w.create(&sys, "contact", json!({"first_name": "Otto", "last_name": "Byron", "email": "otto@mills.example", "city": "Leeds"})).unwrap();
        let found = of(w, &sys, "contact", a);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0]["id"].as_str(), found[0]["title"].as_str()), (Some(b.to_string().as_str()), Some("Adah Byron")));
        let says: Vec<(&str, &str)> = found[0]["evidence"].as_array().unwrap().iter().map(|c| (c["field"].as_str().unwrap(), c["says"].as_str().unwrap())).collect();
        assert!(says.contains(&("email", "same")) && says.contains(&("last_name", "same")), "{says:?}");
        assert!(!found[0].to_string().contains("engines.example"), "reasons hold no values");
        let typed = looks_like(w, &sys, "contact", json!({"first_name": "Ada", "last_name": "Byron", "email": "ADA@engines.example "}));
        assert!(!typed.is_empty() && typed.len() <= 2, "{typed:?}");
        assert!(looks_like(w, &sys, "contact", json!({"first_name": "Zoe", "last_name": "Quist"})).is_empty());
        assert!(looks_like(w, &sys, "contact", json!({"email": "not yet an addr"})).is_empty());
        let firm = w.create(&sys, "account", json!({"name": "Keller Maschinen AG", "phone": "+41 44 668 18 00"})).unwrap();
        let typed = looks_like(w, &sys, "account", json!({"name": "Keller Maschinen", "phone": "+41446681800"}));
        assert_eq!(typed.iter().map(|t| t["id"].as_str().unwrap()).collect::<Vec<_>>(), [firm.to_string()], "{typed:?}");
        assert_eq!(w.workspace.read_blocking(&sys, |tx| tx.looks_like("task", &map(json!({})))).unwrap_err().status(), 404);
    });
}

#[test]
fn a_hidden_record_never_shows() {
    on_both(|w| {
        let (ann, bob) = (w.user("ann", "rep"), w.user("bob", "rep"));
        let mine = w.create(&ann, "contact", json!({"first_name": "Ada", "last_name": "Byron", "email": "ada@engines.example"})).unwrap();
        let before = (of(w, &ann, "contact", mine), looks_like(w, &ann, "contact", json!({"first_name": "Ada", "last_name": "Byron"})));
        let theirs = w.create(&bob, "contact", json!({"first_name": "Ada", "last_name": "Byron", "email": "ada@engines.example"})).unwrap();
        crowd(w, &w.system());
        w.workspace.search_duplicates("contact").unwrap();
        assert_eq!((of(w, &ann, "contact", mine), looks_like(w, &ann, "contact", json!({"first_name": "Ada", "last_name": "Byron"}))), before, "as if it were not there");
        assert!(queue(w, &ann, "contact").is_empty() && queue(w, &bob, "contact").is_empty());
        assert_eq!(queue(w, &w.system(), "contact").len(), 1, "positive control");
        assert_eq!(distinct(w, &ann, mine, theirs, true).unwrap_err().fields[0].code, "unknown_reference");
        let gone = w.workspace.read_blocking(&ann, move |tx| tx.duplicates_of("contact", theirs)).unwrap_err();
        assert_eq!(gone.status(), 404);
        // shown from the moment the record is
        w.update(&w.system(), "contact", theirs, json!({"owner": me(&ann)})).unwrap();
        assert_eq!((of(w, &ann, "contact", mine).len(), queue(w, &ann, "contact").len()), (1, 1));
        // an analyst reads all with personal fields masked: what rests on them does not show
        let analyst = w.user("ike", "analyst");
        let page = w.workspace.read_blocking(&analyst, |tx| tx.duplicates("contact", &Paging::default())).unwrap();
        for item in page["items"].as_array().unwrap() {
            assert_eq!(item["probability"], Json::Null, "{item}");
        }
    });
}

#[test]
fn the_queue_is_searched_decided_and_merged_away() {
    on_both(|w| {
        let sys = w.system();
        crowd(w, &sys);
        let pair = |n: usize| {
            let (first, last, mail) = (["Zoe", "Ian", "Uma"][n], ["Quist", "Xaver", "Ypsilon"][n], format!("person{n}@home.example"));
            let a = w.create(&sys, "contact", json!({"first_name": first, "last_name": last, "email": mail, "city": "Basel", "phone": format!("+49 30 1234{n}00")})).unwrap();
            let b = w.create(&sys, "contact", json!({"first_name": &first[..1], "last_name": last, "email": mail, "phone": format!("+49 30 1234{n}00")})).unwrap();
            (a, b)
        };
        let pairs = [pair(0), pair(1), pair(2)];
        let scan = || w.workspace.search_duplicates("contact").unwrap();
        assert_eq!(scan(), Some(3));
        let names = |list: &[(RecordId, RecordId)]| {
            let mut out: Vec<(String, String)> = list.iter().map(|(a, b)| (a.min(b).to_string(), a.max(b).to_string())).collect();
            out.sort();
            out
        };
        let sorted = |mut q: Vec<(String, String)>| {
            q.sort();
            q
        };
        assert_eq!(sorted(queue(w, &sys, "contact")), names(&pairs));
        // what leaves the building is noted with everybody it is about
        let (_, seen) = w
            .workspace
            .write_blocking(&sys, |tx| {
                let permit = Permit::ask(tx.rights(), tx.ctx(), Exit::IntegrationRead, Some("contact"), "test", tx.new_id())?;
                tx.under(&permit, |tx| tx.duplicates("contact", &Paging::default()))
            })
            .unwrap();
        let noted: BTreeSet<RecordId> = seen.iter().flat_map(|s| s.ids.clone()).collect();
        assert_eq!(noted, pairs.iter().flat_map(|(a, b)| [*a, *b]).collect());
        // "not a duplicate" is remembered, beside the record, in the queue, and by the next search
        distinct(w, &sys, pairs[0].1, pairs[0].0, true).unwrap();
        scan();
        assert_eq!(sorted(queue(w, &sys, "contact")), names(&pairs[1..]));
        assert!(of(w, &sys, "contact", pairs[0].0).is_empty());
        distinct(w, &sys, pairs[0].0, pairs[0].1, false).unwrap();
        assert_eq!(of(w, &sys, "contact", pairs[0].0).len(), 1);
        // a merge takes the pair out, its way back brings it again
        let (winner, loser) = pairs[1];
        let merged = crate::merge::merge(w, &sys, "contact", winner, loser, json!({})).unwrap();
        assert!(!sorted(queue(w, &sys, "contact")).contains(&names(&pairs[1..2])[0]));
        let shown = w.workspace.read_blocking(&sys, move |tx| tx.duplicates_of("contact", winner)).unwrap();
        assert_eq!(shown["merges"][0]["id"], merged["merge"]);
        crate::merge::unmerge(w, &sys, &merged).unwrap();
        assert!(sorted(queue(w, &sys, "contact")).contains(&names(&pairs[1..2])[0]));
    });
}

#[test]
fn a_first_name_and_a_telephone_in_common_are_no_twin_among_few() {
    let w = World::new();
    let sys = w.system();
    crowd(&w, &sys);
    for last in ["Byron", "Queue", "Reihe"] {
        let mail = format!("ada@{}.example", last.to_lowercase());
        w.create(&sys, "contact", json!({"first_name": "Ada", "last_name": last, "email": mail, "city": "London"})).unwrap();
        w.create(&sys, "contact", json!({"first_name": "Adah", "last_name": last, "email": mail, "phone": "+44 20 7946 0018"})).unwrap();
    }
    assert_eq!(w.workspace.search_duplicates("contact").unwrap(), Some(3), "each with its own, none across");
}

#[test]
fn the_search_runs_where_something_changed() {
    let w = World::new();
    crowd(&w, &w.system());
    customer::duplicates::scan_where_due(&w.workspace).unwrap();
    let at = |w: &World| w.workspace.read_blocking(&Ctx::new(Actor::System("jobs"), kernel::Through::Job, w.workspace.now_ms()), |tx| tx.searched("contact")).unwrap().unwrap().at;
    let first = at(&w);
    w.clock.advance(1_000_000);
    customer::duplicates::scan_where_due(&w.workspace).unwrap();
    assert_eq!(at(&w), first, "nothing has changed");
    w.create(&later(&w, &w.system()), "contact", json!({"last_name": "New"})).unwrap();
    customer::duplicates::scan_where_due(&w.workspace).unwrap();
    assert!(at(&w) > first);
}
