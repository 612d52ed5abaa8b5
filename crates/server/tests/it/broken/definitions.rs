//! Definitions that make no sense, formulas that do not parse, and records that would stand in a circle.

use super::{case::Case, house::House};
use serde_json::{Value as Json, json};

fn formulas() -> Vec<Case> {
    let long = format!("1{}", " + 1".repeat(5_000));
    let deep = format!("{}1{}", "(".repeat(300), ")".repeat(300));
    let texts = [
        "",
        " ",
        "1 +",
        "(1",
        "1)",
        "weight /",
        "weight legs",
        "weight ** 2",
        "no_such_field",
        "cage.no_such_field",
        "name.size",
        "weight + name",
        "weight && legs",
        "!weight",
        "-name",
        "tame + 1",
        "\"open",
        "'open",
        "1 ? 2 : 3",
        "tame ? 1",
        "tame ? 1 : 'x'",
        "foo(1)",
        "size(weight, 1, 2)",
        "min()",
        "weight.foo()",
        "[1, 2",
        "[1, 2]",
        "{'a': 1}",
        "name[0]",
        "born + 1",
        "born - seen",
        "price + born",
        "weight = 1",
        "weight; legs",
        "/* x */",
        "# x",
        "\u{0}",
        "ctf\u{2028}",
        "1e999",
        "0x",
        "1..2",
        "weight == name",
        "name < 1",
        "cages",
        "place",
        "home.city",
        "about",
        "x.y.z.a.b.c.d.e.f",
        "per_leg2 + 1",
        "import('os')",
        "__proto__",
        "has(weight)",
        "[1].map(x, x)",
        "weight.all(x, true)",
        "duration('1h')",
        "timestamp('x')",
        "type(1)",
        "dyn(1)",
        "b'bytes'",
        "1u + name",
        "name.matches('(')",
        "name.matches('(a+)+$')",
    ];
    let field = |expression: &str| json!({"name": "broken", "label": "Broken", "type": {"formula": {"expression": expression, "result": {"decimal": {"scale": 2}}}}});
    let mut out: Vec<Case> = texts.iter().map(|t| (*t).to_owned()).chain([long, deep]).map(|text| Case::new("formulas", "POST", "/objects/zoo/fields").json(&field(&text)).status(422)).collect();
    for result in [json!("geo_point"), json!({"reference": {"to": "cage"}}), json!("nothing"), json!(7), json!({"decimal": {"scale": 99}})] {
        out.push(Case::new("formulas", "POST", "/objects/zoo/fields").json(&json!({"name": "broken", "label": "Broken", "type": {"formula": {"expression": "weight", "result": result}}})).status(422));
    }
    for kind in [json!({"formula": {}}), json!({"formula": {"expression": 7, "result": "text"}}), json!({"formula": {"expression": "weight"}})] {
        out.push(Case::new("formulas", "POST", "/objects/zoo/fields").json(&json!({"name": "broken", "label": "Broken", "type": kind})).status(422));
    }
    // itself, and each other
    out.push(Case::new("formulas", "POST", "/objects/zoo/fields").json(&field("broken + 1")).status(422));
    out.push(
        Case::new("formulas", "PATCH", "/objects/zoo/fields/per_leg").json(&json!({"type": {"formula": {"expression": "per_leg + 1", "result": {"decimal": {"scale": 2}}}}})).any_version().status(422),
    );
    let both = |a: &str, b: &str| {
        json!({"name": "ring", "plural": "rings", "label": "Ring", "fields": [
        {"name": "a", "label": "A", "type": {"formula": {"expression": a, "result": "integer"}}}, {"name": "b", "label": "B", "type": {"formula": {"expression": b, "result": "integer"}}}]})
    };
    out.push(Case::new("formulas", "POST", "/objects").json(&both("b + 1", "a + 1")).status(422));
    out
}

