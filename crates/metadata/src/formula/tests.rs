use super::Env;
use crate::{FieldType, ObjectDef, Registry, Value};
use jiff::tz::TimeZone;
use kernel::Currency;
use serde_json::json;

const OTHER: &str = r#"
name = "other"
fields = [
  { name = "name", type = "text" },
  { name = "double", type = { formula = { expression = "size(name) * 2", result = "integer" } } },
  { name = "late", type = { formula = { expression = "today()", result = "date" } } },
]
"#;
fn registry(formulas: &[(&str, &str, &str)]) -> Result<Registry, Vec<String>> {
    let mut text = String::from(
        r#"
name = "thing"
[[fields]]
name = "label"
type = "text"
[[fields]]
name = "n"
type = "integer"
[[fields]]
name = "d"
type = { decimal = { scale = 6 } }
[[fields]]
name = "price"
type = "money"
[[fields]]
name = "fee"
type = "money"
[[fields]]
name = "day"
type = "date"
[[fields]]
name = "at"
type = "date_time"
[[fields]]
name = "yes"
type = "boolean"
[[fields]]
name = "tags"
type = { multi_choice = { options = [{ value = "x", label = "X" }, { value = "y", label = "Y" }] } }
[[fields]]
name = "home"
type = "address"
[[fields]]
name = "place"
type = "geo_point"
[[fields]]
name = "secret"
type = "text"
sensitivity = "special"
[[fields]]
name = "other"
type = { reference = { to = "other" } }
"#,
    );
    for (name, expression, result) in formulas {
        text.push_str(&format!("[[fields]]\nname = \"{name}\"\ntype = {{ formula = {{ expression = {}, result = \"{result}\" }} }}\n", json!(expression)));
    }
    let defs = [text.as_str(), OTHER, "name = \"team\"", "name = \"user\""].map(|t| ObjectDef::from_toml(t).unwrap());
    Registry::build(1, defs.to_vec())
}
fn env() -> Env {
    Env { now_ms: 1_795_000_000_000, zone: TimeZone::get("Europe/Berlin").unwrap(), me: None, currency: Currency::EUR }
}
/// The result for a record, as JSON.
fn value(expression: &str, result: &str, record: &serde_json::Value) -> serde_json::Value {
    let registry = registry(&[("f", expression, result)]).unwrap_or_else(|p| panic!("{expression}: {p:?}"));
    let thing = registry.object("thing").unwrap();
    let ctx = crate::ParseCtx { currency: Currency::EUR, lenient: false };
    let input = |path: &str| match path.split_once('.') {
        Some(_) => Value::Text("behind".into()),
        None => thing.field(path).unwrap().kind().parse(&record[path], ctx).unwrap(),
    };
    thing.field("f").unwrap().formula.as_ref().unwrap().evaluate(&env(), &input).to_json()
}

