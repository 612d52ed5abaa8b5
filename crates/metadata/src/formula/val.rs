//! Values while a formula runs. Numbers are exact decimals of 28 digits; nothing is rounded before the result.

use crate::{
    field_type::{FieldType, ParseCtx},
    value::Value,
};
use jiff::civil::Date;
use kernel::{Currency, Decimal, Money, RecordId, fold};
use rust_decimal::{Decimal as Exact, RoundingStrategy};
use serde_json::Value as Json;
use std::cmp::Ordering;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Val {
    Null,
    Bool(bool),
    Num(Exact),
    /// `home`: the amount in workspace currency where a rate was known when the record was written.
    Money {
        amount: Exact,
        currency: Currency,
        home: Option<Exact>,
    },
    Text(String),
    Date(Date),
    Instant(i64),
    Ref(RecordId),
    List(Vec<Val>),
    Parts(Json),
}

fn scaled(units: i64, scale: u8) -> Exact {
    Exact::new(units, u32::from(scale))
}
/// Half away from zero (EN 16931), once, at the end.
fn units(number: Exact, scale: u8) -> Option<i64> {
    let mut rounded = number.round_dp_with_strategy(u32::from(scale), RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(u32::from(scale));
    // A number too large for the scale keeps fewer digits: it does not fit.
    if rounded.scale() == u32::from(scale) { i64::try_from(rounded.mantissa()).ok() } else { None }
}
pub(crate) fn literal(number: f64) -> Option<Exact> {
    // The shortest text that reads back as the same number is what was typed, up to 17 digits.
    let text = format!("{number}");
    text.parse().ok()
}

impl Val {
    pub(crate) fn of(value: Value, home: Currency) -> Val {
        match value {
            Value::Null | Value::By { .. } => Val::Null,
            Value::Text(text) => Val::Text(text),
            Value::Int(n) => Val::Num(Exact::from(n)),
            Value::Decimal(d) => Val::Num(scaled(d.units, d.scale)),
            Value::Bool(b) => Val::Bool(b),
            Value::Money { money, workspace } => Val::Money {
                amount: scaled(money.minor, money.currency.digits()),
                currency: money.currency,
                home: if money.currency == home { Some(scaled(money.minor, home.digits())) } else { workspace.map(|w| scaled(w, home.digits())) },
            },
            Value::Date(date) => Val::Date(date),
            Value::DateTime(ms) => Val::Instant(ms),
            Value::Ref(id) => Val::Ref(id),
            Value::AnyRef(any) => Val::Ref(any.id),
            Value::List(items) => Val::List(items.into_iter().map(Val::Text).collect()),
            Value::Json(parts) => Val::Parts(parts),
        }
    }
    /// As a value of the result's type; what does not fit is empty.
    pub(crate) fn into_value(self, kind: &FieldType, home: Currency) -> Value {
        let parsed = |text: String| kind.parse(&Json::from(text), ParseCtx { currency: home, lenient: false }).unwrap_or(Value::Null);
        match (self, kind) {
            (Val::Bool(b), FieldType::Boolean {}) => Value::Bool(b),
            (Val::Num(n), FieldType::Integer {} | FieldType::Duration {}) => units(n, 0).map_or(Value::Null, Value::Int),
            (Val::Num(n), FieldType::Decimal { .. } | FieldType::Percent {}) => units(n, kind.scale()).map_or(Value::Null, |units| Value::Decimal(Decimal { units, scale: kind.scale() })),
            (Val::Num(n), FieldType::Money {}) => money(n, home),
            (Val::Money { amount, currency, .. }, FieldType::Money {}) => money(amount, currency),
            (Val::Date(date), FieldType::Date {}) if date.year() > 0 => Value::Date(date),
            (Val::Instant(ms), FieldType::DateTime {}) => Value::DateTime(ms),
            (Val::Text(text), FieldType::Text { .. } | FieldType::LongText {} | FieldType::RichText {} | FieldType::Email {} | FieldType::Phone {} | FieldType::Url {} | FieldType::Choice { .. }) => {
                parsed(text)
            }
            _ => Value::Null,
        }
    }
}
fn money(amount: Exact, currency: Currency) -> Value {
    units(amount, currency.digits()).map_or(Value::Null, |minor| Value::Money { money: Money { minor, currency }, workspace: None })
}

/// Two amounts in one currency: their own if they share it, else the workspace's; `None` where a rate is missing. A bare
/// number beside an amount is an amount in workspace currency, as in conditions.
pub(crate) fn level(a: &Val, b: &Val, home: Currency) -> Option<(Exact, Exact, Currency)> {
    let parts = |v: &Val| match v {
        Val::Num(n) => Some((*n, home, Some(*n))),
        Val::Money { amount, currency, home } => Some((*amount, *currency, *home)),
        _ => None,
    };
    let ((x, cx, hx), (y, cy, hy)) = (parts(a)?, parts(b)?);
    if cx == cy { Some((x, y, cx)) } else { Some((hx?, hy?, home)) }
}
/// The order of conditions: text by its folded form.
pub(crate) fn order(a: &Val, b: &Val, home: Currency) -> Option<Ordering> {
    Some(match (a, b) {
        (Val::Num(a), Val::Num(b)) => a.cmp(b),
        (Val::Money { .. }, Val::Money { .. } | Val::Num(_)) | (Val::Num(_), Val::Money { .. }) => {
            let (x, y, _) = level(a, b, home)?;
            x.cmp(&y)
        }
        (Val::Text(a), Val::Text(b)) => fold(a).cmp(&fold(b)),
        (Val::Date(a), Val::Date(b)) => a.cmp(b),
        (Val::Instant(a), Val::Instant(b)) => a.cmp(b),
        (Val::Bool(a), Val::Bool(b)) => a.cmp(b),
        _ => return None,
    })
}
/// `==`: exact for text; null equals null only.
pub(crate) fn same(a: &Val, b: &Val, home: Currency) -> bool {
    match (a, b) {
        (Val::Text(a), Val::Text(b)) => a == b,
        (Val::Ref(id), Val::Text(text)) | (Val::Text(text), Val::Ref(id)) => text.parse() == Ok(*id),
        (Val::Num(_) | Val::Money { .. }, Val::Num(_) | Val::Money { .. }) => order(a, b, home) == Some(Ordering::Equal),
        (Val::List(a), Val::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b, home)),
        (a, b) => a == b,
    }
}
