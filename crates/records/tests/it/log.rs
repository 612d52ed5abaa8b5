//! The log of what was done: complete, answered from, and not to be changed unseen.

use crate::{
    agree::proving,
    world::{START, World, find, map},
};
use kernel::{Ctx, Error, RecordId};
use records::{Find, Get, LogEntry, LogQuestion, Tx, Verified};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use store::{Sql, Val};

crate::both!(
    who_saw_a_record,
    every_tampering_is_found,
    a_log_written_anew_is_found_by_a_head,
    what_is_taken_back_is_not_logged,
    grants_settings_and_definitions,
    searches_are_known_again_but_not_read,
    what_is_personal_goes_with_its_key,
    only_who_may_reads_it,
);

/// Numbers that look random and are the same in each run.
struct Dice(u64);
impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(below).unwrap()).unwrap()
    }
}

fn ask(w: &World, asked: LogQuestion) -> Vec<Json> {
    w.workspace.write_reads().unwrap();
    let page = w.workspace.read_blocking(&w.system(), move |tx| tx.ask_log(&asked)).unwrap();
    page["items"].as_array().unwrap().clone()
}
fn head(w: &World) -> String {
    w.workspace.signed_head().unwrap().1
}
fn verified(w: &World, heads: &[String]) -> Verified {
    let heads = heads.to_vec();
    w.workspace.read_blocking(&w.system(), move |tx| tx.verify_log(&heads)).unwrap()
}
fn exec(tx: &mut Tx, text: &str, args: Vec<Val>) -> u64 {
    let mut named = text.to_owned();
    for table in ["sys_log_node", "sys_log_seen", "sys_log"] {
        let place = tx.db().table(table);
        named = named.replace(&format!("[{table}]"), &place);
    }
    tx.db().exec(&Sql::with(named, args)).unwrap()
}

/// Sessions of three people read records in every way there is; the log then knows who saw which, no more and no less.
fn who_saw_a_record(w: &World) {
    let people = ["ann", "bob", "cyd"].map(|name| w.user(name, "admin", None));
    let companies: Vec<RecordId> = (0..40).map(|n| w.create(&w.system(), "company", json!({"name": format!("Company {n:02}")})).unwrap()).collect();
    let sessions: Vec<Ctx> = people.iter().enumerate().map(|(n, id)| Ctx { via: Some(format!("session {}", RecordId::fixed(100 + n as u128)).into()), ..w.ctx(*id) }).collect();
    let mut dice = Dice(7);
    let mut seen: BTreeMap<RecordId, BTreeSet<RecordId>> = BTreeMap::new();
    for _ in 0..if proving() { 1_000 } else { 200 } {
        let who = dice.roll(3);
        // half of the records are never opened alone
        let id = companies[dice.roll(20)];
        let shown = match dice.roll(5) {
            0 | 1 => {
                w.workspace.read_blocking(&sessions[who], move |tx| tx.read_for_person(|tx| tx.get("company", id, &Get::default()))).unwrap();
                vec![id]
            }
            2 => {
                let from = dice.roll(38);
                let names: Vec<Json> = (from..from + 2).map(|n| json!(format!("Company {n:02}"))).collect();
                let asked = Find { filter: Some(json!({"field": "name", "op": "in", "value": names})), ..find("company") };
                w.workspace.read_blocking(&sessions[who], move |tx| tx.read_for_person(|tx| tx.find(&asked))).unwrap();
                companies[from..from + 2].to_vec()
            }
            3 => {
                w.workspace.read_blocking(&sessions[who], move |tx| tx.read_for_person(|tx| tx.history("company", id, &Default::default()))).unwrap();
                vec![id]
            }
            _ => {
                // what the program itself reads is nobody's reading
                w.workspace.read_blocking(&w.system(), move |tx| tx.get("company", id, &Get::default())).unwrap();
                vec![]
            }
        };
        for id in shown {
            seen.entry(id).or_default().insert(people[who]);
        }
        w.clock.advance(1_000);
        if dice.roll(20) == 0 {
            w.workspace.write_reads().unwrap();
        }
    }
    for id in &companies {
        for object in [Some("company".to_owned()), None] {
            let entries = ask(w, LogQuestion { saw: Some(*id), object, limit: Some(500), ..LogQuestion::default() });
            let told: BTreeSet<RecordId> = entries.iter().map(|e| e["by"]["id"].as_str().unwrap().parse().unwrap()).collect();
            assert_eq!(told, seen.get(id).cloned().unwrap_or_default(), "{id}");
        }
    }
    assert!(companies.iter().any(|id| !seen.contains_key(id)) && seen.values().any(|who| who.len() > 1), "the question has both answers");
    // and the other way round: what one session read
    let session = RecordId::fixed(101).to_string();
    let mut told = BTreeSet::new();
    for entry in ask(w, LogQuestion { via: Some(session), kinds: vec!["read".into()], limit: Some(500), ..LogQuestion::default() }) {
        let number = entry["entry"].as_i64().unwrap();
        let whole = w.workspace.read_blocking(&w.system(), move |tx| tx.log_entry(number)).unwrap();
        told.extend(whole["records"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().parse::<RecordId>().unwrap()));
    }
    let mine: BTreeSet<RecordId> = seen.iter().filter(|(_, who)| who.contains(&people[1])).map(|(id, _)| *id).collect();
    assert_eq!(told, mine);
    assert_eq!(verified(w, &[head(w)]).findings, []);
}

