//! Customers by when they first bought, and how many of them buy again later.

use crate::{
    Refusal,
    round::figure,
    transactions::{Columns, Transactions, days_between},
};
use jiff::{ToSpan as _, civil::Date};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// Length of a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    Day,
    Week,
    #[default]
    Month,
}
impl Unit {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Unit::Day => "day",
            Unit::Week => "week",
            Unit::Month => "month",
        }
    }
    /// The first day of the period; weeks from Monday.
    fn start(self, day: Date) -> Date {
        match self {
            Unit::Day => day,
            Unit::Week => day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day),
            Unit::Month => day.first_of_month(),
        }
    }
    fn between(self, from: Date, to: Date) -> usize {
        let n = match self {
            Unit::Day => days_between(from, to),
            Unit::Week => days_between(from, to) / 7,
            Unit::Month => i64::from(to.year() - from.year()) * 12 + i64::from(to.month() - from.month()),
        };
        usize::try_from(n).unwrap_or(0)
    }
    fn name(self, start: Date) -> String {
        if self == Unit::Month { start.strftime("%Y-%m").to_string() } else { start.to_string() }
    }
}
#[derive(Default)]
struct Cohort {
    size: usize,
    active: Vec<BTreeSet<usize>>,
    revenue: Vec<f64>,
}

/// # Errors
/// As [`Transactions::read`]; more than 2,000 periods.
pub fn run(columns: &Columns, unit: Unit) -> Result<Json, Refusal> {
    let found = Transactions::read(columns)?;
    let mut cohorts: BTreeMap<Date, Cohort> = BTreeMap::new();
    let end = unit.start(found.until);
    for (place, (_, purchases)) in found.customers.iter().enumerate() {
        let Some(first) = purchases.first() else { continue };
        let start = unit.start(first.at.date());
        let periods = unit.between(start, end) + 1;
        if periods > 2_000 {
            return Err(Refusal(format!("{periods} periods of a {} are too many to show. Choose a longer one by --unit.", unit.word())));
        }
        let cohort = cohorts.entry(start).or_default();
        cohort.size += 1;
        cohort.active.resize_with(periods, BTreeSet::new);
        cohort.revenue.resize(periods, 0.0);
        for purchase in purchases {
            let at = unit.between(start, unit.start(purchase.at.date()));
            cohort.active[at].insert(place);
            cohort.revenue[at] += purchase.amount;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let rows: Vec<Json> = cohorts
        .iter()
        .map(|(start, c)| {
            let active: Vec<usize> = c.active.iter().map(BTreeSet::len).collect();
            let retention: Vec<Json> = active.iter().map(|n| figure(*n as f64 / c.size as f64)).collect();
            json!({"id": unit.name(*start), "size": c.size, "active": active, "retention": retention, "revenue": c.revenue.iter().map(|r| json!((r * 1e4).round() / 1e4)).collect::<Vec<_>>()})
        })
        .collect();
    // The last period has not ended where the file simply stops in it.
    let unfinished = !found.bounded && unit != Unit::Day;
    let mut warnings = found.warnings;
    if unfinished {
        warnings.push(json!({"kind": "unfinished_period", "detail": format!("The file ends on {}: the last {} may not be over.", found.until, unit.word())}));
    }
    Ok(json!({"method": "cohort", "n": found.customers.len(), "parameters": {"unit": unit.word(), "until": found.until.to_string()}, "quality": {}, "warnings": warnings, "rows": rows}))
}
