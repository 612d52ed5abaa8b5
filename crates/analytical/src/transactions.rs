//! Transactions of a table: who, when, how much.

use crate::{Refusal, dates, numbers, table::Table};
use jiff::civil::{Date, DateTime};
use serde_json::{Value as Json, json};
use std::{collections::BTreeMap, path::PathBuf};

/// Which columns hold what, and until when to look.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    pub file: PathBuf,
    pub customer: String,
    pub date: String,
    pub amount: Option<String>,
    /// Rows with the same value here are lines of one purchase.
    pub order: Option<String>,
    /// The last day that is looked at; default: the last day of the file.
    pub until: Option<String>,
}
#[derive(Clone, Debug, PartialEq)]
pub struct Purchase {
    pub at: DateTime,
    pub amount: f64,
}
/// Purchases by customer, each in the order of time.
#[derive(Clone, Debug, Default)]
pub struct Transactions {
    pub customers: Vec<(String, Vec<Purchase>)>,
    /// Purchases after the last day that is looked at.
    pub later: BTreeMap<String, Vec<Purchase>>,
    pub until: Date,
    /// Whether `until` was given.
    pub bounded: bool,
    pub rows: usize,
    pub warnings: Vec<Json>,
}

impl Transactions {
    /// Rows without customer or date, and negative amounts (returns), are left out and counted in warnings. What was given away
    /// for nothing counts as a purchase of no worth.
    ///
    /// # Errors
    /// A column that is not there, a last day that is none, no usable row.
    pub fn read(columns: &Columns) -> Result<Transactions, Refusal> {
        let table = Table::read(&columns.file)?;
        let (who, when) = (table.column(&columns.customer)?, table.column(&columns.date)?);
        let worth = columns.amount.as_deref().map(|name| table.column(name)).transpose()?;
        let order = columns.order.as_deref().map(|name| table.column(name)).transpose()?;
        let cells = |at: usize| table.rows.iter().filter_map(move |row| row[at].as_deref());
        let days = dates::Style::of(cells(when));
        let numbers = worth.map(|at| numbers::Style::of(cells(at)));
        let until = match &columns.until {
            None => None,
            Some(text) => Some(dates::Style::of(std::iter::once(text.as_str())).read(text).map(DateTime::date).ok_or_else(|| Refusal(format!("--until {text} is no date. Write it as 2017-09-30.")))?),
        };
        let mut left = BTreeMap::new();
        let mut lose = |why: &'static str| *left.entry(why).or_insert(0usize) += 1;
        let mut orders: BTreeMap<(String, String), Purchase> = BTreeMap::new();
        let mut found: BTreeMap<String, Vec<Purchase>> = BTreeMap::new();
        for row in &table.rows {
            let Some(customer) = row[who].clone() else {
                lose("without a customer");
                continue;
            };
            let Some(at) = row[when].as_deref().and_then(|cell| days.read(cell)) else {
                lose("without a date that can be read");
                continue;
            };
            let amount = match (worth, numbers) {
                (Some(column), Some(style)) => match row[column].as_deref().and_then(|cell| style.read(cell)) {
                    Some(amount) => amount,
                    None => {
                        lose("without an amount that can be read");
                        continue;
                    }
                },
                _ => 1.0,
            };
            if amount < 0.0 {
                lose("with a negative amount (returns)");
                continue;
            }
            match order.and_then(|at| row[at].clone()) {
                Some(number) => {
                    let whole = orders.entry((customer, number)).or_insert(Purchase { at, amount: 0.0 });
                    whole.at = whole.at.min(at);
                    whole.amount += amount;
                }
                None => found.entry(customer).or_default().push(Purchase { at, amount }),
            }
        }
        for ((customer, _), purchase) in orders {
            found.entry(customer).or_default().push(purchase);
        }
        let mut warnings: Vec<Json> = left.into_iter().map(|(why, n)| json!({"kind": "left_out", "detail": format!("{n} of {} rows {why} are left out.", table.rows.len())})).collect();
        if days.ambiguous {
            warnings
                .push(json!({"kind": "ambiguous_dates", "column": table.columns[when], "detail": "Nothing in this column tells whether the day or the month comes first; the month was taken to."}));
        }
        let last = found
            .values()
            .flatten()
            .map(|p| p.at.date())
            .max()
            .ok_or_else(|| Refusal(format!("{} holds no row with a customer, a date and an amount that is not negative.", columns.file.display())))?;
        let bounded = until.is_some();
        Transactions { until: until.unwrap_or(last), bounded, rows: table.rows.len(), warnings, ..Transactions::default() }.with(found)
    }
    fn with(mut self, found: BTreeMap<String, Vec<Purchase>>) -> Result<Transactions, Refusal> {
        for (customer, mut purchases) in found {
            purchases.sort_by_key(|p| p.at);
            let later = purchases.split_off(purchases.partition_point(|p| p.at.date() <= self.until));
            if !later.is_empty() {
                self.later.insert(customer.clone(), later);
            }
            if !purchases.is_empty() {
                self.customers.push((customer, purchases));
            }
        }
        if self.customers.is_empty() {
            return Err(Refusal(format!("Nobody had bought anything by {}: --until is before the first purchase.", self.until)));
        }
        // ids that are numbers in the order of numbers
        let number = |id: &str| id.parse::<u64>().ok();
        if self.customers.iter().all(|(id, _)| number(id).is_some()) {
            self.customers.sort_by_key(|(id, _)| number(id));
        }
        Ok(self)
    }
}

/// Whole days from one day to another.
#[must_use]
pub fn days_between(from: Date, to: Date) -> i64 {
    to.to_datetime(jiff::civil::Time::midnight()).duration_since(from.to_datetime(jiff::civil::Time::midnight())).as_hours() / 24
}
