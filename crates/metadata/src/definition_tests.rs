use crate::*;

const CONTACT: &str = r#"
name = "contact"
label = "Contact"
title = "last_name"
search = ["last_name"]
[[fields]]
name = "last_name"
type = { text = { max = 80 } }
sensitivity = "personal"
[[fields]]
name = "account"
type = { reference = { to = "account" } }
"#;
const ACCOUNT: &str = r#"
name = "account"
[[fields]]
name = "name"
type = { text = {} }
required = true
[[fields]]
name = "tier"
type = { choice = { options = [{ value = "a", label = "A" }] } }
"#;

fn registry() -> Registry {
    let defs = [CONTACT, ACCOUNT, "name = \"team\"", "name = \"user\""].map(|t| ObjectDef::from_toml(t).unwrap());
    Registry::build(1, defs.to_vec()).unwrap()
}
fn ctx(registry: &Registry) -> BindCtx<'_> {
    BindCtx { registry, me: None, now_ms: 1_795_000_000_000, zone: jiff::tz::TimeZone::UTC, currency: kernel::Currency::EUR, fiscal_start: 1 }
}

#[test]
fn definitions_round_trip_through_json() {
    let def = ObjectDef::from_toml(CONTACT).unwrap();
    let json = serde_json::to_value(&def).unwrap();
    assert_eq!(serde_json::from_value::<ObjectDef>(json).unwrap(), def);
}
#[test]
fn what_is_wrong_is_said_by_name() {
    let bad = ObjectDef::from_toml(&CONTACT.replace("to = \"account\"", "to = \"acount\"").replace("search = [\"last_name\"]", "search = [\"nme\"]")).unwrap();
    let problems = Registry::build(1, vec![bad]).unwrap_err();
    assert!(problems.iter().any(|p| p.contains("contact.account") && p.contains("acount")), "{problems:?}");
    assert!(problems.iter().any(|p| p.contains("\"nme\"")), "{problems:?}");
    assert!(ObjectDef::from_toml("name = \"x\"\nlable = \"y\"").unwrap_err().contains("lable"));
}
#[test]
fn references_are_known_from_both_sides() {
    let registry = registry();
    let account = registry.object("account").unwrap();
    assert!(account.referrers.iter().any(|r| &*r.object == "contact" && r.field.name() == "account"));
}
#[test]
fn conditions_bind_or_say_why_not() {
    let registry = registry();
    let contact = registry.object("contact").unwrap();
    for (json, code) in [
        (r#"{"field":"nope","op":"eq","value":1}"#, "unknown_field"),
        (r#"{"field":"account.nope","op":"eq","value":1}"#, "unknown_field"),
        (r#"{"field":"last_name.x","op":"eq","value":1}"#, "unknown_field"),
        (r#"{"field":"account","op":"contains","value":"x"}"#, "bad_operator"),
        (r#"{"field":"last_name","op":"eq","value":7}"#, "wrong_type"),
        (r#"{"field":"created_at","op":"within","value":{"last":1,"unit":"moon"}}"#, "bad_span"),
        (r#"{"related":"contact","where":{}}"#, "unknown_field"),
    ] {
        let error = bind(&ctx(&registry), contact, &serde_json::from_str(json).unwrap()).unwrap_err();
        assert_eq!(error.fields.first().map(|f| f.code), Some(code), "{json}");
        assert_eq!(error.status(), 422, "{json}");
    }
    let deep = (0..40).fold(String::from("{}"), |inner, _| format!("{{\"not\":{inner}}}"));
    assert_eq!(bind(&ctx(&registry), contact, &serde_json::from_str(&deep).unwrap()).unwrap_err().status(), 400);
    assert!(bind(&ctx(&registry), contact, &serde_json::json!({"and":[{"field":"account.tier","op":"in","value":["a"]},{"not":{"field":"last_name","op":"starts_with","value":"é"}}]})).is_ok());
}
