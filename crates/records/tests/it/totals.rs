//! Totals against the same totals computed from the rows in memory: every function, type and bucket, zones with summer
//! time, amounts without a rate.

use crate::{
    world::World,
    zoo::{Dice, Zoo},
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kernel::{Currency, Decimal, Money, RecordId};
use metadata::{Field, FieldType, Storage, Value, bind_path, eval, within};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

crate::both!(measures_and_groups_agree, pages_of_groups, sums_too_large_are_said);

const FUNCTIONS: [&str; 7] = ["count", "sum", "avg", "min", "max", "median", "count_distinct"];
const BUCKETS: [&str; 8] = ["day", "week", "month", "quarter", "year", "fiscal_month", "fiscal_quarter", "fiscal_year"];

fn numeric(field: &Field) -> bool {
    matches!(field.kind().value_type(), FieldType::Integer {} | FieldType::Duration {} | FieldType::Decimal { .. } | FieldType::Percent {} | FieldType::Money {})
}
fn dated(field: &Field) -> bool {
    matches!(field.kind().value_type(), FieldType::Date {} | FieldType::DateTime {})
}
fn takes(field: &Field, function: &str) -> bool {
    match function {
        "count" | "count_distinct" => !field.is_live() && !matches!(field.kind(), FieldType::ManyToMany { .. }),
        "min" | "max" => numeric(field) || dated(field),
        _ => numeric(field),
    }
}
/// Half away from zero.
fn rounded(sum: i128, n: i128) -> Option<i64> {
    let half = if sum < 0 { -(n / 2) } else { n / 2 };
    i64::try_from((sum + half) / n).ok()
}
/// The number that is measured: minor units of the workspace, units of the scale, milliseconds.
fn units(value: &Value) -> Option<i128> {
    match value {
        Value::Int(n) | Value::DateTime(n) => Some((*n).into()),
        Value::Decimal(d) => Some(d.units.into()),
        Value::Money { workspace, .. } => workspace.map(Into::into),
        _ => None,
    }
}
fn written(field: &Field, units: i64) -> Json {
    match field.kind().value_type() {
        FieldType::Money {} => json!(Money { minor: units, currency: Currency::EUR }.amount()),
        FieldType::Decimal { .. } | FieldType::Percent {} => json!(Decimal { units, scale: field.kind().scale() }.to_string()),
        FieldType::DateTime {} => Value::DateTime(units).to_json(),
        _ => json!(units),
    }
}
fn mean(field: &Field, sum: i128, n: i128) -> Json {
    match field.kind().value_type() {
        FieldType::Money {} => written(field, rounded(sum, n).unwrap()),
        FieldType::Decimal { .. } | FieldType::Percent {} => {
            let more = 9u8.saturating_sub(field.kind().scale()).min(4);
            // As many more digits as fit into 64 bits.
            let exact = |more: u8| rounded(sum * 10i128.pow(more.into()), n).map(|units| Decimal { units, scale: field.kind().scale() + more });
            json!((0..=more).rev().find_map(exact).unwrap().to_string())
        }
        #[expect(clippy::cast_precision_loss, reason = "as the door does it")]
        _ => json!(sum as f64 / n as f64),
    }
}
fn measure(field: Option<&Field>, function: &str, rows: &[Value]) -> Json {
    let Some(field) = field else { return json!(rows.len()) };
    let set: Vec<&Value> = rows.iter().filter(|v| !v.is_null()).collect();
    let mut numbers: Vec<i128> = set.iter().filter_map(|v| units(v)).collect();
    numbers.sort_unstable();
    let at = |i: usize| i64::try_from(numbers[i]).unwrap();
    let value = match function {
        "count" => return json!(set.len()),
        "count_distinct" if field.storage == Storage::Money => return json!(numbers.iter().collect::<BTreeSet<_>>().len()),
        "count_distinct" => return json!(set.iter().map(|v| v.to_json().to_string()).collect::<BTreeSet<_>>().len()),
        "min" | "max" if matches!(field.kind().value_type(), FieldType::Date {}) => {
            let days = set.iter().map(|v| v.to_json().as_str().unwrap().to_owned());
            json!(if function == "min" { days.min() } else { days.max() })
        }
        _ if numbers.is_empty() => Json::Null,
        "min" => written(field, at(0)),
        "max" => written(field, at(numbers.len() - 1)),
        "sum" => written(field, i64::try_from(numbers.iter().sum::<i128>()).unwrap()),
        "avg" => mean(field, numbers.iter().sum(), numbers.len().try_into().unwrap()),
        "median" => match numbers.len() {
            n if n % 2 == 1 => written(field, at(n / 2)),
            n => mean(field, numbers[n / 2 - 1] + numbers[n / 2], 2),
        },
        _ => unreachable!(),
    };
    if field.storage != Storage::Money {
        return value;
    }
    json!({"amount": value, "currency": "EUR", "rate": "dated", "unconverted": set.len() - numbers.len()})
}
fn bucket_of(value: &Value, bucket: &str, zone: &TimeZone, fiscal: i8) -> Json {
    let day: Date = match value {
        Value::Date(date) => *date,
        Value::DateTime(ms) => zone.to_datetime(Timestamp::from_millisecond(*ms).unwrap()).date(),
        _ => return Json::Null,
    };
    let unit = if bucket == "fiscal_month" { "month" } else { bucket };
    within::start_of(day, unit, fiscal).map_or(Json::Null, |d| json!(d.to_string()))
}
fn key_of(field: &Field, value: &Value) -> Json {
    match value {
        Value::Money { workspace: None, .. } => Json::Null,
        Value::Money { workspace: Some(minor), .. } => json!({"amount": written(field, *minor), "currency": "EUR"}),
        Value::AnyRef(any) => json!(any.id.to_string()),
        other => other.to_json(),
    }
}
fn asked(w: &World, body: &Json) -> Json {
    let body = body.clone();
    w.workspace.read_blocking(&w.system(), move |tx| tx.aggregate("animal", &body)).unwrap()
}
fn measures_and_groups_agree(w: &World) {
    let fiscal = 4;
    let root = w.ctx(w.user("root", "admin", None));
    w.workspace.write_blocking(&root, move |tx| tx.change_settings(&crate::world::map(json!({"fiscal_start": fiscal})))).unwrap();
    let zoo = Zoo::build(w, 60, 21);
    let object = zoo.registry.object("animal").unwrap().clone();
    let mut groups: Vec<(String, Option<&str>)> = object.live_fields().filter(|f| f.sortable()).map(|f| (f.name().to_owned(), None)).collect();
    groups.extend(["cage.name", "mother.kind", "cage.best.born"].map(|p| (p.to_owned(), None)));
    groups.extend(["born", "seen", "created_at", "mother.seen"].iter().flat_map(|f| BUCKETS.map(|b| ((*f).to_owned(), Some(b)))));
    // The integers of the zoo hold the smallest there is; sums of them are tried apart.
    let measured: Vec<(&str, String)> = object
        .live_fields()
        .flat_map(|f| FUNCTIONS.map(|function| (f, function)))
        .filter(|(f, function)| takes(f, function) && !(f.name() == "legs" && matches!(*function, "sum" | "avg" | "median")))
        .map(|(f, function)| (function, f.name().to_owned()))
        .chain([("count", String::new()), ("sum", "cage.cost".to_owned()), ("median", "mother.price".to_owned())])
        .collect();
    let mut dice = Dice(1);
    for (i, (path_text, bucket)) in groups.iter().enumerate() {
        let zone_name = ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia"][i % 4];
        let zone = TimeZone::get(zone_name).unwrap();
        let some: Vec<&(&str, String)> = (0..18).map(|_| dice.pick(&measured)).collect();
        let measures: Vec<Json> = some.iter().map(|(function, field)| if field.is_empty() { json!({"fn": "count"}) } else { json!({"fn": function, "field": field}) }).collect();
        let body = json!({"group_by": [{"field": path_text, "bucket": bucket}], "measures": measures, "time_zone": zone_name, "limit": 5000});
        let path = bind_path(&zoo.registry, &object, path_text).unwrap();
        let mut rows: BTreeMap<String, Vec<RecordId>> = BTreeMap::new();
        for id in zoo.live("animal") {
            let value = eval::read(&path, &zoo.row(id).unwrap());
            let key = bucket.map_or_else(|| key_of(&path.field, &value), |b| bucket_of(&value, b, &zone, fiscal));
            rows.entry(key.to_string()).or_default().push(id);
        }
        let answer = asked(w, &body);
        let items = answer["items"].as_array().unwrap();
        let got: BTreeSet<String> = items.iter().map(|item| item["key"][path_text].to_string()).collect();
        assert_eq!(got, rows.keys().cloned().collect(), "groups by {path_text} {bucket:?} in {zone_name}");
        for item in items {
            let ids = &rows[&item["key"][path_text].to_string()];
            for (n, (function, name)) in some.iter().enumerate() {
                let path = (!name.is_empty()).then(|| bind_path(&zoo.registry, &object, name).unwrap());
                let values: Vec<Value> = ids.iter().map(|id| path.as_ref().map_or(Value::Null, |p| eval::read(p, &zoo.row(*id).unwrap()))).collect();
                let expected = measure(path.as_ref().map(|p| p.field.as_ref()), function, &values);
                assert_eq!(item["values"][n], expected, "{function} of {name} by {path_text} {bucket:?} = {} in {zone_name}", item["key"]);
            }
        }
    }
    let body = json!({"group_by": ["kind", {"field": "seen", "bucket": "year"}], "measures": [{"fn": "count"}], "filter": {"field": "tame", "op": "eq", "value": true}, "time_zone": "UTC"});
    let total: i64 = asked(w, &body)["items"].as_array().unwrap().iter().map(|i| i["values"][0].as_i64().unwrap()).sum();
    let tame = zoo.live("animal").iter().filter(|id| zoo.rows[id].values["tame"] == Value::Bool(true)).count();
    assert_eq!(total, i64::try_from(tame).unwrap());
    let nothing = json!({"and": [{"field": "tame", "op": "eq", "value": true}, {"field": "tame", "op": "eq", "value": false}]});
    assert_eq!(asked(w, &json!({"measures": [{"fn": "count"}], "filter": nothing}))["items"], json!([{"key": {}, "values": [0]}]));
}
fn pages_of_groups(w: &World) {
    let zoo = Zoo::build(w, 60, 22);
    let object = zoo.registry.object("animal").unwrap().clone();
    for sort in [json!(["-count"]), json!(["name"]), json!(["-sum(weight)", "name"]), json!(["-name"])] {
        let base = json!({"group_by": ["name"], "measures": [{"fn": "count"}, {"fn": "sum", "field": "weight"}], "sort": sort});
        let whole = asked(w, &base)["items"].as_array().unwrap().clone();
        let (mut paged, mut cursor) = (Vec::new(), Json::Null);
        loop {
            let mut body = base.clone();
            body["limit"] = json!(3);
            body["cursor"] = cursor;
            let page = asked(w, &body);
            paged.extend(page["items"].as_array().unwrap().clone());
            cursor = page["next_cursor"].clone();
            if cursor.is_null() {
                break;
            }
        }
        assert_eq!(paged, whole, "{sort}");
        let field = object.field("name").unwrap();
        if sort[0] == "name" || sort[0] == "-name" {
            let down = sort[0] == "-name";
            let texts: Vec<Value> = whole.iter().map(|i| i["key"]["name"].as_str().map_or(Value::Null, |t| Value::Text(t.into()))).collect();
            assert!(texts.windows(2).all(|p| eval::sort_order(field, &p[0], &p[1], down).is_le()), "{sort}: {texts:?}");
        }
        if sort[0] == "-count" {
            let counts: Vec<i64> = whole.iter().map(|i| i["values"][0].as_i64().unwrap()).collect();
            assert!(counts.windows(2).all(|p| p[0] >= p[1]), "{counts:?}");
        }
    }
}
fn sums_too_large_are_said(w: &World) {
    for _ in 0..2 {
        w.create(&w.system(), "animal", json!({"legs": i64::MIN})).unwrap();
    }
    for function in ["sum", "avg"] {
        let body = json!({"measures": [{"fn": function, "field": "legs"}]});
        let error = w.workspace.read_blocking(&w.system(), move |tx| tx.aggregate("animal", &body)).unwrap_err();
        assert_eq!((error.status(), error.fields[0].code), (422, "too_large"), "{function}");
    }
    let body = json!({"measures": [{"fn": "median", "field": "legs"}, {"fn": "min", "field": "legs"}]});
    #[expect(clippy::cast_precision_loss, reason = "the door writes it so")]
    let expected = json!([i64::MIN as f64, i64::MIN]);
    assert_eq!(asked(w, &body)["items"][0]["values"], expected);
}