/// Entries of every kind, some with long lists of records.
fn filled(w: &World, entries: u32) {
    let ann = w.user("ann", "admin", None);
    let ctx = Ctx { via: Some("session 1".into()), ..w.ctx(ann) };
    let rows: Vec<Json> = (0..600).map(|n| json!({"name": format!("c{n}")})).collect();
    w.workspace.write_blocking(&w.system(), move |tx| tx.bulk("company", &json!({"mode": "create", "items": rows}))).unwrap();
    for limit in [1, 3, 300, 500] {
        let asked = Find { limit: Some(limit), ..find("company") };
        w.workspace.read_blocking(&ctx, move |tx| tx.read_for_person(|tx| tx.find(&asked))).unwrap();
        w.workspace.write_reads().unwrap();
    }
    for n in 0..entries {
        w.clock.advance(1_000);
        w.workspace.write_blocking(&ctx, move |tx| tx.log(LogEntry::new("sign_in").object("user").record(ann).detail("n", n).sealed(ann, json!({"address": format!("192.0.2.{n}")})))).unwrap();
    }
}

/// One change that somebody with the database in their hands might make; what it was, or none where it changed nothing.
fn tamper(tx: &mut Tx, dice: &mut Dice, size: i64) -> Option<String> {
    let row = i64::try_from(dice.roll(usize::try_from(size).unwrap())).unwrap();
    let texts = ["by", "through", "via", "kind", "object", "record", "detail", "subject", "sealed"];
    let changed = match dice.roll(12) {
        0..=2 => {
            let column = texts[dice.roll(texts.len())];
            let how = ["COALESCE(\"{}\", '') || 'x'", "NULL", "'else'"][dice.roll(3)].replace("{}", column);
            // what may not be empty is no tampering when it is emptied of nothing
            (
                exec(
                    tx,
                    &format!("UPDATE [sys_log] SET \"{column}\" = {how} WHERE \"seq\" = $1 AND (\"{column}\" IS NULL) <> ({how} IS NULL) OR \"seq\" = $1 AND \"{column}\" <> {how}"),
                    vec![row.into()],
                ),
                format!("{column} of {row}"),
            )
        }
        3 => (exec(tx, "UPDATE [sys_log] SET \"at\" = \"at\" + 1 WHERE \"seq\" = $1", vec![row.into()]), format!("time of {row}")),
        4 => (exec(tx, "DELETE FROM [sys_log] WHERE \"seq\" = $1", vec![row.into()]), format!("row {row} dropped")),
        5 => {
            // two entries change places
            let other = (row + 1) % size;
            exec(tx, "UPDATE [sys_log] SET \"seq\" = -7 WHERE \"seq\" = $1", vec![row.into()]);
            exec(tx, "UPDATE [sys_log] SET \"seq\" = $1 WHERE \"seq\" = $2", vec![row.into(), other.into()]);
            (exec(tx, "UPDATE [sys_log] SET \"seq\" = $1 WHERE \"seq\" = -7", vec![other.into()]), format!("{row} and {other} swapped"))
        }
        6 => {
            // the end is cut off without a trace: what an older copy looks like
            let from = row.max(1);
            exec(tx, "DELETE FROM [sys_log_node] WHERE \"last\" >= $1", vec![from.into()]);
            exec(tx, "DELETE FROM [sys_log_seen] WHERE \"entry\" >= $1", vec![from.into()]);
            (exec(tx, "DELETE FROM [sys_log] WHERE \"seq\" >= $1", vec![from.into()]), format!("cut off at {from}"))
        }
        7 => (exec(tx, "UPDATE [sys_log_node] SET \"hash\" = $1 WHERE \"last\" = $2 AND \"height\" = 0", vec![[1_u8; 32].as_slice().into(), row.into()]), format!("hash of {row}")),
        8 => (exec(tx, "DELETE FROM [sys_log_node] WHERE \"last\" = $1", vec![(row | 1).min(size - 1).into()]), format!("hashes at {row}")),
        9 => (exec(tx, "UPDATE [sys_log_seen] SET \"ids\" = $1 WHERE \"entry\" = (SELECT MAX(\"entry\") FROM [sys_log_seen])", vec![[row as u8; 16].as_slice().into()]), "shown records".into()),
        10 => (exec(tx, "DELETE FROM [sys_log_seen] WHERE \"block\" = (SELECT MAX(\"block\") FROM [sys_log_seen])", vec![]), "shown records dropped".into()),
        _ => {
            let column = ["first", "last", "object"][dice.roll(3)];
            (exec(tx, &format!("UPDATE [sys_log_seen] SET \"{column}\" = 'x' WHERE \"block\" = 1"), vec![]), format!("{column} of shown records"))
        }
    };
    (changed.0 > 0).then_some(changed.1)
}

