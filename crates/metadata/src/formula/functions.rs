//! The closed set of operators and functions: what they take, what they give. Everything empty in gives empty out,
//! unless said otherwise.

use super::{
    Env,
    ty::Ty,
    val::{Val, level, order, same},
};
use crate::field_type::parse_date_time;
use jiff::{Timestamp, ToSpan, civil::Date};
use rust_decimal::{Decimal as Exact, RoundingStrategy, prelude::ToPrimitive};
use std::cmp::Ordering;

/// Longest text that a formula may build, in bytes.
const MAX_TEXT: usize = 1_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum F {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Negate,
    Not,
    Equal,
    Unequal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
    Index,
    NotFalse,
    DaysBetween,
    HoursBetween,
    AddDays,
    AddMonths,
    Year,
    Month,
    Day,
    Weekday,
    MakeDate,
    MakeInstant,
    Today,
    Now,
    Me,
    Abs,
    Round,
    Floor,
    Ceil,
    Min,
    Max,
    Number,
    Text,
    Money,
    CurrencyOf,
    Size,
    Lower,
    Upper,
    Trim,
    Substring,
    Contains,
    StartsWith,
    EndsWith,
    Coalesce,
    IsEmpty,
}
/// Names as written, in the order in which they are offered.
const NAMES: [(&str, F); 38] = [
    ("days_between", F::DaysBetween),
    ("hours_between", F::HoursBetween),
    ("add_days", F::AddDays),
    ("add_months", F::AddMonths),
    ("year", F::Year),
    ("month", F::Month),
    ("day", F::Day),
    ("weekday", F::Weekday),
    ("date", F::MakeDate),
    ("date_time", F::MakeInstant),
    ("timestamp", F::MakeInstant),
    ("today", F::Today),
    ("now", F::Now),
    ("me", F::Me),
    ("abs", F::Abs),
    ("round", F::Round),
    ("floor", F::Floor),
    ("ceil", F::Ceil),
    ("min", F::Min),
    ("max", F::Max),
    ("number", F::Number),
    ("int", F::Number),
    ("double", F::Number),
    ("string", F::Text),
    ("money", F::Money),
    ("currency", F::CurrencyOf),
    ("size", F::Size),
    ("lower", F::Lower),
    ("upper", F::Upper),
    ("trim", F::Trim),
    ("substring", F::Substring),
    ("contains", F::Contains),
    ("startsWith", F::StartsWith),
    ("starts_with", F::StartsWith),
    ("endsWith", F::EndsWith),
    ("ends_with", F::EndsWith),
    ("coalesce", F::Coalesce),
    ("is_empty", F::IsEmpty),
];