fn fields() -> Vec<Case> {
    let mut out = Vec::new();
    for name in ["", "Name", "1st", "with space", "a__b", "ä", "legs", "id", "owner", &"x".repeat(64), "a-b", "a\u{0}"] {
        out.push(Case::new("definitions", "POST", "/objects/zoo/fields").json(&json!({"name": name, "label": "X", "type": {"text": {}}})).names("name").status(422));
    }
    let option = |value: Json| json!({"choice": {"options": [{"value": value, "label": "A"}]}});
    for kind in [
        json!(null),
        json!(7),
        json!("no_such_type"),
        json!({}),
        json!({"text": 7}),
        json!({"text": {"max": -1}}),
        json!({"text": {"max": "many"}}),
        json!({"text": {"max": 0}}),
        json!({"text": {"max": 4_000_000_000u64}}),
        json!({"text": {"colour": 1}}),
        json!({"text": {}, "integer": {}}),
        json!({"choice": {}}),
        json!({"choice": {"options": []}}),
        json!({"choice": {"options": "a"}}),
        option(json!("")),
        option(json!(7)),
        option(json!("a\"b")),
        option(json!("x".repeat(200))),
        json!({"choice": {"options": [{"value": "a", "label": "A"}, {"value": "a", "label": "B"}]}}),
        json!({"decimal": {"scale": 99}}),
        json!({"decimal": {"scale": -1}}),
        json!({"reference": {}}),
        json!({"reference": {"to": "nothing"}}),
        json!({"reference": {"to": []}}),
        json!({"reference": {"to": 7}}),
        json!({"reference": {"to": "cage", "on_delete": "explode"}}),
        json!({"many_to_many": {"to": "nothing"}}),
        json!({"many_to_many": {}}),
        json!({"autonumber": {"pattern": "none"}}),
        json!({"autonumber": {}}),
        json!({"roll_up": {"related": "nothing", "fn": "count"}}),
        json!({"roll_up": {"related": "cage", "fn": "count"}}),
        json!({"roll_up": {"related": "zoo", "fn": "mode"}}),
        json!({"roll_up": {}}),
    ] {
        out.push(Case::new("definitions", "POST", "/objects/zoo/fields").json(&json!({"name": "broken", "label": "Broken", "type": kind})).status(422));
    }
    for (member, value) in [
        ("label", json!(7)),
        ("required", json!("yes")),
        ("sensitivity", json!("secret")),
        ("default", json!(7)),
        ("help", json!([])),
        ("no_such_member", json!(1)),
        ("required", json!(true)),
        ("label", json!("x".repeat(5_000))),
        ("label", json!("a\u{0}")),
    ] {
        let mut field = json!({"name": "broken", "label": "Broken", "type": {"text": {}}});
        field[member] = value;
        out.push(Case::new("definitions", "POST", "/objects/zoo/fields").json(&field).status(422));
    }
    for change in [
        json!({"type": {"text": {}}}),
        json!({"name": "code"}),
        json!({"id": "x"}),
        json!({"column": "x"}),
        json!({"label": 7}),
        json!({"no_such_member": 1}),
        json!({"required": true}),
        json!({"default": "seven"}),
        json!({"help": "a\u{0}"}),
    ] {
        out.push(Case::new("definitions", "PATCH", "/objects/zoo/fields/legs").json(&change).any_version().status(422));
    }
    out.push(Case::new("definitions", "PATCH", "/objects/zoo/fields/kind").json(&json!({"type": {"choice": {"options": [{"value": "cat", "label": "Cat"}]}}})).any_version().status(422));
    out.push(Case::new("definitions", "DELETE", "/objects/zoo/fields/name").status(422));
    out
}

