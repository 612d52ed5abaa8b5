use crate::world::World;
use serde_json::json;

#[test]
fn a_new_deal_starts_in_the_first_stage() {
    let w = World::new();
    let ann = w.user("ann", "rep");
    let id = w.create(&ann, "opportunity", json!({"name": "Deal"})).unwrap();
    let deal = w.get(&ann, "opportunity", id);
    assert_eq!(deal["stage"], w.stage("Qualify"));
    assert_eq!(deal["probability"], "10");
    assert_eq!(deal["forecast_category"], "pipeline");
    assert!(deal["pipeline"].is_string() && deal["stage_entered_at"].is_string());
    assert_eq!(deal["amount"], json!(null));
}
#[test]
fn entering_won_is_closing_by_edit_too() {
    let w = World::new();
    let ann = w.user("ann", "rep");
    let id = w.create(&ann, "opportunity", json!({"name": "Deal", "amount": "100", "close_date": "2027-01-31", "next_step": "call"})).unwrap();
    w.update(&ann, "opportunity", id, json!({"stage": w.stage("Won")})).unwrap();
    let deal = w.get(&ann, "opportunity", id);
    assert_eq!((deal["outcome"].as_str(), deal["probability"].as_str(), deal["forecast_category"].as_str()), (Some("won"), Some("100"), Some("closed")));
    assert_eq!(deal["close_date"], "2026-11-18");
    assert_eq!(deal["next_step"], json!(null));
    assert_eq!(deal["amount"]["amount"], "100.00");
    let history = w.find(&w.system(), "state_change", json!({"field": "field", "op": "eq", "value": "stage"}));
    assert_eq!(history.len(), 2);
    let caused = |cause: &str| history.iter().find(|h| h["cause"] == cause).unwrap();
    assert_eq!(caused("moved")["left_at"], caused("won")["entered_at"]);
    assert!(caused("won")["left_at"].is_null());
}
#[test]
fn losing_wants_a_reason_and_reopening_goes_back() {
    let w = World::new();
    let ann = w.user("ann", "rep");
    let id = w.create(&ann, "opportunity", json!({"name": "Deal", "stage": w.stage("Propose")})).unwrap();
    let close = |body| w.verb(&ann, "opportunity", "closure", "POST", id, body);
    assert_eq!(close(json!({"outcome": "lost"})).unwrap_err().fields[0].field, "reason");
    assert_eq!(w.update(&ann, "opportunity", id, json!({"stage": w.stage("Lost")})).unwrap_err().fields[0].field, "outcome_reason");
    assert_eq!(close(json!({"outcome": "drawn"})).unwrap_err().status(), 422);
    assert_eq!(close(json!({"outcome": "lost", "reason": "Price", "closed_at": "2030-01-01T00:00:00Z"})).unwrap_err().fields[0].code, "in_future");
    let deal = close(json!({"outcome": "lost", "reason": "Price", "closed_at": "2026-11-01T10:00:00Z"})).unwrap();
    assert_eq!((deal["outcome"].as_str(), deal["outcome_reason"].as_str(), deal["close_date"].as_str()), (Some("lost"), Some("Price"), Some("2026-11-01")));
    assert_eq!(close(json!({"outcome": "won"})).unwrap_err().status(), 409);
    let deal = w.verb(&ann, "opportunity", "closure", "DELETE", id, json!({})).unwrap();
    assert_eq!(deal["stage"], w.stage("Propose"));
    assert_eq!((&deal["outcome"], &deal["closed_at"]), (&json!(null), &json!(null)));
    let deal = close(json!({"outcome": "cancelled"})).unwrap();
    assert_eq!(deal["outcome"], "cancelled");
}
#[test]
fn an_import_keeps_the_days_of_the_past() {
    let w = World::new();
    let id = w.create(&w.system(), "opportunity", json!({"name": "Old", "stage": w.stage("Lost"), "close_date": "2017-03-04", "amount": null})).unwrap();
    let deal = w.get(&w.system(), "opportunity", id);
    assert_eq!((deal["outcome"].as_str(), deal["close_date"].as_str(), &deal["amount"]), (Some("lost"), Some("2017-03-04"), &json!(null)));
    assert_eq!(deal["closed_at"], "2017-03-04T00:00:00.000Z");
}
#[test]
fn the_history_follows_the_customer() {
    let w = World::new();
    let (ann, bob, carl) = (w.user("ann", "rep"), w.user("bob", "agent"), w.user("carl", "rep"));
    let account = w.create(&ann, "account", json!({"name": "Acme"})).unwrap();
    let contact = w.create(&ann, "contact", json!({"first_name": "Ada", "last_name": "Łuk", "account": account.to_string()})).unwrap();
    let call = w.create(&ann, "interaction", json!({"kind": "call", "direction": "out", "subject": "Hello", "contact": contact.to_string()})).unwrap();
    assert_eq!(w.get(&bob, "interaction", call)["account"], account.to_string(), "an agent who never met a customer sees the history");
    assert!(w.find(&carl, "interaction", json!({})).is_empty());
    let deal = w.create(&carl, "opportunity", json!({"name": "His"})).unwrap();
    assert_eq!(w.update(&carl, "opportunity", deal, json!({"account": account.to_string()})).unwrap_err().fields[0].code, "unknown_reference");
    w.update(&w.system(), "opportunity", deal, json!({"account": account.to_string()})).unwrap();
    assert_eq!(w.get(&carl, "account", account)["name"], "Acme", "owning a deal lends its account");
    assert_eq!(w.get(&carl, "contact", contact)["full_name"], "Ada Łuk");
    assert_eq!(w.find(&carl, "interaction", json!({})).len(), 1);
    w.create(&ann, "interaction", json!({"kind": "email", "subject": "Secret", "body": "private", "contact": contact.to_string(), "visibility": "metadata"})).unwrap();
    let seen = w.find(&bob, "interaction", json!({"field": "visibility", "op": "eq", "value": "metadata"}));
    assert_eq!((&seen[0]["subject"], &seen[0]["body"]), (&json!(null), &json!(null)));
    assert!(w.find(&bob, "interaction", json!({"field": "body", "op": "contains", "value": "private"})).is_empty());
}
#[test]
fn who_sees_a_customer_tells_of_no_hidden_deal() {
    let w = World::new();
    let (bob, agent, admin) = (w.user("bob", "rep"), w.user("eve", "agent"), w.user("root", "admin"));
    let account = w.create(&w.system(), "account", json!({"name": "Acme"})).unwrap();
    let owner = w.find(&w.system(), "user", json!({"field": "name", "op": "eq", "value": "bob"}))[0]["id"].clone();
    w.create(&w.system(), "opportunity", json!({"name": "Secret", "account": account.to_string(), "owner": owner})).unwrap();
    assert_eq!(w.get(&bob, "account", account)["name"], "Acme", "the deal lends him its account");
    let names = |who: &kernel::Ctx| -> Vec<String> {
        let list = w.workspace.read_blocking(who, move |tx| tx.access_list("account", account, &records::Paging::default())).unwrap();
        list["items"].as_array().unwrap().iter().map(|i| i["user"]["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&agent), ["eve", "root"], "she sees no deals, and so hears of none");
    assert_eq!(names(&admin), ["bob", "eve", "root"]);
    assert_eq!(names(&bob), ["bob", "eve", "root"]);
}