fn operator(name: &str) -> Option<F> {
    use cel::common::ast::operators as op;
    Some(match name {
        op::ADD => F::Add,
        op::SUBSTRACT => F::Subtract,
        op::MULTIPLY => F::Multiply,
        op::DIVIDE => F::Divide,
        op::MODULO => F::Remainder,
        op::NEGATE => F::Negate,
        op::LOGICAL_NOT => F::Not,
        op::EQUALS => F::Equal,
        op::NOT_EQUALS => F::Unequal,
        op::LESS => F::Less,
        op::LESS_EQUALS => F::LessEqual,
        op::GREATER => F::Greater,
        op::GREATER_EQUALS => F::GreaterEqual,
        op::IN => F::In,
        op::INDEX => F::Index,
        op::NOT_STRICTLY_FALSE => F::NotFalse,
        _ => return None,
    })
}
pub(crate) fn find(name: &str) -> Result<F, String> {
    operator(name).or_else(|| NAMES.iter().find(|(n, _)| *n == name).map(|(_, f)| *f)).ok_or_else(|| {
        let known: Vec<_> = NAMES.iter().map(|(n, _)| *n).collect();
        format!("there is no function \"{name}\"; known are {}", known.join(", "))
    })
}
impl F {
    /// What it depends on beside the record.
    pub(crate) fn is_live(self) -> bool {
        matches!(self, F::Today | F::Now | F::Me)
    }
    /// The type of the result, or a sentence that says what it takes.
    pub(crate) fn check(self, args: &[Ty]) -> Result<Ty, String> {
        use Ty::{Any, Bool, Date, Instant, List, Money, Null, Number, Ref, Text};
        let day = |t: &Ty| t.is(&Date) || t.is(&Instant);
        let amount = |t: &Ty| t.is(&Number) || t.is(&Money);
        let wrong = |expected: &str| {
            let got: Vec<_> = args.iter().map(ToString::to_string).collect();
            Err(format!("expected {expected}, got {}", if got.is_empty() { "nothing".into() } else { got.join(" and ") }))
        };
        let either_any = args.iter().any(|t| matches!(t, Any | Null));
        match (self, args) {
            (F::Today, []) => Ok(Date),
            (F::Now, []) => Ok(Instant),
            (F::Me, []) => Ok(Ref),
            (F::Add, [List(a), List(b)]) => Ok(List(Box::new(a.join(b).unwrap_or(Any)))),
            (F::Add, [a, b]) if a == b && matches!(a, Text | Number | Money) => Ok(a.clone()),
            (F::Add | F::Subtract, [Money, Number] | [Number, Money]) => Ok(Money),
            (F::Subtract, [a, b]) if a == b && matches!(a, Number | Money) => Ok(a.clone()),
            (F::Subtract, [a, b]) if day(a) && day(b) && !either_any => Err("dates are not subtracted; write days_between(from, to)".into()),
            (F::Add | F::Subtract, [Date, Number]) => Err("write add_days(date, number)".into()),
            (F::Add, [Text, _] | [_, Text]) if !either_any => Err("text is joined with text only; write string(value)".into()),
            (F::Multiply, [Number, Number]) | (F::Divide, [Number, Number] | [Money, Money]) | (F::Remainder, [Number, Number]) => Ok(Number),
            (F::Multiply, [Money, Number] | [Number, Money]) | (F::Divide, [Money, Number]) => Ok(Money),
            (F::Add | F::Subtract | F::Multiply | F::Divide | F::Remainder, [_, _]) if either_any => Ok(Any),
            (F::Add | F::Subtract | F::Multiply | F::Divide | F::Remainder, _) => wrong("two numbers, two amounts, or an amount and a number"),
            (F::Negate | F::Abs, [a]) if amount(a) => Ok(a.clone()),
            (F::Not, [a]) if a.is(&Bool) => Ok(Bool),
            (F::NotFalse, [_]) | (F::IsEmpty, [_]) => Ok(Bool),
            (F::Equal | F::Unequal, [a, b]) if a.comparable(b) => Ok(Bool),
            (F::Less | F::LessEqual | F::Greater | F::GreaterEqual, [a, b]) if a.join(b).is_some() && !matches!(a, Ref | List(_) | Bool | Ty::Parts(_)) => Ok(Bool),
            (F::Equal | F::Unequal | F::Less | F::LessEqual | F::Greater | F::GreaterEqual, [Date, Instant] | [Instant, Date]) => {
                Err("a date is compared with a date; write date(value) for the day of an instant".into())
            }
            (F::Equal | F::Unequal | F::Less | F::LessEqual | F::Greater | F::GreaterEqual, _) => wrong("two values of one type"),
            (F::In, [a, List(item)]) if a.comparable(item) => Ok(Bool),
            (F::In, [_, Any]) => Ok(Bool),
            (F::Index, [List(item), n]) if n.is(&Number) => Ok((**item).clone()),
            (F::DaysBetween, [a, b]) if day(a) && day(b) => Ok(Number),
            (F::HoursBetween, [a, b]) if a.is(&Instant) && b.is(&Instant) => Ok(Number),
            (F::AddDays | F::AddMonths, [a, n]) if day(a) && n.is(&Number) => Ok(a.clone()),
            (F::Year | F::Month | F::Day | F::Weekday, [a]) if day(a) => Ok(Number),
            (F::MakeDate, [a]) if day(a) || a.is(&Text) => Ok(Date),
            (F::MakeInstant, [a]) if a.is(&Text) || a.is(&Instant) => Ok(Instant),
            (F::Round, [a]) if amount(a) => Ok(a.clone()),
            (F::Round, [a, n]) if amount(a) && n.is(&Number) => Ok(a.clone()),
            (F::Floor | F::Ceil, [a]) if amount(a) => Ok(a.clone()),
            (F::Min | F::Max, [first, rest @ ..]) => {
                let joined = rest.iter().try_fold(first.clone(), |have, next| have.join(next));
                joined.filter(|t| matches!(t, Number | Money | Date | Instant | Any)).map_or_else(|| wrong("numbers, amounts or dates"), Ok)
            }
            (F::Number, [a]) if a.is(&Number) || a.is(&Money) || a.is(&Text) => Ok(Number),
            (F::Text, [a]) if !matches!(a, List(_) | Ty::Parts(_)) => Ok(Text),
            (F::Money, [n, c]) if n.is(&Number) && c.is(&Text) => Ok(Money),
            (F::CurrencyOf, [a]) if a.is(&Money) => Ok(Text),
            (F::Size, [a]) if matches!(a, List(_)) || a.is(&Text) => Ok(Number),
            (F::Lower | F::Upper | F::Trim, [a]) if a.is(&Text) => Ok(Text),
            (F::Substring, [a, rest @ ..]) if a.is(&Text) && matches!(rest.len(), 1 | 2) && rest.iter().all(|t| t.is(&Number)) => Ok(Text),
            (F::Contains | F::StartsWith | F::EndsWith, [a, b]) if a.is(&Text) && b.is(&Text) => Ok(Bool),
            (F::Contains, [List(item), b]) if b.comparable(item) => Ok(Bool),
            (F::Coalesce, [first, rest @ ..]) => rest.iter().try_fold(first.clone(), |have, next| have.join(next)).map_or_else(|| wrong("values of one type"), Ok),
            (F::Today | F::Now | F::Me, _) => wrong("nothing in the parentheses"),
            (F::DaysBetween, _) => wrong("two dates"),
            (F::HoursBetween, _) => wrong("two dates with time"),
            (F::AddDays | F::AddMonths, _) => wrong("a date and a number"),
            (F::Year | F::Month | F::Day | F::Weekday | F::MakeDate, _) => wrong("a date"),
            (F::MakeInstant, _) => wrong("text such as '2026-11-21T09:30:00Z'"),
            (F::Substring, _) => wrong("text, where it starts and where it ends"),
            (F::Contains | F::StartsWith | F::EndsWith, _) => wrong("two texts"),
            (F::Lower | F::Upper | F::Trim, _) => wrong("text"),
            (F::In, _) => wrong("a value and a list of such values"),
            (F::Index, _) => wrong("a list and a number"),
            (F::Money, _) => wrong("a number and a currency such as 'EUR'"),
            (F::Not, _) => wrong("true or false"),
            _ => wrong("other values"),
        }
    }
    pub(crate) fn run(self, args: &[Val], env: &Env) -> Val {
        // These tell emptiness apart; everything else gives empty for empty.
        match (self, args) {
            (F::IsEmpty, [a]) => return Val::Bool(matches!(a, Val::Null)),
            (F::Coalesce, _) => return args.iter().find(|a| !matches!(a, Val::Null)).cloned().unwrap_or(Val::Null),
            (F::Equal, [a, b]) => return Val::Bool(same(a, b, env.currency)),
            (F::Unequal, [a, b]) => return Val::Bool(!same(a, b, env.currency)),
            (F::NotFalse, [a]) => return Val::Bool(*a != Val::Bool(false)),
            (F::Min | F::Max, _) => return extreme(args, self == F::Max, env),
            _ if args.contains(&Val::Null) => return Val::Null,
            _ => {}
        }
        self.run_filled(args, env).unwrap_or(Val::Null)
    }
    fn run_filled(self, args: &[Val], env: &Env) -> Option<Val> {
        let is = |wanted: &[Ordering]| Some(Val::Bool(wanted.contains(&order(args.first()?, args.get(1)?, env.currency)?)));
        Some(match (self, args) {
            (F::Today, []) => Val::Date(env.day_of(env.now_ms)?),
            (F::Now, []) => Val::Instant(env.now_ms),
            (F::Me, []) => env.me.map_or(Val::Null, Val::Ref),
            (F::Less, _) => is(&[Ordering::Less])?,
            (F::LessEqual, _) => is(&[Ordering::Less, Ordering::Equal])?,
            (F::Greater, _) => is(&[Ordering::Greater])?,
            (F::GreaterEqual, _) => is(&[Ordering::Greater, Ordering::Equal])?,
            (F::Add, [Val::Text(a), Val::Text(b)]) if a.len() + b.len() <= MAX_TEXT => Val::Text(format!("{a}{b}")),
            (F::Add, [Val::List(a), Val::List(b)]) => Val::List(a.iter().chain(b).cloned().collect()),
            (F::Add | F::Subtract | F::Multiply | F::Divide | F::Remainder, [a, b]) => arithmetic(self, a, b, env)?,
            (F::Negate, [a]) => each(a, |n| Some(-n))?,
            (F::Abs, [a]) => each(a, |n| Some(n.abs()))?,
            (F::Floor, [a]) => each(a, |n| Some(n.floor()))?,
            (F::Ceil, [a]) => each(a, |n| Some(n.ceil()))?,
            (F::Round, [a, rest @ ..]) => {
                let digits = match rest.first() {
                    None => 0,
                    Some(Val::Num(n)) => n.to_u32().filter(|n| *n <= 28)?,
                    Some(_) => return None,
                };
                each(a, |n| Some(n.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero)))?
            }
            (F::Not, [Val::Bool(b)]) => Val::Bool(!b),
            (F::In, [a, Val::List(items)]) | (F::Contains, [Val::List(items), a]) => Val::Bool(items.iter().any(|i| same(i, a, env.currency))),
            (F::Index, [Val::List(items), Val::Num(n)]) => items.get(n.to_usize().filter(|_| n.is_integer())?)?.clone(),
            (F::DaysBetween, [a, b]) => Val::Num(Exact::from(env.day(a)?.until(env.day(b)?).ok()?.get_days())),
            (F::HoursBetween, [Val::Instant(a), Val::Instant(b)]) => Val::Num(Exact::from(b.checked_sub(*a)?).checked_div(Exact::from(3_600_000))?),
            (F::AddDays, [a, Val::Num(n)]) => shift(a, i64::from(n.to_i32()?).days(), env)?,
            (F::AddMonths, [a, Val::Num(n)]) => shift(a, n.to_i32().filter(|n| n.abs() <= 120_000).map(i64::from)?.months(), env)?,
            (F::Year, [a]) => Val::Num(Exact::from(env.day(a)?.year())),
            (F::Month, [a]) => Val::Num(Exact::from(env.day(a)?.month())),
            (F::Day, [a]) => Val::Num(Exact::from(env.day(a)?.day())),
            (F::Weekday, [a]) => Val::Num(Exact::from(env.day(a)?.weekday().to_monday_one_offset())),
            (F::MakeDate, [Val::Text(text)]) => Val::Date(text.parse().ok()?),
            (F::MakeDate, [a]) => Val::Date(env.day(a)?),
            (F::MakeInstant, [Val::Text(text)]) => Val::Instant(parse_date_time(text)?),
            (F::MakeInstant, [Val::Instant(ms)]) => Val::Instant(*ms),
            (F::Number, [Val::Num(n)]) | (F::Number, [Val::Money { amount: n, .. }]) => Val::Num(*n),
            (F::Number, [Val::Text(text)]) => Val::Num(text.trim().parse().ok()?),
            (F::Text, [a]) => Val::Text(text_of(a)?),
            (F::Money, [Val::Num(n), Val::Text(code)]) => {
                let currency = code.parse().ok()?;
                Val::Money { amount: *n, currency, home: (currency == env.currency).then_some(*n) }
            }
            (F::CurrencyOf, [Val::Money { currency, .. }]) => Val::Text(currency.to_string()),
            (F::Size, [Val::Text(text)]) => Val::Num(Exact::from(text.chars().count())),
            (F::Size, [Val::List(items)]) => Val::Num(Exact::from(items.len())),
            (F::Lower, [Val::Text(text)]) => Val::Text(text.to_lowercase()),
            (F::Upper, [Val::Text(text)]) => Val::Text(text.to_uppercase()),
            (F::Trim, [Val::Text(text)]) => Val::Text(text.trim().to_owned()),
            (F::Substring, [Val::Text(text), Val::Num(from), rest @ ..]) => {
                let from = from.to_usize()?;
                let to = match rest.first() {
                    None => usize::MAX,
                    Some(Val::Num(to)) => to.to_usize()?,
                    Some(_) => return None,
                };
                Val::Text(text.chars().skip(from).take(to.saturating_sub(from)).collect())
            }
            (F::Contains, [Val::Text(a), Val::Text(b)]) => Val::Bool(kernel::fold(a).contains(&kernel::fold(b))),
            (F::StartsWith, [Val::Text(a), Val::Text(b)]) => Val::Bool(kernel::fold(a).starts_with(&kernel::fold(b))),
            (F::EndsWith, [Val::Text(a), Val::Text(b)]) => Val::Bool(kernel::fold(a).ends_with(&kernel::fold(b))),
            _ => return None,
        })
    }
}