fn every_tampering_is_found(w: &World) {
    filled(w, 60);
    let note = head(w);
    let whole = verified(w, std::slice::from_ref(&note));
    assert_eq!((whole.findings, whole.heads), (vec![], 1), "control: nothing was changed, nothing is found");
    let size = i64::try_from(whole.entries).unwrap();
    let (mut dice, mut tried, mut unseen_without_head) = (Dice(11), 0, 0);
    while tried < if proving() { 10_000 } else { 150 } {
        let (seed, note) = (dice.roll(usize::MAX / 2) as u64 | 1, note.clone());
        // it is tried, looked at, and taken back
        let outcome = w.workspace.write_blocking(&w.system(), move |tx| -> kernel::Result<()> {
            let Some(what) = tamper(tx, &mut Dice(seed), size) else { return Err(Error::malformed("nothing", "")) };
            let (with, without) = (tx.verify_log(&[note])?, tx.verify_log(&[])?);
            Err(Error::malformed("tried", json!([what, with.findings.len(), without.findings.len()]).to_string()))
        });
        let error = outcome.unwrap_err();
        if error.reason == "nothing" {
            continue;
        }
        assert_eq!(error.reason, "tried", "{error:?}");
        let told: Json = serde_json::from_str(&error.detail).unwrap();
        assert!(told[1].as_u64() > Some(0), "not found: {told}");
        if told[2] == 0 {
            assert!(told[0].as_str().unwrap().starts_with("cut off"), "only that the end is missing needs a head: {told}");
            unseen_without_head += 1;
        }
        tried += 1;
    }
    assert!(unseen_without_head > 0, "control: without a head kept elsewhere an older copy looks whole");
    assert_eq!(verified(w, &[note]).findings, []);
}

