//! Wrong values by field type, and requests that carry them to every way a field is written.

use super::{case::Case, house::House};
use serde_json::{Value as Json, json};

/// Values that no field of the type takes.
pub(super) fn wrong(kind: &Json) -> Vec<Json> {
    let (name, parameters) = match kind {
        Json::Object(map) => map.iter().next().map(|(name, parameters)| (name.as_str(), parameters.clone())).unwrap(),
        other => (other.as_str().unwrap_or_default(), Json::Null),
    };
    let any = [json!([]), json!({}), json!(true), json!(1.5)];
    let mut out: Vec<Json> = match name {
        "text" => {
            let max = parameters["max"].as_u64().unwrap_or(1_000);
            vec![json!("x".repeat(usize::try_from(max).unwrap() + 1)), json!("a\u{0}b"), json!("\u{1b}[31m")]
        }
        "long_text" | "rich_text" => vec![json!("a\u{0}b"), json!("x".repeat(1_000_001))],
        "email" => vec![json!("no address"), json!("a@b@c.de"), json!(format!("{}@example.org", "x".repeat(400)))],
        "phone" => vec![json!("x"), json!("1".repeat(200))],
        "url" => vec![json!("two words"), json!("https://"), json!(format!("https://example.org/{}", "x".repeat(2_100)))],
        "choice" => vec![json!("no such option"), json!(3)],
        "integer" | "duration" => vec![json!("7"), json!(9_223_372_036_854_775_808u64), json!(1e40)],
        "decimal" | "percent" => vec![json!("1,5"), json!("0x10"), json!("1.123456789"), json!("9".repeat(60)), json!("NaN")],
        "money" => vec![
            json!("12.345678"),
            json!("9".repeat(40)),
            json!({"amount": "1", "currency": "EURO"}),
            json!({"amount": "1", "colour": 2}),
            json!({"currency": "EUR"}),
            json!({"amount": [], "currency": "EUR"}),
        ],
        "boolean" => vec![json!("true"), json!(0)],
        "date" => vec![json!("2026-02-30"), json!("21.11.2026"), json!("0000-00-00"), json!(20_261_121)],
        "date_time" => vec![json!("yesterday"), json!("2026-11-21T25:00:00Z"), json!(1_795_000_000)],
        "multi_choice" => vec![json!("x"), json!(["no such option"]), json!([1]), json!({"x": true})],
        "reference" if parameters["to"].is_string() && parameters["to"] != "*" => {
            vec![
                json!("no id"),
                json!("0190f0c2-0000-7000-8000-000000000000"),
                json!({"by": "no_such_field", "value": "x"}),
                json!({"by": 7, "value": "x"}),
                json!(["0190f0c2-0000-7000-8000-000000000000"]),
            ]
        }
        "reference" => vec![
            json!("no id"),
            json!({"object": "nothing", "id": "0190f0c2-0000-7000-8000-000000000000"}),
            json!({"object": "contact", "id": "x"}),
            json!({"id": "0190f0c2-0000-7000-8000-000000000000"}),
        ],
        "user" | "file" => vec![json!("no id"), json!("0190f0c2-0000-7000-8000-000000000000"), json!(7)],
        "many_to_many" => vec![json!("no list"), json!(["no id"]), json!([7]), json!(["0190f0c2-0000-7000-8000-000000000000"]), json!(vec!["0190f0c2-0000-7000-8000-000000000000"; 1_001])],
        "geo_point" => vec![json!({"lat": 91, "lon": 0}), json!({"lat": "1", "lon": "2"}), json!({"lat": 1}), json!({"lat": 1, "lon": 2, "height": 3}), json!("1,2")],
        "address" => vec![json!("Street 1"), json!({"planet": "Mars"}), json!({"city": 7}), json!({"city": "x".repeat(1_001)}), json!({"city": "a\u{0}"})],
        "person_name" => vec![json!("Ada"), json!({"nick": "A"}), json!({"last_name": ["A"]})],
        _ => vec![],
    };
    // a shape that is right for the type is left out
    let takes = |json: &Json| match name {
        "boolean" => json.is_boolean(),
        "decimal" | "percent" => json.is_number(),
        "money" => json.is_number() || json.is_object(),
        "multi_choice" | "many_to_many" => json.is_array(),
        "address" | "person_name" => json.is_object(),
        _ => false,
    };
    out.extend(any.into_iter().filter(|json| !takes(json)));
    out
}

/// Every writable field of every object with every wrong value of its type, by create, update, upsert and bulk in turn.
pub(super) fn cases(house: &House) -> Vec<Case> {
    let mut out = Vec::new();
    for object in &house.objects {
        let name = object["name"].as_str().unwrap();
        let probe = house.client.post(&format!("/api/v1/records/{name}"), &json!({"no_such_field": 1}));
        if probe.status != 422 {
            // what nobody may write refuses before it reads
            out.push(Case::new("values", "POST", format!("/records/{name}")).json(&json!({"no_such_field": 1})));
            continue;
        }
        for field in object["fields"].as_array().unwrap().iter().filter(|f| f["read_only"] != true && f["computed"].is_null() && f["archived"] != true) {
            let field_name = field["name"].as_str().unwrap();
            for value in wrong(&field["type"]) {
                out.push(way(house, name, field_name, &value, out.len()));
            }
        }
        let computed = object["fields"].as_array().unwrap().iter().find(|f| f["computed"].is_string());
        out.extend(computed.map(|f| way(house, name, f["name"].as_str().unwrap(), &json!(1), out.len())));
        out.push(way(house, name, "no_such_field", &json!(1), out.len()));
        out.push(way(house, name, "Name; DROP TABLE contact", &json!("x"), out.len()));
    }
    out
}

fn way(house: &House, object: &str, field: &str, value: &Json, turn: usize) -> Case {
    let mut body = json!({ field: value });
    let case = match (turn % 4, house.ids.get(object)) {
        (0, Some(id)) => Case::new("values", "PATCH", format!("/records/{object}/{id}")).json(&body).any_version(),
        (1, _) if field != "external_id" => Case::new("values", "PUT", format!("/records/{object}/by/external_id/broken-{turn}")).json(&body),
        (2, _) => {
            body = json!({"mode": "create", "atomic": true, "items": [{ field: value }]});
            Case::new("values", "POST", format!("/records/{object}/bulk")).json(&body)
        }
        _ => Case::new("values", "POST", format!("/records/{object}")).json(&body),
    };
    if turn % 4 == 2 { case } else { case.names(field).status(422) }
}
