//! What customers will still buy, and what that is worth today.

use crate::{
    Refusal,
    cohort::Unit,
    round::figure,
    transactions::{Columns, Purchase, Transactions, days_between},
};
use serde_json::{Value as Json, json};
use stats::clv::{BgNbd, Contract, FitError, GammaGamma, History, ParetoNbd, Sbg};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Model {
    #[default]
    BgNbd,
    ParetoNbd,
    Sbg,
}
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub model: Model,
    /// How far to look ahead, in units.
    pub horizon: f64,
    pub unit: Unit,
    /// Discount a month, as a share: 0.01 is one percent.
    pub discount: f64,
}
/// Days of a mean month of the Gregorian calendar.
const MONTH: f64 = 365.2425 / 12.0;

fn days(unit: Unit) -> f64 {
    match unit {
        Unit::Day => 1.0,
        Unit::Week => 7.0,
        Unit::Month => MONTH,
    }
}
struct Customer<'a> {
    id: &'a str,
    history: History,
    /// Mean worth of a day with repeat purchases; 0 without one.
    worth: f64,
    /// Days with purchases after the observation, within the horizon.
    later: f64,
}
enum Fitted {
    Bg(BgNbd),
    Pareto(ParetoNbd),
}
impl Fitted {
    fn p_alive(&self, h: &History) -> f64 {
        match self {
            Fitted::Bg(m) => m.p_alive(h),
            Fitted::Pareto(m) => m.p_alive(h),
        }
    }
    fn expected(&self, h: &History, t: f64) -> f64 {
        match self {
            Fitted::Bg(m) => m.expected(h, t),
            Fitted::Pareto(m) => m.expected(h, t),
        }
    }
    fn log_likelihood(&self) -> f64 {
        match self {
            Fitted::Bg(m) => m.log_likelihood,
            Fitted::Pareto(m) => m.log_likelihood,
        }
    }
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        match self {
            Fitted::Bg(m) => vec![("r", m.r), ("alpha", m.alpha), ("a", m.a), ("b", m.b)],
            Fitted::Pareto(m) => vec![("r", m.r), ("alpha", m.alpha), ("s", m.s), ("beta", m.beta)],
        }
    }
}

