//! Groups and measures (`CONTRACT.md` 3). Sums are exact; averages and medians are rounded once.

use super::roll_up::number_json;
use crate::{OrDb, cursor, tx::Tx};
use access::Authorized;
use kernel::{Decimal, Error, Result};
use metadata::{Aggregate, Archived, Bucket, Cond, Field, FieldType, Measure, MeasureFn, Storage, bind, bind_path, query::GroupBy};
use serde_json::{Map, Value as Json, json};
use std::{cmp::Ordering, collections::HashMap};
use store::{Cell, Row, compile};

/// Groups beyond this are a list, not a total.
const MAX_GROUPS: usize = 200_000;
type Group = (Vec<Json>, Vec<Json>);

impl Tx<'_> {
    /// # Errors
    /// 400 for a body that is not a question, 422 naming a field that is unknown, unreadable or cannot be measured so.
    pub fn aggregate(&mut self, object: &str, body: &Json) -> Result<Json> {
        let object = self.readable_object(object)?;
        self.saw_figures(&object.name);
        let map = body.as_object().ok_or_else(|| Error::malformed("bad_body", "An object with \"group_by\" and \"measures\" is expected."))?;
        if let Some(odd) = map.keys().find(|k| !matches!(k.as_str(), "filter" | "group_by" | "measures" | "sort" | "limit" | "time_zone" | "archived" | "cursor")) {
            return Err(Error::parameter(odd, "unknown_parameter", format!("There is no \"{odd}\" here.")));
        }
        let list = |name: &str| -> Result<Vec<Json>> {
            match map.get(name) {
                None | Some(Json::Null) => Ok(vec![]),
                Some(Json::Array(items)) if items.len() <= 20 => Ok(items.clone()),
                Some(_) => Err(Error::parameter(name, "bad_body", format!("\"{name}\" is a list of 20 at most."))),
            }
        };
        let mut group_by = Vec::new();
        let only = |name: &str, item: &Json, known: &[&str]| match item.as_object().and_then(|map| map.keys().find(|k| !known.contains(&k.as_str()))) {
            Some(odd) => Err(Error::parameter(name, "bad_body", format!("\"{odd}\" does not belong into \"{name}\"; there are {}.", known.join(" and ")))),
            None => Ok(()),
        };
        for item in list("group_by")? {
            only("group_by", &item, &["field", "bucket"])?;
            let text = item.as_str().or_else(|| item.get("field").and_then(Json::as_str)).ok_or_else(|| Error::parameter("group_by", "bad_body", "A group has a \"field\"."))?;
            let path = bind_path(self.registry(), &object, text)?;
            let bucket = match item.get("bucket") {
                None | Some(Json::Null) => None,
                Some(word) => Some(
                    word.as_str()
                        .and_then(|w| w.parse::<Bucket>().ok())
                        .ok_or_else(|| Error::field(text, "bad_bucket", "A bucket is day, week, month, quarter, year, fiscal_month, fiscal_quarter or fiscal_year."))?,
                ),
            };
            metadata::must_be_stored(&path)?;
            if bucket.is_some() && !matches!(path.field.kind().value_type(), FieldType::Date {} | FieldType::DateTime {}) {
                return Err(Error::field(text, "bad_bucket", "Only dates are cut into buckets."));
            }
            if !path.field.sortable() {
                return Err(Error::field(text, "not_groupable", format!("\"{text}\" cannot be grouped by.")));
            }
            group_by.push(GroupBy { path, bucket });
        }
        let (mut measures, wanted) = (Vec::new(), list("measures")?);
        if wanted.is_empty() && group_by.is_empty() {
            // Without a group and a measure the rows themselves would be the answer.
            return Err(Error::parameter("measures", "bad_body", "Ask for a measure, such as {\"fn\": \"count\"}."));
        }
        for item in wanted {
            only("measures", &item, &["fn", "field"])?;
            let word = item.get("fn").and_then(Json::as_str).unwrap_or("");
            let function = word.parse::<MeasureFn>().map_err(|()| Error::field("measures", "bad_function", format!("\"{word}\" is not count, sum, avg, min, max, median or count_distinct.")))?;
            let path = match item.get("field").filter(|field| !field.is_null()).map(|field| field.as_str().unwrap_or_default()) {
                None if function == MeasureFn::Count => None,
                None => return Err(Error::field("measures", "missing_field", format!("\"{word}\" needs a \"field\"."))),
                Some(text) => Some(bind_path(self.registry(), &object, text)?),
            };
            if let Some(path) = &path {
                metadata::must_be_stored(path)?;
            }
            if let Some(path) = &path
                && !measurable(&path.field, function)
            {
                return Err(Error::field(&path.text(), "not_measurable", format!("\"{word}\" cannot be taken of \"{}\".", path.text())));
            }
            measures.push(Measure { function, path });
        }
        let filter = match map.get("filter") {
            None | Some(Json::Null) => Cond::TRUE,
            Some(json) => bind(&self.bind_ctx(), &object, json)?,
        };
        let archived = match map.get("archived").filter(|word| !word.is_null()).map(|word| word.as_str().unwrap_or_default()) {
            None | Some("exclude") => Archived::Exclude,
            Some("include") => Archived::Include,
            Some("only") => Archived::Only,
            Some(_) => return Err(Error::parameter("archived", "bad_parameter", "archived is include or only.")),
        };
        let time_zone = match map.get("time_zone") {
            None | Some(Json::Null) => self.ctx().time_zone.clone().unwrap_or_else(|| self.settings().time_zone.clone()),
            Some(zone) => zone
                .as_str()
                .filter(|z| jiff::tz::TimeZone::get(z).is_ok())
                .map(str::to_owned)
                .ok_or_else(|| Error::parameter("time_zone", "bad_time_zone", "time_zone is an IANA name, such as Europe/Berlin."))?,
        };
        let limit = match map.get("limit") {
            None | Some(Json::Null) => 500,
            Some(n) => n.as_u64().filter(|n| (1..=5_000).contains(n)).ok_or_else(|| Error::parameter("limit", "bad_limit", "limit is between 1 and 5,000."))?,
        };
        let names: Vec<String> = group_by.iter().map(|g| g.path.text()).collect();
        let order = order(map.get("sort"), &names, &list("measures")?)?;
        // A total about few is a total about somebody: counted beside the measures, and left out.
        let bound = self.rights().min_group(&object);
        if bound.is_some() {
            measures.push(Measure { function: MeasureFn::Count, path: None });
        }
        let plan = Aggregate { object: object.clone(), filter, group_by, measures, archived, time_zone, fiscal_start: self.settings().fiscal_start, limit: 0 };
        let plan = self.rights().authorize_aggregate(plan)?;
        let mut groups = self.run_aggregate(&plan)?;
        if let Some(bound) = bound {
            leave_out_small(&mut groups, i64::from(bound), names.is_empty());
        }
        sort_groups(&mut groups, &order);
        self.answer(&object.name, map, &names, groups, usize::try_from(limit).unwrap_or(500))
    }
    fn answer(&self, object: &str, map: &Map<String, Json>, names: &[String], groups: Vec<Group>, limit: usize) -> Result<Json> {
        let mut without_cursor = map.clone();
        without_cursor.shift_remove("cursor");
        let question = format!("aggregate {object} {}", Json::Object(without_cursor));
        let start = match map.get("cursor").and_then(Json::as_str) {
            None => 0,
            Some(text) => cursor::open(&self.inner().master_key, &question, self.me(), text)?.as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0),
        };
        let next = (groups.len() > start + limit).then(|| cursor::seal(&self.inner().master_key, &question, self.me(), &json!(start + limit)));
        let items: Vec<Json> = groups
            .into_iter()
            .skip(start)
            .take(limit)
            .map(|(key, values)| {
                let key: Map<String, Json> = names.iter().cloned().zip(key).collect();
                json!({"key": key, "values": values})
            })
            .collect();
        Ok(json!({"items": items, "next_cursor": next}))
    }

    /// Runs a plan: keys and values in the order of the plan, groups in no order.
    pub(crate) fn run_aggregate(&mut self, plan: &Authorized<Aggregate>) -> Result<Vec<Group>> {
        let home = self.settings().currency();
        let sql = compile::aggregate(self.db(), plan);
        let p = plan.get();
        let keys = p.group_by.len();
        let mut out: Vec<Group> = Vec::new();
        let mut at: HashMap<String, usize> = HashMap::new();
        let mut too_many = false;
        self.db()
            .query(&sql.groups, &mut |row| {
                if out.len() >= MAX_GROUPS {
                    too_many = true;
                    return Ok(());
                }
                let key: Vec<Json> = p.group_by.iter().enumerate().map(|(i, g)| key_json(g, row, i, home)).collect();
                let mut cell = keys;
                let mut values = Vec::with_capacity(p.measures.len());
                for (measure, width) in p.measures.iter().zip(&sql.widths) {
                    values.push(measure_json(measure, row, cell, *width, home));
                    cell += width;
                }
                at.insert(raw_key(row, keys), out.len());
                out.push((key, values));
                Ok(())
            })
            .or_db()?;
        if too_many {
            return Err(Error::parameter("group_by", "too_many_groups", format!("More than {MAX_GROUPS} groups. Narrow the filter or group more coarsely.")));
        }
        for (measure, q) in &sql.medians {
            let mut series: HashMap<String, Vec<i64>> = HashMap::new();
            self.db()
                .query(q, &mut |row| {
                    if let Some(n) = row.cell(keys).as_int() {
                        series.entry(raw_key(row, keys)).or_default().push(n);
                    }
                    Ok(())
                })
                .or_db()?;
            for (key, values) in series {
                let (Some(i), Some(field)) = (at.get(&key), p.measures.get(*measure).and_then(|m| m.path.as_ref()).map(|path| &path.field)) else { continue };
                if let Some(slot) = out.get_mut(*i).and_then(|(_, v)| v.get_mut(*measure)) {
                    *slot = with_money_facts(field, median_json(field, &values, home), slot);
                }
            }
        }
        Ok(out)
    }
}

