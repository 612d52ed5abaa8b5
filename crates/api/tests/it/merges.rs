//! Two records into one over HTTP.

use crate::world::{Who, World};
use serde_json::{Value as Json, json};

crate::both!(there_and_back, what_is_refused);

fn there_and_back(w: &World) {
    let a = w.make(Who::Cli, "company", &json!({"name": "Engines", "code": "a"}));
    let b = w.make(Who::Cli, "company", &json!({"name": "Engine Ltd", "city": "London"}));
    let deal = w.make(Who::Cli, "deal", &json!({"name": "D", "company": b}));
    let answer = w.post(Who::Cli, &format!("/records/company/{a}/merge"), &json!({"loser": b, "fields": {"name": "loser"}})).expect(200).json();
    assert_eq!((&answer["id"], &answer["loser"], &answer["moved"]), (&json!(a), &json!(b), &json!(1)));
    let winner = w.get(Who::Cli, &format!("/records/company/{a}")).json();
    assert_eq!((&winner["name"], &winner["city"], &winner["code"]), (&json!("Engine Ltd"), &json!("London"), &json!("a")));
    assert_eq!(w.get(Who::Cli, &format!("/records/company/{b}")).json()["merged_into"], json!(a));
    assert_eq!(w.get(Who::Cli, &format!("/records/deal/{deal}")).json()["company"], json!(a));
    let path = format!("/merges/{}", answer["merge"].as_str().unwrap());
    let shown = w.get(Who::Cli, &path).expect(200).json();
    assert_eq!((&shown["winner"], &shown["loser"], &shown["undone_at"]), (&json!(a), &json!(b), &Json::Null));
    let back = w.raw(Who::Cli, "DELETE", &path, &[], "").expect(200).json();
    assert_eq!((&back["id"], &back["loser"], &back["conflicts"]), (&json!(a), &json!(b), &json!([])));
    assert_eq!(w.get(Who::Cli, &format!("/records/company/{b}")).json()["archived_at"], Json::Null);
    assert_eq!(w.get(Who::Cli, &format!("/records/deal/{deal}")).json()["company"], json!(b));
    assert_ne!(w.get(Who::Cli, &path).json()["undone_at"], Json::Null);
    assert_eq!(w.raw(Who::Cli, "DELETE", &path, &[], "").problem(), (409, "already_undone".into()));
}

fn what_is_refused(w: &World) {
    let a = w.make(Who::Cli, "company", &json!({"name": "A"}));
    let b = w.make(Who::Cli, "company", &json!({"name": "B"}));
    let post = |body: &Json| w.post(Who::Cli, &format!("/records/company/{a}/merge"), body);
    assert_eq!(post(&json!({})).problem(), (422, "invalid_fields".into()));
    assert_eq!(post(&json!({"loser": b, "fields": {"nothing": "loser"}})).problem(), (422, "invalid_fields".into()));
    assert_eq!(post(&json!({"loser": b, "fields": {"name": "both"}})).problem(), (422, "invalid_fields".into()));
    assert_eq!(post(&json!({"loser": b, "extra": 1})).problem(), (422, "invalid_fields".into()));
    assert_eq!(post(&json!({"loser": a})).problem(), (422, "invalid_fields".into()));
    assert_eq!(w.get(Who::Cli, &format!("/merges/{a}")).problem(), (404, "not_found".into()));
    assert_eq!(w.raw(Who::Cli, "DELETE", &format!("/merges/{a}"), &[], "").problem(), (404, "not_found".into()));
    assert_eq!(w.post(Who::Cli, &format!("/records/user/{a}/merge"), &json!({"loser": b})).status, 404);
}