/// Somebody with the program and its key cuts the end off and lets it write another one: whole in itself.
fn a_log_written_anew_is_found_by_a_head(w: &World) {
    filled(w, 10);
    let (note, size) = (head(w), w.workspace.signed_head().unwrap().0);
    for back in 1..5 {
        let from = i64::try_from(size).unwrap() - back;
        w.workspace
            .write_blocking(&w.system(), move |tx| {
                exec(tx, "DELETE FROM [sys_log_node] WHERE \"last\" >= $1", vec![from.into()]);
                exec(tx, "DELETE FROM [sys_log_seen] WHERE \"entry\" >= $1", vec![from.into()]);
                exec(tx, "DELETE FROM [sys_log] WHERE \"seq\" >= $1", vec![from.into()]);
                Ok(())
            })
            .unwrap();
        for _ in 0..back + 2 {
            w.workspace.write_blocking(&w.system(), |tx| tx.log(LogEntry::new("sign_in").detail("forged", true))).unwrap();
        }
        assert_eq!(verified(w, &[]).findings, [], "control: it is whole in itself");
        let found = verified(w, std::slice::from_ref(&note)).findings;
        assert!(found.iter().any(|f| f.what.contains("kept head")), "{found:?}");
    }
    let other = World::new(crate::world::Engine::Sqlite);
    assert_eq!(verified(&other, &[]).findings, []);
    let bent = note.replacen('A', "B", 1);
    let refused = w.workspace.read_blocking(&w.system(), move |tx| tx.verify_log(&[bent])).unwrap_err();
    assert_eq!(refused.reason, "bad_head");
}

fn what_is_taken_back_is_not_logged(w: &World) {
    let before = ask(w, LogQuestion::default()).len();
    let failed = w.workspace.write_blocking(&w.system(), |tx| {
        tx.log(LogEntry::new("sign_in"))?;
        Err::<(), _>(Error::malformed("no", ""))
    });
    assert!(failed.is_err());
    assert_eq!(ask(w, LogQuestion::default()).len(), before);
    // of three people one cannot be; two are logged
    let rows = vec![
        json!({"name": "a", "email": "a@example.org", "roles": ["rep"]}),
        json!({"name": "b", "email": "a@example.org", "roles": ["rep"]}),
        json!({"name": "c", "email": "c@example.org", "roles": ["rep"]}),
    ];
    let answers = w.workspace.write_blocking(&w.system(), move |tx| tx.bulk("user", &json!({"mode": "create", "items": rows}))).unwrap();
    let granted = ask(w, LogQuestion { kinds: vec!["grant".into()], ..LogQuestion::default() });
    assert_eq!(granted.len(), 2, "{answers}");
    assert_eq!(verified(w, &[head(w)]).findings, []);
}

