//! The currencies that Velden & Roth sells in, their price lists and what they were worth.

use super::{
    calendar::{Calendar, Day, date_of},
    rng::{Rng, whole},
};
use kernel::Currency;
use serde_json::{Value as Json, json};

/// Code, what one euro is in its price list, what one unit was worth in euro.
const KNOWN: [(&str, f64, f64); 7] = [("EUR", 1.0, 1.0), ("CHF", 1.0, 1.052), ("GBP", 0.88, 1.168), ("USD", 1.1, 0.921), ("SEK", 11.5, 0.0884), ("PLN", 4.35, 0.2325), ("JPY", 162.0, 0.006_12)];

#[derive(Clone, Debug)]
pub(super) struct Money {
    pub(super) code: &'static str,
    pub(super) currency: Currency,
    list: f64,
    /// Millionths of a euro for one unit, by month from the start on.
    pub(super) rates: Vec<i64>,
}
/// All currencies; the first is the euro.
#[derive(Clone, Debug)]
pub(super) struct Currencies {
    pub(super) all: Vec<Money>,
    first_month: i32,
}

fn month_number(day: Day) -> i32 {
    let date = date_of(day);
    i32::from(date.year()) * 12 + i32::from(date.month()) - 1
}

impl Currencies {
    pub(super) fn new(seed: u64, calendar: &Calendar) -> Currencies {
        let first_month = month_number(calendar.start);
        let months = month_number(calendar.today) - first_month + 1;
        let all = KNOWN.iter().enumerate().map(|(n, (code, list, rate))| {
            let mut rng = Rng::of(&[seed, 0x7a7e, u64::try_from(n).unwrap_or(0)]);
            let mut now = *rate;
            let rates = (0..months).map(|_| {
                let this = now;
                if n > 0 {
                    now = (now * (1.0 + 0.009 * rng.normal())).clamp(rate * 0.9, rate * 1.1);
                }
                whole(this * 1e6)
            });
            Money { code, currency: code.parse().unwrap_or(Currency::EUR), list: *list, rates: rates.collect() }
        });
        Currencies { all: all.collect(), first_month }
    }
    pub(super) fn index(&self, code: &str) -> usize {
        self.all.iter().position(|c| c.code == code).unwrap_or(0)
    }
    pub(super) fn get(&self, index: usize) -> &Money {
        self.all.get(index).or(self.all.first()).expect("the list of currencies is not empty")
    }
    /// The rate of the month of a day, in millionths of a euro, and the first day of that month.
    pub(super) fn rate(&self, index: usize, day: Day) -> (i64, Day) {
        let rates = &self.get(index).rates;
        let month = usize::try_from(month_number(day) - self.first_month).unwrap_or(0).min(rates.len().saturating_sub(1));
        (rates.get(month).copied().unwrap_or(1_000_000), day + 1 - i32::from(date_of(day).day()))
    }
    pub(super) fn first_day(&self, month: usize) -> Day {
        let number = self.first_month + i32::try_from(month).unwrap_or(0);
        let year = i16::try_from(number.div_euclid(12)).unwrap_or(1970);
        let month = i8::try_from(number.rem_euclid(12) + 1).unwrap_or(1);
        super::calendar::day_of(jiff::civil::date(year, month, 1))
    }
}

impl Money {
    fn scale(&self) -> f64 {
        10f64.powi(i32::from(self.currency.digits()))
    }
    /// A list price in minor units: dear things end in tens (or thousands of yen), cheap ones in tenths.
    pub(super) fn list_price(&self, euro: f64) -> i64 {
        let amount = euro * self.list;
        let step = match (self.list > 100.0, euro) {
            (true, e) if e > 500.0 => 1_000.0,
            (true, _) => 10.0,
            (false, e) if e > 1_000.0 => 10.0,
            (false, e) if e > 50.0 => 1.0,
            _ => 0.1,
        };
        whole((amount / step).round() * step * self.scale())
    }
    /// What something costs us, in minor units.
    pub(super) fn cost(&self, euro: f64) -> i64 {
        whole(euro * self.list * self.scale())
    }
    /// `1490.00`, the way decimals are written.
    pub(super) fn text(&self, minor: i64) -> String {
        kernel::Money { minor, currency: self.currency }.amount()
    }
    pub(super) fn json(&self, minor: i64) -> Json {
        json!({"amount": self.text(minor), "currency": self.code})
    }
}
/// Six digits after the point.
pub(super) fn rate_text(millionths: i64) -> String {
    kernel::Decimal { units: millionths, scale: 6 }.to_string()
}