pub(crate) fn measurable(field: &Field, function: MeasureFn) -> bool {
    let kind = field.kind().value_type();
    let number = matches!(kind, FieldType::Integer {} | FieldType::Duration {} | FieldType::Decimal { .. } | FieldType::Percent {} | FieldType::Money {});
    match function {
        MeasureFn::Count | MeasureFn::CountDistinct => field.storage != Storage::None && !matches!(kind, FieldType::ManyToMany { .. }),
        MeasureFn::Sum | MeasureFn::Avg | MeasureFn::Median => number,
        MeasureFn::Min | MeasureFn::Max => number || matches!(kind, FieldType::Date {} | FieldType::DateTime {}),
    }
}
/// Takes the row count off each group, and the groups below the bound away; a single total keeps its place, empty.
fn leave_out_small(groups: &mut Vec<Group>, bound: i64, single: bool) {
    groups.retain_mut(|(_, values)| {
        let enough = values.pop().and_then(|n| n.as_i64()).unwrap_or(0) >= bound;
        if !enough {
            values.iter_mut().for_each(|value| *value = Json::Null);
        }
        enough || single
    });
}
fn raw_key(row: &dyn Row, keys: usize) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    for i in 0..keys {
        let written = match row.cell(i) {
            Cell::Null => write!(out, "n;"),
            Cell::Int(n) => write!(out, "i{n};"),
            Cell::Real(n) => write!(out, "r{n};"),
            Cell::Text(text) => write!(out, "t{}:{text};", text.len()),
            Cell::Blob(_) => write!(out, "b;"),
        };
        debug_assert!(written.is_ok(), "writing to memory does not fail");
    }
    out
}
fn key_json(group: &GroupBy, row: &dyn Row, at: usize, home: kernel::Currency) -> Json {
    match row.cell(at) {
        Cell::Text(text) if matches!(group.path.field.kind().value_type(), FieldType::MultiChoice { .. }) => serde_json::from_str(text).unwrap_or(Json::Null),
        Cell::Text(text) => json!(text),
        Cell::Int(n) => number_json(group.path.field.kind(), n, home),
        _ => Json::Null,
    }
}
fn measure_json(measure: &Measure, row: &dyn Row, at: usize, width: usize, home: kernel::Currency) -> Json {
    let Some(path) = &measure.path else { return json!(row.cell(at).as_int().unwrap_or(0)) };
    let field = &path.field;
    let kind = field.kind();
    let value = match (measure.function, row.cell(at)) {
        (MeasureFn::Count | MeasureFn::CountDistinct, cell) => return json!(cell.as_int().unwrap_or(0)),
        (_, Cell::Null) => Json::Null,
        (MeasureFn::Median, _) => Json::Null,
        (MeasureFn::Avg, Cell::Int(sum)) => match row.cell(at + 1).as_int() {
            Some(n) if n > 0 => mean_json(kind, sum, n, home),
            _ => Json::Null,
        },
        (_, Cell::Int(n)) => number_json(kind, n, home),
        (_, Cell::Text(text)) => json!(text),
        _ => Json::Null,
    };
    if field.storage != Storage::Money {
        return value;
    }
    let unconverted = row.cell(at + width - 1).as_int().unwrap_or(0);
    money_facts(value, unconverted, home)
}
/// Sums of money always say their currency, which rates they stand on, and how many rows had none.
fn money_facts(value: Json, unconverted: i64, home: kernel::Currency) -> Json {
    let amount = value.get("amount").cloned().unwrap_or(Json::Null);
    json!({"amount": amount, "currency": home.as_str(), "rate": "dated", "unconverted": unconverted})
}
fn with_money_facts(field: &Field, value: Json, slot: &Json) -> Json {
    match (field.storage, slot) {
        (Storage::Money, Json::Object(facts)) => {
            let mut facts = facts.clone();
            facts.insert("amount".into(), value.get("amount").cloned().unwrap_or(Json::Null));
            Json::Object(facts)
        }
        _ => value,
    }
}
/// A mean, rounded once: amounts to their minor unit, decimals to six digits more than a field keeps is not said.
fn mean_json(kind: &FieldType, sum: i64, n: i64, home: kernel::Currency) -> Json {
    match kind.value_type() {
        FieldType::Money {} => Decimal::mul_div(sum, 1, n).map_or(Json::Null, |units| number_json(kind, units, home)),
        FieldType::Decimal { .. } | FieldType::Percent {} => {
            let more = 9u8.saturating_sub(kind.scale()).min(4);
            // Large means keep as many digits more as fit.
            let exact = |more: u8| Decimal::mul_div(sum, 10i64.pow(u32::from(more)), n).map(|units| Decimal { units, scale: kind.scale() + more });
            (0..=more).rev().find_map(exact).map_or(Json::Null, |mean| json!(mean.to_string()))
        }
        #[expect(clippy::cast_precision_loss, reason = "a mean of whole numbers is a fraction; 15 digits are enough")]
        _ => json!(sum as f64 / n as f64),
    }
}
/// The middle of an ordered series; of an even number, the mean of the two middle ones.
fn median_json(field: &Field, ordered: &[i64], home: kernel::Currency) -> Json {
    let n = ordered.len();
    match (n % 2, ordered.get(n / 2), n.checked_sub(1).and_then(|m| ordered.get(m / 2))) {
        (1, Some(middle), _) => number_json(field.kind(), *middle, home),
        (0, Some(high), Some(low)) => match low.checked_add(*high) {
            Some(sum) => mean_json(field.kind(), sum, 2, home),
            // Two that do not add up in 64 bits: half of each, which loses half a unit at most.
            None => mean_json(field.kind(), low / 2 + high / 2, 1, home),
        },
        _ => Json::Null,
    }
}