/// Purchases of one day count once. Times are in units since the first purchase.
///
/// # Errors
/// As [`Transactions::read`]; too little to learn from.
pub fn run(columns: &Columns, question: Question) -> Result<Json, Refusal> {
    if !(question.horizon > 0.0 && question.horizon <= 10_000.0) {
        return Err(Refusal("--horizon is how many units to look ahead: more than 0, at most 10,000.".into()));
    }
    let found = Transactions::read(columns)?;
    if question.model == Model::Sbg {
        return contracts(&found, question);
    }
    let customers: Vec<Customer> = found.customers.iter().map(|(id, purchases)| customer(&found, id, purchases, question)).collect();
    let histories: Vec<History> = customers.iter().map(|c| c.history).collect();
    let fitted = match question.model {
        Model::ParetoNbd => ParetoNbd::fit(&histories).map(Fitted::Pareto),
        _ => BgNbd::fit(&histories).map(Fitted::Bg),
    };
    let fitted = fitted.map_err(refused)?;
    let mut warnings = found.warnings.clone();
    let worth = if columns.amount.is_some() { worth(&customers, &mut warnings) } else { None };
    let repeating = customers.iter().filter(|c| c.history.x > 0.0).count();
    if repeating < 100 {
        warnings.push(json!({"kind": "too_little_data", "detail": format!("{repeating} customers have bought again: the parameters are rough below a hundred.")}));
    }
    let rows: Vec<Json> = customers.iter().map(|c| row(c, &fitted, worth.as_ref(), question)).collect();
    let mut parameters: serde_json::Map<String, Json> = fitted.parameters().into_iter().map(|(name, value)| (name.to_owned(), figure(value))).collect();
    parameters.insert("model".into(), json!(if matches!(fitted, Fitted::Bg(_)) { "bgnbd" } else { "paretonbd" }));
    parameters.insert("unit".into(), json!(question.unit.word()));
    parameters.insert("horizon".into(), json!(question.horizon));
    parameters.insert("until".into(), json!(found.until.to_string()));
    parameters.insert("repeat_customers".into(), json!(repeating));
    parameters.insert("discount".into(), json!(format!("{} a month of {MONTH:.4} days, at the end of each month", question.discount)));
    if let Some(g) = &worth {
        parameters.insert("gamma_gamma".into(), json!({"p": figure(g.p), "q": figure(g.q), "v": figure(g.v), "n": g.n, "log_likelihood": figure(g.log_likelihood)}));
    }
    Ok(json!({
        "method": "clv",
        "n": customers.len(),
        "parameters": parameters,
        "log_likelihood": figure(fitted.log_likelihood()),
        "quality": held_out(&found, &customers, &fitted, question),
        "warnings": warnings,
        "rows": rows,
    }))
}
fn refused(error: FitError) -> Refusal {
    match error {
        FitError::TooLittle(why) => Refusal(format!("Too little data. {why}")),
        FitError::NoFit => Refusal("The model does not fit these customers: its likelihood has no maximum. Try the other --model.".into()),
    }
}
#[expect(clippy::cast_precision_loss, reason = "days")]
fn customer<'a>(found: &Transactions, id: &'a str, purchases: &[Purchase], question: Question) -> Customer<'a> {
    let unit = days(question.unit);
    let mut by_day: BTreeMap<jiff::civil::Date, f64> = BTreeMap::new();
    for p in purchases {
        *by_day.entry(p.at.date()).or_default() += p.amount;
    }
    let (first, last) = (by_day.keys().next().copied().unwrap_or(found.until), by_day.keys().next_back().copied().unwrap_or(found.until));
    let x = by_day.len().saturating_sub(1) as f64;
    let worth = if x > 0.0 { by_day.values().skip(1).sum::<f64>() / x } else { 0.0 };
    let history = History { x, t_x: days_between(first, last) as f64 / unit, t: days_between(first, found.until) as f64 / unit };
    let within = |p: &&Purchase| days_between(found.until, p.at.date()) as f64 <= question.horizon * unit;
    let later: std::collections::BTreeSet<_> = found.later.get(id).into_iter().flatten().filter(within).map(|p| p.at.date()).collect();
    Customer { id, history, worth, later: later.len() as f64 }
}
fn worth(customers: &[Customer], warnings: &mut Vec<Json>) -> Option<GammaGamma> {
    let known: Vec<(f64, f64)> = customers.iter().map(|c| (c.history.x, c.worth)).collect();
    let repeating: Vec<(f64, f64)> = known.iter().copied().filter(|(x, _)| *x > 0.0).collect();
    let r = correlation(&repeating);
    if r.abs() > 0.3 {
        warnings.push(
            json!({"kind": "assumption", "detail": format!("How often customers buy and what a purchase is worth go together (r = {r:.2}); the model of worth takes for granted that they do not.")}),
        );
    }
    match GammaGamma::fit(&known) {
        Ok(found) if found.q > 1.0 => Some(found),
        Ok(_) => {
            warnings.push(json!({"kind": "no_fit", "detail": "What purchases are worth varies so much that customers have no mean; the value in money is left out."}));
            None
        }
        Err(_) => {
            warnings.push(json!({"kind": "too_little_data", "detail": "Too few customers have bought again to tell what a purchase is worth; the value in money is left out."}));
            None
        }
    }
}
fn row(c: &Customer, fitted: &Fitted, worth: Option<&GammaGamma>, question: Question) -> Json {
    let h = &c.history;
    let (expected, alive) = (fitted.expected(h, question.horizon), fitted.p_alive(h));
    let (low, high) = interval(expected, alive);
    let mut out = json!({
        "id": c.id, "frequency": h.x, "recency": figure(h.t_x), "age": figure(h.t), "p_alive": figure(alive),
        "expected_purchases": figure(expected), "expected_low": low, "expected_high": high,
    });
    let (Some(g), Some(map)) = (worth, out.as_object_mut()) else { return out };
    let value = g.expected(h.x, c.worth);
    let discounted = discounted(fitted, h, question);
    map.insert("monetary".into(), figure(c.worth));
    map.insert("expected_value".into(), figure(value));
    map.insert("clv".into(), figure(discounted * value));
    let share = if expected > 0.0 { discounted / expected } else { 0.0 };
    map.insert("clv_low".into(), figure(low * share * value));
    map.insert("clv_high".into(), figure(high * share * value));
    out
}
/// Whole purchases that 80 of 100 such customers stay within: with the chance of having stopped they buy nothing, else about
/// as a Poisson process of the same mean.
fn interval(expected: f64, alive: f64) -> (f64, f64) {
    if !(expected.is_finite() && alive > 0.0) {
        return (0.0, 0.0);
    }
    let mean = expected / alive;
    let (mut term, mut sum, mut k) = (alive * (-mean).exp(), (1.0 - alive) + alive * (-mean).exp(), 0.0);
    let (mut low, mut high) = (None, None);
    while high.is_none() && k < 10_000.0 {
        if low.is_none() && sum >= 0.1 {
            low = Some(k);
        }
        if sum >= 0.9 {
            high = Some(k);
        }
        k += 1.0;
        term *= mean / k;
        sum += term;
    }
    (low.unwrap_or(0.0), high.unwrap_or(k))
}
/// Purchases ahead, each discounted by the month in which it is expected.
fn discounted(fitted: &Fitted, h: &History, question: Question) -> f64 {
    let month = MONTH / days(question.unit);
    let (mut sum, mut before, mut at, mut n) = (0.0, 0.0, 0.0, 0);
    while at < question.horizon {
        n += 1;
        at = (f64::from(n) * month).min(question.horizon);
        let upto = fitted.expected(h, at);
        sum += (upto - before) / (1.0 + question.discount).powi(n);
        before = upto;
    }
    sum
}
/// How the expectation compares with what came after the last day that was looked at, where the file goes on that far.
fn held_out(found: &Transactions, customers: &[Customer], fitted: &Fitted, question: Question) -> Json {
    if found.later.is_empty() {
        return json!({});
    }
    let pairs: Vec<(f64, f64)> = customers.iter().map(|c| (fitted.expected(&c.history, question.horizon), c.later)).collect();
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let n = pairs.len() as f64;
    let (expected, actual) = (pairs.iter().map(|p| p.0).sum::<f64>(), pairs.iter().map(|p| p.1).sum::<f64>());
    let mae = pairs.iter().map(|(e, a)| (e - a).abs()).sum::<f64>() / n;
    // what somebody expects who takes everybody to go on as before
    let naive = customers.iter().map(|c| (if c.history.t > 0.0 { c.history.x / c.history.t * question.horizon } else { 0.0 } - c.later).abs()).sum::<f64>() / n;
    json!({"mae": figure(mae), "mae_naive": figure(naive), "expected_total": figure(expected), "actual_total": figure(actual), "correlation": figure(correlation(&pairs))})
}
fn correlation(pairs: &[(f64, f64)]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let n = pairs.len() as f64;
    let (mx, my) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
    let (xy, xx, yy) = pairs.iter().fold((0.0, 0.0, 0.0), |(xy, xx, yy), (x, y)| (xy + (x - mx) * (y - my), xx + (x - mx).powi(2), yy + (y - my).powi(2)));
    if xx > 0.0 && yy > 0.0 { xy / (xx * yy).sqrt() } else { 0.0 }
}

