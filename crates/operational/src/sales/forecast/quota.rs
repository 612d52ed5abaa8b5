//! Quotas: who may set what, and what of them counts in a period.

use super::{
    asked::Asked,
    period::{Kind, Period, days_between},
    rows::{Item, id, minor, rows, text},
};
use jiff::civil::Date;
use kernel::{Decimal, RecordId, Result};
use metadata::Value;
use records::{Draft, Find, Tx};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

/// A quota names the first day of its period, and what its measure counts.
pub(crate) fn before(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    let period = first_day(tx, draft)?;
    home_currency(tx, draft);
    let measured = if draft.after.text("measure") == "new_customers" { "new_customers" } else { "amount" };
    if draft.get(measured).is_null() {
        draft.refuse(measured, "required", "Say how much the quota is.");
    }
    if draft.after.text("holder") == "team" && draft.get("team").is_null() {
        draft.refuse("team", "required", "Name the team whose quota it is.");
    }
    if draft.after.text("holder") != "team" && draft.get("owner").is_null() {
        draft.refuse("owner", "required", "Name the person whose quota it is.");
    }
    if let Value::Decimal(ramp) = draft.get("ramp")
        && !(0..=1_000_000).contains(&ramp.units)
    {
        draft.refuse("ramp", "out_of_range", "A ramp lies between 0 and 100 percent.");
    }
    if let (Value::Date(day), Some(period)) = (draft.get("starts_on"), period)
        && !(period.start..=period.end).contains(day)
    {
        draft.refuse("starts_on", "out_of_range", format!("This day lies outside the period, which goes from {} to {}.", period.start, period.end));
    }
    Ok(())
}
/// The period that a draft names by its first day.
pub(crate) fn first_day(tx: &Tx, draft: &mut Draft) -> Result<Option<Period>> {
    let (Value::Date(day), Some(kind)) = (draft.get("period_start").clone(), Kind::parse(draft.after.text("period_kind"))) else { return Ok(None) };
    let period = Period::of(day, kind, tx.settings().fiscal_start)?;
    if period.start != day {
        draft.refuse("period_start", "not_first_day", format!("The fiscal {} with this day begins on {}. Give that day.", kind.word(), period.start));
        return Ok(None);
    }
    Ok(Some(period))
}
/// What is compared with the sums of a forecast is in their currency.
pub(crate) fn home_currency(tx: &Tx, draft: &mut Draft) {
    let home = tx.settings().currency();
    if let Value::Money { money, .. } = draft.get("amount")
        && money.currency != home
    {
        draft.refuse("amount", "wrong_currency", format!("Give it in {home}, the currency of the workspace, in which forecasts are counted."));
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) minor: Option<i128>,
    pub(crate) new_customers: Option<i64>,
}
impl Target {
    pub(crate) fn add(&mut self, other: Target) {
        let (minor, customers) = (self.minor.unwrap_or(0) + other.minor.unwrap_or(0), self.new_customers.unwrap_or(0) + other.new_customers.unwrap_or(0));
        self.minor = self.minor.or(other.minor).map(|_| minor);
        self.new_customers = self.new_customers.or(other.new_customers).map(|_| customers);
    }
}
#[derive(Default)]
pub(crate) struct Quotas {
    pub(crate) of_person: HashMap<RecordId, Target>,
    pub(crate) of_team: HashMap<RecordId, Target>,
}

/// What the asker may read of the quotas of a period: those of its kind, else those of the months or quarters within it. A
/// year's is never cut into parts.
pub(crate) fn quotas(tx: &mut Tx, asked: &Asked) -> Result<Quotas> {
    if !tx.reads_any("quota")? {
        return Ok(Quotas::default());
    }
    let filter = json!({"and": [
        {"field": "period_start", "op": "gte", "value": asked.period.start.to_string()},
        {"field": "period_start", "op": "lte", "value": asked.period.end.to_string()},
    ]});
    let find = Find { object: "quota".into(), ..Find::default() };
    let found = rows(tx, &find, &filter, &["holder", "owner", "team", "period_kind", "period_start", "measure", "amount", "new_customers", "ramp", "starts_on"])?;
    let mut best: HashMap<(bool, RecordId, bool), (Kind, Target)> = HashMap::new();
    for row in &found {
        let team = text(row, "holder") == Some("team");
        let Some(holder) = id(row, if team { "team" } else { "owner" }) else { continue };
        let Some(kind) = text(row, "period_kind").and_then(Kind::parse).filter(|kind| rank(*kind) <= rank(asked.period.kind)) else { continue };
        let Some(target) = counted(row, kind, tx.settings().fiscal_start, asked)? else { continue };
        let slot = best.entry((team, holder, target.minor.is_some())).or_insert((kind, Target::default()));
        if rank(kind) > rank(slot.0) {
            *slot = (kind, Target::default());
        }
        if kind == slot.0 {
            slot.1.add(target);
        }
    }
    let mut out = Quotas::default();
    for ((team, holder, _), (_, target)) in best {
        let holders = if team { &mut out.of_team } else { &mut out.of_person };
        holders.entry(holder).or_default().add(target);
    }
    Ok(out)
}
fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Month => 0,
        Kind::Quarter => 1,
        Kind::Year => 2,
    }
}
/// What counts of one quota: its ramp, and its days from its start on, rounded once.
fn counted(row: &Item, kind: Kind, fiscal_start: i8, asked: &Asked) -> Result<Option<Target>> {
    let day = |field: &str| text(row, field).and_then(|text| text.parse::<Date>().ok());
    let Some(start) = day("period_start") else { return Ok(None) };
    let period = Period::of(start, kind, fiscal_start)?;
    let from = day("starts_on").map_or(start, |day| day.clamp(start, period.end));
    let left = days_between(from, period.end) + 1;
    let ramp = text(row, "ramp").and_then(|ramp| Decimal::parse(ramp, 4)).map_or(1_000_000, |ramp| ramp.units);
    let part = |whole: i64| {
        let divisor = 1_000_000 * i128::from(period.days());
        (i128::from(whole) * i128::from(ramp) * i128::from(left) + divisor / 2) / divisor
    };
    Ok(match text(row, "measure") {
        Some("new_customers") => row.get("new_customers").and_then(Json::as_i64).map(|n| Target { new_customers: i64::try_from(part(n)).ok(), minor: None }),
        _ => row.get("amount").and_then(|amount| minor(amount, asked.home)).map(|minor| Target { minor: Some(part(minor)), new_customers: None }),
    })
}