fn each(value: &Val, f: impl Fn(Exact) -> Option<Exact>) -> Option<Val> {
    Some(match value {
        Val::Num(n) => Val::Num(f(*n)?),
        Val::Money { amount, currency, home } => Val::Money { amount: f(*amount)?, currency: *currency, home: home.and_then(f) },
        _ => return None,
    })
}
fn arithmetic(f: F, a: &Val, b: &Val, env: &Env) -> Option<Val> {
    let apply = |x: Exact, y: Exact| match f {
        F::Add => x.checked_add(y),
        F::Subtract => x.checked_sub(y),
        F::Multiply => x.checked_mul(y),
        F::Divide => x.checked_div(y),
        F::Remainder => x.checked_rem(y),
        _ => None,
    };
    match (a, b) {
        (Val::Num(x), Val::Num(y)) => apply(*x, *y).map(Val::Num),
        (Val::Money { .. }, Val::Num(n)) if matches!(f, F::Multiply | F::Divide) => each(a, |x| apply(x, *n)),
        (Val::Num(n), Val::Money { .. }) if f == F::Multiply => each(b, |x| apply(*n, x)),
        (Val::Money { .. }, Val::Money { .. }) if f == F::Divide => {
            let (x, y, _) = level(a, b, env.currency)?;
            apply(x, y).map(Val::Num)
        }
        _ if matches!(f, F::Add | F::Subtract) => {
            let (x, y, currency) = level(a, b, env.currency)?;
            let amount = apply(x, y)?;
            let home = match (a, b) {
                _ if currency == env.currency => Some(amount),
                (Val::Money { home: Some(x), .. }, Val::Money { home: Some(y), .. }) => apply(*x, *y),
                _ => None,
            };
            Some(Val::Money { amount, currency, home })
        }
        _ => None,
    }
}
/// Empty ones do not count; none at all is empty.
fn extreme(args: &[Val], largest: bool, env: &Env) -> Val {
    let mut best: Option<&Val> = None;
    for value in args.iter().filter(|v| !matches!(v, Val::Null)) {
        let Some(have) = best else {
            best = Some(value);
            continue;
        };
        match order(value, have, env.currency) {
            None => return Val::Null,
            Some(Ordering::Greater) if largest => best = Some(value),
            Some(Ordering::Less) if !largest => best = Some(value),
            Some(_) => {}
        }
    }
    best.cloned().unwrap_or(Val::Null)
}
fn shift(value: &Val, by: jiff::Span, env: &Env) -> Option<Val> {
    Some(match value {
        Val::Date(date) => Val::Date(date.checked_add(by).ok()?),
        Val::Instant(ms) => Val::Instant(Timestamp::from_millisecond(*ms).ok()?.to_zoned(env.zone.clone()).checked_add(by).ok()?.timestamp().as_millisecond()),
        _ => return None,
    })
}
fn text_of(value: &Val) -> Option<String> {
    Some(match value {
        Val::Text(text) => text.clone(),
        Val::Num(n) => n.normalize().to_string(),
        Val::Bool(b) => b.to_string(),
        Val::Date(date) => date.to_string(),
        Val::Instant(ms) => {
            let mut out = Vec::new();
            crate::field_type::write_date_time(*ms, &mut out);
            String::from_utf8(out).ok()?
        }
        Val::Money { amount, currency, .. } => {
            format!("{:.*} {currency}", usize::from(currency.digits()), amount.round_dp_with_strategy(u32::from(currency.digits()), RoundingStrategy::MidpointAwayFromZero))
        }
        Val::Ref(id) => id.to_string(),
        _ => return None,
    })
}
impl Env {
    fn day(&self, value: &Val) -> Option<Date> {
        match value {
            Val::Date(date) => Some(*date),
            Val::Instant(ms) => self.day_of(*ms),
            _ => None,
        }
    }
    pub(crate) fn day_of(&self, ms: i64) -> Option<Date> {
        Some(self.zone.to_datetime(Timestamp::from_millisecond(ms).ok()?).date())
    }
}