fn grants_settings_and_definitions(w: &World) {
    let ann = w.user("ann", "rep", None);
    w.update(&w.system(), "user", ann, json!({"roles": ["manager"]})).unwrap();
    let grants = ask(w, LogQuestion { kinds: vec!["grant".into()], record: Some(ann.to_string()), ..LogQuestion::default() });
    assert_eq!(grants.len(), 2);
    assert_eq!(grants[0]["detail"]["old"]["roles"], json!(["rep"]));
    assert_eq!(grants[0]["detail"]["new"]["roles"], json!(["manager"]));
    assert!(!grants[1].to_string().contains("ann@example.org"), "an address is personal: {}", grants[1]);
    assert_eq!(grants[0]["by"]["name"], "cli");
    w.workspace.write_blocking(&w.system(), |tx| tx.change_settings(&map(json!({"name": "Acme"}))).map(drop)).unwrap();
    let set = ask(w, LogQuestion { kinds: vec!["setting".into()], ..LogQuestion::default() });
    assert_eq!((&set[0]["detail"]["old"]["name"], &set[0]["detail"]["new"]["name"]), (&json!("main"), &json!("Acme")));
    w.workspace.write_alone_blocking(&w.system(), |tx| tx.add_field("company", &json!({"name": "size", "type": {"integer": {}}})).map(drop)).unwrap();
    let defined = ask(w, LogQuestion { kinds: vec!["definition".into()], ..LogQuestion::default() });
    assert_eq!((defined[0]["object"].as_str(), &defined[0]["detail"]["changed"]), (Some("company"), &json!(["fields.size"])));
    assert_eq!(ask(w, LogQuestion { from: Some(START + 1), ..LogQuestion::default() }).len(), 0);
    let refused = w.workspace.read_blocking(&w.system(), |tx| tx.ask_log(&LogQuestion { kinds: vec!["else".into()], ..LogQuestion::default() })).unwrap_err();
    assert_eq!(refused.reason, "unknown_kind");
    // all pages together are the log, each entry once
    let (mut numbers, mut cursor) = (vec![], None);
    loop {
        let asked = LogQuestion { limit: Some(2), cursor: cursor.clone(), ..LogQuestion::default() };
        let page = w.workspace.read_blocking(&w.system(), move |tx| tx.ask_log(&asked)).unwrap();
        numbers.extend(page["items"].as_array().unwrap().iter().map(|i| i["entry"].as_i64().unwrap()));
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    let size = i64::try_from(w.workspace.signed_head().unwrap().0).unwrap();
    assert_eq!(numbers, (0..size).rev().collect::<Vec<_>>());
}

fn searches_are_known_again_but_not_read(w: &World) {
    let ann = w.user("ann", "admin", None);
    for words in ["Jane Doe", "jane  DOE", "nobody of that name"] {
        let asked = records::Search { q: words.into(), ..Default::default() };
        w.workspace.read_blocking(&w.ctx(ann), move |tx| tx.read_for_person(|tx| tx.search(&asked))).unwrap();
        w.workspace.write_reads().unwrap();
    }
    let all = ask(w, LogQuestion { kinds: vec!["search".into()], ..LogQuestion::default() });
    assert_eq!(all.len(), 3);
    assert!(!json!(all).to_string().to_lowercase().contains("doe"));
    let found = ask(w, LogQuestion { searched: Some("doe jane".into()), ..LogQuestion::default() });
    assert_eq!(found.len(), 2);
    assert_eq!(ask(w, LogQuestion { searched: Some("jane".into()), ..LogQuestion::default() }).len(), 0);
}

fn what_is_personal_goes_with_its_key(w: &World) {
    let ann = w.user("ann", "admin", None);
    w.workspace.write_blocking(&w.system(), move |tx| tx.log(LogEntry::new("sign_in").by(ann).sealed(ann, json!({"address": "192.0.2.77"})))).unwrap();
    let note = head(w);
    let asked = || LogQuestion { by: Some(ann), ..LogQuestion::default() };
    assert_eq!(ask(w, asked())[0]["private"]["address"], "192.0.2.77");
    w.workspace.write_blocking(&w.system(), move |tx| tx.destroy_key(ann)).unwrap();
    assert_eq!(ask(w, asked())[0]["private"], Json::Null);
    assert_eq!(verified(w, &[note]).findings, [], "an erasure breaks no proof");
}

fn only_who_may_reads_it(w: &World) {
    let (rep, auditor) = (w.user("ann", "rep", None), w.user("bob", "auditor", None));
    for (who, may) in [(rep, false), (auditor, true)] {
        let ctx = w.ctx(who);
        let answers = [
            w.workspace.read_blocking(&ctx, |tx| tx.ask_log(&LogQuestion::default())).map(drop),
            w.workspace.read_blocking(&ctx, |tx| tx.log_entry(0)).map(drop),
            w.workspace.read_blocking(&ctx, |tx| tx.log_head()).map(drop),
            w.workspace.read_blocking(&ctx, |tx| tx.log_inclusion(0, None)).map(drop),
            w.workspace.read_blocking(&ctx, |tx| tx.log_consistency(1, None)).map(drop),
            w.workspace.read_blocking(&ctx, |tx| tx.verify_log(&[])).map(drop),
        ];
        for answer in answers {
            assert_eq!(answer.map_err(|e| e.status()), if may { Ok(()) } else { Err(403) });
        }
    }
    // nobody writes into it by hand
    let refused = w.workspace.read_blocking(&w.ctx(auditor), |tx| tx.log(LogEntry::new("sign_in"))).unwrap_err();
    assert_eq!(refused.status(), 500);
}