#[test]
fn numbers_are_exact_and_rounded_once() {
    let record = json!({"n": 7, "d": "0.1", "price": "19.99", "fee": {"amount": "1000", "currency": "JPY"}});
    for (expression, result, expected) in [
        ("0.1 + 0.2 == 0.3", "boolean", json!(true)),
        ("d + 0.2", "decimal", json!("0.3")),
        ("price * 1.19", "money", json!({"amount": "23.79", "currency": "EUR"})),
        ("1.19 * price + 100", "money", json!({"amount": "123.79", "currency": "EUR"})),
        ("price / 3 * 3", "money", json!({"amount": "19.99", "currency": "EUR"})),
        ("fee * 2", "money", json!({"amount": "2000", "currency": "JPY"})),
        ("price + fee", "money", json!(null)),
        ("price > 19", "boolean", json!(true)),
        ("price / price", "decimal", json!("1")),
        ("number(price) * 2", "decimal", json!("39.98")),
        ("n / 2", "integer", json!(4)),
        ("-n / 2", "integer", json!(-4)),
        ("n / 2", "decimal", json!("3.5")),
        ("n % 4", "integer", json!(3)),
        ("round(10 / 3, 2)", "decimal", json!("3.33")),
        ("n / 0", "decimal", json!(null)),
        ("n * 9223372036854775807 * 9223372036854775807", "integer", json!(null)),
        ("n > 5 ? n : 0", "integer", json!(7)),
        ("money(n, 'USD')", "money", json!({"amount": "7.00", "currency": "USD"})),
        ("min(n, 3, d)", "decimal", json!("0.1")),
        ("n", "money", json!({"amount": "7.00", "currency": "EUR"})),
        ("string(d) + ' kg'", "text", json!("0.1 kg")),
    ] {
        assert_eq!(value(expression, result, &record), expected, "{expression}");
    }
}
#[test]
fn empty_gives_empty() {
    let record = json!({"yes": true});
    for (expression, result, expected) in [
        ("n + 1", "integer", json!(null)),
        ("n == null", "boolean", json!(true)),
        ("n > 1", "boolean", json!(null)),
        ("n > 1 && !yes", "boolean", json!(false)),
        ("n > 1 || yes", "boolean", json!(true)),
        ("n > 1 ? 1 : 2", "integer", json!(null)),
        ("coalesce(n, 5)", "integer", json!(5)),
        ("is_empty(label) ? 'none' : label", "text", json!("none")),
        ("has(home.city)", "boolean", json!(false)),
        ("max(n, 2)", "integer", json!(2)),
        ("tags.exists(t, t == 'x')", "boolean", json!(null)),
    ] {
        assert_eq!(value(expression, result, &record), expected, "{expression}");
    }
}
#[test]
fn dates_texts_lists_and_parts() {
    let record = json!({"day": "2026-02-28", "at": "2026-11-21T23:30:00Z", "label": "Größe", "tags": ["x", "y"], "home": {"city": "Wien"}, "place": {"lat": 48.2, "lon": 16.4}});
    for (expression, result, expected) in [
        ("days_between(day, at)", "integer", json!(267)),
        ("date(at)", "date", json!("2026-11-22")),
        ("add_months(day, 1)", "date", json!("2026-03-28")),
        ("add_days(day, 1)", "date", json!("2026-03-01")),
        ("year(day) * 100 + month(day)", "integer", json!(202602)),
        ("day < date('2027-01-01')", "boolean", json!(true)),
        ("weekday(day)", "integer", json!(6)),
        ("today", "date", json!("2026-11-18")),
        ("days_between(day, today())", "integer", json!(263)),
        ("label.contains('GROSS')", "boolean", json!(true)),
        ("size(label) + size(tags)", "integer", json!(7)),
        ("upper(label.substring(0, 2))", "text", json!("GR")),
        ("'x' in tags && tags.all(t, t < 'z')", "boolean", json!(true)),
        ("size(tags.filter(t, t != 'x'))", "integer", json!(1)),
        ("tags.map(t, t + '!')[1]", "text", json!("y!")),
        ("tags.exists_one(t, t == 'y')", "boolean", json!(true)),
        ("home.city", "text", json!("Wien")),
        ("place.lat > 48", "boolean", json!(true)),
        ("other.name", "text", json!("behind")),
    ] {
        assert_eq!(value(expression, result, &record), expected, "{expression}");
    }
}
#[test]
fn what_is_wrong_is_said_with_its_place() {
    let long = format!("'{}'", "x".repeat(2_000));
    let deep = format!("{}n{}", "(".repeat(500), ")".repeat(500));
    let sums = format!("n{}", " + n".repeat(400));
    for (expression, result, part) in [
        ("n +* 2", "integer", "character 4"),
        ("", "integer", "character 1"),
        ("n + nope", "integer", "character 5: thing has no field \"nope\""),
        ("other.nope", "text", "has no field \"nope\""),
        ("other.late", "date", "computed when it is read"),
        ("n + label", "integer", "character 3: text is joined"),
        ("label", "integer", "it gives text, which is no integer"),
        ("day - at", "integer", "days_between"),
        ("if(yes, 1, 2)", "integer", "condition ? value : other"),
        ("frob(n)", "integer", "there is no function \"frob\""),
        ("n", "address", "cannot give address"),
        ("yes ? 1 : 'a'", "text", "one type"),
        ("n && yes", "boolean", "&& and ||"),
        ("f + 1", "integer", "in a circle"),
        ("{'a': 1}", "text", "maps"),
        ("label.x", "text", "text has no part \"x\""),
        (&long, "text", "2000 characters at most"),
        (&deep, "integer", "character"),
        (&sums, "integer", "nested too deep"),
    ] {
        let problems = registry(&[("f", expression, result)]).err().unwrap_or_default();
        assert!(problems.iter().any(|p| p.contains(part) && p.starts_with("thing.f")), "{expression}: {problems:?}");
    }
    let circle = registry(&[("a", "b + 1", "integer"), ("b", "a + 1", "integer")]).unwrap_err();
    assert!(circle.iter().any(|p| p.contains("circle")), "{circle:?}");
}
#[test]
fn stored_or_live_and_how_personal() {
    let registry = registry(&[
        ("own", "n * 2", "integer"),
        ("upon", "own + 1", "integer"),
        ("old", "days_between(day, today())", "integer"),
        ("upon_old", "old + n", "integer"),
        ("far", "other.double + 1", "integer"),
        ("told", "size(secret)", "integer"),
    ])
    .unwrap();
    let thing = registry.object("thing").unwrap();
    let live: Vec<_> = thing.live_fields().filter(|f| f.formula.is_some()).map(|f| (f.name().to_owned(), f.is_live())).collect();
    assert_eq!(live, [("own", false), ("upon", false), ("old", true), ("upon_old", true), ("far", true), ("told", false)].map(|(n, l)| (n.to_owned(), l)));
    assert_eq!(thing.field("upon_old").unwrap().formula.as_ref().unwrap().inputs, ["day", "n"]);
    assert_eq!(thing.field("told").unwrap().def.sensitivity, crate::Sensitivity::Special);
    assert!(matches!(thing.field("own").unwrap().kind().value_type(), FieldType::Integer {}));
}
/// Work that would run on is cut off; a chain that doubles is computed once; depth does not overflow a small stack.
#[test]
fn evaluation_is_bounded() {
    assert_eq!(value(&format!("{}yes", "!".repeat(1_500)), "boolean", &json!({"yes": true})), json!(true));
    let many =
        "tags.map(a, tags.map(b, tags.map(c, tags.map(d, tags.map(e, tags.map(g, tags.map(h, tags.map(i, tags.map(j, tags.map(k, tags.map(l, tags.map(m, tags.map(o, 'x')))))))))))))[0] == null";
    assert_eq!(value(many, "boolean", &json!({"tags": ["x", "y"]})), json!(null));
    // Each stands on the one before, named many times over; defined last first, so that checking nests as well.
    let names: Vec<String> = (0..10).map(|i| format!("g{i}")).collect();
    let texts: Vec<String> = (0..10).map(|i| if i == 0 { "n".into() } else { vec![format!("g{}", i - 1); 18].join(" + ") }).collect();
    let formulas: Vec<(&str, &str, &str)> = names.iter().zip(&texts).map(|(n, t)| (n.as_str(), t.as_str(), "integer")).rev().collect();
    let made = registry(&formulas).unwrap();
    let last = made.object("thing").unwrap().field("g9").unwrap().formula.clone().unwrap();
    assert_eq!(last.evaluate(&env(), &|_| Value::Int(1)).to_json(), json!(18i64.pow(9)));
    let deeper: Vec<String> = texts.iter().map(|t| format!("{t} + {}", vec!["0"; 30].join(" + "))).collect();
    for reversed in [true, false] {
        let mut formulas: Vec<(&str, &str, &str)> = names.iter().zip(&deeper).map(|(n, t)| (n.as_str(), t.as_str(), "integer")).collect();
        if reversed {
            formulas.reverse();
        }
        assert!(registry(&formulas).unwrap_err().iter().any(|p| p.contains("too deep")));
    }
}
