//! Rights are kept between questions: what ends by the clock alone ends all the same.

use crate::world::{START, World, find};
use serde_json::{Value as Json, json};

crate::both!(shares_end_at_their_instant, rules_by_the_clock, other_scopes_are_other_askers);

const HOUR: i64 = 3_600_000;
const NOBODY: [&str; 0] = [];

fn at(ms: i64) -> Json {
    json!(jiff::Timestamp::from_millisecond(ms).unwrap().to_string())
}
fn shares_end_at_their_instant(w: &World) {
    let (ann, bob) = (w.user("ann", "rep", None), w.user("bob", "rep", None));
    let id = w.create(&w.ctx(ann), "company", json!({"name": "c"})).unwrap();
    let record = json!({"object": "company", "id": id.to_string()});
    w.create(&w.ctx(ann), "share", json!({"record": record, "user": bob.to_string(), "level": "update", "until": at(START + HOUR)})).unwrap();
    w.clock.advance(HOUR - 1);
    assert_eq!(w.names(&w.ctx(bob), find("company")), ["c"]);
    assert!(w.get(&w.ctx(bob), "company", id).is_ok());
    w.clock.advance(1);
    assert_eq!(w.names(&w.ctx(bob), find("company")), NOBODY);
    assert_eq!(w.get(&w.ctx(bob), "company", id).unwrap_err().status(), 404);
    assert_eq!(w.update(&w.ctx(bob), "company", id, json!({"name": "x"})).unwrap_err().status(), 404);
}
fn rules_by_the_clock(w: &World) {
    let (ann, bob) = (w.user("ann", "rep", None), w.user("bob", "rep", None));
    let filter = json!({"and": [{"field": "created_at", "op": "within", "value": {"last": 1, "unit": "hour"}}]}).to_string();
    w.create(&w.system(), "sharing_rule", json!({"name": "fresh", "object": "company", "filter": filter, "level": "read", "user": bob.to_string()})).unwrap();
    w.create(&w.ctx(ann), "company", json!({"name": "c"})).unwrap();
    assert_eq!(w.names(&w.ctx(bob), find("company")), ["c"]);
    w.clock.advance(HOUR + 2);
    assert_eq!(w.names(&w.ctx(bob), find("company")), NOBODY);
}
/// The same person through a token that may read one object only.
fn other_scopes_are_other_askers(w: &World) {
    let ann = w.user("ann", "rep", None);
    let id = w.create(&w.ctx(ann), "company", json!({"name": "c"})).unwrap();
    assert!(w.get(&w.ctx(ann), "company", id).is_ok());
    let mut narrow = w.ctx(ann);
    narrow.scopes = Some(vec!["deal:read".to_owned()].into());
    assert_eq!(w.get(&narrow, "company", id).unwrap_err().status(), 404);
    assert!(w.get(&w.ctx(ann), "company", id).is_ok());
}
