//! Who bought when, how often and for how much, in fifths of the customers.

use crate::{
    Refusal, dates,
    round::figure,
    transactions::{Columns, Transactions, days_between},
};
use jiff::{ToSpan as _, civil::DateTime};
use serde_json::{Value as Json, json};
use stats::rfm::quintiles;

/// What reaching a customer costs and what a sale leaves: the response rate from which a mailing pays.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mailing {
    pub cost: Option<f64>,
    pub margin: Option<f64>,
}

/// Recency counts whole days from the last purchase to the day after the last one that is looked at.
///
/// # Errors
/// As [`Transactions::read`]; a margin that is no share.
pub fn run(columns: &Columns, mailing: Mailing) -> Result<Json, Refusal> {
    let found = Transactions::read(columns)?;
    // A snapshot that is named is taken as it is; else it is taken when the last day is over.
    let snapshot = match &columns.until {
        Some(text) => dates::Style::of(std::iter::once(text.as_str())).read(text).map_or(found.until, DateTime::date),
        None => found.until.checked_add(1.day()).unwrap_or(found.until),
    };
    #[expect(clippy::cast_precision_loss, reason = "days and counts")]
    let customers: Vec<(&str, f64, f64, f64)> = found
        .customers
        .iter()
        .filter_map(|(id, purchases)| {
            let last = purchases.last()?;
            Some((id.as_str(), days_between(last.at.date(), snapshot) as f64, purchases.len() as f64, purchases.iter().map(|p| p.amount).sum()))
        })
        .collect();
    let scores = |value: fn(&(&str, f64, f64, f64)) -> f64| quintiles(&customers.iter().map(value).collect::<Vec<_>>());
    // The fewest days since are the best fifth.
    let recency: Vec<u8> = scores(|c| c.1).into_iter().map(|score| 6 - score).collect();
    let (frequency, monetary) = (scores(|c| c.2), scores(|c| c.3));
    let rows: Vec<Json> = customers
        .iter()
        .zip(recency.iter().zip(&frequency).zip(&monetary))
        .map(|((id, days, count, sum), ((r, f), m))| {
            json!({"id": id, "recency": days, "frequency": count, "monetary": cents(*sum), "r": r, "f": f, "m": m, "cell": format!("{r}{f}{m}"), "segment": segment(*r, *f)})
        })
        .collect();
    let mut warnings = found.warnings.clone();
    if customers.len() < 25 {
        warnings.push(json!({"kind": "too_little_data", "detail": format!("{} customers are too few for fifths to mean anything.", customers.len())}));
    }
    let break_even = match (mailing.cost, mailing.margin) {
        (Some(cost), Some(margin)) if margin > 0.0 && margin <= 1.0 && cost >= 0.0 => {
            let purchases: f64 = customers.iter().map(|c| c.2).sum();
            let sold: f64 = customers.iter().map(|c| c.3).sum();
            figure(cost / (margin * sold / purchases))
        }
        (None, None) => Json::Null,
        _ => return Err(Refusal("A break-even needs both: --cost, what reaching one customer costs, and --margin, the share of a sale that is left, such as 0.3.".into())),
    };
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let mean = |value: fn(&(&str, f64, f64, f64)) -> f64| figure(customers.iter().map(value).sum::<f64>() / customers.len() as f64);
    Ok(json!({
        "method": "rfm",
        "n": customers.len(),
        "parameters": {
            "snapshot": snapshot.to_string(),
            "mean": {"recency": mean(|c| c.1), "frequency": mean(|c| c.2), "monetary": mean(|c| c.3)},
            "monetary": cents(customers.iter().map(|c| c.3).sum()),
            "break_even_response": break_even,
            "ties": "in the order of ids",
        },
        "quality": {},
        "warnings": warnings,
        "rows": rows,
    }))
}
/// Names that people know; after the recency and frequency grid in common use.
fn segment(r: u8, f: u8) -> &'static str {
    match (r, f) {
        (5, 4..) | (4, 5) => "champions",
        (3.., 4..) => "loyal",
        (5, 1) => "new",
        (4.., 2..=3) => "promising",
        (4, 1) => "new",
        (3, _) => "needs attention",
        (..=2, 4..) => "at risk",
        (2, _) => "hibernating",
        _ => "lost",
    }
}
/// Sums of amounts carry the dust of binary fractions; a file has two decimals, or four at most.
fn cents(sum: f64) -> Json {
    json!((sum * 1e4).round() / 1e4)
}
