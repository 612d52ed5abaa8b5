//! What a quota and an override must say, who may judge, when a judgement is stale.

use super::{ask, cents};
use crate::world::World;
use serde_json::{Value as Json, json};

fn id_of(ctx: &kernel::Ctx) -> String {
    match ctx.actor {
        kernel::Actor::User(id) => id.to_string(),
        kernel::Actor::System(_) => unreachable!(),
    }
}
fn codes(refused: &kernel::Error) -> Vec<(&str, &str)> {
    refused.fields.iter().map(|f| (f.field.as_str(), f.code)).collect()
}

#[test]
fn quotas_say_whose_and_how_much() {
    let w = World::new();
    let (ops, rep) = (w.user("ops", "sales_operations"), w.user("ann", "rep"));
    let quota = |input| w.create(&ops, "quota", input);
    assert_eq!(codes(&quota(json!({"period_start": "2026-10-02", "amount": "5"})).unwrap_err()), [("period_start", "not_first_day")]);
    assert_eq!(codes(&quota(json!({"period_start": "2026-10-01"})).unwrap_err()), [("amount", "required")]);
    assert_eq!(codes(&quota(json!({"period_start": "2026-10-01", "measure": "new_customers"})).unwrap_err()), [("new_customers", "required")]);
    assert_eq!(codes(&quota(json!({"period_start": "2026-10-01", "amount": {"amount": "5", "currency": "USD"}})).unwrap_err()), [("amount", "wrong_currency")]);
    assert_eq!(codes(&quota(json!({"period_start": "2026-10-01", "amount": "5", "ramp": "101"})).unwrap_err()), [("ramp", "out_of_range")]);
    assert_eq!(codes(&quota(json!({"period_start": "2026-10-01", "amount": "5", "starts_on": "2027-01-01"})).unwrap_err()), [("starts_on", "out_of_range")]);
    assert_eq!(codes(&quota(json!({"period_start": "2026-10-01", "amount": "5", "holder": "team"})).unwrap_err()), [("team", "required")]);
    // three months make a quarter, a year is not cut; a rep reads their own and sets none
    for (start, kind, amount) in [("2026-10-01", "month", "10"), ("2026-11-01", "month", "20"), ("2026-01-01", "year", "999")] {
        quota(json!({"owner": id_of(&rep), "period_kind": kind, "period_start": start, "amount": amount})).unwrap();
    }
    quota(json!({"owner": id_of(&rep), "period_start": "2026-10-01", "measure": "new_customers", "new_customers": 4})).unwrap();
    let said = ask(&w, &rep, "forecast", &[]).unwrap();
    assert_eq!((cents(&said["total"]["quota"]), &said["total"]["quota_new_customers"]), (3_000, &json!(4)));
    assert_eq!(ask(&w, &rep, "forecast", &[("by", "year")]).unwrap()["total"]["quota"]["amount"], "999.00");
    assert_eq!(w.create(&rep, "quota", json!({"period_start": "2026-10-01", "amount": "5"})).unwrap_err().status(), 403);
    assert_eq!(ask(&w, &w.user("bob", "rep"), "forecast", &[]).unwrap()["items"], json!([]));
    // one deal of new business is one new customer
    let account = w.create(&rep, "account", json!({"name": "Acme"})).unwrap();
    for name in ["One", "Two"] {
        let deal = w.create(&rep, "opportunity", json!({"name": name, "type": "new", "account": account.to_string()})).unwrap();
        w.verb(&rep, "opportunity", "closure", "POST", deal, json!({"outcome": "won"})).unwrap();
    }
    assert_eq!(ask(&w, &rep, "forecast", &[]).unwrap()["total"]["total"]["new_customers"], 1);
}

