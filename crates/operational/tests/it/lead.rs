use crate::world::World;
use serde_json::json;

#[test]
fn a_lead_becomes_a_customer_and_the_way_back() {
    let w = World::new();
    let ann = w.user("ann", "rep");
    let lead = w.create(&ann, "lead", json!({"first_name": "Ada", "last_name": "Byron", "company": "Engines", "email": "ada@engines.example", "source": "web"})).unwrap();
    w.create(&ann, "interaction", json!({"kind": "call", "subject": "First", "about": {"object": "lead", "id": lead.to_string()}})).unwrap();
    let got = w.verb(&ann, "lead", "conversion", "POST", lead, json!({"opportunity": {"amount": "5000"}})).unwrap();
    assert_eq!(got["status"], "converted");
    let contact: kernel::RecordId = got["converted_contact"].as_str().unwrap().parse().unwrap();
    let account: kernel::RecordId = got["converted_account"].as_str().unwrap().parse().unwrap();
    assert_eq!(w.get(&ann, "contact", contact)["email"], "ada@engines.example");
    assert_eq!(w.get(&ann, "contact", contact)["account"], account.to_string());
    let deal = w.get(&ann, "opportunity", got["converted_opportunity"].as_str().unwrap().parse().unwrap());
    assert_eq!((deal["name"].as_str(), deal["source"].as_str()), (Some("Engines"), Some("web")));
    assert_eq!(w.find(&ann, "interaction", json!({}))[0]["contact"], contact.to_string());
    assert_eq!(w.verb(&ann, "lead", "conversion", "POST", lead, json!({})).unwrap_err().status(), 409);
    assert_eq!(w.update(&ann, "lead", lead, json!({"city": "X"})).unwrap_err().fields[0].code, "converted");
    w.clock.advance(1_000);
    let report = w.verb(&ann, "lead", "conversion", "DELETE", lead, json!({})).unwrap();
    assert_eq!(w.get(&ann, "lead", lead)["status"], "new", "{report}");
}
#[test]
fn what_a_lead_keeps_from_its_owner_is_not_carried_over() {
    let w = World::new();
    let (ann, bob) = (w.user("ann", "rep"), w.user("bob", "rep"));
    let hidden = w.create(&bob, "account", json!({"name": "Hidden"})).unwrap();
    let about = json!({"object": "account", "id": hidden.to_string()});
    let owner = w.find(&w.system(), "user", json!({"field": "name", "op": "eq", "value": "ann"}))[0]["id"].clone();
    let lead = w.create(&w.system(), "lead", json!({"last_name": "Byron", "company": "Engines", "owner": owner, "referred_by": about})).unwrap();
    assert_eq!(w.get(&ann, "lead", lead)["referred_by"], json!(null), "out of reach, and so empty");
    let got = w.verb(&ann, "lead", "conversion", "POST", lead, json!({"opportunity": {}})).unwrap();
    let deal = got["converted_opportunity"].as_str().unwrap().parse().unwrap();
    assert_eq!(w.get(&w.system(), "opportunity", deal)["referred_by"], json!(null));
}