fn objects() -> Vec<Case> {
    let mut out = Vec::new();
    for name in ["", "Boat", "1boat", "a boat", "zoo", "contact", "sys_boat", "auth_boat", "job", &"x".repeat(41), "a\u{0}", "sqlite_boat"] {
        out.push(Case::new("definitions", "POST", "/objects").json(&json!({"name": name, "plural": "boats", "label": "Boat", "fields": []})).names("name").status(422));
    }
    for (member, value) in [
        ("fields", json!(7)),
        ("fields", json!({"name": "x"})),
        ("fields", json!([7])),
        ("fields", json!([{"name": "a", "label": "A"}])),
        ("fields", json!([{"name": "a", "label": "A", "type": {"text": {}}}, {"name": "a", "label": "B", "type": {"text": {}}}])),
        ("fields", json!((0..501).map(|i| json!({"name": format!("f{i}"), "label": "F", "type": {"text": {}}})).collect::<Vec<_>>())),
        ("plural", json!(7)),
        ("plural", json!("zoos")),
        ("plural", json!("a b")),
        ("plural", json!("../x")),
        ("label", json!([])),
        ("label", json!("a\u{0}")),
        ("title", json!("no_such_field")),
        ("subtitle", json!(7)),
        ("sharing", json!("everybody")),
        ("sharing", json!("parent")),
        ("parents", json!(["no_such_field"])),
        ("search", json!(["no_such_field"])),
        ("search", json!("name")),
        ("indexes", json!([["no_such_field"]])),
        ("require_any", json!([["no_such_field"]])),
        ("timeline", json!(["no_such_field"])),
        ("icon", json!(7)),
        ("area", json!("sales")),
        ("no_such_member", json!(1)),
    ] {
        let mut object = json!({"name": "boat", "plural": "boats", "label": "Boat", "fields": [{"name": "name", "label": "Name", "type": {"text": {}}}]});
        object[member] = value;
        out.push(Case::new("definitions", "POST", "/objects").json(&object).status(422));
    }
    for change in [
        json!({"sharing": "everybody"}),
        json!({"plural": "cages"}),
        json!({"name": "park"}),
        json!({"title": "no_such_field"}),
        json!({"no_such_member": 1}),
        json!({"label": 7}),
        json!({"archived": "yes"}),
        json!({"fields": []}),
        json!({"parents": ["cage"], "sharing": "parent", "search": 7}),
    ] {
        out.push(Case::new("definitions", "PATCH", "/objects/zoo").json(&change).any_version().status(422));
    }
    for change in [json!({"plural": "people"}), json!({"archived": true}), json!({"title": "name"}), json!({"sharing": 7})] {
        out.push(Case::new("definitions", "PATCH", "/objects/contact").json(&change).any_version().status(422));
    }
    out
}

/// Each tree of records: a record above itself, two above each other, three in a ring.
fn circles(house: &House) -> Vec<Case> {
    let mut out = Vec::new();
    for (object, field, name) in [
        ("account", "parent", "name"),
        ("case", "parent", "subject"),
        ("campaign", "parent", "name"),
        ("territory", "parent", "name"),
        ("team", "parent", "name"),
        ("contact", "reports_to", "last_name"),
    ] {
        let top = house.id(object);
        let below = |title: &str, above: &str| {
            let mut body = json!({ name: title, field: above });
            if object == "case" {
                body["account"] = house.id("account").into();
            }
            house.post(object, &body)
        };
        let middle = below("Middle", top);
        let low = below("Low", &middle);
        for (record, above) in [(top, top), (top, middle.as_str()), (top, low.as_str()), (middle.as_str(), low.as_str()), (low.as_str(), low.as_str())] {
            out.push(Case::new("circles", "PATCH", format!("/records/{object}/{record}")).json(&json!({ field: above })).any_version().names(field).status(422));
        }
        out.push(Case::new("circles", "POST", format!("/records/{object}/bulk")).json(&json!({"mode": "update", "atomic": true, "items": [{"id": top, field: low}]})));
    }
    out
}

fn settings() -> Vec<Case> {
    [
        json!({"currency": "EURO"}),
        json!({"currency": 7}),
        json!({"time_zone": "Mars/Olympus"}),
        json!({"language": "klingon"}),
        json!({"fiscal_start": 13}),
        json!({"no_such_setting": 1}),
        json!({"name": 7}),
        json!({"areas_off": "sales"}),
        json!({"areas_off": ["nothing"]}),
    ]
    .iter()
    .map(|change| Case::new("settings", "PATCH", "/settings").json(change).any_version().status(422))
    .collect()
}

pub(super) fn cases(house: &House) -> Vec<Case> {
    [formulas(), fields(), objects(), circles(house), settings()].concat()
}
