//! Questions that cannot be asked: parameters, conditions, sorts, groups.

use super::{case::Case, house::House, values::wrong};
use serde_json::{Value as Json, json};

fn encoded(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// A condition by all four ways.
fn asked(condition: &Json, turn: usize) -> Case {
    match turn % 4 {
        0 => Case::new("conditions", "GET", format!("/records/zoo?filter={}", encoded(&condition.to_string()))),
        1 => Case::new("conditions", "POST", "/records/zoo/aggregate").json(&json!({"filter": condition, "group_by": [], "measures": [{"fn": "count"}]})),
        2 => Case::new("conditions", "POST", "/exports").json(&json!({"object": "zoo", "filter": condition, "format": "csv"})),
        _ => Case::new("conditions", "POST", "/records/zoo/query").json(&json!({ "filter": condition })),
    }
}

fn conditions(house: &House) -> Vec<Case> {
    let mut out = Vec::new();
    let zoo = house.objects.iter().find(|o| o["name"] == "zoo").unwrap();
    for field in zoo["fields"].as_array().unwrap() {
        let (name, kind) = (field["name"].as_str().unwrap(), field["type"].as_object().and_then(|t| t.keys().next().cloned()).unwrap_or_default());
        // text compares with any text, and an option that was there once may be asked for
        if matches!(kind.as_str(), "choice" | "multi_choice" | "text" | "long_text" | "rich_text" | "email" | "phone" | "url" | "autonumber" | "formula") {
            // no options at all is a list of options too
            let value = if kind == "multi_choice" { json!(7) } else { json!([]) };
            out.push(asked(&json!({"field": name, "op": "eq", "value": value}), out.len()).names(name));
        } else {
            let value = wrong(&field["type"]).into_iter().next().unwrap();
            out.push(asked(&json!({"field": name, "op": "in", "value": [value]}), out.len()).names(name));
        }
        out.push(asked(&json!({"field": name, "op": "like", "value": "x"}), out.len()).names(name));
        out.push(asked(&json!({"field": name, "op": "between", "value": ["a"]}), out.len()).names(name));
        out.push(asked(&json!({"field": name, "op": "in", "value": "x"}), out.len()).names(name));
        out.push(asked(&json!({"field": name, "op": "is_empty", "value": "maybe"}), out.len()).names(name));
        out.push(asked(&json!({"field": name, "op": "within", "value": {"last": "many", "unit": "moon"}}), out.len()).names(name));
        out.push(asked(&json!({"field": format!("{name}.no_such_field"), "op": "eq", "value": "x"}), out.len()).names(format!("{name}.no_such_field")));
        if kind != "boolean" && kind != "many_to_many" {
            out.push(asked(&json!({"field": name, "op": "eq", "value": true}), out.len()).names(name));
        }
    }
    let mut deep = json!({"field": "legs", "op": "eq", "value": 1});
    for _ in 0..20 {
        deep = json!({ "not": deep });
    }
    let one = json!({"field": "legs", "op": "eq", "value": 1});
    let shapes = [
        json!(5),
        json!("legs = 5"),
        json!([]),
        json!([one]),
        json!({"and": 5}),
        json!({"or": {"field": "legs"}}),
        json!({"not": []}),
        json!({"and": [one], "or": [one]}),
        json!({"and": [one, 7]}),
        json!({"and": vec![one.clone(); 501]}),
        json!({"field": 5, "op": "eq", "value": 1}),
        json!({"field": "legs", "op": 5, "value": 1}),
        json!({"field": "legs", "op": "eq"}),
        json!({"field": "legs", "value": 1}),
        json!({"field": "legs", "op": "eq", "value": 1, "colour": "red"}),
        json!({"field": "legs", "op": "in", "value": (0..6_000).collect::<Vec<_>>()}),
        json!({"field": "no_such_field", "op": "eq", "value": 1}),
        json!({"field": "cage.cage.cage", "op": "eq", "value": 1}),
        json!({"field": "", "op": "eq", "value": 1}),
        json!({"field": "legs\u{0}", "op": "eq", "value": 1}),
        json!({"field": "name", "op": "contains", "value": "a\u{0}"}),
        json!({"field": "per_leg", "op": "contains", "value": "x"}),
        json!({"related": "nothing"}),
        json!({"related": 7}),
        json!({"related": "contact", "via": "account"}),
        json!({"related": "interaction", "where": 7}),
        json!({"related": "task", "count": {"op": "gte", "value": -1}}),
        json!({"related": "task", "count": 5}),
        json!({"everything": true}),
        deep,
    ];
    for shape in &shapes {
        for turn in 0..4 {
            out.push(asked(shape, turn));
        }
    }
    out
}

fn parameters(house: &House) -> Vec<Case> {
    let (zoo, mut out) = (house.id("zoo"), Vec::new());
    let routes = [
        "/records/zoo".to_owned(),
        format!("/records/zoo/{zoo}"),
        format!("/records/zoo/{zoo}/timeline"),
        format!("/records/zoo/{zoo}/history"),
        format!("/records/zoo/{zoo}/access"),
        format!("/records/zoo/{zoo}/files"),
        "/search?q=x".to_owned(),
        "/objects".to_owned(),
        "/me/rights".to_owned(),
    ];
    for route in &routes {
        let with = |text: &str| format!("{route}{}{text}", if route.contains('?') { '&' } else { '?' });
        for text in [
            "colour=red",
            "limit=0",
            "limit=501",
            "limit=-1",
            "limit=1e3",
            "limit=1&limit=1",
            "cursor=garbage%21",
            "cursor=AAAA",
            "%ff=1",
            "x=%zz",
            "limit=%00",
            "fields=no_such_field",
            "as_of=yesterday",
            "include=no_such_field",
        ] {
            let name = text.split('=').next().unwrap();
            let case = Case::new("parameters", "GET", with(text));
            // a field is named itself where the route has such a parameter at all
            out.push(if name.starts_with('%') || text == "x=%zz" || text.ends_with("no_such_field") { case } else { case.names(name) });
        }
        out.push(Case::new("parameters", "GET", with(&format!("{}=1", "x".repeat(9_000)))).status(414));
    }
    for text in [
        "count=maybe",
        "archived=7",
        "sort=no_such_field",
        "sort=-",
        "sort=name,,legs",
        "sort=cages",
        "sort=per_leg.x",
        "fields=name,",
        "fields=a%00b",
        "as_of=2026-13-01",
        "as_of=9999999-01-01",
        "filter=%7B",
        "filter=%5B%5D",
        "include=legs",
        "include=cage.cage",
        "cursor=eyJhIjoxfQ",
    ] {
        let (name, value) = text.split_once('=').unwrap();
        let named = match value {
            "no_such_field" | "cages" | "per_leg.x" | "legs" | "cage.cage" => value,
            "a%00b" => "a\u{0}b",
            "-" => "field",
            _ => name,
        };
        out.push(Case::new("parameters", "GET", format!("/records/zoo?{text}")).names(named));
    }
    for (member, values) in [
        ("sort", vec![json!("name"), json!([1]), json!([""]), json!(["no_such_field"]), json!({"name": "asc"})]),
        ("fields", vec![json!("name"), json!([7]), json!(["no_such_field"])]),
        ("include", vec![json!("cage"), json!(["legs"]), json!([[]])]),
        ("limit", vec![json!(0), json!(501), json!("5"), json!(1.5), json!(-1)]),
        ("cursor", vec![json!(5), json!("garbage"), json!("a\u{0}")]),
        ("count", vec![json!("maybe"), json!(true)]),
        ("archived", vec![json!("maybe"), json!(true)]),
        ("as_of", vec![json!("yesterday"), json!(5)]),
        ("colour", vec![json!("red")]),
    ] {
        for value in values {
            let named = value[0].as_str().filter(|field| matches!(*field, "no_such_field" | "legs")).unwrap_or(member).to_owned();
            out.push(Case::new("parameters", "POST", "/records/zoo/query").json(&json!({ member: value })).names(named));
        }
    }
    out.extend(["/search", "/search?q=", "/search?q=%00", "/search?q=x&objects=nothing,", "/search?objects=contact"].map(|path| Case::new("parameters", "GET", path)));
    out.push(Case::new("parameters", "GET", format!("/search?q={}", "x".repeat(3_000))).names("q"));
    out
}

fn totals() -> Vec<Case> {
    let count = json!([{"fn": "count"}]);
    [
        ("measures", json!({"group_by": []})),
        ("measures", json!({"group_by": [], "measures": []})),
        ("measures", json!({"group_by": [], "measures": 7})),
        ("measures", json!({"group_by": [], "measures": [7]})),
        ("measures", json!({"group_by": [], "measures": [{"fn": "mode"}]})),
        ("measures", json!({"group_by": [], "measures": [{"fn": "sum"}]})),
        ("no_such_field", json!({"group_by": [], "measures": [{"fn": "sum", "field": "no_such_field"}]})),
        ("name", json!({"group_by": [], "measures": [{"fn": "sum", "field": "name"}]})),
        ("place", json!({"group_by": [], "measures": [{"fn": "max", "field": "place"}]})),
        ("measures", json!({"group_by": [], "measures": [{"fn": "count", "colour": "red"}]})),
        ("group_by", json!({"group_by": "kind", "measures": count})),
        ("group_by", json!({"group_by": [7], "measures": count})),
        ("no_such_field", json!({"group_by": [{"field": "no_such_field"}], "measures": count})),
        ("kind", json!({"group_by": [{"field": "kind", "bucket": "month"}], "measures": count})),
        ("born", json!({"group_by": [{"field": "born", "bucket": "moon"}], "measures": count})),
        ("place", json!({"group_by": [{"field": "place"}], "measures": count})),
        ("sort", json!({"group_by": [], "measures": count, "sort": 7})),
        ("sort", json!({"group_by": [], "measures": count, "sort": ["no_such_thing"]})),
        ("limit", json!({"group_by": [], "measures": count, "limit": 0})),
        ("limit", json!({"group_by": [], "measures": count, "limit": "many"})),
        ("time_zone", json!({"group_by": [{"field": "seen", "bucket": "day"}], "measures": count, "time_zone": "Mars/Olympus"})),
        ("time_zone", json!({"group_by": [], "measures": count, "time_zone": 7})),
        ("colour", json!({"group_by": [], "measures": count, "colour": "red"})),
        ("measures", json!({"group_by": [], "measures": vec![json!({"fn": "count"}); 500]})),
        ("group_by", json!({"group_by": vec![json!({"field": "kind"}); 100], "measures": count})),
    ]
    .into_iter()
    .map(|(field, body)| Case::new("totals", "POST", "/records/zoo/aggregate").json(&body).names(field))
    .collect()
}

pub(super) fn cases(house: &House) -> Vec<Case> {
    [conditions(house), parameters(house), totals()].concat()
}