/// Contracts: a customer pays once a period and has left when the last period that is over brought nothing.
fn contracts(found: &Transactions, question: Question) -> Result<Json, Refusal> {
    let unit = days(question.unit);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "periods are few")]
    let of = |purchases: &[Purchase]| -> Option<(Contract, f64)> {
        let (first, last) = (purchases.first()?.at.date(), purchases.last()?.at.date());
        let periods = (days_between(first, last) as f64 / unit).round() as u32 + 1;
        // half a period of patience: payments are late
        let ended = days_between(last, found.until) as f64 > 1.5 * unit;
        Some((Contract { periods, ended }, purchases.iter().map(|p| p.amount).sum::<f64>() / f64::from(periods)))
    };
    let known: Vec<(&str, Contract, f64)> = found.customers.iter().filter_map(|(id, p)| of(p).map(|(c, worth)| (id.as_str(), c, worth))).collect();
    let model = Sbg::fit(&known.iter().map(|(_, c, _)| *c).collect::<Vec<_>>()).map_err(refused)?;
    let monthly = MONTH / unit;
    let rows: Vec<Json> = known
        .iter()
        .map(|(id, c, worth)| {
            let (mut renewals, mut value, mut n) = (0.0, 0.0, 1.0);
            while !c.ended && n <= question.horizon {
                let there = model.renews(f64::from(c.periods), n);
                renewals += there;
                value += there * worth / (1.0 + question.discount).powf(n / monthly);
                n += 1.0;
            }
            let next = if c.ended { 0.0 } else { model.renews(f64::from(c.periods), 1.0) };
            json!({"id": id, "periods": c.periods, "ended": c.ended, "p_renews": figure(next), "expected_purchases": figure(renewals), "expected_value": figure(*worth), "clv": figure(value)})
        })
        .collect();
    Ok(json!({
        "method": "clv", "n": known.len(),
        "parameters": {"model": "sbg", "a": figure(model.a), "b": figure(model.b), "unit": question.unit.word(), "horizon": question.horizon, "until": found.until.to_string(), "mean_churn": figure(model.a / (model.a + model.b))},
        "log_likelihood": figure(model.log_likelihood), "quality": {}, "warnings": found.warnings, "rows": rows,
    }))
}