/// `(what, index, descending)`: keys first, then measures.
fn order(sort: Option<&Json>, names: &[String], measures: &[Json]) -> Result<Vec<(bool, usize, bool)>> {
    let texts: Vec<String> = match sort {
        None | Some(Json::Null) => vec![],
        Some(Json::String(text)) => text.split(',').map(str::to_owned).collect(),
        Some(Json::Array(items)) => items.iter().filter_map(|i| i.as_str().map(str::to_owned)).collect(),
        Some(_) => return Err(Error::parameter("sort", "bad_sort", "sort is a list of keys or measures.")),
    };
    texts
        .iter()
        .map(|text| {
            let (name, descending) = text.strip_prefix('-').map_or((text.as_str(), false), |n| (n, true));
            if let Some(i) = names.iter().position(|n| n == name) {
                return Ok((true, i, descending));
            }
            let is = |m: &Json| {
                let (function, field) = (m.get("fn").and_then(Json::as_str).unwrap_or(""), m.get("field").and_then(Json::as_str).unwrap_or(""));
                name == function || name == format!("{function}({field})") || name == format!("{function}_{field}") || name == format!("{function}:{field}") || name == format!("{function}.{field}")
            };
            let by_number = name.strip_prefix("values.").and_then(|n| n.parse::<usize>().ok()).filter(|i| *i < measures.len());
            measures
                .iter()
                .position(is)
                .or(by_number)
                .map(|i| (false, i, descending))
                .ok_or_else(|| Error::field("sort", "unknown_field", format!("\"{name}\" is neither a group nor a measure; write a group's field, or a measure like sum(amount).")))
        })
        .collect()
}
/// By what was asked, then by all keys, so that pages are stable.
fn sort_groups(groups: &mut [Group], order: &[(bool, usize, bool)]) {
    groups.sort_by(|a, b| {
        for (key, i, descending) in order {
            let (x, y) = if *key { (a.0.get(*i), b.0.get(*i)) } else { (a.1.get(*i), b.1.get(*i)) };
            let by = compare(x, y, *descending);
            if by.is_ne() {
                return by;
            }
        }
        a.0.iter().zip(&b.0).map(|(x, y)| compare(Some(x), Some(y), false)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
    });
}
/// Empty last whichever way; text folded, amounts by amount.
fn compare(a: Option<&Json>, b: Option<&Json>, descending: bool) -> Ordering {
    let number = |j: &Json| j.as_f64().or_else(|| j.get("amount").unwrap_or(j).as_str().and_then(|s| s.parse().ok()));
    let empty = |j: Option<&Json>| j.is_none_or(|j| j.is_null() || j.get("amount").is_some_and(Json::is_null));
    let order = match (empty(a), empty(b)) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        _ => match (a, b) {
            (Some(Json::String(a)), Some(Json::String(b))) if a.parse::<f64>().is_err() || b.parse::<f64>().is_err() => kernel::fold(a).cmp(&kernel::fold(b)),
            (Some(a), Some(b)) => number(a).partial_cmp(&number(b)).unwrap_or(Ordering::Equal),
            _ => Ordering::Equal,
        },
    };
    if descending { order.reverse() } else { order }
}
