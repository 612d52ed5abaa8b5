use crate::world::{World, find};
use records::{Paging, Search};
use serde_json::json;

crate::both!(reps_see_their_own, parents_decide, shares_and_revocation, nobody_grants_themselves);

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
