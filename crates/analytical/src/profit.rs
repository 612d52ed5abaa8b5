//! Which customers make the profit: revenue less direct costs less what is done for them at what it costs (time-driven activity-based
//! costing; Cooper and Kaplan, Harvard Business Review, May 1991; Kaplan and Anderson, ibid., November 2004).

use crate::{
    Refusal,
    columns::{known, numbers_of, real},
    round::figure,
    table::Table,
};
use serde_json::{Value as Json, json};
use stats::profit::whale;
use std::{collections::BTreeMap, path::PathBuf};

#[derive(Clone, Debug, Default)]
pub struct Question {
    pub file: PathBuf,
    pub customer: String,
    pub revenue: String,
    pub costs: Vec<String>,
    /// `column=rate`: how often, and what once costs.
    pub drivers: Vec<String>,
}
#[derive(Clone, Default)]
struct Customer {
    revenue: f64,
    /// Costs first, then drivers at their rates.
    costs: Vec<f64>,
}

/// # Errors
/// Columns that are not there or hold no number, a rate that is none, no usable row.
pub fn run(q: &Question) -> Result<Json, Refusal> {
    let table = Table::read(&q.file)?;
    let (who, worth) = (table.column(&q.customer)?, table.column(&q.revenue)?);
    let mut warnings = Vec::new();
    let revenue = numbers_of(&table, worth, &mut warnings)?;
    let mut costs: Vec<(String, f64, Vec<Option<f64>>)> = Vec::new();
    for name in &q.costs {
        costs.push((name.clone(), 1.0, numbers_of(&table, table.column(name)?, &mut warnings)?));
    }
    for driver in &q.drivers {
        let read = driver.rsplit_once('=').and_then(|(name, rate)| Some((name.trim(), rate.trim().parse::<f64>().ok().filter(|r| r.is_finite())?)));
        let (name, rate) = read.ok_or_else(|| Refusal(format!("--driver {driver} is not COL=RATE, such as calls=12.50.")))?;
        costs.push((name.to_owned(), rate, numbers_of(&table, table.column(name)?, &mut warnings)?));
    }
    let customers = gathered(&known(&table, who), &revenue, &costs, &mut warnings);
    if customers.is_empty() {
        return Err(Refusal(format!("No row of {} has a customer in \"{}\" and a number in \"{}\".", q.file.display(), q.customer, q.revenue)));
    }
    if costs.is_empty() {
        warnings.push(json!({"kind": "no_costs", "detail": "Without --cost or --driver the profit is the revenue."}));
    }
    let names: Vec<&str> = customers.keys().copied().collect();
    let all: Vec<&Customer> = customers.values().collect();
    let profits: Vec<f64> = all.iter().map(|c| c.revenue - c.costs.iter().sum::<f64>()).collect();
    let found = whale(&profits);
    let shared = found.total > 0.0;
    if !shared {
        warnings.push(json!({"kind": "no_profit", "detail": "All customers together bring no profit: there are no shares of it."}));
    }
    let share = |part: f64| if shared { figure(part / found.total) } else { Json::Null };
    let n = real(names.len());
    let rows: Vec<Json> = found
        .order
        .iter()
        .zip(&found.cumulative)
        .enumerate()
        .map(|(place, (i, sum))| {
            let named: serde_json::Map<String, Json> = costs.iter().zip(&all[*i].costs).map(|((name, ..), cost)| (name.clone(), figure(*cost))).collect();
            json!({"id": names[*i], "rank": place + 1, "revenue": figure(all[*i].revenue), "costs": named, "cost": figure(all[*i].costs.iter().sum()), "profit": figure(profits[*i]),
                "margin": figure(profits[*i] / all[*i].revenue), "share": share(profits[*i]), "cumulative": figure(*sum), "cumulative_share": share(*sum),
                "customers_share": figure(real(place + 1) / n)})
        })
        .collect();
    let lost: Vec<f64> = profits.iter().copied().filter(|p| *p < 0.0).collect();
    // of at least one customer
    let fifth = names.len().div_ceil(5);
    let parameters = json!({"revenue": figure(all.iter().map(|c| c.revenue).sum()), "cost": figure(all.iter().flat_map(|c| &c.costs).sum()), "profit": figure(found.total),
        "peak": figure(found.peak), "peak_share": share(found.peak), "peak_customers": found.peak_at, "losing_customers": lost.len(), "lost": figure(lost.iter().sum()),
        "best_fifth_share": share(found.cumulative.get(fifth.saturating_sub(1)).copied().unwrap_or(f64::NAN))});
    Ok(json!({"method": "profit", "n": names.len(), "parameters": parameters, "quality": {}, "warnings": warnings, "rows": rows}))
}
fn gathered<'a>(who: &[Option<&'a str>], revenue: &[Option<f64>], costs: &[(String, f64, Vec<Option<f64>>)], warnings: &mut Vec<Json>) -> BTreeMap<&'a str, Customer> {
    let mut customers: BTreeMap<&str, Customer> = BTreeMap::new();
    let (mut left, mut unknown) = (0usize, 0usize);
    for (i, (customer, revenue)) in who.iter().zip(revenue).enumerate() {
        let Some(customer) = customer else {
            left += 1;
            continue;
        };
        let cells: Vec<Option<f64>> = costs.iter().map(|(_, rate, values)| values[i].map(|v| v * rate)).collect();
        if revenue.is_none() && cells.iter().all(Option::is_none) {
            left += 1;
            continue;
        }
        unknown += usize::from(revenue.is_none() || cells.iter().any(Option::is_none));
        let entry = customers.entry(customer).or_default();
        entry.costs.resize(costs.len(), 0.0);
        entry.revenue += revenue.unwrap_or(0.0);
        entry.costs.iter_mut().zip(cells).for_each(|(sum, cost)| *sum += cost.unwrap_or(0.0));
    }
    if left > 0 {
        warnings.push(json!({"kind": "left_out", "detail": format!("{left} of {} rows have no customer or no number and are left out.", who.len())}));
    }
    if unknown > 0 {
        warnings.push(json!({"kind": "missing", "detail": format!("{unknown} rows lack a revenue or a cost, which counts as nothing.")}));
    }
    customers
}
