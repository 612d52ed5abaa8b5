//! Deals as they are now: totals of `records`, so that no row is read that may not be counted.

use super::{
    asked::Asked,
    list_value::{self, Unpriced},
    rows::{Item, groups, id, minor, text},
    sums::{Columns, Place, Sum},
};
use kernel::{Decimal, RecordId, Result};
use records::Tx;
use serde_json::{Value as Json, json};
use std::collections::HashMap;

/// Columns by owner and team of the deals; none for deals without, or whose owner the asker may not see.
#[derive(Default)]
pub(crate) struct Counted {
    pub(crate) by_owner: HashMap<Option<RecordId>, Columns>,
    pub(crate) by_team: HashMap<Option<RecordId>, Columns>,
    /// Open deals without an amount.
    pub(crate) unpriced: Unpriced,
}
impl Counted {
    pub(crate) fn count(&mut self, owner: Option<RecordId>, team: Option<RecordId>, place: Place, sum: &Sum, probability: Option<i64>) {
        self.by_owner.entry(owner).or_default().count(place, sum, probability);
        self.by_team.entry(team).or_default().count(place, sum, probability);
    }
}
fn field(name: &str, op: &str, value: impl Into<Json>) -> Json {
    json!({"field": name, "op": op, "value": value.into()})
}
pub(crate) fn empty(name: &str) -> Json {
    field(name, "is_empty", true)
}
fn not_empty(name: &str) -> Json {
    field(name, "is_empty", false)
}
/// Born before a day: work began before it, or, where that is not known, the record was made before it.
fn born_before(asked: &Asked, day: jiff::civil::Date) -> Result<Json> {
    let made = field("created_at", "lt", asked.instant(day)?);
    Ok(json!({"or": [field("started_on", "lt", day.to_string()), {"and": [empty("started_on"), made]}]}))
}
fn not(condition: Json) -> Json {
    json!({"not": condition})
}
/// The column of an open deal of the period by its forecast category.
pub(crate) fn place_of(category: Option<&str>) -> Place {
    match category {
        Some("commit") => Place::Commit,
        Some("best_case") => Place::BestCase,
        Some("omitted") => Place::Omitted,
        _ => Place::Pipeline,
    }
}
/// The columns alone: what is closed and open in the period.
///
/// # Errors
/// 403 for who reads no deals, 422 for who reads no amounts.
pub(crate) fn columns(tx: &mut Tx, asked: &Asked) -> Result<Counted> {
    let mut out = Counted::default();
    let (start, end, today) = (asked.period.start, asked.period.end, asked.today);
    let within = |from: jiff::civil::Date| vec![field("close_date", "gte", from.to_string()), field("close_date", "lte", end.to_string())];
    let won = |more: Json| [within(start), vec![field("outcome", "eq", "won"), more]].concat();
    let before = born_before(asked, start)?;
    amounts(tx, asked, &mut out, won(before.clone()), |_| Place::WonFromBefore)?;
    amounts(tx, asked, &mut out, won(not(before)), |_| Place::WonBornInside)?;
    amounts(tx, asked, &mut out, [within(start.max(today)), vec![empty("outcome")]].concat(), |key| place_of(text(key, "forecast_category")))?;
    Ok(out)
}
/// The columns and all that stands beside them.
pub(crate) fn counted(tx: &mut Tx, asked: &Asked) -> Result<Counted> {
    let mut out = columns(tx, asked)?;
    let (start, end) = (asked.period.start, asked.period.end);
    amounts(tx, asked, &mut out, vec![empty("outcome"), empty("close_date")], |_| Place::WithoutCloseDate)?;
    amounts(tx, asked, &mut out, vec![empty("outcome"), field("close_date", "lt", asked.today.to_string())], |_| Place::PastCloseDate)?;
    let lost = vec![field("close_date", "gte", start.to_string()), field("close_date", "lte", end.to_string()), field("outcome", "eq", "lost")];
    outcomes(tx, asked, &mut out, lost, |_| Some(Place::LostInPeriod))?;
    let cohort = vec![not(born_before(asked, start)?), born_before(asked, asked.after_end()?)?, not(field("outcome", "eq", "cancelled"))];
    outcomes(tx, asked, &mut out, cohort, |outcome| match outcome {
        Some("won") => Some(Place::CohortWon),
        Some("lost") => Some(Place::CohortLost),
        Some(_) => None,
        None => Some(Place::CohortOpen),
    })?;
    outcomes(tx, asked, &mut out, vec![not_empty("outcome"), not_empty("close_date")], |outcome| match outcome {
        Some("won") => Some(Place::WonSoFar),
        Some("lost") => Some(Place::LostSoFar),
        _ => None,
    })?;
    new_customers(tx, asked, &mut out)?;
    if let Some(product) = list_value::product_field(tx)? {
        out.unpriced = list_value::unpriced_now(tx, asked, &product)?;
    }
    Ok(out)
}
fn amounts(tx: &mut Tx, asked: &Asked, out: &mut Counted, conditions: Vec<Json>, place: impl Fn(&Item) -> Place) -> Result<()> {
    let measures = json!([{"fn": "count"}, {"fn": "sum", "field": "amount"}, {"fn": "count", "field": "amount"}]);
    for (key, values) in groups(tx, "opportunity", &asked.narrowed(conditions), &["owner", "team", "forecast_category", "probability"], &measures)? {
        let number = |i: usize| values.get(i).and_then(Json::as_i64).unwrap_or(0);
        let sum = values.get(1).cloned().unwrap_or_default();
        let sum = Sum {
            deals: number(0),
            minor: i128::from(minor(&sum, asked.home).unwrap_or(0)),
            without_amount: number(0) - number(2),
            unconverted: sum.get("unconverted").and_then(Json::as_i64).unwrap_or(0),
        };
        let probability = text(&key, "probability").and_then(|p| Decimal::parse(p, 4)).map(|p| p.units);
        out.count(id(&key, "owner"), id(&key, "team"), place(&key), &sum, probability);
    }
    Ok(())
}
fn outcomes(tx: &mut Tx, asked: &Asked, out: &mut Counted, conditions: Vec<Json>, place: impl Fn(Option<&str>) -> Option<Place>) -> Result<()> {
    for (key, values) in groups(tx, "opportunity", &asked.narrowed(conditions), &["owner", "team", "outcome"], &json!([{"fn": "count"}]))? {
        let deals = values.first().and_then(Json::as_i64).unwrap_or(0);
        if let Some(place) = place(text(&key, "outcome")) {
            out.count(id(&key, "owner"), id(&key, "team"), place, &Sum { deals, ..Sum::default() }, None);
        }
    }
    Ok(())
}
/// Accounts, or where there is none contacts, of deals of new business won in the period: each once an owner.
fn new_customers(tx: &mut Tx, asked: &Asked, out: &mut Counted) -> Result<()> {
    let won = || vec![field("close_date", "gte", asked.period.start.to_string()), field("close_date", "lte", asked.period.end.to_string()), field("outcome", "eq", "won"), field("type", "eq", "new")];
    for (who, more) in [("account", not_empty("account")), ("contact", empty("account"))] {
        let filter = asked.narrowed([won(), vec![more]].concat());
        for (key, values) in groups(tx, "opportunity", &filter, &["owner", "team"], &json!([{"fn": "count_distinct", "field": who}]))? {
            let deals = values.first().and_then(Json::as_i64).unwrap_or(0);
            out.count(id(&key, "owner"), id(&key, "team"), Place::NewCustomers, &Sum { deals, ..Sum::default() }, None);
        }
    }
    Ok(())
}