#[test]
fn only_the_own_manager_judges_and_a_judgement_grows_stale() {
    let w = World::new();
    let (boss, ann, eve) = (w.user("boss", "manager"), w.user("ann", "rep"), w.user("eve", "manager"));
    let team = w.create(&w.system(), "team", json!({"name": "North"})).unwrap().to_string();
    for who in [&boss, &ann, &eve] {
        w.create(&w.system(), "team_membership", json!({"user": id_of(who), "team": team, "since": "2020-01-01"})).unwrap();
    }
    w.update(&w.system(), "user", id_of(&ann).parse().unwrap(), json!({"manager": id_of(&boss)})).unwrap();
    let deal = w.create(&ann, "opportunity", json!({"name": "Deal", "amount": "1000", "close_date": "2026-12-01", "forecast_category": "commit"})).unwrap();
    let judged = json!({"person": id_of(&ann), "period_start": "2026-10-01", "column": "commit", "amount": "800", "reason": "They slip"});
    assert_eq!(codes(&w.create(&eve, "forecast_override", judged.clone()).unwrap_err()), [("person", "not_your_report")]);
    assert_eq!(w.create(&ann, "forecast_override", judged.clone()).unwrap_err().status(), 403);
    let id = w.create(&boss, "forecast_override", judged.clone()).unwrap();
    assert_eq!(codes(&w.create(&boss, "forecast_override", judged).unwrap_err()), [("column", "value_taken")]);
    assert_eq!(w.get(&boss, "forecast_override", id)["calculated"]["amount"], "1000.00");
    let line = |who| -> Json {
        let said = ask(&w, who, "forecast", &[]).unwrap();
        let top = &said["items"][0];
        if top["person"]["id"] == json!(id_of(&ann)) { top.clone() } else { top["children"][0].clone() }
    };
    let seen = line(&boss);
    let judged = &seen["overrides"]["commit"];
    assert_eq!((&judged["by"]["name"], &judged["reason"], &judged["stale"]), (&json!("boss"), &json!("They slip"), &json!(false)));
    assert_eq!((cents(&seen["rolls_up"]["commit"]), cents(&seen["total"]["commit"]), cents(&seen["rolls_up"]["best_case"])), (80_000, 100_000, 100_000));
    w.update(&ann, "opportunity", deal, json!({"amount": "1200"})).unwrap();
    assert_eq!(line(&boss)["overrides"]["commit"]["stale"], true);
    w.update(&boss, "forecast_override", id, json!({"amount": "900"})).unwrap();
    let seen = line(&boss);
    assert_eq!((&seen["overrides"]["commit"]["stale"], cents(&seen["rolls_up"]["commit"])), (&json!(false), 90_000));
    // she does not read what her manager thinks, and her own number is not his
    let own = line(&ann);
    assert_eq!((&own["overrides"], cents(&own["rolls_up"]["commit"])), (&json!({}), 120_000));
    // a new manager is not bound by it
    w.update(&w.system(), "user", id_of(&ann).parse().unwrap(), json!({"manager": id_of(&eve)})).unwrap();
    assert_eq!(line(&eve)["overrides"], json!({}));
}

#[test]
fn what_was_known_later_is_not_in_an_earlier_forecast() {
    let w = World::new();
    let ann = w.user("ann", "rep");
    let deal = w.create(&ann, "opportunity", json!({"name": "Deal", "amount": "1000", "close_date": "2026-12-01", "forecast_category": "commit", "probability": "50"})).unwrap();
    w.clock.advance(3 * 86_400_000);
    let ann = kernel::Ctx { now_ms: w.workspace.now_ms(), ..ann };
    w.update(&ann, "opportunity", deal, json!({"amount": "4000"})).unwrap();
    w.verb(&ann, "opportunity", "closure", "POST", deal, json!({"outcome": "won"})).unwrap();
    let total = |day| ask(&w, &ann, "forecast", &[("as_of", day), ("period", "2026-11-01")]).unwrap()["total"]["total"].clone();
    let then = total("2026-11-19");
    assert_eq!((cents(&then["commit"]), cents(&then["closed"]), cents(&then["weighted"])), (100_000, 0, 50_000));
    assert_eq!(ask(&w, &ann, "forecast", &[]).unwrap()["total"]["total"]["closed"]["amount"]["amount"], "4000.00");
    assert_eq!(cents(&total("2026-11-18")["commit"]), 0, "it was not there yet");
}

#[test]
fn the_wrong_question_is_told_what_is_wrong() {
    let w = World::new();
    let boss = w.user("boss", "manager");
    for (params, status) in [(vec![("period", "soon")], 400), (vec![("by", "week")], 400), (vec![("team", "x")], 404), (vec![("team", "01890a5d-ac96-774b-bcce-b302099a8057")], 404)] {
        assert_eq!(ask(&w, &boss, "forecast", &params).unwrap_err().status(), status, "{params:?}");
    }
    assert_eq!(ask(&w, &boss, "forecast movement", &[("from", "2026-11-01")]).unwrap_err().status(), 400);
    assert_eq!(ask(&w, &boss, "forecast movement", &[("from", "2026-11-03"), ("to", "2026-11-01")]).unwrap_err().status(), 400);
    for role in ["analyst", "agent", "finance", "people_manager"] {
        let who = w.user(role, role);
        assert_eq!(ask(&w, &who, "forecast", &[]).unwrap_err().status(), 403, "{role}");
    }
}
