use crate::world::{World, find};
use kernel::{Ctx, RecordId};
use records::{Find, Paging, Search, UndoMode};
use serde_json::{Value as Json, json};

crate::both!(
    reps_see_their_own,
    parents_decide,
    shares_and_revocation,
    nobody_grants_themselves,
    taking_back_what_others_did,
    taking_back_what_is_out_of_reach,
    an_undo_goes_on_with_no_more_than_it_began_with
);

fn reps_see_their_own(w: &World) {
    let north = w.team("North", None);
    let (ann, bob, boss) = (w.user("ann", "rep", Some(north)), w.user("bob", "rep", Some(north)), w.user("boss", "manager", Some(north)));
    let id = w.create(&w.ctx(ann), "company", json!({"name": "Hers"})).unwrap();
    assert_eq!(w.names(&w.ctx(ann), find("company")), ["Hers"]);
    assert_eq!(w.names(&w.ctx(bob), find("company")), Vec::<String>::new());
    assert_eq!(w.names(&w.ctx(boss), find("company")), ["Hers"]);
    assert_eq!(w.get(&w.ctx(bob), "company", id).unwrap_err().status(), 404);
    assert_eq!(w.update(&w.ctx(bob), "company", id, json!({"name": "His"})).unwrap_err().status(), 404);
    let hits = w.workspace.read_blocking(&w.ctx(bob), |tx| tx.search(&Search { q: "hers".into(), ..Search::default() })).unwrap();
    assert_eq!(hits["items"], json!([]));
    let access = w.workspace.read_blocking(&w.ctx(ann), move |tx| tx.access_list("company", id, &Paging::default())).unwrap();
    let names: Vec<_> = access["items"].as_array().unwrap().iter().map(|i| i["user"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ann", "boss"], "{access}");
}
fn parents_decide(w: &World) {
    let (ann, bob) = (w.user("ann", "rep", None), w.user("bob", "rep", None));
    let deal = w.create(&w.ctx(ann), "deal", json!({"name": "d"})).unwrap();
    w.create(&w.ctx(ann), "line", json!({"deal": deal.to_string()})).unwrap();
    assert_eq!(w.find(&w.ctx(ann), find("line")).unwrap()["items"].as_array().unwrap().len(), 1);
    assert_eq!(w.find(&w.ctx(bob), find("line")).unwrap()["items"].as_array().unwrap().len(), 0);
    let error = w.create(&w.ctx(bob), "line", json!({"deal": deal.to_string()})).unwrap_err();
    assert_eq!(error.fields[0].code, "unknown_reference");
}
fn shares_and_revocation(w: &World) {
    let (ann, bob) = (w.user("ann", "rep", None), w.user("bob", "rep", None));
    let id = w.create(&w.ctx(ann), "company", json!({"name": "c"})).unwrap();
    let share = w.create(&w.ctx(ann), "share", json!({"record": {"object": "company", "id": id.to_string()}, "user": bob.to_string(), "level": "read"})).unwrap();
    assert_eq!(w.names(&w.ctx(bob), find("company")), ["c"]);
    assert_eq!(w.update(&w.ctx(bob), "company", id, json!({"name": "x"})).unwrap_err().status(), 403);
    w.workspace.write_blocking(&w.ctx(ann), move |tx| tx.archive("share", share, records::IfMatch::None)).unwrap();
    assert_eq!(w.names(&w.ctx(bob), find("company")), Vec::<String>::new());
    w.update(&w.system(), "user", ann, json!({"active": false})).unwrap();
    assert_eq!(w.find(&w.ctx(ann), find("company")).unwrap_err().status(), 401);
}
fn nobody_grants_themselves(w: &World) {
    let (ann, admin) = (w.user("ann", "rep", None), w.user("root", "admin", None));
    let error = w.update(&w.ctx(admin), "user", admin, json!({"roles": ["admin", "auditor"]})).unwrap_err();
    assert_eq!(error.fields[0].code, "own_rights", "{error:?}");
    w.update(&w.ctx(admin), "user", ann, json!({"roles": ["rep", "marketer"]})).unwrap();
    assert!(w.update(&w.ctx(ann), "user", ann, json!({"roles": ["admin"]})).is_err());
}
fn bulk(w: &World, who: RecordId, items: Json) -> RecordId {
    let answer = w.workspace.write_blocking(&w.ctx(who), move |tx| tx.bulk("company", &json!({"mode": "update", "items": items}))).unwrap();
    answer["change_set"].as_str().unwrap().parse().unwrap()
}
/// The report of the undoing, or what is heard instead.
fn undo(w: &World, who: RecordId, set: RecordId) -> kernel::Result<Json> {
    w.workspace.write_blocking(&w.ctx(who), move |tx| {
        let answer = tx.undo(set, UndoMode::Safe)?;
        tx.change_set(answer["id"].as_str().unwrap().parse().unwrap())
    })
}
fn taking_back_what_others_did(w: &World) {
    let (ann, bob, log) = (w.user("ann", "rep", None), w.user("bob", "rep", None), w.user("log", "auditor", None));
    let id = w.create(&w.ctx(ann), "company", json!({"name": "old"})).unwrap();
    let set = bulk(w, ann, json!([{"id": id.to_string(), "name": "new"}]));
    assert_eq!(undo(w, bob, set).unwrap_err().status(), 404);
    assert!(w.workspace.read_blocking(&w.ctx(log), move |tx| tx.change_set(set)).is_ok(), "the log is read");
    assert_eq!(undo(w, log, set).unwrap_err().status(), 403, "but nothing is taken back by who reads it");
    assert_eq!(undo(w, ann, set).unwrap()["restored"], 1);
    assert_eq!(w.names(&w.ctx(ann), find("company")), ["old"]);
}
fn taking_back_what_is_out_of_reach(w: &World) {
    let (ann, bob) = (w.user("ann", "rep", None), w.user("bob", "rep", None));
    let (his, hers) = (w.create(&w.ctx(bob), "company", json!({"name": "his"})).unwrap(), w.create(&w.ctx(ann), "company", json!({"name": "hers"})).unwrap());
    let about = json!({"object": "company", "id": his.to_string()});
    let share = w.create(&w.ctx(bob), "share", json!({"record": about, "user": ann.to_string(), "level": "update"})).unwrap();
    let set = bulk(w, ann, json!([{"id": hers.to_string(), "name": "new"}, {"id": his.to_string(), "owner": ann.to_string()}]));
    w.workspace.write_blocking(&w.system(), move |tx| tx.archive("share", share, records::IfMatch::None)).unwrap();
    // Back to him, it would be out of her reach: it is skipped and listed, and the rest comes back.
    let report = undo(w, ann, set).unwrap();
    assert_eq!((&report["restored"], &report["skipped"][0]["id"]), (&json!(1), &json!(his.to_string())), "{report}");
    assert_eq!(w.names(&w.ctx(ann), Find { sort: vec!["name".into()], ..find("company") }), ["hers", "his"]);
}
fn an_undo_goes_on_with_no_more_than_it_began_with(w: &World) {
    let ann = w.user("ann", "rep", None);
    let id = w.create(&w.ctx(ann), "company", json!({"name": "old"})).unwrap();
    let set = bulk(w, ann, json!([{"id": id.to_string(), "name": "new"}]));
    let scopes: std::sync::Arc<[String]> = ["company:read".to_owned()].into();
    let by_token = Ctx { scopes: Some(scopes.clone()), ..w.ctx(ann) };
    let undoing = w.workspace.write_blocking(&by_token, move |tx| tx.begin_undo(set, UndoMode::Safe)).unwrap();
    // the process ends here, and the next one goes on
    let under_way = w.workspace.read_blocking(&w.system(), |tx| tx.unfinished_undos()).unwrap();
    let [(found, asker)] = &under_way[..] else { panic!("{under_way:?}") };
    assert_eq!((*found, asker.actor, asker.scopes.as_ref()), (undoing, kernel::Actor::User(ann), Some(&scopes)));
    w.workspace.finish_undo(asker, undoing, &mut |_| {}).unwrap();
    assert_eq!(w.names(&w.ctx(ann), find("company")), ["new"], "a token that only reads takes nothing back");
}
